// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sums over events, offline: the same rules as in BPF (mthp/agg.h), in hash tables instead of maps.
 *
 * Reading a trace spends much of its time here. Events of a few processes and outcomes alternate, so rows
 * that were found recently are tried before the hash. Both tables are bounded, because a trace is input from
 * outside.
 */
#include <stdlib.h>
#include <string.h>

#include <mthp/pingpong.h>

#include "model/ranges_priv.h"
#include "model/totals.h"
#include "model/meta.h"

void totals_init(struct totals *t, bool has_mthp)
{
	memset(t, 0, sizeof(*t));
	t->has_mthp = has_mthp;
}

void totals_free(struct totals *t)
{
	struct outcome_row *o, *next_o;
	struct proc_row *p, *next_p;

	HASH_ITER(hh, t->outcomes, o, next_o) {
		HASH_DEL(t->outcomes, o);
		free(o);
	}
	HASH_ITER(hh, t->procs, p, next_p) {
		HASH_DEL(t->procs, p);
		free(p);
	}
	memset(t->recent_outcome, 0, sizeof(t->recent_outcome));
	memset(t->recent_proc, 0, sizeof(t->recent_proc));
	chains_free(&t->chains);
}

/* Fibonacci hashing: the upper bits depend on all of @word. */
static unsigned int recent_slot(__u64 word)
{
	return (word * 0x9e3779b97f4a7c15ULL >> 32) % TOTALS_RECENT;
}

struct outcome_row *totals_outcome(struct totals *t, const struct mthp_outcome_key *key)
{
	__u64 word = key->kind | key->requester << 8 | key->order << 16 | (__u64)key->result << 24;
	struct outcome_row **recent = &t->recent_outcome[recent_slot(word)], *row = *recent;

	if (row && !memcmp(&row->key, key, sizeof(*key)))
		return row;
	HASH_FIND(hh, t->outcomes, key, sizeof(*key), row);
	if (!row) {
		if (HASH_COUNT(t->outcomes) < TOTALS_MAX_OUTCOMES)
			row = calloc(1, sizeof(*row));
		if (row) {
			row->key = *key;
			HASH_ADD(hh, t->outcomes, key, sizeof(*key), row);
		}
		if (!row || !hash_added(row)) {
			t->lost[MTHP_L_TABLES]++;
			free(row);
			return NULL;
		}
	}
	*recent = row;
	return row;
}

struct proc_row *totals_proc(struct totals *t, const struct mthp_proc_key *key)
{
	struct proc_row **recent = &t->recent_proc[recent_slot(key->mm ^ key->tgid)],
			*row = *recent;

	if (row && !memcmp(&row->key, key, sizeof(*key)))
		return row;
	HASH_FIND(hh, t->procs, key, sizeof(*key), row);
	if (!row) {
		if (HASH_COUNT(t->procs) < TOTALS_MAX_PROCS)
			row = calloc(1, sizeof(*row));
		if (row) {
			row->key = *key;
			HASH_ADD(hh, t->procs, key, sizeof(*key), row);
		}
		if (!row || !hash_added(row)) {
			t->lost[MTHP_L_PROCS]++;
			free(row);
			return NULL;
		}
	}
	*recent = row;
	return row;
}

static struct proc_row *add_proc(struct totals *t, const struct mthp_ev *ev)
{
	struct mthp_proc_key key;
	struct proc_row *row;

	mthp_proc_key(ev, &key);
	row = totals_proc(t, &key);
	if (!row)
		return NULL;
	if (!row->val.first_ns) {
		row->val.first_ns = ev->ts_ns;
		row->val.cgroup = ev->cgroup;
		memcpy(row->val.comm, ev->comm, sizeof(row->val.comm));
		row->val.comm[MTHP_COMM_LEN - 1] = '\0';
	}
	mthp_proc_add(&row->val, ev, t->has_mthp);
	return row;
}

static void add_occupancy(struct totals *t, const struct mthp_ev *ev)
{
	__u32 words = ev->order >= 6 ? 1U << (ev->order - 6) : 1;
	struct mthp_occ_small small;

	if (!ev->sample)
		return;
	if (ev->nr_words >= words &&
	    mthp_occ_bits(&t->occ, &small, (const __u64 *)(ev + 1), ev->order))
		mthp_occ_settle(&t->occ, ev->order);
	else
		mthp_occ_add(&t->occ.of[ev->order], ev);
}

void totals_chain(struct totals *t, const struct mthp_creep_rec *rec)
{
	t->lost[MTHP_L_CHAINS] += chains_add(&t->chains, rec);
}

static void add_creep(struct totals *t, const struct mthp_ev *ev, const struct ranges_found *found,
		      struct proc_row *proc)
{
	struct mthp_creep_sum *sum = &t->ranges.creep[ev->order];

	sum->unscanned += found->unscanned;
	if (!found->step)
		return;
	mthp_range_creep(sum, &found->rec);
	if (proc)
		mthp_proc_creep(&proc->val, &found->rec);
	totals_chain(t, &found->rec);
}

static void add_attempt(struct totals *t, const struct mthp_ev *ev,
			const struct ranges_found *found, struct outcome_row *row,
			struct proc_row *proc)
{
	mthp_range_stall(&t->ranges, ev);
	if (!found)
		return;
	if (found->undone) {
		mthp_range_undone(&t->ranges, ev, found->by);
		if (proc)
			MTHP_ADD(&proc->val.undone, 1);
	}
	if (row)
		mthp_vain_add(&row->vain, ev, found->vain);
	if (proc && (found->vain == MTHP_VAIN_SAME || found->vain == MTHP_VAIN_DONE))
		mthp_proc_vain(&proc->val, ev);
}

void totals_event(struct totals *t, const struct mthp_ev *ev, const struct ranges_found *found)
{
	struct mthp_outcome_key key;
	struct outcome_row *row = NULL;
	struct proc_row *proc = NULL;

	t->events[ev->kind & (MTHP_NR_KINDS - 1)]++;
	if (mthp_has_outcome(ev)) {
		mthp_outcome_key(ev, &key);
		row = totals_outcome(t, &key);
		if (row)
			mthp_outcome_add(&row->val, ev);
	}
	if (mthp_is_news(ev, t->has_mthp)) {
		if (mthp_has_proc(ev) || (t->by_mm && ev->mm))
			proc = add_proc(t, ev);
		else
			t->unattributed++;
	}
	if (ev->kind == MTHP_K_MTHP_SCAN)
		mthp_range_scan(&t->ranges, ev);
	if (ev->kind == MTHP_K_MTHP_BATCH)
		mthp_range_batch(&t->ranges, ev);
	if (ev->kind == MTHP_K_SPLIT)
		mthp_range_split(&t->ranges, ev);
	if (ev->order >= MTHP_NR_ORDERS)
		return;
	add_occupancy(t, ev);
	if (mthp_vain_is_attempt(ev))
		add_attempt(t, ev, found, row, proc);
	if (mthp_is_timed(ev, t->has_mthp))
		t->dur[ev->order].slot[mthp_dur_bucket(ev->dur_ns)]++;
	if (found)
		add_creep(t, ev, found, proc);
}

static void add_words(__u64 *to, const __u64 *from, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes / sizeof(*to); i++)
		to[i] = from[i] > UINT64_MAX - to[i] ? UINT64_MAX : to[i] + from[i];
}

static void merge_proc(struct totals *t, const struct proc_row *from)
{
	struct proc_row *row = totals_proc(t, &from->key);
	struct mthp_proc old;

	if (!row)
		return;
	old = row->val;
	if (!old.first_ns) {
		row->val = from->val;
		return;
	}
	add_words(&row->val.scans, &from->val.scans,
		  offsetof(struct mthp_proc, comm) - offsetof(struct mthp_proc, scans));
	if (from->val.first_ns < old.first_ns)
		row->val.first_ns = from->val.first_ns;
	if (from->val.last_ns > old.last_ns)
		row->val.last_ns = from->val.last_ns;
}

void totals_merge(struct totals *t, const struct totals *other)
{
	struct outcome_row *o, *next_o;
	struct proc_row *p, *next_p;
	size_t i;

	add_words(t->events, other->events, sizeof(t->events));
	add_words(t->lost, other->lost, sizeof(t->lost));
	add_words(t->occ.of[0].complete, other->occ.of[0].complete, sizeof(t->occ));
	add_words(t->dur[0].slot, other->dur[0].slot, sizeof(t->dur));
	t->unattributed += other->unattributed;
	add_words((__u64 *)&t->ranges, (const __u64 *)&other->ranges,
		  offsetof(struct mthp_range_sums, lock_max_ns));
	mthp_range_max(&t->ranges, &other->ranges);
	for (i = 0; i < other->chains.nr; i++)
		totals_chain(t, &other->chains.rec[i]);
	HASH_ITER(hh, other->outcomes, o, next_o) {
		struct outcome_row *row = totals_outcome(t, &o->key);

		if (!row)
			continue;
		add_words(&row->val.count, &o->val.count, sizeof(row->val));
		add_words(&row->vain.same, &o->vain.same, sizeof(row->vain));
	}
	HASH_ITER(hh, other->procs, p, next_p)
		merge_proc(t, p);
}

bool totals_lossy(const struct totals *t)
{
	__u64 lost = 0;
	size_t i;

	for (i = 0; i < MTHP_NR_LOSSES; i++)
		if (meta_loss_what(i) != MTHP_LOST_ROWS && meta_loss_what(i) != MTHP_LOST_COUNTS)
			lost += t->lost[i];
	return lost != 0;
}

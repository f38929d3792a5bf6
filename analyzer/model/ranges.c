// SPDX-License-Identifier: GPL-2.0-only
/*
 * A table of PMD ranges, bounded in bytes. The range whose latest scan or attempt is the oldest is dropped,
 * and counted. uthash keeps rows in the order in which they were added, so a row that is used is removed
 * and added again.
 *
 * The states of the two rules stand one behind the other in a row, each as long as the machine's page tables need.
 */
#include <stdlib.h>
#include <string.h>

/* As in BPF: order 2 is the smallest of a block, and PMD ranges of 64K pages have most PTEs. */
#define MTHP_POLICY_MIN_ORDER 2
#define MTHP_POLICY_MAX_PTES  8192
#include <mthp/creep_ev.h>
#include <mthp/pingpong.h>
#include <mthp/vain.h>

#include "lib/hash.h"

#include "model/ranges_priv.h"
#include "model/meta.h"

#define MAX_BYTES (96UL << 20)

struct range {
	struct mthp_creep_key key;
	UT_hash_handle hh;
	struct mthp_split split;
	struct mthp_creep creep; /* mthp_creep_size() bytes of it; then mthp_vain_size() bytes */
};

struct ranges {
	__u32 page_shift;
	__u32 pmd_order;
	size_t row_size;
	size_t max;
	struct range *rows;
	__u64 forgotten;
};

struct ranges *ranges_new(const struct meta *meta)
{
	struct ranges *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	while (t->page_shift < 31 && 1U << t->page_shift < meta->page_size)
		t->page_shift++;
	/* If the PMD order is unknown or impossible, nothing is found. */
	if (meta->pmd_order >= 6 && meta->pmd_order <= MTHP_POLICY_MAX_ORDER)
		t->pmd_order = meta->pmd_order;
	t->row_size = sizeof(struct range) - sizeof(struct mthp_creep) +
		      mthp_creep_size(t->pmd_order) + mthp_vain_size(t->pmd_order);
	t->max = MAX_BYTES / t->row_size;
	return t;
}

void ranges_free(struct ranges *t)
{
	struct range *r, *next;

	if (!t)
		return;
	HASH_ITER(hh, t->rows, r, next) {
		HASH_DEL(t->rows, r);
		free(r);
	}
	free(t);
}

__u64 ranges_forgotten(const struct ranges *t)
{
	return t->forgotten;
}

static struct mthp_vain *vain_of(const struct ranges *t, struct range *r)
{
	return (struct mthp_vain *)((char *)&r->creep + mthp_creep_size(t->pmd_order));
}

/* Puts @r at the end. NULL: there is no memory for the table; @r is forgotten. */
static struct range *put(struct ranges *t, struct range *r)
{
	HASH_ADD(hh, t->rows, key, sizeof(r->key), r);
	if (hash_added(r))
		return r;
	free(r);
	t->forgotten++;
	return NULL;
}

static struct range *find(struct ranges *t, const struct mthp_ev *ev)
{
	struct mthp_creep_key key;
	struct range *r;

	mthp_creep_key(ev, t->page_shift + t->pmd_order, &key);
	HASH_FIND(hh, t->rows, &key, sizeof(key), r);
	if (!r)
		return NULL;
	HASH_DEL(t->rows, r);
	return put(t, r);
}

static struct range *make(struct ranges *t, const struct mthp_ev *ev)
{
	struct range *r = t->rows;

	if (r && HASH_COUNT(t->rows) >= t->max) {
		HASH_DEL(t->rows, r);
		free(r);
		t->forgotten++;
	}
	r = calloc(1, t->row_size);
	if (!r) {
		t->forgotten++;
		return NULL;
	}
	mthp_creep_key(ev, t->page_shift + t->pmd_order, &r->key);
	return put(t, r);
}

static void scan(struct ranges *t, const struct mthp_ev *ev)
{
	const __u64 *bits = (const __u64 *)(ev + 1);
	struct mthp_policy_params p;
	struct range *r;

	if (!(ev->known & MTHP_KNOWN_ADDR))
		return;
	r = find(t, ev);
	if (ev->order != t->pmd_order || !mthp_vain_is_scan(ev, MTHP_POLICY_WORDS)) {
		if (r)
			mthp_vain_forget(vain_of(t, r));
		return;
	}
	if (!r && mthp_creep_starts(ev))
		r = make(t, ev);
	if (!r)
		return;
	mthp_vain_scan(vain_of(t, r), t->pmd_order, bits + MTHP_B_PRESENT * ev->nr_words,
		       bits + MTHP_B_BLOCKED * ev->nr_words, bits + MTHP_B_JOINED * ev->nr_words);
	if (!mthp_creep_is_scan(ev, MTHP_POLICY_WORDS, &p))
		return;
	mthp_creep_feed_scan(&r->creep, &p, bits, ev->nr_words, ev->ts_ns);
	r->creep.rule = mthp_creep_rule(ev);
}

static void collapse(struct ranges *t, struct range *r, const struct mthp_ev *ev,
		     struct ranges_found *found)
{
	struct mthp_creep_step step;
	int verdict = MTHP_CREEP_UNKNOWN;

	if (r)
		verdict = mthp_creep_feed_collapse(&r->creep, ev, t->page_shift, &step);
	found->unscanned = verdict == MTHP_CREEP_UNKNOWN;
	found->step = verdict == MTHP_CREEP_STEP;
	if (!found->step)
		return;
	memset(&found->rec, 0, sizeof(found->rec));
	mthp_creep_rec(&r->creep, ev, &step, t->page_shift, &found->rec);
	found->rec.cgroup = ev->cgroup;
	memcpy(found->rec.comm, ev->comm, sizeof(found->rec.comm));
	found->rec.comm[MTHP_COMM_LEN - 1] = '\0';
}

static void split(struct ranges *t, const struct mthp_ev *ev)
{
	struct range *r = find(t, ev);

	if (!r)
		r = make(t, ev);
	if (r)
		mthp_split_note(&r->split, ev);
}

static void attempt(struct ranges *t, const struct mthp_ev *ev, struct ranges_found *found)
{
	__u32 offset = (__u32)(ev->addr >> t->page_shift) & ((1U << t->pmd_order) - 1);
	struct range *r = ev->known & MTHP_KNOWN_ADDR ? find(t, ev) : NULL;

	if (mthp_creep_is_collapse(ev))
		collapse(t, r, ev, found);
	if (r && mthp_split_undone(&r->split, ev, t->pmd_order)) {
		found->undone = 1;
		found->by = r->split.by;
	}
	if (r)
		found->vain = mthp_vain_attempt(vain_of(t, r), t->pmd_order, offset, ev->order,
						ev->result, ev->requester != MTHP_Q_KHUGEPAGED);
	else
		found->vain = ev->result == MTHP_R_SUCCEED ? MTHP_VAIN_NO : MTHP_VAIN_UNKNOWN;
}

void ranges_event(struct ranges *t, const struct mthp_ev *ev, struct ranges_found *found)
{
	found->unscanned = found->step = found->undone = 0;
	found->vain = MTHP_VAIN_NO;
	if (!t->pmd_order)
		return;
	if (ev->kind == MTHP_K_MTHP_SCAN)
		scan(t, ev);
	else if (mthp_vain_is_attempt(ev))
		attempt(t, ev, found);
	else if (mthp_is_split(ev))
		split(t, ev);
}

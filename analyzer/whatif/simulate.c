// SPDX-License-Identifier: GPL-2.0-only
/*
 * A replay under several settings at once: ranges and processes by their keys.
 *
 * A scan is replayed at the next scan of its range, or at the end: only then all collapses of its plan
 * are known. All memory of a range is one allocation.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "whatif/simulate_priv.h"
#include "whatif/range_priv.h"

struct proc {
	struct mthp_proc_key key;
	char comm[MTHP_COMM_LEN];
	__u64 ranges;
	UT_hash_handle hh;
	struct whatif_proc_sums sums[]; /* of every setting; 0: of the recording */
};

struct entry {
	struct mthp_creep_key key;
	struct proc *proc;
	UT_hash_handle hh;
	struct whatif_range range; /* the last member: its bitmaps follow */
};

/* A range that a PMD maps. */
struct mapped {
	struct mthp_creep_key key;
	UT_hash_handle hh;
};

struct whatif {
	struct whatif_rules rules;
	struct settings recorded;
	struct whatif_setting *settings;
	struct whatif_sums *sums; /* [nr + 1] */
	size_t nr;
	struct entry *ranges;  /* uthash */
	struct proc *procs;    /* uthash */
	struct mapped *mapped; /* uthash; ranges that have no entry */
	__u64 bytes;	       /* of all ranges */
	__u64 left_out, no_room;
	bool lossy;
	whatif_block_fn fn;
	void *ctx;
	struct whatif_scratch scratch;
};

int whatif_new(__u32 pmd_order, __u32 page_size, const struct settings *recorded,
	       const struct whatif_setting *settings, size_t nr, struct whatif **wp)
{
	struct mthp_policy_params p = { .pmd_order = pmd_order,
					.min_order = MTHP_POLICY_MIN_ORDER };
	struct whatif *w;
	size_t i;

	for (i = 0; i < nr; i++) {
		p.orders = settings[i].orders;
		p.max_ptes_none = settings[i].max_ptes_none;
		p.rule = settings[i].rule;
		if (mthp_policy_check(&p))
			return -EINVAL;
	}
	w = calloc(1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	w->settings = calloc(nr + 1, sizeof(*w->settings));
	w->sums = calloc(nr + 1, sizeof(*w->sums));
	if (!w->settings || !w->sums) {
		whatif_free(w);
		return -ENOMEM;
	}
	memcpy(w->settings, settings, nr * sizeof(*settings));
	w->nr = nr;
	w->recorded = *recorded;
	w->rules.recorded = &w->recorded;
	w->rules.pmd_order = pmd_order;
	w->rules.page_shift = __builtin_ctz(page_size);
	*wp = w;
	return 0;
}

void whatif_free(struct whatif *w)
{
	struct entry *e, *next;
	struct proc *p, *n;
	struct mapped *m, *after;

	if (!w)
		return;
	HASH_ITER(hh, w->mapped, m, after) {
		HASH_DEL(w->mapped, m);
		free(m);
	}
	HASH_ITER(hh, w->ranges, e, next) {
		HASH_DEL(w->ranges, e);
		free(e);
	}
	HASH_ITER(hh, w->procs, p, n) {
		HASH_DEL(w->procs, p);
		free(p);
	}
	free(w->settings);
	free(w->sums);
	free(w);
}

void whatif_watch(struct whatif *w, whatif_block_fn fn, void *ctx)
{
	w->fn = fn;
	w->ctx = ctx;
}

static struct proc *find_proc(struct whatif *w, const struct mthp_ev *ev)
{
	struct mthp_proc_key key;
	struct proc *p;

	mthp_proc_key(ev, &key);
	HASH_FIND(hh, w->procs, &key, sizeof(key), p);
	if (p)
		return p;
	p = calloc(1, sizeof(*p) + (w->nr + 1) * sizeof(p->sums[0]));
	if (!p)
		return NULL;
	p->key = key;
	memcpy(p->comm, ev->comm, sizeof(p->comm));
	HASH_ADD(hh, w->procs, key, sizeof(p->key), p);
	if (hash_added(p))
		return p;
	free(p);
	return NULL;
}

/* @make: makes one for a new range. */
static struct entry *find_range(struct whatif *w, const struct mthp_ev *ev, bool make)
{
	size_t size = sizeof(struct entry) - sizeof(struct whatif_range) +
		      whatif_range_size(w->rules.pmd_order, w->nr);
	struct mthp_creep_key key;
	struct entry *e;

	mthp_creep_key(ev, w->rules.pmd_order + w->rules.page_shift, &key);
	HASH_FIND(hh, w->ranges, &key, sizeof(key), e);
	if (e || !make)
		return e;
	if (w->bytes + size > WHATIF_MAX_BYTES)
		return NULL;
	e = calloc(1, size);
	if (!e)
		return NULL;
	e->key = key;
	e->proc = find_proc(w, ev);
	if (e->proc)
		HASH_ADD(hh, w->ranges, key, sizeof(e->key), e);
	if (!e->proc || !hash_added(e)) {
		free(e);
		return NULL;
	}
	e->proc->ranges++;
	whatif_range_init(&e->range, w->rules.pmd_order, w->nr);
	e->range.addr = key.start;
	w->bytes += size;
	return e;
}

/* Replays the latest scan of the range under every setting. */
static void replay_scan(struct whatif *w, struct entry *e)
{
	struct whatif_sink sink = { .fn = w->fn, .ctx = w->ctx };
	size_t i;

	if (!e->range.scanned)
		return;
	e->range.scanned = false;
	sink.block.mm = e->key.mm;
	sink.block.tgid = e->key.tgid;
	for (i = 0; i < w->nr; i++) {
		sink.sums = &w->sums[i + 1];
		sink.block.setting = i + 1;
		e->proc->sums[i + 1].filled += whatif_alt_scan(
			&e->range, i, &w->rules, &w->settings[i], w->lossy, &w->scratch, &sink);
	}
}

static struct mapped *find_mapped(const struct whatif *w, const struct mthp_ev *ev,
				  struct mthp_creep_key *key)
{
	struct mapped *m;

	mthp_creep_key(ev, w->rules.pmd_order + w->rules.page_shift, key);
	HASH_FIND(hh, w->mapped, key, sizeof(*key), m);
	return m;
}

/* A PMD maps the range: remembered if it has no entry. */
static void note_mapped(struct whatif *w, const struct mthp_ev *ev)
{
	struct mthp_creep_key key;
	struct mapped *m;

	if (!(ev->known & MTHP_KNOWN_ADDR) || ev->result != MTHP_R_PMD_MAPPED ||
	    ev->order != w->rules.pmd_order || find_range(w, ev, false) ||
	    find_mapped(w, ev, &key) || w->bytes + sizeof(*m) > WHATIF_MAX_BYTES)
		return;
	m = calloc(1, sizeof(*m));
	if (!m)
		return;
	m->key = key;
	HASH_ADD(hh, w->mapped, key, sizeof(m->key), m);
	if (!hash_added(m)) {
		free(m);
		return;
	}
	w->bytes += sizeof(*m);
}

/* It has an entry now. */
static void forget_mapped(struct whatif *w, const struct mthp_ev *ev)
{
	struct mthp_creep_key key;
	struct mapped *m = w->mapped ? find_mapped(w, ev, &key) : NULL;

	if (!m)
		return;
	HASH_DEL(w->mapped, m);
	free(m);
	w->bytes -= sizeof(*m);
}

static void take_scan(struct whatif *w, const struct mthp_ev *ev)
{
	struct mthp_policy_params p;
	struct entry *e;

	note_mapped(w, ev);
	if (ev->order != w->rules.pmd_order || !mthp_creep_is_scan(ev, MTHP_POLICY_WORDS, &p)) {
		w->left_out++;
		return;
	}
	if (ev->requester != MTHP_Q_MADVISE && p.max_ptes_none) {
		if (!w->rules.some_first_ns)
			w->rules.some_first_ns = ev->ts_ns;
		w->rules.some_last_ns = ev->ts_ns;
	}
	e = find_range(w, ev, true);
	if (!e) {
		w->left_out++;
		w->no_room++;
		return;
	}
	forget_mapped(w, ev);
	replay_scan(w, e);
	whatif_range_scan(&e->range, &w->rules, &p, ev);
	if (!e->range.madvise) {
		w->sums[0].scans++;
		w->sums[0].scans_exact++;
	}
}

static void take_collapse(struct whatif *w, const struct mthp_ev *ev)
{
	struct entry *e = ev->known & MTHP_KNOWN_ADDR ? find_range(w, ev, false) : NULL;
	__u64 filled = w->sums[0].filled;

	if (!e)
		return;
	whatif_range_collapse(&e->range, &w->rules, ev, &w->sums[0]);
	e->proc->sums[0].filled += w->sums[0].filled - filled;
}

void whatif_event(struct whatif *w, const struct mthp_ev *ev, bool lossy)
{
	w->lossy |= lossy;
	if (ev->kind == MTHP_K_MTHP_SCAN)
		take_scan(w, ev);
	else if (ev->kind == MTHP_K_MTHP_COLLAPSE)
		take_collapse(w, ev);
	else if (ev->kind == MTHP_K_MTHP_BATCH && ev->requester != MTHP_Q_MADVISE)
		w->sums[0].batches++;
}

void whatif_end(struct whatif *w)
{
	__u32 order = w->rules.pmd_order;
	struct entry *e, *next;
	__u64 tlb;
	size_t i;

	HASH_ITER(hh, w->ranges, e, next) {
		replay_scan(w, e);
		for (i = 0; i <= w->nr; i++) {
			tlb = i ? whatif_alt_tlb(&e->range, i - 1, order) :
				  whatif_range_tlb(&e->range, order);
			w->sums[i].tlb += tlb;
			e->proc->sums[i].tlb += tlb;
			if (i)
				whatif_alt_pages(&e->range, i - 1, order, w->sums[i].pages);
			else
				whatif_range_pages(&e->range, order, w->sums[i].pages);
			if (i)
				w->sums[i].faults +=
					whatif_range_faults(&e->range, &w->settings[i - 1]);
			w->sums[i].ranges_exact += !i || whatif_alt_exact(&e->range, i - 1);
		}
	}
}

const struct whatif_sums *whatif_sums(const struct whatif *w, size_t i)
{
	return &w->sums[i];
}

__u64 whatif_ranges(const struct whatif *w)
{
	return HASH_COUNT(w->ranges);
}

__u64 whatif_mapped(const struct whatif *w)
{
	return HASH_COUNT(w->mapped);
}

__u64 whatif_left_out(const struct whatif *w)
{
	return w->left_out;
}

__u64 whatif_no_room(const struct whatif *w)
{
	return w->no_room;
}

size_t whatif_procs(const struct whatif *w)
{
	return HASH_COUNT(w->procs);
}

void whatif_each_proc(const struct whatif *w, whatif_proc_fn fn, void *ctx)
{
	struct whatif_proc one;
	struct proc *p, *next;

	HASH_ITER(hh, w->procs, p, next) {
		one.mm = p->key.mm;
		one.tgid = p->key.tgid;
		memcpy(one.comm, p->comm, sizeof(one.comm));
		one.ranges = p->ranges;
		one.sums = p->sums;
		fn(ctx, &one);
	}
}

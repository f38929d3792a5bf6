// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of detail plans. Below that level they stay empty, and views show them as unknown.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mthp/policy.h>

#include "lib/fmt.h"
#include "model/durations_priv.h"
#include "model/snapshot_plans_priv.h"
#include "model/snapshot.h"

/* Pages in bytes; unknown if no event reported them. */
static __u64 bytes(const struct model *m, __u64 pages, __u64 known)
{
	return m->totals.ranges.scan_known & known ? pages * m->meta.page_size : NUM_UNKNOWN;
}

static __u64 number(const struct model *m, __u64 n, __u64 known)
{
	return m->totals.ranges.scan_known & known ? n : NUM_UNKNOWN;
}

static int take_plans(struct snapshot *s, const struct model *m)
{
	__u32 by;

	s->plans = calloc(MTHP_NR_REQUESTERS, sizeof(*s->plans));
	if (!s->plans)
		return -ENOMEM;
	for (by = 0; by < MTHP_NR_REQUESTERS; by++) {
		const struct mthp_scan_sum *sum = &m->totals.ranges.scan[by];
		struct snap_plan *row = &s->plans[s->nr_plans];

		if (!sum->scans)
			continue;
		row->requester = meta_requester_name(by);
		row->scans = sum->scans;
		row->planned = number(m, sum->planned, MTHP_KNOWN(PLANNED));
		row->blocks = number(m, sum->blocks, MTHP_KNOWN(PLANNED));
		row->plan_fill_bytes = bytes(m, sum->plan_fill, MTHP_KNOWN(PLAN_FILL));
		row->present_bytes = bytes(m, sum->present, MTHP_KNOWN(PRESENT));
		row->none_bytes = bytes(m, sum->none, MTHP_KNOWN(NONE));
		row->swap_bytes = bytes(m, sum->swap, MTHP_KNOWN(SWAP));
		row->shared_bytes = bytes(m, sum->shared, MTHP_KNOWN(SHARED));
		row->referenced_bytes = bytes(m, sum->referenced, MTHP_KNOWN(REFERENCED));
		s->nr_plans++;
	}
	return 0;
}

static int cmp_blocked(const void *pa, const void *pb)
{
	const struct snap_blocked *a = pa, *b = pb;
	int c;

	if (a->scans != b->scans)
		return a->scans < b->scans ? 1 : -1;
	c = strcmp(a->requester, b->requester);
	return c ? c : strcmp(a->result, b->result);
}

static int take_blocked(struct snapshot *s, const struct model *m)
{
	__u32 by, why;

	s->blocked = calloc(MTHP_NR_REQUESTERS * MTHP_NR_RESULTS, sizeof(*s->blocked));
	if (!s->blocked)
		return -ENOMEM;
	for (by = 0; by < MTHP_NR_REQUESTERS; by++) {
		__u64 scans = m->totals.ranges.scan[by].scans;

		for (why = 0; why < MTHP_NR_RESULTS; why++) {
			__u64 n = m->totals.ranges.blocked[by][why];
			struct snap_blocked *row = &s->blocked[s->nr_blocked];

			if (!n)
				continue;
			row->requester = meta_requester_name(by);
			row->result = meta_result_name(&s->meta, why);
			row->scans = n;
			row->share_ppm = scans ? n * 1000000 / scans : NUM_UNKNOWN;
			s->nr_blocked++;
		}
	}
	qsort(s->blocked, s->nr_blocked, sizeof(*s->blocked), cmp_blocked);
	return 0;
}

static int take_batches(struct snapshot *s, const struct model *m)
{
	const struct mthp_range_sums *t = &m->totals.ranges;
	struct snap_batch *row;
	int first, last, b;

	s->batches = calloc(1, sizeof(*s->batches));
	s->locks = calloc(MTHP_DUR_BUCKETS, sizeof(*s->locks));
	if (!s->batches || !s->locks)
		return -ENOMEM;
	row = &s->batches[s->nr_batches++];
	row->count = t->batch.count;
	row->tried = t->batch.tried;
	row->collapsed = t->batch.collapsed;
	row->lock_mean_ns = t->batch.lock_of ? t->batch.lock_ns / t->batch.lock_of : NUM_UNKNOWN;
	row->lock_p50_ns = snap_dur_quantile(&t->lock, 500000);
	row->lock_p99_ns = snap_dur_quantile(&t->lock, 990000);
	row->lock_max_ns = t->batch.lock_of ? t->lock_max_ns : NUM_UNKNOWN;
	snap_dur_span(&t->lock, &first, &last);
	for (b = first; b <= last; b++) {
		struct snap_lock *lock = &s->locks[s->nr_locks++];

		lock->from_ns = snap_dur_from(b);
		lock->to_ns = snap_dur_to(b);
		lock->count = t->lock.slot[b];
	}
	return 0;
}

/* Orders without collapses have no row. */
static int in_orders(const struct snapshot *s, __u64 order)
{
	size_t i;

	for (i = 0; i < s->nr_orders; i++)
		if (s->orders[i].order == order)
			return 1;
	return 0;
}

static int take_creep(struct snapshot *s, const struct model *m)
{
	__u32 order;

	s->creep = calloc(MTHP_NR_ORDERS, sizeof(*s->creep));
	if (!s->creep)
		return -ENOMEM;
	for (order = MTHP_OCC_MIN_ORDER; order < MTHP_NR_ORDERS; order++) {
		const struct mthp_creep_sum *sum = &m->totals.ranges.creep[order];
		struct snap_creep *row = &s->creep[s->nr_creep];

		if (!sum->steps && !sum->unscanned && !in_orders(s, order))
			continue;
		row->order = order;
		row->steps = sum->steps;
		row->untouched = sum->untouched;
		row->chains = sum->chains;
		row->ranges = sum->ranges;
		row->filled_bytes = sum->filled * m->meta.page_size;
		row->unscanned = sum->unscanned;
		s->nr_creep++;
	}
	return 0;
}

/* The sizes of a mask of orders, with @between between them. */
static void sizes(__u32 orders, const char *between, __u32 page_size, char *buf, size_t len)
{
	char size[24];
	size_t at = 0;
	__u32 k;

	buf[0] = '\0';
	for (k = 0; k < MTHP_NR_ORDERS; k++) {
		if (!(orders >> k & 1))
			continue;
		fmt_order(k, page_size, size, sizeof(size));
		if (at + strlen(between) + strlen(size) + 1 > len)
			return;
		at += sprintf(buf + at, "%s%s", at ? between : "", size);
	}
}

static __u64 since_start(const struct model *m, __u64 ts_ns)
{
	return ts_ns > m->meta.start_ns ? ts_ns - m->meta.start_ns : 0;
}

static void take_chain(struct snap_chain *row, const struct model *m,
		       const struct mthp_creep_rec *rec)
{
	row->tgid = rec->tgid ? rec->tgid : NUM_UNKNOWN;
	row->comm = rec->comm;
	row->mm = rec->mm;
	row->addr = rec->addr;
	row->order = rec->order;
	row->steps = rec->steps;
	row->filled_bytes = (__u64)rec->filled * m->meta.page_size;
	row->since_ns = since_start(m, rec->since_ns);
	row->last_ns = since_start(m, rec->ts_ns);
	row->untouched = rec->untouched;
	row->requester = meta_requester_name(rec->requester);
	row->max_ptes_none = rec->max_ptes_none;
	row->creep_guard =
		rec->rule == MTHP_RULE_UNKNOWN ? NUM_UNKNOWN : rec->rule == MTHP_RULE_GUARD;
	sizes(rec->orders, " → ", m->meta.page_size, row->path, sizeof(row->path));
	sizes(rec->enabled, " ", m->meta.page_size, row->sizes, sizeof(row->sizes));
}

static int cmp_u64(__u64 a, __u64 b)
{
	return a < b ? -1 : a > b;
}

static int cmp_chain(const void *pa, const void *pb)
{
	const struct snap_chain *a = pa, *b = pb;
	int c = cmp_u64(b->filled_bytes, a->filled_bytes);

	if (!c)
		c = cmp_u64(a->tgid, b->tgid);
	if (!c)
		c = cmp_u64(a->mm, b->mm);
	if (!c)
		c = cmp_u64(a->addr, b->addr);
	if (!c)
		c = cmp_u64(a->last_ns, b->last_ns);
	return c ? c : cmp_u64(a->order, b->order);
}

static int take_chains(struct snapshot *s, const struct model *m)
{
	const struct chains *chains = &m->totals.chains;
	size_t i;

	s->chains = calloc(chains->nr + 1, sizeof(*s->chains));
	s->chain_recs = calloc(chains->nr + 1, sizeof(*s->chain_recs));
	if (!s->chains || !s->chain_recs)
		return -ENOMEM;
	for (i = 0; i < chains->nr; i++) {
		s->chain_recs[i] = chains->rec[i];
		take_chain(&s->chains[i], m, &s->chain_recs[i]);
	}
	s->nr_chains = chains->nr;
	qsort(s->chains, s->nr_chains, sizeof(*s->chains), cmp_chain);
	return 0;
}

int snap_plans_take(struct snapshot *s, const struct model *m)
{
	if (!m->totals.has_mthp)
		return 0;
	return take_plans(s, m) || take_blocked(s, m) || take_batches(s, m) || take_creep(s, m) ||
			       take_chains(s, m) ?
		       -ENOMEM :
		       0;
}

void snap_plans_free(struct snapshot *s)
{
	free(s->plans);
	free(s->blocked);
	free(s->batches);
	free(s->locks);
	free(s->creep);
	free(s->chains);
	free(s->chain_recs);
}

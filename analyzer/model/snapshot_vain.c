// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attempts in vain, stalls, and khugepaged's full passes.
 *
 * What a pass did is an average: the sums of the whole observation, by its length. Sums and readings of counters
 * are not of the same moment, so counting from pass to pass would be no more exact.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/durations_priv.h"
#include "model/snapshot_vain_priv.h"
#include "model/snapshot.h"

static __u64 mean(__u64 sum, __u64 of)
{
	return of ? sum / of : NUM_UNKNOWN;
}

/* @part of @all, in parts per million. Counts stay below 2^44 for any trace that fits a disk. */
static __u64 ppm(__u64 part, __u64 all)
{
	return all ? part * 1000000 / all : NUM_UNKNOWN;
}

static bool reports_stalls(const struct model *m)
{
	__u32 by, order, b;

	for (by = 0; by < MTHP_NR_REQUESTERS; by++)
		for (order = 0; order < MTHP_NR_ORDERS; order++)
			for (b = 0; b < MTHP_STALL_BUCKETS; b++)
				if (m->totals.ranges.stall[by][order].slot[b])
					return true;
	return false;
}

static int cmp_vain(const void *pa, const void *pb)
{
	const struct snap_vain *a = pa, *b = pb;

	if (a->vain != b->vain)
		return a->vain < b->vain ? 1 : -1;
	if (a->failures != b->failures)
		return a->failures < b->failures ? 1 : -1;
	return memcmp(&a->key, &b->key, sizeof(a->key));
}

static int take_vain(struct snapshot *s, const struct model *m)
{
	struct outcome_row *row, *next;
	bool stalls = reports_stalls(m);

	s->vain = calloc(HASH_COUNT(m->totals.outcomes) + 1, sizeof(*s->vain));
	if (!s->vain)
		return -ENOMEM;
	HASH_ITER(hh, m->totals.outcomes, row, next) {
		const struct mthp_vain_sum *sum = &row->vain;
		struct snap_vain *v = &s->vain[s->nr_vain];

		if (row->key.kind != MTHP_K_MTHP_COLLAPSE || row->key.result == MTHP_R_SUCCEED ||
		    !row->val.count)
			continue;
		v->key = row->key;
		v->requester = meta_requester_name(row->key.requester);
		v->result = meta_result_name(&s->meta, row->key.result);
		v->order = row->key.order;
		v->failures = row->val.count;
		v->vain = sum->same + sum->done;
		v->collapsed = sum->done;
		v->unknown = sum->unknown;
		v->share_ppm = ppm(v->vain, v->failures);
		v->dur_ns = sum->dur_of || !v->vain ? sum->dur_ns : NUM_UNKNOWN;
		v->flushes = stalls || !v->vain ? sum->flushes : NUM_UNKNOWN;
		v->stall_ns = stalls || !v->vain ? sum->stall_ns : NUM_UNKNOWN;
		s->nr_vain++;
	}
	qsort(s->vain, s->nr_vain, sizeof(*s->vain), cmp_vain);
	return 0;
}

static void sum_vain(struct snapshot *s)
{
	struct snap_summary *sum = &s->summary;
	bool timed = false;
	size_t i;

	sum->vain = sum->vain_unknown = sum->vain_ns = 0;
	for (i = 0; i < s->nr_vain; i++) {
		const struct snap_vain *v = &s->vain[i];

		sum->vain += v->vain;
		sum->vain_unknown += v->unknown;
		if (!v->vain || v->dur_ns == NUM_UNKNOWN)
			continue;
		sum->vain_ns += v->dur_ns;
		timed = true;
	}
	if (sum->vain && !timed)
		sum->vain_ns = NUM_UNKNOWN;
}

static int take_stalls(struct snapshot *s, const struct model *m)
{
	__u32 by, order, b;

	s->stalls = calloc(MTHP_NR_REQUESTERS * MTHP_NR_ORDERS, sizeof(*s->stalls));
	if (!s->stalls)
		return -ENOMEM;
	for (order = 0; order < MTHP_NR_ORDERS; order++) {
		for (by = 0; by < MTHP_NR_REQUESTERS; by++) {
			const struct mthp_stall *stall = &m->totals.ranges.stall[by][order];
			struct snap_stall *row = &s->stalls[s->nr_stalls];

			for (b = 0; b < MTHP_STALL_BUCKETS; b++)
				row->count += stall->slot[b];
			if (!row->count)
				continue;
			row->order = order;
			row->all = *stall;
			row->requester = meta_requester_name(by);
			row->failures = stall->failed;
			row->mean_ns = stall->sum_ns / row->count;
			row->p50_ns = snap_stall_quantile(stall, 500000);
			row->p99_ns = snap_stall_quantile(stall, 990000);
			row->max_ns = m->totals.ranges.stall_max_ns[by][order];
			s->nr_stalls++;
		}
	}
	return 0;
}

/* What khugepaged did in the whole observation. */
struct work {
	__u64 ranges, idle, attempts, vain, vain_ns;
};

static void sum_work(const struct model *m, struct work *w)
{
	bool has_mthp = m->totals.has_mthp;
	struct outcome_row *row, *next;

	memset(w, 0, sizeof(*w));
	HASH_ITER(hh, m->totals.outcomes, row, next) {
		const struct mthp_outcome_key *key = &row->key;
		/* There was no page table: no other event is about this range. */
		bool blank = key->kind == MTHP_K_SCAN_PMD &&
			     meta_result_reach(key->result) == MTHP_REACH_NONE;

		if (key->requester != MTHP_Q_KHUGEPAGED)
			continue;
		if (mthp_is_scan(key->kind, has_mthp) || blank) {
			w->ranges += row->val.count;
			w->idle += key->result == MTHP_R_SUCCEED ? 0 : row->val.count;
		}
		if (mthp_is_collapse(key->kind, has_mthp))
			w->attempts += row->val.count;
		w->vain += row->vain.same + row->vain.done;
		w->vain_ns += row->vain.dur_ns;
	}
}

/* The share of a sum over the whole time that falls on @ns of it. */
static __u64 share(__u64 sum, __u64 ns, __u64 all_ns)
{
	if (ns == NUM_UNKNOWN || !all_ns)
		return NUM_UNKNOWN;
	return (double)sum * ns / all_ns + 0.5;
}

static int take_passes(struct snapshot *s, const struct model *m)
{
	__u64 all_ns = m->end_ns > s->meta.start_ns ? m->end_ns - s->meta.start_ns : 0;
	bool known = meta_has_ranges(&s->meta);
	struct snap_pass *p;
	struct work w;

	s->passes = calloc(1, sizeof(*s->passes));
	if (!s->passes)
		return -ENOMEM;
	if (!m->passes.known)
		return 0;
	p = &s->passes[s->nr_passes++];
	sum_work(m, &w);
	p->passes = m->passes.seen;
	p->mean_ns = mean(m->passes.whole_ns, m->passes.whole);
	p->last_ns = m->passes.whole ? m->passes.last_ns : NUM_UNKNOWN;
	p->max_ns = m->passes.whole ? m->passes.max_ns : NUM_UNKNOWN;
	p->ranges = share(w.ranges, p->mean_ns, all_ns);
	p->idle_ppm = ppm(w.idle, w.ranges);
	p->attempts = share(w.attempts, p->mean_ns, all_ns);
	p->vain = known ? share(w.vain, p->mean_ns, all_ns) : NUM_UNKNOWN;
	p->vain_ns = known ? share(w.vain_ns, p->mean_ns, all_ns) : NUM_UNKNOWN;
	if (known && w.vain && !w.vain_ns)
		p->vain_ns = NUM_UNKNOWN;
	p->vain_ppm = known && p->vain_ns != NUM_UNKNOWN ? ppm(w.vain_ns, all_ns) : NUM_UNKNOWN;
	return 0;
}

int snap_vain_take(struct snapshot *s, const struct model *m)
{
	struct snap_summary *sum = &s->summary;

	sum->vain = sum->vain_unknown = sum->vain_ns = NUM_UNKNOWN;
	if (take_passes(s, m))
		return -ENOMEM;
	if (!m->totals.has_mthp)
		return 0;
	if (take_vain(s, m) || take_stalls(s, m))
		return -ENOMEM;
	sum_vain(s);
	return 0;
}

void snap_vain_free(struct snapshot *s)
{
	free(s->vain);
	free(s->stalls);
	free(s->passes);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model: sums, the kernel's own counters at the start and the end, the latest events, a series of ticks,
 * and the whole time in slots.
 *
 * The model has the time of the source. It passes with model_tick() and, for a trace, with the events, so
 * that a replay at any speed and a report give the same numbers. Counters move no time: in some traces they
 * stand before events that are older.
 */
#include <stdlib.h>
#include <string.h>

#include "model/refusals.h"
#include "model/state.h"

struct model *model_new(const struct meta *meta, int sums_given)
{
	struct model *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->meta = *meta;
	m->sums_given = sums_given;
	m->end_ns = meta->start_ns;
	totals_init(&m->totals, meta_has_ranges(meta));
	/* Traces of other tools do not report the owner, but the mm. */
	m->totals.by_mm = meta->origin[0];
	timeline_init(&m->timeline, meta->start_ns);
	return m;
}

void model_meta(struct model *m, const struct meta *meta, __u64 ts_ns)
{
	settings_compare(&m->changes, &m->meta, meta, ts_ns);
	m->meta = *meta;
}

void model_free(struct model *m)
{
	if (!m)
		return;
	totals_free(&m->totals);
	extra_put(m->extra);
	ranges_free(m->ranges);
	free(m);
}

static void judge(struct model *m, const struct mthp_ev *ev)
{
	memset(&m->found, 0, offsetof(struct ranges_found, rec));
	if (!m->totals.has_mthp)
		return;
	if (!m->ranges && (ev->kind == MTHP_K_MTHP_SCAN || ev->kind == MTHP_K_MTHP_COLLAPSE ||
			   ev->kind == MTHP_K_SPLIT))
		m->ranges = ranges_new(&m->meta);
	if (!m->ranges)
		return;
	ranges_event(m->ranges, ev, &m->found);
	m->totals.lost[MTHP_L_CREEP] = ranges_forgotten(m->ranges);
}

void model_chain(struct model *m, const struct mthp_creep_rec *rec)
{
	totals_chain(&m->totals, rec);
}

void model_event(struct model *m, const struct mthp_ev *ev)
{
	if (!m->sums_given) {
		judge(m, ev);
		totals_event(&m->totals, ev, &m->found);
	}
	if (!m->sums_given || m->streamed)
		timeline_event(&m->timeline, ev, m->totals.has_mthp);
	if (!m->sums_given)
		passes_event(&m->passes, ev);
	m->recent[m->nr_recent++ % MODEL_RECENT] = *ev;
	if (ev->ts_ns > m->end_ns)
		m->end_ns = ev->ts_ns;
	if (m->tap)
		m->tap(m->tap_ctx, m, ev);
}

void model_tap(struct model *m, model_tap_fn fn, void *ctx)
{
	m->tap = fn;
	m->tap_ctx = ctx;
}

void model_counters(struct model *m, const struct counters *counters)
{
	if (!m->first.nr)
		m->first = *counters;
	m->last = *counters;
	passes_reading(&m->passes, counters);
}

void model_lost(struct model *m, enum mthp_loss which, __u64 total)
{
	m->totals.lost[which] = total;
}

/* The sums so far. */
static void sum_up(const struct model *m, struct timeline_slot *sums)
{
	struct outcome_row *row, *next;
	__u8 order;

	memset(sums, 0, sizeof(*sums));
	HASH_ITER(hh, m->totals.outcomes, row, next) {
		order = row->key.order < MTHP_NR_ORDERS ? row->key.order : 0;
		if (mthp_is_scan(row->key.kind, m->totals.has_mthp))
			sums->scans += row->val.count;
		if (!mthp_is_collapse(row->key.kind, m->totals.has_mthp))
			continue;
		if (!mthp_collapsed(row->key.kind, row->key.requester, row->key.result)) {
			sums->failures[order] += row->val.count;
			continue;
		}
		sums->collapses[order] += row->val.count;
		sums->filled += row->val.filled;
		sums->filled_of += row->val.filled_of;
	}
}

/* The attempts of khugepaged, the refusals, and creep so far. */
static void sum_attempts(const struct model *m, struct tick *tick)
{
	struct outcome_row *row, *next;
	int order, by, q;

	for (order = 0; order < MTHP_NR_ORDERS; order++) {
		tick->creep_steps += m->totals.ranges.creep[order].steps;
		tick->creep_filled += m->totals.ranges.creep[order].filled;
	}
	for (by = 0; by < MTHP_NR_SPLITTERS; by++)
		for (q = 0; q < MTHP_NR_REQUESTERS; q++)
			tick->undone += m->totals.ranges.split[by].undone[q];
	HASH_ITER(hh, m->totals.outcomes, row, next) {
		if (refusals_is(&row->key, m->totals.has_mthp))
			tick->refused += row->val.count;
		if (row->key.requester != MTHP_Q_KHUGEPAGED)
			continue;
		tick->vain += row->vain.same + row->vain.done;
		if (mthp_is_collapse(row->key.kind, m->totals.has_mthp))
			tick->attempts += row->val.count;
	}
}

void model_tick(struct model *m, __u64 now_ns)
{
	struct tick *tick = &m->series[m->nr_series++ % MODEL_SERIES];
	struct timeline_slot sums;

	if (now_ns > m->end_ns)
		m->end_ns = now_ns;
	sum_up(m, &sums);
	if (m->sums_given && !m->streamed)
		timeline_sums(&m->timeline, now_ns, &sums);
	memset(tick, 0, sizeof(*tick));
	sum_attempts(m, tick);
	tick->ts_ns = now_ns;
	tick->scans = sums.scans;
	tick->filled = sums.filled;
	memcpy(tick->collapses, sums.collapses, sizeof(tick->collapses));
	memcpy(tick->failures, sums.failures, sizeof(tick->failures));
}

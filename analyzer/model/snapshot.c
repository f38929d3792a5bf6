// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes a snapshot of the model for views: copies, computes shares and percentiles, sorts.
 *
 * The order of every list depends on the data only, so that the same events give the same bytes whether BPF
 * or a reader of a trace added them up. Unknown numbers are NUM_UNKNOWN. If only some events report a number
 * (filled pages), a second number counts the events that do not.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/durations_priv.h"
#include "model/snapshot_plans_priv.h"
#include "model/snapshot_splits_priv.h"
#include "model/snapshot_vain_priv.h"
#include "model/snapshot.h"

static int cmp_u64(__u64 a, __u64 b)
{
	return a < b ? -1 : a > b;
}

static __u64 order_bytes(const struct model *m, __u64 order)
{
	return (__u64)m->meta.page_size << order;
}

/* Bytes of @pages, which @of of @asked events reported; unknown if none of them did. */
static __u64 reported_bytes(const struct model *m, __u64 pages, __u64 of, __u64 asked)
{
	return of || !asked ? pages * m->meta.page_size : NUM_UNKNOWN;
}

static __u64 mean(__u64 sum, __u64 of)
{
	return of ? sum / of : NUM_UNKNOWN;
}

static int take_outcomes(struct snapshot *s, const struct model *m)
{
	__u64 per_kind[MTHP_NR_KINDS] = { 0 };
	struct outcome_row *row, *next;
	size_t i;

	s->outcomes = calloc(HASH_COUNT(m->totals.outcomes) + 1, sizeof(*s->outcomes));
	if (!s->outcomes)
		return -ENOMEM;
	HASH_ITER(hh, m->totals.outcomes, row, next) {
		struct snap_outcome *o = &s->outcomes[s->nr_outcomes++];

		o->key = row->key;
		o->kind = meta_kind_name(row->key.kind);
		o->requester = meta_requester_name(row->key.requester);
		o->result = meta_result_name(&s->meta, row->key.result);
		o->order = row->key.order;
		o->count = row->val.count;
		o->reported = row->val.filled_of;
		o->filled_bytes = reported_bytes(m, row->val.filled, o->reported, 1);
		o->dur_mean_ns = mean(row->val.dur_ns, row->val.dur_of);
		o->dur_ns = row->val.dur_ns;
		per_kind[row->key.kind & (MTHP_NR_KINDS - 1)] += row->val.count;
	}
	for (i = 0; i < s->nr_outcomes; i++) {
		struct snap_outcome *o = &s->outcomes[i];
		__u64 all = per_kind[o->key.kind & (MTHP_NR_KINDS - 1)];

		/* Counts stay below 2^44 for any trace that fits a disk, so the product fits. */
		o->share_ppm = all ? o->count * 1000000 / all : NUM_UNKNOWN;
	}
	return 0;
}

static int cmp_outcome(const void *pa, const void *pb)
{
	const struct snap_outcome *a = pa, *b = pb;
	int c = cmp_u64(b->count, a->count);

	return c ? c : memcmp(&a->key, &b->key, sizeof(a->key));
}

/* The most frequent refusal or failure of @p, over scans and collapses. */
static __u8 top_failure(const struct mthp_proc *p)
{
	__u64 most = 0;
	__u8 top = MTHP_R_UNKNOWN, r;

	for (r = 1; r < MTHP_NR_RESULTS; r++) {
		__u64 n = p->collapse_result[r];

		if (!meta_result_is_idle(r))
			n += p->scan_result[r];
		if (r != MTHP_R_SUCCEED && n > most) {
			most = n;
			top = r;
		}
	}
	return top;
}

static void take_proc(struct snapshot *s, const struct model *m, const struct proc_row *row)
{
	struct mthp_proc *d = &s->proc_details[s->nr_procs];
	struct snap_proc *p = &s->procs[s->nr_procs++];
	__u8 top;
	int o;

	*d = row->val;
	p->detail = d;
	p->comm = d->comm;
	p->tgid = row->key.tgid ? row->key.tgid : NUM_UNKNOWN;
	p->mm = row->key.mm;
	p->cgroup = d->cgroup ? d->cgroup : NUM_UNKNOWN;
	p->scans = d->scans;
	for (o = 0; o < MTHP_NR_ORDERS; o++) {
		p->collapses += d->collapses[o];
		p->failures += d->failures[o];
		p->collapsed_bytes += d->collapses[o] * order_bytes(m, o);
		p->vain += d->vain[o];
	}
	p->vain_ns = p->vain && !d->vain_ns ? NUM_UNKNOWN : d->vain_ns;
	if (!m->totals.has_mthp)
		p->vain = p->vain_ns = NUM_UNKNOWN;
	p->splits = meta_has_splits(&s->meta) ? d->splits : NUM_UNKNOWN;
	p->undone = meta_has_splits(&s->meta) ? d->undone : NUM_UNKNOWN;
	p->filled_unknown = p->collapses > d->filled_of ? p->collapses - d->filled_of : 0;
	p->filled_bytes = reported_bytes(m, d->filled, d->filled_of, p->collapses);
	p->dur_mean_ns = mean(d->dur_ns, d->dur_of);
	p->creep_steps = m->totals.has_mthp ? d->creep_steps : NUM_UNKNOWN;
	p->creep_filled_bytes =
		m->totals.has_mthp ? d->creep_filled * m->meta.page_size : NUM_UNKNOWN;
	p->last_ns = d->last_ns > m->meta.start_ns ? d->last_ns - m->meta.start_ns : 0;
	top = top_failure(d);
	p->top_result = top ? meta_result_name(&s->meta, top) : "";
}

static int take_procs(struct snapshot *s, const struct model *m)
{
	size_t nr = HASH_COUNT(m->totals.procs);
	struct proc_row *row, *next;

	s->procs = calloc(nr + 1, sizeof(*s->procs));
	s->proc_details = calloc(nr + 1, sizeof(*s->proc_details));
	if (!s->procs || !s->proc_details)
		return -ENOMEM;
	HASH_ITER(hh, m->totals.procs, row, next)
		take_proc(s, m, row);
	return 0;
}

static int cmp_proc(const void *pa, const void *pb)
{
	const struct snap_proc *a = pa, *b = pb;
	int c = cmp_u64(b->collapsed_bytes, a->collapsed_bytes);

	if (!c)
		c = cmp_u64(b->scans, a->scans);
	if (!c)
		c = cmp_u64(a->tgid, b->tgid);
	return c ? c : cmp_u64(a->mm, b->mm);
}

static __u64 sum(const __u64 *n, size_t nr)
{
	__u64 all = 0;

	while (nr--)
		all += *n++;
	return all;
}

/* A size's setting. If it had several, none of them says what was in force at a collapse. */
static const char *order_setting(const struct snapshot *s, const struct model *m, __u32 order)
{
	char name[META_NAME_LEN];
	__u64 i;

	snprintf(name, sizeof(name), "hugepages-%llukB/enabled",
		 (unsigned long long)order_bytes(m, order) >> 10);
	for (i = 0; i < m->changes.nr && i < SETTING_CHANGES_MAX; i++)
		if (!strcmp(m->changes.change[i].name, name))
			return "changed";
	return s->meta.settings.order_enabled[order];
}

static void take_order(struct snapshot *s, const struct model *m, __u32 order)
{
	struct outcome_row *row, *next;
	struct snap_order o = { 0 };
	__u64 filled = 0, of = 0, dur = 0, dur_of = 0;

	o.order = order;
	o.enabled = order_setting(s, m, order);
	HASH_ITER(hh, m->totals.outcomes, row, next) {
		if (row->key.order != order || !mthp_is_collapse(row->key.kind, m->totals.has_mthp))
			continue;
		if (!mthp_collapsed(row->key.kind, row->key.requester, row->key.result)) {
			o.failures += row->val.count;
			continue;
		}
		o.collapses += row->val.count;
		filled += row->val.filled;
		of += row->val.filled_of;
		dur += row->val.dur_ns;
		dur_of += row->val.dur_of;
	}
	o.samples = sum(m->totals.occ.of[order].complete, MTHP_OCC_BUCKETS);
	o.censored = sum(m->totals.occ.of[order].censored, MTHP_OCC_BUCKETS);
	if (!o.collapses && !o.failures && !o.samples && !o.censored &&
	    (!o.enabled[0] || !strcmp(o.enabled, "never")) && order != m->meta.pmd_order)
		return;
	o.collapsed_bytes = o.collapses * order_bytes(m, order);
	/* BPF adds while its sums are read, so @of may include one more event. */
	o.filled_unknown = o.collapses > of ? o.collapses - of : 0;
	o.filled_bytes = reported_bytes(m, filled, of, o.collapses);
	o.dur_mean_ns = mean(dur, dur_of);
	o.dur_p50_ns = snap_dur_quantile(&m->totals.dur[order], 500000);
	o.dur_p99_ns = snap_dur_quantile(&m->totals.dur[order], 990000);
	s->orders[s->nr_orders++] = o;
}

static void take_occ(struct snapshot *s, const struct model *m, __u32 order)
{
	const struct mthp_occ *occ = &m->totals.occ.of[order];
	int b;

	if (!sum(occ->complete, MTHP_OCC_BUCKETS) && !sum(occ->censored, MTHP_OCC_BUCKETS))
		return;
	for (b = 0; b < MTHP_OCC_BUCKETS; b++) {
		struct snap_occ *row = &s->occ[s->nr_occ++];

		row->order = order;
		row->complete = occ->complete[b];
		row->censored = occ->censored[b];
		if (b == MTHP_OCC_EMPTY)
			snprintf(row->bucket, sizeof(row->bucket), "empty");
		else if (b == MTHP_OCC_FULL)
			snprintf(row->bucket, sizeof(row->bucket), "full");
		else
			snprintf(row->bucket, sizeof(row->bucket), "%d/16", b - 1);
	}
}

static void take_dur(struct snapshot *s, const struct model *m, __u32 order)
{
	int first, last, b;

	snap_dur_span(&m->totals.dur[order], &first, &last);
	for (b = first; b <= last; b++) {
		struct snap_dur *row = &s->dur[s->nr_dur++];

		row->order = order;
		row->from_ns = snap_dur_from(b);
		row->to_ns = snap_dur_to(b);
		row->count = m->totals.dur[order].slot[b];
	}
}

static int take_orders(struct snapshot *s, const struct model *m)
{
	__u32 order;

	s->orders = calloc(MTHP_NR_ORDERS, sizeof(*s->orders));
	s->occ = calloc(MTHP_NR_ORDERS * MTHP_OCC_BUCKETS, sizeof(*s->occ));
	s->dur = calloc(MTHP_NR_ORDERS * MTHP_DUR_BUCKETS, sizeof(*s->dur));
	if (!s->orders || !s->occ || !s->dur)
		return -ENOMEM;
	for (order = 0; order < MTHP_NR_ORDERS; order++) {
		take_order(s, m, order);
		take_occ(s, m, order);
		take_dur(s, m, order);
	}
	return 0;
}

static int take_counters(struct snapshot *s, const struct model *m)
{
	size_t i;

	s->counters = calloc(m->last.nr + 1, sizeof(*s->counters));
	if (!s->counters)
		return -ENOMEM;
	for (i = 0; i < m->last.nr; i++) {
		const struct counter *last = &m->last.c[i], *first = &m->first.c[i];
		struct snap_counter *c = &s->counters[s->nr_counters++];

		memcpy(c->name, last->name, sizeof(c->name));
		c->order = last->order == COUNTER_NO_ORDER ? NUM_UNKNOWN : last->order;
		c->value = last->value == COUNTER_UNKNOWN ? NUM_UNKNOWN : last->value;
		c->delta = SNAP_NO_DELTA;
		if (i < m->first.nr && !strcmp(first->name, last->name) &&
		    first->order == last->order && first->value != COUNTER_UNKNOWN &&
		    last->value != COUNTER_UNKNOWN)
			c->delta = last->value - first->value;
	}
	return 0;
}

/* Sums of losses stay where JSON still has numbers. */
static void add_lost(__u64 *sum, __u64 n)
{
	*sum = n > INT64_MAX - *sum ? INT64_MAX : *sum + n;
}

static int take_losses(struct snapshot *s, const struct model *m)
{
	__u32 i;

	s->losses = calloc(MTHP_NR_LOSSES, sizeof(*s->losses));
	if (!s->losses)
		return -ENOMEM;
	for (i = 0; i < MTHP_NR_LOSSES; i++) {
		s->losses[i].name = meta_loss_name(i);
		s->losses[i].meaning = meta_loss_meaning(i);
		s->losses[i].count = m->totals.lost[i];
		if (meta_loss_what(i) == MTHP_LOST_ROWS)
			add_lost(&s->summary.lost_rows, m->totals.lost[i]);
		else
			add_lost(&s->summary.lost, m->totals.lost[i]);
	}
	s->nr_losses = MTHP_NR_LOSSES;
	return 0;
}

static void add_setting(void *ctx, const char *name, const char *value)
{
	struct snapshot *s = ctx;
	struct snap_setting *row = &s->settings[s->nr_settings++];
	size_t i;

	snprintf(row->name, sizeof(row->name), "%s", name);
	snprintf(row->value, sizeof(row->value), "%s", value);
	snprintf(row->first, sizeof(row->first), "%s", value);
	for (i = s->nr_changes; i-- > 0;)
		if (!strcmp(s->changes[i].name, name)) {
			memcpy(row->first, s->changes[i].from, sizeof(row->first));
			row->changes++;
		}
}

static int take_settings(struct snapshot *s, const struct model *m)
{
	size_t i;

	s->changes = calloc(SETTING_CHANGES_MAX, sizeof(*s->changes));
	s->settings = calloc(SETTINGS_MAX, sizeof(*s->settings));
	if (!s->changes || !s->settings)
		return -ENOMEM;
	for (i = 0; i < m->changes.nr && i < SETTING_CHANGES_MAX; i++) {
		const struct setting_change *c = &m->changes.change[i];
		struct snap_change *row = &s->changes[s->nr_changes++];

		row->at_ns = c->ts_ns > m->meta.start_ns ? c->ts_ns - m->meta.start_ns : 0;
		memcpy(row->name, c->name, sizeof(row->name));
		memcpy(row->from, c->from, sizeof(row->from));
		memcpy(row->to, c->to, sizeof(row->to));
	}
	settings_each(&s->meta, add_setting, s);
	return 0;
}

static int take_kinds(struct snapshot *s, const struct model *m)
{
	s->kinds = calloc(MTHP_NR_KINDS, sizeof(*s->kinds));
	if (!s->kinds)
		return -ENOMEM;
#define X(number, NAME, name, tracepoint, detail, since)               \
	s->kinds[s->nr_kinds].kind = #name;                            \
	s->kinds[s->nr_kinds].available = s->meta.kinds >> (number)&1; \
	s->kinds[s->nr_kinds].count = m->totals.events[number];        \
	s->summary.events += m->totals.events[number];                 \
	s->nr_kinds++;
	MTHP_KINDS(X)
#undef X
	return 0;
}

static int take_capabilities(struct snapshot *s)
{
	enum capability cap;

	s->capabilities = calloc(NR_CAPS, sizeof(*s->capabilities));
	if (!s->capabilities)
		return -ENOMEM;
	for (cap = CAP_NONE + 1; cap < NR_CAPS; cap++) {
		struct capability_state state = capability_get(&s->meta, cap);
		struct snap_capability *row = &s->capabilities[s->nr_capabilities++];

		row->name = capability_name(cap);
		row->holds = capability_holds(&s->meta, cap);
		row->source = capability_source_name(state.source);
		row->meaning = capability_meaning(cap);
		memcpy(row->why, state.why, sizeof(row->why));
	}
	return 0;
}

static int take_timeline(struct snapshot *s, const struct model *m)
{
	static const struct timeline_slot none;
	struct timeline t = m->timeline;
	__u64 end_ns = m->end_ns > t.start_ns ? m->end_ns - t.start_ns : 0;
	size_t nr, i;
	__u32 o;

	/* Sums over a part of the events (check/scope_snaps.c) have no timeline. */
	nr = t.width_ns ? timeline_cover(&t, m->end_ns) + 1 : 0;
	/* If an observation ends as a slot begins, the slot has only the events of that moment. */
	if (nr > 1 && end_ns == (nr - 1) * t.width_ns &&
	    !memcmp(&t.slot[nr - 1], &none, sizeof(none)))
		nr--;
	s->timeline = calloc(nr + 1, sizeof(*s->timeline));
	if (!s->timeline)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		const struct timeline_slot *from = &t.slot[i];
		struct snap_slot *to = &s->timeline[s->nr_timeline++];

		to->from_ns = i * t.width_ns;
		to->to_ns = i + 1 < nr ? to->from_ns + t.width_ns : end_ns;
		to->scans = from->scans;
		for (o = 0; o < MTHP_NR_ORDERS; o++) {
			to->collapses_at[o] = from->collapses[o];
			to->collapses += from->collapses[o];
			to->failures += from->failures[o];
			to->collapsed_bytes += from->collapses[o] * order_bytes(m, o);
		}
		to->filled_bytes = reported_bytes(m, from->filled, from->filled_of, to->collapses);
	}
	return 0;
}

static int take_rings(struct snapshot *s, const struct model *m)
{
	__u64 i, from;

	s->nr_series = m->nr_series < MODEL_SERIES ? m->nr_series : MODEL_SERIES;
	s->nr_recent = m->nr_recent < MODEL_RECENT ? m->nr_recent : MODEL_RECENT;
	s->series = calloc(s->nr_series + 1, sizeof(*s->series));
	s->recent = calloc(s->nr_recent + 1, sizeof(*s->recent));
	if (!s->series || !s->recent)
		return -ENOMEM;
	from = m->nr_series - s->nr_series;
	for (i = 0; i < s->nr_series; i++)
		s->series[i] = m->series[(from + i) % MODEL_SERIES];
	from = m->nr_recent - s->nr_recent;
	for (i = 0; i < s->nr_recent; i++)
		s->recent[i] = m->recent[(from + i) % MODEL_RECENT];
	return 0;
}

static void take_summary(struct snapshot *s, const struct model *m)
{
	struct snap_summary *sum_ = &s->summary;
	struct outcome_row *row, *next;
	__u64 reported = 0;
	size_t i;

	sum_->host = s->meta.host;
	sum_->made_by = s->meta.made_by;
	sum_->writer = s->meta.writer;
	sum_->release = s->meta.release;
	sum_->machine = s->meta.machine;
	sum_->detail = meta_detail_name(s->meta.detail);
	sum_->page_size_bytes = s->meta.page_size;
	sum_->pmd_order = s->meta.pmd_order ? s->meta.pmd_order : NUM_UNKNOWN;
	sum_->start_ns = s->meta.start_realtime_ns ? s->meta.start_realtime_ns : NUM_UNKNOWN;
	sum_->duration_ns = m->end_ns > s->meta.start_ns ? m->end_ns - s->meta.start_ns : 0;
	sum_->complete = m->complete;
	sum_->creep_steps = sum_->creep_filled_bytes = m->totals.has_mthp ? 0 : NUM_UNKNOWN;
	for (i = 0; i < s->nr_creep; i++) {
		sum_->creep_steps += s->creep[i].steps;
		sum_->creep_filled_bytes += s->creep[i].filled_bytes;
	}
	/* Of those without a row it is not known how many there were. */
	sum_->processes = m->totals.lost[MTHP_L_PROCS] ? NUM_UNKNOWN : s->nr_procs;
	sum_->unattributed = m->totals.unattributed;
	HASH_ITER(hh, m->totals.outcomes, row, next)
		if (mthp_is_scan(row->key.kind, m->totals.has_mthp))
			sum_->scans += row->val.count;
	for (i = 0; i < s->nr_orders; i++) {
		const struct snap_order *o = &s->orders[i];

		sum_->collapses += o->collapses;
		sum_->failures += o->failures;
		sum_->collapsed_bytes += o->collapsed_bytes;
		sum_->filled_unknown += o->filled_unknown;
		reported += o->collapses - o->filled_unknown;
		if (o->filled_bytes != NUM_UNKNOWN)
			sum_->filled_bytes += o->filled_bytes;
	}
	if (sum_->collapses && !reported)
		sum_->filled_bytes = NUM_UNKNOWN;
}

static void take_verdict(struct snapshot *s)
{
	struct snap_summary *sum = &s->summary;
	struct verdict now;

	verdict_make(s, &s->verdict);
	sum->verdict = verdict_name(s->verdict.word);
	strcpy(sum->headline, s->verdict.reason);
	strcpy(sum->next, s->verdict.next);
	sum->verdict_now = verdict_recent(s, &now) ? verdict_name(now.word) : "";
}

struct snapshot *snapshot_take(const struct model *m)
{
	struct snapshot *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->meta = m->meta;
	s->extra = extra_get(m->extra);
	if (take_outcomes(s, m) || take_procs(s, m) || take_orders(s, m) || take_counters(s, m) ||
	    take_losses(s, m) || take_settings(s, m) || take_kinds(s, m) || take_capabilities(s) ||
	    take_rings(s, m) || take_timeline(s, m) || snap_plans_take(s, m) ||
	    snap_vain_take(s, m) || snap_splits_take(s, m)) {
		snapshot_free(s);
		return NULL;
	}
	qsort(s->outcomes, s->nr_outcomes, sizeof(*s->outcomes), cmp_outcome);
	qsort(s->procs, s->nr_procs, sizeof(*s->procs), cmp_proc);
	take_summary(s, m);
	take_verdict(s);
	return s;
}

__u64 snapshot_work_ns(const struct snapshot *s)
{
	__u64 ns = 0;
	size_t i;

	for (i = 0; i < s->nr_outcomes; i++)
		if (mthp_is_collapse(s->outcomes[i].key.kind, meta_has_ranges(&s->meta)))
			ns += s->outcomes[i].dur_ns;
	return ns;
}

void snapshot_free(struct snapshot *s)
{
	if (!s)
		return;
	free(s->orders);
	free(s->changes);
	free(s->outcomes);
	free(s->procs);
	free(s->proc_details);
	free(s->occ);
	free(s->dur);
	free(s->counters);
	free(s->losses);
	free(s->settings);
	free(s->kinds);
	free(s->capabilities);
	free(s->timeline);
	snap_plans_free(s);
	snap_vain_free(s);
	snap_splits_free(s);
	free(s->series);
	free(s->recent);
	extra_put(s->extra);
	free(s);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Families of what scans and collapses did.
 *
 * Series that are sure to be asked for exist from the start, as 0: Prometheus sees a rise only between two
 * samples of one series. Others come with their first event.
 */
#include <stdio.h>
#include <string.h>

#include "model/verdict.h"
#include "export/families_priv.h"
#include "lib/array.h"

#define NR_LABELS 4 /* and the end */

/* Sums over the collapses for one requester to one size. */
struct sum {
	__u64 attempts, collapses;
	__u64 filled_bytes, reported;
};

struct sums {
	struct sum of[MTHP_NR_REQUESTERS][MTHP_NR_ORDERS];
};

static void sum_up(const struct reading *r, struct sums *sums)
{
	bool ranges = meta_has_ranges(&r->s->meta);
	size_t i;

	memset(sums, 0, sizeof(*sums));
	for (i = 0; i < r->s->nr_outcomes; i++) {
		const struct snap_outcome *o = &r->s->outcomes[i];
		struct sum *to;

		if (!mthp_is_collapse(o->key.kind, ranges) || o->key.order >= MTHP_NR_ORDERS)
			continue;
		to = &sums->of[o->key.requester & (MTHP_NR_REQUESTERS - 1)][o->key.order];
		to->attempts += o->count;
		if (!mthp_collapsed(o->key.kind, o->key.requester, o->key.result))
			continue;
		to->collapses += o->count;
		to->reported += o->reported;
		if (o->filled_bytes != NUM_UNKNOWN)
			to->filled_bytes += o->filled_bytes;
	}
}

static bool sure(const struct reading *r, __u32 requester, __u32 order)
{
	return requester == MTHP_Q_KHUGEPAGED && order && order == r->s->meta.pmd_order;
}

static void write_named(struct text *t, const struct reading *r, const struct named_by *by, __u32 q,
			__u32 order, const char *size)
{
	struct text_label labels[NR_LABELS] = { { "requester", meta_requester_name(q) } }, *l;
	__u64 other = named_other(by, q, order);
	__u32 result;

	l = labels + 1;
	if (size)
		*l++ = (struct text_label){ "size", size };
	l->name = "result";
	for (result = 0; result < MTHP_NR_RESULTS; result++) {
		l->value = meta_result_name(&r->s->meta, result);
		if (by->named[q][order][result] ||
		    (result == MTHP_R_SUCCEED && !by->count[q][order][result] &&
		     sure(r, q, size ? order : r->s->meta.pmd_order)))
			text_u64(t, labels, by->count[q][order][result]);
	}
	l->value = "other";
	if (other)
		text_u64(t, labels, other);
}

void family_verdict(struct text *t, const struct reading *r)
{
	const char *now = r->s->summary.verdict_now;
	struct text_label labels[NR_LABELS] = { { "verdict", NULL } };
	int word;

	if (!now[0])
		now = r->s->summary.verdict;
	for (word = 0; word < NR_VERDICTS; word++) {
		labels[0].value = verdict_name(word);
		text_u64(t, labels, !strcmp(labels[0].value, now));
	}
}

void family_scans(struct text *t, const struct reading *r)
{
	__u32 q;

	for (q = 0; q < MTHP_NR_REQUESTERS; q++)
		write_named(t, r, &r->named->scans, q, 0, NULL);
}

void family_collapses(struct text *t, const struct reading *r)
{
	__u32 q, order;
	char size[24];

	for (q = 0; q < MTHP_NR_REQUESTERS; q++)
		for (order = 0; order < MTHP_NR_ORDERS; order++)
			write_named(t, r, &r->named->collapses, q, order,
				    size_label(r, order, size, sizeof(size)));
}

typedef bool (*sum_fn)(const struct reading *r, const struct sum *s, __u32 order, __u64 *value);

static void write_sums(struct text *t, const struct reading *r, sum_fn fn)
{
	struct text_label labels[NR_LABELS] = { { "requester", NULL }, { "size", NULL } };
	struct sums sums;
	__u32 q, order;
	char size[24];
	__u64 value;

	sum_up(r, &sums);
	for (q = 0; q < MTHP_NR_REQUESTERS; q++) {
		for (order = 0; order < MTHP_NR_ORDERS; order++) {
			const struct sum *s = &sums.of[q][order];

			if (!(s->attempts || sure(r, q, order)) || !fn(r, s, order, &value))
				continue;
			labels[0].value = meta_requester_name(q);
			labels[1].value = size_label(r, order, size, sizeof(size));
			text_u64(t, labels, value);
		}
	}
}

static bool collapsed_bytes(const struct reading *r, const struct sum *s, __u32 order, __u64 *value)
{
	*value = s->collapses * ((__u64)r->s->meta.page_size << order);
	return true;
}

/* Unknown, and so absent, where no collapse reported it. */
static bool filled_bytes(const struct reading *r, const struct sum *s, __u32 order, __u64 *value)
{
	*value = s->filled_bytes;
	return s->reported || !s->collapses;
}

static bool filled_unknown(const struct reading *r, const struct sum *s, __u32 order, __u64 *value)
{
	*value = s->collapses > s->reported ? s->collapses - s->reported : 0;
	return true;
}

void family_collapsed_bytes(struct text *t, const struct reading *r)
{
	write_sums(t, r, collapsed_bytes);
}

void family_filled_bytes(struct text *t, const struct reading *r)
{
	write_sums(t, r, filled_bytes);
}

void family_filled_unknown(struct text *t, const struct reading *r)
{
	write_sums(t, r, filled_unknown);
}

/*
 * Durations are counted in slots that double, so a limit is the last nanosecond of one of these. Twelve are enough: each
 * doubling where collapses are, from 16 us to 4 ms, and a few for what should not be.
 */
static const int dur_slots[] = { 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 17, 20 };

#define SLOT_END_NS(slot) (1ULL << (MTHP_DUR_SHIFT + (slot)))

static __u64 duration_sum(const struct reading *r, __u32 order)
{
	bool ranges = meta_has_ranges(&r->s->meta);
	__u64 sum = 0;
	size_t i;

	for (i = 0; i < r->s->nr_outcomes; i++) {
		const struct snap_outcome *o = &r->s->outcomes[i];

		if (o->key.order == order && mthp_is_collapse(o->key.kind, ranges) &&
		    mthp_collapsed(o->key.kind, o->key.requester, o->key.result))
			sum += o->dur_ns;
	}
	return sum;
}

static void write_duration(struct text *t, const struct reading *r, __u32 order, size_t from,
			   size_t nr)
{
	char le[ARRAY_SIZE(dur_slots)][24], size[24];
	struct text_label labels[2] = { { "size", size_label(r, order, size, sizeof(size)) } };
	const char *limits[ARRAY_SIZE(dur_slots)];
	__u64 below[ARRAY_SIZE(dur_slots)] = { 0 }, all = 0;
	size_t i, b;

	for (b = 0; b < ARRAY_SIZE(dur_slots); b++)
		limits[b] = text_seconds(SLOT_END_NS(dur_slots[b]) - 1, le[b], sizeof(le[b]));
	for (i = from; i < from + nr; i++) {
		const struct snap_dur *d = &r->s->dur[i];

		all += d->count;
		for (b = 0; b < ARRAY_SIZE(dur_slots); b++)
			if (d->to_ns <= SLOT_END_NS(dur_slots[b]))
				below[b] += d->count;
	}
	text_histogram(t, labels, limits, below, ARRAY_SIZE(limits), all, duration_sum(r, order));
}

/*
 * Stalls of one size, for all requesters: rows @from to @to. Their buckets are quarters of those of durations, so the
 * limits are the same.
 */
static void write_stall(struct text *t, const struct reading *r, size_t from, size_t to)
{
	char le[ARRAY_SIZE(dur_slots)][24], size[24];
	struct text_label labels[2] = { { "size", size_label(r, r->s->stalls[from].order, size,
							     sizeof(size)) } };
	const char *limits[ARRAY_SIZE(dur_slots)];
	__u64 below[ARRAY_SIZE(dur_slots)] = { 0 }, all = 0, sum_ns = 0;
	size_t b;
	__u32 i;

	for (b = 0; b < ARRAY_SIZE(dur_slots); b++)
		limits[b] = text_seconds(SLOT_END_NS(dur_slots[b]) - 1, le[b], sizeof(le[b]));
	for (; from < to; from++) {
		const struct mthp_stall *stall = &r->s->stalls[from].all;

		sum_ns += stall->sum_ns;
		for (i = 0; i < MTHP_STALL_BUCKETS; i++) {
			all += stall->slot[i];
			for (b = 0; b < ARRAY_SIZE(dur_slots); b++)
				if (mthp_stall_from(i + 1) <= SLOT_END_NS(dur_slots[b]))
					below[b] += stall->slot[i];
		}
	}
	text_histogram(t, labels, limits, below, ARRAY_SIZE(limits), all, sum_ns);
}

void family_stall(struct text *t, const struct reading *r)
{
	size_t i, to;

	for (i = 0; i < r->s->nr_stalls; i = to) {
		for (to = i + 1; to < r->s->nr_stalls; to++)
			if (r->s->stalls[to].order != r->s->stalls[i].order)
				break;
		write_stall(t, r, i, to);
	}
}

/* Vain attempts at one size, by result; what has no name in mthptop_collapses_total has none here. Returns these. */
static __u64 sum_vain(const struct reading *r, __u32 order, __u64 *of_result)
{
	__u64 other = 0;
	size_t i;

	memset(of_result, 0, MTHP_NR_RESULTS * sizeof(*of_result));
	for (i = 0; i < r->s->nr_vain; i++) {
		const struct snap_vain *v = &r->s->vain[i];
		__u32 q = v->key.requester & (MTHP_NR_REQUESTERS - 1);
		__u32 result = v->key.result & (MTHP_NR_RESULTS - 1);

		if (v->order != order)
			continue;
		if (r->named->collapses.named[q][order][result])
			of_result[result] += v->vain;
		else
			other += v->vain;
	}
	return other;
}

void family_pingpong(struct text *t, const struct reading *r)
{
	struct text_label labels[NR_LABELS] = { { "from", NULL }, { "to", NULL } };
	size_t i, k;

	for (i = 0; i < r->s->nr_splits; i++) {
		const struct snap_split *s = &r->s->splits[i];
		const struct {
			__u32 requester;
			__u64 undone;
		} to[] = { { MTHP_Q_KHUGEPAGED, s->khugepaged },
			   { MTHP_Q_MADVISE, s->madvise },
			   { MTHP_Q_DAMON, s->damon } };

		labels[0].value = s->by;
		for (k = 0; k < ARRAY_SIZE(to); k++) {
			labels[1].value = meta_requester_name(to[k].requester);
			if (to[k].undone || to[k].requester == MTHP_Q_KHUGEPAGED)
				text_u64(t, labels, to[k].undone);
		}
	}
}

void family_splits(struct text *t, const struct reading *r)
{
	struct text_label labels[NR_LABELS] = { { "by", NULL } };
	size_t i;

	for (i = 0; i < r->s->nr_splits; i++) {
		labels[0].value = r->s->splits[i].by;
		text_u64(t, labels, r->s->splits[i].splits);
	}
}

void family_vain(struct text *t, const struct reading *r)
{
	struct text_label labels[NR_LABELS] = { { "size", NULL }, { "result", NULL } };
	__u64 vain[MTHP_NR_RESULTS], other;
	__u32 order, result;
	char size[24];

	for (order = 0; order < MTHP_NR_ORDERS; order++) {
		other = sum_vain(r, order, vain);
		labels[0].value = size_label(r, order, size, sizeof(size));
		for (result = 0; result < MTHP_NR_RESULTS; result++) {
			labels[1].value = meta_result_name(&r->s->meta, result);
			if (vain[result])
				text_u64(t, labels, vain[result]);
		}
		labels[1].value = "other";
		/* Known, and none so far, is not the same as unknown. */
		if (other || (order && order == r->s->meta.pmd_order))
			text_u64(t, labels, other);
	}
}

void family_duration(struct text *t, const struct reading *r)
{
	size_t i, nr;

	for (i = 0; i < r->s->nr_dur; i += nr) {
		for (nr = 1; i + nr < r->s->nr_dur; nr++)
			if (r->s->dur[i + nr].order != r->s->dur[i].order)
				break;
		write_duration(t, r, r->s->dur[i].order, i, nr);
	}
}

/* "0.060546875": the most that a block of bucket @b can hold, which is what its limit has to be. */
static __u32 fullest(__u32 b, __u32 order)
{
	__u32 pages = 1U << order;

	if (b == MTHP_OCC_EMPTY)
		return 0;
	return b == MTHP_OCC_FULL ? pages : (b * pages + 15) / 16 - 1;
}

static char *ratio(__u32 present, __u32 order, char *buf, size_t len)
{
	char *end;

	/* 2^-13 has 13 decimals. */
	snprintf(buf, len, "%u.%013llu", present >> order,
		 (present & ((1U << order) - 1)) * 10000000000000ULL >> order);
	end = buf + strlen(buf);
	while (end[-1] == '0' && end[-2] != '.')
		*--end = '\0';
	return buf;
}

static void write_occupancy(struct text *t, const struct reading *r, const struct snap_occ *occ)
{
	__u64 below[MTHP_OCC_BUCKETS], all = 0;
	char le[MTHP_OCC_BUCKETS][24], size[24];
	struct text_label labels[2] = { { "size", size_label(r, occ->order, size, sizeof(size)) } };
	const char *limits[MTHP_OCC_BUCKETS];
	__u32 b, nr = 0, last = 0, most;

	for (b = 0; b < MTHP_OCC_BUCKETS; b++) {
		all += occ[b].complete;
		most = fullest(b, occ->order);
		/* Small blocks cannot be of every bucket. */
		if (nr && most <= last) {
			below[nr - 1] = all;
			continue;
		}
		limits[nr] = ratio(most, occ->order, le[nr], sizeof(le[nr]));
		below[nr++] = all;
		last = most;
	}
	if (all)
		text_histogram(t, labels, limits, below, nr, all, NUM_UNKNOWN);
}

void family_occupancy(struct text *t, const struct reading *r)
{
	size_t i;

	for (i = 0; i < r->s->nr_occ; i += MTHP_OCC_BUCKETS)
		write_occupancy(t, r, &r->s->occ[i]);
}

void family_censored(struct text *t, const struct reading *r)
{
	struct text_label labels[NR_LABELS] = { { "size", NULL } };
	char size[24];
	size_t i;

	for (i = 0; i < r->s->nr_orders; i++) {
		const struct snap_order *o = &r->s->orders[i];

		if (!o->samples && !o->censored)
			continue;
		labels[0].value = size_label(r, o->order, size, sizeof(size));
		text_u64(t, labels, o->censored);
	}
}

static void write_known(struct text *t, __u64 value)
{
	if (value != NUM_UNKNOWN)
		text_u64(t, NULL, value);
}

void family_creep_steps(struct text *t, const struct reading *r)
{
	write_known(t, r->s->summary.creep_steps);
}

void family_creep_filled(struct text *t, const struct reading *r)
{
	write_known(t, r->s->summary.creep_filled_bytes);
}

static void write_cgroups(struct text *t, const struct reading *r, bool filled)
{
	struct text_label labels[NR_LABELS] = { { "cgroup", NULL } };
	const struct cgroup_row *row;
	size_t i;

	for (i = 0; (row = cgroups_at(r->cgroups, i)); i++) {
		labels[0].value = row->label;
		/* Of "unknown" only if there is any: most kernels know every owner. */
		if (row->id || row->collapsed || !strcmp(row->label, "other"))
			text_u64(t, labels, filled ? row->filled : row->collapsed);
	}
}

void family_cgroup_collapsed(struct text *t, const struct reading *r)
{
	write_cgroups(t, r, false);
}

void family_cgroup_filled(struct text *t, const struct reading *r)
{
	if (reading_has(r, CAP_FILL))
		write_cgroups(t, r, true);
}

void family_losses(struct text *t, const struct reading *r)
{
	struct text_label labels[NR_LABELS] = { { "reason", NULL } };
	size_t i;

	for (i = 0; i < r->s->nr_losses; i++) {
		labels[0].value = r->s->losses[i].name;
		text_u64(t, labels, r->s->losses[i].count);
	}
}

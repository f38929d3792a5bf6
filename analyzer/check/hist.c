// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of a snapshot as the histogram that a rule is about.
 *
 * Each of the three tables has its own scale: occupancy counts pages (buckets empty, sixteenths,
 * full), orders are sizes in bytes, durations are nanoseconds in powers of two. Buckets that a small
 * block cannot reach are skipped (4 pages are never 1/16 full): an empty one would look like a valley.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/measure_priv.h"
#include "check/names_priv.h"
#include "lib/fmt.h"

#define OCC_SPAN       (MTHP_OCC_BUCKETS - 1)
#define DUR_SPAN       (MTHP_DUR_BUCKETS - 1)
#define MIN_MTHP_ORDER 2

/* The bytes that a size stands for. */
static double size_bytes(const struct snapshot *s, const struct check_lit *lit)
{
	return lit->unit == UNIT_ORDER ? ldexp(s->meta.page_size, lit->v) : lit->v;
}

static bool text_key(const struct check_key *key, const struct snapshot *s, const void *row)
{
	const char *is = field_str(key->field, row);
	char slot[16];

	if (key->is.unit == UNIT_SLOT) {
		snprintf(slot, sizeof(slot), "%d/16", (int)key->is.v - 1);
		return !strcmp(is, key->is.v == MTHP_OCC_EMPTY ? "empty" :
				   key->is.v == MTHP_OCC_FULL  ? "full" :
								 slot);
	}
	if (names_is_result(key->field)) {
		struct meta names = s->meta;

		/* Other kernels have other names for it. */
		return !strcmp(is,
			       meta_result_name(&names, meta_result_by_text(&names, key->is.text)));
	}
	return !strcmp(is, key->is.text);
}

bool check_row(const struct check_sel *sel, const struct snapshot *s, const void *row)
{
	unsigned int i;

	for (i = 0; i < sel->nr_keys; i++) {
		const struct check_key *key = &sel->keys[i];
		__u64 n = field_u64(key->field, row);
		bool same;

		if (field_str(key->field, row))
			same = text_key(key, s, row);
		else if (key->field->type == FIELD_ORDER)
			same = n < MTHP_NR_ORDERS &&
			       ldexp(s->meta.page_size, n) == size_bytes(s, &key->is);
		else
			same = n == (__u64)key->is.v;
		if (!same)
			return false;
	}
	return true;
}

static const struct check_key *order_key(const struct check_sel *sel)
{
	unsigned int i;

	for (i = 0; i < sel->nr_keys; i++)
		if (sel->keys[i].field->type == FIELD_ORDER)
			return &sel->keys[i];
	return NULL;
}

/* The order that @sel names; -1: none. */
static int order_of(const struct check_sel *sel, const struct snapshot *s)
{
	const struct check_key *key = order_key(sel);

	return key ? (int)lround(log2(size_bytes(s, &key->is) / s->meta.page_size)) : -1;
}

bool check_below_pmd(const struct check_sel *sel, const struct snapshot *s)
{
	int order = order_of(sel, s);

	return order >= 0 && s->meta.pmd_order && (__u32)order < s->meta.pmd_order;
}

static int no_size(const struct check_key *key, const struct snapshot *s, struct check_value *value)
{
	double bytes = size_bytes(s, &key->is), most;
	char page[16], pmd[16];
	__u32 top = s->meta.pmd_order ? s->meta.pmd_order : MTHP_NR_ORDERS - 1;

	most = ldexp(s->meta.page_size, top);
	if (bytes >= s->meta.page_size && bytes <= most)
		return 0;
	value->state = CHECK_ERROR;
	value->at = key->is.at;
	snprintf(value->why, sizeof(value->why),
		 "not a folio size of this trace (nearest: %s; sizes are %s to %s)",
		 bytes < most ? fmt_bytes(s->meta.page_size, page, sizeof(page)) :
				fmt_bytes(most, pmd, sizeof(pmd)),
		 fmt_bytes(s->meta.page_size, page, sizeof(page)),
		 fmt_bytes(most, pmd, sizeof(pmd)));
	return -EINVAL;
}

/* Neither this build nor the trace has a result of that name. */
static int no_result(const struct check_key *key, const struct snapshot *s,
		     struct check_value *value)
{
	const char *names[MTHP_NR_RESULTS + 2 * MTHP_NR_KINDS];
	struct meta meta = s->meta;
	__u8 r = meta_result_by_text(&meta, key->is.text);
	char near[120];
	size_t nr = 0, i;

	if (r < MTHP_RESULT_FIRST_FREE ? r != MTHP_R_UNKNOWN :
					 s->meta.extra_results[r - MTHP_RESULT_FIRST_FREE][0])
		return 0;
	for (i = 1; i < MTHP_NR_RESULTS; i++)
		if (strcmp(meta_result_name(&s->meta, i), "unknown"))
			names[nr++] = meta_result_name(&s->meta, i);
	for (i = 1; i < MTHP_NR_KINDS; i++)
		if (strcmp(meta_kind_name(i), "?"))
			names[nr++] = meta_kind_name(i);
	for (i = 1; i < MTHP_NR_REQUESTERS; i++)
		names[nr++] = meta_requester_name(i);
	value->state = CHECK_ERROR;
	value->at = key->is.at;
	snprintf(value->why, sizeof(value->why), "unknown result: %.60s%s", key->is.text,
		 check_nearest(key->is.text, names, nr, near, sizeof(near)));
	return -EINVAL;
}

int check_keys(const struct check_sel *sel, const struct snapshot *s, struct check_value *value)
{
	unsigned int i;

	for (i = 0; i < sel->nr_keys; i++) {
		const struct check_key *key = &sel->keys[i];

		if (key->field->type == FIELD_ORDER && no_size(key, s, value))
			return -EINVAL;
		if (names_is_result(key->field) && no_result(key, s, value))
			return -EINVAL;
	}
	return 0;
}

/* The bucket at @pos, made when it is new. */
static struct shape_bucket *bucket_at(struct shape *shape, double pos)
{
	unsigned int i;

	for (i = shape->nr; i > 0 && shape->b[i - 1].pos > pos; i--)
		;
	if (i > 0 && shape->b[i - 1].pos == pos)
		return &shape->b[i - 1];
	if (shape->nr == SHAPE_MAX)
		return NULL;
	memmove(&shape->b[i + 1], &shape->b[i], (shape->nr - i) * sizeof(shape->b[0]));
	memset(&shape->b[i], 0, sizeof(shape->b[i]));
	shape->b[i].pos = pos;
	shape->nr++;
	return &shape->b[i];
}

/* Pages that bucket @b of a block of 2^@order holds: first and last. false: it cannot be hit. */
static bool occ_pages(int b, __u32 order, double *lo, double *hi)
{
	double nr = ldexp(1, order);

	if (b == MTHP_OCC_EMPTY || b == MTHP_OCC_FULL) {
		*lo = *hi = b == MTHP_OCC_EMPTY ? 0 : nr;
		return true;
	}
	/* (b - 1)/16 <= fill < b/16, neither empty nor full */
	*lo = fmax(ceil((b - 1) * nr / 16), 1);
	*hi = fmin(ceil(b * nr / 16) - 1, nr - 1);
	return *lo <= *hi;
}

static int occ_index(const char *bucket)
{
	if (!strcmp(bucket, "empty"))
		return MTHP_OCC_EMPTY;
	return !strcmp(bucket, "full") ? MTHP_OCC_FULL : atoi(bucket) + 1;
}

/* The one order that histograms of @sel are of; -1: several. */
static int occ_order(const struct check_sel *sel, const struct snapshot *s)
{
	int order = order_of(sel, s);
	size_t i;

	for (i = 0; order < 0 && i < s->nr_occ; i++)
		if (s->occ[i].order != s->occ[0].order)
			return -1;
	if (order < 0)
		order = s->nr_occ ? (int)s->occ[0].order : (int)s->meta.pmd_order;
	return order;
}

static void add_occ(const struct check_sel *sel, const struct snapshot *s, const void *at,
		    struct check_value *value)
{
	const struct snap_occ *row = at;
	struct shape *shape = &value->shape;
	int b = occ_index(row->bucket);
	struct shape_bucket *to;
	double lo, hi;
	shape->span = OCC_SPAN;
	if (sel->field->flags & FIELD_SHAPE)
		shape->censored += row->censored;
	if (!occ_pages(b, row->order, &lo, &hi))
		return;
	to = bucket_at(shape, b);
	if (!to)
		return;
	strcpy(to->label, row->bucket);
	to->lo = lo;
	to->hi = hi;
	to->n += field_u64(sel->field, at);
	shape->samples += field_u64(sel->field, at);
}

static void add_order(const struct check_sel *sel, const struct snapshot *s, const void *at,
		      struct check_value *value)
{
	const struct snap_order *row = at;
	struct shape *shape = &value->shape;
	__u64 n = field_u64(sel->field, at);
	struct shape_bucket *to = bucket_at(shape, row->order);

	/* From the smallest mTHP to the PMD. */
	shape->span = s->meta.pmd_order > MIN_MTHP_ORDER ? s->meta.pmd_order - MIN_MTHP_ORDER : 1;
	fmt_order(row->order, s->meta.page_size, to->label, sizeof(to->label));
	to->lo = to->hi = ldexp(s->meta.page_size, row->order);
	if (n == NUM_UNKNOWN)
		value->state = CHECK_UNKNOWN;
	else
		to->n += n;
	shape->samples += sel->field->type == FIELD_COUNT && n != NUM_UNKNOWN ? n : row->collapses;
}

static void add_dur(const struct check_sel *sel, const struct snapshot *s, const void *at,
		    struct check_value *value)
{
	const struct snap_dur *row = at;
	struct shape *shape = &value->shape;
	double pos = row->from_ns ? log2(row->from_ns) - (MTHP_DUR_SHIFT - 1) : 0;
	struct shape_bucket *to = bucket_at(shape, pos);
	char ns[24];
	shape->span = DUR_SPAN;
	if (row->to_ns == NUM_UNKNOWN)
		snprintf(to->label, sizeof(to->label), "longer");
	else
		snprintf(to->label, sizeof(to->label), "<%s", fmt_ns(row->to_ns, ns, sizeof(ns)));
	to->lo = row->from_ns;
	to->hi = row->to_ns == NUM_UNKNOWN ? INFINITY : (double)row->to_ns - 1;
	to->n += field_u64(sel->field, at);
	shape->samples += field_u64(sel->field, at);
}

/* A bucket of durations that no row has: its bounds, and its name, as rows have them. */
static void name_dur(struct shape_bucket *b)
{
	double end = ldexp(1, (int)b->pos + MTHP_DUR_SHIFT);
	char ns[24];

	b->lo = b->pos > 0 ? end / 2 : 0;
	b->hi = b->pos < DUR_SPAN ? end - 1 : INFINITY;
	snprintf(b->label, sizeof(b->label), b->pos < DUR_SPAN ? "<%s" : "longer",
		 fmt_ns((__u64)end, ns, sizeof(ns)));
}

/* Buckets between durations of several sizes: no collapse took so long, but one could have. */
static void fill_gaps(struct shape *shape)
{
	double pos;

	if (shape->span != DUR_SPAN || !shape->nr)
		return;
	for (pos = shape->b[0].pos + 1; pos < shape->b[shape->nr - 1].pos; pos++) {
		struct shape_bucket *b = bucket_at(shape, pos);

		if (b && !b->label[0])
			name_dur(b);
	}
}

void check_histogram(const struct check_sel *sel, const struct snapshot *s,
		     struct check_value *value)
{
	static void (*const adds[])(const struct check_sel *, const struct snapshot *, const void *,
				    struct check_value *) = {
		[SCALE_OCCUPANCY] = add_occ,
		[SCALE_SIZE] = add_order,
		[SCALE_TIME] = add_dur,
	};
	enum table_scale scale = sel->table->scale;
	size_t rows = table_rows(sel->table, s), i;

	memset(&value->shape, 0, sizeof(value->shape));
	value->state = CHECK_PASS;
	value->has_shape = 1;
	if (check_keys(sel, s, value))
		return;
	for (i = 0; i < rows; i++)
		if (check_row(sel, s, table_row(sel->table, s, i)))
			adds[scale](sel, s, table_row(sel->table, s, i), value);
	fill_gaps(&value->shape);
	if (scale == SCALE_OCCUPANCY && occ_order(sel, s) < 0) {
		value->state = CHECK_ERROR;
		value->at = sel->at;
		snprintf(value->why, sizeof(value->why),
			 "the trace has blocks of several sizes: name one, such as occupancy(2M)");
		return;
	}
	value->samples = value->shape.samples;
	value->censored = value->shape.censored;
	if (!capability_holds(&s->meta, CAP_ORDER) &&
	    (check_below_pmd(sel, s) || (scale == SCALE_SIZE && order_of(sel, s) < 0))) {
		value->state = CHECK_UNKNOWN;
		snprintf(value->why, sizeof(value->why), CHECK_SIZES_NEEDED);
	} else if (value->state == CHECK_UNKNOWN) {
		snprintf(value->why, sizeof(value->why), "no event reports %s", sel->field->title);
	}
}

int check_place(const struct check_sel *sel, const struct snapshot *s, const struct check_lit *lit,
		double *lo, double *hi)
{
	bool occ = sel->table->scale == SCALE_OCCUPANCY;
	int order = occ ? occ_order(sel, s) : 0;

	*lo = *hi = lit->v;
	if (lit->unit == UNIT_ORDER)
		*lo = *hi = size_bytes(s, lit);
	if (!occ)
		return 0;
	if (order < 0 || order >= MTHP_NR_ORDERS)
		return -EINVAL;
	if (lit->unit == UNIT_PERCENT)
		*lo = *hi = ldexp(lit->v, order);
	if (lit->unit != UNIT_SLOT)
		return 0;
	/* A bucket that this size cannot hit: (b - 1)/16 <= fill < b/16. */
	if (!occ_pages(lit->v, order, lo, hi)) {
		*lo = ldexp(lit->v - 1, order) / 16;
		*hi = ldexp(lit->v, order) / 16 - 1e-3;
	}
	return 0;
}

static int bounds(const struct check_sel *sel, const struct snapshot *s,
		  const struct check_range *range, double *lo, double *hi)
{
	double other;

	*lo = -INFINITY;
	*hi = INFINITY;
	/* All values are whole numbers: half of one is between two. */
	if (range->has_from) {
		if (check_place(sel, s, &range->from, lo, &other))
			return -EINVAL;
		if (range->open_from)
			*lo = other + 0.5;
	}
	if (range->has_to) {
		if (check_place(sel, s, &range->to, &other, hi))
			return -EINVAL;
		if (range->open_to)
			*hi = other - 0.5;
	}
	return 0;
}

int check_bounds(const struct check_sel *sel, const struct snapshot *s,
		 const struct check_range *range, struct check_value *value, double *lo, double *hi)
{
	if (bounds(sel, s, range, lo, hi)) {
		value->at = sel->at;
		snprintf(value->why, sizeof(value->why), "name one size, such as occupancy(2M)");
	} else if (*lo > *hi) {
		value->at = range->from.at;
		snprintf(value->why, sizeof(value->why),
			 "range is reversed: on this trace it ends before it begins");
	} else {
		return 0;
	}
	value->state = CHECK_ERROR;
	return -EINVAL;
}

int check_list_shape(const struct check_operand *o, const struct snapshot *s,
		     const struct shape *like, struct shape *out)
{
	const struct check_ref *ref = &o->ref;
	double lo, hi, pos;
	unsigned int i, b;

	*out = *like;
	for (i = 0; i < out->nr; i++)
		out->b[i].n = 0;
	for (i = 0; i < ref->nr; i++) {
		if (check_place(&o->sel, s, &ref->list[i].bucket, &lo, &hi))
			return -EINVAL;
		for (b = 0; b < out->nr; b++)
			if (lo >= out->b[b].lo && lo <= out->b[b].hi)
				break;
		if (b < out->nr) {
			out->b[b].n += ref->list[i].share;
			continue;
		}
		/* The trace does not have that bucket, which may be of sizes and durations. */
		pos = out->span == DUR_SPAN ? mthp_dur_bucket(lo) : log2(lo / s->meta.page_size);
		if (out->nr < SHAPE_MAX && out->span != OCC_SPAN) {
			struct shape_bucket *to = bucket_at(out, pos);

			to->n += ref->list[i].share;
			if (out->span == DUR_SPAN) {
				name_dur(to);
				continue;
			}
			to->lo = lo;
			to->hi = hi;
			fmt_bytes(lo, to->label, sizeof(to->label));
		}
	}
	return 0;
}

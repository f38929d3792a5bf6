// SPDX-License-Identifier: GPL-2.0-only
/*
 * The value of an operand in a snapshot.
 *
 * A value is an interval: a quantile lies somewhere in its bucket, and bytes filled are at least
 * those that collapses reported. An unknown value gets a state and a reason, never 0.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check/measure_priv.h"
#include "check/names_priv.h"

static void cannot(struct check_value *v, const char *why)
{
	v->state = CHECK_UNKNOWN;
	snprintf(v->why, sizeof(v->why), "%s", why);
}

static void set(struct check_value *v, double n)
{
	v->state = CHECK_PASS;
	v->lo = v->hi = n;
}

/* Sum of a field over the rows. */
static double sum_of(const struct check_sel *sel, const struct snapshot *s, const struct field *f)
{
	size_t rows = table_rows(sel->table, s), i;
	double all = 0;

	for (i = 0; i < rows; i++) {
		const void *row = table_row(sel->table, s, i);

		if (check_row(sel, s, row) && field_u64(f, row) != NUM_UNKNOWN)
			all += field_u64(f, row);
	}
	return all;
}

static bool is_result_named(const struct check_sel *sel)
{
	unsigned int i;

	for (i = 0; i < sel->nr_keys; i++)
		if (names_is_result(sel->keys[i].field))
			return true;
	return false;
}

/* No row has the keys' values. */
static void no_row(const struct check_sel *sel, const struct snapshot *s, struct check_value *v)
{
	const char *names[256];
	const struct check_key *key = NULL;
	size_t rows = table_rows(sel->table, s), nr = 0, i;
	char near[120] = "";

	for (i = 0; i < sel->nr_keys; i++)
		if (sel->keys[i].is.unit == UNIT_TEXT)
			key = &sel->keys[i];
	if (sel->table == &tables[TABLE_PROCESSES]) {
		v->state = CHECK_NODATA;
		snprintf(v->why, sizeof(v->why), "no such process in this trace");
		return;
	}
	if (!key || is_result_named(sel)) {
		/* A size or an outcome that did not occur. */
		set(v, 0);
		if (sel->field->type != FIELD_COUNT && sel->field->type != FIELD_BYTES) {
			v->state = CHECK_NODATA;
			snprintf(v->why, sizeof(v->why), "none in this trace");
		}
		return;
	}
	for (i = 0; i < rows && nr < 256; i++)
		if (field_str(key->field, table_row(sel->table, s, i)))
			names[nr++] = field_str(key->field, table_row(sel->table, s, i));
	check_nearest(key->is.text, names, nr, near, sizeof(near));
	cannot(v, "");
	snprintf(v->why, sizeof(v->why), "this trace has no %s %.60s%s", key->field->title,
		 key->is.text, near);
	/* Every trace has all of these: a wrong name is a wrong rule. */
	if (sel->table != &tables[TABLE_LOSSES] && sel->table != &tables[TABLE_EVENTS])
		return;
	v->state = CHECK_ERROR;
	v->at = key->is.at;
}

static void row_value(const struct check_sel *sel, const void *row, struct check_value *v)
{
	const struct field *f = sel->field;
	__u64 n = field_u64(f, row);

	v->text = field_str(f, row);
	if (v->text) {
		if (!v->text[0])
			cannot(v, "not reported by this kernel");
		return;
	}
	if (n == (f->type == FIELD_DELTA ? SNAP_NO_DELTA : NUM_UNKNOWN))
		cannot(v, "not reported by this kernel");
	else if (f->type == FIELD_DELTA)
		set(v, (double)(long long)n);
	else if (f->type == FIELD_PPM)
		set(v, n / 1e6);
	else
		set(v, n);
	if (f->flags & FIELD_UPPER)
		v->lo = v->hi / 2;
}

/* How many measurements a mean, percentile or share comes from. */
static void count_samples(const struct check_sel *sel, const struct snapshot *s,
			  struct check_value *v)
{
	const struct field *samples = table_flagged(sel->table, FIELD_SAMPLES);

	v->samples = s->summary.events;
	v->min_samples = 1;
	/* The kernel's own counters and settings need no event. */
	if (sel->table == &tables[TABLE_COUNTERS] || sel->table == &tables[TABLE_SETTINGS] ||
	    field_is_text(sel->field))
		v->min_samples = 0;
	if (!(sel->field->flags & FIELD_STAT) || !samples)
		return;
	v->samples = sum_of(sel, s, samples);
	v->min_samples = -1;
}

/* A failure filled nothing, whether it reports that or not. */
static bool is_failure(const struct check_sel *sel, const void *row)
{
	const struct snap_outcome *o = row;

	return sel->table == &tables[TABLE_OUTCOMES] &&
	       !mthp_collapsed(o->key.kind, o->key.requester, o->key.result);
}

/* Collapses of @order that do not report their fill, in rows of outcomes in which others do. */
static double mixed_in(const struct snapshot *s, __u64 order)
{
	double unknown = 0;
	size_t i;

	for (i = 0; i < s->nr_orders; i++)
		if (s->orders[i].order == order)
			unknown = s->orders[i].filled_unknown;
	for (i = 0; i < s->nr_outcomes; i++) {
		const struct snap_outcome *o = &s->outcomes[i];

		if (o->order == order && o->filled_bytes == NUM_UNKNOWN &&
		    mthp_is_collapse(o->key.kind, meta_has_ranges(&s->meta)) &&
		    mthp_collapsed(o->key.kind, o->key.requester, o->key.result))
			unknown -= o->count;
	}
	return unknown > 0 ? unknown : 0;
}

/* At most so many collapses in a row of any table do not report their fill. */
static double unknown_in(const struct check_sel *sel, const struct snapshot *s, const void *row)
{
	const struct field *f = table_flagged(sel->table, FIELD_FILL_UNKNOWN);
	const struct snap_outcome *o = row;

	if (f)
		return field_u64(f, row);
	if (sel->table != &tables[TABLE_OUTCOMES] || is_failure(sel, row) ||
	    !mthp_is_collapse(o->key.kind, meta_has_ranges(&s->meta)))
		return 0;
	return o->filled_bytes == NUM_UNKNOWN ? o->count : mixed_in(s, o->order);
}

/* A collapse that does not report its fill filled no more than its size. */
static void bound_filled(const struct check_sel *of, const struct snapshot *s,
			 struct check_value *v)
{
	/* The summary is the sum of the orders, and those know their size. */
	const struct check_sel orders = { .table = &tables[TABLE_ORDERS] };
	const struct check_sel *sel = of->table->count_at ? of : &orders;
	const struct field *order = names_key(sel->table, FIELD_ORDER);
	size_t rows = table_rows(sel->table, s), i;
	double unknown = 0, most = 0, n;

	for (i = 0; i < rows; i++) {
		const void *row = table_row(sel->table, s, i);

		if (!check_row(sel, s, row))
			continue;
		n = unknown_in(sel, s, row);
		unknown += n;
		most += n *
			ldexp(s->meta.page_size, order ? field_u64(order, row) : s->meta.pmd_order);
	}
	if (!unknown)
		return;
	v->hi = v->lo + most;
	snprintf(v->note, sizeof(v->note), "%.0f collapses do not report it", unknown);
}

/* Why the source does not report the field at all; NULL: it does. */
static const char *not_reported(const struct check_sel *sel, const struct snapshot *s)
{
	__u32 needed = 1U << sel->table->needs | 1U << sel->field->needs;
	__u32 lacking = needed & ~capability_mask(&s->meta);

	if (!lacking)
		return NULL;
	return lacking & CAPS_OF_PLANS ?
		       "needs detail plans: a kernel with the mthptop series" :
		       "needs detail ranges: probes or the mthptop series (see mthptop info)";
}

static void measure_field(const struct check_sel *sel, const struct snapshot *s,
			  struct check_value *v)
{
	size_t rows = table_rows(sel->table, s), i, hit = 0, unknown = 0;
	const void *row = NULL;
	double all = 0;

	count_samples(sel, s, v);
	if (check_keys(sel, s, v))
		return;
	if (not_reported(sel, s)) {
		cannot(v, not_reported(sel, s));
		return;
	}
	if (!capability_holds(&s->meta, CAP_ORDER) && check_below_pmd(sel, s)) {
		cannot(v, CHECK_SIZES_NEEDED);
		return;
	}
	for (i = 0; i < rows; i++) {
		const void *at = table_row(sel->table, s, i);

		if (!check_row(sel, s, at))
			continue;
		hit++;
		row = at;
		if (field_adds_up(sel->field) && field_u64(sel->field, at) == NUM_UNKNOWN)
			unknown += !is_failure(sel, at);
		else if (field_adds_up(sel->field))
			all += field_u64(sel->field, at);
	}
	if (!hit) {
		no_row(sel, s, v);
	} else if (!field_adds_up(sel->field)) {
		row_value(sel, row, v);
		if (hit > 1) {
			v->state = CHECK_ERROR;
			v->at = sel->at;
			snprintf(v->why, sizeof(v->why),
				 "%zu rows of %s fit, and %s cannot be added up (name one)", hit,
				 sel->table->id, sel->field->id);
		}
	} else if (unknown == hit) {
		cannot(v, "no event of this trace reports it");
	} else {
		set(v, all);
		if (sel->field->flags & FIELD_FILL)
			bound_filled(sel, s, v);
		else if (unknown)
			v->hi = INFINITY;
	}
}

static void measure_success(const struct check_sel *sel, const struct snapshot *s,
			    struct check_value *v)
{
	double collapses = sum_of(sel, s, TABLE_FIELD(TABLE_ORDERS, snap_order, collapses));
	double failures = sum_of(sel, s, TABLE_FIELD(TABLE_ORDERS, snap_order, failures));

	v->min_samples = -1;
	if (check_keys(sel, s, v))
		return;
	if (!capability_holds(&s->meta, CAP_ORDER) && check_below_pmd(sel, s)) {
		cannot(v, CHECK_SIZES_NEEDED);
		return;
	}
	v->samples = collapses + failures;
	set(v, v->samples ? collapses / v->samples : 0);
}

static bool is_kind(const struct field *f)
{
	return f == TABLE_FIELD(TABLE_OUTCOMES, snap_outcome, kind);
}

static bool kind_fits(const char *kind, const struct mthp_outcome_key *key, bool has_mthp)
{
	if (!strcmp(kind, "scan"))
		return mthp_is_scan(key->kind, has_mthp);
	if (!strcmp(kind, "collapse"))
		return mthp_is_collapse(key->kind, has_mthp);
	return !strcmp(kind, meta_kind_name(key->kind));
}

/* Share of the events of @kind that ended as @sel says; *of is how many there were. */
static double outcome_share(const struct check_sel *sel, const struct snapshot *s, const char *kind,
			    double *of)
{
	struct check_sel others = *sel, named = *sel;
	double hit = 0;
	unsigned int k;
	size_t i;

	others.nr_keys = named.nr_keys = 0;
	for (k = 0; k < sel->nr_keys; k++) {
		if (is_kind(sel->keys[k].field))
			continue;
		named.keys[named.nr_keys++] = sel->keys[k];
		if (!names_is_result(sel->keys[k].field))
			others.keys[others.nr_keys++] = sel->keys[k];
	}
	*of = 0;
	for (i = 0; i < s->nr_outcomes; i++) {
		const struct snap_outcome *o = &s->outcomes[i];

		if (!kind_fits(kind, &o->key, meta_has_ranges(&s->meta)) ||
		    !check_row(&others, s, o))
			continue;
		*of += o->count;
		if (check_row(&named, s, o))
			hit += o->count;
	}
	return *of ? hit / *of : 0;
}

/* Has this kernel no tracepoint for the kind that is named? */
static bool no_kind(const char *kind, const struct snapshot *s)
{
	__u32 k;

	for (k = 1; k < MTHP_NR_KINDS; k++)
		if (!strcmp(meta_kind_name(k), kind))
			return s->meta.kinds && !(s->meta.kinds >> k & 1);
	return false;
}

static void measure_outcome(const struct check_sel *sel, const struct snapshot *s,
			    struct check_value *v)
{
	const char *kind = NULL;
	double scans, collapses, of_scans, of_collapses;
	unsigned int i;

	v->min_samples = -1;
	if (check_keys(sel, s, v))
		return;
	for (i = 0; i < sel->nr_keys; i++)
		if (is_kind(sel->keys[i].field))
			kind = sel->keys[i].is.text;
	if (!capability_holds(&s->meta, CAP_ORDER) && check_below_pmd(sel, s)) {
		cannot(v, CHECK_SIZES_NEEDED);
		return;
	}
	if (kind) {
		set(v, outcome_share(sel, s, kind, &v->samples));
		snprintf(v->note, sizeof(v->note), "of %.20s events", kind);
		if (!v->samples && strcmp(kind, "collapse") && no_kind(kind, s))
			cannot(v, "this kernel has no such tracepoint");
		return;
	}
	scans = outcome_share(sel, s, "scan", &of_scans);
	collapses = outcome_share(sel, s, "collapse", &of_collapses);
	if (of_collapses && (collapses >= scans || !of_scans)) {
		set(v, collapses);
		v->samples = of_collapses;
		snprintf(v->note, sizeof(v->note), "of collapses; %.4g%% of scans", scans * 100);
	} else {
		set(v, scans);
		v->samples = of_scans;
		snprintf(v->note, sizeof(v->note), "of scans; %.4g%% of collapses",
			 collapses * 100);
	}
}

static void several_sizes(const struct check_operand *o, struct check_value *v)
{
	v->state = CHECK_ERROR;
	v->at = o->sel.at;
	snprintf(v->why, sizeof(v->why), "name one size, such as occupancy(2M)");
}

static void measure_mass(const struct check_operand *o, const struct snapshot *s,
			 struct check_value *v)
{
	double lo, hi;

	if (!check_bounds(&o->sel, s, &o->range, v, &lo, &hi))
		shape_mass(&v->shape, lo, hi, &v->lo, &v->hi);
}

static void measure_quantile(const struct check_operand *o, struct check_value *v)
{
	int b = shape_quantile(&v->shape, o->q);

	if (b < 0)
		return;
	v->lo = v->shape.b[b].lo;
	v->hi = v->shape.b[b].hi;
	snprintf(v->note, sizeof(v->note), "bucket %s", v->shape.b[b].label);
}

/* The other side of a distance, aligned with v->shape. 0; -EINVAL, with state and why set. */
static int other_shape(const struct check_operand *o, const struct snapshot *s,
		       const struct snapshot *base, struct check_value *v, struct shape *other)
{
	struct check_value theirs = { 0 };

	if (o->ref.base < 0) {
		if (check_list_shape(o, s, &v->shape, other)) {
			several_sizes(o, v);
			return -EINVAL;
		}
	} else {
		check_histogram(&o->sel, base, &theirs);
		if (theirs.state != CHECK_PASS) {
			v->state = theirs.state;
			v->at = theirs.at;
			snprintf(v->why, sizeof(v->why), "baseline: %.180s", theirs.why);
			return -EINVAL;
		}
		*other = theirs.shape;
		if (theirs.samples < v->samples) {
			v->samples = theirs.samples;
			snprintf(v->note, sizeof(v->note), "samples of the baseline");
		}
		/* An empty side has no scale of its own. */
		if (!other->nr)
			other->span = v->shape.span;
		if (!v->shape.nr)
			v->shape.span = other->span;
	}
	if (!shape_align(&v->shape, other))
		return 0;
	cannot(v, "the two have different scales");
	return -EINVAL;
}

static void measure_distance(const struct check_operand *o, const struct snapshot *s,
			     const struct snapshot *base, struct check_value *v)
{
	struct shape other;
	double d, diff;
	int worst;

	if (other_shape(o, s, base, v, &other) || !v->shape.nr)
		return;
	worst = shape_worst(&v->shape, &other, &diff);
	d = o->what == WHAT_KS ? shape_ks(&v->shape, &other) : shape_emd(&v->shape, &other);
	if (o->what == WHAT_FIELD)
		d = fabs(diff);
	v->lo = v->hi = d;
	if (worst >= 0 && diff)
		snprintf(v->note, sizeof(v->note), "most at %s: %+.3g%%", v->shape.b[worst].label,
			 diff * 100);
}

void check_measure(const struct check_operand *o, const struct snapshot *s,
		   const struct snapshot *base, struct check_value *v)
{
	memset(v, 0, sizeof(*v));
	v->state = CHECK_PASS;
	switch (o->what) {
	case WHAT_SUCCESS:
		measure_success(&o->sel, s, v);
		return;
	case WHAT_OUTCOME:
		measure_outcome(&o->sel, s, v);
		return;
	case WHAT_FIELD:
		/* A number; a whole histogram is compared below. */
		if (!o->ref.nr && o->ref.base < 0) {
			measure_field(&o->sel, s, v);
			return;
		}
		break;
	default:
		break;
	}
	check_histogram(&o->sel, s, v);
	v->min_samples = -1;
	if (v->state != CHECK_PASS)
		return;
	if (o->what == WHAT_MASS)
		measure_mass(o, s, v);
	else if (o->what == WHAT_QUANTILE)
		measure_quantile(o, v);
	else
		measure_distance(o, s, base, v);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Verdicts.
 *
 * A comparison of intervals has three outcomes: it holds for every value in the interval, for none, or
 * for some. A rule passes only in the first case. Checked in this order, the first hit wins: a name
 * that the trace does not have, loss, a value that the kernel does not report, too few samples, the value.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <fnmatch.h>
#include <string.h>

#include "check/measure_priv.h"
#include "check/names_priv.h"
#include "lib/fmt.h"

enum tri {
	NO,
	YES,
	UNSURE
};

static const char *const state_names[] = {
#define X(name, text) [CHECK_##name] = text,
	CHECK_STATES(X)
#undef X
};

const char *check_state_name(enum check_state state)
{
	return state_names[state];
}

static enum tri above(double v_lo, double v_hi, double lo, double hi, bool or_equal)
{
	if (or_equal ? v_lo >= hi : v_lo > hi)
		return YES;
	return (or_equal ? v_hi < lo : v_hi <= lo) ? NO : UNSURE;
}

static enum tri equal(double v_lo, double v_hi, double lo, double hi)
{
	if (v_lo >= lo && v_hi <= hi)
		return YES;
	return v_hi < lo || v_lo > hi ? NO : UNSURE;
}

static enum tri opposite(enum tri t)
{
	return t == UNSURE ? UNSURE : t == YES ? NO : YES;
}

/*
 * @lo, @hi: the limit. A bucket as a limit is all of its values: `>= 15/16` begins at its first one,
 * `> 15/16` after its last. @unsure: the limit is one value, somewhere between the two.
 */
static enum tri compare(const struct check_value *v, enum check_cmp cmp, double lo, double hi,
			bool unsure)
{
	switch (cmp) {
	case CMP_EQ:
		if (unsure && lo != hi)
			return v->hi < lo || v->lo > hi ? NO : UNSURE;
		return equal(v->lo, v->hi, lo, hi);
	case CMP_NE:
		if (unsure && lo != hi)
			return v->hi < lo || v->lo > hi ? YES : UNSURE;
		return opposite(equal(v->lo, v->hi, lo, hi));
	case CMP_GE:
		return above(v->lo, v->hi, lo, unsure ? hi : lo, true);
	case CMP_GT:
		return above(v->lo, v->hi, unsure ? lo : hi, hi, false);
	case CMP_LE:
		return opposite(above(v->lo, v->hi, unsure ? lo : hi, hi, false));
	case CMP_LT:
		return opposite(above(v->lo, v->hi, lo, unsure ? hi : lo, true));
	}
	return UNSURE;
}

static char *format(enum check_unit unit, double n, char *buf, size_t len)
{
	/* A multiple of a baseline may be beyond 64 bits. */
	bool fits = n >= 0 && n < 0x1p63;

	if (unit == UNIT_PERCENT)
		snprintf(buf, len, "%.4g%%", n * 100);
	else if (unit == UNIT_BYTES && fits)
		fmt_bytes(n, buf, len);
	else if (unit == UNIT_NS && fits)
		fmt_ns(n, buf, len);
	else
		snprintf(buf, len, "%.12g", n);
	return buf;
}

/* The unit in which the value of @rule is shown. */
static enum check_unit unit_of(const struct check_rule *rule)
{
	static const enum check_unit units[] = {
		[SCALE_OCCUPANCY] = UNIT_COUNT,
		[SCALE_SIZE] = UNIT_BYTES,
		[SCALE_TIME] = UNIT_NS,
	};

	return rule->of.what == WHAT_QUANTILE ? units[rule->of.sel.table->scale] : rule->of.unit;
}

static void show_value(const struct check_rule *rule, const struct check_value *v,
		       enum check_unit unit, struct check_verdict *out)
{
	char lo[32], hi[32], text[80];
	const char *what = rule->of.what == WHAT_QUANTILE && unit == UNIT_COUNT ? " pages" : "";
	size_t at;

	if (v->text) {
		snprintf(out->observed, sizeof(out->observed), "%s",
			 fmt_safe(v->text, text, sizeof(text)));
		return;
	}
	format(unit, v->lo, lo, sizeof(lo));
	format(unit, v->hi, hi, sizeof(hi));
	if (v->lo == v->hi)
		snprintf(out->observed, sizeof(out->observed), "%s%s", lo, what);
	else if (isinf(v->hi))
		snprintf(out->observed, sizeof(out->observed), "at least %s%s", lo, what);
	else
		snprintf(out->observed, sizeof(out->observed), "%s to %s%s", lo, hi, what);
	at = strlen(out->observed);
	if (v->note[0])
		snprintf(out->observed + at, sizeof(out->observed) - at, " (%s)", v->note);
}

static void judge(struct check_verdict *out, enum tri t, const char *unsure)
{
	out->state = t == YES ? CHECK_PASS : t == NO ? CHECK_FAIL : CHECK_UNKNOWN;
	if (t == UNSURE)
		snprintf(out->why, sizeof(out->why), "%s", unsure);
}

static const char in_bucket[] = "the limit falls within the value's uncertainty";

static void eval_text(const struct check_rule *rule, const struct check_value *v,
		      struct check_verdict *out)
{
	char *end;
	bool same;

	if (rule->limit.unit == UNIT_COUNT) {
		same = strtod(v->text, &end) == rule->limit.v;
		if (*end || end == v->text) {
			judge(out, UNSURE, "the text is not a number");
			return;
		}
	} else {
		same = !fnmatch(rule->limit.text, v->text, 0);
	}
	judge(out, same == (rule->cmp == CMP_EQ) ? YES : NO, "");
}

/* The value could not be measured: takes over why. */
static void take_state(struct check_verdict *out, const struct check_value *v)
{
	out->state = v->state;
	out->at = v->at;
	snprintf(out->why, sizeof(out->why), "%s", v->why);
}

/* The limit as values. 0, or -EINVAL with the verdict set. */
static int limit(const struct check_rule *rule, const struct snapshot *s,
		 const struct snapshot *base, struct check_verdict *out, double *lo, double *hi)
{
	struct check_value v;

	if (rule->limit_base < 0) {
		*lo = *hi = rule->limit.v;
		if (rule->of.what == WHAT_QUANTILE || rule->limit.unit == UNIT_ORDER)
			check_place(&rule->of.sel, s, &rule->limit, lo, hi);
		return 0;
	}
	check_measure(&rule->of, base, NULL, &v);
	if (v.state != CHECK_PASS) {
		out->state = v.state;
		out->at = v.at;
		snprintf(out->why, sizeof(out->why), "baseline: %s", v.why);
		return -EINVAL;
	}
	*lo = v.lo * rule->limit.v;
	*hi = v.hi * rule->limit.v;
	return 0;
}

static void eval_number(const struct check_rule *rule, struct check_value *v,
			const struct snapshot *s, const struct snapshot *base,
			struct check_verdict *out)
{
	enum check_unit unit = unit_of(rule);
	enum tri t = UNSURE;
	double lo, hi;

	if (rule->limit.unit == UNIT_PERCENT && names_is_lost(rule->of.sel.field) &&
	    rule->limit_base < 0) {
		unit = UNIT_PERCENT;
		v->lo = v->hi = v->lo ? v->lo / (v->lo + s->summary.events) : 0;
	}
	if (rule->of.sel.field->type == FIELD_ORDER && rule->of.what == WHAT_FIELD)
		v->lo = v->hi = ldexp(s->meta.page_size, v->lo);
	show_value(rule, v, unit, out);
	if (v->text) {
		eval_text(rule, v, out);
		return;
	}
	if (rule->pred == PRED_IN) {
		lo = rule->range.has_from ? rule->range.from.v : -INFINITY;
		hi = rule->range.has_to ? rule->range.to.v : INFINITY;
		if ((rule->of.what == WHAT_QUANTILE || rule->of.sel.field->type == FIELD_ORDER) &&
		    check_bounds(&rule->of.sel, s, &rule->range, v, &lo, &hi)) {
			take_state(out, v);
			return;
		}
		t = equal(v->lo, v->hi, lo, hi);
	} else if (limit(rule, s, base, out, &lo, &hi)) {
		return;
	} else if (rule->pred == PRED_NEAR) {
		t = equal(v->lo, v->hi, lo - fabs(lo) * rule->tolerance,
			  hi + fabs(hi) * rule->tolerance);
	} else {
		t = compare(v, rule->cmp, lo, hi, rule->limit_base >= 0);
	}
	if (rule->limit_base >= 0 && strlen(out->observed) < sizeof(out->observed) - 48) {
		char text[32];

		snprintf(
			out->observed + strlen(out->observed), 48, ", baseline %s",
			format(unit, lo / (rule->limit.v ? rule->limit.v : 1), text, sizeof(text)));
	}
	judge(out, t, in_bucket);
}

static void eval_mode(const struct check_rule *rule, struct check_value *v,
		      const struct snapshot *s, struct check_verdict *out)
{
	const struct shape *shape = &v->shape;
	int last = 0, first = shape_mode(shape, &last), next = -1, i;
	double all = shape_total(shape), lo, hi;
	enum tri t = YES, one;
	size_t at;

	if (check_bounds(&rule->of.sel, s, &rule->range, v, &lo, &hi)) {
		take_state(out, v);
		return;
	}
	for (i = 0; i < (int)shape->nr; i++) {
		if (shape->b[i].n < shape->b[first].n) {
			if (shape->b[i].n && (next < 0 || shape->b[i].n > shape->b[next].n))
				next = i;
			continue;
		}
		one = equal(shape->b[i].lo, shape->b[i].hi, lo, hi);
		t = one == NO || t == NO ? NO : one == UNSURE ? UNSURE : t;
	}
	snprintf(out->observed, sizeof(out->observed), "mode %s%s%s (%.4g%%)",
		 shape->b[first].label, last > first ? " and " : "",
		 last > first ? shape->b[last].label : "", shape->b[first].n / all * 100);
	at = strlen(out->observed);
	if (next >= 0)
		snprintf(out->observed + at, sizeof(out->observed) - at, ", next %s (%.4g%%)",
			 shape->b[next].label, shape->b[next].n / all * 100);
	judge(out, t, in_bucket);
}

static void eval_form(const struct check_rule *rule, const struct check_value *v,
		      struct check_verdict *out)
{
	static const char *const names[] = {
		[PRED_RISING] = "rising",
		[PRED_FALLING] = "falling",
		[PRED_UNIMODAL] = "unimodal",
		[PRED_BIMODAL] = "bimodal",
	};
	struct shape_fit fit, one;

	if (rule->pred == PRED_UNIMODAL)
		shape_unimodal(&v->shape, rule->tolerance, &fit);
	else if (rule->pred == PRED_BIMODAL)
		shape_bimodal(&v->shape, rule->tolerance, &fit);
	else
		shape_monotone(&v->shape, rule->pred == PRED_RISING, rule->tolerance, &fit);
	judge(out, fit.holds ? YES : NO, "");
	shape_unimodal(&v->shape, rule->tolerance, &one);
	if (rule->pred == PRED_BIMODAL && one.holds)
		snprintf(
			out->observed, sizeof(out->observed),
			"one mode: %.3g%% off the nearest unimodal histogram, G %.3g (a second mode needs more than %.3g%%, and G above %.3g)",
			one.moved * 100, one.g, rule->tolerance * 100, one.limit);
	else
		snprintf(
			out->observed, sizeof(out->observed),
			"%.3g%% off the nearest %s histogram (%.3g%% allowed); G %.3g, by chance up to %.3g",
			fit.moved * 100, names[rule->pred], rule->tolerance * 100, fit.g,
			fit.limit);
}

static void eval_no_mass(const struct check_rule *rule, struct check_value *v,
			 const struct snapshot *s, struct check_verdict *out)
{
	double lo, hi, min, max;

	if (check_bounds(&rule->of.sel, s, &rule->range, v, &lo, &hi)) {
		take_state(out, v);
		return;
	}
	shape_mass(&v->shape, lo, hi, &min, &max);
	snprintf(out->observed, sizeof(out->observed), "%s%.4g%% in the range",
		 min < max ? "up to " : "", max * 100);
	judge(out, min > 0 ? NO : max > 0 ? UNSURE : YES, in_bucket);
}

static void eval_value(const struct check_rule *rule, struct check_value *v,
		       const struct snapshot *s, const struct snapshot *base,
		       struct check_verdict *out)
{
	switch (rule->pred) {
	case PRED_CMP:
	case PRED_IN:
	case PRED_NEAR:
		eval_number(rule, v, s, base, out);
		return;
	case PRED_MODE:
		eval_mode(rule, v, s, out);
		return;
	case PRED_NO_MASS:
		eval_no_mass(rule, v, s, out);
		return;
	case PRED_DIST:
		snprintf(out->observed, sizeof(out->observed), "differs by %.4g%%%s%s", v->lo * 100,
			 v->note[0] ? ", " : "", v->note);
		judge(out, v->lo <= rule->tolerance + 1e-12 ? YES : NO, "");
		return;
	default:
		eval_form(rule, v, out);
	}
}

static bool is_histogram(const struct check_rule *rule)
{
	return rule->of.what == WHAT_FIELD && rule->pred != PRED_CMP && rule->pred != PRED_IN &&
	       rule->pred != PRED_NEAR;
}

/* Rules about losses and completeness get a verdict also when data are missing. */
static bool about_loss(const struct check_rule *rule)
{
	return rule->of.what == WHAT_FIELD && rule->of.sel.field->flags & FIELD_LOSS;
}

static void eval_part(const struct check_rules *rules, const struct check_rule *rule,
		      const struct snapshot *s, const struct snapshot *base,
		      struct check_verdict *out)
{
	struct check_value v;
	double want;

	if (is_histogram(rule) && rule->pred != PRED_DIST) {
		memset(&v, 0, sizeof(v));
		check_histogram(&rule->of.sel, s, &v);
		v.min_samples = -1;
	} else {
		check_measure(&rule->of, s, base, &v);
	}
	out->samples = v.samples;
	out->censored = v.censored;
	out->has_shape = v.has_shape && v.shape.nr;
	if (out->has_shape)
		out->shape = v.shape;
	if (v.state != CHECK_PASS) {
		take_state(out, &v);
		return;
	}
	want = rule->min_samples >= 0 ? rule->min_samples :
	       v.min_samples >= 0     ? v.min_samples :
					rules->min_samples;
	if (v.min_samples < 0 && want < 1)
		want = 1;
	if (v.samples < want) {
		out->state = CHECK_NODATA;
		snprintf(out->observed, sizeof(out->observed), "%.0f samples", v.samples);
		snprintf(out->why, sizeof(out->why), "needs at least %.0f samples", want);
		return;
	}
	eval_value(rule, &v, s, base, out);
}

/* The baseline that @rule needs; -1: none. */
static int base_of(const struct check_rule *rule)
{
	return rule->of.ref.base >= 0 ? rule->of.ref.base : rule->limit_base;
}

static bool refused(const struct check_rules *rules, const struct check_data *data,
		    const char *whose, struct check_verdict *out)
{
	char name[80];

	if (data->lost > rules->max_loss)
		snprintf(out->why, sizeof(out->why),
			 "%s%s: %.3g%% of the events were lost (no verdict above %.3g%%)", whose,
			 fmt_safe(data->name, name, sizeof(name)), data->lost * 100,
			 rules->max_loss * 100);
	else if (data->cut && !rules->accept_cut)
		snprintf(
			out->why, sizeof(out->why),
			"%s%s: truncated, an unknown part is missing (allow it: accept cut traces)",
			whose, fmt_safe(data->name, name, sizeof(name)));
	else
		return false;
	out->state = CHECK_REFUSED;
	return true;
}

static bool other_machine(const struct check_rule *rule, const struct check_data *data,
			  const struct check_data *base, struct check_verdict *out)
{
	const struct meta *a = &data->views[0].parts[0].snap->meta;
	const struct meta *b = &base->views[0].parts[0].snap->meta;
	char name[80];

	if (a->page_size == b->page_size && a->pmd_order == b->pmd_order)
		return false;
	out->state = CHECK_ERROR;
	out->at = rule->of.ref.base >= 0 ? rule->of.ref.at : rule->limit.at;
	snprintf(
		out->why, sizeof(out->why),
		"baseline %s: pages of %u bytes and PMD order %u, the trace has %u and %u (use a baseline of the same kind of machine)",
		fmt_safe(base->name, name, sizeof(name)), b->page_size, b->pmd_order, a->page_size,
		a->pmd_order);
	return true;
}

static void forgive(const struct check_rule *rule, struct check_verdict *out)
{
	if ((out->state == CHECK_UNKNOWN && rule->if_known) ||
	    (out->state == CHECK_NODATA && rule->else_skip))
		out->state = CHECK_SKIP;
}

/* The worst part decides, the first of those that are equally bad. */
static void eval_parts(const struct check_rules *rules, const struct check_rule *rule,
		       const struct check_view *view, const struct check_view *base,
		       struct check_verdict *out)
{
	struct check_verdict *one = calloc(1, sizeof(*one));
	size_t i, as_bad = 0, at;

	out->state = CHECK_SKIP;
	for (i = 0; one && i < view->nr_parts; i++) {
		memset(one, 0, sizeof(*one));
		eval_part(rules, rule, view->parts[i].snap, base ? base->parts[0].snap : NULL, one);
		forgive(rule, one);
		snprintf(one->part, sizeof(one->part), "%s", view->parts[i].label);
		if (!i || one->state > out->state) {
			*out = *one;
			as_bad = 0;
		}
		as_bad += one->state == out->state;
	}
	free(one);
	if (!view->nr_parts) {
		out->state = CHECK_NODATA;
		snprintf(out->why, sizeof(out->why), "no such process or window in this trace");
		forgive(rule, out);
	} else if (view->left_out && out->state == CHECK_PASS) {
		out->state = CHECK_UNKNOWN;
		snprintf(out->why, sizeof(out->why),
			 "more than %d windows or processes: %llu left out", CHECK_MAX_PARTS,
			 (unsigned long long)view->left_out);
	}
	at = strlen(out->observed);
	if (view->nr_parts > 1)
		snprintf(out->observed + at, sizeof(out->observed) - at, "%s%zu of %zu %s",
			 at ? "; " : "", as_bad, view->nr_parts, check_state_name(out->state));
}

/* Names from the trace and strings from the rules may hold terminal escapes. */
static void harmless(struct check_verdict *out)
{
	char text[sizeof(out->why)];

	strcpy(out->observed, fmt_printable(out->observed, text, sizeof(out->observed)));
	strcpy(out->why, fmt_printable(out->why, text, sizeof(out->why)));
}

void check_eval(const struct check_rules *rules, const struct check_rule *rule,
		const struct check_data *data, const struct check_data *bases,
		struct check_verdict *out)
{
	const struct check_data *base = base_of(rule) >= 0 ? &bases[base_of(rule)] : NULL;

	memset(out, 0, sizeof(*out));
	if (base && other_machine(rule, data, base, out))
		return;
	eval_parts(rules, rule, &data->views[rule->scope], base ? &base->views[rule->scope] : NULL,
		   out);
	harmless(out);
	if (about_loss(rule) || out->state == CHECK_ERROR)
		return;
	if (!refused(rules, data, "", out) && base)
		refused(rules, base, "baseline ", out);
}

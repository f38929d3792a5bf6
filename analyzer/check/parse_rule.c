// SPDX-License-Identifier: GPL-2.0-only
/*
 * A whole rule: a value or a histogram, and the test that it must pass.
 *
 * Units are checked here, where an error can point at the word: a plain number that is compared with
 * bytes would be off by a million, silently.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "check/names_priv.h"
#include "check/parse_priv.h"

/* Is @lit a place on the scale of histograms of @t? */
static bool on_scale(const struct table *t, const struct check_lit *lit)
{
	switch (t->scale) {
	case SCALE_OCCUPANCY:
		return lit->unit == UNIT_SLOT || lit->unit == UNIT_COUNT ||
		       lit->unit == UNIT_PERCENT;
	case SCALE_SIZE:
		return lit->unit == UNIT_BYTES || lit->unit == UNIT_ORDER;
	case SCALE_TIME:
		return lit->unit == UNIT_NS || (lit->unit == UNIT_COUNT && !lit->v);
	case SCALE_NONE:
		break;
	}
	return false;
}

/* Sizes have bounds of their own: parse_size_ok(). */
static bool bounds_ok(struct check_parser *p, const struct table *t, const struct check_lit *lit)
{
	if (lit->unit == UNIT_PERCENT)
		return parse_percent_ok(p, lit, 1);
	if (lit->v < 0) {
		check_error(&p->rules->src, lit->at, "negative: %s begin at 0", t->id);
		return false;
	}
	if (lit->unit != UNIT_COUNT || lit->v <= CHECK_MAX_PTES)
		return true;
	check_error(&p->rules->src, lit->at, "no block has so many pages (at most %d)",
		    CHECK_MAX_PTES);
	return false;
}

static bool scale_ok(struct check_parser *p, const struct table *t, const struct check_lit *lit)
{
	static const char *const wants[] = {
		[SCALE_OCCUPANCY] =
			"a bucket such as 15/16 or full, a number of pages or a percentage",
		[SCALE_SIZE] = "a size such as 64K or order=4",
		[SCALE_TIME] = "a time such as 3ms",
	};

	if (on_scale(t, lit))
		return bounds_ok(p, t, lit) && (t->scale != SCALE_SIZE || parse_size_ok(p, lit));
	check_error(&p->rules->src, lit->at, "wrong unit: %s wants %s", t->id, wants[t->scale]);
	return false;
}

static bool range_ok(struct check_parser *p, const struct table *t, const struct check_range *range)
{
	return (!range->has_from || scale_ok(p, t, &range->from)) &&
	       (!range->has_to || scale_ok(p, t, &range->to));
}

static bool is_lost(const struct check_operand *o)
{
	return o->what == WHAT_FIELD && names_is_lost(o->sel.field);
}

/* May the value of @o be compared with @lit? */
static bool limit_ok(struct check_parser *p, const struct check_operand *o,
		     const struct check_lit *lit)
{
	static const char *const wants[] = {
		[UNIT_COUNT] = "a plain number",
		[UNIT_PERCENT] = "a percentage such as 90%",
		[UNIT_BYTES] = "a size such as 8M",
		[UNIT_NS] = "a time such as 3ms",
		[UNIT_TEXT] = "a text such as \"always\"",
	};
	int ok = lit->unit == o->unit;

	if (o->what == WHAT_QUANTILE)
		return scale_ok(p, o->sel.table, lit);
	if (o->unit == UNIT_TEXT)
		ok |= lit->unit == UNIT_COUNT;
	else if (lit->unit == UNIT_COUNT && !lit->v)
		ok = 1;
	else if (o->what == WHAT_EMD || o->what == WHAT_KS)
		ok |= lit->unit == UNIT_COUNT && lit->v <= 1;
	else if (is_lost(o))
		ok |= lit->unit == UNIT_PERCENT;
	else if (o->sel.field->type == FIELD_ORDER)
		ok |= lit->unit == UNIT_ORDER;
	if (ok)
		return true;
	check_error(&p->rules->src, lit->at, "wrong unit: %s.%s wants %s", o->sel.table->id,
		    o->what == WHAT_SUCCESS ? NAMES_SUCCESS : o->sel.field->id, wants[o->unit]);
	return false;
}

/* A number, `baseline "f"`, or `N% of baseline "f"`. */
static bool parse_limit(struct check_parser *p, struct check_rule *rule)
{
	rule->limit_base = -1;
	rule->limit.at = p->tok.at;
	if (parser_take(p, "baseline")) {
		rule->limit.v = 1;
		return parser_baseline(p, &rule->limit_base);
	}
	if (!parse_lit(p, &rule->limit))
		return false;
	if (rule->limit.unit == UNIT_PERCENT && parser_take(p, "of")) {
		return parse_percent_ok(p, &rule->limit, CHECK_MAX_TIMES) &&
		       parser_expect(p, "baseline") && parser_baseline(p, &rule->limit_base);
	}
	return limit_ok(p, &rule->of, &rule->limit);
}

/* { 64K: 80%, 2M: 20% } */
static bool parse_list(struct check_parser *p, const struct table *t, struct check_ref *ref)
{
	struct check_share *s;

	ref->list = calloc(CHECK_MAX_LIST, sizeof(*ref->list));
	if (!ref->list) {
		p->nomem = true;
		return false;
	}
	do {
		if (ref->nr == CHECK_MAX_LIST) {
			check_error(&p->rules->src, p->tok.at, "too many buckets (at most %d)",
				    CHECK_MAX_LIST);
			return false;
		}
		s = &ref->list[ref->nr];
		if (!parse_lit(p, &s->bucket) || !scale_ok(p, t, &s->bucket) ||
		    !parser_expect(p, ":") || !parse_percent(p, 1, &s->share))
			return false;
		ref->nr++;
	} while (parser_take(p, ","));
	return parser_expect(p, "}");
}

static bool parse_ref(struct check_parser *p, const struct table *t, struct check_ref *ref)
{
	ref->at = p->tok.at;
	ref->base = -1;
	if (parser_take(p, "{"))
		return parse_list(p, t, ref);
	if (parser_take(p, "baseline"))
		return parser_baseline(p, &ref->base);
	return parser_wanted(p, "baseline \"FILE\" or { BUCKET: SHARE, ... }");
}

/* emd(HISTOGRAM, baseline "f") */
static bool parse_distance(struct check_parser *p, struct check_operand *o)
{
	enum check_what what = parser_is(p, "ks") ? WHAT_KS : WHAT_EMD;
	bool named;

	parser_next(p);
	if (!parser_expect(p, "(") || !parse_subject(p, o, &named))
		return false;
	if (!subject_histogram(o->sel.table)) {
		check_error(&p->rules->src, o->sel.at,
			    "not a histogram (histograms: occupancy, orders, durations)");
		return false;
	}
	o->what = what;
	o->unit = UNIT_PERCENT;
	return parser_expect(p, ",") && parse_ref(p, o->sel.table, &o->ref) &&
	       parser_expect(p, ")");
}

static bool parse_mode(struct check_parser *p, struct check_rule *rule)
{
	rule->pred = PRED_MODE;
	(void)(parser_take(p, "at") || parser_is(p, "in"));
	return parse_range(p, &rule->range) && range_ok(p, rule->of.sel.table, &rule->range);
}

static bool parse_tolerance(struct check_parser *p, struct check_rule *rule)
{
	rule->tolerance = CHECK_TOLERANCE;
	return !parser_take(p, "within") || parse_percent(p, 1, &rule->tolerance);
}

static bool parse_no_mass(struct check_parser *p, struct check_rule *rule)
{
	rule->pred = PRED_NO_MASS;
	return parser_expect(p, "mass") && parse_range(p, &rule->range) &&
	       range_ok(p, rule->of.sel.table, &rule->range);
}

static bool parse_compare(struct check_parser *p, struct check_rule *rule)
{
	rule->pred = PRED_CMP;
	rule->subject = parser_keep_line(p, p->rule_at);
	if (parser_take(p, "in")) {
		rule->pred = PRED_IN;
		return parse_range(p, &rule->range) && limit_ok(p, &rule->of, &rule->range.from) &&
		       limit_ok(p, &rule->of, &rule->range.to);
	}
	if (parser_take(p, "within")) {
		rule->pred = PRED_NEAR;
		return parse_percent(p, CHECK_MAX_TIMES, &rule->tolerance) &&
		       parser_expect(p, "of") && parse_limit(p, rule);
	}
	if (!parse_cmp(p, &rule->cmp))
		return parser_wanted(p, "a comparison (==, !=, <, <=, >, >=, in, within)");
	if (rule->of.unit == UNIT_TEXT && rule->cmp != CMP_EQ && rule->cmp != CMP_NE) {
		check_error(&p->rules->src, p->tok.at, "text has no order (use == or !=)");
		return false;
	}
	return parse_limit(p, rule);
}

static bool parse_mass(struct check_parser *p, struct check_rule *rule)
{
	rule->of.what = WHAT_MASS;
	rule->of.unit = UNIT_PERCENT;
	return parser_expect(p, "(") && parse_range(p, &rule->of.range) &&
	       range_ok(p, rule->of.sel.table, &rule->of.range) && parser_expect(p, ")") &&
	       parse_compare(p, rule);
}

static bool parse_monotone(struct check_parser *p, struct check_rule *rule)
{
	rule->pred = parser_is(p, "falling") ? PRED_FALLING : PRED_RISING;
	if (!parser_take(p, "rising") && !parser_expect(p, "falling"))
		return false;
	return parse_tolerance(p, rule);
}

/* The test of a histogram. *is_shape: false if it is not one that only a histogram has. */
static bool parse_shape(struct check_parser *p, struct check_rule *rule, bool field_named,
			bool *is_shape)
{
	*is_shape = true;
	if (p->tok.type == TOK_QUANTILE) {
		rule->of.what = WHAT_QUANTILE;
		rule->of.q = p->tok.num;
		parser_next(p);
		return parse_compare(p, rule);
	}
	if (parser_take(p, "mode"))
		return parse_mode(p, rule);
	if (parser_take(p, "mass"))
		return parse_mass(p, rule);
	if (parser_take(p, "no"))
		return parse_no_mass(p, rule);
	if (parser_take(p, "monotone"))
		return parse_monotone(p, rule);
	if (parser_is(p, "unimodal") || parser_is(p, "bimodal")) {
		rule->pred = parser_is(p, "unimodal") ? PRED_UNIMODAL : PRED_BIMODAL;
		parser_next(p);
		return parse_tolerance(p, rule);
	}
	if (!field_named && parser_take(p, "within")) {
		rule->pred = PRED_DIST;
		return parse_percent(p, 1, &rule->tolerance) && parser_expect(p, "of") &&
		       parse_ref(p, rule->of.sel.table, &rule->of.ref);
	}
	*is_shape = false;
	return true;
}

static bool is_shape_word(const struct check_parser *p)
{
	static const char *const words[] = {
		"mode", "mass", "no", "monotone", "unimodal", "bimodal"
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (parser_is(p, words[i]))
			return true;
	return p->tok.type == TOK_QUANTILE;
}

static bool parse_operand(struct check_parser *p, struct check_operand *o, bool *field_named)
{
	*field_named = true;
	if (parser_take(p, "share"))
		return parse_share(p, o) && range_ok(p, o->sel.table, &o->range);
	if (parser_take(p, "outcome"))
		return parse_outcome(p, o);
	if (parser_is(p, "emd") || parser_is(p, "ks"))
		return parse_distance(p, o);
	return parse_subject(p, o, field_named);
}

bool parse_rule(struct check_parser *p, struct check_rule *rule)
{
	bool named, is_shape, ok;

	rule->of.ref.base = -1;
	rule->limit_base = -1;
	if (!parse_operand(p, &rule->of, &named))
		return false;
	rule->subject = parser_keep_line(p, p->rule_at);
	if (rule->of.what == WHAT_FIELD && subject_histogram(rule->of.sel.table)) {
		ok = parse_shape(p, rule, named, &is_shape);
		if (is_shape)
			return ok;
		if (!named)
			return parser_wanted(p, "a shape, or . and the name of a field");
	} else if (is_shape_word(p)) {
		check_error(&p->rules->src, p->tok.at,
			    "only histograms have a shape (occupancy, orders, durations)");
		return false;
	}
	return parse_compare(p, rule);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Literals, ranges, and a whole assertion: what is measured, and what is asked of it.
 *
 * Units are checked here, where the word that has the wrong one can still be pointed at: a plain
 * number where bytes are compared would be off by a million, silently.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "check/parse_priv.h"

static int take_number(struct check_parser *p, struct check_lit *lit, enum check_unit unit)
{
	lit->unit = unit;
	lit->v = p->tok.num;
	parser_next(p);
	return 1;
}

int parse_lit(struct check_parser *p, struct check_lit *lit)
{
	static const struct {
		const char *word;
		enum check_unit unit;
		double v;
	} words[] = {
		{ "empty", UNIT_SLOT, MTHP_OCC_EMPTY },
		{ "full", UNIT_SLOT, MTHP_OCC_FULL },
		{ "yes", UNIT_COUNT, 1 },
		{ "no", UNIT_COUNT, 0 },
	};
	size_t i;

	lit->at = p->tok.at;
	lit->text = NULL;
	switch (p->tok.type) {
	case TOK_NUMBER:
	case TOK_SLOT:
		return take_number(p, lit, p->tok.unit);
	case TOK_STRING:
		lit->unit = UNIT_TEXT;
		lit->text = parser_keep(p, p->tok.text, p->tok.len, 1);
		parser_next(p);
		return lit->text != NULL;
	case TOK_WORD:
		for (i = 0; i < ARRAY_SIZE(words); i++) {
			if (!parser_take(p, words[i].word))
				continue;
			lit->unit = words[i].unit;
			lit->v = words[i].v;
			return 1;
		}
		if (!parser_take(p, "order"))
			break;
		if (!parser_expect(p, "="))
			return 0;
		if (p->tok.type != TOK_NUMBER || p->tok.unit != UNIT_COUNT)
			return parser_wanted(p, "an order");
		take_number(p, lit, UNIT_ORDER);
		return parse_size_ok(p, lit);
	default:
		break;
	}
	return parser_wanted(p, "a number");
}

int parse_size_ok(struct check_parser *p, const struct check_lit *lit)
{
	double log = lit->v > 0 ? log2(lit->v) : 0, near;

	if (lit->unit == UNIT_ORDER) {
		if (lit->v >= 0 && lit->v < MTHP_NR_ORDERS && lit->v == floor(lit->v))
			return 1;
		check_error(&p->rules->src, lit->at, "no order: %g (0 to %d)", lit->v,
			    MTHP_NR_ORDERS - 1);
		return 0;
	}
	if (lit->unit != UNIT_BYTES)
		return 1;
	if (lit->v >= 4096 && lit->v <= 0x1p30 && log == floor(log))
		return 1;
	near = lit->v < 4096 ? 4096 : lit->v > 0x1p30 ? 0x1p30 : exp2(floor(log));
	if (near < 4096 || near >= 0x1p30 || lit->v < 4096)
		check_error(&p->rules->src, lit->at,
			    "no folio size (sizes are powers of two from 4K to 1G)");
	else
		check_error(&p->rules->src, lit->at, "no folio size (nearest: %gK, %gK)",
			    near / 1024, near / 512);
	return 0;
}

int parse_percent(struct check_parser *p, double *share)
{
	if (p->tok.type != TOK_NUMBER || p->tok.unit != UNIT_PERCENT)
		return parser_wanted(p, "a percentage");
	*share = p->tok.num;
	if (*share < 0) {
		check_error(&p->rules->src, p->tok.at, "negative percentage");
		return 0;
	}
	parser_next(p);
	return 1;
}

/* == is told apart by the caller; 0: no comparison is here. */
static int take_cmp(struct check_parser *p, enum check_cmp *cmp)
{
	static const char *const ops[] = { "==", "!=", "<", "<=", ">", ">=" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		if (parser_take(p, ops[i])) {
			*cmp = (enum check_cmp)i;
			return 1;
		}
	}
	return 0;
}

static int reversed(struct check_parser *p, const struct check_range *r)
{
	if (!r->has_from || !r->has_to || r->from.unit != r->to.unit || r->from.v <= r->to.v)
		return 0;
	check_error(&p->rules->src, r->from.at, "range is reversed: it ends before it begins");
	return 1;
}

int parse_range(struct check_parser *p, struct check_range *range)
{
	enum check_cmp cmp = CMP_EQ;
	int above;

	memset(range, 0, sizeof(*range));
	if (parser_is(p, "above") || parser_is(p, "below"))
		cmp = parser_is(p, "above") ? CMP_GT : CMP_LT;
	if (cmp != CMP_EQ)
		parser_next(p);
	else if (!parser_take(p, "in"))
		take_cmp(p, &cmp);
	if (cmp == CMP_NE)
		return parser_wanted(p, "a range");
	if (!parse_lit(p, &range->from))
		return 0;
	range->to = range->from;
	above = cmp == CMP_GT || cmp == CMP_GE;
	range->has_from = cmp == CMP_EQ || above;
	range->has_to = cmp == CMP_EQ || !above;
	range->open_from = cmp == CMP_GT;
	range->open_to = cmp == CMP_LT;
	if (cmp == CMP_EQ && parser_take(p, "..") && !parse_lit(p, &range->to))
		return 0;
	return !reversed(p, range);
}

/* Is @lit a place on the scale of histograms of @t? */
static int on_scale(const struct table *t, const struct check_lit *lit)
{
	if (!strcmp(t->id, "occupancy"))
		return lit->unit == UNIT_SLOT || lit->unit == UNIT_COUNT ||
		       lit->unit == UNIT_PERCENT;
	if (!strcmp(t->id, "orders"))
		return lit->unit == UNIT_BYTES || lit->unit == UNIT_ORDER;
	return lit->unit == UNIT_NS || (lit->unit == UNIT_COUNT && !lit->v);
}

static int scale_ok(struct check_parser *p, const struct table *t, const struct check_lit *lit)
{
	const char *wants = "a time such as 3ms";

	if (!strcmp(t->id, "occupancy"))
		wants = "a bucket such as 15/16 or full, a number of pages or a percentage";
	else if (!strcmp(t->id, "orders"))
		wants = "a size such as 64K or order=4";
	if (on_scale(t, lit))
		return strcmp(t->id, "orders") || parse_size_ok(p, lit);
	check_error(&p->rules->src, lit->at, "wrong unit: %s wants %s", t->id, wants);
	return 0;
}

static int range_ok(struct check_parser *p, const struct table *t, const struct check_range *range)
{
	return (!range->has_from || scale_ok(p, t, &range->from)) &&
	       (!range->has_to || scale_ok(p, t, &range->to));
}

static int is_lost(const struct check_operand *o)
{
	return o->what == WHAT_FIELD && !strcmp(o->sel.field->id, "lost");
}

/* May the value of @o be compared with @lit? */
static int limit_ok(struct check_parser *p, const struct check_operand *o,
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
		return 1;
	check_error(&p->rules->src, lit->at, "wrong unit: %s.%s wants %s", o->sel.table->id,
		    o->what == WHAT_SUCCESS ? "success" : o->sel.field->id, wants[o->unit]);
	return 0;
}

/* `baseline "f"`, or `N% of baseline "f"`, where a number could stand. */
static int parse_limit(struct check_parser *p, struct check_rule *rule)
{
	rule->limit_base = -1;
	rule->limit.at = p->tok.at;
	if (parser_take(p, "baseline")) {
		rule->limit.v = 1;
		rule->limit_base = parser_baseline(p);
		return rule->limit_base >= 0;
	}
	if (!parse_lit(p, &rule->limit))
		return 0;
	if (rule->limit.unit == UNIT_PERCENT && parser_take(p, "of")) {
		if (!parser_expect(p, "baseline"))
			return 0;
		rule->limit_base = parser_baseline(p);
		return rule->limit_base >= 0;
	}
	return limit_ok(p, &rule->of, &rule->limit);
}

/* { 64K: 80%, 2M: 20% } */
static int parse_list(struct check_parser *p, const struct table *t, struct check_ref *ref)
{
	struct check_share *s;

	/* Kept as text is: it goes when the rules go. */
	ref->list = (struct check_share *)parser_keep(p, NULL, CHECK_MAX_LIST * sizeof(*s), 0);
	if (!ref->list)
		return 0;
	do {
		if (ref->nr == CHECK_MAX_LIST) {
			check_error(&p->rules->src, p->tok.at, "too many buckets (at most %d)",
				    CHECK_MAX_LIST);
			return 0;
		}
		s = &ref->list[ref->nr];
		if (!parse_lit(p, &s->bucket) || !scale_ok(p, t, &s->bucket) ||
		    !parser_expect(p, ":") || !parse_percent(p, &s->share))
			return 0;
		ref->nr++;
	} while (parser_take(p, ","));
	return parser_expect(p, "}");
}

static int parse_ref(struct check_parser *p, const struct table *t, struct check_ref *ref)
{
	ref->at = p->tok.at;
	ref->base = -1;
	if (parser_take(p, "{"))
		return parse_list(p, t, ref);
	if (parser_take(p, "baseline")) {
		ref->base = parser_baseline(p);
		return ref->base >= 0;
	}
	return parser_wanted(p, "baseline \"FILE\" or { BUCKET: SHARE, ... }");
}

/* emd(HISTOGRAM, baseline "f") */
static int parse_distance(struct check_parser *p, struct check_operand *o)
{
	enum check_what what = parser_is(p, "ks") ? WHAT_KS : WHAT_EMD;
	int named;

	parser_next(p);
	if (!parser_expect(p, "(") || !parse_subject(p, o, &named))
		return 0;
	if (!subject_histogram(o->sel.table)) {
		check_error(&p->rules->src, o->sel.at,
			    "no histogram (there are: occupancy, orders, durations)");
		return 0;
	}
	o->what = what;
	o->unit = UNIT_PERCENT;
	return parser_expect(p, ",") && parse_ref(p, o->sel.table, &o->ref) &&
	       parser_expect(p, ")");
}

static int parse_mode(struct check_parser *p, struct check_rule *rule)
{
	rule->pred = PRED_MODE;
	(void)(parser_take(p, "at") || parser_is(p, "in"));
	return parse_range(p, &rule->range) && range_ok(p, rule->of.sel.table, &rule->range);
}

static int parse_tolerance(struct check_parser *p, struct check_rule *rule)
{
	rule->tolerance = CHECK_TOLERANCE;
	return !parser_take(p, "within") || parse_percent(p, &rule->tolerance);
}

static int parse_no_mass(struct check_parser *p, struct check_rule *rule)
{
	rule->pred = PRED_NO_MASS;
	return parser_expect(p, "mass") && parse_range(p, &rule->range) &&
	       range_ok(p, rule->of.sel.table, &rule->range);
}

static int parse_compare(struct check_parser *p, struct check_rule *rule)
{
	rule->pred = PRED_CMP;
	rule->subject = parser_text(p, rule->text, p->last_end);
	if (parser_take(p, "in")) {
		rule->pred = PRED_IN;
		return parse_range(p, &rule->range) && limit_ok(p, &rule->of, &rule->range.from) &&
		       limit_ok(p, &rule->of, &rule->range.to);
	}
	if (parser_take(p, "within")) {
		rule->pred = PRED_NEAR;
		return parse_percent(p, &rule->tolerance) && parser_expect(p, "of") &&
		       parse_limit(p, rule);
	}
	if (!take_cmp(p, &rule->cmp))
		return parser_wanted(p, "a comparison (==, !=, <, <=, >, >=, in, within)");
	if (rule->of.unit == UNIT_TEXT && rule->cmp != CMP_EQ && rule->cmp != CMP_NE) {
		check_error(&p->rules->src, p->tok.at,
			    "texts are only equal or not (use == or !=)");
		return 0;
	}
	return parse_limit(p, rule);
}

static int parse_mass(struct check_parser *p, struct check_rule *rule)
{
	rule->of.what = WHAT_MASS;
	rule->of.unit = UNIT_PERCENT;
	return parser_expect(p, "(") && parse_range(p, &rule->of.range) &&
	       range_ok(p, rule->of.sel.table, &rule->of.range) && parser_expect(p, ")") &&
	       parse_compare(p, rule);
}

static int parse_monotone(struct check_parser *p, struct check_rule *rule)
{
	rule->pred = parser_is(p, "falling") ? PRED_FALLING : PRED_RISING;
	if (!parser_take(p, "rising") && !parser_expect(p, "falling"))
		return 0;
	return parse_tolerance(p, rule);
}

/* What follows a histogram. -1: nothing that only a histogram has. */
static int parse_shape(struct check_parser *p, struct check_rule *rule, int field_named)
{
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
		return parse_percent(p, &rule->tolerance) && parser_expect(p, "of") &&
		       parse_ref(p, rule->of.sel.table, &rule->of.ref);
	}
	return -1;
}

static int is_shape_word(const struct check_parser *p)
{
	static const char *const words[] = {
		"mode", "mass", "no", "monotone", "unimodal", "bimodal"
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (parser_is(p, words[i]))
			return 1;
	return p->tok.type == TOK_QUANTILE;
}

int parse_rule(struct check_parser *p, struct check_rule *rule)
{
	int named = 1, ok;

	rule->of.ref.base = -1;
	rule->limit_base = -1;
	if (parser_take(p, "share"))
		ok = parse_share(p, &rule->of) && range_ok(p, rule->of.sel.table, &rule->of.range);
	else if (parser_take(p, "outcome"))
		ok = parse_outcome(p, &rule->of);
	else if (parser_is(p, "emd") || parser_is(p, "ks"))
		ok = parse_distance(p, &rule->of);
	else
		ok = parse_subject(p, &rule->of, &named);
	if (!ok)
		return 0;
	rule->subject = parser_text(p, rule->text, p->last_end);
	if (rule->of.what == WHAT_FIELD && subject_histogram(rule->of.sel.table)) {
		ok = parse_shape(p, rule, named);
		if (ok >= 0)
			return ok;
		if (!named)
			return parser_wanted(p, "a shape, or . and the name of a field");
	} else if (is_shape_word(p)) {
		check_error(&p->rules->src, p->tok.at,
			    "only histograms have a shape (occupancy, orders, durations)");
		return 0;
	}
	return parse_compare(p, rule);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Literals, percentages, comparisons and ranges. */
#include <math.h>
#include <string.h>

#include "lib/array.h"
#include "check/parse_priv.h"

static void take_number(struct check_parser *p, struct check_lit *lit, enum check_unit unit)
{
	lit->unit = unit;
	lit->v = p->tok.num;
	parser_next(p);
}

/* full, yes, ... : false if no such word is next. */
static bool take_word(struct check_parser *p, struct check_lit *lit)
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

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (!parser_take(p, words[i].word))
			continue;
		lit->unit = words[i].unit;
		lit->v = words[i].v;
		return true;
	}
	return false;
}

static bool parse_order(struct check_parser *p, struct check_lit *lit)
{
	if (!parser_expect(p, "="))
		return false;
	if (p->tok.type != TOK_NUMBER || p->tok.unit != UNIT_COUNT)
		return parser_wanted(p, "an order");
	take_number(p, lit, UNIT_ORDER);
	return parse_size_ok(p, lit);
}

bool parse_lit(struct check_parser *p, struct check_lit *lit)
{
	lit->at = p->tok.at;
	lit->text = NULL;
	switch (p->tok.type) {
	case TOK_NUMBER:
	case TOK_SLOT:
		take_number(p, lit, p->tok.unit);
		return true;
	case TOK_STRING:
		lit->unit = UNIT_TEXT;
		lit->text = parser_keep_string(p, p->tok.text, p->tok.len);
		parser_next(p);
		return lit->text != NULL;
	case TOK_WORD:
		if (take_word(p, lit))
			return true;
		if (parser_take(p, "order"))
			return parse_order(p, lit);
		break;
	default:
		break;
	}
	return parser_wanted(p, "a number");
}

bool parse_size_ok(struct check_parser *p, const struct check_lit *lit)
{
	double log = lit->v > 0 ? log2(lit->v) : 0, near;

	if (lit->unit == UNIT_ORDER) {
		if (lit->v >= 0 && lit->v < MTHP_NR_ORDERS && lit->v == floor(lit->v))
			return true;
		check_error(&p->rules->src, lit->at, "not an order: %g (0 to %d)", lit->v,
			    MTHP_NR_ORDERS - 1);
		return false;
	}
	if (lit->unit != UNIT_BYTES)
		return true;
	if (lit->v >= 4096 && lit->v <= 0x1p30 && log == floor(log))
		return true;
	near = lit->v < 4096 ? 4096 : lit->v > 0x1p30 ? 0x1p30 : exp2(floor(log));
	if (near < 4096 || near >= 0x1p30 || lit->v < 4096)
		check_error(&p->rules->src, lit->at,
			    "not a folio size (sizes: powers of two from 4K to 1G)");
	else
		check_error(&p->rules->src, lit->at, "not a folio size (nearest: %gK, %gK)",
			    near / 1024, near / 512);
	return false;
}

bool parse_percent(struct check_parser *p, double most, double *share)
{
	struct check_lit lit = { .at = p->tok.at, .v = p->tok.num };

	if (p->tok.type != TOK_NUMBER || p->tok.unit != UNIT_PERCENT)
		return parser_wanted(p, "a percentage");
	*share = lit.v;
	parser_next(p);
	return parse_percent_ok(p, &lit, most);
}

bool parse_percent_ok(struct check_parser *p, const struct check_lit *lit, double most)
{
	if (lit->v >= 0 && lit->v <= most)
		return true;
	check_error(&p->rules->src, lit->at, "percentage out of bounds (0%% to %g%%)", most * 100);
	return false;
}

bool parse_cmp(struct check_parser *p, enum check_cmp *cmp)
{
	static const char *const ops[] = {
		[CMP_EQ] = "==", [CMP_NE] = "!=", [CMP_LT] = "<",
		[CMP_LE] = "<=", [CMP_GT] = ">",  [CMP_GE] = ">=",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		if (parser_take(p, ops[i])) {
			*cmp = (enum check_cmp)i;
			return true;
		}
	}
	return false;
}

/*
 * The least and the most that @lit can be, on pages and in blocks of any size. Returns the unit of both:
 * values of different units cannot be compared.
 */
static enum check_unit extent(const struct check_lit *lit, double *least, double *most)
{
	*least = *most = lit->v;
	switch (lit->unit) {
	case UNIT_ORDER:
		*least = ldexp(CHECK_MIN_PAGE, lit->v);
		*most = ldexp(CHECK_MAX_PAGE, lit->v);
		return UNIT_BYTES;
	case UNIT_SLOT:
		*least = lit->v == MTHP_OCC_EMPTY ? 0 : (lit->v - 1) / 16;
		/* All of its values are below the next bucket. */
		*most = lit->v == MTHP_OCC_EMPTY ? 0 : fmin(lit->v / 16 - 1e-9, 1);
		return UNIT_PERCENT;
	default:
		return lit->unit;
	}
}

/* Does it end before it begins on every trace? On one of them: check_bounds(). */
static bool is_reversed(const struct check_range *r)
{
	double from, to, unused;

	if (!r->has_from || !r->has_to)
		return false;
	return extent(&r->from, &from, &unused) == extent(&r->to, &unused, &to) && from > to;
}

bool parse_range(struct check_parser *p, struct check_range *range)
{
	enum check_cmp cmp = CMP_EQ;
	bool above;

	memset(range, 0, sizeof(*range));
	if (parser_is(p, "above") || parser_is(p, "below"))
		cmp = parser_is(p, "above") ? CMP_GT : CMP_LT;
	if (cmp != CMP_EQ)
		parser_next(p);
	else if (!parser_take(p, "in"))
		parse_cmp(p, &cmp);
	if (cmp == CMP_NE)
		return parser_wanted(p, "a range");
	if (!parse_lit(p, &range->from))
		return false;
	range->to = range->from;
	above = cmp == CMP_GT || cmp == CMP_GE;
	range->has_from = cmp == CMP_EQ || above;
	range->has_to = cmp == CMP_EQ || !above;
	range->open_from = cmp == CMP_GT;
	range->open_to = cmp == CMP_LT;
	if (cmp == CMP_EQ && parser_take(p, "..") && !parse_lit(p, &range->to))
		return false;
	if (!is_reversed(range))
		return true;
	check_error(&p->rules->src, range->from.at, "range is reversed: it ends before it begins");
	return false;
}

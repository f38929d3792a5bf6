// SPDX-License-Identifier: GPL-2.0-only
/*
 * The subject of a rule: a field of the summary; rows of another table and a field of theirs; a share
 * of outcomes or orders.
 *
 * A key without a name finds its field by its type: a size is an order, a word belongs to the table's
 * one column of names. In outcomes a kind, a requester and a result are three sets of words.
 */
#include <math.h>
#include <string.h>

#include "lib/array.h"
#include "check/names_priv.h"
#include "check/parse_priv.h"

/* The key that a value without a name belongs to. */
static const struct field *key_for(const struct check_sel *sel, const struct check_lit *lit)
{
	const struct field *f;

	switch (lit->unit) {
	case UNIT_BYTES:
	case UNIT_ORDER:
		return names_key(sel->table, FIELD_ORDER);
	case UNIT_NS:
		return names_key(sel->table, FIELD_NS);
	case UNIT_COUNT:
		return names_key(sel->table, FIELD_ID);
	case UNIT_SLOT:
		return names_key(sel->table, FIELD_CHARS);
	case UNIT_TEXT:
		if (sel->table == &tables[TABLE_OUTCOMES])
			return names_outcome_key(lit->text);
		f = names_key(sel->table, FIELD_CHARS);
		return f ? f : names_key(sel->table, FIELD_STR);
	default:
		return NULL;
	}
}

static bool fits_key(const struct field *f, const struct check_lit *lit)
{
	switch (f->type) {
	case FIELD_ORDER:
		return lit->unit == UNIT_BYTES || lit->unit == UNIT_ORDER;
	case FIELD_NS:
		return (lit->unit == UNIT_NS && lit->v >= 0) ||
		       (lit->unit == UNIT_COUNT && !lit->v);
	case FIELD_STR:
		return lit->unit == UNIT_TEXT;
	case FIELD_CHARS:
		return lit->unit == UNIT_TEXT || lit->unit == UNIT_SLOT;
	case FIELD_ID:
		return lit->unit == UNIT_COUNT && lit->v >= 0 && lit->v == floor(lit->v);
	default:
		return false;
	}
}

/* The value after `name =`; a word needs no quotes. */
static bool parse_value(struct check_parser *p, struct check_key *key)
{
	if (p->tok.type != TOK_WORD || key->field->type == FIELD_ORDER)
		return parse_lit(p, &key->is);
	key->is.at = p->tok.at;
	key->is.text = parser_keep(p, p->tok.text, p->tok.len);
	parser_next(p);
	return key->is.text != NULL;
}

/* A word is the name of a key if "=" follows. order=4 is a value, and a name as well. */
static bool parse_key_word(struct check_parser *p, const struct check_sel *sel,
			   struct check_key *key)
{
	struct check_token name = p->tok;

	parser_next(p);
	key->is.unit = UNIT_TEXT;
	key->is.at = name.at;
	key->is.text = parser_keep(p, name.text, name.len);
	if (!key->is.text)
		return false;
	if (!parser_take(p, "="))
		return true;
	key->field = names_field(sel->table, key->is.text);
	if (!key->field || !key->field->key)
		return names_no_key(&p->rules->src, sel->table, &name);
	if (!parse_value(p, key))
		return false;
	if (key->field->type == FIELD_ORDER && key->is.unit == UNIT_COUNT)
		key->is.unit = UNIT_ORDER;
	return true;
}

/* Does the value fit the key, and is it the first of that key? */
static bool key_ok(struct check_parser *p, const struct check_sel *sel, const struct check_key *key)
{
	unsigned int i;

	if (!fits_key(key->field, &key->is)) {
		check_error(&p->rules->src, key->is.at, "wrong value for the key %s of %s",
			    key->field->id, sel->table->id);
		return false;
	}
	if (key->field->type == FIELD_ORDER && !parse_size_ok(p, &key->is))
		return false;
	for (i = 0; i < sel->nr_keys; i++) {
		if (sel->keys[i].field == key->field) {
			check_error(&p->rules->src, key->is.at, "%s is given twice",
				    key->field->id);
			return false;
		}
	}
	return true;
}

static bool parse_key(struct check_parser *p, struct check_sel *sel)
{
	struct check_key *key = &sel->keys[sel->nr_keys];
	struct check_token first = p->tok;

	if (sel->nr_keys == CHECK_MAX_KEYS) {
		check_error(&p->rules->src, first.at, "too many keys (at most %d)", CHECK_MAX_KEYS);
		return false;
	}
	memset(key, 0, sizeof(*key));
	if (!(first.type == TOK_WORD ? parse_key_word(p, sel, key) : parse_lit(p, &key->is)))
		return false;
	if (!key->field)
		key->field = key_for(sel, &key->is);
	if (!key->field)
		return names_no_key(&p->rules->src, sel->table, &first);
	if (!key_ok(p, sel, key))
		return false;
	sel->nr_keys++;
	return true;
}

static bool parse_keys(struct check_parser *p, struct check_sel *sel)
{
	if (!parser_take(p, "("))
		return true;
	do {
		if (!parse_key(p, sel))
			return false;
	} while (parser_take(p, ","));
	return parser_expect(p, ")");
}

bool parse_outcome(struct check_parser *p, struct check_operand *o)
{
	struct check_span at = p->tok.at;
	unsigned int i;

	o->what = WHAT_OUTCOME;
	o->unit = UNIT_PERCENT;
	o->sel.table = &tables[TABLE_OUTCOMES];
	o->sel.field = TABLE_FIELD(TABLE_OUTCOMES, snap_outcome, count);
	if (!parser_is(p, "("))
		return parser_wanted(p, "( and the name of a result");
	if (!parse_keys(p, &o->sel))
		return false;
	for (i = 0; i < o->sel.nr_keys; i++)
		if (o->sel.keys[i].field == TABLE_FIELD(TABLE_OUTCOMES, snap_outcome, result))
			return true;
	check_error(&p->rules->src, at, "a result is missing (for example outcome(succeeded))");
	return false;
}

/* share(order >= 64K [of collapsed_bytes]) */
bool parse_share(struct check_parser *p, struct check_operand *o)
{
	struct check_token name;
	char word[80];

	o->what = WHAT_MASS;
	o->unit = UNIT_PERCENT;
	o->sel.at = p->tok.at;
	o->sel.table = &tables[TABLE_ORDERS];
	o->sel.field = subject_histogram(o->sel.table);
	if (!parser_expect(p, "(") || !parser_expect(p, "order") || !parse_range(p, &o->range))
		return false;
	if (parser_take(p, "of")) {
		name = p->tok;
		if (name.type != TOK_WORD)
			return parser_wanted(p, "a field of orders");
		snprintf(word, sizeof(word), "%.*s", name.len < 64 ? (int)name.len : 64, name.text);
		o->sel.field = names_field(o->sel.table, word);
		if (!o->sel.field || o->sel.field->key ||
		    (o->sel.field->type != FIELD_COUNT && o->sel.field->type != FIELD_BYTES))
			return names_no_field(&p->rules->src, o->sel.table, &name);
		parser_next(p);
	}
	return parser_expect(p, ")");
}

const struct field *subject_histogram(const struct table *t)
{
	return t->scale == SCALE_NONE ? NULL : table_flagged(t, FIELD_SHAPE);
}

static bool parse_field(struct check_parser *p, struct check_operand *o)
{
	struct check_token name = p->tok;
	char word[80];

	if (name.type != TOK_WORD)
		return parser_wanted(p, "the name of a field");
	snprintf(word, sizeof(word), "%.*s", name.len < 64 ? (int)name.len : 64, name.text);
	if (o->sel.table == &tables[TABLE_ORDERS] && !strcmp(word, NAMES_SUCCESS)) {
		o->what = WHAT_SUCCESS;
		o->unit = UNIT_PERCENT;
		o->sel.field = TABLE_FIELD(TABLE_ORDERS, snap_order, collapses);
	} else {
		o->sel.field = names_field(o->sel.table, word);
		if (!o->sel.field || o->sel.field->key)
			return names_no_field(&p->rules->src, o->sel.table, &name);
		o->unit = names_unit(o->sel.field);
	}
	parser_next(p);
	return true;
}

static bool is_compared(const struct check_parser *p)
{
	return parser_is(p, "in") || parser_is(p, "within") ||
	       (p->tok.type == TOK_PUNCT && !parser_is(p, "(") && !parser_is(p, "."));
}

bool parse_subject(struct check_parser *p, struct check_operand *o, bool *field_named)
{
	struct check_token name = p->tok;
	const struct table *summary = &tables[TABLE_SUMMARY];
	char word[80];

	*field_named = true;
	o->what = WHAT_FIELD;
	o->sel.at = name.at;
	if (name.type != TOK_WORD)
		return parser_wanted(p, "a field, table or function");
	snprintf(word, sizeof(word), "%.*s", name.len < 64 ? (int)name.len : 64, name.text);
	o->sel.table = names_table(word);
	o->sel.field = names_field(summary, word);
	if (!o->sel.table && !o->sel.field)
		return names_no_subject(&p->rules->src, &name);
	parser_next(p);
	/* `duration` is the trace's length and, with keys or a shape, the table of collapses. */
	if (!o->sel.table || (o->sel.field && is_compared(p))) {
		o->sel.table = summary;
		o->unit = names_unit(o->sel.field);
		return true;
	}
	if (!parse_keys(p, &o->sel))
		return false;
	if (parser_take(p, "."))
		return parse_field(p, o);
	*field_named = false;
	o->sel.field = subject_histogram(o->sel.table);
	if (!o->sel.field)
		return parser_wanted(p, ". and the name of a field");
	o->unit = names_unit(o->sel.field);
	return true;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fields of an event in a line. Four forms, one of which a line has:
 *
 *	name=value, name=value			the kernel's text: ftrace, trace-cmd, perf script
 *	name=value name=value			trace-cmd report -R, perfetto, " [FAILED TO PARSE]"
 *	name=0x1 (1) name=0x2 (2)		ftrace's options/fields, last field first
 *	name: value, name: value)		perf trace, which leaves out fields that are 0
 *
 * The first has names and results as the text of the kernel has them, the others those of the record, and
 * results as numbers. A line gives all of its fields or none. Fields are expected in the order of the
 * table; others cost a search. Reading is nearly all of the time that an import of text takes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/text_head_priv.h"
#include "lib/array.h"

enum form {
	FORM_TEXT,
	FORM_RECORD, /* the second and the third */
	FORM_TRACE,
};

struct fields {
	struct imp_text *t;
	const struct imp_field *rows;
	size_t nr;
	enum form form;
	bool backward; /* the last field comes first */
	bool comma;    /* a comma stands behind the last field */
	__u64 seen;
};

/* The texts of results that this build knows. */
static const char *const texts[] = {
#define X(number, name, text, reach) text,
	MTHP_RESULTS(X)
#undef X
};

/* Is @text the beginning of a result, so that the line was cut off in it? */
static bool is_cut(const struct meta *meta, const char *text, size_t len)
{
	const char *extra;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		if (!strncmp(texts[i], text, len) && texts[i][len])
			return true;
	for (i = 0; i < MTHP_NR_RESULTS - MTHP_RESULT_FIRST_FREE; i++) {
		extra = meta->extra_results[i];
		if (strncmp(extra, "status ", 7) && !strncmp(extra, text, len) && extra[len])
			return true;
	}
	return false;
}

static bool is_known(const char *text)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		if (!strcmp(texts[i], text))
			return true;
	return false;
}

/* Puts the number of a result into @n. False where the text cannot be one. */
static bool new_result(struct imp_text *t, struct imp_text_name *n, const char *text, size_t len)
{
	char copy[META_NAME_LEN], *end;
	unsigned long value;

	memcpy(copy, text, len);
	copy[len] = '\0';
	if (is_digit(copy[0])) {
		/* A number that the kernel had no name for. */
		value = strtoul(copy, &end, 0);
		if (*end)
			return false;
		snprintf(copy, sizeof(copy), "status %lu", value);
		t->numeric = true;
	} else if (!is_known(copy) && is_cut(t->meta, copy, len)) {
		return false;
	}
	memcpy(n->text, text, len);
	n->len = (__u8)len;
	n->result = meta_result_by_text(t->meta, copy);
	return true;
}

/* All results of all kernels are of these characters. One that was found lately stands in t->names. */
static bool take_result(struct imp_text *t, struct cursor *c, struct imp_raw *raw,
			const struct imp_field *f)
{
	const char *begin = c->at;
	struct imp_text_name *n;
	__u32 hash = 0;
	size_t len, i;

	while (c->at < c->end && is_word(*c->at))
		hash = hash * 31 + (unsigned char)*c->at++;
	len = (size_t)(c->at - begin);
	if (!len || len >= META_NAME_LEN)
		return false;
	n = &t->names[hash % IMP_TEXT_NAMES];
	if (n->len == len && !memcmp(n->text, begin, len))
		return !imp_put(raw, f, n->result);
	for (i = 0; i < len; i++)
		if (begin[i] >= 'A' && begin[i] <= 'Z')
			return false;
	return new_result(t, n, begin, len) && !imp_put(raw, f, n->result);
}

/* A number: decimal, negative, with 0x, or as %p prints it. */
static bool take_number(struct cursor *c, bool is_hex, __u64 *value)
{
	const char *begin;

	if (TAKE(c, "0x")) {
		begin = c->at;
		*value = hex(c);
	} else if (is_hex) {
		/* "(null)", "(____ptrval____)": not known. */
		if (TAKE(c, "(")) {
			while (c->at < c->end && *c->at != ',' && *c->at != ' ')
				c->at++;
			*value = 0;
			return true;
		}
		begin = c->at;
		*value = hex(c);
	} else if (TAKE(c, "-")) {
		begin = c->at;
		*value = -number(c);
	} else {
		begin = c->at;
		*value = number(c);
	}
	return c->at > begin && (c->at == c->end || !is_word(*c->at));
}

/* "{0x1,0x2}": 64-bit words as the kernel prints them. */
static __u32 take_words(struct cursor *c, __u64 *words)
{
	__u32 nr = 0;
	__u64 n;

	while (nr < MTHP_MAX_WORDS && take_number(c, false, &n)) {
		words[nr++] = n;
		if (!TAKE(c, ","))
			break;
		skip_spaces(c);
	}
	return TAKE(c, "}") ? nr : 0;
}

/* "ARRAY[ff, 00]": bytes as perf prints them. */
static __u32 take_bytes(struct cursor *c, __u64 *words)
{
	__u32 nr = 0, bytes = 0;
	__u64 n;

	while (bytes < MTHP_MAX_WORDS * 8 && take_number(c, true, &n)) {
		if (!(bytes % 8))
			words[nr++] = 0;
		words[nr - 1] |= (n & 0xff) << bytes % 8 * 8;
		bytes++;
		if (!TAKE(c, ", "))
			break;
	}
	return TAKE(c, "]") && !(bytes % 8) ? nr : 0;
}

static bool take_bits(struct cursor *c, struct imp_raw *raw, __u32 which)
{
	__u64 words[MTHP_MAX_WORDS], n;
	__u32 nr = 0;

	if (TAKE(c, "{")) {
		nr = take_words(c, words);
	} else if (TAKE(c, "ARRAY[")) {
		nr = take_bytes(c, words);
	} else {
		/* "1 2": trace-cmd */
		while (nr < MTHP_MAX_WORDS && take_number(c, false, &n)) {
			words[nr++] = n;
			if (c->end - c->at < 2 || *c->at != ' ' || !is_digit(c->at[1]))
				break;
			c->at++;
		}
	}
	if (!nr || (raw->ev.nr_words && raw->ev.nr_words != nr))
		return false;
	raw->ev.nr_words = (__u16)nr;
	memcpy(&raw->bits[which * nr], words, nr * sizeof(*words));
	return true;
}

static bool take_requester(struct cursor *c, struct imp_raw *raw, const struct imp_field *f)
{
	__u64 n;

	if (TAKE(c, "khugepaged"))
		return !imp_put(raw, f, 1);
	if (TAKE(c, "madvise"))
		return !imp_put(raw, f, 0);
	return take_number(c, false, &n) && !imp_put(raw, f, n != 0);
}

static bool take_value(struct fields *s, struct cursor *c, const struct imp_field *f,
		       struct imp_raw *raw)
{
	bool is_hex = f->flags & IMP_HEX && (s->form == FORM_TEXT || f->to == IMP_MM);
	struct cursor dec = *c;
	__u64 value;

	switch (f->to) {
	case IMP_BITS:
		return take_bits(c, raw, f->which);
	case IMP_BY:
		return take_requester(c, raw, f);
	case IMP_RESULT:
	case IMP_RESULT_VALUE:
		return take_result(s->t, c, raw, f);
	}
	/* A pointer without 0x is hexadecimal in the kernel's text, decimal in perfetto's. */
	if (is_hex && s->form != FORM_TEXT && take_number(&dec, false, &value)) {
		*c = dec;
		return !imp_put(raw, f, value);
	}
	return take_number(c, is_hex, &value) && !imp_put(raw, f, value);
}

/* Past a field that is of no use: to the comma, or the blank where fields have no commas. */
static void skip_value(struct cursor *c, enum form form)
{
	const char *p = c->at;
	int depth = 0;

	for (; p < c->end; p++) {
		if (*p == '[' || *p == '{')
			depth++;
		else if (*p == ']' || *p == '}')
			depth--;
		else if (depth <= 0 && *p == (form == FORM_RECORD ? ' ' : ','))
			break;
	}
	c->at = p;
}

/* Past free text, to the last place at which @key, of @len bytes, stands. */
static bool skip_to_last(struct cursor *c, const char *key, size_t len)
{
	const char *p;

	for (p = c->end - len; p >= c->at; p--) {
		if (*p == *key && !memcmp(p, key, len)) {
			c->at = p;
			return true;
		}
	}
	return false;
}

/* Past the name of a file, which can hold anything, also what looks like fields. */
static bool skip_free(struct fields *s, struct cursor *c, size_t row)
{
	size_t next = s->backward ? row - 1 : row + 1;
	bool record = s->form == FORM_RECORD;
	char key[64];

	/* Numbers follow: the last quote is the end of it. */
	if (s->form == FORM_TRACE)
		return TAKE(c, "\"") && skip_to_last(c, "\"", 1) && TAKE(c, "\"");
	if (next >= s->nr)
		return false;
	snprintf(key, sizeof(key), "%s%s=", record ? " " : ", ",
		 record ? s->rows[next].name : s->rows[next].text);
	return skip_to_last(c, key, strlen(key));
}

static bool is_row(const struct fields *s, const struct cursor *c, const struct imp_field *row)
{
	const char *text = s->form == FORM_TEXT ? row->text : row->name;
	size_t len = s->form == FORM_TEXT ? row->text_len : row->name_len;

	return text && (size_t)(c->end - c->at) > len &&
	       c->at[len] == (s->form == FORM_TRACE ? ':' : '=') && !memcmp(c->at, text, len);
}

/*
 * The field that is next: row @expect, or one that is searched for; its name and the '=' are taken.
 * NULL: not in the table.
 */
static const struct imp_field *take_name(const struct fields *s, struct cursor *c, size_t expect)
{
	const struct imp_field *row;
	size_t i, n;

	for (n = 0; n < s->nr; n++) {
		i = expect + n < s->nr ? expect + n : expect + n - s->nr;
		row = &s->rows[i];
		if (!is_row(s, c, row))
			continue;
		c->at += (s->form == FORM_TEXT ? row->text_len : row->name_len) + 1;
		if (s->form == FORM_TRACE)
			skip_spaces(c);
		return row;
	}
	return NULL;
}

/* Past `name=value` of a field that a newer kernel has. False: there is none. */
static bool skip_field(const struct fields *s, struct cursor *c)
{
	const char *p = c->at;

	while (p < c->end && is_word(*p))
		p++;
	if (p == c->at || p == c->end || *p != (s->form == FORM_TRACE ? ':' : '='))
		return false;
	c->at = p + 1;
	if (s->form == FORM_TRACE)
		skip_spaces(c);
	skip_value(c, s->form);
	return true;
}

static void learn_shape(struct imp_text *t, __u32 kind)
{
	const struct imp_field *rows = imp_fields(kind, &t->shapes[kind].nr);
	size_t i;

	for (i = 0; i < t->shapes[kind].nr; i++) {
		if (rows[i].to != IMP_NOTHING && !(rows[i].flags & (IMP_OPTIONAL | IMP_SINCE)))
			t->shapes[kind].required |= 1ULL << i;
		if (rows[i].flags & IMP_SINCE)
			t->shapes[kind].since |= 1ULL << i;
	}
	t->shapes[kind].rows = rows;
}

/* Which form the fields at @c have, by the first of them. */
static enum form form_of(struct fields *s, struct cursor c, bool trace)
{
	size_t i;

	while (c.at < c.end && is_word(*c.at))
		c.at++;
	if (trace && c.at < c.end && *c.at == ':')
		return FORM_TRACE;
	while (c.at < c.end && *c.at != ' ' && *c.at != ',')
		c.at++;
	if (c.at >= c.end || *c.at == ',')
		return FORM_TEXT;
	skip_spaces(&c);
	if (TAKE(&c, "(")) {
		while (c.at < c.end && *c.at++ != ')')
			;
		skip_spaces(&c);
	}
	s->form = FORM_RECORD;
	for (i = 0; i < s->nr; i++)
		if (is_row(s, &c, &s->rows[i]))
			return FORM_RECORD;
	return FORM_TEXT;
}

/* Behind a value: to the next field. False: the rest of the line is something else. */
static bool next_field(struct fields *s, struct cursor *c)
{
	s->comma = false;
	if (s->form == FORM_RECORD) {
		skip_spaces(c);
		/* "0x1c0 (448)" */
		if (c->at < c->end && *c->at == '(') {
			while (c->at < c->end && *c->at++ != ')')
				;
			skip_spaces(c);
		}
		return c->at < c->end;
	}
	if (c->at < c->end && *c->at != ',' && *c->at != ' ')
		return false;
	s->comma = c->at < c->end && *c->at == ',';
	c->at += s->comma;
	skip_spaces(c);
	return c->at < c->end;
}

static bool take_all(struct fields *s, struct cursor *c, struct imp_raw *raw)
{
	const struct imp_field *f;
	size_t row, expect = 0;

	do {
		f = take_name(s, c, expect);
		if (!f) {
			if (!skip_field(s, c))
				break;
			continue;
		}
		row = (size_t)(f - s->rows);
		if (s->form == FORM_RECORD && !s->seen && row + 1 == s->nr)
			s->backward = true;
		expect = s->backward ? (row ? row - 1 : s->nr - 1) : row + 1;
		s->seen |= 1ULL << row;
		if (f->flags & IMP_FREE) {
			if (!skip_free(s, c, row))
				return false;
		} else if (f->to == IMP_NOTHING) {
			skip_value(c, s->form);
		} else if (!take_value(s, c, f, raw)) {
			return false;
		}
	} while (next_field(s, c));
	return true;
}

/* perf trace leaves out what is 0, and nothing else. */
static bool put_zeroes(struct fields *s, __u64 required, struct imp_raw *raw)
{
	struct cursor zero = { "0", NULL };
	size_t i;

	zero.end = zero.at + 1;
	for (i = 0; i < s->nr; i++) {
		struct cursor c = zero;

		if (required & ~s->seen & 1ULL << i && !take_value(s, &c, &s->rows[i], raw))
			return false;
	}
	s->seen |= required;
	return true;
}

/*
 * The form of nearly all lines: the kernel's text, with the fields of the table in its order, and nothing
 * behind them. False: it is not, and @raw is to be filled anew.
 */
bool imp_take_plain_fields(struct imp_text *t, struct cursor *c, __u32 kind, struct imp_raw *raw)
{
	struct fields s = { .t = t, .form = FORM_TEXT };
	const struct imp_field *f, *end;
	__u64 value;

	if (!t->shapes[kind].rows)
		learn_shape(t, kind);
	skip_spaces(c);
	s.rows = t->shapes[kind].rows;
	s.nr = t->shapes[kind].nr;
	for (f = s.rows, end = f + s.nr; f < end; f++) {
		if (!is_row(&s, c, f)) {
			if (f->flags & IMP_OPTIONAL)
				continue;
			return false;
		}
		c->at += f->text_len + 1;
		if (f->to == IMP_NOTHING) {
			if (!(f->flags & IMP_FREE))
				skip_value(c, FORM_TEXT);
			else if (!skip_free(&s, c, (size_t)(f - s.rows)))
				return false;
		} else if (f->to >= IMP_RESULT && f->to != IMP_RET) {
			if (!take_value(&s, c, f, raw))
				return false;
		} else if (!take_number(c, f->flags & IMP_HEX, &value) || imp_put(raw, f, value)) {
			return false;
		}
		if (c->at == c->end)
			continue;
		if (*c->at != ',' || c->end - c->at < 2 || c->at[1] != ' ')
			return false;
		c->at += 2;
	}
	t->shapes[kind].seen |= t->shapes[kind].since;
	return c->at == c->end && c->at[-1] != ' ';
}

bool imp_take_fields(struct imp_text *t, struct cursor *c, const struct imp_name *n,
		     struct imp_raw *raw)
{
	struct fields s = { .t = t };
	__u64 required;

	if (!t->shapes[n->kind].rows)
		learn_shape(t, n->kind);
	s.rows = t->shapes[n->kind].rows;
	s.nr = t->shapes[n->kind].nr;
	skip_spaces(c);
	if (TAKE(c, "[FAILED TO PARSE]"))
		s.form = FORM_RECORD;
	skip_spaces(c);
	if (s.form == FORM_TEXT)
		s.form = form_of(&s, *c, n->trace);
	if (c->at == c->end || !take_all(&s, c, raw))
		return false;
	if (n->trace && (c->at == c->end || *c->at != ')'))
		return false;
	required = t->shapes[n->kind].required;
	if (s.form == FORM_TRACE && !put_zeroes(&s, required | t->shapes[n->kind].since, raw))
		return false;
	t->shapes[n->kind].seen |= s.seen;
	/* Behind a comma there was a field. */
	required |= t->shapes[n->kind].since & (s.comma ? ~0ULL : t->shapes[n->kind].seen);
	return !(required & ~s.seen);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line is a head (text_head.c) and an event. Fields are `name=value, ` in a known order; names out of
 * order or new ones cost a search. What a tool could not format is ` [FAILED TO PARSE] name=value
 * name=ARRAY[..]`, with the names of the record. Reading is nearly all of what an import of text takes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/text_head_priv.h"

static __u8 new_result(struct imp_text *t, struct imp_text_name *n, const char *text, size_t len)
{
	char copy[META_NAME_LEN];

	memcpy(copy, text, len);
	copy[len] = '\0';
	/* A number that the kernel had no name for. */
	if (is_digit(copy[0]))
		snprintf(copy, sizeof(copy), "status %lu", strtoul(copy, NULL, 0));
	memcpy(n->text, text, len);
	n->len = (__u8)len;
	n->result = meta_result_by_text(t->meta, copy);
	return n->result;
}

/* A word up to the comma, space or end; one that was found lately stands in t->names. */
static int take_result(struct imp_text *t, struct cursor *c, struct imp_raw *raw,
		       const struct imp_field *f)
{
	const char *begin = c->at;
	struct imp_text_name *n;
	__u32 hash = 0;
	size_t len;

	while (c->at < c->end && *c->at != ',' && *c->at != ' ')
		hash = hash * 31 + (unsigned char)*c->at++;
	len = (size_t)(c->at - begin);
	if (!len || len >= META_NAME_LEN)
		return 0;
	n = &t->names[hash % IMP_TEXT_NAMES];
	if (n->len == len && !memcmp(n->text, begin, len))
		return !imp_put(raw, f, n->result);
	return !imp_put(raw, f, new_result(t, n, begin, len));
}

/* A number: decimal, negative, with 0x, or what %p prints. */
static int take_number(struct cursor *c, int is_hex, __u64 *value)
{
	const char *begin;

	if (TAKE(c, "0x")) {
		begin = c->at;
		*value = hex(c);
	} else if (is_hex) {
		/* "(null)", "(____ptrval____)": not told. */
		if (TAKE(c, "(")) {
			while (c->at < c->end && *c->at != ',' && *c->at != ' ')
				c->at++;
			*value = 0;
			return 1;
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
	return c->at > begin;
}

/* 64-bit words: "{0x1,0x2}" (kernel), "1 2" (trace-cmd); or bytes: "ARRAY[ff, 00]" (perf). */
static int take_bits(struct cursor *c, struct imp_raw *raw, __u32 which)
{
	__u64 words[MTHP_MAX_WORDS], n;
	__u32 nr = 0, bytes = 0;

	if (TAKE(c, "{")) {
		while (nr < MTHP_MAX_WORDS && take_number(c, 0, &n)) {
			words[nr++] = n;
			if (!TAKE(c, ","))
				break;
			skip_spaces(c);
		}
		if (!TAKE(c, "}"))
			return 0;
	} else if (TAKE(c, "ARRAY[")) {
		while (bytes < MTHP_MAX_WORDS * 8 && take_number(c, 1, &n)) {
			if (!(bytes % 8))
				words[nr++] = 0;
			words[nr - 1] |= (n & 0xff) << bytes % 8 * 8;
			bytes++;
			if (!TAKE(c, ", "))
				break;
		}
		if (!TAKE(c, "]") || bytes % 8)
			return 0;
	} else {
		while (nr < MTHP_MAX_WORDS && take_number(c, 0, &n)) {
			words[nr++] = n;
			if (c->end - c->at < 2 || *c->at != ' ' || !is_digit(c->at[1]))
				break;
			c->at++;
		}
	}
	if (!nr || (raw->ev.nr_words && raw->ev.nr_words != nr))
		return 0;
	raw->ev.nr_words = (__u16)nr;
	memcpy(&raw->bits[which * nr], words, nr * sizeof(*words));
	return 1;
}

static int take_requester(struct cursor *c, struct imp_raw *raw, const struct imp_field *f)
{
	if (TAKE(c, "khugepaged"))
		return !imp_put(raw, f, 1);
	if (TAKE(c, "madvise"))
		return !imp_put(raw, f, 0);
	if (c->at < c->end && is_digit(*c->at))
		return !imp_put(raw, f, number(c) != 0);
	return 0;
}

static int take_value(struct imp_text *t, struct cursor *c, const struct imp_field *f,
		      struct imp_raw *raw)
{
	__u64 value;

	switch (f->to) {
	case IMP_BITS:
		return take_bits(c, raw, f->which);
	case IMP_BY:
		return take_requester(c, raw, f);
	case IMP_RESULT:
	case IMP_RESULT_VALUE:
		return take_result(t, c, raw, f);
	}
	return take_number(c, f->flags & IMP_HEX, &value) && !imp_put(raw, f, value);
}

/* Past a field that is of no use: to the comma, or the space where fields have no commas. */
static void skip_value(struct cursor *c, int raw_form)
{
	const char *p = c->at;
	int depth = 0;

	for (; p < c->end; p++) {
		if (*p == '[' || *p == '{')
			depth++;
		else if (*p == ']' || *p == '}')
			depth--;
		else if (depth <= 0 && *p == (raw_form ? ' ' : ','))
			break;
	}
	c->at = p;
}

/* Past free text: to the last place where the next field could begin. */
static int skip_free(struct cursor *c, const char *next)
{
	char key[64];
	size_t len = (size_t)snprintf(key, sizeof(key), ", %s=", next);
	const char *p;

	for (p = c->end - len; p >= c->at; p--) {
		if (*p == ',' && !memcmp(p, key, len)) {
			c->at = p;
			return 1;
		}
	}
	return 0;
}

static int is_row(const struct cursor *c, const struct imp_field *row, int raw_form)
{
	const char *text = raw_form ? row->name : row->text;
	size_t len = raw_form ? row->name_len : row->text_len;

	return text && (size_t)(c->end - c->at) > len && c->at[len] == '=' &&
	       !memcmp(c->at, text, len);
}

/*
 * The field that is next: @expect, or one that is searched for; its name and the '=' are taken. NULL:
 * not in the table.
 */
static const struct imp_field *take_name(struct cursor *c, const struct imp_field *rows, size_t nr,
					 size_t expect, int raw_form)
{
	size_t i, n;

	for (n = 0; n < nr; n++) {
		i = expect + n < nr ? expect + n : expect + n - nr;
		if (!is_row(c, &rows[i], raw_form))
			continue;
		c->at += (raw_form ? rows[i].name_len : rows[i].text_len) + 1;
		return &rows[i];
	}
	return NULL;
}

/* Past `name=value` of a field that a newer kernel has. */
static int skip_field(struct cursor *c, int raw_form)
{
	while (c->at < c->end && *c->at != '=' && *c->at != ' ')
		c->at++;
	if (c->at >= c->end || *c->at != '=')
		return 0;
	c->at++;
	skip_value(c, raw_form);
	return 1;
}

static void learn_shape(struct imp_text *t, __u32 kind)
{
	const struct imp_field *rows = imp_fields(kind, &t->shapes[kind].nr);
	size_t i;

	for (i = 0; i < t->shapes[kind].nr; i++)
		if (rows[i].to != IMP_NOTHING && !(rows[i].flags & IMP_OPTIONAL))
			t->shapes[kind].required |= 1ULL << i;
	t->shapes[kind].rows = rows;
}

static int take_fields(struct imp_text *t, struct cursor *c, __u32 kind, struct imp_raw *raw)
{
	const struct imp_field *rows, *f;
	size_t nr, expect = 0;
	__u64 seen = 0;
	int raw_form;

	if (!t->shapes[kind].rows)
		learn_shape(t, kind);
	rows = t->shapes[kind].rows;
	nr = t->shapes[kind].nr;
	skip_spaces(c);
	raw_form = TAKE(c, "[FAILED TO PARSE]");
	skip_spaces(c);
	while (c->at < c->end) {
		f = take_name(c, rows, nr, expect, raw_form);
		if (!f) {
			if (!skip_field(c, raw_form))
				return 0;
		} else {
			expect = (size_t)(f - rows) + 1;
			seen |= 1ULL << (f - rows);
			if (!raw_form && f->flags & IMP_FREE) {
				if (expect >= nr || !skip_free(c, rows[expect].text))
					return 0;
			} else if (f->to == IMP_NOTHING) {
				skip_value(c, raw_form);
			} else if (!take_value(t, c, f, raw)) {
				return 0;
			}
		}
		if (c->at < c->end && *c->at == ',')
			c->at++;
		else if (c->at < c->end && *c->at != ' ')
			return 0;
		skip_spaces(c);
	}
	return !(t->shapes[kind].required & ~seen);
}

/* ---- What is not an event ---- */

/* "CPU:1 [LOST 12 EVENTS]", "CPU:1 [12 EVENTS DROPPED]", the number left out where it is unknown. */
static int take_loss(struct imp_text *t, struct cursor c)
{
	__u64 n;

	if (!TAKE(&c, "CPU:"))
		return 0;
	number(&c);
	skip_spaces(&c);
	if (!TAKE(&c, "["))
		return 0;
	TAKE(&c, "LOST ");
	n = number(&c);
	skip_spaces(&c);
	if (!TAKE(&c, "EVENTS"))
		return 0;
	t->lost += n ? n : 1;
	return 1;
}

/* perf script --show-lost-events: "... PERF_RECORD_LOST lost 12", "PERF_RECORD_LOST_SAMPLES lost 12" */
static int take_perf_loss(struct imp_text *t, struct cursor c)
{
	__u64 n;

	if (!TAKE(&c, "PERF_RECORD_LOST"))
		return 0;
	c.at = find(&c, "lost ");
	if (!c.at)
		return 1;
	c.at += 5;
	n = number(&c);
	t->lost += n;
	return 1;
}

static void copy_word(struct cursor c, char *to, size_t len)
{
	size_t n = (size_t)(c.end - c.at);

	if (n >= len)
		n = len - 1;
	memcpy(to, c.at, n);
	to[n] = '\0';
}

/* Comments: ftrace's head, and perf script --header. */
static void take_comment(struct imp_text *t, struct cursor c)
{
	__u64 kept, written;
	const char *p;

	if (TAKE(&c, "# entries-in-buffer/entries-written: ")) {
		t->lines++;
		kept = number(&c);
		written = TAKE(&c, "/") ? number(&c) : kept;
		if (written > kept)
			t->lost += written - kept;
		p = find(&c, "#P:");
		if (p) {
			c.at = p + 3;
			t->meta->nr_cpus = (__u32)number(&c);
		}
	} else if (TAKE(&c, "# tracer:") || TAKE(&c, "# captured on")) {
		t->lines++;
	} else if (TAKE(&c, "# os release : ")) {
		copy_word(c, t->meta->release, sizeof(t->meta->release));
	} else if (TAKE(&c, "# arch : ")) {
		copy_word(c, t->meta->machine, sizeof(t->meta->machine));
	} else if (TAKE(&c, "# nrcpus online : ")) {
		t->meta->nr_cpus = (__u32)number(&c);
	}
}

/* The event's name, without its system. 0: it is none of ours. */
static __u32 take_kind(struct cursor *c)
{
	const char *begin, *colon;
	__u32 kind;

	skip_spaces(c);
	/* perf script can print a period in front. */
	if (c->at < c->end && is_digit(*c->at)) {
		number(c);
		skip_spaces(c);
	}
	TAKE(c, IMP_SYSTEM ":");
	begin = c->at;
	colon = memchr(begin, ':', (size_t)(c->end - begin));
	if (!colon)
		return 0;
	kind = imp_event_kind(begin, (size_t)(colon - begin));
	c->at = colon + 1;
	return kind;
}

static enum imp_line other(struct imp_text *t, const char *line, size_t len)
{
	struct cursor c = { line, line + len };

	if (len && line[0] == '#')
		take_comment(t, c);
	else if (TAKE(&c, "cpus="))
		t->meta->nr_cpus = (__u32)number(&c);
	else if (!take_loss(t, c) && find(&c, ": mm_") && find(&c, "mm="))
		return IMP_LINE_BAD; /* ours, with a head that nobody can read */
	return IMP_LINE_OTHER;
}

enum imp_line imp_text_line(struct imp_text *t, const char *line, size_t len, struct imp_raw *raw)
{
	struct cursor c = { line, line + len };
	struct mthp_ev *ev = &raw->ev;
	struct imp_head *h = &t->head;
	__u32 kind;

	if (len && line[len - 1] == '\r')
		c.end--;
	if (!len || line[0] == '#' || !imp_head(t, &c))
		return other(t, line, (size_t)(c.end - line));
	t->lines++;
	skip_spaces(&c);
	if (take_perf_loss(t, c))
		return IMP_LINE_OTHER;
	kind = take_kind(&c);
	if (!kind)
		return IMP_LINE_OTHER;
	memset(ev, 0, sizeof(*ev));
	raw->told = h->knows_tgid ? IMP_TOLD_LEADER : 0;
	raw->cpu = h->cpu;
	ev->kind = (__u8)kind;
	ev->ts_ns = h->ts_ns;
	ev->tid = h->tid;
	ev->tgid = h->tgid;
	memcpy(ev->comm, h->comm, h->comm_len < MTHP_COMM_LEN ? h->comm_len : MTHP_COMM_LEN - 1);
	if (!take_fields(t, &c, kind, raw))
		return IMP_LINE_BAD;
	return t->no_clock ? IMP_LINE_BAD : IMP_LINE_EVENT;
}

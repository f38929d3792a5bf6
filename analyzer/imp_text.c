// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line is a head and an event:
 *
 *	 <16 columns>-PID (TGID) [CPU] flags SECS.FRACTION: EVENT: fields	ftrace
 *	 <16 columns>-PID        [CPU]       SECS.FRACTION: EVENT: fields	trace-cmd report
 *	 <16 columns> PID/TID    [CPU]       SECS.FRACTION: SYSTEM:EVENT: fields	perf script
 *
 * The task's name is whatever the process likes it to be, so it is told by its columns and not by what
 * looks like a head in it. Fields are `name=value, ` in a known order; names out of order or new ones
 * cost a search. What a tool could not format is ` [FAILED TO PARSE] name=value name=ARRAY[..]`, with
 * the names of the record. The time of reading is nearly all of what an import of text takes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "imp_text.h"

#define COMM_COLUMNS 16

struct cursor {
	const char *at, *end;
};

static int is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static void skip_spaces(struct cursor *c)
{
	while (c->at < c->end && *c->at == ' ')
		c->at++;
}

/* 0 digits: 0 is returned and nothing taken. */
static __u64 number(struct cursor *c)
{
	__u64 n = 0;

	while (c->at < c->end && is_digit(*c->at))
		n = n * 10 + (__u64)(*c->at++ - '0');
	return n;
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static __u64 hex(struct cursor *c)
{
	__u64 n = 0;
	int d;

	while (c->at < c->end && (d = hex_digit(*c->at)) >= 0) {
		n = n << 4 | (__u64)d;
		c->at++;
	}
	return n;
}

static int starts(const struct cursor *c, const char *text, size_t len)
{
	return (size_t)(c->end - c->at) >= len && !memcmp(c->at, text, len);
}

/* Takes @text if it is next. */
#define TAKE(c, text) (starts(c, text, sizeof(text) - 1) ? ((c)->at += sizeof(text) - 1, 1) : 0)

/* Where @text begins in what is left; NULL. */
static const char *find(const struct cursor *c, const char *text)
{
	return memmem(c->at, (size_t)(c->end - c->at), text, strlen(text));
}

/* ---- The head ---- */

struct head {
	const char *comm;
	size_t comm_len;
	__u32 tid, tgid, cpu;
	int knows_tgid;
	__u64 ts_ns;
};

/* "PID" behind a '-', or "PID" or "PID/TID" behind a space. */
static int take_pid(struct imp_text *t, struct cursor *c, struct head *h)
{
	char before = *c->at++;

	if (before == ' ')
		skip_spaces(c);
	else if (before != '-')
		return 0;
	if (c->at >= c->end || !is_digit(*c->at))
		return 0;
	h->tid = (__u32)number(c);
	if (before == ' ' && c->at + 1 < c->end && *c->at == '/' && is_digit(c->at[1])) {
		c->at++;
		h->tgid = h->tid;
		h->tid = (__u32)number(c);
		h->knows_tgid = 1;
	}
	if (c->at >= c->end || *c->at != ' ')
		return 0;
	t->dialect = before == '-' ? IMP_FTRACE : IMP_PERF;
	return 1;
}

/* "(TGID)" or "(-----)", when ftrace was asked for it; then "[CPU]". */
static int take_cpu(struct cursor *c, struct head *h)
{
	skip_spaces(c);
	if (TAKE(c, "(")) {
		skip_spaces(c);
		h->knows_tgid = c->at < c->end && is_digit(*c->at);
		h->tgid = (__u32)number(c);
		while (c->at < c->end && *c->at == '-')
			c->at++;
		if (!TAKE(c, ")"))
			return 0;
		skip_spaces(c);
	}
	if (!TAKE(c, "[") || c->at >= c->end || !is_digit(*c->at))
		return 0;
	h->cpu = (__u32)number(c);
	return TAKE(c, "]");
}

/* A name of other than 16 columns: from the first place on at which everything else fits. */
static int search_head(struct imp_text *t, struct cursor *c, struct head *h)
{
	struct cursor at;
	const char *p;

	for (p = c->at; p < c->end; p++) {
		if ((*p != '-' && *p != ' ') || p == c->at)
			continue;
		at = (struct cursor){ p, c->end };
		h->knows_tgid = 0;
		if (!take_pid(t, &at, h) || !take_cpu(&at, h))
			continue;
		h->comm = c->at;
		h->comm_len = (size_t)(p - c->at);
		c->at = at.at;
		return 1;
	}
	return 0;
}

static int take_time(struct imp_text *t, struct cursor *c, struct head *h)
{
	static const __u32 scale[] = { 1000000000, 100000000, 10000000, 1000000, 100000,
				       10000,	   1000,      100,	10,	 1 };
	const char *begin;
	__u64 secs, part;
	size_t digits;

	skip_spaces(c);
	/* Flags of ftrace: irqs off, need resched, in interrupt, preempt depth, migrate disable. */
	if (c->at < c->end && !is_digit(*c->at)) {
		while (c->at < c->end && *c->at != ' ')
			c->at++;
		skip_spaces(c);
	}
	begin = c->at;
	secs = number(c);
	if (c->at == begin || c->at >= c->end)
		return 0;
	if (*c->at == ':') {
		t->no_clock = 1;
		h->ts_ns = secs;
		c->at++;
		return 1;
	}
	if (*c->at++ != '.')
		return 0;
	begin = c->at;
	part = number(c);
	digits = (size_t)(c->at - begin);
	if (!digits || digits > 9 || !TAKE(c, ":"))
		return 0;
	h->ts_ns = secs * 1000000000 + part * scale[digits];
	return 1;
}

static int take_head(struct imp_text *t, struct cursor *c, struct head *h)
{
	struct cursor at = { c->at + COMM_COLUMNS, c->end };
	struct cursor whole = *c;

	memset(h, 0, sizeof(*h));
	if (at.at < at.end && take_pid(t, &at, h) && take_cpu(&at, h)) {
		h->comm = c->at;
		h->comm_len = COMM_COLUMNS;
		c->at = at.at;
	} else {
		*h = (struct head){ 0 };
		if (!search_head(t, &whole, h))
			return 0;
		c->at = whole.at;
	}
	while (h->comm_len && *h->comm == ' ') {
		h->comm++;
		h->comm_len--;
	}
	return take_time(t, c, h);
}

/* ---- The fields ---- */

static __u8 result_of(struct imp_text *t, const char *text, size_t len)
{
	struct imp_text_name *n;
	char copy[META_NAME_LEN];
	__u32 hash = (__u32)len;
	size_t i;

	if (!len || len >= sizeof(copy))
		return MTHP_R_UNKNOWN;
	for (i = 0; i < len; i++)
		hash = hash * 31 + (unsigned char)text[i];
	n = &t->names[hash % IMP_TEXT_NAMES];
	if (n->len == len && !memcmp(n->text, text, len))
		return n->result;
	memcpy(copy, text, len);
	copy[len] = '\0';
	/* A number that the kernel had no name for. */
	if (is_digit(copy[0]))
		snprintf(copy, sizeof(copy), "status %lu", strtoul(text, NULL, 0));
	memcpy(n->text, text, len);
	n->len = (__u8)len;
	n->result = meta_result_by_text(t->meta, copy);
	return n->result;
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

/* "{0x1,0x2}" of 64-bit words, or "ARRAY[ff, 00]" of bytes. */
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
		      struct imp_raw *raw, __u64 *bits)
{
	const char *begin = c->at;
	__u64 value;

	switch (f->to) {
	case IMP_BITS:
		*bits |= 1U << f->which;
		return take_bits(c, raw, f->which);
	case IMP_BY:
		return take_requester(c, raw, f);
	case IMP_RESULT:
	case IMP_RESULT_VALUE:
		while (c->at < c->end && *c->at != ',' && *c->at != ' ')
			c->at++;
		return c->at > begin &&
		       !imp_put(raw, f, result_of(t, begin, (size_t)(c->at - begin)));
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

/* The field that is next: @expect, or one that is searched for. NULL: not in the table. */
static const struct imp_field *which_field(const struct imp_field *rows, size_t nr, size_t expect,
					   const char *name, size_t len, int raw_form)
{
	const char *text;
	size_t i, n;

	for (n = 0; n < nr; n++) {
		i = expect + n < nr ? expect + n : expect + n - nr;
		text = raw_form ? rows[i].name : rows[i].text;
		if (!text || strncmp(text, name, len) || text[len])
			continue;
		return &rows[i];
	}
	return NULL;
}

static int take_fields(struct imp_text *t, struct cursor *c, __u32 kind, struct imp_raw *raw)
{
	const struct imp_field *rows, *f;
	__u64 seen = 0, bits = 0;
	int raw_form;
	size_t nr, i, expect = 0;
	const char *name;

	rows = imp_fields(kind, &nr);
	skip_spaces(c);
	raw_form = TAKE(c, "[FAILED TO PARSE]");
	skip_spaces(c);
	while (c->at < c->end) {
		name = c->at;
		while (c->at < c->end && *c->at != '=' && *c->at != ' ')
			c->at++;
		if (c->at >= c->end || *c->at != '=')
			return 0;
		f = which_field(rows, nr, expect, name, (size_t)(c->at - name), raw_form);
		c->at++;
		if (!f) {
			skip_value(c, raw_form);
		} else {
			expect = (size_t)(f - rows) + 1;
			seen |= 1ULL << (f - rows);
			if (!raw_form && f->flags & IMP_FREE) {
				if (expect >= nr || !skip_free(c, rows[expect].text))
					return 0;
			} else if (f->to == IMP_NOTHING) {
				skip_value(c, raw_form);
			} else if (!take_value(t, c, f, raw, &bits)) {
				return 0;
			}
		}
		if (c->at < c->end && *c->at == ',')
			c->at++;
		else if (c->at < c->end && *c->at != ' ')
			return 0;
		skip_spaces(c);
	}
	for (i = 0; i < nr; i++)
		if (!(seen >> i & 1) && rows[i].to != IMP_NOTHING &&
		    !(rows[i].flags & IMP_OPTIONAL))
			return 0;
	return 1;
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
	struct head h;
	__u32 kind;

	if (len && line[len - 1] == '\r')
		c.end--;
	if (!len || line[0] == '#' || !take_head(t, &c, &h))
		return other(t, line, (size_t)(c.end - line));
	t->lines++;
	skip_spaces(&c);
	if (take_perf_loss(t, c))
		return IMP_LINE_OTHER;
	kind = take_kind(&c);
	if (!kind)
		return IMP_LINE_OTHER;
	memset(ev, 0, sizeof(*ev));
	raw->told = h.knows_tgid ? IMP_TOLD_LEADER : 0;
	raw->cpu = h.cpu;
	ev->kind = (__u8)kind;
	ev->ts_ns = h.ts_ns;
	ev->tid = h.tid;
	ev->tgid = h.tgid;
	memcpy(ev->comm, h.comm, h.comm_len < MTHP_COMM_LEN ? h.comm_len : MTHP_COMM_LEN - 1);
	if (!take_fields(t, &c, kind, raw))
		return IMP_LINE_BAD;
	return t->no_clock ? IMP_LINE_BAD : IMP_LINE_EVENT;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a line begins with: the task, the CPU and the time.
 *
 *	 <16 columns>-PID (TGID) [CPU] flags SECS.FRACTION: EVENT: fields	ftrace
 *	 <16 columns>-PID        [CPU]       SECS.FRACTION: EVENT: fields	trace-cmd report
 *	 <16 columns> PID/TID    [CPU]       SECS.FRACTION: SYSTEM:EVENT: fields	perf script
 *
 * The task's name is whatever the process likes it to be, so it is told by its columns and not by what
 * looks like a head in it.
 */
#include <string.h>

#include "import/text_head_priv.h"

#define COMM_COLUMNS 16

/* "PID" behind a '-', or "PID" or "PID/TID" behind a space. */
static int take_pid(struct imp_text *t, struct cursor *c, struct imp_head *h)
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
static int take_cpu(struct cursor *c, struct imp_head *h)
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
static int search_head(struct imp_text *t, struct cursor *c, struct imp_head *h)
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

static int take_time(struct imp_text *t, struct cursor *c, struct imp_head *h)
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

/* The head up to the ']'. */
static int take_task(struct imp_text *t, struct cursor *c, struct imp_head *h)
{
	struct cursor at = { c->at + COMM_COLUMNS, c->end };
	struct cursor whole = *c;

	memset(h, 0, sizeof(*h));
	if (c->end - c->at > COMM_COLUMNS && take_pid(t, &at, h) && take_cpu(&at, h)) {
		h->comm = c->at;
		h->comm_len = COMM_COLUMNS;
		c->at = at.at;
	} else {
		memset(h, 0, sizeof(*h));
		if (!search_head(t, &whole, h))
			return 0;
		c->at = whole.at;
	}
	while (h->comm_len && *h->comm == ' ') {
		h->comm++;
		h->comm_len--;
	}
	return 1;
}

int imp_head(struct imp_text *t, struct cursor *c)
{
	struct imp_head *h = &t->head;
	const char *begin = c->at;

	if (t->begin_len && starts(c, t->begin, t->begin_len)) {
		h->comm = begin + h->comm_at;
		c->at += t->begin_len;
		return take_time(t, c, h);
	}
	t->begin_len = 0;
	if (!take_task(t, c, h))
		return 0;
	h->comm_at = (size_t)(h->comm - begin);
	if ((size_t)(c->at - begin) <= sizeof(t->begin)) {
		t->begin_len = (size_t)(c->at - begin);
		memcpy(t->begin, begin, t->begin_len);
	}
	return take_time(t, c, h);
}

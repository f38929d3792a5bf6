// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text in front of an event: the task, the CPU and the time.
 *
 *	<16 columns>-PID (TGID) [CPU] flags SECS.FRACTION: EVENT: fields	ftrace
 *	<16 columns>-PID        [CPU]       SECS.FRACTION: EVENT: fields	trace-cmd report
 *	<16 columns> PID/TID    [CPU]       SECS.FRACTION: SYSTEM:EVENT: fields	perf script
 *	<8 columns>-PID CPUflags USECSus : EVENT: fields			ftrace's latency format
 *	<8 columns> PID CPU SECS.FRACTION: SYSTEM:EVENT: fields			perf script -L
 *	SECS.FRACTION |  CPU)  COMM-PID |  DURATION  |   EVENT: fields		function graph
 *	MSECS.FRACTION ( DURATION ): COMM/TID SYSTEM:EVENT(fields)		perf trace
 *	[ SECS.FRACTION][ TPID] EVENT: fields					tp_printk
 *
 * A line is read backward from the event's name: everything between the task's name and the event has
 * a known form. The name itself can be anything, and anything can stand in front of it, because logs,
 * mails and grep put their own words there (text_task.c).
 */
#include <string.h>

#include "import/text_head_priv.h"

#define COLUMNS	      16 /* of a task's name: ftrace, trace-cmd, perf */
#define SHORT_COLUMNS 8	 /* in the latency formats */
#define GRAPH_COLUMNS 7	 /* function graph */
#define FLAGS_MAX     12

static const __u32 nanoseconds[] = { 1000000000, 100000000, 10000000, 1000000, 100000,
				     10000,	 1000,	    100,      10,      1 };

/* Flags: irqs off, need resched, in interrupt, preempt depth, migrate disable; perf's misc. */
static bool is_flag(char c)
{
	return is_word(c) || c == '.' || c == '#' || c == '*' || c == '-';
}

bool imp_take_time(struct cursor *c, struct imp_head *h)
{
	struct cursor at = *c;
	const char *begin;
	__u64 secs, part;
	size_t digits;

	skip_spaces(&at);
	if (at.at < at.end && !is_digit(*at.at)) {
		while (at.at < at.end && is_flag(*at.at))
			at.at++;
		skip_spaces(&at);
	}
	begin = at.at;
	secs = number(&at);
	if (at.at == begin || !TAKE(&at, "."))
		return false;
	begin = at.at;
	part = number(&at);
	digits = (size_t)(at.at - begin);
	if (!digits || digits > 9 || !TAKE(&at, ":"))
		return false;
	h->ts_ns = secs * 1000000000 + part * nanoseconds[digits];
	*c = at;
	return true;
}

/* SECS.FRACTION or a count, in front of a ':'; of a latency format "4us : " or "4us+: ". */
static bool back_time(struct back *b, struct imp_head *h)
{
	struct back mark = { b->begin, b->at - 1 };
	__u64 part, secs;
	size_t digits;

	if (!is_digit(before(b)) && b->at > b->begin && strchr(" $@*#!+", b->at[-1]) &&
	    back_char(&mark, 's') && back_char(&mark, 'u')) {
		if (!back_number(&mark, &part))
			return false;
		h->ts_ns = part * 1000;
		*b = mark;
		return true;
	}
	digits = back_number(b, &part);
	if (!digits)
		return false;
	if (!back_char(b, '.')) {
		h->ts_ns = part;
		h->counts = true;
		return true;
	}
	if (digits > 9 || !back_number(b, &secs))
		return false;
	h->ts_ns = secs * 1000000000 + part * nanoseconds[digits];
	return true;
}

/* "-PID" of ftrace, " PID" or " PID/TID" of perf, and the name in front of it. */
static bool back_task(struct imp_text *t, struct back *b, struct imp_head *h, size_t columns)
{
	struct back name;
	__u64 n, tgid;

	back_spaces(b);
	if (!back_number(b, &n))
		return false;
	h->tid = (__u32)n;
	if (back_char(b, '/')) {
		if (!back_number(b, &tgid))
			return false;
		h->tgid = (__u32)tgid;
		h->reported |= IMP_REPORTED_LEADER;
	}
	name = *b;
	if (back_char(&name, '-')) {
		t->dialect = IMP_FTRACE;
	} else if (b->at == b->begin || is_blank(before(b))) {
		back_spaces(&name);
		t->dialect = IMP_PERF;
	} else {
		return false;
	}
	h->has_task = true;
	imp_task_name(name.begin, name.at, columns, columns < COLUMNS, h);
	return true;
}

/* "[CPU]", and in front of it "(TGID)" or "(-----)" where ftrace was asked for it. */
static bool back_cpu(struct imp_text *t, struct back *b, struct imp_head *h)
{
	struct back group;
	__u64 n;

	if (!back_char(b, ']') || !back_number(b, &n) || !back_char(b, '['))
		return false;
	h->cpu = (__u32)n;
	back_spaces(b);
	if (b->at == b->begin)
		return true;
	group = *b;
	if (back_char(&group, ')')) {
		while (before(&group) == '-')
			group.at--;
		if (back_number(&group, &n)) {
			h->tgid = (__u32)n;
			h->reported |= IMP_REPORTED_LEADER;
		}
		back_spaces(&group);
		if (!back_char(&group, '('))
			return false;
		*b = group;
	}
	return back_task(t, b, h, COLUMNS);
}

/*
 * A word of flags, which stands behind "[CPU]", or is "2...1." with the CPU in front in the latency
 * format.
 */
static bool back_flags(struct imp_text *t, struct back *b, struct imp_head *h)
{
	const char *end = b->at;
	struct cursor cpu;

	while (is_flag(before(b)))
		b->at--;
	if (end - b->at > FLAGS_MAX || !is_blank(before(b)))
		return false;
	cpu = (struct cursor){ b->at, end };
	back_spaces(b);
	if (before(b) == ']')
		return back_cpu(t, b, h);
	if (!is_digit(*cpu.at))
		return false;
	h->cpu = (__u32)number(&cpu);
	return cpu.at < cpu.end && back_task(t, b, h, SHORT_COLUMNS);
}

/*
 * A number in front of the time: the task's where perf script shows no CPU; or a CPU of perf script -L,
 * in three columns behind the task's.
 */
static bool back_no_cpu(struct imp_text *t, struct back *b, struct imp_head *h)
{
	struct back task = *b;
	const char *end = b->at;
	__u64 n;

	back_number(&task, &n);
	if (is_blank(before(&task))) {
		back_spaces(&task);
		if (end - task.at == 4 && is_digit(before(&task))) {
			struct back whole = task;

			h->cpu = (__u32)n;
			if (back_task(t, &whole, h, SHORT_COLUMNS) && t->dialect == IMP_PERF)
				return true;
			memset(h->comm, 0, sizeof(h->comm));
			h->reported = 0;
			h->cpu = 0;
		}
	}
	return back_task(t, b, h, COLUMNS);
}

/* What stands in front of the time. */
static bool back_place(struct imp_text *t, struct back *b, struct imp_head *h, const char **cpu_end)
{
	struct back word;
	char c = before(b);

	if (c && !is_blank(c))
		return false;
	back_spaces(b);
	c = before(b);
	if (!c)
		return true;
	*cpu_end = c == ']' ? b->at : NULL;
	if (c == ']')
		return back_cpu(t, b, h);
	word = *b;
	while (is_digit(before(&word)) || before(&word) == '/')
		word.at--;
	if (word.at < b->at && (!before(&word) || is_blank(before(&word)) || before(&word) == '-'))
		return back_no_cpu(t, b, h);
	word = *b;
	while (is_flag(before(&word)))
		word.at--;
	back_spaces(&word);
	if (before(&word) == ']')
		*cpu_end = word.at;
	return back_flags(t, b, h);
}

/* "[ SECS.FRACTION]" of the kernel's log, and "[ TPID]" or "[ CCPU]" behind it. */
static bool back_printk(struct imp_text *t, struct back *b, struct imp_head *h)
{
	struct back caller;
	__u64 n;

	back_spaces(b);
	caller = *b;
	if (back_char(&caller, ']') && back_number(&caller, &n) &&
	    (before(&caller) == 'T' || before(&caller) == 'C')) {
		if (before(&caller) == 'T') {
			h->tid = (__u32)n;
		} else {
			h->cpu = (__u32)n;
		}
		caller.at--;
		back_spaces(&caller);
		if (!back_char(&caller, '['))
			return false;
		back_spaces(&caller);
		*b = caller;
	}
	if (!back_char(b, ']') || !back_time(b, h) || h->counts)
		return false;
	back_spaces(b);
	t->dialect = IMP_PRINTK;
	return back_char(b, '[');
}

/* "HOST kernel:" of the journal, behind the kernel's time. */
static bool back_journal(struct imp_text *t, struct back *b, struct imp_head *h)
{
	static const char word[] = "kernel";

	if (b->at - b->begin < (long)sizeof(word) ||
	    memcmp(b->at - (sizeof(word) - 1), word, sizeof(word) - 1))
		return false;
	b->at -= sizeof(word) - 1;
	back_spaces(b);
	while (before(b) && !is_blank(before(b)))
		b->at--;
	return back_printk(t, b, h);
}

/* MSECS.FRACTION and "( DURATION ):", from the beginning of the line on; then COMM/TID up to @end. */
static __u32 trace_head(struct imp_text *t, const char *line, const char *end, struct imp_head *h)
{
	struct cursor c = { line, end };
	struct back tid = { line, end };
	__u64 msecs, part = 0, n;
	const char *p;

	do {
		while (c.at < end && (!is_digit(*c.at) || (c.at > line && !is_blank(c.at[-1]))))
			c.at++;
		if (c.at == end)
			return IMP_WHY_HEAD;
		msecs = number(&c);
		p = TAKE(&c, ".") ? c.at : end;
		part = number(&c);
	} while (c.at - p != 3 || (c.at < end && !is_blank(*c.at)));
	/* Since the beginning of the trace: a time of 0 would be none. */
	h->ts_ns = 1000000000 + msecs * 1000000 + part * 1000;
	t->dialect = IMP_PERF_TRACE;
	skip_spaces(&c);
	if (TAKE(&c, "(")) {
		while (c.at < end && *c.at++ != ')')
			;
		TAKE(&c, ":");
		skip_spaces(&c);
	}
	back_spaces(&tid);
	if (tid.at <= c.at)
		return 0;
	if (!back_number(&tid, &n) || before(&tid) != '/' || tid.at - 1 < c.at)
		return IMP_WHY_HEAD;
	h->tid = (__u32)n;
	h->has_task = true;
	n = (__u64)(tid.at - 1 - c.at);
	if (n < MTHP_COMM_LEN)
		memcpy(h->comm, c.at, n);
	return 0;
}

/* A line of function graph, up to its comment. */
static __u32 graph_head(struct imp_text *t, const char *line, const char *end, struct imp_head *h)
{
	struct cursor c = { line, end };
	struct back b;
	const char *bar, *cpu;
	__u64 n;

	do {
		bar = memchr(c.at, '|', (size_t)(end - c.at));
		if (!bar)
			return IMP_WHY_NO_TIME;
		c.at = bar + 1;
		h->counts = false;
		b = (struct back){ line, bar };
		back_spaces(&b);
	} while (!is_digit(before(&b)) || !back_time(&b, h) || h->counts);
	cpu = memchr(c.at, ')', (size_t)(end - c.at));
	b = (struct back){ c.at, cpu ? cpu : c.at };
	if (cpu && back_number(&b, &n)) {
		h->cpu = (__u32)n;
		c.at = cpu + 1;
	}
	bar = memchr(c.at, '|', (size_t)(end - c.at));
	b = (struct back){ c.at, bar ? bar : c.at };
	back_spaces(&b);
	if (back_number(&b, &n) && back_char(&b, '-')) {
		h->tid = (__u32)n;
		h->has_task = true;
		imp_task_name(b.begin, b.at, GRAPH_COLUMNS, true, h);
	}
	t->dialect = IMP_FTRACE;
	return 0;
}

/* "(+37)" of trace-cmd report --ts-diff, or a period of perf script, in front of the name. */
static void back_extra(struct back *b)
{
	struct back at = *b;
	__u64 n;

	if (back_char(&at, ')')) {
		if (!back_number(&at, &n) || !(back_char(&at, '+') || back_char(&at, '-')) ||
		    !back_char(&at, '('))
			return;
	} else if (!back_number(&at, &n) || !is_blank(before(&at))) {
		return;
	}
	back_spaces(&at);
	if (before(&at) == ':')
		*b = at;
}

__u32 imp_head_before(struct imp_text *t, const char *line, const char *name, struct imp_head *h,
		      const char **cpu_end)
{
	struct back b = { line, name }, at;

	memset(h, 0, sizeof(*h));
	*cpu_end = NULL;
	if (is_word(before(&b)))
		return IMP_WHY_HEAD;
	back_spaces(&b);
	back_extra(&b);
	at = b;
	switch (before(&b)) {
	case '\0':
		return IMP_WHY_NO_TIME;
	case ']':
		return back_printk(t, &b, h) ? 0 : IMP_WHY_HEAD;
	case '*':
		b.at--;
		return back_char(&b, '/') ? graph_head(t, line, b.at, h) : IMP_WHY_HEAD;
	case ':':
		b.at--;
		if (back_time(&b, h) && back_place(t, &b, h, cpu_end))
			return 0;
		b = (struct back){ at.begin, at.at - 1 };
		memset(h, 0, sizeof(*h));
		if (before(&b) == ')')
			return trace_head(t, line, at.at, h);
		return back_journal(t, &b, h) ? 0 : IMP_WHY_HEAD;
	}
	return is_digit(before(&b)) ? trace_head(t, line, b.at, h) : IMP_WHY_HEAD;
}

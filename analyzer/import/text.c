// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line is a head (text_head.c), the name of an event, and its fields (text_fields.c). The name is
 * found first: the first one that has a head in front and fields behind it is the event. No name of a
 * task is long enough to hold all of that, and the name of a file stands behind it.
 *
 * Lines of one task on one CPU begin alike. Those are read forward, which takes a third of the time.
 *
 * Every line with the name of an event of khugepaged that gives no event is counted, by name and
 * reason. Events of others are not: their fields can hold such a name as a text.
 */
#include <stdio.h>
#include <string.h>

#include "import/complete.h"
#include "import/text_head_priv.h"
#include "lib/array.h"

#define NBSP "\xc2\xa0" /* a blank that breaks no line */

static const char *const ours[] = { "mm_khugepaged_", "mm_collapse_", "mm_mthp_" };

static bool is_ours(const char *name, size_t len)
{
	size_t i;

	if (*name != 'm')
		return false;
	for (i = 0; i < ARRAY_SIZE(ours); i++)
		if (len > strlen(ours[i]) && !memcmp(name, ours[i], strlen(ours[i])))
			return true;
	return false;
}

/* Does a name of an event of khugepaged begin so? */
static bool is_cut(const char *name, size_t len)
{
	size_t i;

	if (is_ours(name, len))
		return true;
	for (i = 0; i < ARRAY_SIZE(ours); i++)
		if (len >= 3 && len <= strlen(ours[i]) && !memcmp(name, ours[i], len))
			return true;
	return false;
}

static size_t word(struct cursor *c)
{
	const char *begin = c->at;

	if (c->at < c->end && is_digit(*c->at))
		return 0;
	while (c->at < c->end && is_word(*c->at))
		c->at++;
	return (size_t)(c->at - begin);
}

bool imp_take_name(struct cursor *c, struct imp_name *n)
{
	struct cursor at = *c, system;
	const char *colon = memchr(at.at, ':', (size_t)(at.end - at.at));

	*n = (struct imp_name){ .text = at.at };
	n->kind = colon ? imp_event_kind(at.at, (size_t)(colon - at.at)) : 0;
	if (n->kind) {
		n->len = (size_t)(colon - at.at);
		c->at = colon + 1;
		return true;
	}
	n->len = word(&at);
	n->cut = n->len && at.at == at.end && is_cut(n->text, n->len);
	if (n->cut) {
		*c = at;
		return true;
	}
	if (!n->len || at.at == at.end || (*at.at != ':' && *at.at != '('))
		return false;
	system = (struct cursor){ n->text, n->text + n->len };
	n->kind = imp_event_kind(n->text, n->len);
	n->strange = !n->kind && is_ours(n->text, n->len);
	if (*at.at == ':' && !n->kind && !n->strange) {
		struct cursor second = { at.at + 1, at.end };
		size_t len = word(&second);

		if (len && second.at < second.end && (*second.at == ':' || *second.at == '(')) {
			n->text = at.at + 1;
			n->len = len;
			at = second;
			if (TAKE(&system, IMP_SYSTEM) && system.at == system.end)
				n->kind = imp_event_kind(n->text, n->len);
			else if (!TAKE(&system, IMP_NEW_SYSTEM))
				system.at = NULL;
			n->strange = !n->kind && system.at == system.end;
		}
	}
	n->trace = *at.at == '(';
	c->at = at.at + 1;
	return true;
}

/* Where the name of an event with its system can begin, if "mm_" or a system is at @p. */
static const char *name_begin(const char *begin, const char *p)
{
	static const char *const systems[] = { IMP_SYSTEM ":", IMP_NEW_SYSTEM ":" };
	size_t i;

	if (p == begin || p[-1] != ':')
		return p;
	for (i = 0; i < ARRAY_SIZE(systems); i++) {
		size_t len = strlen(systems[i]);

		if ((size_t)(p - begin) >= len && !memcmp(p - len, systems[i], len))
			p -= len;
	}
	return p;
}

const char *imp_find_name(const struct cursor *c, struct imp_name *n, struct cursor *behind)
{
	static const char *const marks[] = { "mm_", IMP_SYSTEM ":", IMP_NEW_SYSTEM ":" };
	struct cursor at = *c;
	const char *p, *begin;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(marks); i++) {
		for (at.at = c->at; (p = find(&at, marks[i])); at.at = p + 1) {
			begin = name_begin(c->at, p);
			/* A text of some other event, or a path: prev_comm=mm_mthp_scan */
			if (begin > c->at &&
			    (is_word(begin[-1]) || begin[-1] == '=' || begin[-1] == '/'))
				continue;
			*behind = (struct cursor){ begin, c->end };
			if (imp_take_name(behind, n) && (n->kind || n->strange || n->cut))
				return begin;
		}
	}
	return NULL;
}

/* ---- What becomes of an event ---- */

static void count_bad(struct imp_text *t, const struct imp_name *n, __u32 why)
{
	if (n->strange) {
		imp_bad_strange(&t->bad, n->text, n->len, 1);
		return;
	}
	t->bad.lines++;
	t->bad.kinds[n->kind]++;
	t->bad.why |= why;
}

static void begin_event(const struct imp_head *h, __u32 kind, struct imp_raw *raw)
{
	struct mthp_ev *ev = &raw->ev;

	memset(ev, 0, sizeof(*ev));
	raw->reported = h->reported;
	raw->requester = h->requester;
	raw->cpu = h->cpu;
	ev->kind = (__u8)kind;
	ev->ts_ns = h->ts_ns;
	ev->tid = h->tid;
	ev->tgid = h->tgid;
	memcpy(ev->comm, h->comm, sizeof(ev->comm));
}

/* The event @n with the head t->head and its fields at @c. 0, or enum imp_why. */
static __u32 take_event(struct imp_text *t, struct cursor c, const struct imp_name *n,
			struct imp_raw *raw)
{
	const struct imp_head *h = &t->head;
	struct cursor plain = c, behind;
	struct imp_name other;

	begin_event(h, n->kind, raw);
	if (imp_take_plain_fields(t, &plain, n->kind, raw)) {
		c.at = c.end;
	} else {
		begin_event(h, n->kind, raw);
		if (!imp_take_fields(t, &c, n, raw))
			return IMP_WHY_FIELDS;
	}
	if (h->counts)
		return IMP_WHY_CLOCK;
	t->doubts += h->reported & IMP_DOUBT ||
		     (h->has_task && !h->comm[0] && !(h->reported & IMP_NO_NAME));
	t->taskless += !h->has_task;
	while (c.at < c.end && imp_find_name(&c, &other, &behind) && !other.cut) {
		count_bad(t, &other, IMP_WHY_MERGED);
		c.at = behind.at;
	}
	return 0;
}

/* ---- Lines ---- */

static void count_line(struct imp_text *t)
{
	t->lines++;
	t->heads++;
}

/* Keeps the text up to the CPU for the lines that begin alike. */
static void remember(struct imp_text *t, const char *line, const char *cpu_end)
{
	size_t len = cpu_end ? (size_t)(cpu_end - line) : 0;
	struct imp_begin *b = &t->begins[t->next_begin];

	if (!len || len > sizeof(b->text) || t->decorated)
		return;
	b->head = t->head;
	b->len = len;
	memcpy(b->text, line, len);
	t->last_begin = t->next_begin;
	t->next_begin = (t->next_begin + 1) % IMP_TEXT_BEGINS;
}

/* Takes the beginning of a line that others had before, and its head. */
static bool take_begin(struct imp_text *t, struct cursor *c)
{
	const struct imp_begin *b;
	__u32 i, n;

	for (n = 0; n < IMP_TEXT_BEGINS; n++) {
		i = (t->last_begin + n) % IMP_TEXT_BEGINS;
		b = &t->begins[i];
		if (!b->len || !starts(c, b->text, b->len))
			continue;
		t->last_begin = i;
		t->head = b->head;
		c->at += b->len;
		return true;
	}
	return false;
}

/* An event of others whose head ends in front of @limit. @named: is its name a plain one? */
static bool take_others(struct imp_text *t, struct cursor c, const char *limit, bool *named)
{
	const char *line = c.at, *cpu_end;
	struct imp_name n;
	struct cursor at;

	*named = false;
	while ((c.at = memchr(c.at, ':', (size_t)(limit - c.at)))) {
		at = (struct cursor){ ++c.at, c.end };
		if (c.at == limit || !is_blank(*c.at))
			continue;
		skip_spaces(&at);
		if (imp_head_before(t, line, at.at, &t->head, &cpu_end) || !t->head.has_task)
			continue;
		t->head.requester = 1 + imp_task_requester(t->head.comm, t->head.reported);
		remember(t, line, cpu_end);
		count_line(t);
		*named = at.at < limit && imp_take_name(&at, &n) && !n.kind && !n.strange;
		return true;
	}
	return false;
}

/* Is the name a part of the task's? */
static bool is_task(const struct imp_head *h, const struct imp_name *n)
{
	return n->len < sizeof(h->comm) && memmem(h->comm, sizeof(h->comm), n->text, n->len);
}

/* A line that does not begin as the one before. */
static enum imp_line read_line(struct imp_text *t, struct cursor c, struct imp_raw *raw)
{
	const char *line = c.at, *name, *first = NULL, *cpu_end;
	struct imp_name n, bad = { 0 };
	struct cursor at = c, behind;
	__u32 why = 0, all = 0;
	bool named;

	while ((name = imp_find_name(&at, &n, &behind))) {
		why = imp_head_before(t, line, name, &t->head, &cpu_end);
		t->head.requester = 1 + imp_task_requester(t->head.comm, t->head.reported);
		if (!why && (n.strange || n.cut)) {
			count_bad(t, &n, IMP_WHY_FIELDS);
			count_line(t);
			return IMP_LINE_BAD;
		}
		at.at = behind.at;
		/* Prose, too, can end in a name. */
		if (n.cut)
			continue;
		if (!why)
			why = take_event(t, behind, &n, raw);
		if (!why) {
			remember(t, line, cpu_end);
			count_line(t);
			return IMP_LINE_EVENT;
		}
		if (!first) {
			first = name;
			bad = n;
		}
		all |= why;
	}
	if (!first) {
		if (!take_others(t, c, c.end, &named) || !named)
			imp_text_other(t, c);
		return IMP_LINE_OTHER;
	}
	if (*line == '#' || (take_others(t, c, first, &named) && named) ||
	    (take_others(t, c, c.end, &named) && named && is_task(&t->head, &bad)))
		return IMP_LINE_OTHER;
	count_bad(t, &bad, all);
	return IMP_LINE_BAD;
}

/* A line that begins as the one before. False: nothing is taken. */
static bool read_alike(struct imp_text *t, struct cursor c, struct imp_raw *raw,
		       enum imp_line *what)
{
	struct imp_name n;

	if (!take_begin(t, &c) || !imp_take_time(&c, &t->head))
		return false;
	skip_spaces(&c);
	/* perf script can print a period in front. */
	if (c.at < c.end && is_digit(*c.at)) {
		number(&c);
		skip_spaces(&c);
	}
	if (!imp_take_name(&c, &n) || n.strange || n.cut)
		return false;
	if (n.kind && take_event(t, c, &n, raw))
		return false;
	count_line(t);
	*what = n.kind ? IMP_LINE_EVENT : IMP_LINE_OTHER;
	return true;
}

/*
 * Without the colours that grep and others put in, and with blanks for those of HTML. False: it has other
 * sequences, or is too long.
 */
static bool plain_line(struct imp_text *t, struct cursor *c)
{
	const char *p = c->at;
	size_t n = 0;

	if ((size_t)(c->end - p) > sizeof(t->plain))
		return false;
	while (p < c->end) {
		if (*p == NBSP[0] && p + 1 < c->end && p[1] == NBSP[1]) {
			t->plain[n++] = ' ';
			p += 2;
			continue;
		}
		if (*p != '\033') {
			t->plain[n++] = *p++;
			continue;
		}
		if (++p == c->end || *p != '[')
			return false;
		while (++p < c->end && (is_digit(*p) || *p == ';'))
			;
		if (p == c->end || (*p != 'm' && *p != 'K'))
			return false;
		p++;
	}
	*c = (struct cursor){ t->plain, t->plain + n };
	return true;
}

/* A decorated line is read as it is, and without that where something is left open. */
static enum imp_line read_decorated(struct imp_text *t, struct cursor c, struct imp_raw *raw)
{
	struct imp_bad bad = t->bad;
	__u64 doubts = t->doubts, taskless = t->taskless, lost = t->lost;
	enum imp_line what = read_line(t, c, raw);

	if (what == IMP_LINE_EVENT && !(raw->reported & (IMP_NO_NAME | IMP_DOUBT)))
		return what;
	if (!plain_line(t, &c))
		return what;
	t->bad = bad;
	t->doubts = doubts;
	t->taskless = taskless;
	t->lost = lost;
	return read_line(t, c, raw);
}

enum imp_line imp_text_line(struct imp_text *t, const char *line, size_t len, struct imp_raw *raw)
{
	struct cursor c = { line, line + len };
	enum imp_line what;

	while (c.end > c.at && (c.end[-1] == '\r' || !c.end[-1]))
		c.end--;
	TAKE(&c, "\xef\xbb\xbf");
	if (!t->nr_held && read_alike(t, c, raw, &what))
		return what;
	if ((c.at == c.end && !t->nr_held) || !imp_unquote(t, &c) || c.at == c.end)
		return IMP_LINE_OTHER;
	t->decorated = memchr(c.at, '\033', (size_t)(c.end - c.at)) ||
		       memchr(c.at, NBSP[0], (size_t)(c.end - c.at));
	return t->decorated ? read_decorated(t, c, raw) : read_line(t, c, raw);
}

__u64 imp_text_unread(const struct imp_text *t)
{
	return t->tracer && !t->heads && !t->bad.lines ? t->odd : 0;
}

void imp_text_learn(struct imp_text *t, const struct imp_text *from)
{
	size_t i;

	t->quoted = from->quoted;
	for (i = 0; i < MTHP_NR_KINDS; i++)
		t->shapes[i].seen = from->shapes[i].seen;
}

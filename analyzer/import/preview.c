// SPDX-License-Identifier: GPL-2.0-only
/*
 * The beginning of a trace of another tool, before it is read: its form, and the kind of kernel that it
 * is of.
 *
 * A trace in text can stand behind any amount of other text: a console log, a bug report, the viewer of an
 * HTML page. That is searched for its first line of a trace, a window at a time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "import/complete.h"
#include "import/dat.h"
#include "import/foreign_priv.h"
#include "import/preview.h"

#define IMP_BINARY 4096 /* bytes that show whether it is text */

struct search {
	struct imp_text text;
	struct imp_raw raw;
	struct meta meta;
};

/* Where the first line of a trace begins in @p; @len: in none of the lines that are whole. */
static size_t first_line(struct search *s, const __u8 *p, size_t len, bool whole, bool *found)
{
	const __u8 *begin = p, *end = p + len, *line;

	while (p < end) {
		line = p;
		p = memchr(p, '\n', (size_t)(end - p));
		if (!p && !whole)
			return (size_t)(line - begin);
		if (!p)
			p = end;
		*found = imp_text_line(&s->text, (const char *)line, (size_t)(p - line), &s->raw) !=
				 IMP_LINE_OTHER ||
			 s->text.lines || s->text.lost || s->text.bad.lines || s->text.quoted ||
			 s->meta.nr_cpus || s->meta.release[0];
		if (*found)
			return (size_t)(line - begin);
		p++;
	}
	return len;
}

/* Passes over text up to the first line of a trace. 1: there is one; 0; -errno. */
static int search(struct search *s, struct trace_in *in)
{
	bool found = false, skipping = false;
	const __u8 *p, *newline;
	size_t want = 1, at;
	long n;

	for (;;) {
		n = trace_in_look(in, want, &p);
		if (n < 0)
			return (int)n;
		newline = skipping ? memchr(p, '\n', (size_t)n) : NULL;
		if (skipping) {
			at = newline ? (size_t)(newline - p) + 1 : (size_t)n;
			skipping = !newline;
		} else {
			at = first_line(s, p, (size_t)n, n < (long)want, &found);
			/* A line that is longer than any of a trace. */
			skipping = !found && !at && n >= IMP_WINDOW;
		}
		trace_in_take(in, at);
		if (found)
			return 1;
		if (n < (long)want)
			return 0;
		want = skipping ? 1 : (size_t)n - at + 1;
	}
}

/* Is more than a sixteenth of it control characters? A console's log can have some. */
static bool is_binary(const __u8 *p, size_t len)
{
	size_t i, odd = 0;

	if (len > IMP_BINARY)
		len = IMP_BINARY;
	for (i = 0; i < len; i++)
		odd += p[i] < '\b' || (p[i] > '\r' && p[i] < ' ' && p[i] != '\033');
	return odd > len / 16;
}

int imp_form(struct trace_in *in, const char **words)
{
	struct search *s;
	const __u8 *p;
	long n = trace_in_look(in, IMP_FOREIGN_HEAD, &p);
	int ret;

	if (n < 0)
		return (int)n;
	if (n >= IMP_DAT_MAGIC_LEN && !memcmp(p, IMP_DAT_MAGIC, IMP_DAT_MAGIC_LEN))
		return IMP_FORM_DAT;
	*words = imp_foreign(p, (size_t)n);
	if (*words)
		return IMP_FORM_FOREIGN;
	if (is_binary(p, (size_t)n))
		return IMP_FORM_NONE;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	meta_init(&s->meta);
	s->text.meta = &s->meta;
	ret = search(s, in);
	free(s);
	if (ret)
		return ret < 0 ? ret : IMP_FORM_TEXT;
	*words = IMP_NO_LINE;
	return IMP_FORM_FOREIGN;
}

static void preview_event(struct imp_preview *v, const struct imp_raw *raw)
{
	const struct mthp_ev *ev = &raw->ev;
	__u32 entries = imp_entries(ev);

	v->kinds |= 1U << ev->kind;
	if (raw->reported & IMP_REPORTED_ORDER) {
		v->has_order = true;
		if (v->entries < 1U << ev->order)
			v->entries = 1U << ev->order;
	}
	if (ev->nr_words > v->max_words)
		v->max_words = ev->nr_words;
	if (entries <= MTHP_MAX_PTES && entries > v->entries)
		v->entries = entries;
	if (!v->any || ev->ts_ns < v->first_ns)
		v->first_ns = ev->ts_ns;
	v->any = true;
}

void imp_preview(struct imp_preview *v, struct imp_text *t, const __u8 *p, size_t len)
{
	const __u8 *end = p + len, *line;

	while (p < end) {
		line = p;
		p = memchr(p, '\n', (size_t)(end - p));
		if (!p)
			break;
		if (imp_text_line(t, (const char *)line, (size_t)(p - line), &v->raw) ==
		    IMP_LINE_EVENT)
			preview_event(v, &v->raw);
		p++;
	}
}

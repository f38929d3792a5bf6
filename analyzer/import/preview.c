// SPDX-License-Identifier: GPL-2.0-only
/*
 * The beginning of a trace of another tool, looked at before it is read: what it is, and what kind of
 * kernel it is of.
 */
#include <stdlib.h>
#include <string.h>

#include "import/dat.h"
#include "import/preview.h"

/* Looks at lines of @p; 1 when one of them is of a trace. */
static int looks_like_text(const __u8 *p, size_t len, int whole)
{
	struct imp_text *t = calloc(1, sizeof(*t));
	struct imp_raw *raw = malloc(sizeof(*raw));
	struct meta meta;
	const __u8 *end = p + len, *line;
	int yes = 0;

	meta_init(&meta);
	while (t && raw && p < end && !yes) {
		line = p;
		p = memchr(p, '\n', (size_t)(end - p));
		if (!p && !whole)
			break;
		if (!p)
			p = end;
		t->meta = &meta;
		yes = imp_text_line(t, (const char *)line, (size_t)(p - line), raw) !=
			      IMP_LINE_OTHER ||
		      t->lines || t->lost || meta.nr_cpus || meta.release[0];
		p++;
	}
	free(t);
	free(raw);
	return yes;
}

int imp_form(struct trace_in *in)
{
	size_t want = 1;
	const __u8 *p;
	long n;

	for (;;) {
		n = trace_in_look(in, want, &p);
		if (n < 0)
			return (int)n;
		if (n >= IMP_DAT_MAGIC_LEN && !memcmp(p, IMP_DAT_MAGIC, IMP_DAT_MAGIC_LEN))
			return IMP_FORM_DAT;
		if (looks_like_text(p, (size_t)n, n < (long)want))
			return IMP_FORM_TEXT;
		if (n < (long)want || n >= IMP_WINDOW)
			return IMP_FORM_NONE;
		want = (size_t)n + 1;
	}
}

static void preview_event(struct imp_preview *v, const struct imp_raw *raw)
{
	const struct mthp_ev *ev = &raw->ev;

	v->kinds |= 1U << ev->kind;
	if (raw->told & IMP_TOLD_ORDER) {
		v->tells_order = 1;
		if (ev->order > v->max_order)
			v->max_order = ev->order;
	}
	if (ev->nr_words > v->max_words)
		v->max_words = ev->nr_words;
	if (!v->any || ev->ts_ns < v->first_ns)
		v->first_ns = ev->ts_ns;
	v->any = 1;
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

__u32 imp_guess_pmd_order(const struct imp_preview *v)
{
	__u32 order = 9;

	if (v->max_words <= 1)
		return v->max_order > order ? v->max_order : order;
	for (order = 6; order < MTHP_NR_ORDERS - 1 && v->max_words >> (order - 6) > 1; order++)
		;
	return order;
}

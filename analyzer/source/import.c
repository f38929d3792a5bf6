// SPDX-License-Identifier: GPL-2.0-only
/*
 * Traces of other tools as a source. The model treats their events like those of mthptop.
 *
 *	text	trace_in -> imp_text ---+
 *	                                +-> imp_event -> model
 *	dat	(spool) -> imp_dat -----+
 *
 * The model needs the kinds of events before the first event. A trace.dat reports them. The first part of a
 * text is read twice, the first time only for the kinds. A kind that first appears later counts from there
 * on. Memory is bounded: a window of text, or the limit of the library's process.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/fmt.h"
#include "import/dat.h"
#include "import/complete.h"
#include "import/preview.h"
#include "import/sizes.h"
#include "lib/log.h"
#include "source/import_priv.h"
#include "source/import_say_priv.h"

struct src_import {
	struct source s;
	struct source_filter filter;
	char name[256]; /* "": silent */
	struct imp_world *world;
	struct trace_in in;
	int spool;	       /* -1: none */
	struct imp_text *text; /* NULL: the trace is a trace.dat */
	struct imp_dat *dat;
	int held;     /* raw is the next event of the trace.dat */
	int skipping; /* inside a line that is too long */
	int half;     /* the last line has no newline */
	__u64 bad; /* events and ends of the file that could not be read, beside those of text->bad */
	__u64 events;	/* that the model has */
	__u64 too_many; /* events with more PTEs than a PMD range has */
	__u32 entries;	/* the most PTEs of these events */
	bool cut_off;	/* the end of the trace.dat is missing */
	bool has_page;	/* the trace reports the size of a page */
	__u64 unowned;	/* left out by the filter, since their owner is unknown */
	__u32 extras;	/* bit n: the model has the name of extra result n */
	__u64 counted_bad, counted_lost, counted_pairs; /* losses that the model has already */
	int stopped, over;
	struct imp_raw raw;
};

static struct src_import *self(struct source *s)
{
	return (struct src_import *)s;
}

/*
 * Sets the page size and PMD order: from the user, from the trace, or derived from its machine and numbers.
 * @page_size: of the trace, 0: unknown. @entries: lower bound for the PTEs of a PMD range. @order: of the
 * bitmaps, which are as long as a range; 0: none.
 */
static void take_sizes(struct src_import *f, __u32 page_size, __u32 entries, __u32 order,
		       bool quiet)
{
	struct imp_sizes sizes = { .page_size =
					   f->filter.page_size ? f->filter.page_size : page_size };
	struct meta *meta = &f->s.meta;
	char page[32], range[32];

	imp_sizes(&sizes, meta->machine, entries);
	meta->page_size = sizes.page_size;
	meta->pmd_order = f->filter.pmd_order ? f->filter.pmd_order :
			  order		      ? order :
						sizes.pmd_order;
	f->has_page = page_size;
	if (!f->name[0] || quiet || sizes.sure || f->filter.pmd_order)
		return;
	fmt_order(meta->pmd_order, meta->page_size, range, sizeof(range));
	fmt_bytes(meta->page_size, page, sizeof(page));
	if (!strncmp(meta->machine, "ppc", 3))
		log_warn(
			"sizes are derived: %s: %u pages of %s in a PMD range of %s: powerpc has 2M with "
			"radix tables and 16M with hash tables (mthptop import --pmd-order 5 or 8)",
			f->name, 1U << meta->pmd_order, page, range);
	else
		log_warn(
			"sizes are derived: %s: %u pages of %s in a PMD range of %s: the trace does not "
			"report %s (mthptop import has --page-size and --pmd-order)",
			f->name, 1U << meta->pmd_order, page, range,
			page_size ? "its machine" : "the size of a page");
}

static int begin_text(struct src_import *f)
{
	static const char *const origins[] = { "ftrace text", "ftrace text", "perf script text",
					       "perf trace text", "kernel log text" };
	struct imp_preview *v = calloc(1, sizeof(*v));
	struct imp_text *t = calloc(1, sizeof(*t));
	struct meta *meta = &f->s.meta;
	__u32 order = 0;
	const __u8 *p;
	long n;

	f->text = calloc(1, sizeof(*f->text));
	n = t && v && f->text ? trace_in_look(&f->in, 1, &p) : -ENOMEM;
	if (n < 0)
		goto out;
	f->text->meta = meta;
	t->meta = meta;
	if (n)
		imp_preview(v, t, p, (size_t)n);
	/* Lines before the first one of a known form were not understood. */
	if (t->quoted)
		imp_preview(v, t, p, (size_t)n);
	imp_text_learn(f->text, t);
	if (v->max_words > 1)
		for (order = 6; v->max_words >> (order - 6) > 1; order++)
			;
	strcpy(meta->origin, origins[t->dialect]);
	meta->kinds = v->kinds;
	meta->detail = meta_detail(v->kinds, v->has_order);
	meta->start_ns = v->first_ns;
	take_sizes(f, 0, v->any ? v->entries : 0, order, !v->any);
out:
	free(t);
	free(v);
	return n < 0 ? (int)n : 0;
}

/* Copies a pipe or a packed file to a file in which libtracecmd can seek. */
static int spool(struct src_import *f)
{
	const char *dir = getenv("TMPDIR");
	char path[4096];
	const __u8 *p;
	ssize_t put;
	long n;

	if (!dir || !dir[0])
		dir = "/tmp";
	f->spool = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (f->spool < 0) {
		if (snprintf(path, sizeof(path), "%s/mthptop-XXXXXX", dir) >= (int)sizeof(path))
			return -ENAMETOOLONG;
		f->spool = mkostemp(path, O_CLOEXEC);
		if (f->spool < 0)
			return -errno;
		unlink(path);
	}
	while ((n = trace_in_look(&f->in, 1, &p)) > 0) {
		put = write(f->spool, p, (size_t)n);
		if (put <= 0)
			return put ? -errno : -ENOSPC;
		trace_in_take(&f->in, (size_t)put);
	}
	return (int)n;
}

/* The file for the library: the trace itself, or a copy if libtracecmd cannot seek in it or read it. */
static int dat_file(struct src_import *f, int *fd)
{
	bool copy = f->in.packed || lseek(f->in.fd, 0, SEEK_CUR) < 0;
	int err = 0;

	f->cut_off = !copy && imp_dat_cut(f->in.fd, false) > 0;
	if (copy || f->cut_off)
		err = spool(f);
	if (err) {
		log_err("cannot copy the trace: %s: %s (set TMPDIR to another folder)", f->name,
			strerror(-err));
		return err;
	}
	*fd = copy || f->cut_off ? f->spool : f->in.fd;
	if (copy)
		f->cut_off = imp_dat_cut(f->spool, false) > 0;
	if (f->cut_off)
		imp_dat_cut(f->spool, true);
	return 0;
}

static int begin_dat(struct src_import *f)
{
	struct meta *meta = &f->s.meta;
	int fd, err = dat_file(f, &fd);

	if (err)
		return err;
	strcpy(meta->origin, "trace-cmd trace.dat");
	err = imp_dat_open(&f->dat, f->name, fd, meta);
	if (err)
		return err;
	/* The trace begins with its first event. An error is reported at the next event. */
	f->held = imp_dat_next(f->dat, &f->raw) > 0;
	if (f->held)
		meta->start_ns = f->raw.ev.ts_ns;
	take_sizes(f, meta->page_size, f->held ? imp_entries(&f->raw.ev) : 0, 0, !f->held);
	return 0;
}

/* ---- Events ---- */

static int wanted(struct src_import *f, const struct mthp_ev *ev)
{
	if (!f->filter.tgid && !f->filter.cgroup[0])
		return 1;
	/* Other tools do not report cgroups. */
	if (!f->filter.cgroup[0] && ev->tgid == f->filter.tgid)
		return 1;
	f->unowned += !ev->tgid || f->filter.cgroup[0];
	return 0;
}

/* Kinds of events and results that first appear after the preview. */
static void learn(struct src_import *f, struct model *m)
{
	const struct imp_raw *raw = &f->raw;
	struct meta *meta = &f->s.meta;
	__u32 bit = 1U << raw->ev.kind;
	enum mthp_detail detail;

	if (raw->ev.result >= MTHP_RESULT_FIRST_FREE) {
		__u32 extra = 1U << (raw->ev.result - MTHP_RESULT_FIRST_FREE);

		if (!(f->extras & extra)) {
			f->extras |= extra;
			m->meta = *meta;
		}
	}
	if (meta->kinds & bit && (meta->detail || !(raw->reported & IMP_REPORTED_ORDER)))
		return;
	meta->kinds |= bit;
	detail = meta_detail(meta->kinds, raw->reported & IMP_REPORTED_ORDER);
	if (detail > meta->detail) {
		meta->detail = detail;
		if (detail >= DETAIL_RANGES && !m->totals.has_mthp) {
			m->totals.has_mthp = true;
			if (f->name[0])
				log_warn("events of the series begin late: %s: earlier scans and "
					 "collapses are counted by older events only",
					 f->name);
		}
	}
	if (!meta->start_ns)
		meta->start_ns = raw->ev.ts_ns;
	m->meta = *meta;
}

/* Does the event have more PTEs than a PMD range? Then the sizes are wrong. */
static bool contradicts(struct src_import *f)
{
	__u32 entries = imp_entries(&f->raw.ev);

	if (f->raw.reported & IMP_REPORTED_ORDER && entries < 1U << f->raw.ev.order)
		entries = 1U << f->raw.ev.order;
	if (entries <= 1U << f->s.meta.pmd_order)
		return false;
	if (entries <= MTHP_MAX_PTES && entries > f->entries)
		f->entries = entries;
	f->too_many++;
	f->bad++;
	return true;
}

static void feed(struct src_import *f, struct model *m)
{
	struct meta *meta = &f->s.meta;

	if (contradicts(f))
		return;
	imp_event(f->world, &f->raw);
	f->events++;
	learn(f, m);
	if (!meta->start_ns) {
		meta->start_ns = f->raw.ev.ts_ns;
		m->meta.start_ns = meta->start_ns;
	}
	if (wanted(f, &f->raw.ev))
		model_event(m, &f->raw.ev);
}

static void line(struct src_import *f, struct model *m, const __u8 *p, size_t len, long *nr)
{
	switch (imp_text_line(f->text, (const char *)p, len, &f->raw)) {
	case IMP_LINE_EVENT:
		feed(f, m);
		++*nr;
		break;
	case IMP_LINE_BAD:
	case IMP_LINE_OTHER:
		break;
	}
}

/* The rest of the input has no newline: it is empty, a line that is cut off, or one that is too long. */
static int last_line(struct src_import *f, const __u8 *p, size_t len)
{
	if (len < IMP_WINDOW) {
		f->over = 1;
		f->half = len > 0 && !f->skipping;
		f->bad += f->half || f->in.cut;
		return 0;
	}
	f->bad += !f->skipping && memmem(p, len, "mm_", 3);
	f->skipping = 1;
	trace_in_take(&f->in, len);
	return 1;
}

static long pump_text(struct src_import *f, struct model *m, long max)
{
	const __u8 *p, *at, *newline;
	size_t rest = 0;
	long n, nr = 0;

	while (nr < max && !f->over && !f->stopped) {
		n = trace_in_look(&f->in, rest + 1, &p);
		if (n < 0)
			return nr ? nr : n;
		at = p;
		while (nr < max && (newline = memchr(at, '\n', (size_t)(p + n - at)))) {
			if (!f->skipping)
				line(f, m, at, (size_t)(newline - at), &nr);
			f->skipping = 0;
			at = newline + 1;
		}
		trace_in_take(&f->in, (size_t)(at - p));
		rest = (size_t)(p + n - at);
		if (nr < max && (rest >= IMP_WINDOW || f->in.eof)) {
			last_line(f, at, rest);
			rest = 0;
		}
	}
	return nr;
}

static long pump_dat(struct src_import *f, struct model *m, long max)
{
	long nr = 0;
	int ret;

	while (nr < max && !f->over && !f->stopped) {
		ret = f->held ? 1 : imp_dat_next(f->dat, &f->raw);
		f->held = 0;
		if (ret > 0) {
			feed(f, m);
			nr++;
			continue;
		}
		f->over = 1;
		if (ret == -EINTR)
			return nr ? nr : ret;
		f->half = ret < 0;
		f->bad += ret < 0 || f->in.cut || f->cut_off;
	}
	return nr;
}

/* ---- The source ---- */

static void add_lost(struct model *m, enum mthp_loss which, __u64 total, __u64 *counted)
{
	if (total > *counted)
		model_lost(m, which, m->totals.lost[which] + (total - *counted));
	*counted = total;
}

/* Reports once, at the end, events that are not in the numbers and values that are unknown. */
static void finish(struct src_import *f, struct model *m)
{
	m->complete = !f->half && !f->in.cut && !f->cut_off && !(f->text && f->text->taskless);
	if (!f->name[0])
		return;
	if (f->half && f->text)
		log_warn("trace ends early: %s: the last line has no end and was skipped", f->name);
	else if (f->in.cut)
		log_warn("trace ends early: %s: the packed data is damaged or cut off", f->name);
	else if (f->cut_off)
		log_warn("trace ends early: %s: it is cut off, and was read up to there", f->name);
	if (f->text)
		import_say_text(f->text, f->name, f->events + f->too_many);
	else
		import_say_bad(imp_dat_bad(f->dat), f->name);
	if (!f->text && !f->events && !f->too_many && !f->half && !f->cut_off &&
	    !imp_dat_bad(f->dat)->lines)
		log_warn(IMPORT_NO_EVENT, f->name, "");
	import_say_sizes(&f->s.meta, f->name, f->too_many, f->entries, f->has_page);
	if (f->unowned)
		log_warn("left out: %s: %llu events whose process is unknown", f->name,
			 (unsigned long long)f->unowned);
}

static long import_pump(struct source *s, struct model *m, long max)
{
	struct src_import *f = self(s);
	int was_over = f->over;
	long nr = f->text ? pump_text(f, m, max) : pump_dat(f, m, max);

	if (f->over && !was_over && f->text)
		f->bad += imp_text_unread(f->text);
	m->meta = s->meta;
	add_lost(m, MTHP_L_FILE, f->bad + (f->text ? &f->text->bad : imp_dat_bad(f->dat))->lines,
		 &f->counted_bad);
	add_lost(m, MTHP_L_SOURCE, f->text ? f->text->lost : imp_dat_lost(f->dat),
		 &f->counted_lost);
	add_lost(m, MTHP_L_PAIRS, f->world->lost_pairs, &f->counted_pairs);
	if (f->over && !was_over)
		finish(f, m);
	return nr;
}

static int import_fd(struct source *s)
{
	return -1;
}

static int import_tick(struct source *s, struct model *m, __u64 now_ns)
{
	return 0;
}

static void import_stream(struct source *s, int on)
{
}

static void import_stop(struct source *s)
{
	self(s)->stopped = 1;
}

static void import_close(struct source *s)
{
	struct src_import *f = self(s);

	imp_dat_close(f->dat);
	imp_world_free(f->world);
	free(f->text);
	trace_in_free(&f->in);
	if (f->spool >= 0)
		close(f->spool);
	free(f);
}

static const struct source_ops import_ops = {
	.fd = import_fd,
	.pump = import_pump,
	.tick = import_tick,
	.stream = import_stream,
	.stop = import_stop,
	.close = import_close,
};

static int begin(struct src_import *f, int form)
{
	int err;

	f->world = imp_world_new(&f->s.meta);
	if (f->world && form == IMP_FORM_DAT)
		return begin_dat(f);
	err = f->world ? begin_text(f) : -ENOMEM;
	if (!err)
		return 0;
	log_err("cannot read trace: %s: %s", f->name, strerror(-err));
	return err;
}

int source_import_open(struct source **s, const char *name, struct trace_in *in, int form,
		       const struct source_filter *filter)
{
	struct src_import *f = calloc(1, sizeof(*f));
	int err;

	*s = NULL;
	if (!f) {
		trace_in_free(in);
		log_err("cannot read trace: %s: out of memory", name);
		return -ENOMEM;
	}
	f->s.ops = &import_ops;
	f->in = *in;
	f->spool = -1;
	snprintf(f->name, sizeof(f->name), "%s", name);
	meta_init(&f->s.meta);
	if (filter) {
		f->filter = *filter;
		f->s.meta.filter_tgid = filter->tgid;
		memcpy(f->s.meta.filter_cgroup, filter->cgroup, sizeof(filter->cgroup));
	}
	err = begin(f, form);
	if (err)
		import_close(&f->s);
	else
		*s = &f->s;
	return err;
}

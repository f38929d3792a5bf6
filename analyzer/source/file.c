// SPDX-License-Identifier: GPL-2.0-only
/*
 * A trace file as a source: its items go into the model in recorded order.
 *
 * Losses are running totals in the file. The model adds losses of its own tables to them. So only the growth
 * since the last item is added. Parts that the reader could not read are one more loss. The model computes
 * creep again with its own tables, so entries that did not fit the recording's tables are not lost here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <mthp/quirks.h>
#include "lib/log.h"
#include "source/import_priv.h"
#include "trace/read.h"

struct src_file {
	struct source s;
	struct trace_reader *r;
	struct source_filter filter;
	__u64 counted[MTHP_NR_LOSSES]; /* losses that the model has already */
	int ended;		       /* there was an end mark */
	int stopped;
};

static struct src_file *self(struct source *s)
{
	return (struct src_file *)s;
}

static int file_fd(struct source *s)
{
	return -1;
}

static void add_lost(struct src_file *f, struct model *m, enum mthp_loss which, __u64 total)
{
	/* Totals of a damaged trace may fall; those of the model do not. */
	if (total <= f->counted[which])
		return;
	model_lost(m, which, m->totals.lost[which] + (total - f->counted[which]));
	f->counted[which] = total;
}

static void feed_lost(struct src_file *f, struct model *m, const __u64 *lost)
{
	__u32 i;

	for (i = 0; i < MTHP_NR_LOSSES; i++) {
		enum mthp_lost what = meta_loss_what(i);

		/* The reader has tables of its own, and counts what it cannot read. */
		if (what == MTHP_LOST_EVENTS)
			add_lost(f, m, (enum mthp_loss)i, lost[i]);
	}
}

/* Is @path the cgroup @top or below it? */
static int below(const char *path, const char *top)
{
	size_t len = strlen(top);

	while (len && top[len - 1] == '/')
		len--;
	return path && !strncmp(path, top, len) && (!path[len] || path[len] == '/');
}

static int wanted(struct src_file *f, const struct mthp_ev *ev)
{
	if (f->filter.tgid && ev->tgid != f->filter.tgid)
		return 0;
	return !f->filter.cgroup[0] || below(trace_read_cgroup(f->r, ev->cgroup), f->filter.cgroup);
}

/* Keeps the filter of the recording, and adds the filter of this reader. */
static void take_meta(struct src_file *f)
{
	struct meta *meta = &f->s.meta;

	*meta = *trace_read_meta(f->r);
	if (f->filter.tgid)
		meta->filter_tgid = f->filter.tgid;
	if (f->filter.cgroup[0])
		memcpy(meta->filter_cgroup, f->filter.cgroup, sizeof(meta->filter_cgroup));
}

/* Feeds one item; 1 if it was an event. */
static int feed(struct src_file *f, struct model *m, const struct trace_item *item)
{
	switch (item->what) {
	case TRACE_EVENT:
		mthp_drop_impossible(item->ev);
		if (wanted(f, item->ev))
			model_event(m, item->ev);
		return 1;
	case TRACE_COUNTERS:
		model_counters(m, item->counters);
		return 0;
	case TRACE_LOST:
		feed_lost(f, m, item->lost);
		return 0;
	case TRACE_META:
		take_meta(f);
		model_meta(m, &f->s.meta,
			   f->s.meta.settings_ns ? f->s.meta.settings_ns : m->end_ns);
		return 0;
	case TRACE_FINISH:
		/* Of several in one file: each. */
		m->complete = item->complete && (!f->ended || m->complete);
		f->ended = 1;
		if (item->end_ns > m->end_ns)
			m->end_ns = item->end_ns;
		return 0;
	}
	return 0;
}

static long file_pump(struct source *s, struct model *m, long max)
{
	struct src_file *f = self(s);
	struct trace_item item;
	long nr = 0;
	int ret = 1;

	while (nr < max && !f->stopped) {
		ret = trace_read_next(f->r, &item);
		if (ret <= 0)
			break;
		nr += feed(f, m, &item);
	}
	/* The last that is known of a recording that did not come to its end. */
	if (!ret && !f->ended && m->last.ts_ns > m->end_ns)
		m->end_ns = m->last.ts_ns;
	add_lost(f, m, MTHP_L_FILE, trace_read_lost(f->r));
	return ret < 0 && !nr ? ret : nr;
}

static int file_tick(struct source *s, struct model *m, __u64 now_ns)
{
	return 0;
}

static void file_stream(struct source *s, int on)
{
}

static void file_stop(struct source *s)
{
	self(s)->stopped = 1;
}

static void file_close(struct source *s)
{
	trace_read_close(self(s)->r);
	free(s);
}

static const char *file_cgroup(struct source *s, __u64 id)
{
	return trace_read_cgroup(self(s)->r, id);
}

static const struct source_ops file_ops = {
	.fd = file_fd,
	.pump = file_pump,
	.tick = file_tick,
	.stream = file_stream,
	.stop = file_stop,
	.close = file_close,
	.cgroup = file_cgroup,
};

int source_trace_open(struct source **s, const char *name, struct trace_in *in,
		      const struct source_filter *filter)
{
	struct src_file *f = calloc(1, sizeof(*f));
	int ret;

	*s = NULL;
	if (!f) {
		trace_in_free(in);
		log_err("cannot read trace: %s: out of memory", name);
		return -ENOMEM;
	}
	ret = trace_read_open_in(&f->r, name, in);
	if (ret) {
		free(f);
		return ret;
	}
	f->s.ops = &file_ops;
	f->s.owner = true;
	if (filter)
		f->filter = *filter;
	take_meta(f);
	*s = &f->s;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Writes a survey into a trace file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "model/thp_sysfs.h"
#include "survey/record.h"
#include "trace/write.h"

struct survey_record {
	struct trace_writer *writer;
};

/* One reading: which counters a kernel has shows what it can do. */
static void note_counters(const struct survey_record *r, const struct meta *meta)
{
	struct counters *c = calloc(1, sizeof(*c));

	if (!c)
		return;
	sysinfo_read_counters("", meta->page_size, c);
	c->ts_ns = meta->start_ns;
	trace_write_counters(r->writer, c);
	free(c);
}

int survey_record_open(const char *path, const struct survey_wanted *wanted,
		       struct survey_record **rp)
{
	struct survey_record *r = calloc(1, sizeof(*r));
	struct meta meta;
	int err;

	*rp = NULL;
	if (!r) {
		log_err("cannot record: out of memory");
		return -ENOMEM;
	}
	err = survey_meta(wanted, &meta);
	strcpy(meta.made_by, "survey");
	if (!err)
		err = trace_write_open(&r->writer, path, OUTPUT_WHOLE, &meta);
	if (err)
		free(r);
	else
		*rp = r;
	if (!err)
		note_counters(r, &meta);
	return err;
}

int survey_record_event(void *record, const struct mthp_ev *ev, const struct survey_proc *p)
{
	struct survey_record *r = record;

	if (p->cgroup && trace_write_new_cgroup(r->writer, ev->cgroup))
		trace_write_cgroup(r->writer, ev->cgroup, p->cgroup);
	trace_write_event(r->writer, ev);
	return 0;
}

int survey_record_close(struct survey_record *r)
{
	int err;

	if (!r)
		return 0;
	err = trace_write_close(r->writer, now_ns(), 1);
	free(r);
	return err ? -EBADMSG : 0;
}

void survey_record_drop(struct survey_record *r)
{
	if (!r)
		return;
	trace_write_abort(r->writer);
	free(r);
}

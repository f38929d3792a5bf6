// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a survey into a trace file. A cgroup is named before its first event, so that a reader can
 * choose by path.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "survey/record.h"
#include "trace/write.h"

#define MAX_CGROUPS 1024 /* named in the file */

struct survey_record {
	struct trace_writer *writer;
	__u64 cgroups[MAX_CGROUPS];
	size_t nr_cgroups;
	__u64 last;
};

int survey_record_open(const char *path, const struct survey_wanted *wanted,
		       struct survey_record **rp)
{
	struct survey_record *r = calloc(1, sizeof(*r));
	struct meta meta;
	int status;

	*rp = NULL;
	if (!r) {
		log_err("cannot record: out of memory");
		return EXIT_CANNOT;
	}
	status = survey_meta(wanted, &meta);
	if (!status && trace_write_open(&r->writer, path, &meta))
		status = EXIT_CANNOT;
	if (status) {
		free(r);
		return status;
	}
	*rp = r;
	return EXIT_OK;
}

static void name_cgroup(struct survey_record *r, __u64 id, const char *path)
{
	size_t i;

	if (!id || !path || id == r->last)
		return;
	r->last = id;
	for (i = 0; i < r->nr_cgroups; i++)
		if (r->cgroups[i] == id)
			return;
	if (r->nr_cgroups == MAX_CGROUPS)
		return;
	r->cgroups[r->nr_cgroups++] = id;
	trace_write_cgroup(r->writer, id, path);
}

int survey_record_event(void *record, const struct mthp_ev *ev, const struct survey_proc *p)
{
	struct survey_record *r = record;

	name_cgroup(r, ev->cgroup, p->cgroup);
	trace_write_event(r->writer, ev);
	return 0;
}

int survey_record_close(struct survey_record *r)
{
	int err;

	if (!r)
		return EXIT_OK;
	err = trace_write_close(r->writer, now_ns(), 1);
	free(r);
	return err ? EXIT_DATA : EXIT_OK;
}

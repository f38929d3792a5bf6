// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads a whole trace into a model, in bounded memory: events are added up one by one.
 */
#include <stdio.h>
#include <string.h>

#include "source/load.h"
#include "lib/exit.h"
#include "lib/log.h"

int load_filter(const struct load_opts *opts, struct source_filter *filter)
{
	memset(filter, 0, sizeof(*filter));
	filter->tgid = opts->pid;
	if (!opts->cgroup)
		return EXIT_OK;
	if (strlen(opts->cgroup) >= sizeof(filter->cgroup)) {
		log_err("bad value for --cgroup: path of %zu bytes: too long (at most %zu)",
			strlen(opts->cgroup), sizeof(filter->cgroup) - 1);
		return EXIT_USAGE;
	}
	strcpy(filter->cgroup, opts->cgroup);
	return EXIT_OK;
}

int load_trace(const char *path, const struct load_opts *opts, struct model **m, model_tap_fn each,
	       void *ctx)
{
	struct source_filter filter;
	struct source *s;
	long n;
	int err;

	*m = NULL;
	err = load_filter(opts, &filter);
	if (!err)
		err = source_file_open(&s, path, &filter);
	if (err)
		return err;
	*m = model_new(&s->meta, s->sums_given);
	if (!*m) {
		s->ops->close(s);
		log_err("cannot read trace: %s: out of memory", path);
		return EXIT_CANNOT;
	}
	model_tap(*m, each, ctx);
	do {
		n = s->ops->pump(s, *m, MODEL_RECENT);
	} while (n > 0);
	/* Later blocks may have names of results. */
	(*m)->meta = s->meta;
	s->ops->close(s);
	return n < 0 || !(*m)->complete || (*m)->totals.lost[MTHP_L_FILE] ? EXIT_DATA : EXIT_OK;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads a whole trace into a model, in bounded memory: events are added up one by one.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "source/load.h"
#include "lib/fmt.h"
#include "lib/log.h"

int load_filter(const struct load_opts *opts, struct source_filter *filter)
{
	memset(filter, 0, sizeof(*filter));
	filter->tgid = opts->pid;
	if (!opts->cgroup)
		return 0;
	if (strlen(opts->cgroup) > LOAD_CGROUP_MAX) {
		log_err("path of a cgroup is too long: %zu bytes (at most %zu)",
			strlen(opts->cgroup), LOAD_CGROUP_MAX);
		return -ENAMETOOLONG;
	}
	strcpy(filter->cgroup, opts->cgroup);
	return 0;
}

/* An empty answer is true. A mistyped number gives one, too. */
static void say_empty(const char *path, const struct load_opts *opts, const struct model *m)
{
	char name[256], cgroup[256];
	int kind;

	for (kind = 0; kind < MTHP_NR_KINDS; kind++)
		if (m->totals.events[kind])
			return;
	fmt_safe(strcmp(path, "-") ? path : "standard input", name, sizeof(name));
	if (opts->pid)
		log_warn("%s: no event of process %u", name, opts->pid);
	if (opts->cgroup)
		log_warn("%s: no event of cgroup %s", name,
			 fmt_safe(opts->cgroup, cgroup, sizeof(cgroup)));
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
		return -ENOMEM;
	}
	model_tap(*m, each, ctx);
	do {
		n = s->ops->pump(s, *m, MODEL_RECENT);
	} while (n > 0);
	say_empty(path, opts, *m);
	/* Later blocks may have names of results. */
	(*m)->meta = s->meta;
	s->ops->close(s);
	return n < 0 || !(*m)->complete || (*m)->totals.lost[MTHP_L_FILE] ? -EBADMSG : 0;
}

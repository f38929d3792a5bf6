/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads a whole trace into a model: the first step of the offline commands. */
#ifndef SOURCE_LOAD_H
#define SOURCE_LOAD_H

#include "lib/opts.h"
#include "model/source.h"

#define LOAD_CGROUP_MAX (sizeof(((struct source_filter *)0)->cgroup) - 1)

struct load_opts {
	unsigned int pid;
	const char *cgroup;
};

/* Rows for a command whose options struct holds a struct load_opts called @field. */
#define LOAD_OPTS(owner, field)                                                           \
	OPT(owner, field.pid, U32, .name = "pid", .brief = 'p', .min = 1, .max = 4194304, \
	    .metavar = "PID", .help = "only this process"),                               \
		OPT(owner, field.cgroup, STR, .name = "cgroup", .max = LOAD_CGROUP_MAX,   \
		    .metavar = "PATH", .help = "only this cgroup and those below it")

/* Fills @filter. 0; -ENAMETOOLONG after a message: a path that is not from an option may be too long. */
int load_filter(const struct load_opts *opts, struct source_filter *filter);

/*
 * Reads the trace at @path ("-": stdin) to its end. @each, when not NULL, is called for every event,
 * with its bitmaps.
 * 0; after a message -EBADMSG if parts were lost or cut off (*m has the rest, or is NULL if nothing could
 * be read), or -errno. The caller frees *m.
 */
int load_trace(const char *path, const struct load_opts *opts, struct model **m, model_tap_fn each,
	       void *ctx);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads a trace file or stream (docs/trace-format.md), front to back. The input is not trusted: the reader
 * skips damage, counts it and reports it; every value that it returns is in range.
 */
#ifndef TRACE_READ_H
#define TRACE_READ_H

#include "model/meta.h"

struct trace_reader;

enum trace_what {
	TRACE_EVENT,	/* ev, followed by its bitmaps */
	TRACE_COUNTERS, /* counters */
	TRACE_LOST,	/* lost: running totals */
	TRACE_META,	/* the reader's meta has changed */
	TRACE_FINISH,	/* end_ns, complete */
};

/* The reader owns everything that an item points to, until the next call. */
struct trace_item {
	enum trace_what what;
	struct mthp_ev *ev; /* followed by its bitmaps; whoever reads may correct it */
	const struct counters *counters;
	const __u64 *lost; /* indexed by enum mthp_loss */
	__u64 end_ns;	   /* CLOCK_MONOTONIC */
	bool complete;
};

/*
 * Reads up to the description of the machine. 0, or after a message -EBADMSG (foreign, empty, newer,
 * damaged) or another -errno (it cannot be read). @in is the reader's from now on. @name: for messages;
 * "": there are none.
 */
struct trace_in;
int trace_read_open_in(struct trace_reader **r, const char *name, const struct trace_in *in);

/* It has numbers for result names that this build does not know. */
const struct meta *trace_read_meta(const struct trace_reader *r);

/*
 * 1: *@item is the next one; 0: the end, with a warning if it came early or something had to be
 * skipped; -errno: reading failed, after a message.
 */
int trace_read_next(struct trace_reader *r, struct trace_item *item);

/* How much could not be read so far: events known to be missing, and blocks of unknown content. */
__u64 trace_read_lost(const struct trace_reader *r);

/* Path of a cgroup id; NULL if the trace did not name it (so far). */
const char *trace_read_cgroup(const struct trace_reader *r, __u64 id);

/* Takes NULL. */
void trace_read_close(struct trace_reader *r);

#endif

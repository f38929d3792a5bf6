/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a trace file (docs/trace-format.md). What was flushed stays readable whatever happens to
 * the process afterwards.
 */
#ifndef TRACE_WRITE_H
#define TRACE_WRITE_H

#include <stdbool.h>

#include "model/meta.h"

struct trace_writer;

/*
 * Creates or overwrites @path, for its owner only (mode 0600); "-" is the standard output. Writes
 * the head with all of @meta, which is not needed afterwards, but see trace_write_meta().
 * From here on the process ignores SIGPIPE and SIGXFSZ: both become errors of the writer.
 * 0, or -errno after a message.
 */
int trace_write_open(struct trace_writer **w, const char *path, const struct meta *meta);

/*
 * Adds an event, followed in memory by its bitmaps when ev->nr_words is not 0. It is kept until a
 * block is full or trace_write_flush() is called. Always 0 but for events that cannot exist
 * (-EINVAL: kind, order or nr_words out of range). Events that the output then does not take are
 * counted: trace_write_missing(). Fits source_tap_fn with the writer as its ctx.
 */
int trace_write_event(void *writer, const struct mthp_ev *ev);

/*
 * Writes what is waiting. While recording: call it at least once a second. 0, or -errno when the
 * output took less than all of it. The first failure is told on stderr, then the writer
 * goes on trying: a disk may have room again. A broken pipe is given up.
 */
int trace_write_flush(struct trace_writer *w);

/*
 * Each writes one block (after the events that wait) and returns as trace_write_flush().
 * counters: one reading. lost: running totals, indexed by enum mthp_loss; lost[MTHP_L_DISK] is raised
 * to what the writer itself misses. meta: once more, when settings or result names changed.
 */
int trace_write_counters(struct trace_writer *w, const struct counters *counters);
int trace_write_lost(struct trace_writer *w, const __u64 lost[MTHP_NR_LOSSES]);
int trace_write_meta(struct trace_writer *w, const struct meta *meta);

/*
 * Is @id a cgroup that was not asked about before? It should be named before its first event, so that a
 * reader can choose events by path in one go. After 1024 of them none is.
 */
bool trace_write_new_cgroup(struct trace_writer *w, __u64 id);
/* Names a cgroup id. */
int trace_write_cgroup(struct trace_writer *w, __u64 id, const char *path);

/* Events given so far that are not in the file, for MTHP_L_DISK. */
__u64 trace_write_missing(const struct trace_writer *w);
/* Events and bytes written so far. */
__u64 trace_write_events(const struct trace_writer *w);
__u64 trace_write_bytes(const struct trace_writer *w);

/*
 * Flushes, notes the end (@end_ns: CLOCK_MONOTONIC up to which was observed; @complete: nothing was
 * cut off), closes and frees. 0, or -errno after a message that says how many events are missing.
 */
int trace_write_close(struct trace_writer *w, __u64 end_ns, int complete);
/* Closes and frees without an end mark, as if the process had been killed. Takes NULL. */
void trace_write_abort(struct trace_writer *w);

#endif

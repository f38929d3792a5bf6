/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes a trace file (docs/trace-format.md). Events that were flushed stay readable, whatever happens to
 * the process afterwards.
 */
#ifndef TRACE_WRITE_H
#define TRACE_WRITE_H

#include <stdbool.h>

#include "lib/output.h"
#include "model/meta.h"

struct trace_writer;

/*
 * Creates or overwrites @path, for its owner only (mode 0600); "-" is the standard output. @how: a recording
 * grows in its place, so that it survives its writer; what is converted takes its place when it is whole. Writes
 * the head with all of @meta; see trace_write_meta(). The writer does not keep @meta.
 * From here on the process ignores SIGPIPE and SIGXFSZ: both become errors of the writer.
 * 0, or -errno after a message; OUTPUT_NEW: without one.
 */
int trace_write_open(struct trace_writer **w, const char *path, enum output_how how,
		     const struct meta *meta);

/*
 * Adds an event, followed in memory by its bitmaps if ev->nr_words is not 0. It waits until a
 * block is full or trace_write_flush() is called. 0, or -EINVAL for an event that cannot exist (kind,
 * order or nr_words out of range). trace_write_missing() counts the events that the output then does not
 * take. Fits source_tap_fn with the writer as its ctx.
 */
int trace_write_event(void *writer, const struct mthp_ev *ev);

/*
 * Writes the events that wait. While recording: call it at least once a second. 0, or -errno if the
 * output took less than all of them. The writer reports the first failure on stderr and goes on
 * trying, since a disk may have room again; it gives up a broken pipe.
 */
int trace_write_flush(struct trace_writer *w);

/*
 * Each writes one block, behind the events that wait, and returns as trace_write_flush().
 * counters: one reading. lost: running totals, indexed by enum mthp_loss; lost[MTHP_L_DISK] is raised
 * to the events that the writer itself misses. meta: settings or names of results may have changed; if
 * nothing has, this writes nothing.
 */
int trace_write_counters(struct trace_writer *w, const struct counters *counters);
int trace_write_lost(struct trace_writer *w, const __u64 lost[MTHP_NR_LOSSES]);
int trace_write_meta(struct trace_writer *w, const struct meta *meta);

/*
 * Is this the first call for the cgroup @id? It should be named before its first event, so that a reader can
 * choose events by path in one go. After 1024 cgroups the answer is no.
 */
bool trace_write_new_cgroup(struct trace_writer *w, __u64 id);
/* Names a cgroup id. */
int trace_write_cgroup(struct trace_writer *w, __u64 id, const char *path);

/*
 * Looks whether somebody has removed the file or cut it off, and says so once. A file that was cut off goes on
 * behind what is left of it.
 */
void trace_write_look(struct trace_writer *w);

/* Has the file no name any more? */
bool trace_write_gone(const struct trace_writer *w);
/* trace_write_close() does not wait until the disk has it all. */
void trace_write_no_sync(struct trace_writer *w);

/* Events given so far that are not in the file, for MTHP_L_DISK. */
__u64 trace_write_missing(const struct trace_writer *w);
/* Events and bytes written so far. */
__u64 trace_write_events(const struct trace_writer *w);
__u64 trace_write_bytes(const struct trace_writer *w);

/*
 * Flushes, notes the end (@end_ns: CLOCK_MONOTONIC at the end of the observation; @complete: nothing was
 * cut off), closes and frees. 0, or -errno after a message with the number of missing events.
 */
int trace_write_close(struct trace_writer *w, __u64 end_ns, bool complete);
/* Closes and frees without an end mark, as if the process had been killed. Takes NULL. */
void trace_write_abort(struct trace_writer *w);

#endif

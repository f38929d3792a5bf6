/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A recording in several files, of which the last ones stay: a flight recorder. Each part is a whole trace by
 * itself, and all of them, one behind the other, are the trace that one file would have been.
 *
 * From NAME.mthp the parts are NAME-NUMBER-TIME.mthp. The number rises with each part, also over the end of the
 * program, so that names sort in the order of the parts whatever somebody does to the clock. A part says its number
 * in its META: a file that does not, or that another user owns, is not removed, whatever its name.
 */
#ifndef TRACE_ROTATE_H
#define TRACE_ROTATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "model/meta.h"

struct trace_rotate;
struct trace_writer;

/* What a part begins with: the state at the moment at which the one before it ends. */
struct trace_rotate_now {
	__u64 ns, realtime_ns;
	const struct meta *meta;
	const struct counters *counters; /* NULL: none was read yet */
	const __u64 *lost;		 /* totals of the recording */
};

/*
 * Prepares to write parts of about @size bytes named after @path, and to keep @keep of them, at least 2. Looks at the
 * parts of earlier recordings, which count as well. Another recorder in this folder is refused. 0, or -errno after a
 * message.
 */
int trace_rotate_new(struct trace_rotate **out, const char *path, __u64 size, unsigned int keep);
void trace_rotate_free(struct trace_rotate *r);

/* The folder, and who owns it: parts of earlier recordings are this user's, too, if root records. */
const char *trace_rotate_folder(const struct trace_rotate *r);
uid_t trace_rotate_uid(const struct trace_rotate *r);
gid_t trace_rotate_gid(const struct trace_rotate *r);

/* Is it time for the next part? Not at once after a failure. */
bool trace_rotate_due(const struct trace_rotate *r, const struct trace_writer *w, __u64 now_ns);

/*
 * Removes the oldest parts, begins the next one and ends *@w. *@w NULL: it is the first one; 0, or -errno after a message.
 * Later, if no part can be begun, *@w goes on, which is said once.
 */
int trace_rotate_turn(struct trace_rotate *r, struct trace_writer **w,
		      const struct trace_rotate_now *now);

/* Changes what is true of the recording to what is true of this part. */
void trace_rotate_meta(const struct trace_rotate *r, struct meta *meta);
void trace_rotate_lost(const struct trace_rotate *r, __u64 lost[MTHP_NR_LOSSES]);

/*
 * The path of a cgroup, which may be gone meanwhile (@path NULL): then as it was when an earlier part named it.
 */
const char *trace_rotate_cgroup(struct trace_rotate *r, __u64 id, const char *path);

/* Over all parts that have ended; -errno: the first of them that has not all of its events. */
struct trace_rotate_sums {
	__u64 events, bytes, missing;
	unsigned int parts, removed;
	int err;
};
const struct trace_rotate_sums *trace_rotate_sums(const struct trace_rotate *r);

/* "DIR/NAME-*.mthp", for messages. */
const char *trace_rotate_name(const struct trace_rotate *r);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What passes time for the live views: takes from a source into a model, and snapshots of that.
 * Live, time passes by itself; in a replay as fast as its reader wants.
 */
#ifndef SOURCE_FEED_H
#define SOURCE_FEED_H

#include "model/snapshot.h"
#include "model/source.h"

struct feed {
	struct source *src;
	struct model *m;
	struct snapshot *snap; /* the latest; never NULL once feed_open() is done */
	__u64 clock_ns;	       /* of the source: what is before is in the model */
	int ended;	       /* of a trace: there is no more */
	int err;	       /* -errno that ended it, or 0 */
};

/* @src stays the caller's to close, after feed_close(). 0 or -ENOMEM. */
int feed_open(struct feed *f, struct source *src);
void feed_close(struct feed *f);

/* Takes what waits, live; nothing for a trace. */
void feed_drain(struct feed *f);

/* Moves a trace's clock on by @ns, and takes what happened until then. */
void feed_advance(struct feed *f, __u64 ns);

/* Takes the next events of a trace, some thousand; its clock goes with them. */
void feed_some(struct feed *f);

/*
 * Ends an interval: brings sums and counters up to date and takes a new snapshot. The old one stays if
 * the source cannot be read (f->err is set then), or on -ENOMEM. A trace that has ended gives no
 * new interval.
 */
int feed_tick(struct feed *f);

/* EXIT_OK; EXIT_DATA where a trace has ended early or in parts unreadable; EXIT_CANNOT. */
int feed_status(const struct feed *f);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Takes events from a source into a model, and snapshots of the model, for the live views. A live source has
 * real time; a replay goes as fast as the view wants.
 */
#ifndef SOURCE_FEED_H
#define SOURCE_FEED_H

#include "model/snapshot.h"
#include "model/source.h"

struct feed {
	struct source *src;
	struct model *m;
	struct snapshot *snap; /* the latest; never NULL once feed_open() is done */
	__u64 clock_ns;	       /* of the source: the model has the events before it */
	int ended;	       /* the trace has no more events */
	int err;	       /* 0, or the -errno that ended it */
};

/* The caller closes @src, after feed_close(). 0 or -ENOMEM. */
int feed_open(struct feed *f, struct source *src);
void feed_close(struct feed *f);

/* Takes the waiting events of a live source; none of a trace. */
void feed_drain(struct feed *f);

/* Advances a trace's clock by @ns, and takes the events up to it. */
void feed_advance(struct feed *f, __u64 ns);

/* Takes the next few thousand events of a trace, and advances its clock to the last. */
void feed_some(struct feed *f);

/*
 * Ends an interval: brings sums and counters up to date and takes a new snapshot. The old one stays if
 * the source cannot be read (f->err is set then), or on -ENOMEM. A trace that has ended gives no
 * new interval.
 */
int feed_tick(struct feed *f);

/* 0; -EBADMSG: the trace ended early, or parts of it are unreadable; -errno of a live source. */
int feed_status(const struct feed *f);

#endif

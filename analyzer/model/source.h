/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A source of events: live BPF (source/live.c), a trace file (source/file.c), a trace of another tool
 * (source/import.c). A source fills a meta when it opens, and then writes into a model. It does not know
 * which view is open.
 */
#ifndef MODEL_SOURCE_H
#define MODEL_SOURCE_H

#include "model/state.h"

/* Only events of this process and cgroup are taken; zero and "" mean all. */
struct source_filter {
	__u32 tgid;
	char cgroup[256]; /* path below the cgroup v2 mount, as /proc/PID/cgroup shows it */
	/* Imports: these replace values that the file reports wrong or not at all. 0: derived. */
	__u32 page_size;
	__u32 pmd_order;
};

struct confine;
struct source;

struct source_ops {
	/* A file descriptor to poll for reading; -1: pump may be called at any time. */
	int (*fd)(struct source *s);
	/*
	 * Feeds up to @max events into @m, without waiting for any.
	 * Their number; 0 at the end (files) or if none waits (live); -errno.
	 */
	long (*pump)(struct source *s, struct model *m, long max);
	/*
	 * Updates sums, losses and counters to @now_ns. 0 or -errno. The caller then ends the
	 * interval of a live source: model_tick().
	 */
	int (*tick)(struct source *s, struct model *m, __u64 now_ns);
	/* Streams events from now on, or stops; a file streams always. */
	void (*stream)(struct source *s, int on);
	/* Stops taking events; pump and tick then bring the remaining ones. */
	void (*stop)(struct source *s);
	void (*close)(struct source *s);
	/* The path of a cgroup in a trace, valid until the next event; NULL: unknown. NULL: not of this source. */
	const char *(*cgroup)(struct source *s, __u64 id);
	/* The CPU time of what observes in the kernel; NUM_UNKNOWN. NULL: nothing does. */
	__u64 (*cpu_ns)(struct source *s);
};

/* The head of every source's own struct. */
struct source {
	const struct source_ops *ops;
	struct meta meta;
	int live;	/* time passes by itself, not with the events */
	int sums_given; /* for model_new() */
	bool only_sums; /* set by who needs no tables at ticks, only losses: see live/maps.c */
	bool owner;	/* it reports the process and the cgroup whose memory an event is about */
};

/*
 * Opens a source. 0; after a message -EBADMSG (an incomplete or corrupt trace) or -errno.
 * @stream: the caller wants all events (recording), not only sums.
 */
int source_live_open(struct source **s, const struct source_filter *filter, int stream);
/* The kernel's settings and counters alone, where its events cannot be observed. */
int source_kernel_open(struct source **s);
/* @path ("-": stdin): a trace of mthptop or of another tool, packed or not; its content decides. */
int source_file_open(struct source **s, const char *path, const struct source_filter *filter);

/*
 * Calls @fn for every event that source_live_open(…, stream) delivers, beside the model. `record`
 * gets the events and their bitmaps this way. @fn returns 0, or -errno to count the event as lost.
 */
typedef int (*source_tap_fn)(void *ctx, const struct mthp_ev *ev);
void source_live_tap(struct source *s, source_tap_fn fn, void *ctx);

/*
 * Gives up for good what lib/confine.h says, but for what @what needs. The live source continues with its open
 * descriptors. To be called after everything else that takes rights is open.
 */
void source_live_drop(struct source *s, const struct confine *what);

#endif

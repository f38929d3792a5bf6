/* SPDX-License-Identifier: GPL-2.0-only */
/* Batches of khugepaged that a thread waited for mmap_lock in, from a trace. */
#ifndef MTHP_BENCH_WAITS_H
#define MTHP_BENCH_WAITS_H

#include <stdbool.h>

#include "trace.h"

/* Batches during which the thread waited, from one moment on. */
struct waits_since {
	bool waiting;
	unsigned int after;   /* blocks of this batch that ended since */
	unsigned int batches; /* at whose end the thread waited */
	unsigned int within;  /* those of them that ended with the block in hand */
	unsigned int most;    /* blocks of one batch */
};

struct waits {
	int pid;		  /* of the thread */
	struct waits_since asked; /* since its request: the kernel cannot know yet */
	struct waits_since seen;  /* since khugepaged can detect the wait */
};

/* Makes and enables the events that waits_look() needs; dies where the kernel does not have them. */
void waits_enable(void);

/* Another thread, and another trace, to add to what was counted before: none to begin with. */
void waits_begin(struct waits *w, int pid);

/* For trace_stop(): arg is a struct waits. */
void waits_look(const struct trace_event *ev, void *arg);

/*
 * Prints "WHO_batches ORDERS n", "WHO_within ORDERS n", "WHO_most ORDERS n" from detection on, and as
 * "WHO_asked_batches" and so on from the request on.
 */
void waits_print(const struct waits *w, const char *who, const char *orders);

#endif /* MTHP_BENCH_WAITS_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints in an instance of tracefs that is the test's own. */
#ifndef MTHP_TRACE_H
#define MTHP_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* One line of the trace; the texts are valid during the callback. */
struct trace_event {
	const char *task;   /* comm-pid */
	const char *name;   /* of the event */
	const char *fields; /* "a=1, b=2": see trace_num() and trace_word() */
	double time;	    /* s, to the microsecond */
};

/* Makes the instance, for this program only; dies without tracefs. It goes when the program ends. */
void trace_open(void);

/* "huge_memory/mm_mthp_scan": 0, or -ENOENT: this kernel has no such event. */
int trace_enable(const char *event);

/* Only events of this process. */
void trace_only_pid(int pid);

/* Forget what was traced so far, and start. */
void trace_start(void);

/*
 * Stop, and call fn for each event since trace_start(). Returns how many there were; dies when some
 * were lost.
 */
unsigned int trace_stop(void (*fn)(const struct trace_event *ev, void *arg), void *arg);

/* The same of a trace that was saved as text. */
unsigned int trace_read(FILE *f, void (*fn)(const struct trace_event *ev, void *arg), void *arg);

/* A number, decimal or 0x hex, or -1 where there is no such field. */
int64_t trace_num(const struct trace_event *ev, const char *field);

/* A word, copied; empty where there is no such field. */
void trace_word(const struct trace_event *ev, const char *field, char *buf, unsigned int size);

/* The work of khugepaged between two points. */
struct work {
	unsigned int scans;	   /* PMD ranges scanned: mm_khugepaged_scan_pmd, mm_mthp_scan */
	unsigned int collapses;	   /* blocks tried: mm_collapse_huge_page, mm_mthp_collapse */
	unsigned int batches;	   /* mm_mthp_batch */
	unsigned int locks;	   /* mmap_lock taken for writing, or tried for */
	unsigned int allocs;	   /* pages or folios allocated, of any order */
	unsigned int flushes;	   /* TLB flushes of a range */
	unsigned int successes;	   /* blocks collapsed: status succeeded */
	unsigned int by_order[16]; /* successes, if the kernel reports the order */
};

/* Count what khugepaged does from now on. Fits one pass: the buffer is limited. */
void work_start(void);
void work_stop(struct work *w);

/* Did it only scan? */
bool work_idle(const struct work *w);
void work_note(const char *what, const struct work *w);

#endif /* MTHP_TRACE_H */

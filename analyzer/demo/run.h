/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Demo scenarios: the table of their memory and of the expected outcome (scenarios.c), and the run of one
 * (run.c).
 */
#ifndef DEMO_RUN_H
#define DEMO_RUN_H

#include "demo/memory_priv.h"

struct demo_settings;

enum demo_by {
	DEMO_BY_KHUGEPAGED,
	DEMO_BY_MADVISE
};

enum demo_expect {
	DEMO_COLLAPSED, /* all of the memory is mapped by PMDs at the end */
	DEMO_UNCHANGED, /* no more of it is mapped by PMDs than before */
	DEMO_COUNTED,	/* the counter rises; smaps does not show it */
};

enum demo_needs {
	DEMO_NEEDS_SWAP = 1 << 0,
	DEMO_NEEDS_SMALL = 1 << 1, /* a kernel whose khugepaged collapses below PMD order */
};

/*
 * A setting during a scenario. Values of max_ptes_* are in sixteenths of a PMD range: "4/16" is 128 of 512
 * PTEs.
 */
struct demo_setting {
	const char *name;
	const char *value;
};

struct demo_scenario {
	const char *name; /* at most 10 bytes: a process of the scenario is called "demo:name" */
	const char *what; /* it does */
	const char *look_for; /* mthptop shows */
	enum demo_kind kind;
	enum demo_by by;
	enum demo_expect expect;
	const char *counter; /* a counter of the kernel that should rise; NULL: none */
	unsigned int counter_order;
	unsigned int needs; /* enum demo_needs */
	struct demo_setting settings[4];
	/*
	 * Fills the mapped memory. 0; -errno with the reason in @why if this machine cannot do
	 * it.
	 */
	int (*fill)(const struct demo_memory *m, char *why, size_t len);
};

extern const struct demo_scenario demo_scenarios[];
extern const size_t nr_demo_scenarios;

enum demo_verdict {
	DEMO_AS_EXPECTED,
	DEMO_DIFFERS,
	DEMO_LEFT_OUT, /* @text says why */
};

struct demo_seen {
	enum demo_verdict verdict;
	char text[160]; /* the outcome, or the reason */
};

/*
 * Sets khugepaged's pace to fast, and its limits as the scenarios expect them. 0, or -errno and in @which
 * the name of the setting that could not be changed.
 */
int demo_hurry(struct demo_settings *s, const char **which);

/*
 * Runs @sc on @nr_ranges ranges in a process of its own. @s: NULL if settings cannot be changed (@why is
 * the reason); scenarios that need that are left out. 0, -EINTR: asked to stop, or -errno.
 */
int demo_run(const struct demo_scenario *sc, size_t nr_ranges, struct demo_settings *s,
	     const char *why, struct demo_seen *seen);

#endif

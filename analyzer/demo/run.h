/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Demo scenarios: what each does to its memory and what should be seen of it (the table in
 * scenarios.c), and what was seen when one ran (run.c).
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
	DEMO_COLLAPSED, /* all of the memory is mapped by PMDs in the end */
	DEMO_UNCHANGED, /* what was not is not */
	DEMO_COUNTED,	/* the counter rises; smaps cannot tell */
};

enum demo_needs {
	DEMO_NEEDS_SWAP = 1 << 0,
	DEMO_NEEDS_SMALL = 1 << 1, /* a kernel whose khugepaged collapses to less than a PMD */
};

/*
 * A setting for the time of a scenario. Numbers in values of max_ptes_* are sixteenths of a range:
 * "4/16" is 128 of 512 PTEs.
 */
struct demo_setting {
	const char *name;
	const char *value;
};

struct demo_scenario {
	const char *name; /* at most 10 bytes: a process of the scenario is called "demo:name" */
	const char *what; /* what it does */
	const char *look_for; /* what mthptop shows of it */
	enum demo_kind kind;
	enum demo_by by;
	enum demo_expect expect;
	const char *counter; /* of the kernel's own, that should rise; NULL: none */
	unsigned int counter_order;
	unsigned int needs; /* enum demo_needs */
	struct demo_setting settings[4];
	/*
	 * Fills the mapped memory. 0, or -errno after it has put the reason into @why when this
	 * machine cannot do it.
	 */
	int (*fill)(const struct demo_memory *m, char *why, size_t len);
};

extern const struct demo_scenario demo_scenarios[];
extern const size_t nr_demo_scenarios;

enum demo_verdict {
	DEMO_AS_TOLD,
	DEMO_DIFFERS,
	DEMO_LEFT_OUT, /* @text says why */
};

struct demo_seen {
	enum demo_verdict verdict;
	char text[160]; /* what was seen, or why nothing was */
};

/*
 * The settings that make khugepaged quick, and its limits what the scenarios expect. 0 or -errno
 * with the name of the setting that could not be changed in @which.
 */
int demo_hurry(struct demo_settings *s, const char **which);

/*
 * Runs @sc on @nr_ranges ranges in a process of its own and says what was seen. @s: NULL when
 * settings cannot be changed (@why says why); what needs that is left out then.
 * 0, -EINTR when a stop signal ended it, or -errno.
 */
int demo_run(const struct demo_scenario *sc, size_t nr_ranges, struct demo_settings *s,
	     const char *why, struct demo_seen *seen);

#endif

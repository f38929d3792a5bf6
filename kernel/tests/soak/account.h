/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters that must be the same after a soak as before. */
#ifndef MTHP_SOAK_ACCOUNT_H
#define MTHP_SOAK_ACCOUNT_H

#include <stdbool.h>

#define MAX_ITEMS 40

struct account {
	long value[MAX_ITEMS];
	/* Only in kernels with debugging: recorded stacks, and KASAN's shadow. */
	long depot_kb;
	long shadow_kb;
};

void account_take(struct account *a);

/*
 * Takes another account, again and again until everything is as before or a minute has passed, and gives
 * a result for each counter.
 */
void account_settle(const struct account *before);

/* A memory cgroup of this name; NULL: cannot be made. */
const char *cgroup_make(const char *name);
void cgroup_enter(const char *path);
/*
 * Removes the cgroup, whose processes have ended. With judge: results on whether nothing is still charged
 * to it, neither a page nor more than a few bytes.
 */
void cgroup_settle(const char *path, bool judge);

/* kmemleak: forget its objects; later: report the objects that no pointer refers to. */
bool leaks_have(void);
void leaks_clear(void);
void leaks_judge(void);

#endif /* MTHP_SOAK_ACCOUNT_H */

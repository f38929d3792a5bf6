/* SPDX-License-Identifier: GPL-2.0-only */
/* What must be after a soak as it was before. */
#ifndef MTHP_SOAK_ACCOUNT_H
#define MTHP_SOAK_ACCOUNT_H

#include <stdbool.h>

#define MAX_ITEMS 40

struct account {
	long value[MAX_ITEMS];
	/* What only a kernel that looks for mistakes has: stacks that it saw, and KASAN's shadow. */
	long depot_kb;
	long shadow_kb;
};

void account_take(struct account *a);

/*
 * Takes another one, again and again until all is as it was or a minute has passed, and gives a
 * result for each thing counted.
 */
void account_settle(const struct account *before);

/* A memory cgroup of this name; NULL: cannot be made. It is left by nobody but its processes. */
const char *cgroup_make(const char *name);
void cgroup_enter(const char *path);
/*
 * Its processes are gone, and so is it when this returns. With judge: results on whether nothing was
 * left charged to it, neither a page nor more than a few bytes.
 */
void cgroup_settle(const char *path, bool judge);

/* kmemleak: forget what it has, and later: what is there that nobody points to? */
bool leaks_have(void);
void leaks_clear(void);
void leaks_judge(void);

#endif /* MTHP_SOAK_ACCOUNT_H */

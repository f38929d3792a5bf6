/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What collapses did to cgroups, within a bound of names.
 *
 * A cgroup gets a name when its memory is first collapsed, or when it is large, while names are left; the
 * largest first. It keeps the name until it has been gone for a while. From then on the name is free again.
 * Bytes of a cgroup that has no name go to "other", and stay there if it gets one later. So no
 * counter falls, and each byte is counted once.
 *
 * Process rows come and go with the kernel's table of processes; only their growth is added.
 */
#ifndef EXPORT_CGROUPS_PRIV_H
#define EXPORT_CGROUPS_PRIV_H

#include "model/snapshot.h"

#define CGROUPS_MAX	256
#define CGROUPS_LABEL	224
#define CGROUPS_GONE_NS (300 * 1000000000ULL) /* a gone cgroup keeps its name for five minutes */
#define CGROUPS_LARGE	(64ULL << 20)	      /* bytes, from which on memory alone gives a name */
#define CGROUPS_LOOK_NS (60 * 1000000000ULL)  /* between two searches for large ones */

struct cgroup_row {
	__u64 id;		   /* 0: the slot is free */
	char label[CGROUPS_LABEL]; /* fit for a label, and no other cgroup's */
	char *path;
	__u64 collapsed, filled; /* bytes */
	__u64 gone_ns;		 /* when it was first found gone; 0: it is there */
	/* Of memory.stat; NUM_UNKNOWN */
	__u64 anon, anon_thp;
};

struct cgroups;

/*
 * The path of the cgroup with @id, valid until the next call; NULL: it is unknown. @ctx is given to
 * cgroups_new().
 */
typedef const char *(*cgroups_path_fn)(void *ctx, __u64 id);

/* @max names. @root: of the hierarchy, to see which cgroups are gone and which are large; NULL: none. */
struct cgroups *cgroups_new(size_t max, const char *root, cgroups_path_fn path, void *ctx);
void cgroups_free(struct cgroups *c);

/* Takes the growth of the process rows of @s. @now_ns: CLOCK_MONOTONIC. 0 or -ENOMEM. */
int cgroups_take(struct cgroups *c, const struct snapshot *s, __u64 now_ns);

/* Row @i, until NULL. The last two are those without a name, "other", and without a cgroup, "unknown". */
const struct cgroup_row *cgroups_at(const struct cgroups *c, size_t i);

/*
 * The label for @path. Nearly always the path itself. One that is not fit to print, or too long, is escaped or
 * cut, and says so; paths begin with "/", and these labels do not. Returns @buf.
 */
char *cgroups_label(const char *path, __u64 id, char *buf, size_t len);

#endif

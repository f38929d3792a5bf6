/* SPDX-License-Identifier: GPL-2.0-only */
/* cgroup v2: the path, as in /proc/PID/cgroup, and the id that the kernel uses. */
#ifndef LIB_CGROUP_H
#define LIB_CGROUP_H

#include <stddef.h>
#include <mthp/types.h>

/* The mount point of the cgroup v2 hierarchy. 0; -ENOENT: it is not mounted; -errno. */
int cgroup_mount(char *path, size_t len);

/* The id of the cgroup at @path below the mount. 0 or -errno. */
int cgroup_id(const char *path, __u64 *id);

/*
 * Calls @fn for each cgroup below @root (NULL: where the hierarchy is mounted), parents first: its path below
 * the root, "/" for the root itself, and its id. @leaf: it has none below it. @fn returns 0, or a result that
 * ends the walk. That result, or -errno.
 */
typedef int (*cgroup_fn)(void *ctx, const char *path, __u64 id, int leaf);
int cgroup_walk(const char *root, cgroup_fn fn, void *ctx);

/*
 * Paths by id. The whole hierarchy is read once, and once more for each id that is not found: keep one of
 * these, and ask for an id once. @root: the hierarchy; NULL: where it is mounted. NULL when memory
 * is out.
 */
struct cgroup_names;
struct cgroup_names *cgroup_names_new(const char *root);
void cgroup_names_free(struct cgroup_names *n);

/* The path below the mount, "/" for the root; valid until the next call. NULL: no such cgroup. */
const char *cgroup_names_path(struct cgroup_names *n, __u64 id);

#endif

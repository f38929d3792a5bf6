/* SPDX-License-Identifier: GPL-2.0-only */
/* cgroup v2: between a path, as /proc/PID/cgroup shows it, and the id that the kernel uses. */
#ifndef LIB_CGROUP_H
#define LIB_CGROUP_H

#include <stddef.h>
#include <mthp/types.h>

/* Where the cgroup v2 hierarchy is mounted. 0; -ENOENT: nowhere; -errno. */
int cgroup_mount(char *path, size_t len);

/* The id of the cgroup at @path below the mount. 0 or -errno. */
int cgroup_id(const char *path, __u64 *id);

/* The path of the cgroup with this id: looks through the hierarchy. 0; -ENOENT: not there. */
int cgroup_path(__u64 id, char *path, size_t len);

#endif

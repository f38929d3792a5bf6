/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of a recording in several files: their names, which of them are ours, and which is the oldest. */
#ifndef TRACE_PARTS_PRIV_H
#define TRACE_PARTS_PRIV_H

#include <limits.h>
#include <sys/stat.h>
#include <mthp/types.h>

#define PARTS_PATH_MAX PATH_MAX

struct parts;

/* See trace_rotate_new(). */
int parts_new(struct parts **out, const char *path);
/* Takes NULL. */
void parts_free(struct parts *p);

const char *parts_folder(const struct parts *p);
/* Of the folder, when it was opened. */
const struct stat *parts_owner(const struct parts *p);
/* "DIR/NAME-*.mthp", fit to print. */
const char *parts_name(const struct parts *p);

/* A number and a path that no part had before. 0 or -errno: there are no more numbers, or the path is too long. */
int parts_next(struct parts *p, __u64 realtime_ns, __u32 *number, char path[PARTS_PATH_MAX]);

/* The file @path is a part from now on. */
void parts_add(struct parts *p, __u32 number, const char *path);

/* Removes the oldest parts until there are @most. How many were removed. */
unsigned int parts_leave(struct parts *p, unsigned int most);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's list of tracepoints, even if nobody has mounted tracefs. */
#ifndef LIVE_TRACEFS_PRIV_H
#define LIVE_TRACEFS_PRIV_H

#include <stddef.h>

/*
 * A directory descriptor of tracefs: of a mounted one, or else of a mount of our own that no directory
 * holds (Linux 5.2), so that nobody else sees it and it goes with the descriptor. @how, if not NULL, is
 * set to its place, in words. -errno: tracefs cannot be reached.
 */
int tracefs_open(const char **how);

/* The number of a tracepoint. -ENOENT: this kernel does not have it; other -errno: it cannot be read. */
int tracefs_event_id(int tracefs, const char *system, const char *name);

/* The text that describes a tracepoint's record and how it is printed. 0 or -errno. */
int tracefs_event_format(int tracefs, const char *system, const char *name, char *buf, size_t len);

#endif

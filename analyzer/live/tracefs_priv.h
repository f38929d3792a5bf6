/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's list of tracepoints, also where nobody has mounted it. */
#ifndef LIVE_TRACEFS_PRIV_H
#define LIVE_TRACEFS_PRIV_H

#include <stddef.h>

/*
 * A directory descriptor of tracefs: a mounted one, or else one of our own that is attached nowhere
 * (Linux 5.2), which nobody else can see and which goes with the descriptor. @how, when not NULL,
 * is set to where it is. -errno: tracefs cannot be reached.
 */
int tracefs_open(const char **how);

/* The number of a tracepoint. -ENOENT: this kernel does not have it; other -errno: not to be read. */
int tracefs_event_id(int tracefs, const char *system, const char *name);

/* The text that describes a tracepoint's record and how it is printed. 0 or -errno. */
int tracefs_event_format(int tracefs, const char *system, const char *name, char *buf, size_t len);

#endif

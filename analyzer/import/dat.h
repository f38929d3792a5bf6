/* SPDX-License-Identifier: GPL-2.0-only */
/* trace-cmd's trace.dat. libtracecmd reads it in a process of its own, which sends the events. */
#ifndef IMPORT_DAT_H
#define IMPORT_DAT_H

#include <stdbool.h>

#include "import/bad_priv.h"
#include "import/fields_priv.h"

#define IMP_DAT_MAGIC	  "\x17\x08\x44tracing"
#define IMP_DAT_MAGIC_LEN 10

struct imp_dat;

/*
 * Rewinds the file at @fd, begins to read it, and fills @meta from it. Later events may add names of results
 * to @meta. @name: for messages. 0; after a message -EBADMSG or -errno.
 */
int imp_dat_open(struct imp_dat **d, const char *name, int fd, struct meta *meta);

#ifdef IMP_DAT_FUZZ
/* As imp_dat_open(), with the frames of the process read from @fd. Without messages. */
int imp_dat_open_frames(struct imp_dat **d, int fd, struct meta *meta);
#endif

/*
 * 1: *@raw is the next event; 0: all was read; -errno: the file cannot be read further, after a message (once).
 */
int imp_dat_next(struct imp_dat *d, struct imp_raw *raw);

/*
 * Is the trace.dat at @fd cut off? 1, 0, or -EINVAL: malformed, or cut off before any event.
 * @mend: repairs it, so that it ends there. @fd is a writable copy then.
 */
int imp_dat_cut(int fd, bool mend);

/* Events that the file reports as lost, so far. */
__u64 imp_dat_lost(const struct imp_dat *d);

/* Events of khugepaged that this build does not know, so far. */
const struct imp_bad *imp_dat_bad(const struct imp_dat *d);

/* Takes NULL. */
void imp_dat_close(struct imp_dat *d);

#endif

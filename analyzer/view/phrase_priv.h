/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers and names as parts of sentences: by value, so that one call can use several. */
#ifndef VIEW_PHRASE_PRIV_H
#define VIEW_PHRASE_PRIV_H

#include "model/snapshot.h"

struct phrase {
	char s[96];
};

struct phrase phrase_bytes(__u64 n);
struct phrase phrase_ns(__u64 n);

/* An order as the size of its folio. */
struct phrase phrase_size(const struct snapshot *s, __u64 order);

/* "30.0%" */
struct phrase phrase_percent(__u64 n, __u64 of);

/* "redis-server/1234", harmless */
struct phrase phrase_who(const struct snap_proc *p);

/* "1 time", "2 times" */
struct phrase phrase_count(__u64 n, const char *one, const char *more);

/* "12 collapses" */
struct phrase phrase_collapses(__u64 n);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers and names as parts of sentences: by value, so that several stand in one line. */
#ifndef VIEW_PHRASE_PRIV_H
#define VIEW_PHRASE_PRIV_H

#include "model/snapshot.h"

struct words {
	char s[96];
};

struct words words_bytes(__u64 n);
struct words words_ns(__u64 n);

/* An order as the size of its folio. */
struct words words_size(const struct snapshot *s, __u64 order);

/* "30.0%" */
struct words words_percent(__u64 n, __u64 of);

/* "redis-server/1234", harmless */
struct words words_who(const struct snap_proc *p);

/* "1 time", "2 times" */
struct words words_count(__u64 n, const char *one, const char *more);

/* "12 collapses" */
struct words words_collapses(__u64 n);

#endif

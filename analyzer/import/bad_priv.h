/* SPDX-License-Identifier: GPL-2.0-only */
/* Events of khugepaged in a trace of another tool that are not in the numbers, by name and reason. */
#ifndef IMPORT_BAD_PRIV_H
#define IMPORT_BAD_PRIV_H

#include "model/meta.h"

#define IMP_STRANGE 8 /* names of events that this build does not know */

/* Why a line of an event could not be read: bits of imp_bad.why. */
enum imp_why {
	IMP_WHY_FIELDS = 1,  /* a field is missing, or is no number */
	IMP_WHY_HEAD = 2,    /* the text in front of the event is of no known form */
	IMP_WHY_NO_TIME = 4, /* no time stands in front of it */
	IMP_WHY_CLOCK = 8,   /* its time is a count of some clock */
	IMP_WHY_MERGED = 16, /* it stands behind another event in one line */
};

/* Records of events that gave no event; lines, where it is a text. */
struct imp_bad {
	__u64 lines;		    /* all of them */
	__u64 kinds[MTHP_NR_KINDS]; /* of these: events that this build knows */
	__u64 strange;		    /* of these: events that this build does not know */
	__u64 raw; /* of these: lines without the names of events (ftrace's options/raw) */
	__u32 why; /* enum imp_why */
	struct {
		char name[META_NAME_LEN];
		__u64 lines;
	} names[IMP_STRANGE]; /* of the strange ones, those seen first */
};

/* Counts @nr events that this build does not know, called @name, of @len bytes. */
void imp_bad_strange(struct imp_bad *bad, const char *name, size_t len, __u64 nr);

#endif

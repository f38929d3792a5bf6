/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the fields of the kernel's events go: the one table behind all importers. A row is an event, a
 * field by its name in the event's record, the same by what its text calls it, and a place in struct
 * mthp_ev. Rows of one event stand together, in the order of its text.
 */
#ifndef IMPORT_FIELDS_PRIV_H
#define IMPORT_FIELDS_PRIV_H

#include <stddef.h>
#include "model/meta.h"

#define IMP_SYSTEM     "huge_memory"
#define IMP_NEW_SYSTEM "collapse" /* of kernels to come: nothing of it is read yet */

enum imp_to {
	IMP_NOTHING, /* known, and not taken */
	IMP_VALUE,   /* ev->v[which] */
	IMP_MM,
	IMP_PFN,
	IMP_ADDR,
	IMP_ORDER,
	IMP_RESULT,	  /* ev->result */
	IMP_RESULT_VALUE, /* a result in ev->v[which] */
	IMP_RET,	  /* ev->v[which]: 1 is 1, all else 0 */
	IMP_DUR,
	IMP_LOCK,
	IMP_BY,	  /* the requester */
	IMP_BITS, /* bitmap number which */
};

enum imp_flag {
	IMP_OPTIONAL = 1, /* not all kernels have it */
	IMP_HEX = 2,	  /* its text is hexadecimal without 0x */
	IMP_FREE = 4,	  /* its text may hold anything: up to the next field */
	IMP_SINCE = 8,	  /* kernels before 4.8 do not have it */
};

struct imp_field {
	__u8 kind; /* enum mthp_kind */
	__u8 to;   /* enum imp_to */
	__u8 which;
	__u8 flags;
	__u8 name_len, text_len;
	const char *name; /* in the record; NULL: not there */
	const char *text; /* in the text; NULL: not there */
};

/* What a reader gets out of one record, before complete.c makes an event of it. */
struct imp_raw {
	struct mthp_ev
		ev; /* ev.comm: of the task that the event happened in; ev.mm: the kernel's */
	__u64 bits[MTHP_NR_BITMAPS * MTHP_MAX_WORDS]; /* behind ev, as those of any event */
	__u32 cpu;
	__u8 reported;	/* enum imp_reported */
	__u8 requester; /* 1 + enum mthp_requester of the task; 0: of its name, in ev.comm */
	__u8 pad[2];
};

enum imp_reported {
	IMP_REPORTED_ORDER = 1,
	IMP_REPORTED_BY = 2,
	IMP_REPORTED_LEADER = 4, /* ev.tgid is that of the task */
	IMP_DOUBT = 8,		 /* ev.comm may be that of some other requester */
	IMP_NO_NAME = 16,	 /* ev.comm is not known, but not that of a kernel thread */
};

/* The rows of an event; their number in *@nr. */
const struct imp_field *imp_fields(__u32 kind, size_t *nr);

/* Its tracepoint's name; NULL: there is no such event. */
const char *imp_event_name(__u32 kind);

/* enum mthp_kind of a tracepoint's name; 0: not one of ours. */
__u32 imp_event_kind(const char *name, size_t len);

/* Puts a number where @f says; results are numbers of ours here. -EINVAL: it cannot be. */
int imp_put(struct imp_raw *raw, const struct imp_field *f, __u64 value);

#endif

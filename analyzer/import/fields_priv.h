/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One table for all importers maps the fields of the kernel's events to struct mthp_ev. A row has an event, a
 * field's name in the record, its name in the text, and its place in struct mthp_ev. Rows of one event stand
 * together, in the order of its text.
 */
#ifndef IMPORT_FIELDS_PRIV_H
#define IMPORT_FIELDS_PRIV_H

#include <stddef.h>
#include "model/meta.h"

#define IMP_SYSTEM     "huge_memory"
#define IMP_NEW_SYSTEM "collapse" /* of future kernels: mthptop does not read it yet */

enum imp_to {
	IMP_NOTHING, /* known, but not used */
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
	const char *name; /* in the record; NULL: it has no such field */
	const char *text; /* in the text; NULL: it has no such field */
};

/* The contents of one record, before complete.c makes an event of it. */
struct imp_raw {
	struct mthp_ev ev; /* ev.comm: of the current task; ev.mm: the kernel's pointer */
	__u64 bits[MTHP_NR_BITMAPS * MTHP_MAX_WORDS]; /* behind ev, as those of any event */
	__u32 cpu;
	__u8 reported;	/* enum imp_reported */
	__u8 requester; /* 1 + enum mthp_requester of the task; 0: ev.comm decides */
	__u8 pad[2];
};

enum imp_reported {
	IMP_REPORTED_ORDER = 1,
	IMP_REPORTED_BY = 2,
	IMP_REPORTED_LEADER = 4, /* ev.tgid is the task's */
	IMP_DOUBT = 8,		 /* ev.comm may be the name of another requester */
	IMP_NO_NAME = 16,	 /* ev.comm is unknown, but no kernel thread's */
};

/* The rows of an event; their number in *@nr. */
const struct imp_field *imp_fields(__u32 kind, size_t *nr);

/* The name of its tracepoint; NULL: no such event. */
const char *imp_event_name(__u32 kind);

/* enum mthp_kind of a tracepoint's name; 0: mthptop does not read it. */
__u32 imp_event_kind(const char *name, size_t len);

/* Stores a number in the field @f; results have numbers of mthp/result.h. -EINVAL: impossible. */
int imp_put(struct imp_raw *raw, const struct imp_field *f, __u64 value);

#endif

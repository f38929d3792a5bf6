/* SPDX-License-Identifier: GPL-2.0-only */
/* The memory that the programs of survey.bpf.c and userspace share: questions and answers of one call. */
#ifndef MTHP_SURVEY_H
#define MTHP_SURVEY_H

#include <mthp/pte.h>

#define SURVEY_PTES	 32768 /* entries that a call copies at most */
#define SURVEY_MAX_TABLE 8192  /* entries of the largest table */
#define SURVEY_SEEN	 2048  /* findings of a call at most */
#define SURVEY_STEPS	 4096  /* ranges and holes that a call looks at in one mapping, at most */
#define SURVEY_LOOKS	 8192  /* frames that a call looks at */
#define SURVEY_HEADS	 11    /* a folio has less than 2^11 pages times as many */
#define SURVEY_NO_ORDER	 31    /* the folio was changing: its order is unknown */

enum survey_seen_kind {
	SURVEY_SEEN_VMA,   /* a mapping begins: value has its flags, at has SURVEY_VMA_* */
	SURVEY_SEEN_TABLE, /* a table of PTEs: at has the number of its first entry in ptes */
	SURVEY_SEEN_HUGE,  /* mapped by an entry above the table of PTEs, which is value */
	SURVEY_SEEN_OTHER, /* such an entry that maps nothing: its memory migrates */
	SURVEY_SEEN_LOST,  /* there is something, but it could not be read */
};

#define SURVEY_VMA_FILE 1 /* has a file */
#define SURVEY_VMA_OPS	2 /* has operations: is no anonymous memory */

struct survey_seen {
	__u64 start, end; /* bytes */
	__u64 value;
	__u32 kind;
	__u32 at;
};

/* Of the frame that was asked about. */
#define SURVEY_LOOK_EXACT \
	(1ULL << 63) /* in a question: everything below is wanted, not only the order */

#define SURVEY_LOOK_ANON       1
#define SURVEY_LOOK_KSM	       2
#define SURVEY_LOOK_POISON     4
#define SURVEY_LOOK_SHARED     8
#define SURVEY_LOOK_REFERENCED 16

struct survey_look_answer {
	__u64 head;  /* first frame of its folio */
	__u32 order; /* SURVEY_NO_ORDER */
	__u32 flags;
};

struct survey_area {
	struct survey_seen seen[SURVEY_SEEN];
	__u64 ptes[SURVEY_PTES + SURVEY_MAX_TABLE]; /* the rest stays empty */
	__u64 question[SURVEY_LOOKS];
	struct survey_look_answer answer[SURVEY_LOOKS];
};

/* What the program on mappings is told, and tells. */
struct survey_call {
	struct mthp_pte_format format;
	__u64 direct_map;   /* virtual address of physical address 0 */
	__u64 page_structs; /* virtual address of the struct page of frame 0 */
	__u32 page_struct_size;
	__u32 nr_questions;
	__u64 cursor;		 /* addresses below are done */
	__u64 mm;		 /* of the first call; 0: this is the first */
	__u64 start_boottime_ns; /* of the task */
	__u32 nr_seen;
	__u32 nr_ptes;
	__u32 ended;   /* the last mapping was seen */
	__u32 changed; /* the process has other memory now: it executed another program */
};

#endif

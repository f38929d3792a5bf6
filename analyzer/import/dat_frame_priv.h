/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames of the process that runs libtracecmd: a head, and as many bytes as the head says. The reader checks
 * every frame, although both ends are one program: a malicious file may have corrupted the child.
 */
#ifndef IMPORT_DAT_FRAME_PRIV_H
#define IMPORT_DAT_FRAME_PRIV_H

#include "import/fields_priv.h"

#define IMP_FRAME_MAX (sizeof(struct imp_raw) + 256)

enum imp_frame_type {
	IMP_FRAME_META = 1, /* struct imp_frame_meta: the first one */
	IMP_FRAME_NAME,	    /* struct imp_frame_name: before the first event */
	IMP_FRAME_EVENT,    /* struct imp_frame_event and bitmaps */
	IMP_FRAME_LOST,	    /* __u64: events that the recorder lost */
	IMP_FRAME_ALIVE,    /* nothing: the child still reads, other events only */
	IMP_FRAME_STRANGE,  /* struct imp_frame_strange */
	IMP_FRAME_END,	    /* nothing: all of the file was read */
};

struct imp_frame {
	__u32 type;
	__u32 len;
};

struct imp_frame_meta {
	__u32 page_size;
	__u32 pmd_order; /* 0: unknown */
	__u32 nr_cpus;
	__u32 kinds;
	__u32 reports_order; /* 1: collapse events have their order */
	__u32 pad;
	char clock[16];
	char release[META_NAME_LEN];
	char machine[META_NAME_LEN];
};

/* The file's number and name of a result. */
struct imp_frame_name {
	__u32 number;
	char text[META_NAME_LEN];
};

/* Events of khugepaged that this build does not know. */
struct imp_frame_strange {
	__u64 nr;
	char name[META_NAME_LEN];
};

/* ev.result is the file's number. Behind it: the bitmaps. */
struct imp_frame_event {
	struct mthp_ev ev;
	__u32 result; /* the file's number; ~0: none */
	__u32 result_value;
	__u32 cpu;
	__u8 reported;
	__u8 pad[3];
};

/*
 * Reads the trace.dat at @fd, from its beginning, with libtracecmd, and writes frames to @out. To be
 * called in a process of its own, which passes the result to _exit(): the library may exit or crash.
 */
int imp_lib_run(int fd, int out);

/* The reason if this build has no libtracecmd; NULL: it has. */
const char *imp_lib_missing(void);

#endif

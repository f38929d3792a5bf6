/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events as text: what ftrace's `trace` and `trace_pipe` say, trace-cmd report, and perf script. Line by
 * line, without memory beyond struct imp_text.
 */
#ifndef IMPORT_TEXT_PRIV_H
#define IMPORT_TEXT_PRIV_H

#include "import/fields_priv.h"

enum imp_line {
	IMP_LINE_OTHER, /* nothing of ours: another event, a comment */
	IMP_LINE_EVENT, /* *raw is filled in */
	IMP_LINE_BAD,	/* an event of ours that cannot be read */
};

/* Which tool wrote the text, as far as can be told. */
enum imp_dialect {
	IMP_UNKNOWN_TEXT,
	IMP_FTRACE, /* and trace-cmd report: task-pid */
	IMP_PERF,   /* task pid */
};

#define IMP_TEXT_HEAD  64
#define IMP_TEXT_NAMES 256 /* results by their text, found lately */

struct imp_text_name {
	char text[META_NAME_LEN];
	__u8 len, result;
};

/* Begins as all zero but for meta. */
struct imp_text {
	struct meta *meta; /* takes names of results, and what comments tell */
	__u8 dialect;	   /* enum imp_dialect */
	int no_clock;	   /* times are counts of some clock: x86-tsc, counter */
	__u64 lines;	   /* that look like an event of somebody's */
	__u64 lost;	   /* events that the text says are missing */
	/* Lines of one task on one CPU come in rows: what they begin with, up to the ']'. */
	struct imp_head {
		const char *comm; /* in the line that is read */
		size_t comm_at, comm_len;
		__u32 tid, tgid, cpu;
		int knows_tgid;
		__u64 ts_ns;
	} head;
	char begin[IMP_TEXT_HEAD];
	size_t begin_len; /* 0: none yet */
	struct {
		const struct imp_field *rows;
		size_t nr;
		__u64 required; /* a bit for each row */
	} shapes[MTHP_NR_KINDS];
	struct imp_text_name names[IMP_TEXT_NAMES];
};

/* Reads one line, without its newline. Events get what the line says: imp_event() does the rest. */
enum imp_line imp_text_line(struct imp_text *t, const char *line, size_t len, struct imp_raw *raw);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events as text, line by line: of ftrace's `trace` and `trace_pipe`, trace-cmd report, perf script and
 * perf trace, the kernel's log, and what puts such lines into its own. Memory is bounded by struct
 * imp_text.
 */
#ifndef IMPORT_TEXT_H
#define IMPORT_TEXT_H

#include <stdbool.h>

#include "import/bad_priv.h"
#include "import/fields_priv.h"

enum imp_line {
	IMP_LINE_OTHER, /* no event of khugepaged: an event of others, a comment, prose */
	IMP_LINE_EVENT, /* *raw is filled in */
	IMP_LINE_BAD,	/* an event of khugepaged that cannot be read; t->bad counts it */
};

/* Which tool wrote the text, as far as its lines show. */
enum imp_dialect {
	IMP_UNKNOWN_TEXT,
	IMP_FTRACE,	/* and trace-cmd report: task-pid */
	IMP_PERF,	/* perf script: task pid */
	IMP_PERF_TRACE, /* task/tid and milliseconds */
	IMP_PRINTK,	/* the kernel's log: no task */
};

#define IMP_TEXT_HEAD	128
#define IMP_TEXT_BEGINS 8
#define IMP_TEXT_NAMES	256  /* results by their text, found lately */
#define IMP_TEXT_LINE	8192 /* of lines that are rewritten before they are read */

struct imp_text_name {
	char text[META_NAME_LEN];
	__u8 len, result;
};

/* The text in front of an event. */
struct imp_head {
	char comm[MTHP_COMM_LEN]; /* "": not known */
	__u32 tid, tgid, cpu;	  /* 0 where there is none */
	__u8 reported;		  /* enum imp_reported */
	__u8 requester;		  /* as in struct imp_raw */
	bool has_task, counts;	  /* @counts: the time is a count of some clock */
	__u64 ts_ns;
};

/* Begins as all zero but for meta. */
struct imp_text {
	struct meta *meta; /* takes names of results, and the values of comments */
	__u8 dialect;	   /* enum imp_dialect */
	bool tracer;	   /* the head of ftrace's own file was seen */
	bool quoted;	   /* lines of a quoted-printable mail were seen */
	bool decorated;	   /* the line that is read has colours, or blanks of HTML */
	bool numeric;	   /* some result is a number, without the kernel's name of it */
	__u64 lines;	   /* that look like an event of somebody's */
	__u64 lost;	   /* events that the text reports as missing */
	__u64 heads;	   /* lines of events of anybody */
	__u64 odd;	   /* lines that are neither events nor comments */
	__u64 doubts;	   /* events whose task's name cannot be separated from the text in front */
	__u64 taskless;	   /* events without a task */
	struct imp_bad bad;
	struct imp_head head; /* of the line that is read */
	/* Lines of one task on one CPU begin alike, up to the ']': the beginnings seen lately. */
	struct imp_begin {
		struct imp_head head;
		size_t len; /* 0: none */
		char text[IMP_TEXT_HEAD];
	} begins[IMP_TEXT_BEGINS];
	__u32 last_begin, next_begin;
	struct {
		const struct imp_field *rows;
		size_t nr;
		__u64 required, since; /* a bit for each row */
		__u64 seen;	       /* rows that some line had */
	} shapes[MTHP_NR_KINDS];
	struct imp_text_name names[IMP_TEXT_NAMES];
	size_t nr_held; /* bytes of a quoted-printable line that goes on */
	char held[IMP_TEXT_LINE];
	char plain[IMP_TEXT_LINE]; /* a line without its colours */
};

/* Reads one line, without its newline. The event gets the values of the line: imp_event() does the rest. */
enum imp_line imp_text_line(struct imp_text *t, const char *line, size_t len, struct imp_raw *raw);

/*
 * To be called at the end. Lines of a file of ftrace none of which is an event of anybody: it is in a form
 * that has no names of events (options/raw, hex and bin).
 */
__u64 imp_text_unread(const struct imp_text *t);

/* Takes from @from what was learned about the text as a whole. */
void imp_text_learn(struct imp_text *t, const struct imp_text *from);

#endif

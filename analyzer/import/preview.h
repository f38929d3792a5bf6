/* SPDX-License-Identifier: GPL-2.0-only */
/* The beginning of a trace of another tool. */
#ifndef IMPORT_PREVIEW_H
#define IMPORT_PREVIEW_H

#include "import/text.h"
#include "trace/input.h"

#define IMP_WINDOW (256U << 10) /* bytes of text that are read twice, and the longest line */

enum imp_form {
	IMP_FORM_NONE,	  /* nothing that mthptop knows */
	IMP_FORM_DAT,	  /* trace-cmd's trace.dat */
	IMP_FORM_TEXT,	  /* lines of a trace, possibly behind other text */
	IMP_FORM_FOREIGN, /* known, and not read */
};

/*
 * What @in holds: enum imp_form; -errno where it cannot be read. Text in front of a trace is taken, and
 * all of @in where it is text of another kind; otherwise nothing is. *@words: of IMP_FORM_FOREIGN, what it
 * is and what to do.
 */
int imp_form(struct trace_in *in, const char **words);

/* What the first events say about all of them. Begins as all zero. */
struct imp_preview {
	__u32 kinds, max_words, entries;
	__u64 first_ns;
	bool any, has_order;
	struct imp_raw raw;
};

/* Reads the whole lines of @p. @t is not to be used for anything else. */
void imp_preview(struct imp_preview *v, struct imp_text *t, const __u8 *p, size_t len);

#endif

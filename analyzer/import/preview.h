/* SPDX-License-Identifier: GPL-2.0-only */
/* The beginning of a trace of another tool. */
#ifndef IMPORT_PREVIEW_H
#define IMPORT_PREVIEW_H

#include "import/text_priv.h"
#include "trace/input.h"

#define IMP_WINDOW (256U << 10) /* of text, looked at beforehand; and what a line may have */

enum imp_form {
	IMP_FORM_NONE, /* nothing that we know */
	IMP_FORM_DAT,  /* trace-cmd's trace.dat */
	IMP_FORM_TEXT, /* text of ftrace, trace-cmd report, perf script */
};

/* What @in holds: enum imp_form; -errno where it cannot be read. Nothing is taken. */
int imp_form(struct trace_in *in);

/* What the first events tell of all. Begins as all zero. */
struct imp_preview {
	__u32 kinds, max_order, max_words;
	__u64 first_ns;
	int any, tells_order;
	struct imp_raw raw;
};

/* Reads the whole lines of @p. @t is not to be used for anything else. */
void imp_preview(struct imp_preview *v, struct imp_text *t, const __u8 *p, size_t len);

/* By the bitmaps, which are as long as a table, or the greatest order; else 9. */
__u32 imp_guess_pmd_order(const struct imp_preview *v);

#endif

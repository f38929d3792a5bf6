/* SPDX-License-Identifier: GPL-2.0-only */
/* Traces of other tools as a source. */
#ifndef SRC_IMPORT_H
#define SRC_IMPORT_H

#include "source.h"
#include "trace_in.h"

enum import_form {
	IMPORT_NONE, /* nothing that we know */
	IMPORT_DAT,  /* trace-cmd's trace.dat */
	IMPORT_TEXT, /* text of ftrace, trace-cmd report, perf script */
};

/* What @in holds, by its beginning. -errno where it cannot be read. Nothing is taken. */
int source_import_form(struct trace_in *in);

/*
 * Opens it; @in is the source's from now on. @name: for messages. As source_file_open(). @form: as
 * source_import_form() said.
 */
int source_import_open(struct source **s, const char *name, struct trace_in *in, int form,
		       const struct source_filter *filter);

/* The same over a trace of our own (src_file.c). */
int source_trace_open(struct source **s, const char *name, struct trace_in *in,
		      const struct source_filter *filter);

#endif

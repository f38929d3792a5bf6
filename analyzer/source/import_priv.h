/* SPDX-License-Identifier: GPL-2.0-only */
/* Traces of other tools as a source. */
#ifndef SOURCE_IMPORT_PRIV_H
#define SOURCE_IMPORT_PRIV_H

#include "model/source.h"
#include "trace/input.h"

/*
 * As source_file_open(). The source owns @in. @name: for messages. @form: from imp_form().
 */
int source_import_open(struct source **s, const char *name, struct trace_in *in, int form,
		       const struct source_filter *filter);

/* The same for a trace of mthptop (file.c). */
int source_trace_open(struct source **s, const char *name, struct trace_in *in,
		      const struct source_filter *filter);

#endif

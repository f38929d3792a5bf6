/* SPDX-License-Identifier: GPL-2.0-only */
/* Forms of traces that are known by their beginning and not read. */
#ifndef IMPORT_FOREIGN_PRIV_H
#define IMPORT_FOREIGN_PRIV_H

#include <stddef.h>
#include <mthp/types.h>

#define IMP_FOREIGN_HEAD 16 /* bytes that most of them need */

/* Of a text in which no line is of a trace. */
#define IMP_NO_LINE                                                                                   \
	"not a mthptop trace, nor one of trace-cmd, ftrace or perf: no line of it is one of a trace " \
	"(make one with: mthptop record -o FILE)"

/* What @p, the first @len bytes, is and what to do with it; NULL: not known. */
const char *imp_foreign(const __u8 *p, size_t len);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages about a trace of another tool, at its end. */
#ifndef SOURCE_IMPORT_SAY_PRIV_H
#define SOURCE_IMPORT_SAY_PRIV_H

#include "import/text.h"

#define IMPORT_NO_EVENT                                                                         \
	"no event of khugepaged in it: %s%s: zeroes do not mean that nothing happened (was it " \
	"recorded with -e huge_memory?)"

/* Events that are not in the numbers. */
void import_say_bad(const struct imp_bad *bad, const char *name);

/* Lines of @t that could not be read or whose task is unknown. @events: how many were taken. */
void import_say_text(const struct imp_text *t, const char *name, __u64 events);

/*
 * @nr events had up to @entries PTEs (0: more than on any kernel), more than a PMD range of @meta has.
 * @has_page: the trace reports the size of a page.
 */
void import_say_sizes(const struct meta *meta, const char *name, __u64 nr, __u32 entries,
		      bool has_page);

#endif

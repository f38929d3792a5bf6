/* SPDX-License-Identifier: GPL-2.0-only */
/* The META block of a trace (docs/trace-format.md): from struct meta to lines, and back. */
#ifndef TRACE_META_BLOCK_PRIV_H
#define TRACE_META_BLOCK_PRIV_H

#include "trace/lines_priv.h"

void trace_meta_put(struct trace_lines *l, const struct meta *meta);

/*
 * Fills @meta from a META payload. @results gets this build's number for each result number of the
 * trace, MTHP_R_UNKNOWN where the trace does not name it. Numbers in @meta->extra_results stay what they are. 0,
 * or -EINVAL if the payload does not describe a machine; then @meta and @results stay as they are.
 */
int trace_meta_get(const void *payload, size_t len, struct meta *meta,
		   __u8 results[MTHP_NR_RESULTS]);

#endif

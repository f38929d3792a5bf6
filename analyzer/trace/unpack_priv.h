/* SPDX-License-Identifier: GPL-2.0-only */
/* The events of one EVENTS block (docs/trace-format.md), one by one. */
#ifndef TRACE_UNPACK_PRIV_H
#define TRACE_UNPACK_PRIV_H

#include "trace/layout.h"

struct trace_unpack;

/* NULL: out of memory. */
struct trace_unpack *trace_unpack_new(void);
void trace_unpack_free(struct trace_unpack *u);

/*
 * Begins with @payload, which stays the caller's and has to stay until the last event is taken.
 * 0; -EINVAL if the payload is not an EVENTS block of @nr records.
 */
int trace_unpack_begin(struct trace_unpack *u, const void *payload, size_t len, __u32 nr);

/*
 * The next event with its bitmaps behind it, which stay until the next call; NULL: no more. Every value is
 * in range, except for results (ev->result and BLOCKED_BY): these are the numbers of the trace.
 */
struct mthp_ev *trace_unpack_next(struct trace_unpack *u);

/* How many records could not be read since the last call. */
__u32 trace_unpack_take_bad(struct trace_unpack *u);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Events on their way into one EVENTS block (docs/trace-format.md). */
#ifndef TRACE_PACK_PRIV_H
#define TRACE_PACK_PRIV_H

#include "trace/layout.h"

struct trace_pack;

/* NULL when memory is out. */
struct trace_pack *trace_pack_new(void);
void trace_pack_free(struct trace_pack *p);

/*
 * Adds @ev with the bitmaps behind it. 0; -ENOSPC when the block is full: make it first;
 * -EINVAL for a kind, order or nr_words that cannot be.
 */
int trace_pack_add(struct trace_pack *p, const struct mthp_ev *ev);

/* Events that wait. */
__u32 trace_pack_nr(const struct trace_pack *p);

/*
 * Makes the payload of a block of all that waits, and empties the pack. The payload is the pack's,
 * until the next call; its size is in @len, at most TRACE_RAW_MAX.
 */
const void *trace_pack_make(struct trace_pack *p, size_t *len);

/*
 * Where byte @at of a record is kept in struct mthp_ev on this machine: the packed owner number in
 * tgid. Bytes of a record that no member stands for: sizeof(struct mthp_ev).
 */
__u32 trace_record_member(__u32 at);

#endif

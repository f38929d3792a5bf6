/* SPDX-License-Identifier: GPL-2.0-only */
/* Events on their way into one EVENTS block (docs/trace-format.md). */
#ifndef TRACE_PACK_PRIV_H
#define TRACE_PACK_PRIV_H

#include "trace/layout.h"

struct trace_pack;

/* NULL: out of memory. */
struct trace_pack *trace_pack_new(void);
void trace_pack_free(struct trace_pack *p);

/*
 * Adds @ev with the bitmaps behind it. 0; -ENOSPC if the block is full: make it first;
 * -EINVAL for a kind, order or nr_words out of range.
 */
int trace_pack_add(struct trace_pack *p, const struct mthp_ev *ev);

/* Events that wait. */
__u32 trace_pack_nr(const struct trace_pack *p);

/*
 * Makes the payload of a block of all events that wait, and empties the pack. The pack owns the payload,
 * until the next call; its size is in @len, at most TRACE_RAW_MAX.
 */
const void *trace_pack_make(struct trace_pack *p, size_t *len);

/*
 * The offset in struct mthp_ev at which this machine keeps byte @at of a record; the number of the owner is
 * kept in tgid. sizeof(struct mthp_ev) for bytes of a record without a member.
 */
__u32 trace_record_member(__u32 at);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The blocks of a trace: hands out whole ones and counts missing ones. */
#ifndef TRACE_BLOCKS_PRIV_H
#define TRACE_BLOCKS_PRIV_H

#include <zlib.h>

#include "trace/layout.h"
#include "trace/input.h"

struct trace_block {
	__u32 type;
	__u32 flags;
	__u32 stored; /* bytes in the file */
	__u32 raw;    /* bytes of payload */
	__u32 seq;
	__u32 events;
	__u64 before;
	__u32 crc;
	const __u8 *payload; /* inflated; the blocks' until the next call */
};

/* Begins as all zero but for in. */
struct trace_blocks {
	struct trace_in in;
	z_stream z;
	bool z_ready;
	__u8 *raw; /* payload of the current block, if it was deflated */
	size_t raw_cap;
	bool restarted; /* another trace has begun; whoever reads takes note and clears it */
	bool damaged;	/* a damaged place was passed and is not counted yet */
	__u64 reread; /* bytes of blocks with a wrong CRC that were searched for the head of a trace */
	__u32 next_seq;
	__u64 accounted; /* events of all blocks up to here, whether they could be read or not */
	__u64 lost;	 /* events known to be missing, else blocks and damaged places */
};

/* 1: @b is the next whole block, of any type; 0: the input ends; -errno. */
int trace_blocks_next(struct trace_blocks *bs, struct trace_block *b);

/* Adds @n: the user of a block could not read so much of it. */
void trace_blocks_lost(struct trace_blocks *bs, __u64 n);

/* Counts damage at the very end. Call it when no further block will be asked for. */
void trace_blocks_end(struct trace_blocks *bs);

void trace_blocks_free(struct trace_blocks *bs);

#endif

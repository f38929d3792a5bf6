// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds whole blocks in the bytes of a trace, and counts what is missing between them.
 *
 * A value counts only if a CRC confirms it, and is checked against its bounds even then: a file can be
 * made wrong on purpose. Memory is bounded by TRACE_RAW_MAX, time by the size of the input: the search
 * for the next block head goes forward only, and a wrong payload is skipped by the size in its
 * confirmed head.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace/blocks_priv.h"

void trace_blocks_lost(struct trace_blocks *bs, __u64 n)
{
	bs->lost = bs->lost + n < n ? UINT64_MAX : bs->lost + n;
}

/* Fills @b from a block head. false: this is none. */
static bool parse_block(const __u8 *p, struct trace_block *b)
{
	if (get32(p + TRACE_B_MAGIC) != TRACE_BLOCK_MAGIC ||
	    get32(p + TRACE_B_HEAD_CRC) != crc32(0, p, TRACE_B_HEAD_CRC))
		return false;
	b->type = get16(p + TRACE_B_TYPE);
	b->flags = get16(p + TRACE_B_FLAGS);
	b->stored = get32(p + TRACE_B_STORED);
	b->raw = get32(p + TRACE_B_RAW);
	b->seq = get32(p + TRACE_B_SEQ);
	b->events = get32(p + TRACE_B_EVENTS);
	b->before = get64(p + TRACE_B_BEFORE);
	b->crc = get32(p + TRACE_B_CRC);
	if (b->stored > TRACE_RAW_MAX || b->raw > TRACE_RAW_MAX || b->events > TRACE_EVENTS_MAX)
		return false;
	return b->flags & TRACE_DEFLATED || b->stored == b->raw;
}

/* Takes everything before the next place where a block head can begin. */
static void skip_damage(struct trace_blocks *bs, const __u8 *p, size_t len)
{
	__u8 magic[4];
	size_t i;

	bs->damaged = true;
	put32(magic, TRACE_BLOCK_MAGIC);
	for (i = 1; i < len; i++) {
		const __u8 *hit = memchr(p + i, magic[0], len - i);

		if (!hit) {
			i = len;
			break;
		}
		i = (size_t)(hit - p);
		if (len - i < sizeof(magic) || !memcmp(hit, magic, sizeof(magic)))
			break;
	}
	trace_in_take(&bs->in, i);
}

/* Counts what is missing before @b. false: @b was read before. */
static bool account(struct trace_blocks *bs, const struct trace_block *b)
{
	if (b->seq < bs->next_seq) {
		trace_blocks_lost(bs, b->events ? b->events : 1);
		bs->damaged = false;
		return false;
	}
	if (b->before > bs->accounted)
		trace_blocks_lost(bs, b->before - bs->accounted);
	else if (b->seq > bs->next_seq)
		trace_blocks_lost(bs, b->seq - bs->next_seq);
	else if (bs->damaged)
		trace_blocks_lost(bs, 1);
	bs->damaged = false;
	bs->next_seq = b->seq == UINT32_MAX ? b->seq : b->seq + 1;
	if (bs->accounted < b->before)
		bs->accounted = b->before;
	bs->accounted += b->events;
	return true;
}

static int inflate_block(struct trace_blocks *bs, struct trace_block *b, const __u8 *stored)
{
	int ret;

	if (!(b->flags & TRACE_DEFLATED)) {
		b->payload = stored;
		return 0;
	}
	if (bs->raw_cap < b->raw) {
		free(bs->raw);
		bs->raw_cap = 0;
		bs->raw = malloc(b->raw);
		if (!bs->raw)
			return -ENOMEM;
		bs->raw_cap = b->raw;
	}
	if (!bs->z_ready && inflateInit2(&bs->z, -MAX_WBITS) != Z_OK)
		return -ENOMEM;
	if (bs->z_ready)
		inflateReset(&bs->z);
	bs->z_ready = true;
	bs->z.next_in = (Bytef *)stored;
	bs->z.avail_in = b->stored;
	bs->z.next_out = bs->raw;
	bs->z.avail_out = b->raw;
	ret = inflate(&bs->z, Z_FINISH);
	b->payload = bs->raw;
	return ret == Z_STREAM_END && !bs->z.avail_out ? 0 : -EINVAL;
}

int trace_blocks_next(struct trace_blocks *bs, struct trace_block *b)
{
	const __u8 *p;
	long n;
	int err;

	for (;;) {
		n = trace_in_look(&bs->in, TRACE_BLOCK_LEN, &p);
		if (n < TRACE_BLOCK_LEN) {
			bs->damaged |= n > 0;
			return n < 0 ? (int)n : 0;
		}
		if (!parse_block(p, b)) {
			skip_damage(bs, p, (size_t)n);
			continue;
		}
		n = trace_in_look(&bs->in, TRACE_BLOCK_LEN + b->stored, &p);
		if (n < 0)
			return (int)n;
		if ((size_t)n < TRACE_BLOCK_LEN + b->stored) {
			/* The file was cut off, or this only looks like a head: blocks may follow. */
			skip_damage(bs, p, (size_t)n);
			continue;
		}
		trace_in_take(&bs->in, TRACE_BLOCK_LEN + b->stored);
		if (!account(bs, b))
			continue;
		p += TRACE_BLOCK_LEN;
		err = -EINVAL;
		if (crc32(0, p, b->stored) == b->crc) {
			if (b->flags & ~TRACE_DEFLATED)
				continue;
			err = inflate_block(bs, b, p);
		}
		if (!err)
			return 1;
		if (err == -ENOMEM)
			return err;
		trace_blocks_lost(bs, b->events ? b->events : 1);
	}
}

void trace_blocks_end(struct trace_blocks *bs)
{
	if (bs->damaged)
		trace_blocks_lost(bs, 1);
	bs->damaged = false;
}

void trace_blocks_free(struct trace_blocks *bs)
{
	trace_in_free(&bs->in);
	if (bs->z_ready)
		inflateEnd(&bs->z);
	bs->z_ready = false;
	free(bs->raw);
	bs->raw = NULL;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds whole blocks in the bytes of a trace, and counts what is missing between them.
 *
 * A value counts only if a CRC confirms it, and is checked against its bounds even then: a file can be
 * made wrong on purpose. Memory is bounded by TRACE_RAW_MAX, time by the size of the input: the search
 * for the next head goes forward only and stops at the first, and a wrong payload is skipped by the size in
 * its confirmed head, or searched within REREAD_MAX.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace/blocks_priv.h"

/*
 * Bytes of blocks with a wrong CRC that are read a second time, because another trace may begin in them. A
 * writer that is killed leaves one such block. A file that is made to cost time has them one in the other.
 */
#define REREAD_MAX (64U << 20)

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

/* Does @what begin at @hit, or may it, where only @left bytes are known? */
static bool begins(const __u8 *hit, size_t left, const void *what, size_t what_len)
{
	return !memcmp(hit, what, left < what_len ? left : what_len);
}

/* Where behind its first byte @what begins in @p, or may begin at its end; else @len. */
static size_t find(const __u8 *p, size_t len, const __u8 *what, size_t what_len)
{
	const __u8 *hit = p;
	size_t left;

	while ((hit = memchr(hit + 1, what[0], (size_t)(p + len - hit - 1)))) {
		left = (size_t)(p + len - hit);
		if (begins(hit, left, what, what_len))
			return (size_t)(hit - p);
	}
	return len;
}

/* Takes everything before the next place where the head of a block or of a trace can begin. */
static void skip_damage(struct trace_blocks *bs, const __u8 *p, size_t len)
{
	__u8 block[4];
	size_t i;

	bs->damaged = true;
	put32(block, TRACE_BLOCK_MAGIC);
	/* One search for both: a file of nothing but heads of one kind would be searched to its end for each. */
	for (i = 1; i < len; i++)
		if ((p[i] == block[0] && begins(p + i, len - i, block, sizeof(block))) ||
		    (p[i] == (__u8)TRACE_MAGIC[0] &&
		     begins(p + i, len - i, TRACE_MAGIC, TRACE_MAGIC_LEN)))
			break;
	trace_in_take(&bs->in, i);
}

/* Takes a block whose payload is wrong. If it was torn, the head of another trace may be in its place. */
static void skip_torn(struct trace_blocks *bs, const __u8 *p, size_t len)
{
	size_t to = len;

	if (bs->reread < REREAD_MAX)
		to = find(p, len, (const __u8 *)TRACE_MAGIC, TRACE_MAGIC_LEN);
	bs->reread += len - to;
	trace_in_take(&bs->in, to);
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

/* The payload of lines of a writer fits into its buffer. Another one is made to cost time. */
static bool too_large(const struct trace_block *b)
{
	switch (b->type) {
	case TRACE_T_META:
	case TRACE_T_LOST:
	case TRACE_T_END:
	case TRACE_T_CGROUPS:
		return b->raw > TRACE_LINES_MAX;
	default:
		return false;
	}
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

/* Another trace begins here: its blocks count from 0 again. Takes its head. */
static bool restart(struct trace_blocks *bs, const __u8 *p, size_t len)
{
	if (len < TRACE_HEAD_LEN || memcmp(p, TRACE_MAGIC, TRACE_MAGIC_LEN) ||
	    get32(p + TRACE_H_CRC) != crc32(0, p, TRACE_H_CRC) ||
	    get32(p + TRACE_H_SIZE) != TRACE_HEAD_LEN || get32(p + TRACE_H_FEATURES))
		return false;
	trace_in_take(&bs->in, TRACE_HEAD_LEN);
	bs->next_seq = 0;
	bs->accounted = 0;
	bs->restarted = true;
	return true;
}

int trace_blocks_next(struct trace_blocks *bs, struct trace_block *b)
{
	const __u8 *p;
	bool whole;
	long n;
	int err;

	for (;;) {
		n = trace_in_look(&bs->in, TRACE_BLOCK_LEN, &p);
		if (n < TRACE_BLOCK_LEN) {
			bs->damaged |= n > 0;
			return n < 0 ? (int)n : 0;
		}
		if (!parse_block(p, b)) {
			if (restart(bs, p, (size_t)n))
				continue;
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
		whole = crc32(0, p + TRACE_BLOCK_LEN, b->stored) == b->crc;
		if (whole)
			trace_in_take(&bs->in, TRACE_BLOCK_LEN + b->stored);
		else
			skip_torn(bs, p, TRACE_BLOCK_LEN + b->stored);
		if (!account(bs, b))
			continue;
		/* Of a type that this version does not know: nothing is lost that it could show. */
		if (!b->type || b->type > TRACE_T_LAST)
			continue;
		p += TRACE_BLOCK_LEN;
		err = -EINVAL;
		if (whole && !too_large(b)) {
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

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Traces that are cut off, damaged or foreign: whole blocks are kept, the rest is counted.
 *
 * run: long
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <time.h>
#include <zlib.h>

#include "tests/support/trace_open.h"
#include "trace/layout.h"
#include "tests/support/trace_sample.h"

#define BLOCKS	  3  /* of events */
#define PER_BLOCK 24 /* events in each */
#define NR	  (BLOCKS * PER_BLOCK)

static struct sample_ev written[NR];
static __u8 *whole; /* a valid trace of them */
static size_t whole_len;
static size_t event_end[BLOCKS]; /* the ends of its blocks of events */
static size_t meta_end;		 /* the end of its first META block */

/* Offset behind the block at @at. */
static size_t block_end(const __u8 *p, size_t at)
{
	return at + TRACE_BLOCK_LEN + get32(p + at + TRACE_B_STORED);
}

static int make_whole(void **state)
{
	static struct counters c;
	__u64 lost[MTHP_NR_LOSSES] = { 1 }, seed = 1;
	struct trace_writer *w;
	struct meta meta;
	char path[256];
	unsigned int i;
	size_t at;
	sample_path(path, sizeof(path));
	sample_meta(&meta);
	if (trace_write_open(&w, path, OUTPUT_GROWING, &meta))
		return -1;
	sample_counters(&c, 5, 1);
	trace_write_counters(w, &c);
	for (i = 0; i < NR; i++) {
		sample_event(&seed, i, &written[i]);
		if (written[i].ev.nr_words > 8)
			written[i].ev.nr_words = 1;
		trace_write_event(w, &written[i].ev);
		if (i % PER_BLOCK == PER_BLOCK - 1)
			trace_write_flush(w);
	}
	trace_write_cgroup(w, 5, "/x");
	trace_write_lost(w, lost);
	if (trace_write_close(w, 5, 1))
		return -1;
	whole = sample_load(path, &whole_len);
	unlink(path);
	meta_end = block_end(whole, TRACE_HEAD_LEN);
	for (at = TRACE_HEAD_LEN, i = 0; at < whole_len; at = block_end(whole, at))
		if (get16(whole + at + TRACE_B_TYPE) == TRACE_T_EVENTS)
			event_end[i++] = block_end(whole, at);
	return i == BLOCKS ? 0 : -1;
}

static int free_whole(void **state)
{
	free(whole);
	return 0;
}

struct result {
	int status;	 /* of opening */
	unsigned int nr; /* events that were read, each as written */
	__u64 lost;
	int finished;
	int complete;
};

/* Reads @data; every event has to be one that was written, in the order of writing. */
static struct result read_all(const __u8 *data, size_t len)
{
	struct result res = { 0 };
	struct trace_reader *r;
	struct trace_item item;
	unsigned int i = 0;
	const struct mthp_ev *ev;

	res.status = trace_read_open_mem(&r, data, len);
	if (res.status)
		return res;
	while (trace_read_next(r, &item) > 0) {
		if (item.what == TRACE_FINISH) {
			res.finished = 1;
			res.complete = item.complete;
		}
		if (item.what != TRACE_EVENT)
			continue;
		do {
			assert_true(i < NR);
			ev = &written[i++].ev;
		} while (memcmp(item.ev, ev, mthp_ev_size(ev->nr_words)));
		res.nr++;
	}
	res.lost = trace_read_lost(r);
	trace_read_close(r);
	return res;
}

static void test_whole(void **state)
{
	struct result res = read_all(whole, whole_len);
	assert_int_equal(res.status, 0);
	assert_int_equal(res.nr, NR);
	assert_int_equal(res.lost, 0);
	assert_int_equal(res.complete, 1);
}

/* Cut after every byte: all blocks that are whole are kept. The copy lets ASan see the end. */
static void test_cut(void **state)
{
	size_t len, i, at;
	struct result res;
	__u8 *copy;
	for (len = 0; len < whole_len; len++) {
		copy = malloc(len + !len);
		memcpy(copy, whole, len);
		res = read_all(copy, len);
		free(copy);
		assert_int_equal(res.status, len < meta_end ? -EBADMSG : 0);
		if (len < meta_end)
			continue;
		for (i = 0; i < BLOCKS && event_end[i] <= len; i++)
			;
		assert_int_equal(res.nr, i * PER_BLOCK);
		assert_int_equal(res.finished, 0);
		for (at = TRACE_HEAD_LEN; at < len; at = block_end(whole, at))
			if (len - at < TRACE_BLOCK_LEN || block_end(whole, at) > len)
				break;
		/* A torn block is counted; only the missing END shows a cut between blocks. */
		assert_int_equal(res.lost, at < len);
	}
}

/* One wrong byte costs the block that holds it, and no event of that block is read. */
static void test_flip(void **state)
{
	static const __u8 flips[] = { 0xff, 0x01, 0x80 };
	struct result res;
	size_t at, i, j;
	for (at = 0; at < whole_len; at++) {
		i = 0;
		while (i < BLOCKS && event_end[i] <= at)
			i++;
		/* All bits of every byte at once; single bits of some bytes, which takes as long. */
		for (j = 0; j < (at % 8 ? 1 : sizeof(flips)); j++) {
			whole[at] ^= flips[j];
			res = read_all(whole, whole_len);
			whole[at] ^= flips[j];
			if (at < TRACE_MAGIC_LEN) {
				assert_int_equal(res.status, -EBADMSG);
				continue;
			}
			assert_int_equal(res.status, 0);
			assert_true(res.lost > 0);
			assert_true(res.nr == NR || res.nr == NR - PER_BLOCK);
			if (res.nr < NR) {
				assert_int_equal(res.lost, PER_BLOCK);
				assert_true(i < BLOCKS && at >= meta_end);
			}
			if (at < event_end[BLOCKS - 1])
				assert_int_equal(res.complete, 1);
		}
	}
}

/* After a gap of any size the reader finds the next block. */
static void test_hole(void **state)
{
	__u8 *copy = malloc(whole_len);
	struct result res;
	size_t from, len;
	for (from = meta_end; from < event_end[1]; from += 7) {
		for (len = 1; len < 3000 && from + len < event_end[1]; len += 97) {
			memcpy(copy, whole, from);
			memcpy(copy + from, whole + from + len, whole_len - from - len);
			res = read_all(copy, whole_len - len);
			assert_int_equal(res.status, 0);
			assert_int_equal(res.finished, 1);
			assert_true(res.lost > 0);
			assert_true(res.nr + res.lost >= NR);
			/* A wrong size in a head that is right hides at most the block after it. */
			assert_true(res.nr >= PER_BLOCK || from < event_end[0]);
		}
	}
	free(copy);
}

/* Foreign bytes between two blocks. */
static void test_garbage_between(void **state)
{
	__u8 *copy = malloc(whole_len + 5000);
	struct result res;
	memcpy(copy, whole, meta_end);
	memset(copy + meta_end, 0x54, 5000);
	memcpy(copy + meta_end + 5000, whole + meta_end, whole_len - meta_end);
	res = read_all(copy, whole_len + 5000);
	assert_int_equal(res.nr, NR);
	assert_int_equal(res.lost, 1);
	free(copy);
}

static void test_repetition(void **state)
{
	size_t first = event_end[0], len = event_end[1] - event_end[0];
	__u8 *copy = malloc(whole_len + len);
	struct result res;
	memcpy(copy, whole, event_end[1]);
	memcpy(copy + event_end[1], whole + first, whole_len - first);
	res = read_all(copy, whole_len + len);
	assert_int_equal(res.nr, NR);
	assert_int_equal(res.lost, PER_BLOCK);
	free(copy);
}

static void sign_head(__u8 *head)
{
	put32(head + TRACE_H_CRC, (__u32)crc32(0, head, TRACE_H_CRC));
}

static void test_heads(void **state)
{
	__u8 *copy = malloc(whole_len + 8);
	struct result res;
	__u8 *head = copy;
	memcpy(copy, whole, whole_len);
	put16(head + TRACE_H_MAJOR, 2);
	sign_head(head);
	assert_int_equal(read_all(copy, whole_len).status, -EBADMSG);
	put16(head + TRACE_H_MAJOR, 0);
	sign_head(head);
	assert_int_equal(read_all(copy, whole_len).status, -EBADMSG);
	put16(head + TRACE_H_MAJOR, 1);
	put16(head + TRACE_H_MINOR, 99);
	sign_head(head);
	assert_int_equal(read_all(copy, whole_len).nr, NR);
	put32(head + TRACE_H_FEATURES, 4);
	sign_head(head);
	assert_int_equal(read_all(copy, whole_len).status, -EBADMSG);
	put32(head + TRACE_H_FEATURES, 0);
	put32(head + TRACE_H_BYTE_ORDER, 0x04030201);
	sign_head(head);
	assert_int_equal(read_all(copy, whole_len).status, -EBADMSG);

	/* A longer head of a later minor version. */
	memcpy(copy, whole, TRACE_HEAD_LEN);
	put32(head + TRACE_H_SIZE, TRACE_HEAD_LEN + 8);
	sign_head(head);
	memset(head + TRACE_HEAD_LEN, 0, 8);
	memcpy(head + TRACE_HEAD_LEN + 8, whole + TRACE_HEAD_LEN, whole_len - TRACE_HEAD_LEN);
	res = read_all(copy, whole_len + 8);
	assert_int_equal(res.nr, NR);
	assert_int_equal(res.lost, 0);
	put32(head + TRACE_H_SIZE, TRACE_HEAD_MAX + 1);
	sign_head(head);
	assert_int_equal(read_all(copy, whole_len + 8).status, -EBADMSG);

	memset(copy, 'x', 100);
	assert_int_equal(read_all(copy, 100).status, -EBADMSG);
	assert_int_equal(read_all(copy, 0).status, -EBADMSG);
	free(copy);
}

/* A head of a block of @stored bytes that are wrong. */
static void put_wrong(__u8 *b, size_t stored)
{
	memset(b, 0, TRACE_BLOCK_LEN);
	put32(b + TRACE_B_MAGIC, TRACE_BLOCK_MAGIC);
	put16(b + TRACE_B_TYPE, TRACE_T_EVENTS);
	put32(b + TRACE_B_STORED, (__u32)stored);
	put32(b + TRACE_B_RAW, (__u32)stored);
	put32(b + TRACE_B_CRC, 1);
	put32(b + TRACE_B_HEAD_CRC, (__u32)crc32(0, b, TRACE_B_HEAD_CRC));
}

/*
 * CPU time is bounded by far more than reading takes, and by far less than it took when it grew by the square.
 */
static struct result read_soon(const __u8 *data, size_t len)
{
	clock_t start = clock();
	struct result res = read_all(data, len);

	assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
	return res;
}

/*
 * Heads that only look like heads, as many as there is room for, made to cost time: each claims a payload that is
 * searched anew, or makes the reader search for the head of a trace up to the end.
 */
static void test_made_to_cost_time(void **state)
{
	const size_t len = 4U << 20;
	__u8 *data = calloc(1, len);
	size_t at;

	/* Blocks with wrong payloads, one in the other, the head of a trace in each. */
	memcpy(data, whole, meta_end);
	for (at = meta_end; at + 2 * (TRACE_BLOCK_LEN + TRACE_HEAD_LEN) < len;
	     at += TRACE_BLOCK_LEN + TRACE_HEAD_LEN) {
		put_wrong(data + at, len - at - TRACE_BLOCK_LEN);
		memcpy(data + at + TRACE_BLOCK_LEN, whole, TRACE_HEAD_LEN);
	}
	assert_true(read_soon(data, len).lost > 0);

	/* First bytes of blocks, and nothing else. */
	for (at = meta_end; at + 4 <= len; at += 4)
		put32(data + at, TRACE_BLOCK_MAGIC);
	assert_true(read_soon(data, len).lost > 0);

	/* First bytes of traces, and whole heads of traces. */
	for (at = meta_end; at + TRACE_MAGIC_LEN <= len; at += TRACE_MAGIC_LEN)
		memcpy(data + at, TRACE_MAGIC, TRACE_MAGIC_LEN);
	assert_true(read_soon(data, len).lost > 0);
	for (at = meta_end; at + TRACE_HEAD_LEN <= len; at += TRACE_HEAD_LEN)
		memcpy(data + at, whole, TRACE_HEAD_LEN);
	read_soon(data, len);

	/* Heads of blocks that are larger than the rest, or as large as the buffer. */
	for (at = meta_end; at + TRACE_BLOCK_LEN <= len; at += TRACE_BLOCK_LEN)
		put_wrong(data + at, (1U << 20) - TRACE_BLOCK_LEN);
	assert_true(read_soon(data, len).lost > 0);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_flip),
		cmocka_unit_test(test_hole),
		cmocka_unit_test(test_garbage_between),
		cmocka_unit_test(test_repetition),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_made_to_cost_time),
	};

	return cmocka_run_group_tests_name("trace damage", tests, make_whole, free_whole);
}

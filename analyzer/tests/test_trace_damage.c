// SPDX-License-Identifier: GPL-2.0-only
/* Traces that are cut off, damaged, foreign or newer: what is whole is kept, the rest is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <zlib.h>

#include "log.h"
#include "trace_fmt.h"
#include "trace_sample.h"

#define BLOCKS	  3  /* of events */
#define PER_BLOCK 24 /* events in each */
#define NR	  (BLOCKS * PER_BLOCK)

static __u8 *whole; /* a valid trace */
static size_t whole_len;
static size_t event_end[BLOCKS]; /* where its blocks of events end */
static size_t meta_end;		 /* where its first META block ends */

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
	struct sample_ev s;
	struct meta meta;
	char path[256];
	unsigned int i;
	size_t at;

	(void)state;
	sample_path(path, sizeof(path));
	sample_meta(&meta);
	if (trace_write_open(&w, path, &meta))
		return -1;
	sample_counters(&c, 5, 1);
	trace_write_counters(w, &c);
	for (i = 0; i < NR; i++) {
		sample_event(&seed, i, &s);
		if (s.ev.nr_words > 8)
			s.ev.nr_words = 1;
		trace_write_event(w, &s.ev);
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
	(void)state;
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
	struct sample_ev s;
	__u64 seed = 1;

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
			sample_event(&seed, i++, &s);
			if (s.ev.nr_words > 8)
				s.ev.nr_words = 1;
		} while (memcmp(item.ev, &s.ev, mthp_ev_size(s.ev.nr_words)));
		res.nr++;
	}
	res.lost = trace_read_lost(r);
	assert_int_equal(trace_read_events(r), res.nr);
	trace_read_close(r);
	return res;
}

static void test_whole(void **state)
{
	struct result res = read_all(whole, whole_len);

	(void)state;
	assert_int_equal(res.status, EXIT_OK);
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

	(void)state;
	for (len = 0; len < whole_len; len++) {
		copy = malloc(len + !len);
		memcpy(copy, whole, len);
		res = read_all(copy, len);
		free(copy);
		assert_int_equal(res.status, len < meta_end ? EXIT_DATA : EXIT_OK);
		if (len < meta_end)
			continue;
		for (i = 0; i < BLOCKS && event_end[i] <= len; i++)
			;
		assert_int_equal(res.nr, i * PER_BLOCK);
		assert_int_equal(res.finished, 0);
		for (at = TRACE_HEAD_LEN; at < len; at = block_end(whole, at))
			if (len - at < TRACE_BLOCK_LEN || block_end(whole, at) > len)
				break;
		/* What is torn is counted; a cut between blocks cannot be seen but by END. */
		assert_int_equal(res.lost, at < len);
	}
}

/* One wrong byte costs the block that it is in, and nothing of it is read. */
static void test_flip(void **state)
{
	static const __u8 flips[] = { 0xff, 0x01, 0x80 };
	struct result res;
	size_t at, i, j;

	(void)state;
	for (at = 0; at < whole_len; at++) {
		i = 0;
		while (i < BLOCKS && event_end[i] <= at)
			i++;
		for (j = 0; j < sizeof(flips); j++) {
			whole[at] ^= flips[j];
			res = read_all(whole, whole_len);
			whole[at] ^= flips[j];
			if (at < TRACE_MAGIC_LEN) {
				assert_int_equal(res.status, EXIT_DATA);
				continue;
			}
			assert_int_equal(res.status, EXIT_OK);
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

/* A hole of any size: blocks behind it are found again. */
static void test_hole(void **state)
{
	__u8 *copy = malloc(whole_len);
	struct result res;
	size_t from, len;

	(void)state;
	for (from = meta_end; from < event_end[1]; from += 7) {
		for (len = 1; len < 3000 && from + len < event_end[1]; len += 97) {
			memcpy(copy, whole, from);
			memcpy(copy + from, whole + from + len, whole_len - from - len);
			res = read_all(copy, whole_len - len);
			assert_int_equal(res.status, EXIT_OK);
			assert_int_equal(res.finished, 1);
			assert_true(res.lost > 0);
			assert_true(res.nr + res.lost >= NR);
			/* A wrong size in a head that is right hides at most the block after it. */
			assert_true(res.nr >= PER_BLOCK || from < event_end[0]);
		}
	}
	free(copy);
}

/* Something that is not ours between two blocks. */
static void test_garbage_between(void **state)
{
	__u8 *copy = malloc(whole_len + 5000);
	struct result res;

	(void)state;
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

	(void)state;
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

	(void)state;
	memcpy(copy, whole, whole_len);
	put16(head + TRACE_H_MAJOR, 2);
	sign_head(head);
	assert_int_equal(read_all(copy, whole_len).status, EXIT_DATA);
	put16(head + TRACE_H_MAJOR, 0);
	sign_head(head);
	assert_int_equal(read_all(copy, whole_len).status, EXIT_DATA);
	put16(head + TRACE_H_MAJOR, 1);
	put16(head + TRACE_H_MINOR, 99);
	sign_head(head);
	assert_int_equal(read_all(copy, whole_len).nr, NR);
	put32(head + TRACE_H_FEATURES, 4);
	sign_head(head);
	assert_int_equal(read_all(copy, whole_len).status, EXIT_DATA);
	put32(head + TRACE_H_FEATURES, 0);
	put32(head + TRACE_H_BYTE_ORDER, 0x04030201);
	sign_head(head);
	assert_int_equal(read_all(copy, whole_len).status, EXIT_DATA);

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
	assert_int_equal(read_all(copy, whole_len + 8).status, EXIT_DATA);

	memset(copy, 'x', 100);
	assert_int_equal(read_all(copy, 100).status, EXIT_DATA);
	assert_int_equal(read_all(copy, 0).status, EXIT_DATA);
	free(copy);
}

/* A trace made by hand: the head and the first META of the whole one, then the blocks given. */
struct made {
	__u8 *data;
	size_t len;
	__u32 seq;
	__u64 before;
};

static void make(struct made *m)
{
	m->data = malloc(1 << 20);
	memcpy(m->data, whole, meta_end);
	m->len = meta_end;
	m->seq = 1;
	m->before = 0;
}

static void add(struct made *m, __u16 type, __u16 flags, const void *payload, size_t len,
		__u32 events)
{
	__u8 *b = m->data + m->len;

	put32(b + TRACE_B_MAGIC, TRACE_BLOCK_MAGIC);
	put16(b + TRACE_B_TYPE, type);
	put16(b + TRACE_B_FLAGS, flags);
	put32(b + TRACE_B_STORED, (__u32)len);
	put32(b + TRACE_B_RAW, (__u32)len);
	put32(b + TRACE_B_SEQ, m->seq++);
	put32(b + TRACE_B_EVENTS, events);
	put64(b + TRACE_B_BEFORE, m->before);
	put32(b + TRACE_B_CRC, (__u32)crc32(0, payload, (uInt)len));
	put32(b + TRACE_B_HEAD_CRC, (__u32)crc32(0, b, TRACE_B_HEAD_CRC));
	memcpy(b + TRACE_BLOCK_LEN, payload, len);
	m->len += TRACE_BLOCK_LEN + len;
	m->before += events;
}

static struct trace_reader *open_made(const struct made *m)
{
	struct trace_reader *r;

	assert_int_equal(trace_read_open_mem(&r, m->data, m->len), EXIT_OK);
	return r;
}

/* An EVENTS payload of @nr records of @record_size, two bytes of each and of one owner set. */
static size_t make_events(__u8 *p, __u32 nr, __u16 record_size, __u16 owner_size, __u32 aux)
{
	__u8 *start = p;

	memset(p, 0, TRACE_E_MASK + TRACE_SIZE_MAX / 8);
	put32(p + TRACE_E_RECORDS, nr);
	put16(p + TRACE_E_RECORD_SIZE, record_size);
	put16(p + TRACE_E_OWNER_SIZE, owner_size);
	put32(p + TRACE_E_OWNERS, 1);
	put32(p + TRACE_E_AUX, aux);
	p += TRACE_E_MASK;
	p[TRACE_R_OWNER / 8] |= 1U << TRACE_R_OWNER % 8;
	p[TRACE_R_KIND / 8] |= 1U << TRACE_R_KIND % 8;
	p[(record_size - 1) / 8] |= (__u8)(1U << (record_size - 1) % 8);
	p += (record_size + 7) / 8;
	memset(p, 0xab, owner_size);
	put32(p + TRACE_O_TGID, 4711);
	p += owner_size;
	memset(p, 1, nr); /* owner */
	p += nr;
	memset(p, MTHP_K_PASS, nr);
	p += nr;
	memset(p, 0xcd, nr + aux);
	return (size_t)(p - start) + nr + aux;
}

/* Newer writers append members, flags and block types; what is known is read as ever. */
static void test_newer(void **state)
{
	__u8 payload[8192];
	struct trace_reader *r;
	struct trace_item item;
	struct made m;
	size_t i, len;

	(void)state;
	make(&m);
	add(&m, 999, 0, "what is this", 12, 0);
	add(&m, TRACE_T_META, 2, "unknown flag", 12, 0);
	len = make_events(payload, 10, 300, 64, 0);
	add(&m, TRACE_T_EVENTS, 0, payload, len, 10);
	len = make_events(payload, 10, TRACE_SIZE_MAX, TRACE_SIZE_MAX, 0);
	add(&m, TRACE_T_EVENTS, 0, payload, len, 10);
	add(&m, TRACE_T_LOST, 0, "ring=7\nflux=5\nsource=1\nbad=x\n", 29, 0);
	add(&m, TRACE_T_END, 0, "whim=1\nend_ns=42\ncomplete=1\n", 28, 0);
	r = open_made(&m);
	for (i = 0; i < 20; i++) {
		assert_int_equal(trace_read_next(r, &item), 1);
		assert_int_equal(item.what, TRACE_EVENT);
		assert_int_equal(item.ev->kind, MTHP_K_PASS);
		assert_int_equal(item.ev->tgid, 4711);
		assert_int_equal(item.ev->v[MTHP_NR_VALUES - 1], 0);
	}
	assert_int_equal(trace_read_next(r, &item), 1);
	assert_int_equal(item.what, TRACE_LOST);
	assert_int_equal(item.lost[MTHP_L_RING], 7);
	assert_int_equal(item.lost[MTHP_L_SOURCE], 6);
	assert_int_equal(trace_read_next(r, &item), 1);
	assert_int_equal(item.end_ns, 42);
	assert_int_equal(trace_read_lost(r), 0);
	trace_read_close(r);
	free(m.data);
}

/* Events of @payload that are read, of 10; the rest has to be counted. */
static unsigned int read_made(const __u8 *payload, size_t len)
{
	struct trace_reader *r;
	struct trace_item item;
	struct made m;
	unsigned int nr = 0;

	make(&m);
	add(&m, TRACE_T_EVENTS, 0, payload, len, 10);
	r = open_made(&m);
	while (trace_read_next(r, &item) > 0) {
		assert_int_equal(item.what, TRACE_EVENT);
		assert_true(item.ev->kind && item.ev->kind < MTHP_NR_KINDS);
		assert_true(item.ev->order < MTHP_NR_ORDERS);
		nr++;
	}
	assert_int_equal(nr + trace_read_lost(r), 10);
	trace_read_close(r);
	free(m.data);
	return nr;
}

static void test_wrong_events(void **state)
{
	__u8 p[8192], *owner, *kind;
	size_t len;

	(void)state;
	len = make_events(p, 10, TRACE_RECORD_LEN, TRACE_OWNER_LEN, 0);
	assert_int_equal(read_made(p, len), 10);
	assert_int_equal(read_made(p, len - 1), 0);
	assert_int_equal(read_made(p, len + 1), 0);
	assert_int_equal(read_made(p, 3), 0);
	assert_int_equal(read_made(p, 0), 0);

	owner = p + TRACE_E_MASK + (TRACE_RECORD_LEN + 7) / 8 + TRACE_OWNER_LEN;
	kind = owner + 10;
	owner[3] = 2; /* there is one only: unknown, but kept */
	kind[0] = 0;
	kind[5] = MTHP_NR_KINDS;
	kind[9] = 0xff;
	assert_int_equal(read_made(p, len), 7);

	len = make_events(p, 10, TRACE_RECORD_LEN, TRACE_OWNER_LEN, 0);
	put32(p + TRACE_E_OWNERS, 11);
	assert_int_equal(read_made(p, len), 0);
	put32(p + TRACE_E_OWNERS, 0xffffffff);
	assert_int_equal(read_made(p, len), 0);
	put32(p + TRACE_E_OWNERS, 1);
	put32(p + TRACE_E_RECORDS, 9);
	assert_int_equal(read_made(p, len), 0);
	put32(p + TRACE_E_RECORDS, 10);
	put32(p + TRACE_E_AUX, 0xffffffff);
	assert_int_equal(read_made(p, len), 0);
	put32(p + TRACE_E_AUX, 0);
	put16(p + TRACE_E_OWNER_SIZE, TRACE_OWNER_LEN - 1);
	assert_int_equal(read_made(p, len), 0);
	put16(p + TRACE_E_OWNER_SIZE, TRACE_OWNER_LEN);
	put16(p + TRACE_E_RECORD_SIZE, TRACE_RECORD_LEN - 1);
	assert_int_equal(read_made(p, len), 0);
}

/* Bitmaps of more words than there can be, or than the block has: the rest cannot be told apart. */
static void test_wrong_bitmaps(void **state)
{
	__u8 p[8192], *words;
	size_t len;

	(void)state;
	len = make_events(p, 10, TRACE_RECORD_LEN, TRACE_OWNER_LEN, 120);
	p[TRACE_E_MASK + TRACE_R_WORDS / 8] |= 1U << TRACE_R_WORDS % 8;
	words = p + len - 120 - 10;
	memset(words, 0, 10);
	memmove(words + 10, words, 130);
	len += 10;
	words[0] = 1;
	words[4] = 2;
	assert_int_equal(read_made(p, len), 10);
	words[4] = 3;
	assert_int_equal(read_made(p, len), 4);
	words[4] = 129;
	assert_int_equal(read_made(p, len), 4);
	words[0] = 0xff;
	assert_int_equal(read_made(p, len), 0);
}

static void test_wrong_counters(void **state)
{
	struct trace_reader *r;
	struct trace_item item;
	struct made m;
	__u8 p[64] = { 0 };

	(void)state;
	make(&m);
	add(&m, TRACE_T_COUNTERS, 0, p, TRACE_C_VALUES - 1, 0);
	put32(p + TRACE_C_NR, COUNTERS_MAX + 1);
	add(&m, TRACE_T_COUNTERS, 0, p, sizeof(p), 0);
	put32(p + TRACE_C_NR, 0x20000000);
	add(&m, TRACE_T_COUNTERS, 0, p, sizeof(p), 0);
	put32(p + TRACE_C_NR, 1); /* names that were never given */
	add(&m, TRACE_T_COUNTERS, 0, p, TRACE_C_VALUES + 8, 0);
	put32(p + TRACE_C_NAMES, 4); /* a name that goes on behind the block */
	p[TRACE_C_VALUES + 9] = 3;
	add(&m, TRACE_T_COUNTERS, 0, p, TRACE_C_VALUES + 12, 0);
	put32(p + TRACE_C_NAMES, 0xfffffff0);
	add(&m, TRACE_T_COUNTERS, 0, p, TRACE_C_VALUES + 12, 0);
	r = open_made(&m);
	assert_int_equal(trace_read_next(r, &item), 0);
	assert_int_equal(trace_read_lost(r), 6);
	trace_read_close(r);
	free(m.data);
}

/* A block that says that it inflates to what it does not. */
static void test_wrong_deflate(void **state)
{
	static const __u8 stored[] = { 0x63, 0x00, 0x00 }; /* a zero byte, and not the end */
	struct trace_reader *r;
	struct trace_item item;
	struct made m;
	__u8 *b;

	(void)state;
	make(&m);
	b = m.data + m.len;
	add(&m, TRACE_T_LOST, TRACE_DEFLATED, stored, sizeof(stored), 0);
	put32(b + TRACE_B_RAW, TRACE_RAW_MAX);
	put32(b + TRACE_B_HEAD_CRC, (__u32)crc32(0, b, TRACE_B_HEAD_CRC));
	b = m.data + m.len;
	add(&m, TRACE_T_LOST, TRACE_DEFLATED, stored, sizeof(stored), 0);
	put32(b + TRACE_B_RAW, 0);
	put32(b + TRACE_B_HEAD_CRC, (__u32)crc32(0, b, TRACE_B_HEAD_CRC));
	b = m.data + m.len;
	add(&m, TRACE_T_LOST, TRACE_DEFLATED, stored, sizeof(stored), 0);
	put32(b + TRACE_B_RAW, TRACE_RAW_MAX + 1);
	put32(b + TRACE_B_HEAD_CRC, (__u32)crc32(0, b, TRACE_B_HEAD_CRC));
	r = open_made(&m);
	assert_int_equal(trace_read_next(r, &item), 0);
	assert_int_equal(trace_read_lost(r), 3);
	trace_read_close(r);
	free(m.data);
}

static void test_no_meta(void **state)
{
	struct trace_reader *r;
	struct made m;

	(void)state;
	make(&m);
	m.len = TRACE_HEAD_LEN;
	add(&m, TRACE_T_META, 0, "release=6.12\n", 13, 0);
	assert_int_equal(trace_read_open_mem(&r, m.data, m.len), EXIT_DATA);
	add(&m, TRACE_T_META, 0, "page_size=4097\n", 15, 0);
	assert_int_equal(trace_read_open_mem(&r, m.data, m.len), EXIT_DATA);
	add(&m, TRACE_T_META, 0, "page_size=65536\npmd_order=14\ntier=9", 35, 0);
	r = open_made(&m);
	assert_int_equal(trace_read_meta(r)->page_size, 65536);
	assert_int_equal(trace_read_meta(r)->pmd_order, 0);
	assert_int_equal(trace_read_meta(r)->tier, TIER_OCCUPANCY);
	trace_read_close(r);
	free(m.data);
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
		cmocka_unit_test(test_newer),
		cmocka_unit_test(test_wrong_events),
		cmocka_unit_test(test_wrong_bitmaps),
		cmocka_unit_test(test_wrong_counters),
		cmocka_unit_test(test_wrong_deflate),
		cmocka_unit_test(test_no_meta),
	};

	return cmocka_run_group_tests_name("trace damage", tests, make_whole, free_whole);
}

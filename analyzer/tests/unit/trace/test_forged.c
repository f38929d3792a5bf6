// SPDX-License-Identifier: GPL-2.0-only
/* Traces made by hand: newer than this build, or invalid with valid checksums. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <zlib.h>

#include "tests/support/trace_open.h"
#include "trace/layout.h"
#include "lib/array.h"
#include "trace/pack_priv.h"
#include "tests/support/trace_sample.h"

/* A trace made by hand: a head and a META block, then the blocks given. */
struct made {
	__u8 *data;
	size_t len;
	__u32 seq;
	__u64 before;
};

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

static void make_head(struct made *m)
{
	memset(m, 0, sizeof(*m));
	m->data = calloc(1, 1 << 20);
	memcpy(m->data, TRACE_MAGIC, TRACE_MAGIC_LEN);
	put16(m->data + TRACE_H_MAJOR, TRACE_MAJOR);
	put32(m->data + TRACE_H_BYTE_ORDER, TRACE_BYTE_ORDER);
	put32(m->data + TRACE_H_SIZE, TRACE_HEAD_LEN);
	put32(m->data + TRACE_H_CRC, (__u32)crc32(0, m->data, TRACE_H_CRC));
	m->len = TRACE_HEAD_LEN;
}

static void make(struct made *m)
{
	make_head(m);
	add(m, TRACE_T_META, 0, "page_size=4096\nresult.2=succeeded\n", 34, 0);
}

/* In memory of exactly its size, so that ASan detects reads behind the end. */
static struct trace_reader *open_made(struct made *m)
{
	struct trace_reader *r;

	m->data = realloc(m->data, m->len);
	assert_int_equal(trace_read_open_mem(&r, m->data, m->len), 0);
	return r;
}

/* An EVENTS payload of @nr records of @record_size: owner 1 each, the last byte set. */
static size_t make_events(__u8 *p, __u32 nr, __u16 record_size, __u16 owner_size, __u32 aux)
{
	__u32 mask_len = (record_size + 7) / 8;
	__u8 *start = p;

	memset(p, 0, 4096);
	put32(p + TRACE_E_RECORDS, nr);
	put16(p + TRACE_E_RECORD_SIZE, record_size);
	put16(p + TRACE_E_OWNER_SIZE, owner_size);
	put32(p + TRACE_E_OWNERS, 1);
	put32(p + TRACE_E_AUX, aux);
	p += TRACE_E_OWNER;
	memset(p, 0xab, owner_size);
	put32(p + TRACE_O_TGID, 4711);
	p += owner_size;
	memset(p, MTHP_K_PASS, nr);
	p += nr;
	p[TRACE_R_OWNER / 8] |= 1U << TRACE_R_OWNER % 8;
	p[mask_len + TRACE_R_OWNER / 8] |= 1U << TRACE_R_OWNER % 8;
	p[TRACE_R_ORDER / 8] |= 1U << TRACE_R_ORDER % 8;
	p[mask_len + TRACE_R_ORDER / 8] |= 1U << TRACE_R_ORDER % 8;
	p[(record_size - 1) / 8] |= (__u8)(1U << (record_size - 1) % 8);
	p += 2 * mask_len;
	memset(p, 1, nr); /* owner */
	p += nr;
	memset(p, 9, nr); /* order */
	p += nr;
	*p++ = 0xcd;
	memset(p, 0xcd, aux);
	return (size_t)(p - start) + aux;
}

/* Newer writers append members, flags and block types; the known parts are read as before. */
static void test_newer(void **state)
{
	__u8 payload[8192];
	struct trace_reader *r;
	struct trace_item item;
	struct made m;
	size_t i, len;
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

/* How many of the 10 events of @payload are read; the others must be counted as lost. */
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
		assert_true(!item.ev->tgid || item.ev->tgid == 4711);
		nr++;
	}
	assert_int_equal(nr + trace_read_lost(r), 10);
	trace_read_close(r);
	free(m.data);
	return nr;
}

static void test_wrong_events(void **state)
{
	__u8 p[8192], *owner, *kinds;
	size_t len;
	len = make_events(p, 10, TRACE_RECORD_LEN, TRACE_OWNER_LEN, 0);
	assert_int_equal(read_made(p, len), 10);
	assert_int_equal(read_made(p, len - 1), 0);
	assert_int_equal(read_made(p, len + 1), 0);
	assert_int_equal(read_made(p, 3), 0);
	put32(p + TRACE_E_OWNERS, 0); /* the kinds are left out, too */
	assert_int_equal(read_made(p, TRACE_E_OWNER), 0);
	put32(p + TRACE_E_OWNERS, 1);
	assert_int_equal(read_made(p, 0), 0);

	kinds = p + TRACE_E_OWNER + TRACE_OWNER_LEN;
	owner = kinds + 10 + 2 * ((TRACE_RECORD_LEN + 7) / 8);
	owner[3] = 2; /* the block has one owner only: unknown here, but the event is kept */
	owner[10] = MTHP_NR_ORDERS;
	owner[15] = 0xff;
	owner[19] = 14;
	assert_int_equal(read_made(p, len), 7);
	kinds[9] = 0;
	assert_int_equal(read_made(p, len), 0);
	kinds[9] = MTHP_NR_KINDS;
	assert_int_equal(read_made(p, len), 0);
	kinds[9] = MTHP_K_PASS - 1; /* its group is missing */
	assert_int_equal(read_made(p, len), 0);

	len = make_events(p, 10, TRACE_RECORD_LEN, TRACE_OWNER_LEN, 0);
	put32(p + TRACE_E_OWNERS, 11);
	assert_int_equal(read_made(p, len), 0);
	put32(p + TRACE_E_OWNERS, 0xffffffff);
	assert_int_equal(read_made(p, len), 0);
	put32(p + TRACE_E_OWNERS, 10);
	put16(p + TRACE_E_OWNER_SIZE, TRACE_SIZE_MAX);
	assert_int_equal(read_made(p, len), 0);
	put16(p + TRACE_E_OWNER_SIZE, TRACE_OWNER_LEN);
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

/* Bitmaps of more words than the limit or than the block has: the following events cannot be located. */
static void test_wrong_bitmaps(void **state)
{
	__u8 p[8192], *mask, *words;
	size_t len;
	len = make_events(p, 10, TRACE_RECORD_LEN, TRACE_OWNER_LEN, 120);
	mask = p + TRACE_E_OWNER + TRACE_OWNER_LEN + 10;
	mask[TRACE_R_WORDS / 8] |= 1U << TRACE_R_WORDS % 8;
	mask[(TRACE_RECORD_LEN + 7) / 8 + TRACE_R_WORDS / 8] |= 1U << TRACE_R_WORDS % 8;
	words = p + len - 120 - 1;
	memmove(words + 10, words, 121);
	memset(words, 0, 10);
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

/* As many bitmaps as the block says, but more than an event can have. */
static void test_wide_bitmaps(void **state)
{
	const __u32 aux = 10 * MTHP_NR_BITMAPS * 8 * (MTHP_MAX_WORDS + 1);
	__u8 *p = malloc(8192 + aux), *mask;
	size_t len = make_events(p, 10, TRACE_RECORD_LEN, TRACE_OWNER_LEN, aux);
	mask = p + TRACE_E_OWNER + TRACE_OWNER_LEN + 10;
	mask[TRACE_R_WORDS / 8] |= 1U << TRACE_R_WORDS % 8;
	p[len - aux - 1] = MTHP_MAX_WORDS + 1; /* the same in all records */
	memmove(p + len - aux + 1, p + len - aux, aux);
	p[len - aux] = 0;
	assert_int_equal(read_made(p, len + 1), 0);
	free(p);
}

static void test_wrong_counters(void **state)
{
	struct trace_reader *r;
	struct trace_item item;
	struct made m;
	__u8 p[64] = { 0 };
	make(&m);
	add(&m, TRACE_T_COUNTERS, 0, p, TRACE_C_VALUES - 1, 0);
	put32(p + TRACE_C_NR, COUNTERS_MAX + 1);
	add(&m, TRACE_T_COUNTERS, 0, p, sizeof(p), 0);
	put32(p + TRACE_C_NR, 0x20000000);
	add(&m, TRACE_T_COUNTERS, 0, p, sizeof(p), 0);
	put32(p + TRACE_C_NR, 1); /* names that no block defined */
	add(&m, TRACE_T_COUNTERS, 0, p, TRACE_C_VALUES + 8, 0);
	put32(p + TRACE_C_NAMES, 4); /* a name that goes on behind the block */
	p[TRACE_C_VALUES + 9] = 3;
	add(&m, TRACE_T_COUNTERS, 0, p, TRACE_C_VALUES + 12, 0);
	put32(p + TRACE_C_NAMES, 0xfffffff0);
	add(&m, TRACE_T_COUNTERS, 0, p, TRACE_C_VALUES + 12, 0);
	put32(p + TRACE_C_NAMES, 2 + 1); /* one name, with the checksum of another list */
	p[TRACE_C_VALUES + 9] = 1;
	p[TRACE_C_VALUES + 10] = 'a';
	put32(p + TRACE_C_CRC, 0x1234);
	add(&m, TRACE_T_COUNTERS, 0, p, TRACE_C_VALUES + 8 + 3, 0);
	put32(p + TRACE_C_NAMES, 0);
	put32(p + TRACE_C_CRC, 0x1235);
	add(&m, TRACE_T_COUNTERS, 0, p, TRACE_C_VALUES + 8, 0);
	r = open_made(&m);
	assert_int_equal(trace_read_next(r, &item), 1);
	assert_string_equal(item.counters->c[0].name, "a");
	assert_int_equal(trace_read_next(r, &item), 0);
	assert_int_equal(trace_read_lost(r), 7);
	trace_read_close(r);
	free(m.data);
}

/* A block that does not inflate to the size that it states. */
static void test_wrong_deflate(void **state)
{
	static const __u8 stored[] = { 0x63, 0x00, 0x00 }; /* a zero byte, and not the end */
	struct trace_reader *r;
	struct trace_item item;
	struct made m;
	__u8 *b;
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
	make_head(&m);
	add(&m, TRACE_T_META, 0, "release=6.12\n", 13, 0);
	assert_int_equal(trace_read_open_mem(&r, m.data, m.len), -EBADMSG);
	add(&m, TRACE_T_META, 0, "page_size=4097\n", 15, 0);
	assert_int_equal(trace_read_open_mem(&r, m.data, m.len), -EBADMSG);
	add(&m, TRACE_T_META, 0, "page_size=65536\npmd_order=14\ntier=9", 35, 0);
	r = open_made(&m);
	assert_int_equal(trace_read_meta(r)->page_size, 65536);
	assert_int_equal(trace_read_meta(r)->pmd_order, 0);
	assert_int_equal(trace_read_meta(r)->detail, DETAIL_PLANS);
	trace_read_close(r);
	free(m.data);
}

/* The word, the number of the first traces, and a word of a newer build. */
static void test_detail(void **state)
{
	static const struct {
		const char *line;
		enum mthp_detail detail;
	} cases[] = {
		{ "detail=totals\n", DETAIL_TOTALS },
		{ "detail=sizes\n", DETAIL_SIZES },
		{ "detail=ranges\n", DETAIL_RANGES },
		{ "detail=plans\n", DETAIL_PLANS },
		{ "detail=dreams\n", DETAIL_PLANS },
		{ "tier=0\n", DETAIL_TOTALS },
		{ "tier=1\n", DETAIL_SIZES },
		{ "tier=2\n", DETAIL_PLANS },
		{ "", DETAIL_TOTALS },
	};
	struct trace_reader *r;
	struct made m;
	char text[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(text, sizeof(text), "page_size=4096\n%s", cases[i].line);
		make_head(&m);
		add(&m, TRACE_T_META, 0, text, strlen(text), 0);
		r = open_made(&m);
		assert_int_equal(trace_read_meta(r)->detail, cases[i].detail);
		trace_read_close(r);
		free(m.data);
	}
}

/* Lines of capabilities say what holds, whatever the word says; names and words of later versions do no harm. */
static void test_capabilities(void **state)
{
	static const char text[] =
		"page_size=4096\ndetail=plans\nkinds=126\ncapability.outcome=tracepoints\n"
		"capability.order=tracepoints\ncapability.address=crystal ball\n"
		"capability.occupancy=none\nwhy.occupancy=no probes\n"
		"capability.plan=none\ncapability.dreams=series\nwhy.dreams=none\n"
		"capability.=series\nwhy.=x\n";
	const struct meta *meta;
	struct trace_reader *r;
	struct made m;

	make_head(&m);
	add(&m, TRACE_T_META, 0, text, strlen(text), 0);
	r = open_made(&m);
	meta = trace_read_meta(r);
	assert_int_equal(meta->detail, DETAIL_SIZES);
	assert_int_equal(capability_get(meta, CAP_ADDRESS).source, FROM_OTHER);
	assert_true(capability_holds(meta, CAP_ADDRESS));
	assert_false(meta_has_ranges(meta));
	assert_string_equal(capability_get(meta, CAP_OCCUPANCY).why, "no probes");
	assert_int_equal(capability_get(meta, CAP_OWNER).source, FROM_TRACEPOINTS);
	trace_read_close(r);
	free(m.data);
}

/* Both results of an event are numbers of the trace: they are read by the names that it has for them. */
static void test_results(void **state)
{
	static const struct {
		__u32 number;
		const char *name;
	} cases[] = {
		{ 16, "reason_of_a_newer_kernel" }, /* a number that has another name here */
		{ 17, "succeeded" },
		{ 2, "page_locked" },
		{ 40, "status 40" }, /* not named in the trace */
		{ 70, "status 70" },
		{ 300, "unknown" },
		{ 0, "unknown" },
	};
	static const char meta[] = "page_size=4096\nresult.16=reason_of_a_newer_kernel\n"
				   "result.17=succeeded\nresult.2=page_locked\n";
	struct trace_pack *pack = trace_pack_new();
	struct trace_reader *r;
	struct trace_item item;
	const void *payload;
	struct made m;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mthp_ev ev = { .kind = MTHP_K_MTHP_SCAN, .ts_ns = 1000 + i, .order = 9 };

		ev.result = cases[i].number < 256 ? cases[i].number : 0;
		ev.v[MTHP_V_BLOCKED_BY] = cases[i].number;
		ev.known = MTHP_KNOWN(BLOCKED_BY);
		assert_int_equal(trace_pack_add(pack, &ev), 0);
	}
	payload = trace_pack_make(pack, &len);
	make_head(&m);
	add(&m, TRACE_T_META, 0, meta, sizeof(meta) - 1, 0);
	add(&m, TRACE_T_EVENTS, 0, payload, len, ARRAY_SIZE(cases));
	trace_pack_free(pack);
	r = open_made(&m);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		do {
			assert_int_equal(trace_read_next(r, &item), 1);
		} while (item.what == TRACE_META);
		assert_int_equal(item.what, TRACE_EVENT);
		assert_string_equal(meta_result_name(trace_read_meta(r), item.ev->result),
				    cases[i].name);
		assert_string_equal(
			meta_result_name(trace_read_meta(r), item.ev->v[MTHP_V_BLOCKED_BY]),
			cases[i].name);
	}
	assert_int_equal(trace_read_next(r, &item), 0);
	trace_read_close(r);
	free(m.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_newer),	       cmocka_unit_test(test_wrong_events),
		cmocka_unit_test(test_wrong_bitmaps),  cmocka_unit_test(test_wide_bitmaps),
		cmocka_unit_test(test_wrong_counters), cmocka_unit_test(test_wrong_deflate),
		cmocka_unit_test(test_no_meta),	       cmocka_unit_test(test_detail),
		cmocka_unit_test(test_capabilities),   cmocka_unit_test(test_results),
	};

	return cmocka_run_group_tests_name("trace forged", tests, NULL, NULL);
}

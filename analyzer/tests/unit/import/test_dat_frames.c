// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the process that reads trace.dat reports, as its parent takes it: every value arrives, and frames that a
 * corrupted child could send are refused.
 */
#define IMP_DAT_FUZZ
#include "import/dat.c"

#include <sys/mman.h>

#include "tests/support/cm.h"

#define WORDS 2

struct event {
	struct imp_frame_event e;
	__u64 bits[MTHP_NR_BITMAPS * WORDS];
};

static int fd;
static struct meta meta;

static int setup(void **state)
{
	fd = memfd_create("frames", 0);
	meta_init(&meta);
	return fd < 0;
}

static void put(__u32 type, const void *what, size_t len)
{
	struct imp_frame f = { type, (__u32)len };

	assert_int_equal(write(fd, &f, sizeof(f)), sizeof(f));
	assert_int_equal(write(fd, what, len), len);
}

static void put_meta(__u32 page_size, const char *machine)
{
	struct imp_frame_meta m = { .page_size = page_size,
				    .nr_cpus = 3,
				    .kinds = 1U << MTHP_K_SCAN_PMD,
				    .clock = "boot",
				    .release = "6.1" };

	strcpy(m.machine, machine);
	put(IMP_FRAME_META, &m, sizeof(m));
}

static void put_name(__u32 number, const char *text)
{
	struct imp_frame_name n = { .number = number };

	snprintf(n.text, sizeof(n.text), "%s", text);
	put(IMP_FRAME_NAME, &n, sizeof(n));
}

static struct event sample(void)
{
	struct event e = {
		.e = { .result = 4, .result_value = ~0U, .cpu = 7, .reported = IMP_REPORTED_ORDER }
	};

	e.e.ev.kind = MTHP_K_MTHP_SCAN;
	e.e.ev.ts_ns = 123456789;
	e.e.ev.order = 9;
	e.e.ev.nr_words = WORDS;
	e.e.ev.sample = MTHP_SAMPLE_CENSORED;
	memset(e.e.ev.comm, 'x', sizeof(e.e.ev.comm));
	e.bits[0] = 5;
	e.bits[MTHP_NR_BITMAPS * WORDS - 1] = 1ULL << 63;
	return e;
}

static struct imp_dat *begin(void)
{
	struct imp_dat *d;

	lseek(fd, 0, SEEK_SET);
	assert_int_equal(imp_dat_open_frames(&d, fd, &meta), 0);
	return d;
}

static void test_whole(void **state)
{
	struct imp_frame_strange strange = { .nr = 12, .name = "mm_new" };
	struct event e = sample();
	struct imp_raw raw;
	struct imp_dat *d;
	__u64 lost = 40;

	put_meta(4096, "x86_64");
	put_name(4, "succeeded");
	put_name(5, "page_moved");
	/* The first name of a number holds. */
	put_name(5, "other");
	put(IMP_FRAME_EVENT, &e, sizeof(e));
	put(IMP_FRAME_LOST, &lost, sizeof(lost));
	put(IMP_FRAME_ALIVE, NULL, 0);
	put(IMP_FRAME_LOST, &lost, sizeof(lost));
	e.e.result_value = 5;
	e.e.result = 77;
	put(IMP_FRAME_EVENT, &e, sizeof(e));
	put(IMP_FRAME_STRANGE, &strange, sizeof(strange));
	put(IMP_FRAME_END, NULL, 0);
	put(IMP_FRAME_EVENT, &e, sizeof(e));
	d = begin();
	assert_string_equal(meta.clock, "boot");
	assert_string_equal(meta.release, "6.1");
	assert_string_equal(meta.machine, "x86_64");
	assert_int_equal(meta.nr_cpus, 3);
	assert_int_equal(meta.kinds, 1U << MTHP_K_SCAN_PMD);
	assert_int_equal(meta.page_size, 4096);
	assert_int_equal(meta.pmd_order, 9);

	memset(&raw, 0x5a, sizeof(raw));
	assert_int_equal(imp_dat_next(d, &raw), 1);
	assert_int_equal(raw.ev.kind, MTHP_K_MTHP_SCAN);
	assert_true(raw.ev.ts_ns == 123456789);
	assert_int_equal(raw.ev.order, 9);
	assert_int_equal(raw.ev.result, MTHP_R_SUCCEED);
	assert_int_equal(raw.ev.known, 0);
	assert_int_equal(raw.ev.sample, MTHP_SAMPLE_NO);
	assert_int_equal(strlen(raw.ev.comm), MTHP_COMM_LEN - 1);
	assert_int_equal(raw.cpu, 7);
	assert_int_equal(raw.reported, IMP_REPORTED_ORDER);
	assert_int_equal(raw.requester, 0);
	assert_memory_equal(raw.bits, e.bits, sizeof(e.bits));
	assert_true(imp_dat_lost(d) == 0);

	assert_int_equal(imp_dat_next(d, &raw), 1);
	assert_string_equal(meta_result_name(&meta, raw.ev.result), "status 77");
	assert_string_equal(meta_result_name(&meta, (__u8)raw.ev.v[MTHP_V_BLOCKED_BY]),
			    "page_moved");
	assert_true(mthp_knows(&raw.ev, BLOCKED_BY));
	assert_true(imp_dat_lost(d) == 80);

	/* What stands behind the end is not read. */
	assert_int_equal(imp_dat_next(d, &raw), 0);
	assert_int_equal(imp_dat_next(d, &raw), 0);
	assert_string_equal(imp_dat_bad(d)->names[0].name, "mm_new");
	assert_true(imp_dat_bad(d)->names[0].lines == 12);
	imp_dat_close(d);
}

/* Sizes of pages that no machine has are unknown. */
static void test_sizes(void **state)
{
	static const struct {
		__u32 page_size;
		const char *machine;
		__u32 pages, order;
	} sizes[] = {
		{ 4096, "x86_64", 4096, 9 },	 { 65536, "aarch64", 65536, 13 },
		{ 16384, "aarch64", 16384, 11 }, { 4096, "s390x", 4096, 8 },
		{ 0, "x86_64", 0, 0 },		 { 4097, "x86_64", 0, 0 },
		{ 512, "x86_64", 0, 0 },	 { 1024, "x86_64", 1024, 7 },
		{ 2U << 20, "x86_64", 0, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		setup(NULL);
		meta.page_size = meta.pmd_order = 0;
		put_meta(sizes[i].page_size, sizes[i].machine);
		imp_dat_close(begin());
		assert_int_equal(meta.page_size, sizes[i].pages);
		assert_int_equal(meta.pmd_order, sizes[i].order);
	}
}

/* A frame that makes no sense ends the trace, whatever stands behind it. */
static void refused(__u32 type, const void *what, size_t len)
{
	struct event e = sample();
	struct imp_raw raw;
	struct imp_dat *d;

	setup(NULL);
	put_meta(4096, "x86_64");
	put(IMP_FRAME_EVENT, &e, sizeof(e));
	put(type, what, len);
	put(IMP_FRAME_EVENT, &e, sizeof(e));
	d = begin();
	assert_int_equal(imp_dat_next(d, &raw), 1);
	assert_int_equal(imp_dat_next(d, &raw), -EPROTO);
	assert_int_equal(imp_dat_next(d, &raw), -EPROTO);
	imp_dat_close(d);
}

static void test_refused(void **state)
{
	static const __u8 zeroes[sizeof(struct imp_raw) + 300];
	struct event e = sample(), bad;

	refused(IMP_FRAME_META, zeroes, sizeof(struct imp_frame_meta) - 1);
	refused(IMP_FRAME_NAME, zeroes, sizeof(struct imp_frame_name) + 1);
	refused(IMP_FRAME_STRANGE, zeroes, 1);
	refused(IMP_FRAME_EVENT, &e, sizeof(e.e) - 1);
	refused(IMP_FRAME_EVENT, &e, sizeof(e) - 8);
	/* As long as another frame. */
	refused(IMP_FRAME_EVENT, zeroes, sizeof(struct imp_frame_strange));
	bad = e;
	bad.e.ev.kind = MTHP_NR_KINDS;
	refused(IMP_FRAME_EVENT, &bad, sizeof(bad));
	bad = e;
	bad.e.ev.order = MTHP_NR_ORDERS;
	refused(IMP_FRAME_EVENT, &bad, sizeof(bad));
	bad = e;
	bad.e.ev.requester = MTHP_NR_REQUESTERS;
	refused(IMP_FRAME_EVENT, &bad, sizeof(bad));
	bad = e;
	bad.e.ev.nr_words = MTHP_MAX_WORDS + 1;
	refused(IMP_FRAME_EVENT, &bad, sizeof(bad));
	refused(IMP_FRAME_ALIVE, zeroes, IMP_FRAME_MAX + 1);
}

/* The child is gone, in the middle of a frame or between two: what it sent is kept. */
static void test_cut(void **state)
{
	struct event e = sample();
	struct imp_raw raw;
	struct imp_dat *d;
	off_t end;
	int cut;

	for (cut = 0; cut < 3; cut++) {
		setup(NULL);
		put_meta(4096, "x86_64");
		put(IMP_FRAME_EVENT, &e, sizeof(e));
		end = lseek(fd, 0, SEEK_CUR);
		put(IMP_FRAME_EVENT, &e, sizeof(e));
		assert_int_equal(ftruncate(fd, end + cut * 7), 0);
		d = begin();
		assert_int_equal(imp_dat_next(d, &raw), 1);
		assert_int_equal(imp_dat_next(d, &raw), -ENODATA);
		imp_dat_close(d);
	}
	setup(NULL);
	assert_int_equal(imp_dat_open_frames(&d, fd, &meta), -EBADMSG);
	assert_null(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_whole, setup),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests_name("import_dat_frames", tests, NULL, NULL);
}

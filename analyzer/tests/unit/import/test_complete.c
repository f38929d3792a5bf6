// SPDX-License-Identifier: GPL-2.0-only
/* From the values of a record to an event: requester, exchanged arguments, sizes. */
#include <string.h>

#include "import/complete.h"
#include "import/sizes.h"
#include "lib/array.h"
#include "tests/support/cm.h"

static struct meta meta;
static struct imp_world *world;
static struct imp_raw raw;

static int make_world(void **state)
{
	meta_init(&meta);
	meta.page_size = 4096;
	meta.pmd_order = 9;
	world = imp_world_new(&meta);
	return !world;
}

static int free_world(void **state)
{
	imp_world_free(world);
	return 0;
}

static void requester_of(const char *comm, __u8 reported, __u8 want)
{
	memset(&raw, 0, sizeof(raw));
	raw.ev.kind = MTHP_K_SCAN_PMD;
	raw.ev.tid = 7;
	raw.reported = reported;
	strcpy(raw.ev.comm, comm);
	imp_event(world, &raw);
	assert_int_equal(raw.ev.requester, want);
}

static void requesters(void **state)
{
	requester_of("khugepaged", 0, MTHP_Q_KHUGEPAGED);
	requester_of("khugepaged", IMP_DOUBT, MTHP_Q_UNKNOWN);
	requester_of("kdamond.12", 0, MTHP_Q_DAMON);
	requester_of("sh", 0, MTHP_Q_MADVISE);
	requester_of("", IMP_NO_NAME, MTHP_Q_MADVISE);
	requester_of("", IMP_NO_NAME | IMP_DOUBT, MTHP_Q_UNKNOWN);
	requester_of("", 0, MTHP_Q_UNKNOWN);
	requester_of("<...>", 0, MTHP_Q_UNKNOWN);
	requester_of(":77", 0, MTHP_Q_UNKNOWN);
}

static void collapse_file(__u64 addr, __u32 shmem, __u64 want_addr, __u32 want_shmem)
{
	memset(&raw, 0, sizeof(raw));
	raw.ev.kind = MTHP_K_COLLAPSE_FILE;
	raw.ev.addr = addr;
	raw.ev.v[MTHP_V_SHMEM] = shmem;
	raw.ev.known = MTHP_KNOWN_ADDR | MTHP_KNOWN(SHMEM);
	imp_event(world, &raw);
	assert_int_equal(raw.ev.addr, want_addr);
	assert_int_equal(!!(raw.ev.known & MTHP_KNOWN_ADDR), !!want_addr);
	assert_int_equal(raw.ev.v[MTHP_V_SHMEM], want_shmem);
}

static void exchanged(void **state)
{
	collapse_file(1, 1, 0, 1);
	collapse_file(0, 1, 0, 0);
	collapse_file(0, 0, 0, 0);
	collapse_file(0x7f0000200000, 0, 0x7f0000200000, 0);
	collapse_file(0x7f0000200000, 1, 0x7f0000200000, 1);
}

/* An event without a task belongs to no other. */
static void no_task(void **state)
{
	memset(&raw, 0, sizeof(raw));
	raw.ev.kind = MTHP_K_ISOLATE;
	raw.ev.result = MTHP_R_SUCCEED;
	raw.ev.ts_ns = 1000;
	imp_event(world, &raw);
	memset(&raw, 0, sizeof(raw));
	raw.ev.kind = MTHP_K_COLLAPSE;
	raw.ev.result = MTHP_R_SUCCEED;
	raw.ev.ts_ns = 2000;
	imp_event(world, &raw);
	assert_false(raw.ev.known & MTHP_KNOWN_DUR);
	assert_false(mthp_knows(&raw.ev, FILLED));
	assert_int_equal(world->lost_pairs, 0);
}

static void sizes(void **state)
{
	static const struct {
		const char *machine;
		__u32 page_size, entries, want_page, want_order;
		bool sure;
	} of[] = {
		{ "", 0, 0, 4096, 9, false },
		{ "", 0, 512, 4096, 9, false },
		{ "", 0, 513, 16384, 11, false },
		{ "", 0, 2048, 16384, 11, false },
		{ "", 0, 2049, 65536, 13, false },
		{ "", 0, 8192, 65536, 13, false },
		{ "", 0, 8193, 4096, 9, false },
		{ "", 65536, 0, 65536, 13, false },
		{ "x86_64", 0, 0, 4096, 9, true },
		{ "x86_64", 4096, 0, 4096, 9, true },
		{ "s390x", 0, 0, 4096, 8, true },
		{ "sparc64", 8192, 0, 8192, 10, true },
		{ "aarch64", 0, 0, 4096, 9, false },
		{ "aarch64", 16384, 0, 16384, 11, true },
		{ "aarch64", 65536, 0, 65536, 13, true },
		{ "loongarch64", 16384, 0, 16384, 11, true },
		{ "ppc64le", 65536, 0, 65536, 5, false },
		{ "ppc64le", 65536, 32, 65536, 5, false },
		{ "ppc64le", 65536, 33, 65536, 8, false },
		{ "ppc64", 4096, 0, 4096, 9, false },
		{ "ppc64", 4096, 513, 4096, 12, false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(of); i++) {
		struct imp_sizes s = { .page_size = of[i].page_size };

		imp_sizes(&s, of[i].machine, of[i].entries);
		if (s.page_size != of[i].want_page || s.pmd_order != of[i].want_order ||
		    s.sure != of[i].sure)
			fail_msg("%s, %u, %u: %u %u %d", of[i].machine, of[i].page_size,
				 of[i].entries, s.page_size, s.pmd_order, s.sure);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(requesters, make_world, free_world),
		cmocka_unit_test_setup_teardown(exchanged, make_world, free_world),
		cmocka_unit_test_setup_teardown(no_task, make_world, free_world),
		cmocka_unit_test(sizes),
	};

	return cmocka_run_group_tests_name("import complete", tests, NULL, NULL);
}

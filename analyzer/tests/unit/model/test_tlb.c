// SPDX-License-Identifier: GPL-2.0-only
/* TLB entries of a PMD range of 16 pages, computed by hand. */
#include <stddef.h>

#include "tests/support/cm.h"
#include "model/tlb.h"

static __u64 tlb(__u64 present, __u64 joined, const __u64 *pte, __u32 first, __u32 from, __u32 to)
{
	struct tlb_pages p = { &present, &joined, pte, first, 4 };

	return tlb_entries(&p, from, to);
}

static void test_by_hand(void **state)
{
	static const struct {
		__u64 present, joined;
		__u32 from, to;
		__u64 want;
		const char *what;
	} rows[] = {
		{ 0, 0, 0, 16, 0, "nothing" },
		{ 0xffff, 0, 0, 16, 16, "single pages" },
		{ 0xffff, 0xfffe, 0, 16, 2,
		  "one folio: no entry but a PMD's is larger than a half" },
		{ 0x00f0, 0x00e0, 0, 16, 1, "a folio of four" },
		{ 0x0078, 0x0070, 0, 16, 3, "four pages in a row from page 3 on: 1, 2, 1" },
		{ 0x003c, 0x0038, 0, 16, 2, "from page 2 on: 2, 2" },
		{ 0x00f0, 0x00e0, 5, 16, 2, "a part of it: 1, 2" },
		{ 0x00f0, 0x00e0, 0, 6, 1, "the other part" },
		{ 0x0ff0, 0x0ee0, 0, 16, 2, "two folios side by side" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (tlb(rows[i].present, rows[i].joined, NULL, 0, rows[i].from, rows[i].to) !=
		    rows[i].want)
			fail_msg("%s", rows[i].what);
}

/* Frames with another alignment than the addresses: no block is larger than both allow. */
static void test_frames(void **state)
{
	__u64 pte[16], high = 1ULL << 63;
	__u32 i;

	for (i = 0; i < 16; i++)
		pte[i] = high | (0x1000 + i);
	assert_int_equal(tlb(0x00ff, 0x00fe, pte, 0, 0, 16), 1);
	for (i = 0; i < 16; i++)
		pte[i] = high | (0x1002 + i);
	assert_int_equal(tlb(0x00ff, 0x00fe, pte, 0, 0, 16), 4);
	/* The first entry of the array is page 4 of the range. */
	for (i = 0; i < 16; i++)
		pte[i] = high | (0x1004 + i);
	assert_int_equal(tlb(0x00f0, 0x00e0, pte, 4, 4, 16), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_frames),
	};

	return cmocka_run_group_tests_name("tlb", tests, NULL, NULL);
}

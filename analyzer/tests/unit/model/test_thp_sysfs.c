// SPDX-License-Identifier: GPL-2.0-only
/* Settings and counters from /sys and /proc of different kernels, and of a tree without files. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/array.h"
#include "tests/support/cm.h"
#include "model/thp_sysfs.h"
#include "tests/support/tree.h"

#define THP "/sys/kernel/mm/transparent_hugepage/"

static struct counters counters;

static const struct counter *find(const char *name, __u8 order)
{
	size_t i;

	for (i = 0; i < counters.nr; i++)
		if (!strcmp(counters.c[i].name, name) && counters.c[i].order == order)
			return &counters.c[i];
	return NULL;
}

static void kb_file(const struct tree *t, __u32 order, const char *file, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), THP "hugepages-%lukB/%s",
		 (sysconf(_SC_PAGESIZE) << order) / 1024, file);
	tree_file(t, path, text);
}

static void settings(const struct tree *t)
{
	char size[32];

	snprintf(size, sizeof(size), "%lu\n", sysconf(_SC_PAGESIZE) << 9);
	tree_file(t, THP "hpage_pmd_size", size);
	tree_file(t, THP "enabled", "always [madvise] never\n");
	tree_file(t, THP "defrag", "always defer defer+madvise [madvise] never\n");
	tree_file(t, THP "use_zero_page", "1\n");
	tree_file(t, THP "khugepaged/max_ptes_none", "511\n");
	tree_file(t, THP "khugepaged/scan_sleep_millisecs", "10000\n");
	tree_file(t, THP "khugepaged/pages_to_scan", "4096\n");
	tree_file(t, THP "khugepaged/defrag", "0\n");
}

/* Before 6.8: only one size, no shrinker. */
static void test_old(void **state)
{
	struct tree t;
	struct meta meta;
	__u32 order;
	tree_make(&t);
	settings(&t);
	sysinfo_read_meta(t.root, &meta);
	tree_remove(&t);
	assert_int_equal(meta.page_size, sysconf(_SC_PAGESIZE));
	assert_int_equal(meta.pmd_order, 9);
	assert_true(meta.nr_cpus > 0);
	assert_true(meta.release[0] && meta.machine[0]);
	assert_string_equal(meta.settings.enabled, "madvise");
	assert_string_equal(meta.settings.defrag, "madvise");
	assert_string_equal(meta.settings.shmem_enabled, "");
	assert_int_equal(meta.settings.max_ptes_none, 511);
	assert_int_equal(meta.settings.defrag_khugepaged, 0);
	assert_int_equal(meta.settings.use_zero_page, 1);
	assert_int_equal(meta.settings.shrink_underused, META_UNKNOWN);
	assert_int_equal(meta.settings.creep_guard, META_UNKNOWN);
	assert_int_equal(meta.settings.max_ptes_swap, META_UNKNOWN);
	for (order = 0; order < MTHP_NR_ORDERS; order++)
		assert_string_equal(meta.settings.order_enabled[order], "");
}

static void test_orders(void **state)
{
	struct tree t;
	struct meta meta;
	tree_make(&t);
	settings(&t);
	kb_file(&t, 4, "enabled", "always inherit madvise [never]\n");
	kb_file(&t, 9, "enabled", "always [inherit] madvise never\n");
	tree_file(&t, THP "hugepages-63kB/enabled", "[always]\n");
	sysinfo_read_meta(t.root, &meta);
	assert_string_equal(meta.settings.order_enabled[4], "never");
	assert_string_equal(meta.settings.order_enabled[9], "inherit");
	assert_string_equal(meta.settings.order_enabled[3], "");
	/* A change is detected, and a setting whose file disappeared is unknown again. */
	kb_file(&t, 4, "enabled", "[always] inherit madvise never\n");
	tree_file(&t, THP "khugepaged/max_ptes_none", "0\n");
	tree_file(&t, THP "use_zero_page", "");
	sysinfo_read_settings(t.root, &meta);
	assert_string_equal(meta.settings.order_enabled[4], "always");
	assert_int_equal(meta.settings.max_ptes_none, 0);
	assert_int_equal(meta.settings.use_zero_page, META_UNKNOWN);
	tree_remove(&t);
}

/* An invalid file leaves its setting unknown. */
static void test_nonsense(void **state)
{
	static const char *const numbers[] = { "",     "many\n", "-1\n", "99999999999999999999\n",
					       "5x\n", "\n",	 " 7\n" };
	static const char *const words[] = { "", "never\n", "[never\n", "never]\n",
					     "[a-word-that-is-much-too-long]\n" };
	struct tree t;
	struct meta meta;
	size_t i;
	tree_make(&t);
	settings(&t);
	tree_file(&t, THP "hpage_pmd_size", "12345\n");
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		tree_file(&t, THP "khugepaged/max_ptes_none", numbers[i]);
		sysinfo_read_meta(t.root, &meta);
		assert_int_equal(meta.settings.max_ptes_none, META_UNKNOWN);
	}
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		tree_file(&t, THP "enabled", words[i]);
		sysinfo_read_meta(t.root, &meta);
		assert_string_equal(meta.settings.enabled, "");
	}
	assert_int_equal(meta.pmd_order, 0);
	tree_remove(&t);
}

static void test_nothing(void **state)
{
	struct meta meta;
	sysinfo_read_meta("/nonexistent", &meta);
	assert_int_equal(meta.pmd_order, 0);
	assert_string_equal(meta.settings.enabled, "");
	assert_int_equal(meta.settings.pages_to_scan, META_UNKNOWN);
	counters.nr = 7;
	sysinfo_read_counters("/nonexistent", meta.page_size, &counters);
	assert_int_equal(counters.nr, 0);
}

static void test_counters(void **state)
{
	struct counters again;
	struct tree t;
	size_t i;
	tree_make(&t);
	tree_file(&t, "/proc/vmstat",
		  "nr_free_pages 123\nthp_collapse_alloc 17\nthp_collapse_alloc_failed 0\n"
		  "thp_odd many\nthp_last 18446744073709551615");
	tree_file(&t, THP "khugepaged/pages_collapsed", "2048\n");
	kb_file(&t, 4, "stats/zswpout", "5\n");
	kb_file(&t, 4, "stats/anon_fault_alloc", "6\n");
	kb_file(&t, 4, "stats/nr_anon", "broken\n");
	kb_file(&t, 9, "stats/anon_fault_alloc", "7\n");
	sysinfo_read_counters(t.root, sysconf(_SC_PAGESIZE), &counters);
	assert_int_equal(counters.nr, 8);
	assert_int_equal(find("thp_collapse_alloc", COUNTER_NO_ORDER)->value, 17);
	assert_int_equal(find("thp_collapse_alloc_failed", COUNTER_NO_ORDER)->value, 0);
	assert_null(find("nr_free_pages", COUNTER_NO_ORDER));
	assert_null(find("thp_odd", COUNTER_NO_ORDER));
	assert_non_null(find("thp_last", COUNTER_NO_ORDER));
	assert_int_equal(find("pages_collapsed", COUNTER_NO_ORDER)->value, 2048);
	assert_null(find("full_scans", COUNTER_NO_ORDER));
	assert_int_equal(find("zswpout", 4)->value, 5);
	assert_true(find("nr_anon", 4)->value == COUNTER_UNKNOWN);
	assert_int_equal(find("anon_fault_alloc", 9)->value, 7);
	/* Sorted, so that a counter has the same index in a later reading. */
	assert_string_equal(counters.c[4].name, "anon_fault_alloc");
	assert_string_equal(counters.c[6].name, "zswpout");
	kb_file(&t, 4, "stats/zswpout", "9\n");
	sysinfo_read_counters(t.root, sysconf(_SC_PAGESIZE), &again);
	assert_int_equal(again.nr, counters.nr);
	for (i = 0; i < again.nr; i++)
		assert_string_equal(again.c[i].name, counters.c[i].name);
	assert_int_equal(again.c[6].value, 9);
	tree_remove(&t);
}

/* More counters than the table holds: the rest is left out, nothing is overwritten. */
static void test_many(void **state)
{
	static char text[32 * 1024];
	struct tree t;
	size_t n = 0;
	int i;
	tree_make(&t);
	for (i = 0; i < COUNTERS_MAX + 50; i++)
		n += sprintf(text + n, "thp_counter_number_%d %d\n", i, i);
	n += sprintf(text + n, "thp_%0*d 1\n", COUNTER_NAME_LEN, 0);
	tree_file(&t, "/proc/vmstat", text);
	sysinfo_read_counters(t.root, sysconf(_SC_PAGESIZE), &counters);
	assert_int_equal(counters.nr, COUNTERS_MAX);
	assert_int_equal(counters.c[COUNTERS_MAX - 1].value, COUNTERS_MAX - 1);
	tree_remove(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_old),	 cmocka_unit_test(test_orders),
		cmocka_unit_test(test_nonsense), cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_counters), cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests_name("sysinfo", tests, NULL, NULL);
}

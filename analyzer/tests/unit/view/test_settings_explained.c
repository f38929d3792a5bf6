// SPDX-License-Identifier: GPL-2.0-only
/* The sentences of `info` about settings, for different settings and kernels. */
#include <stdio.h>
#include <string.h>

#include "view/settings_explained.h"
#include "tests/support/cm.h"

static char said[4096];

static void say(void *ctx, const char *subject, const char *text)
{
	size_t n = strlen(said);
	snprintf(said + n, sizeof(said) - n, "%s: %s\n", subject, text);
}

/* The defaults of 6.12 and later, with only the PMD size enabled. */
static struct meta make(enum mthp_detail detail, long long max_ptes_none)
{
	struct meta meta;

	meta_init(&meta);
	meta.page_size = 4096;
	meta.pmd_order = 9;
	meta.detail = detail;
	meta.settings.max_ptes_none = max_ptes_none;
	meta.settings.shrink_underused = 1;
	strcpy(meta.settings.enabled, "always");
	strcpy(meta.settings.order_enabled[9], "inherit");
	strcpy(meta.settings.order_enabled[4], "never");
	return meta;
}

static const char *audit(const struct meta *meta)
{
	said[0] = '\0';
	settings_explain(meta, say, NULL);
	return said;
}

#define assert_says(meta, text)                                         \
	do {                                                            \
		if (!strstr(audit(meta), text))                         \
			fail_msg("not said: %s\nbut:\n%s", text, said); \
	} while (0)

#define assert_silent(meta, text)                                  \
	do {                                                       \
		if (strstr(audit(meta), text))                     \
			fail_msg("said: %s\nin:\n%s", text, said); \
	} while (0)

static void test_pmd(void **state)
{
	struct meta meta = make(DETAIL_TOTALS, 511);
	assert_says(&meta, "sizes: enabled for anonymous memory: 2M (always)");
	assert_says(&meta, "max_ptes_none: 511, 2M: one present page is enough, so that a collapse "
			   "can add 511 pages (2044K)");
	meta.settings.max_ptes_none = 0;
	assert_says(&meta,
		    "collapsed only when all 512 pages are present; a collapse adds no memory");
	meta.settings.max_ptes_none = 64;
	assert_says(&meta,
		    "at least 448 of its 512 pages are present; a collapse adds at most 256K");
	/* No sentence about an unknown setting. */
	meta.settings.max_ptes_none = META_UNKNOWN;
	assert_silent(&meta, "max_ptes_none: ");
	assert_silent(&meta, "shrink_underused");
	meta.settings.max_ptes_none = 512;
	assert_silent(&meta, "max_ptes_none: ");
	meta.pmd_order = 0;
	assert_string_equal(audit(&meta), "");
}

/* One setting, and each kernel's rule for the sizes below PMD size. */
static void test_smaller(void **state)
{
	struct meta meta = make(DETAIL_TOTALS, 100);
	assert_says(&meta, "smaller sizes: no effect, khugepaged of this kernel does not collapse");
	strcpy(meta.settings.order_enabled[4], "always");
	assert_says(&meta, "khugepaged of this kernel collapses to 2M only");
	meta.detail = DETAIL_SIZES;
	assert_says(&meta, "this kernel knows 0 and 511 only and takes 100 as 0");
	meta.settings.max_ptes_none = 511;
	assert_says(&meta, "smaller sizes: one present page is enough");
	meta.settings.max_ptes_none = 0;
	assert_says(&meta, "smaller sizes: collapsed only when all pages are present");
	strcpy(meta.settings.order_enabled[4], "never");
	assert_says(&meta, "smaller sizes: none is enabled");

	meta.detail = DETAIL_PLANS;
	meta.settings.max_ptes_none = 255;
	strcpy(meta.settings.order_enabled[4], "madvise");
	strcpy(meta.settings.order_enabled[6], "inherit");
	assert_says(&meta, "scaled to the size; at most 7 of 16 at 64K, 31 of 64 at 256K");
	meta.settings.creep_guard = 0;
	assert_says(&meta,
		    "creep_guard: 0: pages that a collapse fills can make a larger collapse");
	meta.settings.creep_guard = 1;
	assert_says(&meta, "creep_guard: 1: a collapse never makes a larger one possible");
	meta.settings.creep_guard = 0;
	meta.settings.max_ptes_none = 511;
	assert_says(&meta, "creep_guard: 0: without effect, as these settings do not creep");
}

/* max_ptes_none is the shrinker's limit as well: at its default there is no limit. */
static void test_shrinker(void **state)
{
	struct meta meta = make(DETAIL_TOTALS, 511);
	assert_says(&meta, "shrink_underused: 1, but without effect");
	assert_says(&meta, "at 511 no huge page is underused");
	meta.settings.max_ptes_none = 409;
	assert_says(&meta, "splits 2M pages with more than 409 pages (1636K) of zeroes");
	meta.settings.shrink_underused = 0;
	assert_says(&meta, "shrink_underused: 0: huge pages full of zeroes stay");
	meta.settings.shrink_underused = META_UNKNOWN;
	assert_silent(&meta, "shrink_underused");
}

static void test_off(void **state)
{
	struct meta meta = make(DETAIL_TOTALS, 511);
	strcpy(meta.settings.enabled, "never");
	assert_says(&meta, "no size of huge page is enabled for anonymous memory");
	strcpy(meta.settings.order_enabled[4], "always");
	strcpy(meta.settings.order_enabled[9], "never");
	assert_says(&meta, "enabled for anonymous memory: 64K (always)");
	assert_silent(&meta, "2M (");
	/* Before 6.8 one setting controls the only size. */
	memset(meta.settings.order_enabled, 0, sizeof(meta.settings.order_enabled));
	strcpy(meta.settings.enabled, "madvise");
	assert_says(&meta, "enabled for anonymous memory: 2M (madvise)");
}

static void test_pace(void **state)
{
	struct meta meta = make(DETAIL_TOTALS, 511);
	assert_silent(&meta, "pace");
	meta.settings.scan_sleep_millisecs = 10000;
	meta.settings.pages_to_scan = 4096;
	assert_says(&meta, "scans 16M every 10000 ms: a GiB takes 10m40s");
	meta.settings.scan_sleep_millisecs = 0;
	assert_says(&meta, "khugepaged does not sleep");
	meta.settings.pages_to_scan = 0;
	assert_silent(&meta, "pace");
	meta.settings.max_ptes_swap = 64;
	assert_says(&meta, "max_ptes_swap: 64: up to 256K is read back");
	meta.settings.max_ptes_shared = 256;
	assert_says(&meta, "max_ptes_shared: 256: up to 1M shared");
}

/* 64K base pages: the PMD order is 13. */
static void test_large_pages(void **state)
{
	struct meta meta = make(DETAIL_PLANS, 8191);
	meta.page_size = 65536;
	meta.pmd_order = 13;
	strcpy(meta.settings.order_enabled[9], "never");
	strcpy(meta.settings.order_enabled[13], "always");
	assert_says(&meta, "512M (always)");
	assert_says(&meta, "add 8191 pages (524224K)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pmd),	 cmocka_unit_test(test_smaller),
		cmocka_unit_test(test_shrinker), cmocka_unit_test(test_off),
		cmocka_unit_test(test_pace),	 cmocka_unit_test(test_large_pages),
	};

	return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}

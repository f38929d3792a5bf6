// SPDX-License-Identifier: GPL-2.0-only
/* Numbers as text, and the escaping of hostile text. */
#include <errno.h>

#include "tests/support/cm.h"
#include "lib/fmt.h"
#include "model/snapshot.h"

static void test_bytes(void **state)
{
	static const struct {
		__u64 n;

		const char *text;
	} rows[] = {
		{ 0, "0" },	      { 1, "1B" },	    { 1023, "1023B" },
		{ 65536, "64K" },     { 2 << 20, "2M" },    { 1500, "1.46K" },
		{ 15000, "14.6K" },   { 150000, "146K" },   { (1 << 20) - 1, "1.00M" },
		{ ~0ULL - 1, "16E" }, { NUM_UNKNOWN, "-" },
	};
	char buf[32];
	size_t i;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(fmt_bytes(rows[i].n, buf, sizeof(buf)), rows[i].text);
}

static void test_ns(void **state)
{
	static const struct {
		__u64 n;

		const char *text;
	} rows[] = {
		{ 0, "0ns" },
		{ 999, "999ns" },
		{ 1000, "1.00us" },
		{ 12345, "12.3us" },
		{ 999499, "999us" },
		{ 999500, "1.00ms" },
		{ 5000000000ULL, "5.00s" },
		{ 187000000000ULL, "3m07s" },
		{ 7380000000000ULL, "2h03m" },
		{ NUM_UNKNOWN, "-" },
	};
	char buf[32];
	size_t i;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(fmt_ns(rows[i].n, buf, sizeof(buf)), rows[i].text);
}

static void test_short(void **state)
{
	char buf[32];

	assert_string_equal(fmt_short(99999, buf, sizeof(buf)), "99999");
	assert_string_equal(fmt_short(123456, buf, sizeof(buf)), "123k");
	assert_string_equal(fmt_short(4500000, buf, sizeof(buf)), "4.50M");
	assert_string_equal(fmt_ppm(123456, buf, sizeof(buf)), "12.3%");
	assert_string_equal(fmt_ppm(NUM_UNKNOWN, buf, sizeof(buf)), "-");
	assert_string_equal(fmt_time(0, buf, sizeof(buf)), "1970-01-01 00:00:00 UTC");
}

static void test_order(void **state)
{
	char buf[32];

	assert_string_equal(fmt_order(4, 4096, buf, sizeof(buf)), "64K");
	assert_string_equal(fmt_order(9, 4096, buf, sizeof(buf)), "2M");
	assert_string_equal(fmt_order(13, 65536, buf, sizeof(buf)), "512M");
	assert_string_equal(fmt_order(14, 4096, buf, sizeof(buf)), "-");
}

static void test_parse_order(void **state)
{
	static const char *const bad[] = { "",	       "K",	   "-64K",
					   "65K",      "64KK",	   "64Q",
					   "order=14", "order=-1", "99999999999999999999G",
					   "64 K" };
	__u32 order = 99;
	size_t i;

	assert_int_equal(fmt_parse_order("64K", 4096, &order), 0);
	assert_int_equal(order, 4);
	assert_int_equal(fmt_parse_order("64k", 4096, &order), 0);
	assert_int_equal(order, 4);
	assert_int_equal(fmt_parse_order("2MiB", 4096, &order), 0);
	assert_int_equal(order, 9);
	assert_int_equal(fmt_parse_order("order=4", 65536, &order), 0);
	assert_int_equal(order, 4);
	assert_int_equal(fmt_parse_order("65536", 4096, &order), 0);
	assert_int_equal(order, 4);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		order = 99;
		assert_int_equal(fmt_parse_order(bad[i], 4096, &order), -EINVAL);
		assert_int_equal(order, 99);
	}
}

static void test_safe(void **state)
{
	char buf[64];

	assert_string_equal(fmt_safe("redis-server", buf, sizeof(buf)), "redis-server");
	assert_string_equal(fmt_safe("a\033[2Jb", buf, sizeof(buf)), "a\\x1b[2Jb");
	assert_string_equal(fmt_safe("\xc3\xa9t\xc3\xa9", buf, sizeof(buf)), "\xc3\xa9t\xc3\xa9");
	/* Cut sequence, stray continuation, overlong slash, C1 control, direction override. */
	assert_string_equal(fmt_safe("\xc3", buf, sizeof(buf)), "\\xc3");
	assert_string_equal(fmt_safe("\x80x", buf, sizeof(buf)), "\\x80x");
	assert_string_equal(fmt_safe("\xc0\xaf", buf, sizeof(buf)), "\\xc0\\xaf");
	assert_string_equal(fmt_safe("\xc2\x9b", buf, sizeof(buf)), "\\xc2\\x9b");
	assert_string_equal(fmt_safe("\xe2\x80\xae", buf, sizeof(buf)), "\\xe2\\x80\\xae");
	/* Code points that are no characters: XML does not allow them. */
	assert_string_equal(fmt_safe("\xd8\x9c\xc2\xad", buf, sizeof(buf)), "\\xd8\\x9c\\xc2\\xad");
	/* A backslash: the four letters differ from the character. */
	/* Fillers, selectors, a joiner, and a number that is reserved for such: nobody sees them. */
	assert_string_equal(fmt_safe("\xe3\x85\xa4", buf, sizeof(buf)), "\\xe3\\x85\\xa4");
	assert_string_equal(fmt_safe("\xef\xbe\xa0", buf, sizeof(buf)), "\\xef\\xbe\\xa0");
	assert_string_equal(fmt_safe("\xe1\x85\x9f", buf, sizeof(buf)), "\\xe1\\x85\\x9f");
	assert_string_equal(fmt_safe("a\xef\xb8\x8f", buf, sizeof(buf)), "a\\xef\\xb8\\x8f");
	assert_string_equal(fmt_safe("\xcd\x8f", buf, sizeof(buf)), "\\xcd\\x8f");
	assert_string_equal(fmt_safe("\xe2\x81\xa5", buf, sizeof(buf)), "\\xe2\\x81\\xa5");
	assert_string_equal(fmt_safe("\xf3\xa0\x82\x80", buf, sizeof(buf)), "\\xf3\\xa0\\x82\\x80");
	assert_string_equal(fmt_safe("a\\x1bb", buf, sizeof(buf)), "a\\\\x1bb");
	assert_string_equal(fmt_printable("a\\x1bb\033", buf, sizeof(buf)), "a\\x1bb\\x1b");
	assert_string_equal(fmt_safe("abc\\", buf, 5), "abc");
	assert_string_equal(fmt_safe("e\xcc\x81", buf, sizeof(buf)), "e\xcc\x81");
	assert_string_equal(fmt_safe("\xef\xbf\xbe", buf, sizeof(buf)), "\\xef\\xbf\\xbe");
	assert_string_equal(fmt_safe("\xef\xb7\x90", buf, sizeof(buf)), "\\xef\\xb7\\x90");
	assert_string_equal(fmt_safe("\xef\xbf\xbd", buf, sizeof(buf)), "\xef\xbf\xbd");
	/* Never cuts an escape in two, never writes past the end. */
	assert_string_equal(fmt_safe("ab\001", buf, 6), "ab");
	assert_string_equal(fmt_safe("abcdef", buf, 4), "abc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),	    cmocka_unit_test(test_ns),
		cmocka_unit_test(test_short),	    cmocka_unit_test(test_order),
		cmocka_unit_test(test_parse_order), cmocka_unit_test(test_safe),
	};

	return cmocka_run_group_tests_name("fmt", tests, NULL, NULL);
}

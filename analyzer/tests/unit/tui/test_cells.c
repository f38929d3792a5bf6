// SPDX-License-Identifier: GPL-2.0-only
/* The grid: clipping, wide and hostile characters, numbers that do not fit, bars, ASCII. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/cells_priv.h"
#include "tests/support/cm.h"
#include "lib/utf8.h"

static struct cells c;

static int setup(void **state)
{
	return cells_init(&c, 10, 2, 0);
}

static int setup_ascii(void **state)
{
	return cells_init(&c, 10, 2, 1);
}

static int teardown(void **state)
{
	cells_free(&c);
	return 0;
}

static void is_row(int y, const char *want)
{
	char *text = NULL, *line, *save;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int i = 0;

	assert_non_null(f);
	assert_int_equal(cells_write(&c, f), 0);
	fclose(f);
	for (line = text; i < y; i++)
		line = strchr(line, '\n') + 1;
	save = strchr(line, '\n');
	*save = '\0';
	assert_string_equal(line, want);
	free(text);
}

static void test_clips(void **state)
{
	assert_int_equal(cells_put(&c, 7, 0, -1, COL_TEXT, "abcdef"), 10);
	is_row(0, "       abc");
	assert_int_equal(cells_put(&c, -2, 1, -1, COL_TEXT, "abcd"), 2);
	is_row(1, "cd");
	assert_int_equal(cells_put(&c, 3, 2, -1, COL_TEXT, "x"), 3);
	assert_int_equal(cells_put(&c, 3, -1, -1, COL_TEXT, "x"), 3);
	assert_int_equal(cells_put(&c, 4, 1, 2, COL_TEXT, "xyz"), 6);
	is_row(1, "cd  xy");
	assert_null(cells_at(&c, 10, 0));
	assert_null(cells_at(&c, 0, 2));
}

static void test_left_and_right(void **state)
{
	cells_left(&c, 0, 0, 5, COL_TEXT, "abcdefg");
	cells_right(&c, 5, 0, 5, COL_TEXT, "12");
	is_row(0, "abcd…   12");
	/* A number is shown whole or not at all. */
	cells_right(&c, 0, 1, 4, COL_TEXT, "12345");
	is_row(1, "####");
	cells_left(&c, 0, 1, 4, COL_TEXT, "ab");
	is_row(1, "ab");
}

static void test_wide(void **state)
{
	assert_int_equal(utf8_width("日本"), 4);
	assert_int_equal(cells_put(&c, 0, 0, -1, COL_TEXT, "日本"), 4);
	is_row(0, "日本");
	assert_int_equal(cells_at(&c, 1, 0)->ch, 0);
	/* Half of a wide character is never drawn at the edge, nor left behind when the other is overwritten. */
	assert_int_equal(cells_put(&c, 9, 1, -1, COL_TEXT, "日"), 9);
	is_row(1, "");
	cells_put(&c, 1, 0, -1, COL_TEXT, "x");
	is_row(0, " x本");
	cells_put(&c, 2, 0, -1, COL_TEXT, "y");
	is_row(0, " xy");
	cells_left(&c, 0, 1, 4, COL_TEXT, "日本日");
	is_row(1, "日…");
	assert_int_equal(cells_at(&c, 3, 1)->ch, ' ');
}

/* Samples of Unicode's widths; each stands for many characters. */
static void test_width(void **state)
{
	static const struct {
		const char *s;

		int text,
			drawn; /* columns in text, and in the grid, where each takes one at least */
	} rows[] = {
		{ "abc", 3, 3 },
		{ "\u00e4\u00df", 2, 2 },
		{ "\u0416\u05d0\u0e01", 3, 3 },
		{ "日本", 4, 4 },
		{ "\uac00\u1100", 4, 4 }, /* Hangul, and one of its consonants */
		{ "\u231a\u23f0\u2614\u2705\u2b50", 10,
		  10 }, /* pictures outside the blocks of emoji */
		{ "\U0001f600\U0001f9e6\U0001fa80", 6, 6 },
		{ "\U00017000\U0001b000\U00020000", 6, 6 }, /* Tangut, Kana supplement, Han */
		{ "\uff21\uff61", 3, 3 },		    /* full width, half width */
		{ "\u2588\u2026\u00b7\u25b2", 4, 4 },
		{ "e\u0301", 1, 2 }, /* combining marks of several scripts */
		{ "\u0915\u093f\u0e33\u0e34\u20e3", 2, 5 },
		{ "\u1b13\u1b00\ua98f\ua9b6", 2, 4 },
		{ "\u1100\u1161\u11a8", 2, 4 }, /* one syllable out of three */
		{ "\u2764\ufe0f", 1, 2 },	/* variation selector */
		{ "\U000e0061", 0, 1 },		/* tag */
		{ "\ue000\U000f0000", 2, 2 },	/* private use: '?' */
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (utf8_width(rows[i].s) != rows[i].text)
			fail_msg("%s: %d columns", rows[i].s, utf8_width(rows[i].s));
		if (cells_width(&c, rows[i].s) != rows[i].drawn)
			fail_msg("%s: %d cells", rows[i].s, cells_width(&c, rows[i].s));
		assert_int_equal(cells_put(&c, 0, 0, -1, COL_TEXT, rows[i].s), rows[i].drawn);
	}
	/* With ASCII only, a wide character becomes one '?'. */
	c.ascii = 1;
	assert_int_equal(cells_width(&c, "日本"), 2);
	cells_right(&c, 0, 1, 10, COL_TEXT, "日本");
	is_row(1, "        ??");
}

static void test_hostile(void **state)
{
	cells_put(&c, 0, 0, -1, COL_TEXT, "\033[31m\r\n\t");
	is_row(0, "?[31m???");
	cells_put(&c, 0, 1, -1, COL_TEXT,
		  "a\xe2\x80\xae"
		  "b\xcc\x81"
		  "c\xff\xc0");
	is_row(1, "a?b?c\uFFFD\uFFFD");
	cells_put(&c, 0, 0, -1, COL_TEXT, "\xf0\x9f");
	is_row(0, "\uFFFD\uFFFD31m???");
}

static void test_bars(void **state)
{
	assert_int_equal(cells_bar(&c, 0, 0, 10, COL_BAR, 0, 100), 0);
	assert_int_equal(cells_bar(&c, 0, 0, 10, COL_BAR, 1, 1000000), 1);
	is_row(0, "▏");
	assert_int_equal(cells_bar(&c, 0, 1, 10, COL_BAR, 50, 100), 5);
	is_row(1, "█████");
	assert_int_equal(cells_bar(&c, 0, 1, 10, COL_BAR, 200, 100), 10);
	cells_clear(&c);
	assert_int_equal(cells_bar(&c, 0, 0, 10, COL_BAR, ~0ULL, ~0ULL), 10);
	assert_int_equal(cells_bar_cut(&c, 0, 1, 4, 1, 1000), 1);
	is_row(1, "░");
	cells_spark(&c, 5, 1, COL_BAR, 1, 8);
	cells_spark(&c, 6, 1, COL_BAR, 8, 8);
	cells_spark(&c, 7, 1, COL_BAR, 0, 8);
	is_row(1, "░    ▁█");
}

static void test_ascii(void **state)
{
	cells_bar(&c, 0, 0, 4, COL_BAR, 45, 100);
	cells_bar_cut(&c, 4, 0, 2, 1, 1);
	is_row(0, "##  ::");
	cells_put(&c, 0, 1, -1, COL_TEXT, "a·─…é");
	is_row(1, "a--~?");
}

static void test_growing(void **state)
{
	struct cells g, copy;
	int y;

	assert_int_equal(cells_init_growing(&g, 5, 0), 0);
	assert_int_equal(g.h, 0);
	for (y = 0; y < 200; y++)
		cells_printf(&g, 0, y, COL_TEXT, "%d", y);
	assert_int_equal(g.h, 200);
	cells_copy(&c, 0, 0, &g, 0, 198, 5, 5);
	is_row(0, "198");
	is_row(1, "199");
	/* The grid's growth has a limit. */
	cells_put(&g, 0, 1 << 30, -1, COL_TEXT, "x");
	assert_int_equal(g.h, 200);
	cells_clear(&g);
	assert_int_equal(g.h, 0);
	cells_fill(&g, 0, 3, 5, COL_TEXT);
	assert_int_equal(g.h, 4);
	assert_int_equal(cells_init(&copy, 5, 4, 0), 0);
	assert_true(cells_equal(&copy, &g));
	cells_put(&copy, 4, 3, -1, COL_TEXT, "x");
	assert_false(cells_equal(&copy, &g));
	cells_free(&copy);
	cells_free(&g);
	cells_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_clips, setup, teardown),
		cmocka_unit_test_setup_teardown(test_left_and_right, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wide, setup, teardown),
		cmocka_unit_test_setup_teardown(test_width, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hostile, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bars, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ascii, setup_ascii, teardown),
		cmocka_unit_test_setup_teardown(test_growing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

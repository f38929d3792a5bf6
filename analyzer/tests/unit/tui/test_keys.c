// SPDX-License-Identifier: GPL-2.0-only
/* Keys: the effect of each on the choices, on a model with many rows in every table. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/busy_model.h"
#include "tests/support/cm.h"
#include "lib/array.h"
#include "model/results.h"
#include "tui/listview_priv.h"
#include "tui/screen_priv.h"
#include "tui/key_table_priv.h"
#include "tui/keys_priv.h"
#include "view/answers.h"

static struct snapshot *snap;
static struct ui ui;

static int setup(void **state)
{
	struct model *m = busy_model();

	snap = m ? snapshot_take(m) : NULL;
	model_free(m);
	return !snap;
}

static int teardown(void **state)
{
	snapshot_free(snap);
	return 0;
}

static int fresh(void **state)
{
	ui_init(&ui);
	return 0;
}

/* Presses a key and brings the position into range, as drawing does. */
static unsigned int press(int key)
{
	unsigned int asked = tui_key(&ui, snap, key);
	struct extent e;
	struct cells c;

	assert_int_equal(cells_init(&c, 80, 24, 1), 0);
	e = screen_draw(&c, snap, &ui);
	screen_fit(&ui, &e);
	cells_free(&c);
	return asked;
}

static void type(const char *text)
{
	for (; *text; text++)
		press(*text);
}

/* The first line of the frame. */
static const char *head(void)
{
	static char line[81];
	struct cells c;
	int x;

	assert_int_equal(cells_init(&c, 80, 24, 1), 0);
	screen_draw(&c, snap, &ui);
	for (x = 0; x < 80; x++)
		line[x] = cells_at(&c, x, 0)->ch;
	cells_free(&c);
	return line;
}

static struct ui_pane *pane(void)
{
	return &ui.pane[ui.screen];
}

static const struct snap_proc *selected(void)
{
	const struct snap_proc *p;
	const void **rows;
	size_t nr = list_rows(&scr_procs, snap, &ui.pane[SCR_PROCS], &rows);

	assert_true((size_t)ui.pane[SCR_PROCS].sel < nr);
	p = rows[ui.pane[SCR_PROCS].sel];
	free(rows);
	return p;
}

/* Every key of the table does something, so that the help does not promise it in vain. */
static void test_table(void **state)
{
	size_t i, j, k, n;

	for (i = 0; i < NR_TUI_KEYS; i++) {
		assert_true(strlen(tui_keys[i].help) > 3);
		for (j = 0; j < ARRAY_SIZE(tui_keys[i].codes) && tui_keys[i].codes[j]; j++)
			for (k = 0; k < i; k++)
				for (n = 0; n < ARRAY_SIZE(tui_keys[k].codes); n++)
					if (tui_keys[k].codes[n] == tui_keys[i].codes[j])
						fail_msg("key %d stands twice",
							 tui_keys[i].codes[j]);
	}
	for (i = 0; i < NR_SCREENS; i++) {
		if (!screens[i].key)
			continue;
		ui_init(&ui);
		ui.screen = i ? SCR_OVERVIEW : SCR_PROCS;
		assert_true(press(screens[i].key) & TUI_SCREEN);
		assert_int_equal(ui.screen, i);
	}
}

static void test_screens(void **state)
{
	press(UKEY_TAB);
	assert_int_equal(ui.screen, SCR_PROCS);
	press(UKEY_BACKTAB);
	press(UKEY_BACKTAB);
	assert_int_equal(ui.screen, SCR_HELP);
	press(UKEY_ESC);
	assert_int_equal(ui.screen, SCR_OVERVIEW);
	press('3');
	press('h');
	press(UKEY_F1);
	assert_int_equal(ui.screen, SCR_OUTCOMES);
	assert_true(press('q') & TUI_QUIT);
	assert_true(press(UKEY_F10) & TUI_QUIT);
}

static void test_moving(void **state)
{
	int last;

	press('3');
	press(UKEY_DOWN);
	press('j');
	assert_int_equal(pane()->sel, 2);
	press('k');
	assert_int_equal(pane()->sel, 1);
	press(UKEY_HOME);
	press(UKEY_UP);
	assert_int_equal(pane()->sel, 0);
	press(UKEY_END);
	last = pane()->sel;
	assert_int_equal(last, snap->nr_outcomes - 1);
	press(UKEY_DOWN);
	press(UKEY_PGDN);
	assert_int_equal(pane()->sel, last);
	press(UKEY_PGUP);
	assert_true(pane()->sel < last);
	/* Lines scroll until the last one is visible. */
	press('1');
	press(UKEY_END);
	last = pane()->top;
	assert_true(last > 10);
	press(UKEY_PGDN);
	assert_int_equal(pane()->top, last);
	press(UKEY_PGUP);
	assert_int_equal(pane()->top, last - 20);
}

static void test_sort(void **state)
{
	__u64 before;

	press('2');
	press('>');
	assert_string_equal(pane()->sort, "tgid");
	assert_int_equal(selected()->tgid, 1000);
	press('r');
	before = selected()->tgid;
	press(UKEY_DOWN);
	assert_true(selected()->tgid < before);
	press('<');
	assert_null(pane()->sort);
	press('<');
	assert_string_equal(pane()->sort, "mm");
	/* The menu: its first line is the snapshot's own order. */
	press('s');
	assert_int_equal(ui.prompt, PROMPT_SORT);
	press(UKEY_HOME);
	press(UKEY_ENTER);
	assert_null(pane()->sort);
	press(UKEY_F6);
	press(UKEY_DOWN);
	press(UKEY_DOWN);
	press(UKEY_ENTER);
	assert_string_equal(pane()->sort, "comm");
	press('s');
	press(UKEY_UP);
	press(UKEY_ESC);
	assert_string_equal(pane()->sort, "comm");
}

/* A selected process stays selected when the order of rows changes. */
static void test_follows(void **state)
{
	__u64 tgid;

	press('2');
	press(UKEY_DOWN);
	press(UKEY_DOWN);
	tgid = selected()->tgid;
	press('r');
	assert_int_equal(selected()->tgid, tgid);
	press('>');
	assert_int_equal(selected()->tgid, tgid);
	press(UKEY_ENTER);
	assert_int_equal(ui.screen, SCR_PROC);
	assert_int_equal(ui.proc_tgid, tgid);
	assert_int_equal(scr_proc_find(snap, &ui)->tgid, tgid);
	press(UKEY_ESC);
	assert_int_equal(ui.screen, SCR_PROCS);
}

static size_t rows(void)
{
	const void **r;
	size_t nr = list_rows(&scr_procs, snap, &ui.pane[SCR_PROCS], &r);

	free(r);
	return nr;
}

static void test_filter(void **state)
{
	size_t all;

	press('2');
	all = rows();
	press('f');
	type("MYSQ");
	assert_int_equal(rows(), 2);
	press(UKEY_ENTER);
	assert_non_null(strstr(head(), "filter MYSQ"));
	assert_int_equal(ui.prompt, PROMPT_NONE);
	assert_string_equal(selected()->comm, "mysqld");
	press(UKEY_F4);
	press(UKEY_BACKSPACE);
	type("xx");
	assert_int_equal(rows(), 0);
	press(UKEY_ESC);
	assert_int_equal(rows(), 2);
	press(UKEY_ESC);
	assert_int_equal(rows(), all);
	press(UKEY_F4);
	type("pid=1592");
	press(UKEY_ENTER);
	assert_int_equal(rows(), 1);
	press(UKEY_F4);
	press(UKEY_CTRL('U'));
	type("nothing=1");
	assert_int_equal(rows(), 0);
	press(UKEY_ESC);
	press(UKEY_ESC);
	/* By the pid and the cgroup of the selected process, and off again. */
	press('p');
	assert_int_equal(rows(), 1);
	press('p');
	assert_int_equal(rows(), all);
	press('c');
	assert_true(rows() > 1 && rows() < all);
	/* A key in the filter's text has no other effect. */
	press(UKEY_F4);
	press(UKEY_CTRL('U'));
	assert_false(press('q') & TUI_QUIT);
	assert_string_equal(pane()->filter, "q");
}

static void test_filter_is_bounded(void **state)
{
	int i;

	press('2');
	press('f');
	for (i = 0; i < 500; i++)
		press(i % 3 ? 'a' : 0x65e5);
	assert_true(strlen(ui.input) < UI_TEXT);
	for (i = 0; i < 500; i++)
		press(UKEY_BACKSPACE);
	assert_string_equal(ui.input, "");
	assert_string_equal(pane()->filter, "");
}

static void test_search(void **state)
{
	int first;

	press('2');
	press('/');
	type("mysqld");
	press(UKEY_ENTER);
	assert_string_equal(selected()->comm, "mysqld");
	first = pane()->sel;
	press('n');
	assert_string_equal(selected()->comm, "mysqld");
	assert_true(pane()->sel != first);
	press('n');
	assert_int_equal(pane()->sel, first);
	press('/');
	type("absent");
	press(UKEY_ENTER);
	assert_non_null(strstr(ui.message, "not found: absent"));
	assert_int_equal(pane()->sel, first);
}

static void test_events(void **state)
{
	assert_true(press('5') & TUI_SCREEN);
	assert_int_equal(pane()->sel, snap->nr_recent - 1);
	assert_true(pane()->follow);
	press(UKEY_UP);
	assert_false(pane()->follow);
	press(UKEY_END);
	assert_true(pane()->follow);
	press('/');
	type("alloc_huge");
	press(UKEY_ENTER);
	assert_int_equal(snap->recent[pane()->sel].result, MTHP_R_ALLOC_HUGE_PAGE_FAIL);
	press('f');
	type("pid=1592");
	press(UKEY_ENTER);
	press(UKEY_END);
	assert_true(pane()->sel < (int)snap->nr_recent / 2);
}

static void test_interval_and_pause(void **state)
{
	assert_true(press('+') & TUI_INTERVAL);
	assert_true(ui.interval == 2);
	press('-');
	press('-');
	assert_true(ui.interval == 0.5);
	ui.interval = 7;
	press('-');
	assert_true(ui.interval == 5);
	ui.interval = 300;
	press('+');
	assert_true(ui.interval == 300);
	ui.interval = 0.1;
	press('-');
	assert_true(ui.interval == 0.1);
	assert_false(press(' ') & TUI_RESCAN);
	assert_true(ui.paused);
	assert_true(press(' ') & TUI_RESCAN);
	assert_false(ui.paused);
	assert_true(press('w') & TUI_SAVE);
	assert_true(press(UKEY_CTRL('L')) & TUI_REPAINT);
	/* Only a replay has a speed. */
	press(']');
	assert_true(ui.speed == 1);
	ui.replay = 1;
	press(']');
	assert_true(ui.speed == 2);
	press('[');
	press('[');
	assert_true(ui.speed == 0.5);
}

/* Any keys in any order: no crash, and the position stays in range. */
static void test_any_keys(void **state)
{
	unsigned int seed = 1;
	int i, key;

	for (i = 0; i < 4000; i++) {
		seed = seed * 1103515245 + 12345;
		key = seed >> 16 & 0x7f;
		press(key < 40 ? UKEY_UP + key : key);
		assert_true(pane()->sel >= 0 && pane()->top >= 0);
		assert_in_range(ui.screen, 0, NR_SCREENS - 1);
	}
}

#define T(name) cmocka_unit_test_setup(name, fresh)

/* The text of the frame, in one line. */
static char *frame(void)
{
	static char text[120 * 40 + 1];
	struct cells c;
	size_t i;

	assert_int_equal(cells_init(&c, 120, 40, 1), 0);
	screen_draw(&c, snap, &ui);
	for (i = 0; i < sizeof(text) - 1; i++)
		text[i] = (char)cells_at(&c, (int)(i % 120), (int)(i / 120))->ch;
	cells_free(&c);
	return text;
}

/* Enter explains the selected outcome, the selected event, or all results, and Esc goes back. */
static void test_explain(void **state)
{
	static const int from[] = { '1', '3', '5', '7', '8' };
	const struct snap_outcome *o;
	size_t i;
	int row;

	for (i = 0; i < ARRAY_SIZE(from); i++) {
		enum screen_id was;

		press(from[i]);
		was = ui.screen;
		press(UKEY_ENTER);
		assert_int_equal(ui.screen, SCR_RESULT);
		press(UKEY_ESC);
		assert_int_equal(ui.screen, was);
	}
	press('3');
	press(UKEY_HOME);
	for (row = 0; row < (int)snap->nr_outcomes; row++) {
		o = &snap->outcomes[row];
		press(UKEY_ENTER);
		assert_int_equal(ui.result, o->key.result);
		assert_non_null(strstr(frame(), o->result));
		assert_non_null(strstr(frame(), results_meaning(o->key.result)));
		if (results_remedy(o->key.result) && strlen(results_remedy(o->key.result)) < 100)
			assert_non_null(strstr(frame(), results_remedy(o->key.result)));
		press(UKEY_ESC);
		press(UKEY_DOWN);
	}
	/* Help opened from there comes back to it, and from a process Esc leads to the process. */
	press('2');
	press(UKEY_ENTER);
	assert_int_equal(ui.screen, SCR_PROC);
	press(UKEY_ENTER);
	assert_int_equal(ui.screen, SCR_RESULT);
	assert_int_equal(ui.result, MTHP_R_UNKNOWN);
	press(UKEY_ESC);
	assert_int_equal(ui.screen, SCR_PROC);
}

/* Every answer of the report is on the screen, word for word. */
static void test_answers(void **state)
{
	struct answer a[ANSWERS_NR];
	struct cells c;
	size_t i, n = 0;
	char *text, *p;
	int x, y;

	answers_make(snap, a);
	assert_int_equal(cells_init_growing(&c, 4000, 0), 0);
	scr_answers(&c, snap, &ui);
	text = malloc((size_t)c.h * 4001 * 4 + 1);
	assert_non_null(text);
	for (p = text, y = 0; y < c.h; y++, *p++ = '\n')
		for (x = 0; x < c.w; x++)
			p += cells_utf8(cells_at(&c, x, y)->ch, p);
	*p = '\0';
	for (i = 0; i < ANSWERS_NR; i++) {
		assert_non_null(strstr(text, a[i].question));
		assert_non_null(strstr(text, a[i].text));
		n += a[i].known && strstr(text, a[i].brief);
	}
	assert_true(n > 5);
	free(text);
	cells_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_table),
		T(test_screens),
		T(test_moving),
		T(test_sort),
		T(test_follows),
		T(test_filter),
		T(test_filter_is_bounded),
		T(test_search),
		T(test_events),
		T(test_interval_and_pause),
		T(test_any_keys),
		cmocka_unit_test_setup(test_explain, fresh),
		cmocka_unit_test_setup(test_answers, fresh),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

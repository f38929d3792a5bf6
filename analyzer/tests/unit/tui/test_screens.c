// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every screen against its golden text, drawn without a terminal. MTHP_GOLDEN_UPDATE=1 writes the
 * files anew: look at the difference before you commit it.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/busy_model.h"
#include "tests/support/churn_model.h"
#include "tests/support/cm.h"
#include "tests/support/events.h"
#include "tests/support/golden.h"
#include "tui/screen_priv.h"
#include "tests/support/survey_sample.h"
#include "tests/support/played_range.h"

static struct snapshot *busy, *quiet, *empty;

static struct snapshot *take(struct model *m)
{
	struct snapshot *s = m ? snapshot_take(m) : NULL;

	model_free(m);
	return s;
}

static int setup(void **state)
{
	struct survey_view *survey = survey_sample();
	struct model *m = busy_model();
	struct meta meta;

	evs_meta(&meta);
	if (m && survey)
		m->extra = &survey->extra;
	busy = take(m);
	quiet = take(evs_model());
	empty = take(model_new(&meta, 0));
	return !busy || !quiet || !empty;
}

static int teardown(void **state)
{
	snapshot_free(busy);
	snapshot_free(quiet);
	snapshot_free(empty);
	return 0;
}

/* Draws as the session does: a second time if the position was out of range. */
static char *draw(const struct snapshot *s, struct ui *ui, int w, int h, int ascii)
{
	char *text = NULL;
	struct extent e;
	struct cells c;
	size_t len;
	FILE *f;

	assert_int_equal(cells_init(&c, w, h, ascii), 0);
	e = screen_draw(&c, s, ui);
	if (screen_fit(ui, &e))
		screen_draw(&c, s, ui);
	f = open_memstream(&text, &len);
	assert_non_null(f);
	assert_int_equal(cells_write(&c, f), 0);
	fclose(f);
	cells_free(&c);
	return text;
}

static void check_golden(const char *name, const char *text)
{
	char file[256];

	snprintf(file, sizeof(file), "%s.txt", name);
	golden_check(file, text);
}

/* The tabs have a golden text of their own, so that a new one changes one file. */
static void cut_tabs(char *text)
{
	char *second = strchr(text, '\n') + 1, *third = strchr(second, '\n') + 1;

	memmove(second, third, strlen(third) + 1);
}

static void golden(const char *what, const struct snapshot *s, struct ui *ui, int w, int h,
		   int ascii)
{
	char *text = draw(s, ui, w, h, ascii);
	char name[128];

	cut_tabs(text);
	snprintf(name, sizeof(name), "%s-%s-%dx%d%s", screens[ui->screen].name, what, w, h,
		 ascii ? "-ascii" : "");
	check_golden(name, text);
	free(text);
}

static void open_on(struct ui *ui, enum screen_id id, const struct snapshot *s)
{
	ui_init(ui);
	ui->screen = id;
	if (s->nr_procs) {
		ui->proc_tgid = s->procs[0].tgid;
		ui->proc_mm = s->procs[0].mm;
	}
}

static void test_golden_busy(void **state)
{
	struct ui ui;
	int i;

	for (i = 0; i < NR_SCREENS; i++) {
		open_on(&ui, i, busy);
		golden("busy", busy, &ui, 80, 24, 0);
		open_on(&ui, i, busy);
		golden("busy", busy, &ui, 200, 60, 0);
	}
}

/* A range that creeps to 2M, one that a page blocks, and the screens of detail plans about them. */
static void test_golden_creeping(void **state)
{
	static const enum screen_id ids[] = { SCR_OVERVIEW, SCR_OCCUPANCY, SCR_CREEP, SCR_PROC };
	struct snapshot *s;
	struct model *m;
	struct t2 t;
	struct ui ui;
	size_t i;
	__u32 k;

	t2_init(&t, 4096, 9, 255, 1, t2_to_model, NULL);
	m = model_new(&t.meta, 0);
	assert_non_null(m);
	t.ctx = m;
	t2_touch(&t, 0, 3);
	for (k = 2; k < 9; k++)
		t2_touch(&t, 1U << k, 1);
	for (i = 0; i < 9; i++)
		t2_pass(&t);
	model_tick(m, t.now_ns);
	s = take(m);
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		open_on(&ui, ids[i], s);
		golden("creeping", s, &ui, 80, 24, 0);
		open_on(&ui, ids[i], s);
		golden("creeping", s, &ui, 132, 43, 0);
	}
	open_on(&ui, SCR_CREEP, s);
	golden("creeping", s, &ui, 80, 24, 1);
	snapshot_free(s);
}

/* A stock kernel that works in vain, and the screens that say so. */
static void test_golden_churning(void **state)
{
	static const enum screen_id ids[] = { SCR_OVERVIEW, SCR_PROCS, SCR_VAIN, SCR_PROC };
	struct snapshot *s = take(churn_model());
	struct ui ui;
	size_t i;

	assert_non_null(s);
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		open_on(&ui, ids[i], s);
		golden("churning", s, &ui, 80, 24, 0);
		open_on(&ui, ids[i], s);
		golden("churning", s, &ui, 132, 43, 0);
	}
	open_on(&ui, SCR_VAIN, s);
	golden("churning", s, &ui, 40, 10, 1);
	snapshot_free(s);
}

static void test_golden_quiet(void **state)
{
	struct ui ui;
	int i;

	for (i = 0; i < NR_SCREENS; i++) {
		if (i == SCR_HELP)
			continue;
		open_on(&ui, i, quiet);
		golden("quiet", quiet, &ui, 80, 24, 0);
	}
	open_on(&ui, SCR_OVERVIEW, empty);
	golden("empty", empty, &ui, 80, 24, 0);
}

static void test_golden_ascii(void **state)
{
	struct ui ui;
	int i;

	for (i = 0; i < NR_SCREENS; i++) {
		open_on(&ui, i, busy);
		golden("busy", busy, &ui, 80, 24, 1);
	}
}

static void test_golden_small(void **state)
{
	struct ui ui;
	int i;

	for (i = 0; i < NR_SCREENS; i++) {
		open_on(&ui, i, busy);
		golden("busy", busy, &ui, 40, 10, 0);
	}
}

/* The tabs at every width that changes them; every tab is visible if all fit. */
static void test_golden_tabs(void **state)
{
	char *text, *line, *last = NULL, *all = NULL;
	size_t len;
	FILE *f = open_memstream(&all, &len);
	struct ui ui;
	int w, i;

	for (w = 30; w <= 120; w++) {
		open_on(&ui, SCR_PROC, busy);
		text = draw(busy, &ui, w, 3, 0);
		line = strchr(text, '\n') + 1;
		*strchr(line, '\n') = '\0';
		for (i = 0; i < NR_SCREENS; i++) {
			char tab[8];

			if (!screens[i].title)
				continue;
			snprintf(tab, sizeof(tab), "%c %c", screens[i].key, screens[i].title[0]);
			if (w >= 40 && !strstr(line, tab))
				fail_msg("no tab \"%s\" at %d columns: %s", tab, w, line);
		}
		if (!last || strcmp(line, last))
			fprintf(f, "%3d|%s\n", w, line);
		free(last);
		last = strdup(line);
		free(text);
	}
	fclose(f);
	check_golden("tabs", all);
	free(last);
	free(all);
}

static int is_plain(const char *text)
{
	for (; *text; text++)
		if ((*text < ' ' && *text != '\n') || *text == 0x7f)
			return 0;
	return 1;
}

/* Any size: no crash, no overrun (ASan checks), and no raw byte of a process name. */
static void test_all_sizes(void **state)
{
	static const struct snapshot *const *const all[] = {
		(const struct snapshot *const *)&busy, (const struct snapshot *const *)&quiet,
		(const struct snapshot *const *)&empty
	};
	int w, h, i, k, lines;
	struct ui ui;
	char *text, *p;

	for (k = 0; k < 3; k++) {
		for (i = 0; i < NR_SCREENS; i++) {
			for (w = 1; w < 320; w = w * 3 / 2 + 1) {
				h = w % 41 + 1;
				open_on(&ui, i, *all[k]);
				ui.pane[i].top = ui.pane[i].sel = w;
				ui.pane[i].left = w % 7;
				text = draw(*all[k], &ui, w, h, 1);
				assert_true(is_plain(text));
				for (lines = 0, p = text; *p; p++)
					lines += *p == '\n';
				assert_int_equal(lines, h);
				free(text);
			}
		}
	}
}

static void test_losses_in_sight(void **state)
{
	struct ui ui;
	char *text;
	int i;

	for (i = 0; i < NR_SCREENS; i++) {
		open_on(&ui, i, busy);
		text = draw(busy, &ui, 80, 24, 1);
		assert_non_null(strstr(text, "LOST 1234: ring 1234;"));
		free(text);
		open_on(&ui, i, empty);
		text = draw(empty, &ui, 80, 24, 1);
		assert_null(strstr(text, "LOST"));
		free(text);
	}
}

/* Every order is in the table of sizes or counted in "+n more". */
static void test_no_size_dropped(void **state)
{
	static const char *const sizes[] = {
		"16K", "32K", "64K", "128K", "256K", "512K", "1M", "2M"
	};
	struct ui ui;
	char *text;
	size_t i;
	int w;

	for (w = 60; w < 220; w += 20) {
		open_on(&ui, SCR_OVERVIEW, busy);
		text = draw(busy, &ui, w, 200, 1);
		for (i = 0; i < ARRAY_SIZE(sizes); i++)
			if (!strstr(text, sizes[i]))
				fail_msg("%s is not in sight at %d columns", sizes[i], w);
		free(text);
	}
	open_on(&ui, SCR_PROCS, busy);
	text = draw(busy, &ui, 80, 24, 1);
	/* 13 columns and 8 sizes: the sizes in the head and the number behind the plus add up. */
	assert_non_null(strstr(text, "filled most often re~ +14>"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden_busy),	cmocka_unit_test(test_golden_creeping),
		cmocka_unit_test(test_golden_churning), cmocka_unit_test(test_golden_quiet),
		cmocka_unit_test(test_golden_ascii),	cmocka_unit_test(test_golden_small),
		cmocka_unit_test(test_golden_tabs),	cmocka_unit_test(test_all_sizes),
		cmocka_unit_test(test_losses_in_sight), cmocka_unit_test(test_no_size_dropped),
	};

	setlocale(LC_ALL, "C");
	return cmocka_run_group_tests(tests, setup, teardown);
}

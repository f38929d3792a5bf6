// SPDX-License-Identifier: GPL-2.0-only
/*
 * The frame around the screens, whose list and order are in screen_list_priv.h:
 *
 *	mthptop  LIVE 1s  3m07s  detail totals  6.12.9 x86_64
 *	 1 Overview  2 Processes  3 Outcomes  4 Occupancy  5 Events  ? Help
 *	LOST 12 ring ...			only if events were lost
 *	(the open screen)
 *	F1 Help  F4 Filter ...			or a prompt, or a message
 *
 * Drawing has no state: the same snapshot, choices and size give the same cells. Only drawing knows
 * how many rows there are (struct extent); screen_fit() then brings the scroll position into range, and
 * the frame is drawn again.
 */
#include <string.h>

#include "lib/fmt.h"
#include "lib/log.h"
#include "tui/screen_priv.h"
#include "tui/key_table_priv.h"
#include "lib/utf8.h"

#define SET_LIST(what)	 .list = &what
#define SET_LINES(what)	 .lines = what
#define SET_STREAM(what) .streams = true, .rows = what

const struct screen screens[NR_SCREENS] = {
#define X(id, word, tab, letter, kind, what) \
	{ .name = word, .title = tab, .key = letter, SET_##kind(what) },
	SCREENS(X)
#undef X
};

const struct screen *screen_find(const char *name)
{
	char all[128] = "", word[64];
	size_t i, at;

	for (i = 0; i < NR_SCREENS; i++) {
		if (!strcmp(screens[i].name, name))
			return &screens[i];
		at = strlen(all);
		snprintf(all + at, sizeof(all) - at, "%s%s", i ? ", " : "", screens[i].name);
	}
	log_err("unknown screen: %s (use one of: %s)", fmt_safe(name, word, sizeof(word)), all);
	return NULL;
}

void ui_init(struct ui *ui)
{
	memset(ui, 0, sizeof(*ui));
	ui->interval = 1;
	ui->page = 20;
	ui->speed = 1;
	ui->pane[SCR_EVENTS].follow = 1;
}

/* Adds a word to the head line if the whole word fits. */
static int add_word(struct cells *c, int x, enum colour colour, const char *word)
{
	if (x + cells_width(c, word) > c->w)
		return x;
	return cells_put(c, x, 0, -1, colour, word) + 2;
}

static int add_mode(struct cells *c, int x, const struct ui *ui)
{
	enum colour colour = ui->paused ? COL_WARN : COL_GOOD;
	char word[64];

	if (!ui->replay)
		snprintf(word, sizeof(word), "%s %.6gs", ui->paused ? "PAUSED" : "LIVE",
			 ui->interval);
	else if (ui->ended)
		snprintf(word, sizeof(word), "REPLAY END");
	else if (ui->speed > 0)
		snprintf(word, sizeof(word), "%s x%.6g", ui->paused ? "PAUSED" : "REPLAY",
			 ui->speed);
	else
		snprintf(word, sizeof(word), "%s", ui->paused ? "PAUSED" : "REPLAY");
	return add_word(c, x, colour, word);
}

static void draw_head(struct cells *c, const struct snapshot *s, const struct ui *ui)
{
	char word[300], safe[256], time[32];
	int x;

	x = add_word(c, 0, COL_STRONG, "mthptop");
	x = add_mode(c, x, ui);
	x = add_word(c, x, COL_TEXT, fmt_ns(s->summary.duration_ns, time, sizeof(time)));
	if (ui->pane[ui->screen].filter[0]) {
		snprintf(word, sizeof(word), "filter %s",
			 fmt_safe(ui->pane[ui->screen].filter, safe, sizeof(safe)));
		x = add_word(c, x, COL_WARN, word);
	}
	snprintf(word, sizeof(word), "detail %s", s->summary.detail);
	x = add_word(c, x, COL_TEXT, word);
	if (s->meta.filter_tgid) {
		snprintf(word, sizeof(word), "only pid %u", s->meta.filter_tgid);
		x = add_word(c, x, COL_WARN, word);
	}
	if (s->meta.filter_cgroup[0]) {
		snprintf(word, sizeof(word), "only cgroup %s",
			 fmt_safe(s->meta.filter_cgroup, safe, sizeof(safe)));
		x = add_word(c, x, COL_WARN, word);
	}
	if (s->meta.release[0]) {
		snprintf(word, sizeof(word), "%s %s", fmt_safe(s->meta.release, safe, 64),
			 s->meta.machine);
		x = add_word(c, x, COL_DIM, word);
	}
	if (ui->name)
		add_word(c, x, COL_DIM, fmt_safe(ui->name, safe, sizeof(safe)));
}

/* Columns that the tabs take with at most @letters of each title, and @gap columns after it. */
static int tabs_width(int letters, int gap)
{
	int all = 0, width, i;

	for (i = 0; i < NR_SCREENS; i++) {
		if (!screens[i].title)
			continue;
		width = utf8_width(screens[i].title);
		all += strlen(" k ") + (width < letters ? width : letters) + gap;
	}
	return all;
}

static void draw_tabs(struct cells *c, int y, const struct ui *ui)
{
	int open = ui->screen == SCR_PROC ? SCR_PROCS : ui->screen;
	int letters = 20, gap = 1, x = 0, i;

	while (letters > 1 && tabs_width(letters, gap) > c->w)
		letters--;
	gap = tabs_width(letters, gap) <= c->w;
	cells_fill(c, 0, y, c->w, COL_TAB);
	for (i = 0; i < NR_SCREENS; i++)
		if (screens[i].title)
			x = cells_printf(c, x, y, i == open ? COL_TAB_ON : COL_TAB, " %c %.*s%s",
					 screens[i].key, letters, screens[i].title, gap ? " " : "");
}

/* The line that names the losses. The number of lines: 0 without losses. */
static int draw_losses(struct cells *c, int y, const struct snapshot *s)
{
	char count[24];
	size_t i;
	int x;

	if (!s->summary.lost)
		return 0;
	cells_fill(c, 0, y, c->w, COL_BAD);
	x = cells_printf(c, 0, y, COL_BAD,
			 "LOST %s:", fmt_count(s->summary.lost, count, sizeof(count)));
	for (i = 0; i < s->nr_losses; i++)
		if (s->losses[i].count && meta_loss_what(i) != MTHP_LOST_ROWS)
			x = cells_printf(c, x, y, COL_BAD, " %s %s;", s->losses[i].name,
					 fmt_count(s->losses[i].count, count, sizeof(count)));
	for (i = 0; i < s->nr_losses; i++)
		if (s->losses[i].count && x + 2 + cells_width(c, s->losses[i].meaning) <= c->w)
			x = cells_printf(c, x, y, COL_BAD, " %s;", s->losses[i].meaning);
	return 1;
}

static void draw_keys(struct cells *c, int y)
{
	const struct tui_key *k;
	int x = 0;

	cells_fill(c, 0, y, c->w, COL_KEY_TEXT);
	for (k = tui_keys; k < tui_keys + NR_TUI_KEYS; k++) {
		if (!k->bar || x + cells_width(c, k->bar) > c->w)
			continue;
		x = cells_put(c, x, y, strcspn(k->bar, " "), COL_KEY, k->bar);
		x = cells_put(c, x, y, -1, COL_KEY_TEXT, strchr(k->bar, ' ') + 1) + 1;
	}
}

static void draw_bottom(struct cells *c, int y, const struct ui *ui)
{
	const char *what = ui->prompt == PROMPT_FILTER ? "Filter: " : "Search: ";
	char safe[256];
	int x;

	if (ui->prompt == PROMPT_FILTER || ui->prompt == PROMPT_SEARCH) {
		x = cells_put(c, 0, y, -1, COL_STRONG, what);
		x = cells_put(c, x, y, -1, COL_TEXT, fmt_printable(ui->input, safe, sizeof(safe)));
		cells_put(c, x, y, 1, COL_CURSOR, " ");
		if (x + 40 < c->w)
			cells_put(c, c->w - 36, y, -1, COL_DIM, "Enter applies it, Esc cancels it");
	} else if (ui->message[0]) {
		cells_put(c, 0, y, -1, COL_STRONG, fmt_printable(ui->message, safe, sizeof(safe)));
	} else {
		draw_keys(c, y);
	}
}

/* The menu of columns to sort by, over the list. */
static void draw_menu(struct cells *c, int y, int h, const struct list *l, const struct ui *ui)
{
	int nr = list_nr_sorts(l) + 1, top = 0, i;
	const struct field *f;
	const char *title;

	if (ui->menu_sel >= h - 1)
		top = ui->menu_sel - h + 2;
	cells_left(c, 0, y, 26, COL_HEAD, " Sort by");
	for (i = top; i < nr && i - top < h - 1; i++) {
		f = i ? table_field(table_find(l->table), list_sort_field(l, i - 1)) : NULL;
		title = f ? f->title : "(default order)";
		cells_left(c, 0, y + 1 + i - top, 26, i == ui->menu_sel ? COL_CURSOR : COL_TAB,
			   " ");
		cells_left(c, 1, y + 1 + i - top, 24, i == ui->menu_sel ? COL_CURSOR : COL_TAB,
			   title);
	}
}

static struct extent draw_lines(struct cells *body, const struct screen *scr,
				const struct snapshot *s, const struct ui *ui)
{
	const struct ui_pane *pane = &ui->pane[ui->screen];
	struct extent e = { 0, body->h };
	struct cells all;
	int below;

	if (cells_init_growing(&all, body->w, body->ascii))
		return e;
	scr->lines(&all, s, ui);
	e.rows = all.h;
	cells_copy(body, 0, 0, &all, 0, pane->top, body->w, body->h);
	below = all.h - pane->top - body->h;
	if (below > 0) {
		char more[48];
		int w;

		/* The line that says so covers one itself. */
		snprintf(more, sizeof(more), " +%d more lines (PgDn) ", below + 1);
		w = cells_width(body, more);
		cells_fill(body, 0, body->h - 1, body->w, COL_TEXT);
		cells_put(body, body->w > w ? body->w - w : 0, body->h - 1, -1, COL_TAB, more);
		e.page = body->h - 1;
	} else if (pane->top) {
		e.page = body->h;
	}
	cells_free(&all);
	return e;
}

static struct extent draw_body(struct cells *body, const struct snapshot *s, const struct ui *ui)
{
	const struct screen *scr = &screens[ui->screen];
	struct extent e = { 0, body->h - 1 };

	if (scr->list)
		e.rows = list_draw(body, scr->list, s, &ui->pane[ui->screen]);
	else if (scr->rows)
		e.rows = scr->rows(body, s, ui);
	else
		e = draw_lines(body, scr, s, ui);
	if (ui->prompt == PROMPT_SORT && scr->list)
		draw_menu(body, 0, body->h, scr->list, ui);
	return e;
}

struct extent screen_draw(struct cells *c, const struct snapshot *s, const struct ui *ui)
{
	struct extent e = { 0, 1 };
	struct cells body;
	int y = 2;

	cells_clear(c);
	draw_head(c, s, ui);
	draw_tabs(c, 1, ui);
	y += draw_losses(c, y, s);
	if (c->h - y - 1 > 0 && !cells_init(&body, c->w, c->h - y - 1, c->ascii)) {
		e = draw_body(&body, s, ui);
		cells_copy(c, 0, y, &body, 0, 0, body.w, body.h);
		cells_free(&body);
	}
	draw_bottom(c, c->h - 1, ui);
	return e;
}

static int clamp(int v, int low, int high)
{
	return v > high ? (high < low ? low : high) : v < low ? low : v;
}

int screen_fit(struct ui *ui, const struct extent *e)
{
	struct ui_pane *pane = &ui->pane[ui->screen], old = *pane;
	int page = e->page > 0 ? e->page : 1;

	ui->page = page;
	if (screens[ui->screen].lines) {
		/* The last page has no "more" line and shows one line more than the others. */
		pane->top = clamp(pane->top, 0, e->rows - page);
	} else {
		pane->sel = pane->follow ? e->rows - 1 : pane->sel;
		pane->sel = clamp(pane->sel, 0, e->rows - 1);
		pane->top = clamp(pane->top, pane->sel - page + 1, pane->sel);
		pane->top = clamp(pane->top, 0, e->rows - page);
	}
	return pane->sel != old.sel || pane->top != old.top;
}

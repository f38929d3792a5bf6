// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function for each row of key_table_priv.h. Keys are those of htop where htop has them.
 *
 * A key changes struct ui and returns what has to be done. Positions may leave their range here: only
 * drawing knows the number of rows, and screen_fit() brings them back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "tui/key_table_priv.h"
#include "tui/keys_priv.h"
#include "tui/listview_priv.h"
#include "tui/prompt_priv.h"
#include "tui/screen_priv.h"
#include "tui/selection_priv.h"

#define FAR 1000000000

static struct ui_pane *pane(struct ui *ui)
{
	return &ui->pane[ui->screen];
}

static const struct list *open_list(const struct ui *ui)
{
	return screens[ui->screen].list;
}

static unsigned int open_screen(struct ui *ui, enum screen_id screen)
{
	if (ui->screen == screen)
		return 0;
	/* A result is explained from the screen that has it, a process among them; Esc goes back there. */
	if (ui->screen != SCR_HELP && ui->screen != SCR_RESULT &&
	    (ui->screen != SCR_PROC || screen == SCR_RESULT))
		ui->back = ui->screen;
	ui->screen = screen;
	return TUI_DRAW | TUI_SCREEN;
}

static unsigned int move(struct ui *ui, const struct snapshot *s, int by)
{
	struct ui_pane *p = pane(ui);

	if (screens[ui->screen].lines) {
		p->top += by;
		if (p->top < 0)
			p->top = 0;
		return TUI_DRAW;
	}
	p->follow = 0;
	p->sel += by;
	if (p->sel < 0)
		p->sel = 0;
	if (p->sel > FAR)
		p->sel = FAR;
	selection_note(ui, s);
	return TUI_DRAW;
}

static unsigned int key_row(struct ui *ui, const struct snapshot *s, int key)
{
	return move(ui, s, key == UKEY_UP || key == 'k' ? -1 : 1);
}

static unsigned int key_page(struct ui *ui, const struct snapshot *s, int key)
{
	return move(ui, s, key == UKEY_PGUP ? -ui->page : ui->page);
}

static unsigned int key_ends(struct ui *ui, const struct snapshot *s, int key)
{
	struct ui_pane *p = pane(ui);

	if (key == UKEY_HOME || key == 'g') {
		p->follow = 0;
		p->sel = p->top = 0;
	} else {
		p->sel = p->top = FAR;
		p->follow = screens[ui->screen].streams;
	}
	selection_note(ui, s);
	return TUI_DRAW;
}

static unsigned int key_sideways(struct ui *ui, const struct snapshot *s, int key)
{
	struct ui_pane *p = pane(ui);

	if (key == UKEY_LEFT || key == 'H') {
		if (p->left)
			p->left--;
	} else if (open_list(ui) ? p->left < (int)open_list(ui)->nr_cols : p->left < 100) {
		p->left++;
	}
	return TUI_DRAW;
}

static unsigned int key_screen(struct ui *ui, const struct snapshot *s, int key)
{
	int i;

	for (i = 0; i < NR_SCREENS; i++)
		if (screens[i].key && screens[i].key == key)
			return open_screen(ui, i);
	return 0;
}

static unsigned int key_tab(struct ui *ui, const struct snapshot *s, int key)
{
	int step = key == UKEY_TAB ? 1 : NR_SCREENS - 1, i = ui->screen;

	do
		i = (i + step) % NR_SCREENS;
	while (!screens[i].title);
	return open_screen(ui, i);
}

static unsigned int key_help(struct ui *ui, const struct snapshot *s, int key)
{
	return open_screen(ui, ui->screen == SCR_HELP ? ui->back : SCR_HELP);
}

/* The result of the selected row; on screens without a selection, all that occurred. */
static unsigned int explain(struct ui *ui, const struct snapshot *s)
{
	const struct snap_outcome *o;
	const struct mthp_ev *ev;

	ui->result = MTHP_R_UNKNOWN;
	if (ui->screen == SCR_OUTCOMES) {
		o = selection_row(ui, s, pane(ui)->sel);
		if (!o)
			return 0;
		ui->result = o->key.result;
	} else if (ui->screen == SCR_EVENTS) {
		ev = scr_events_at(s, ui, pane(ui)->sel);
		if (!ev || ev->result == MTHP_R_UNKNOWN)
			return 0;
		ui->result = ev->result;
	}
	ui->pane[SCR_RESULT].top = 0;
	return open_screen(ui, SCR_RESULT);
}

static unsigned int key_enter(struct ui *ui, const struct snapshot *s, int key)
{
	switch (ui->screen) {
	case SCR_PROCS:
		break;
	case SCR_OVERVIEW:
	case SCR_OUTCOMES:
	case SCR_EVENTS:
	case SCR_VAIN:
	case SCR_ANSWERS:
	case SCR_PROC:
		return explain(ui, s);
	default:
		return 0;
	}
	if (!selection_row(ui, s, pane(ui)->sel))
		return 0;
	selection_note(ui, s);
	ui->pane[SCR_PROC].top = 0;
	return open_screen(ui, SCR_PROC);
}

static unsigned int key_back(struct ui *ui, const struct snapshot *s, int key)
{
	if (ui->screen == SCR_PROC)
		return open_screen(ui, SCR_PROCS);
	if (ui->screen == SCR_HELP || ui->screen == SCR_RESULT)
		return open_screen(ui, ui->back);
	if (pane(ui)->filter[0]) {
		pane(ui)->filter[0] = '\0';
		return TUI_DRAW;
	}
	return 0;
}

static unsigned int key_filter(struct ui *ui, const struct snapshot *s, int key)
{
	if (screens[ui->screen].lines)
		open_screen(ui, SCR_PROCS);
	ui->prompt = PROMPT_FILTER;
	memcpy(ui->old_filter, pane(ui)->filter, sizeof(ui->old_filter));
	memcpy(ui->input, pane(ui)->filter, sizeof(ui->input));
	return TUI_DRAW | TUI_SCREEN;
}

static unsigned int key_search(struct ui *ui, const struct snapshot *s, int key)
{
	if (screens[ui->screen].lines)
		open_screen(ui, SCR_PROCS);
	ui->prompt = PROMPT_SEARCH;
	ui->search_from = pane(ui)->sel;
	ui->input[0] = '\0';
	return TUI_DRAW | TUI_SCREEN;
}

static unsigned int key_next(struct ui *ui, const struct snapshot *s, int key)
{
	if (screens[ui->screen].lines || !ui->input[0])
		return 0;
	selection_search(ui, s, pane(ui)->sel + 1);
	return TUI_DRAW;
}

static unsigned int key_sort(struct ui *ui, const struct snapshot *s, int key)
{
	const struct list *l;
	size_t i;

	if (!open_list(ui))
		open_screen(ui, SCR_PROCS);
	l = open_list(ui);
	ui->prompt = PROMPT_SORT;
	ui->menu_sel = 0;
	for (i = 0; i < list_nr_sorts(l) && pane(ui)->sort; i++)
		if (!strcmp(list_sort_field(l, i), pane(ui)->sort))
			ui->menu_sel = i + 1;
	return TUI_DRAW | TUI_SCREEN;
}

static unsigned int key_sort_step(struct ui *ui, const struct snapshot *s, int key)
{
	if (!open_list(ui))
		return 0;
	pane(ui)->sort = list_sort_step(open_list(ui), pane(ui), key == '>' ? 1 : -1);
	pane(ui)->reverse = 0;
	selection_follow(ui, s);
	return TUI_DRAW;
}

static unsigned int key_reverse(struct ui *ui, const struct snapshot *s, int key)
{
	if (!open_list(ui))
		return 0;
	pane(ui)->reverse = !pane(ui)->reverse;
	selection_follow(ui, s);
	return TUI_DRAW;
}

/* Filters processes by pid or cgroup of the selected one. */
static unsigned int key_only(struct ui *ui, const struct snapshot *s, int key)
{
	const struct snap_proc *p;
	char filter[UI_TEXT];

	if (ui->screen != SCR_PROCS && ui->screen != SCR_PROC)
		return 0;
	selection_note(ui, s);
	p = scr_proc_find(s, ui);
	if (!p || (key == 'c' ? p->cgroup : p->tgid) == NUM_UNKNOWN)
		return 0;
	open_screen(ui, SCR_PROCS);
	if (key == 'c')
		snprintf(filter, sizeof(filter), "cgroup=%llu", (unsigned long long)p->cgroup);
	else
		snprintf(filter, sizeof(filter), "pid=%llu", (unsigned long long)p->tgid);
	if (!strcmp(pane(ui)->filter, filter))
		filter[0] = '\0';
	memcpy(pane(ui)->filter, filter, sizeof(filter));
	selection_follow(ui, s);
	return TUI_DRAW | TUI_SCREEN;
}

static unsigned int key_pause(struct ui *ui, const struct snapshot *s, int key)
{
	ui->paused = !ui->paused;
	return TUI_DRAW | (ui->paused ? 0 : TUI_RESCAN);
}

static unsigned int key_interval(struct ui *ui, const struct snapshot *s, int key)
{
	static const double steps[] = { 0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 30, 60 };
	size_t nr = ARRAY_SIZE(steps), i;
	double to = ui->interval;

	/* The next step; beyond the last one the interval stays as it is. */
	if (key == '-') {
		for (i = 0; i < nr && steps[i] < ui->interval; i++)
			to = steps[i];
	} else {
		for (i = nr; i-- > 0 && steps[i] > ui->interval;)
			to = steps[i];
	}
	ui->interval = to;
	return TUI_DRAW | TUI_INTERVAL;
}

static unsigned int key_speed(struct ui *ui, const struct snapshot *s, int key)
{
	if (!ui->replay || ui->speed <= 0)
		return 0;
	ui->speed *= key == ']' ? 2 : 0.5;
	if (ui->speed > 65536)
		ui->speed = 65536;
	if (ui->speed < 1.0 / 1024)
		ui->speed = 1.0 / 1024;
	return TUI_DRAW | TUI_INTERVAL;
}

static unsigned int key_save(struct ui *ui, const struct snapshot *s, int key)
{
	return TUI_SAVE | TUI_DRAW;
}

static unsigned int key_repaint(struct ui *ui, const struct snapshot *s, int key)
{
	return TUI_REPAINT | TUI_DRAW;
}

static unsigned int key_quit(struct ui *ui, const struct snapshot *s, int key)
{
	return TUI_QUIT;
}

unsigned int tui_key(struct ui *ui, const struct snapshot *s, int key)
{
	static unsigned int (*const pressed[NR_TUI_KEYS])(struct ui * ui, const struct snapshot *s,
							  int key) = {
#define X(function, ...) key_##function,
		TUI_KEYS(X)
#undef X
	};
	enum tui_key_id id = tui_key_find(key);

	if (ui->prompt) {
		prompt_key(ui, s, key);
		return TUI_DRAW;
	}
	if (ui->message[0]) {
		ui->message[0] = '\0';
		if (key == UKEY_ESC)
			return TUI_DRAW;
	}
	/* The digits are the screens'. */
	return pressed[id < NR_TUI_KEYS ? id : TUI_KEY_screen](ui, s, key) | TUI_DRAW;
}

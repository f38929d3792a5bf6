// SPDX-License-Identifier: GPL-2.0-only
/*
 * Typing into the bottom line: the filter and the search text, and the menu of columns to sort by.
 *
 * A filter and a search take effect with every letter; Esc brings back what was before.
 */
#include <stdio.h>
#include <string.h>

#include "tui/cells_priv.h"
#include "tui/listview_priv.h"
#include "tui/screen_priv.h"
#include "tui/keys_priv.h"

unsigned int tui_search(struct ui *ui, const struct snapshot *s, int from)
{
	const struct screen *scr = &screens[ui->screen];
	struct ui_pane *pane = &ui->pane[ui->screen];
	int found;

	if (scr->list)
		found = list_search(scr->list, s, pane, from, ui->input);
	else
		found = scr_events_search(s, ui, from, ui->input);
	if (found >= 0) {
		pane->sel = found;
		pane->follow = 0;
		tui_note_proc(ui, s);
	} else if (ui->input[0] && !ui->prompt) {
		snprintf(ui->message, sizeof(ui->message), "not found: %s", ui->input);
	}
	return TUI_DRAW;
}

/* Edits the input line. 1 if it changed. */
static int edit(char *input, size_t size, int key)
{
	size_t len = strlen(input);
	char utf8[5];
	int n;

	if (key == UKEY_BACKSPACE) {
		while (len && (input[len - 1] & 0xc0) == 0x80)
			len--;
		input[len ? len - 1 : 0] = '\0';
		return 1;
	}
	if (key == 'U' - 64) {
		input[0] = '\0';
		return 1;
	}
	if (key < ' ' || key >= KEY_FIRST || key == 0x7f)
		return 0;
	n = cells_utf8(key, utf8);
	if (len + n >= size)
		return 0;
	memcpy(input + len, utf8, n);
	input[len + n] = '\0';
	return 1;
}

static unsigned int text_key(struct ui *ui, const struct snapshot *s, int key)
{
	struct ui_pane *pane = &ui->pane[ui->screen];
	int filter = ui->prompt == PROMPT_FILTER;

	if (key == UKEY_ESC) {
		if (filter)
			memcpy(pane->filter, ui->old_filter, sizeof(pane->filter));
		else
			pane->sel = ui->search_from;
		ui->prompt = PROMPT_NONE;
		return TUI_DRAW;
	}
	if (key == UKEY_ENTER) {
		ui->prompt = PROMPT_NONE;
		return filter ? TUI_DRAW : tui_search(ui, s, pane->sel);
	}
	if (!edit(ui->input, sizeof(ui->input), key))
		return 0;
	if (!filter) {
		/* From where it began: a longer text may be found in an earlier row, or nowhere. */
		pane->sel = ui->search_from;
		return tui_search(ui, s, pane->sel);
	}
	memcpy(pane->filter, ui->input, sizeof(pane->filter));
	pane->sel = pane->top = 0;
	tui_note_proc(ui, s);
	return TUI_DRAW;
}

static unsigned int menu_key(struct ui *ui, const struct snapshot *s, int key)
{
	const struct list *l = screens[ui->screen].list;
	struct ui_pane *pane = &ui->pane[ui->screen];
	int nr = list_nr_sorts(l) + 1;

	switch (key) {
	case UKEY_UP:
	case 'k':
		ui->menu_sel = (ui->menu_sel + nr - 1) % nr;
		break;
	case UKEY_DOWN:
	case 'j':
		ui->menu_sel = (ui->menu_sel + 1) % nr;
		break;
	case UKEY_HOME:
		ui->menu_sel = 0;
		break;
	case UKEY_END:
		ui->menu_sel = nr - 1;
		break;
	case UKEY_ENTER:
		pane->sort = ui->menu_sel ? list_sort_field(l, ui->menu_sel - 1) : NULL;
		pane->reverse = 0;
		ui->prompt = PROMPT_NONE;
		tui_follow(ui, s);
		break;
	case UKEY_ESC:
	case 'q':
		ui->prompt = PROMPT_NONE;
		break;
	}
	return TUI_DRAW;
}

unsigned int tui_prompt_key(struct ui *ui, const struct snapshot *s, int key)
{
	if (ui->prompt == PROMPT_SORT)
		return menu_key(ui, s, key);
	return text_key(ui, s, key);
}

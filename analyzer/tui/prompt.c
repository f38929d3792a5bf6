// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bottom line, for the text of a filter or a search, and the menu of columns to sort by.
 *
 * A filter and a search take effect with every letter; Esc restores the state before.
 */
#include <string.h>

#include "tui/cells_priv.h"
#include "tui/listview_priv.h"
#include "tui/screen_priv.h"
#include "tui/key_table_priv.h"
#include "tui/prompt_priv.h"
#include "tui/selection_priv.h"

/* Edits the input line. Has it changed? */
static bool edit(char *input, size_t size, int key)
{
	size_t len = strlen(input);
	char utf8[5];
	int n;

	if (key == UKEY_BACKSPACE) {
		while (len && (input[len - 1] & 0xc0) == 0x80)
			len--;
		input[len ? len - 1 : 0] = '\0';
		return true;
	}
	if (key == UKEY_CTRL('U')) {
		input[0] = '\0';
		return true;
	}
	if (key < ' ' || key >= KEY_FIRST || key == 0x7f)
		return false;
	n = cells_utf8(key, utf8);
	if (len + n >= size)
		return false;
	memcpy(input + len, utf8, n);
	input[len + n] = '\0';
	return true;
}

static void text_key(struct ui *ui, const struct snapshot *s, int key)
{
	struct ui_pane *pane = &ui->pane[ui->screen];
	bool filter = ui->prompt == PROMPT_FILTER;

	if (key == UKEY_ESC) {
		if (filter)
			memcpy(pane->filter, ui->old_filter, sizeof(pane->filter));
		else
			pane->sel = ui->search_from;
		ui->prompt = PROMPT_NONE;
		return;
	}
	if (key == UKEY_ENTER) {
		ui->prompt = PROMPT_NONE;
		if (!filter)
			selection_search(ui, s, pane->sel);
		return;
	}
	if (!edit(ui->input, sizeof(ui->input), key))
		return;
	if (!filter) {
		/* From the row where the search began: a longer text may match an earlier row, or none. */
		pane->sel = ui->search_from;
		selection_search(ui, s, pane->sel);
		return;
	}
	memcpy(pane->filter, ui->input, sizeof(pane->filter));
	pane->sel = pane->top = 0;
	selection_note(ui, s);
}

static void menu_key(struct ui *ui, const struct snapshot *s, int key)
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
		selection_follow(ui, s);
		break;
	case UKEY_ESC:
	case 'q':
		ui->prompt = PROMPT_NONE;
		break;
	}
}

void prompt_key(struct ui *ui, const struct snapshot *s, int key)
{
	if (ui->prompt == PROMPT_SORT)
		menu_key(ui, s, key);
	else
		text_key(ui, s, key);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Help: the key table, and what the words on the other screens mean. */
#include "lib/array.h"
#include "tui/screen_parts_priv.h"
#include "tui/screen_priv.h"
#include "tui/key_table_priv.h"

static const char *const words[][2] = {
	{ "collapse", "khugepaged, or MADV_COLLAPSE, replaces small pages by one larger folio" },
	{ "scan", "it looks whether a range is worth that, and says why not" },
	{ "filled",
	  "empty page table entries that a collapse filled with zeroed pages: memory that "
	  "nobody had asked for" },
	{ "creep",
	  "a collapse that was possible only because of pages that earlier ones filled; alone: the "
	  "process did nothing there in between" },
	{ "censored",
	  "a scan that ended early: it saw only a part, so the range is at most so full" },
	{ "totals", "detail: this kernel reports no sizes below the PMD's, and no addresses" },
	{ "sizes", "detail: and the size of each collapse" },
	{ "plans", "detail: and address, occupancy, plan and fill of each scan" },
	{ "-", "not known: the kernel does not tell. Never the same as 0" },
	{ "LOST", "events that were not counted or not shown, and where they got lost" },
};

static int row(struct cells *c, int y, int split, const char *left, const char *right)
{
	cells_left(c, 1, y, split - 2, COL_STRONG, left);
	return scr_text(c, split, y, c->w - split, COL_TEXT, right);
}

void scr_help(struct cells *c, const struct snapshot *s, const struct ui *ui)
{
	int y, split = c->w < 60 ? 13 : 17;
	size_t i;
	y = scr_title(c, 0, 0, c->w, "Keys");
	for (i = 0; i < NR_TUI_KEYS; i++)
		y = row(c, y, split, tui_keys[i].name, tui_keys[i].help);
	y = scr_title(c, 0, y + 1, c->w, "Words");
	for (i = 0; i < ARRAY_SIZE(words); i++)
		y = row(c, y, split, words[i][0], words[i][1]);
}

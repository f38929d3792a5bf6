// SPDX-License-Identifier: GPL-2.0-only
/* Help: the key table, and the words on the other screens. */
#include "lib/array.h"
#include "tui/screen_parts_priv.h"
#include "tui/screen_priv.h"
#include "tui/key_table_priv.h"

static const char *const words[][2] = {
	{ "scan", "khugepaged or MADV_COLLAPSE examines the PTEs of one PMD range" },
	{ "attempt", "one try to collapse one block of a range; it ends with a result" },
	{ "collapse", "an attempt that succeeded: the block is one larger folio now" },
	{ "refusal", "a scan or an attempt that ended with another result than success" },
	{ "requester", "asked for it: khugepaged, madvise, damon, or unknown" },
	{ "filled",
	  "empty PTEs that a collapse filled with zeroed pages: memory nobody asked for" },
	{ "occupancy", "the share of the PTEs of a block that are present, in sixteenths" },
	{ "censored", "the scan ended early: the range is at most as full as shown" },
	{ "creep", "a collapse that was possible only because earlier collapses filled pages" },
	{ "untouched", "creep where the process touched no page of the block in between" },
	{ "detail totals",
	  "the kernel reports scans and attempts of PMD size, with their results" },
	{ "detail sizes", "and the size of each attempt" },
	{ "detail ranges", "and the address and the occupancy of each scan" },
	{ "detail plans", "and the plan of each scan, and how long commits hold mmap_lock" },
	{ "-", "unknown: nothing reported it. Never the same as 0" },
	{ "LOST", "events that are not in the numbers, and where they were lost" },
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

/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts of several screens. Each returns the row after itself. */
#ifndef TUI_SCREEN_PARTS_PRIV_H
#define TUI_SCREEN_PARTS_PRIV_H

#include "tui/cells_priv.h"
#include "tui/listview_priv.h"

/* A section's title with a line to the right edge. */
int scr_title(struct cells *c, int x, int y, int w, const char *title);

/* Text, broken at blanks into lines of @w columns. */
int scr_text(struct cells *c, int x, int y, int w, enum colour colour, const char *text);

/* The head and the first @max rows of a list; "+3 more" and @more, the screen that has them all. */
int scr_list(struct cells *c, int x, int y, int w, int max, const struct list *l,
	     const struct snapshot *s, const char *more);

/* The verdict on all of the time, the one on the last minute if it is another, and the next step. */
int scr_verdict(struct cells *c, int y, const struct snapshot *s, const struct ui *ui);

/* The kernel's own counters, beside ours where both count the same. */
int scr_counters(struct cells *c, int x, int y, int w, const struct snapshot *s);

#endif

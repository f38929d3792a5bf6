/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Screens: pure functions from a snapshot and the choices of its reader to a grid. screen_list_priv.h
 * lists them in their order.
 */
#ifndef TUI_SCREEN_PRIV_H
#define TUI_SCREEN_PRIV_H

#include <stdbool.h>

#include "tui/cells_priv.h"
#include "tui/listview_priv.h"
#include "tui/ui_state_priv.h"

struct screen {
	const char *name;
	const char *title;
	int key;
	bool streams; /* wants events, not only sums */
	/* One of: */
	const struct list *list;
	/* lines of text, drawn into a growing grid; */
	void (*lines)(struct cells *c, const struct snapshot *s, const struct ui *ui);
	/* rows: draws what is in sight and returns how many there are */
	int (*rows)(struct cells *c, const struct snapshot *s, const struct ui *ui);
};

#define DECLARE_LIST(what) extern const struct list what;
#define DECLARE_LINES(what) \
	void what(struct cells *c, const struct snapshot *s, const struct ui *ui);
#define DECLARE_STREAM(what) \
	int what(struct cells *c, const struct snapshot *s, const struct ui *ui);
#define X(id, name, title, key, kind, what) DECLARE_##kind(what)
SCREENS(X)
#undef X

extern const struct screen screens[NR_SCREENS];

/* The screen called @name; NULL after a message that lists all. */
const struct screen *screen_find(const char *name);

/* The rows of a drawn frame, for scrolling. */
struct extent {
	int rows; /* in all */
	int page; /* in sight */
};

/* Draws the whole frame: head, tabs, losses, the open screen, keys. */
struct extent screen_draw(struct cells *c, const struct snapshot *s, const struct ui *ui);

/* Brings selection and scroll position of the open screen into the range of @e. 1 if they changed. */
int screen_fit(struct ui *ui, const struct extent *e);

/* The next event from row @from on whose line contains @text, going round; -1: none. */
int scr_events_search(const struct snapshot *s, const struct ui *ui, int from, const char *text);

/* The event of row @row; NULL: there is none. */
const struct mthp_ev *scr_events_at(const struct snapshot *s, const struct ui *ui, int row);

/* The process of @ui; NULL: it has no row, or not any more. */
const struct snap_proc *scr_proc_find(const struct snapshot *s, const struct ui *ui);

#endif

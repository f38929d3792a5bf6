/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Screens: pure functions from a snapshot and the choices of its reader to a grid. A screen is one
 * row of the table in screen.c.
 */
#ifndef TUI_SCREEN_PRIV_H
#define TUI_SCREEN_PRIV_H

#include "tui/cells_priv.h"
#include "tui/listview_priv.h"
#include "tui/ui_state_priv.h"

struct screen {
	const char *name;	 /* for --dump-screen */
	const char *title;	 /* of its tab; NULL: it has none */
	int key;		 /* that opens it; 0: none */
	int streams;		 /* wants events, not only sums */
	const struct list *list; /* a list; or, when NULL, */
	/* lines of text, drawn into a growing grid; or, when NULL, */
	void (*lines)(struct cells *c, const struct snapshot *s, const struct ui *ui);
	/* rows of its own: draws what is in sight and returns how many there are */
	int (*rows)(struct cells *c, const struct snapshot *s, const struct ui *ui);
};

extern const struct screen screens[NR_SCREENS];

/* The screen called @name; NULL after a message that lists those there are. */
const struct screen *screen_find(const char *name);

/* What a drawn frame says about its rows: how far can be scrolled. */
struct extent {
	int rows; /* in all */
	int page; /* in sight */
};

/* Draws the whole frame: head, tabs, losses, the open screen, keys. */
struct extent screen_draw(struct cells *c, const struct snapshot *s, const struct ui *ui);

/* Brings selection and scroll position of the open screen into range of @e. 1 if they changed. */
int screen_fit(struct ui *ui, const struct extent *e);

/* For screens that are lines of text: one in scr_*.c each. */
void scr_overview(struct cells *c, const struct snapshot *s, const struct ui *ui);
void scr_occupancy(struct cells *c, const struct snapshot *s, const struct ui *ui);
void scr_creep(struct cells *c, const struct snapshot *s, const struct ui *ui);
void scr_help(struct cells *c, const struct snapshot *s, const struct ui *ui);
void scr_proc(struct cells *c, const struct snapshot *s, const struct ui *ui);
void scr_survey(struct cells *c, const struct snapshot *s, const struct ui *ui);
int scr_events(struct cells *c, const struct snapshot *s, const struct ui *ui);
extern const struct list scr_procs, scr_outcomes;

/* Next event from row @from on whose line holds @text, going round; -1 if none does. */
int scr_events_search(const struct snapshot *s, const struct ui *ui, int from, const char *text);

/* The process that @ui is about; NULL when it is not in the table (any more). */
const struct snap_proc *scr_proc_find(const struct snapshot *s, const struct ui *ui);

#endif

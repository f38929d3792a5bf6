/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the person at the keyboard has chosen: all that a screen needs beside the snapshot. Keys
 * change it (keys.c), screens only read it, the session (live_view.c) does what it asks for.
 */
#ifndef TUI_UI_STATE_PRIV_H
#define TUI_UI_STATE_PRIV_H

#include "model/snapshot.h"
#include "tui/screen_list_priv.h"

#define UI_TEXT 64

enum prompt {
	PROMPT_NONE,
	PROMPT_FILTER,
	PROMPT_SEARCH,
	PROMPT_SORT
};

/* What one screen shows of its rows or lines. */
struct ui_pane {
	int sel;	  /* selected row, of those that pass the filter */
	int top;	  /* first row or line shown */
	int left;	  /* columns scrolled off to the left */
	int follow;	  /* stay at the end as rows are added */
	const char *sort; /* id of a field; NULL: as the snapshot has them */
	int reverse;
	char filter[UI_TEXT]; /* "": all rows */
};

struct ui {
	enum screen_id screen;
	enum screen_id back; /* where Esc leads to */
	struct ui_pane pane[NR_SCREENS];
	int page; /* rows in sight when the screen was drawn last */

	__u32 proc_tgid; /* the process that SCR_PROC is about, and that SCR_PROCS has selected */
	__u64 proc_mm;

	int paused;
	int replay;	  /* a trace is shown, not this kernel */
	int ended;	  /* and its end is reached */
	double interval;  /* seconds between refreshes */
	double speed;	  /* of a replay; 0: as fast as possible */
	const char *name; /* of the trace */

	enum prompt prompt;
	int search_from; /* row that was selected when a search began */
	char input[UI_TEXT];
	int menu_sel;		  /* in PROMPT_SORT */
	char old_filter[UI_TEXT]; /* what Esc brings back */
	char message[192];	  /* shown until the next key */
};

/* Nothing chosen yet: the overview. */
void ui_init(struct ui *ui);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The choices of the person at the keyboard: everything that a screen needs beside the snapshot. Keys
 * change it (keys.c), screens only read it, the session (live_screen.c) carries it out.
 */
#ifndef TUI_UI_STATE_PRIV_H
#define TUI_UI_STATE_PRIV_H

#include "model/snapshot.h"
#include "tui/live_view.h"
#include "tui/screen_list_priv.h"

#define UI_TEXT (TOP_FILTER_MAX + 1)

enum prompt {
	PROMPT_NONE,
	PROMPT_FILTER,
	PROMPT_SEARCH,
	PROMPT_SORT
};

/* The view of one screen's rows or lines. */
struct ui_pane {
	int sel;	  /* selected row, of those that match the filter */
	int top;	  /* first row or line shown */
	int left;	  /* columns scrolled off to the left */
	int follow;	  /* stay at the end as rows are added */
	const char *sort; /* id of a field; NULL: as the snapshot has them */
	int reverse;
	char filter[UI_TEXT]; /* "": all rows */
};

struct ui {
	enum screen_id screen;
	enum screen_id back; /* Esc goes there */
	struct ui_pane pane[NR_SCREENS];
	int page; /* rows in sight at the latest drawing */

	__u32 proc_tgid; /* the process of SCR_PROC, selected in SCR_PROCS */
	__u64 proc_mm;

	__u8 result; /* explained by SCR_RESULT; MTHP_R_UNKNOWN: all that occurred */

	int paused;
	int replay;	  /* of a trace, not this kernel */
	int ended;	  /* the trace has ended */
	double interval;  /* seconds between refreshes */
	double speed;	  /* of a replay; 0: as fast as possible */
	const char *name; /* of the trace */

	enum prompt prompt;
	int search_from; /* selected row at the beginning of a search */
	char input[UI_TEXT];
	int menu_sel;		  /* in PROMPT_SORT */
	char old_filter[UI_TEXT]; /* Esc restores it */
	char message[192];	  /* shown until the next key */
};

/* Nothing chosen yet: the overview. */
void ui_init(struct ui *ui);

#endif

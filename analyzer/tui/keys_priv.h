/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys: what each does to the choices in struct ui. One table, from which the help screen and the
 * bottom line are drawn too. Nothing here touches a terminal, a source or a file: what has to be
 * done beside drawing is asked for in a bit mask.
 */
#ifndef TUI_KEYS_PRIV_H
#define TUI_KEYS_PRIV_H

#include "tui/ui_state_priv.h"

/* Keys that are no characters; above all of Unicode. */
enum {
	KEY_FIRST = 0x200000,
	UKEY_UP = KEY_FIRST,
	UKEY_DOWN,
	UKEY_LEFT,
	UKEY_RIGHT,
	UKEY_PGUP,
	UKEY_PGDN,
	UKEY_HOME,
	UKEY_END,
	UKEY_ENTER,
	UKEY_ESC,
	UKEY_TAB,
	UKEY_BACKTAB,
	UKEY_BACKSPACE,
	UKEY_F1,
	UKEY_F3 = UKEY_F1 + 2,
	UKEY_F4,
	UKEY_F6 = UKEY_F1 + 5,
	UKEY_F10 = UKEY_F1 + 9,
	UKEY_F12 = UKEY_F1 + 11,
	UKEY_NONE, /* one that is not used */
};

/* What a key asks for. */
enum {
	TUI_DRAW = 1,	  /* draw again */
	TUI_RESCAN = 2,	  /* take a new snapshot now */
	TUI_INTERVAL = 4, /* ui->interval or ui->speed changed */
	TUI_SCREEN = 8,	  /* another screen is open: it may want the event stream */
	TUI_SAVE = 16,	  /* write the snapshot to a file */
	TUI_REPAINT = 32, /* the terminal may show something else: paint it all */
	TUI_QUIT = 64,
};

struct tui_key {
	int codes[8]; /* characters or UKEY_*, 0-terminated */
	const char *name;
	const char *help;
	const char *bar; /* in the bottom line; NULL: not there */
	unsigned int (*fn)(struct ui *ui, const struct snapshot *s, int key);
};

extern const struct tui_key tui_keys[];
extern const size_t nr_tui_keys;

/* One key press. Returns what is asked for. */
unsigned int tui_key(struct ui *ui, const struct snapshot *s, int key);
/* The same while a prompt or the sort menu is open (keys_prompt.c). */
unsigned int tui_prompt_key(struct ui *ui, const struct snapshot *s, int key);

/* Selects the next row from @from on that holds what was searched for. */
unsigned int tui_search(struct ui *ui, const struct snapshot *s, int from);

/* Remembers which process is selected, so that it stays so when rows move. */
void tui_note_proc(struct ui *ui, const struct snapshot *s);

/* After a new snapshot: keeps the selection on its process, and the end of a stream in sight. */
void tui_follow(struct ui *ui, const struct snapshot *s);

#endif

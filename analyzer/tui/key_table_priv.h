/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The keys: the name of each, its help text, and its codes. A key is a row here and a function of the
 * same name in keys.c.
 */
#ifndef TUI_KEY_TABLE_PRIV_H
#define TUI_KEY_TABLE_PRIV_H

#include <stddef.h>

/* Keys that are not characters; their codes are above all of Unicode. */
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
	UKEY_NONE, /* a key that nothing uses */
};

#define UKEY_CTRL(letter) ((letter)-64)

/*
 * X(function, keys, help, bar, codes...). bar: text in the bottom line; NULL: none. The digits have no
 * code here: each screen has its digit in SCREENS.
 */
#define TUI_KEYS(X)                                                                                \
	X(help, "? h F1", "open or close this help", "F1 Help", '?', 'h', UKEY_F1)                 \
	X(quit, "q F10", "quit", "q Quit", 'q', 'Q', UKEY_F10)                                     \
	X(screen, "0 ... 9", "open the screen with this number; 0: the survey", NULL, 0)           \
	X(tab, "Tab S-Tab", "next or previous screen", NULL, UKEY_TAB, UKEY_BACKTAB)               \
	X(row, "arrows k j", "one row up or down", NULL, UKEY_UP, UKEY_DOWN, 'k', 'j')             \
	X(page, "PgUp PgDn", "one page up or down", NULL, UKEY_PGUP, UKEY_PGDN)                    \
	X(ends, "Home End g G",                                                                    \
	  "first or last row; at the end of the events, new events stay in view", NULL, UKEY_HOME, \
	  UKEY_END, 'g', 'G')                                                                      \
	X(sideways, "arrows H l", "columns to the left or right", NULL, UKEY_LEFT, UKEY_RIGHT,     \
	  'H', 'l')                                                                                \
	X(enter, "Enter",                                                                          \
	  "open the selected process; on other screens: what results mean, and what to do",        \
	  "Enter Explain", UKEY_ENTER)                                                             \
	X(back, "Esc", "go back; clear the filter", NULL, UKEY_ESC, UKEY_BACKSPACE)                \
	X(search, "/ F3", "search: select the next row that contains a text", "F3 Search", '/',    \
	  UKEY_F3)                                                                                 \
	X(next, "n", "next row that the search matches", NULL, 'n')                                \
	X(filter, "f F4", "filter: show only rows that contain a text; pid=12 matches one column", \
	  "F4 Filter", 'f', '\\', UKEY_F4)                                                         \
	X(only, "p c", "show only the selected process (p) or its cgroup (c); again: all", NULL,   \
	  'p', 'c')                                                                                \
	X(sort, "s F6", "choose the column to sort by", "F6 Sort", 's', UKEY_F6)                   \
	X(sort_step, "< >", "sort by the previous or next column", NULL, '<', '>')                 \
	X(reverse, "r", "reverse the order of rows", NULL, 'r', 'I')                               \
	X(pause, "Space", "pause the display; observation goes on", "Space Pause", ' ')            \
	X(interval, "+ -", "longer or shorter refresh interval", "+- Interval", '+', '-')          \
	X(speed, "[ ]", "halve or double the speed of a replay", NULL, '[', ']')                   \
	X(save, "w", "save the numbers shown to a JSON file", "w Save", 'w')                       \
	X(repaint, "Ctrl-L", "draw the screen again", NULL, UKEY_CTRL('L'))

enum tui_key_id {
#define X(function, ...) TUI_KEY_##function,
	TUI_KEYS(X)
#undef X
	NR_TUI_KEYS
};

struct tui_key {
	const char *name;
	const char *help;
	const char *bar;
	int codes[4]; /* characters or UKEY_*; 0: unused */
};

extern const struct tui_key tui_keys[NR_TUI_KEYS];

/* The row that has @code; NR_TUI_KEYS: none. */
enum tui_key_id tui_key_find(int code);

#endif

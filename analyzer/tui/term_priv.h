/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal: shows a grid, reads keys, and restores its state however the program ends. No other part
 * uses curses.
 */
#ifndef TUI_TERM_PRIV_H
#define TUI_TERM_PRIV_H

#include "tui/cells_priv.h"

/*
 * Takes the terminal over. 0, or -ENOTTY after a message with the reason. From here on a crash
 * restores the terminal before it kills.
 */
int term_open(void);
/* Restores it; idempotent. */
void term_close(void);

/* Can this terminal show a screen? If not, *@why is the reason. */
int term_usable(const char **why);

/* Readable when a key is pressed. */
int term_fd(void);
/* The next key: a character or UKEY_* (key_table_priv.h); -1: none. */
int term_key(void);

/* Columns and rows now. */
void term_size(int *w, int *h);

/* Shows @c. @all: draws all of it, whatever curses thinks that the terminal shows. */
void term_show(const struct cells *c, int all);

/* Restores the terminal, stops the process (job control), and takes the terminal again afterwards. */
void term_suspend(void);

/*
 * While the terminal is taken, messages on stderr are held back; term_close() writes them. This copies the
 * latest message since the last call to @buf; without one, @buf stays as it is.
 */
void term_said(char *buf, size_t len);

/* Is its character set UTF-8? Call it after setlocale(). */
int term_utf8(void);

#endif

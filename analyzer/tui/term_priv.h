/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal: shows a grid, reads keys, and leaves everything as it was however the program ends.
 * The only part that knows curses.
 */
#ifndef TUI_TERM_PRIV_H
#define TUI_TERM_PRIV_H

#include "tui/cells_priv.h"

/*
 * Takes the terminal over. EXIT_OK, or EXIT_CANNOT after a message that says what is wrong with it.
 * From here on a crash restores the terminal before it kills.
 */
int term_open(void);
/* Gives it back; idempotent. */
void term_close(void);

/* Can this terminal show a screen at all? If not, *@why says what is missing. */
int term_usable(const char **why);

/* To poll for keys. */
int term_fd(void);
/* The next key that was pressed: a character or UKEY_* (key_table_priv.h); -1: none. */
int term_key(void);

/* Columns and rows now. */
void term_size(int *w, int *h);

/* Shows @c. @all: paints all of it, whatever the terminal is thought to show. */
void term_show(const struct cells *c, int all);

/* Gives the terminal back, stops the process (job control), and takes it again when it goes on. */
void term_suspend(void);

/*
 * While the terminal is taken, messages on stderr are held back and written when it is given back.
 * The latest one since the last call, in @buf, which stays as it is where there is none.
 */
void term_said(char *buf, size_t len);

/* Can its character set show more than ASCII? To be asked after setlocale(). */
int term_utf8(void);

#endif

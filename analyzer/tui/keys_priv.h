/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys change the choices in struct ui. They touch no terminal, source or file: a bit mask asks for what
 * has to be done beside drawing.
 */
#ifndef TUI_KEYS_PRIV_H
#define TUI_KEYS_PRIV_H

#include "tui/ui_state_priv.h"

/* What a key asks for. */
enum {
	TUI_DRAW = 1,	  /* draw again */
	TUI_RESCAN = 2,	  /* take a new snapshot now */
	TUI_INTERVAL = 4, /* ui->interval or ui->speed changed */
	TUI_SCREEN = 8,	  /* another screen is open: it may want the event stream */
	TUI_SAVE = 16,	  /* write the snapshot to a file */
	TUI_REPAINT = 32, /* draw all of the terminal, whatever it shows */
	TUI_QUIT = 64,
};

/* One key press: a character or UKEY_*. Returns what is asked for. */
unsigned int tui_key(struct ui *ui, const struct snapshot *s, int key);

#endif

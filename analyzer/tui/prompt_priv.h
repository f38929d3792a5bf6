/* SPDX-License-Identifier: GPL-2.0-only */
/* What keys do while a filter or a search is typed, or a column to sort by is chosen. */
#ifndef TUI_PROMPT_PRIV_H
#define TUI_PROMPT_PRIV_H

#include "tui/ui_state_priv.h"

/* One key press. Draw again after it. */
void prompt_key(struct ui *ui, const struct snapshot *s, int key);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Keys while a filter or a search is typed, or a column to sort by is chosen. */
#ifndef TUI_PROMPT_PRIV_H
#define TUI_PROMPT_PRIV_H

#include "tui/ui_state_priv.h"

/* One key press. The caller draws again. */
void prompt_key(struct ui *ui, const struct snapshot *s, int key);

#endif

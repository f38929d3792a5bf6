/* SPDX-License-Identifier: GPL-2.0-only */
/* The selected row of a list: which process it is, where it goes, and what a search finds. */
#ifndef TUI_SELECTION_PRIV_H
#define TUI_SELECTION_PRIV_H

#include "tui/ui_state_priv.h"

/* Row @i of the open list as it is sorted and filtered; NULL beyond its end, or without a list. */
const void *selection_row(const struct ui *ui, const struct snapshot *s, int i);

/* Remembers which process is selected, so that it stays so when rows move. */
void selection_note(struct ui *ui, const struct snapshot *s);

/* After rows have moved: keeps the selection on its process. */
void selection_follow(struct ui *ui, const struct snapshot *s);

/* Selects the next row from @from on that holds what was searched for; a message where none does. */
void selection_search(struct ui *ui, const struct snapshot *s, int from);

#endif

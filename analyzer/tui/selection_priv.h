/* SPDX-License-Identifier: GPL-2.0-only */
/* The selected row of a list: its process, and what a search selects. */
#ifndef TUI_SELECTION_PRIV_H
#define TUI_SELECTION_PRIV_H

#include "tui/ui_state_priv.h"

/* Row @i of the open list as it is sorted and filtered; NULL beyond its end, or without a list. */
const void *selection_row(const struct ui *ui, const struct snapshot *s, int i);

/* Notes the selected process, for selection_follow(). */
void selection_note(struct ui *ui, const struct snapshot *s);

/* After rows have moved: selects the noted process again. */
void selection_follow(struct ui *ui, const struct snapshot *s);

/* Selects the next row from @from on that the search matches; a message if none does. */
void selection_search(struct ui *ui, const struct snapshot *s, int from);

#endif

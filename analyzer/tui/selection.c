// SPDX-License-Identifier: GPL-2.0-only
/* The selected row. A process stays selected while rows change places. */
#include <stdio.h>
#include <stdlib.h>

#include "tui/listview_priv.h"
#include "tui/screen_priv.h"
#include "tui/selection_priv.h"

const void *selection_row(const struct ui *ui, const struct snapshot *s, int i)
{
	const struct list *l = screens[ui->screen].list;
	const void **rows, *row = NULL;
	size_t nr;

	if (!l)
		return NULL;
	nr = list_rows(l, s, &ui->pane[ui->screen], &rows);
	if (i >= 0 && (size_t)i < nr)
		row = rows[i];
	free(rows);
	return row;
}

void selection_note(struct ui *ui, const struct snapshot *s)
{
	const struct snap_proc *p;

	if (ui->screen != SCR_PROCS)
		return;
	p = selection_row(ui, s, ui->pane[SCR_PROCS].sel);
	if (p) {
		ui->proc_tgid = p->tgid;
		ui->proc_mm = p->mm;
	}
}

void selection_follow(struct ui *ui, const struct snapshot *s)
{
	struct ui_pane *p = &ui->pane[SCR_PROCS];
	const void **rows;
	size_t nr, i;

	/* The top row stays selected, whichever process comes to the top. */
	if (ui->screen != SCR_PROCS || !p->sel)
		return;
	nr = list_rows(&scr_procs, s, p, &rows);
	for (i = 0; i < nr; i++) {
		const struct snap_proc *row = rows[i];

		if ((__u32)row->tgid == ui->proc_tgid && row->mm == ui->proc_mm)
			p->sel = i;
	}
	free(rows);
}

void selection_search(struct ui *ui, const struct snapshot *s, int from)
{
	const struct screen *scr = &screens[ui->screen];
	struct ui_pane *pane = &ui->pane[ui->screen];
	int found;

	if (scr->list)
		found = list_search(scr->list, s, pane, from, ui->input);
	else
		found = scr_events_search(s, ui, from, ui->input);
	if (found >= 0) {
		pane->sel = found;
		pane->follow = 0;
		selection_note(ui, s);
	} else if (ui->input[0] && !ui->prompt) {
		snprintf(ui->message, sizeof(ui->message), "not found: %s", ui->input);
	}
}

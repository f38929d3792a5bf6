// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: the decoded stream, newest last. The model keeps the latest MODEL_RECENT events; a live
 * source delivers events only while this screen is open.
 */
#include <stdlib.h>
#include <string.h>

#include "tui/screen_priv.h"
#include "view/formats.h"

#define LINE 512

static int passes(const struct snapshot *s, const struct mthp_ev *ev, const char *filter)
{
	char line[LINE];

	if (!filter[0])
		return 1;
	if (!strncmp(filter, "pid=", 4))
		return strtoul(filter + 4, NULL, 10) == ev->tgid;
	return strcasestr(view_event(&s->meta, ev, line, sizeof(line)), filter) != NULL;
}

static enum colour event_colour(const struct mthp_ev *ev)
{
	if (ev->result == MTHP_R_UNKNOWN)
		return COL_DIM;
	return ev->result == MTHP_R_SUCCEED ? COL_GOOD : COL_TEXT;
}

/* @text from column @left on. */
static const char *skip(const char *text, int left)
{
	while (left-- > 0 && *text)
		for (text++; (*text & 0xc0) == 0x80; text++)
			;
	return text;
}

int scr_events(struct cells *c, const struct snapshot *s, const struct ui *ui)
{
	static const char head[] =
		"     seconds by         event         process                 size"
		" result and details";
	const struct ui_pane *pane = &ui->pane[SCR_EVENTS];
	int left = pane->left * 8, nr = 0, y;
	char line[LINE];
	size_t i;

	cells_left(c, 0, 0, c->w, COL_HEAD, skip(head, left));
	for (i = 0; i < s->nr_recent; i++) {
		const struct mthp_ev *ev = &s->recent[i];

		if (!passes(s, ev, pane->filter))
			continue;
		y = 1 + nr - pane->top;
		if (y >= 1 && y < c->h) {
			view_event(&s->meta, ev, line, sizeof(line));
			cells_left(c, 0, y, c->w, event_colour(ev), skip(line, left));
			if (nr == pane->sel)
				cells_paint(c, 0, y, c->w, COL_CURSOR);
		}
		nr++;
	}
	if (!nr)
		cells_put(c, 1, 1, -1, COL_DIM,
			  pane->filter[0] ? "no event matches the filter (F4 changes it)" :
			  ui->replay	  ? "no event yet" :
					    "waiting for events: khugepaged works in bursts");
	return nr;
}

int scr_events_search(const struct snapshot *s, const struct ui *ui, int from, const char *text)
{
	const struct ui_pane *pane = &ui->pane[SCR_EVENTS];
	int nr = 0, first = -1;
	size_t i;

	for (i = 0; i < s->nr_recent && text[0]; i++) {
		if (!passes(s, &s->recent[i], pane->filter))
			continue;
		if (passes(s, &s->recent[i], text)) {
			if (nr >= from)
				return nr;
			if (first < 0)
				first = nr;
		}
		nr++;
	}
	return first;
}

const struct mthp_ev *scr_events_at(const struct snapshot *s, const struct ui *ui, int row)
{
	size_t i;

	for (i = 0; i < s->nr_recent; i++)
		if (passes(s, &s->recent[i], ui->pane[SCR_EVENTS].filter) && !row--)
			return &s->recent[i];
	return NULL;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Parts of screens: titles, text and short lists. */
#include <string.h>

#include "tui/screen_parts_priv.h"

int scr_title(struct cells *c, int x, int y, int w, const char *title)
{
	int at = cells_put(c, x, y, w, COL_TITLE, title) + 1;

	for (; at < x + w; at++)
		cells_put(c, at, y, 1, COL_DIM, "─");
	return y + 1;
}

int scr_text(struct cells *c, int x, int y, int w, enum colour colour, const char *text)
{
	const char *p = text, *end, *fits;
	int cols;

	if (w < 1)
		w = 1;
	do {
		fits = NULL;
		for (end = p, cols = 0; *end && cols <= w; cols++) {
			if (*end == ' ')
				fits = end;
			for (end++; (*end & 0xc0) == 0x80; end++)
				;
		}
		if (cols <= w)
			fits = end;
		/* A word longer than the line is cut at the edge and continues in the next line. */
		cols = fits ? (int)(fits - p) : w;
		cells_printf(c, x, y++, colour, "%.*s", cols, p);
		p += cols;
		p += strspn(p, " ");
	} while (*p);
	return y;
}

int scr_list(struct cells *c, int x, int y, int w, int max, const struct list *l,
	     const struct snapshot *s, const char *more)
{
	struct ui_pane pane = { .sel = -1 };
	struct cells part;
	int nr;

	if (cells_init(&part, w, max + 1, c->ascii))
		return y;
	nr = list_draw(&part, l, s, &pane);
	/* An empty list has one line that says so. */
	cells_copy(c, x, y, &part, 0, 0, w, 1 + (nr > max ? max : nr ? nr : 1));
	cells_free(&part);
	y += 1 + (nr > max ? max : nr ? nr : 1);
	if (nr > max)
		cells_printf(c, x, y++, COL_DIM, "+%d more%s", nr - max, more);
	return y;
}

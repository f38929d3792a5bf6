/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A grid of characters with semantic colours: screens draw into it, the terminal shows it, golden tests
 * compare it. Coordinates are (column, row) from (0, 0); everything outside is clipped.
 */
#ifndef TUI_CELLS_PRIV_H
#define TUI_CELLS_PRIV_H

#include <stdio.h>
#include <mthp/types.h>

enum colour {
	COL_TEXT,
	COL_DIM,
	COL_STRONG,
	COL_TITLE,  /* of a section */
	COL_HEAD,   /* of a table */
	COL_CURSOR, /* the selected row */
	COL_TAB,
	COL_TAB_ON,
	COL_GOOD,
	COL_WARN,
	COL_BAD,
	COL_BAR,
	COL_BAR_CUT,  /* the part of a bar for censored samples */
	COL_KEY,      /* a key's name in the bottom line, */
	COL_KEY_TEXT, /* and its text */
	NR_COLOURS
};

struct cell {
	__u32 ch;     /* Unicode; 0: right half of the wide character before it */
	__u32 colour; /* enum colour */
};

struct cells {
	int w, h;
	int ascii;   /* characters outside ASCII become the nearest ASCII one, or '?' */
	int growing; /* drawing below the last row adds rows; h is their number */
	int room;    /* rows allocated */
	struct cell *cell;
};

/* A blank grid. 0, or -ENOMEM. A growing one starts with no rows. */
int cells_init(struct cells *c, int w, int h, int ascii);
int cells_init_growing(struct cells *c, int w, int ascii);
void cells_free(struct cells *c);

/* Makes all cells blank; a growing grid has no rows then. */
void cells_clear(struct cells *c);

/* The cell at (x, y); NULL outside. */
const struct cell *cells_at(const struct cells *c, int x, int y);

/* Columns that @s takes in @c. */
int cells_width(const struct cells *c, const char *s);

/* Writes UTF-8 @s, at most @width columns of it (-1: to the edge). Returns the column after it. */
int cells_put(struct cells *c, int x, int y, int width, enum colour colour, const char *s);

/* As cells_put(), padded to @width; text that does not fit ends in an ellipsis. */
int cells_left(struct cells *c, int x, int y, int width, enum colour colour, const char *s);

/* Right-aligned in @width. A number is never cut: one that does not fit is shown as '#'s. */
int cells_right(struct cells *c, int x, int y, int width, enum colour colour, const char *s);

int cells_printf(struct cells *c, int x, int y, enum colour colour, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* Blanks of @colour. */
void cells_fill(struct cells *c, int x, int y, int w, enum colour colour);

/* Changes the colour of cells. */
void cells_paint(struct cells *c, int x, int y, int w, enum colour colour);

/*
 * A horizontal bar for @value of @max in @width columns; at least a sliver if @value is not 0. Returns the
 * column after it.
 */
int cells_bar(struct cells *c, int x, int y, int width, enum colour colour, __u64 value, __u64 max);

/* The same in the texture of censored samples. */
int cells_bar_cut(struct cells *c, int x, int y, int width, __u64 value, __u64 max);

/* One column: the height of @value of @max, blank for 0. */
void cells_spark(struct cells *c, int x, int y, enum colour colour, __u64 value, __u64 max);

/* Copies rows and columns of @from, starting at (from_x, from_y), to (x, y). */
void cells_copy(struct cells *c, int x, int y, const struct cells *from, int from_x, int from_y,
		int w, int h);

int cells_equal(const struct cells *a, const struct cells *b);

/* As UTF-8 text, a line per row, without blanks at line ends. 0 or -errno. */
int cells_write(const struct cells *c, FILE *out);

/* @ch as UTF-8 in @buf (5 bytes). Returns its length. */
int cells_utf8(__u32 ch, char *buf);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The grid: UTF-8, the width of characters, and their replacements on terminals that only show ASCII.
 *
 * Characters of no width (combining marks, joiners, direction marks) would let a process name disturb
 * its neighbours, and those of private use or of a later Unicode have a width that nobody knows: they
 * are shown as '?'.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "tui/cells_priv.h"
#include "lib/utf8.h"

#define GROW_ROWS 64
#define MAX_ROWS  4096

static const struct cell blank = { ' ', COL_TEXT };

static void blank_rows(struct cells *c, int from, int to)
{
	int i;

	for (i = from * c->w; i < to * c->w; i++)
		c->cell[i] = blank;
}

int cells_init(struct cells *c, int w, int h, int ascii)
{
	memset(c, 0, sizeof(*c));
	c->w = w > 0 ? w : 1;
	c->h = h > 0 ? h : 1;
	c->room = c->h;
	c->ascii = ascii;
	c->cell = malloc(sizeof(*c->cell) * c->w * c->room);
	if (!c->cell)
		return -ENOMEM;
	blank_rows(c, 0, c->h);
	return 0;
}

int cells_init_growing(struct cells *c, int w, int ascii)
{
	int err = cells_init(c, w, GROW_ROWS, ascii);

	c->growing = 1;
	c->h = 0;
	return err;
}

void cells_free(struct cells *c)
{
	free(c->cell);
	c->cell = NULL;
	c->w = c->h = c->room = 0;
}

void cells_clear(struct cells *c)
{
	blank_rows(c, 0, c->h);
	if (c->growing)
		c->h = 0;
}

/* Adds row @y to a growing grid; 0: there is no such row. */
static int have_row(struct cells *c, int y)
{
	struct cell *bigger;
	int room = c->room;

	if (y < c->h)
		return y >= 0;
	if (!c->growing || y >= MAX_ROWS)
		return 0;
	while (room <= y)
		room += GROW_ROWS;
	if (room > c->room) {
		bigger = realloc(c->cell, sizeof(*c->cell) * c->w * room);
		if (!bigger)
			return 0;
		c->cell = bigger;
		c->room = room;
	}
	blank_rows(c, c->h, y + 1);
	c->h = y + 1;
	return 1;
}

const struct cell *cells_at(const struct cells *c, int x, int y)
{
	if (x < 0 || x >= c->w || y < 0 || y >= c->h)
		return NULL;
	return &c->cell[y * c->w + x];
}

static __u32 to_ascii(__u32 ch)
{
	static const struct {
		__u32 from, to;
	} map[] = {
		{ 0x2026, '~' }, /* … */
		{ 0xb7, '-' },	 /* · */
		{ 0x2500, '-' }, /* ─ */
		{ 0x2502, '|' }, /* │ */
		{ 0x25b2, '^' }, /* ▲ */
		{ 0x25bc, 'v' }, /* ▼ */
		{ 0x2192, '>' }, /* → */
		{ 0x2591, ':' }, /* ░ */
		{ 0x2581, '.' }, /* ▁ and up: an eighth more each */
		{ 0x2582, '.' }, { 0x2583, ':' }, { 0x2584, '-' }, { 0x2585, '=' },
		{ 0x2586, '+' }, { 0x2587, '*' }, { 0x2588, '#' },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(map); i++)
		if (map[i].from == ch)
			return map[i].to;
	return '?';
}

static __u32 fit_char(const struct cells *c, __u32 ch)
{
	if (ch >= 0x20 && ch < 0x7f)
		return ch;
	if (ch <= 0x7f || !utf8_is_drawn(ch))
		return '?';
	return c->ascii ? to_ascii(ch) : ch;
}

static void set(struct cells *c, int x, int y, __u32 ch, enum colour colour)
{
	struct cell *cell = &c->cell[y * c->w + x];

	/* The other half of a wide character must not stay. */
	if (!cell->ch && x > 0)
		cell[-1].ch = ' ';
	if (x + 1 < c->w && !cell[1].ch && ch)
		cell[1].ch = ' ';
	cell->ch = ch;
	cell->colour = colour;
}

int cells_width(const struct cells *c, const char *s)
{
	int w = 0;

	while (*s)
		w += utf8_columns(fit_char(c, utf8_next(&s)));
	return w;
}

int cells_put(struct cells *c, int x, int y, int width, enum colour colour, const char *s)
{
	int end = width < 0 || width > c->w - x ? c->w : x + width;
	__u32 ch;
	int w;

	if (!have_row(c, y))
		return x;
	while (*s) {
		ch = fit_char(c, utf8_next(&s));
		w = utf8_columns(ch);
		if (x + w > end)
			break;
		if (x >= 0) {
			set(c, x, y, ch, colour);
			if (w == 2)
				set(c, x + 1, y, 0, colour);
		}
		x += w;
	}
	return x;
}

int cells_left(struct cells *c, int x, int y, int width, enum colour colour, const char *s)
{
	int end;

	if (width <= 0)
		return x;
	if (cells_width(c, s) <= width)
		end = cells_put(c, x, y, width, colour, s);
	else
		end = cells_put(c, cells_put(c, x, y, width - 1, colour, s), y, 1, colour, "…");
	cells_fill(c, end, y, x + width - end, colour);
	return x + width;
}

int cells_right(struct cells *c, int x, int y, int width, enum colour colour, const char *s)
{
	int w = cells_width(c, s), i;

	if (width <= 0)
		return x;
	if (w > width) {
		for (i = 0; i < width; i++)
			cells_put(c, x + i, y, 1, colour, "#");
		return x + width;
	}
	cells_fill(c, x, y, width - w, colour);
	cells_put(c, x + width - w, y, w, colour, s);
	return x + width;
}

int cells_printf(struct cells *c, int x, int y, enum colour colour, const char *fmt, ...)
{
	char buf[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	return cells_put(c, x, y, -1, colour, buf);
}

void cells_fill(struct cells *c, int x, int y, int w, enum colour colour)
{
	int i;

	if (!have_row(c, y))
		return;
	for (i = x < 0 ? 0 : x; i < x + w && i < c->w; i++)
		set(c, i, y, ' ', colour);
}

void cells_paint(struct cells *c, int x, int y, int w, enum colour colour)
{
	int i;

	if (!have_row(c, y))
		return;
	for (i = x < 0 ? 0 : x; i < x + w && i < c->w; i++)
		c->cell[y * c->w + i].colour = colour;
}

/* value / max of @whole, rounded to nearest but never to 0, without overflow. */
static int scale(__u64 value, __u64 max, int whole)
{
	int n;

	if (!value || !max)
		return 0;
	if (value > max)
		value = max;
	n = (int)((double)value / (double)max * whole + 0.5);
	return n ? n : 1;
}

int cells_bar(struct cells *c, int x, int y, int width, enum colour colour, __u64 value, __u64 max)
{
	char part[5];
	int eighths, i;

	if (width <= 0 || !have_row(c, y))
		return x;
	if (c->ascii)
		eighths = 8 * scale(value, max, width);
	else
		eighths = scale(value, max, width * 8);
	for (i = 0; i < eighths / 8; i++)
		cells_put(c, x++, y, 1, colour, "█");
	if (eighths % 8) {
		part[cells_utf8(0x2590 - eighths % 8, part)] = '\0';
		cells_put(c, x++, y, 1, colour, part);
	}
	return x;
}

int cells_bar_cut(struct cells *c, int x, int y, int width, __u64 value, __u64 max)
{
	int n, i;

	if (width <= 0 || !have_row(c, y))
		return x;
	n = scale(value, max, width);
	for (i = 0; i < n; i++)
		cells_put(c, x++, y, 1, COL_BAR_CUT, "░");
	return x;
}

void cells_spark(struct cells *c, int x, int y, enum colour colour, __u64 value, __u64 max)
{
	int eighths = scale(value, max, 8);
	char part[5];

	if (!eighths)
		return;
	part[cells_utf8(0x2580 + eighths, part)] = '\0';
	cells_put(c, x, y, 1, colour, part);
}

void cells_copy(struct cells *c, int x, int y, const struct cells *from, int from_x, int from_y,
		int w, int h)
{
	const struct cell *cell;
	int i, j;

	for (j = 0; j < h; j++) {
		for (i = 0; i < w; i++) {
			cell = cells_at(from, from_x + i, from_y + j);
			if (cell && x + i >= 0 && x + i < c->w && have_row(c, y + j))
				c->cell[(y + j) * c->w + x + i] = *cell;
		}
	}
}

int cells_equal(const struct cells *a, const struct cells *b)
{
	return a->w == b->w && a->h == b->h &&
	       !memcmp(a->cell, b->cell, sizeof(*a->cell) * a->w * a->h);
}

int cells_utf8(__u32 ch, char *buf)
{
	if (ch < 0x80) {
		buf[0] = ch;
		return 1;
	}
	if (ch < 0x800) {
		buf[0] = 0xc0 | ch >> 6;
		buf[1] = 0x80 | (ch & 0x3f);
		return 2;
	}
	if (ch < 0x10000) {
		buf[0] = 0xe0 | ch >> 12;
		buf[1] = 0x80 | (ch >> 6 & 0x3f);
		buf[2] = 0x80 | (ch & 0x3f);
		return 3;
	}
	buf[0] = 0xf0 | ch >> 18;
	buf[1] = 0x80 | (ch >> 12 & 0x3f);
	buf[2] = 0x80 | (ch >> 6 & 0x3f);
	buf[3] = 0x80 | (ch & 0x3f);
	return 4;
}

int cells_write(const struct cells *c, FILE *out)
{
	char buf[5];
	int x, y, end;

	for (y = 0; y < c->h; y++) {
		for (end = c->w; end && c->cell[y * c->w + end - 1].ch == ' '; end--)
			;
		for (x = 0; x < end; x++)
			if (c->cell[y * c->w + x].ch)
				fwrite(buf, 1, cells_utf8(c->cell[y * c->w + x].ch, buf), out);
		fputc('\n', out);
	}
	return ferror(out) ? -EIO : 0;
}

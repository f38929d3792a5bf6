// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists: the same code moves through, sorts and filters every table.
 *
 * A struct list names the columns; the field table has their titles and formats. Columns without room
 * are counted at the right end of the head ("+3>") and never dropped silently. Sorting keeps the
 * snapshot's order among equal rows and puts unknown values last.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fmt.h"
#include "tui/listview_priv.h"
#include "lib/utf8.h"

#define MAX_COLS    40
#define FIXED_COLS  2 /* name the row: they stay when columns are scrolled */
#define ORDER_WIDTH 6
#define BAR_MIN	    10
#define MORE_WIDTH  5

struct col {
	const struct field *field; /* NULL: a bar, or collapses to an order */
	int order;		   /* -1: not per order */
	int width;
	int max;
};

struct layout {
	struct col col[MAX_COLS];
	int nr;
	int hidden; /* columns without room */
};

static struct col make_col(const struct table *t, const struct list_col *lc)
{
	struct col col = { NULL, -1, BAR_MIN, lc->max };
	int title;

	if (lc->field) {
		col.field = table_field(t, lc->field);
		if (!col.field)
			return col;
		title = utf8_width(col.field->title);
		col.width = lc->width ? lc->width : (int)col.field->width;
		/* A word may be cut, with an ellipsis; a number's head may not. */
		if (col.width < title && !(lc->width && field_is_text(col.field)))
			col.width = title;
	} else if (lc->width) {
		col.width = lc->width;
	}
	return col;
}

static int all_cols(const struct list *l, const struct table *t, const struct snapshot *s,
		    struct col *cols)
{
	int nr = 0;
	size_t i;

	for (i = 0; i < l->nr_cols && nr < MAX_COLS; i++)
		cols[nr++] = make_col(t, &l->cols[i]);
	for (i = s->nr_orders; l->by_order && i-- > 0 && nr < MAX_COLS;) {
		cols[nr].field = NULL;
		cols[nr].order = s->orders[i].order;
		cols[nr].width = ORDER_WIDTH;
		cols[nr++].max = 0;
	}
	return nr;
}

/* Widens the columns that can grow, each by the same share of what it could use. */
static void stretch(struct layout *lay, int spare)
{
	int wish = 0, i, more;

	for (i = 0; i < lay->nr; i++)
		if (lay->col[i].max > lay->col[i].width)
			wish += lay->col[i].max - lay->col[i].width;
	for (i = 0; i < lay->nr && spare > 0; i++) {
		struct col *col = &lay->col[i];

		if (col->max <= col->width)
			continue;
		more = wish <= spare ? col->max - col->width :
				       (col->max - col->width) * spare / wish;
		col->width += more;
	}
}

/* Takes columns from the left while they fit. */
static void lay_out(struct layout *lay, const struct col *cols, int nr, int left, int width)
{
	int used = 0, i;

	memset(lay, 0, sizeof(*lay));
	if (left > nr - FIXED_COLS - 1)
		left = nr - FIXED_COLS - 1;
	for (i = 0; i < nr; i++) {
		if (i >= FIXED_COLS && i < FIXED_COLS + left)
			continue;
		if (used + cols[i].width + (i + 1 < nr ? MORE_WIDTH : 0) > width && lay->nr) {
			lay->hidden = nr - i;
			break;
		}
		lay->col[lay->nr++] = cols[i];
		used += cols[i].width + 1;
	}
	stretch(lay, width - used + 1 - (lay->hidden ? MORE_WIDTH : 0));
}

static void draw_head(struct cells *c, const struct layout *lay, const struct snapshot *s,
		      const struct ui_pane *pane)
{
	const struct col *col;
	char size[16];
	int i, x = 0;

	cells_fill(c, 0, 0, c->w, COL_HEAD);
	for (i = 0; i < lay->nr; i++, x++) {
		col = &lay->col[i];
		if (!col->field && col->order < 0)
			x = cells_left(c, x, 0, col->width, COL_HEAD, "");
		else if (!col->field)
			x = cells_right(
				c, x, 0, col->width, COL_HEAD,
				fmt_order(col->order, s->meta.page_size, size, sizeof(size)));
		else if (field_is_text(col->field))
			x = cells_left(c, x, 0, col->width, COL_HEAD, col->field->title);
		else
			x = cells_right(c, x, 0, col->width, COL_HEAD, col->field->title);
		if (col->field && pane->sort && !strcmp(pane->sort, col->field->id))
			cells_paint(c, x - col->width, 0, col->width, COL_TAB_ON);
	}
	if (lay->hidden)
		cells_printf(c, c->w - 4, 0, COL_HEAD, "+%d>", lay->hidden);
}

static enum colour row_colour(const struct field *f, __u64 value)
{
	if (value == NUM_UNKNOWN)
		return field_is_text(f) ? COL_TEXT : COL_DIM;
	if (!value && f->type != FIELD_ID && f->type != FIELD_ORDER)
		return COL_DIM;
	return COL_TEXT;
}

static int draw_field(struct cells *c, int x, int y, const struct col *col, const void *row,
		      const struct snapshot *s)
{
	const struct field *f = col->field;
	__u64 value = field_is_text(f) ? NUM_UNKNOWN : field_u64(f, row);
	enum colour colour = row_colour(f, value);
	char text[128];

	field_text(f, row, s->meta.page_size, text, sizeof(text));
	if (field_is_text(f))
		return cells_left(c, x, y, col->width, colour, text);
	if (f->type == FIELD_COUNT && (int)strlen(text) > col->width)
		fmt_short(value, text, sizeof(text));
	return cells_right(c, x, y, col->width, colour, text);
}

static int draw_order(struct cells *c, int x, int y, const struct col *col, const void *row)
{
	const struct snap_proc *p = row;
	__u64 done = p->detail ? p->detail->collapses[col->order] : NUM_UNKNOWN;
	char text[24];

	return cells_right(c, x, y, col->width, done ? COL_TEXT : COL_DIM,
			   fmt_short(done, text, sizeof(text)));
}

static void draw_row(struct cells *c, int y, const struct layout *lay, const void *row,
		     const struct snapshot *s, const struct field *bar, __u64 bar_max)
{
	const struct col *col;
	int i, x = 0;

	for (i = 0; i < lay->nr; i++, x++) {
		col = &lay->col[i];
		if (col->field) {
			x = draw_field(c, x, y, col, row, s);
		} else if (col->order >= 0) {
			x = draw_order(c, x, y, col, row);
		} else {
			if (bar)
				cells_bar(c, x, y, col->width, COL_BAR, field_u64(bar, row),
					  bar_max);
			x += col->width;
		}
	}
}

static __u64 largest(const struct field *f, const void *const *rows, size_t nr)
{
	__u64 max = 0, v;
	size_t i;

	for (i = 0; f && i < nr; i++) {
		v = field_u64(f, rows[i]);
		if (v != NUM_UNKNOWN && v > max)
			max = v;
	}
	return max;
}

int list_draw(struct cells *c, const struct list *l, const struct snapshot *s,
	      const struct ui_pane *pane)
{
	const struct table *t = table_find(l->table);
	struct col cols[MAX_COLS];
	const struct field *bar;
	struct layout lay;
	const void **rows;
	__u64 bar_max;
	size_t nr;
	int y;

	if (!t)
		return 0;
	nr = list_rows(l, s, pane, &rows);
	bar = l->bar ? table_field(t, l->bar) : NULL;
	bar_max = largest(bar, (const void *const *)rows, nr);
	lay_out(&lay, cols, all_cols(l, t, s, cols), pane->left, c->w);
	draw_head(c, &lay, s, pane);
	for (y = 1; y < c->h && pane->top + y - 1 < (int)nr; y++) {
		draw_row(c, y, &lay, rows[pane->top + y - 1], s, bar, bar_max);
		if (pane->top + y - 1 == pane->sel)
			cells_paint(c, 0, y, c->w, COL_CURSOR);
	}
	if (!nr && c->h > 1)
		cells_put(c, 1, 1, -1, COL_DIM,
			  pane->filter[0] ? "no row matches the filter (F4 changes it)" :
					    "nothing yet");
	free(rows);
	return nr;
}

static const struct field *find_field(const struct table *t, const char *word, size_t len)
{
	size_t i;

	if (len == 3 && !strncasecmp(word, "pid", 3)) {
		word = "tgid";
		len = 4;
	}
	for (i = 0; t && i < t->nr_fields; i++) {
		const struct field *f = &t->fields[i];

		if ((strlen(f->id) == len && !strncasecmp(f->id, word, len)) ||
		    (strlen(f->title) == len && !strncasecmp(f->title, word, len)))
			return f;
	}
	return NULL;
}

const struct field *list_find_field(const struct list *l, const char *word, size_t len)
{
	return find_field(table_find(l->table), word, len);
}

int list_match(const struct table *t, const void *row, __u32 page_size, const char *text)
{
	const char *eq = strchr(text, '=');
	const struct field *f;
	char value[256];
	size_t i;

	if (!text[0])
		return 1;
	if (eq) {
		f = find_field(t, text, eq - text);
		if (!f)
			return 0;
		field_text(f, row, page_size, value, sizeof(value));
		return field_is_text(f) ? strcasestr(value, eq + 1) != NULL :
					  !strcasecmp(value, eq + 1);
	}
	for (i = 0; i < t->nr_fields; i++) {
		f = &t->fields[i];
		if (!field_is_text(f) && f->type != FIELD_ID && f->type != FIELD_ORDER)
			continue;
		field_text(f, row, page_size, value, sizeof(value));
		if (field_is_text(f) ? strcasestr(value, text) != NULL :
				       !strncasecmp(value, text, strlen(text)))
			return 1;
	}
	return 0;
}

struct sort {
	const struct field *field;
	int sign;
};

static int compare(const void *a, const void *b, void *ctx)
{
	const void *ra = *(const void *const *)a, *rb = *(const void *const *)b;
	const struct sort *sort = ctx;
	const struct field *f = sort->field;
	__u64 va, vb;
	int d;

	if (field_is_text(f)) {
		d = strcasecmp(field_str(f, ra), field_str(f, rb));
	} else {
		va = field_u64(f, ra);
		vb = field_u64(f, rb);
		if ((va == NUM_UNKNOWN) != (vb == NUM_UNKNOWN))
			return va == NUM_UNKNOWN ? 1 : -1;
		if (f->type == FIELD_DELTA)
			d = (__s64)va < (__s64)vb ? -1 : (__s64)va > (__s64)vb;
		else
			d = va < vb ? -1 : va > vb;
	}
	if (d)
		return d * sort->sign;
	return ra < rb ? -1 : ra > rb; /* in memory rows have the snapshot's order */
}

size_t list_rows(const struct list *l, const struct snapshot *s, const struct ui_pane *pane,
		 const void ***rows)
{
	const struct table *t = table_find(l->table);
	size_t all = t ? table_rows(t, s) : 0, nr = 0, i;
	const struct field *f = pane->sort && t ? table_field(t, pane->sort) : NULL;
	struct sort sort = { f, 1 };
	const void *row;

	*rows = all ? malloc(all * sizeof(**rows)) : NULL;
	if (!*rows)
		return 0;
	for (i = 0; i < all; i++) {
		row = table_row(t, s, i);
		if (list_match(t, row, s->meta.page_size, pane->filter))
			(*rows)[nr++] = row;
	}
	if (f) {
		/* Names and ids rise, amounts fall. */
		sort.sign = field_is_text(f) || f->type == FIELD_ID ? 1 : -1;
		if (pane->reverse)
			sort.sign = -sort.sign;
		qsort_r(*rows, nr, sizeof(**rows), compare, &sort);
	} else if (pane->reverse) {
		for (i = 0; i < nr / 2; i++) {
			row = (*rows)[i];
			(*rows)[i] = (*rows)[nr - 1 - i];
			(*rows)[nr - 1 - i] = row;
		}
	}
	return nr;
}

int list_search(const struct list *l, const struct snapshot *s, const struct ui_pane *pane,
		int from, const char *text)
{
	const struct table *t = table_find(l->table);
	const void **rows;
	size_t nr = list_rows(l, s, pane, &rows), i;
	int found = -1;

	for (i = 0; i < nr && found < 0 && text[0]; i++)
		if (list_match(t, rows[(from + i) % nr], s->meta.page_size, text))
			found = (from + i) % nr;
	free(rows);
	return found;
}

size_t list_nr_sorts(const struct list *l)
{
	size_t i, nr = 0;

	for (i = 0; i < l->nr_cols; i++)
		nr += l->cols[i].field != NULL;
	return nr;
}

const char *list_sort_field(const struct list *l, size_t n)
{
	size_t i;

	for (i = 0; i < l->nr_cols; i++)
		if (l->cols[i].field && !n--)
			return l->cols[i].field;
	return NULL;
}

const char *list_sort_step(const struct list *l, const struct ui_pane *pane, int n)
{
	int nr = list_nr_sorts(l), at = n > 0 ? -1 : nr, i;

	for (i = 0; i < nr && pane->sort; i++)
		if (!strcmp(list_sort_field(l, i), pane->sort))
			at = i;
	at += n;
	if (at < 0 || at >= nr)
		return NULL; /* beyond either end: the snapshot's own order */
	return list_sort_field(l, at);
}

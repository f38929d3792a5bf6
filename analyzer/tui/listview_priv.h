/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table of the snapshot as a list: its columns, the order of its rows, and a filter. The screens of
 * processes and outcomes are one struct list each.
 */
#ifndef TUI_LISTVIEW_PRIV_H
#define TUI_LISTVIEW_PRIV_H

#include "tui/cells_priv.h"
#include "model/field.h"
#include "tui/ui_state_priv.h"

struct list_col {
	const char *field; /* id in the table; NULL: a bar of @bar */
	int width;	   /* at least; 0: the field's own */
	int max;	   /* grows up to this if the line has room; 0: does not grow */
};

struct list {
	const char *table;
	const struct list_col *cols;
	size_t nr_cols;
	const char *bar; /* field that the bar shows, as a share of its largest value */
	/* Adds a column for each order: collapses, for a table of processes. */
	int by_order;
};

/* The rows that match the pane's filter, in its order. Their number; the caller frees @rows. */
size_t list_rows(const struct list *l, const struct snapshot *s, const struct ui_pane *pane,
		 const void ***rows);

/*
 * Draws head and rows into @c, with the pane's row selected. Returns the number of rows that match
 * the filter; a page is c->h - 1 rows.
 */
int list_draw(struct cells *c, const struct list *l, const struct snapshot *s,
	      const struct ui_pane *pane);

/* Does @row match @text: in a name, or as the prefix of an id? "field=value" matches one field. */
int list_match(const struct table *t, const void *row, __u32 page_size, const char *text);

/* The next row from @from on that matches @text, going round; -1: none. */
int list_search(const struct list *l, const struct snapshot *s, const struct ui_pane *pane,
		int from, const char *text);

/* The field of the column @n after (or before) the one that the pane is sorted by. */
const char *list_sort_step(const struct list *l, const struct ui_pane *pane, int n);

/* The field of a column, and the number of columns that can be sorted by. */
const char *list_sort_field(const struct list *l, size_t i);
size_t list_nr_sorts(const struct list *l);

/* A field of @l by its id or its title, of @len bytes; NULL. */
const struct field *list_find_field(const struct list *l, const char *word, size_t len);

#endif

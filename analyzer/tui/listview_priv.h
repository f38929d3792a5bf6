/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table of the snapshot as a list to walk through: which columns, in which order of rows, which
 * rows at all. The screens of processes and outcomes are one struct list each.
 */
#ifndef TUI_LISTVIEW_PRIV_H
#define TUI_LISTVIEW_PRIV_H

#include "tui/cells_priv.h"
#include "model/field.h"
#include "tui/ui_state_priv.h"

struct list_col {
	const char *field; /* id in the table; NULL: a bar of @bar */
	int width;	   /* at least; 0: the field's own */
	int max;	   /* takes up to this of what is left of the line; 0: nothing */
};

struct list {
	const char *table;
	const struct list_col *cols;
	size_t nr_cols;
	const char *bar; /* field that the bar shows, as a share of the largest one */
	/* More columns behind: done per order, for a table of processes. */
	int by_order;
};

/* The rows that pass the pane's filter, in its order. Their number; @rows is the caller's to free. */
size_t list_rows(const struct list *l, const struct snapshot *s, const struct ui_pane *pane,
		 const void ***rows);

/*
 * Draws head and rows into @c, with the pane's row selected. Returns the number of rows that pass
 * the filter; the page is c->h - 1 rows.
 */
int list_draw(struct cells *c, const struct list *l, const struct snapshot *s,
	      const struct ui_pane *pane);

/* Does @row hold @text: in a name, or at the begin of an id? "field=value" looks at one field. */
int list_match(const struct table *t, const void *row, __u32 page_size, const char *text);

/* Next row from @from on that holds @text, going round; -1 if none does. */
int list_search(const struct list *l, const struct snapshot *s, const struct ui_pane *pane,
		int from, const char *text);

/* The field that the column @n after (or before) the pane's sort column shows. */
const char *list_sort_step(const struct list *l, const struct ui_pane *pane, int n);

/* The field of a column, and the number of columns that can be sorted by. */
const char *list_sort_field(const struct list *l, size_t i);
size_t list_nr_sorts(const struct list *l);

/* A field of @l by its id or its title, of @len bytes; NULL. */
const struct field *list_find_field(const struct list *l, const char *word, size_t len);

#endif

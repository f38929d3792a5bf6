// SPDX-License-Identifier: GPL-2.0-only
/*
 * Differences of two snapshots, by the tables of fields: a new table or field needs no change here.
 *
 * Two runs rarely have the same length. Each number therefore comes with its share of the column: the
 * shape. Tables are small (hundreds of rows), so rows are matched by searching.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view/diff.h"

static bool same_value(const struct field *f, const void *a, const void *b)
{
	const char *s = field_str(f, a);

	return s ? !strcmp(s, field_str(f, b)) : field_u64(f, a) == field_u64(f, b);
}

static const void *find_row(const struct table *t, const struct snapshot *s, const void *like)
{
	size_t rows = table_rows(t, s), r, i;

	for (r = 0; r < rows; r++) {
		const void *row = table_row(t, s, r);

		for (i = 0; i < t->nr_fields; i++)
			if (t->fields[i].key && !same_value(&t->fields[i], row, like))
				break;
		if (i == t->nr_fields)
			return row;
	}
	return NULL;
}

/* Has the field a sum over rows of which a share means something? */
static bool has_share(const struct table *t, const struct field *f)
{
	return t->count_at && !f->key && field_adds_up(f);
}

static __u64 share(const struct table *t, const struct field *f, const struct snapshot *s,
		   const void *row)
{
	size_t rows = table_rows(t, s), r;
	__u64 n, all = 0;

	if (!has_share(t, f))
		return NUM_UNKNOWN;
	for (r = 0; r < rows; r++) {
		n = field_u64(f, table_row(t, s, r));
		if (n != NUM_UNKNOWN)
			all += n;
	}
	n = row ? field_u64(f, row) : 0;
	return all && n != NUM_UNKNOWN ? (__u64)((double)n / all * 1e6 + 0.5) : NUM_UNKNOWN;
}

static int add(struct diff *d, const struct table *t, const struct field *f, const void *a,
	       const void *b)
{
	struct diff_row *row, *rows;

	if (a && b && same_value(f, a, b))
		return 0;
	rows = reallocarray(d->rows, d->nr_rows + 1, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	d->rows = rows;
	row = &rows[d->nr_rows++];
	row->table = t;
	row->field = f;
	row->a = a;
	row->b = b;
	row->share_a_ppm = share(t, f, d->a, a);
	row->share_b_ppm = share(t, f, d->b, b);
	return 0;
}

static int add_row(struct diff *d, const struct table *t, const void *a, const void *b)
{
	size_t i;
	int err = 0;

	for (i = 0; i < t->nr_fields && !err; i++)
		if (!t->fields[i].key)
			err = add(d, t, &t->fields[i], a, b);
	return err;
}

static int diff_table(struct diff *d, const struct table *t)
{
	size_t rows_a = table_rows(t, d->a), rows_b = table_rows(t, d->b), r;
	int err = 0;

	for (r = 0; r < rows_a && !err; r++) {
		const void *a = table_row(t, d->a, r);

		err = add_row(d, t, a, find_row(t, d->b, a));
	}
	for (r = 0; r < rows_b && !err; r++) {
		const void *b = table_row(t, d->b, r);

		if (!find_row(t, d->a, b))
			err = add_row(d, t, NULL, b);
	}
	return err;
}

int diff_make(const struct snapshot *a, const struct snapshot *b, struct diff *d)
{
	size_t i;
	int err = 0;

	memset(d, 0, sizeof(*d));
	if (a->meta.page_size != b->meta.page_size || a->meta.pmd_order != b->meta.pmd_order)
		return -EINVAL;
	d->a = a;
	d->b = b;
	for (i = 0; i < nr_tables && !err; i++)
		if (!tables[i].own)
			err = diff_table(d, &tables[i]);
	return err;
}

void diff_free(struct diff *d)
{
	free(d->rows);
	d->rows = NULL;
	d->nr_rows = 0;
}

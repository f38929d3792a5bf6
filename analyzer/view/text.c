// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text report: the summary as a list, the other tables with aligned columns. A column is as wide as
 * its widest cell; numbers are aligned right, words left. Columns in which every cell is unknown or empty
 * are left out and named below the table. Idle rows are left out and counted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/field.h"
#include "lib/utf8.h"
#include "model/verdict.h"
#include "view/answers.h"
#include "view/formats.h"

#define CELL	 160
#define SENTENCE 512
#define BAR	 40 /* columns of the longest bar */

static void list(const struct doc *d, const struct table *t, FILE *out)
{
	const void *row = table_row(t, d->data, 0);
	char cell[SENTENCE];
	size_t i;

	for (i = 0; i < t->nr_fields; i++) {
		const struct field *f = &t->fields[i];

		fprintf(out, "  %-16s%s\n", f->title,
			field_text(f, row, d->page_size, cell, sizeof(cell)));
	}
}

/* The table as it is laid out: how wide each column is, which rows are shown. */
struct layout {
	const struct doc *d;
	const struct table *t;
	const struct field *idle, *bar; /* NULL: none */
	unsigned int *width;		/* of each column; 0: unknown in every row */
	__u64 longest;			/* largest number of the bars */
	size_t left_out;		/* rows */
};

static bool is_shown(const struct layout *l, const void *row)
{
	return !l->idle || field_u64(l->idle, row);
}

static unsigned int width_of(const struct layout *l, const struct field *f)
{
	unsigned int width = utf8_width(f->title), n;
	size_t rows = table_rows(l->t, l->d->data), i;
	char cell[CELL];
	bool known = false;

	for (i = 0; i < rows; i++) {
		const void *row = table_row(l->t, l->d->data, i);

		if (!is_shown(l, row))
			continue;
		field_text(f, row, l->d->page_size, cell, sizeof(cell));
		known |= strcmp(cell, "-") != 0;
		n = utf8_width(cell);
		if (n > width)
			width = n;
	}
	return known ? width : 0;
}

static int lay_out(struct layout *l, const struct doc *d, const struct table *t)
{
	size_t rows = table_rows(t, d->data), i;

	memset(l, 0, sizeof(*l));
	l->d = d;
	l->t = t;
	l->idle = t->idle ? table_field(t, t->idle) : NULL;
	l->bar = t->bar ? table_field(t, t->bar) : NULL;
	l->width = calloc(t->nr_fields, sizeof(*l->width));
	if (!l->width)
		return -ENOMEM;
	for (i = 0; i < t->nr_fields; i++)
		l->width[i] = width_of(l, &t->fields[i]);
	for (i = 0; i < rows; i++) {
		const void *row = table_row(t, d->data, i);

		l->left_out += !is_shown(l, row);
		if (l->bar && field_u64(l->bar, row) > l->longest)
			l->longest = field_u64(l->bar, row);
	}
	return 0;
}

/* One line: the heads (@row NULL) or a row. Spaces are held back until something follows them. */
static void line(const struct layout *l, const void *row, FILE *out)
{
	unsigned int gap = 0, n, i;
	char cell[CELL];

	for (i = 0; i < l->t->nr_fields; i++) {
		const struct field *f = &l->t->fields[i];

		if (!l->width[i])
			continue;
		if (row)
			field_text(f, row, l->d->page_size, cell, sizeof(cell));
		else
			snprintf(cell, sizeof(cell), "%s", f->title);
		n = l->width[i] - utf8_width(cell);
		gap += 2 + (field_is_text(f) ? 0 : n);
		fprintf(out, "%*s%s", (int)gap, "", cell);
		gap = field_is_text(f) ? n : 0;
	}
	if (row && l->bar && field_u64(l->bar, row)) {
		n = 1 + (BAR - 1) * (double)field_u64(l->bar, row) / l->longest;
		fprintf(out, "%*s", (int)gap + 2, "");
		while (n--)
			fputc('#', out);
	}
	fputc('\n', out);
}

static void footnotes(const struct layout *l, FILE *out)
{
	const char *sep = "  unknown: ";
	size_t i;

	for (i = 0; i < l->t->nr_fields && l->left_out < table_rows(l->t, l->d->data); i++) {
		if (l->width[i])
			continue;
		fprintf(out, "%s%s", sep, l->t->fields[i].title);
		sep = ", ";
	}
	if (*sep == ',')
		fputc('\n', out);
	if (l->left_out)
		fprintf(out, "  +%zu more without a %s\n", l->left_out, l->idle->title);
}

static int grid(const struct doc *d, const struct table *t, FILE *out)
{
	size_t rows = table_rows(t, d->data), r;
	struct layout l;

	if (lay_out(&l, d, t))
		return -ENOMEM;
	if (l.left_out < rows)
		line(&l, NULL, out);
	for (r = 0; r < rows; r++)
		if (is_shown(&l, table_row(t, d->data, r)))
			line(&l, table_row(t, d->data, r), out);
	footnotes(&l, out);
	free(l.width);
	return 0;
}

static int text_table(const struct doc *d, const struct table *t, FILE *out)
{
	const char *why = table_unknown(t, d->has);

	fprintf(out, "%s\n", t->title);
	if (why) {
		fprintf(out, "  %s\n", why);
	} else if (!t->count_at) {
		list(d, t, out);
	} else if (!table_rows(t, d->data)) {
		fprintf(out, "  %s\n", t->none ? t->none : "none");
	} else {
		return grid(d, t, out);
	}
	return 0;
}

int view_end(FILE *out)
{
	errno = EIO;
	return fflush(out) || ferror(out) ? -errno : 0;
}

int doc_text(const struct doc *d, const char *table, FILE *out)
{
	const char *gap = "";
	size_t i;
	int err;

	for (i = 0; i < d->nr_tables; i++) {
		if (table ? strcmp(d->tables[i].id, table) != 0 : d->tables[i].over_time)
			continue;
		fputs(gap, out);
		gap = "\n";
		err = text_table(d, &d->tables[i], out);
		if (err)
			return err;
	}
	return view_end(out);
}

/* What to know first: the verdict, and the questions in a line each; in JSON and HTML they are answered in full. */
static void answers(const struct snapshot *s, FILE *out)
{
	struct answer a[ANSWERS_NR];
	const char *before = "  Unknown: ";
	size_t i;

	fprintf(out, "%s: %s\n", verdict_title(s->verdict.word), s->summary.headline);
	if (s->summary.next[0])
		fprintf(out, "Next: %s\n", s->summary.next);
	fprintf(out, "\nAnswers\n");
	answers_make(s, a);
	for (i = 0; i < ANSWERS_NR; i++)
		if (a[i].known)
			fprintf(out, "  %-62s %s\n", a[i].question, a[i].brief);
	for (i = 0; i < ANSWERS_NR; i++)
		if (!a[i].known) {
			fprintf(out, "%s%s", before, a[i].question);
			before = " ";
		}
	fputs(*before && !before[1] ? "\n\n" : "\n", out);
}

int view_text(const struct snapshot *s, const char *table, FILE *out)
{
	struct doc d = doc_snapshot(s);

	if (!table)
		answers(s, out);
	return doc_text(&d, table, out);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text report: the summary as a list, the other tables with aligned columns. A column is as wide as
 * its widest cell; numbers stand right, words left. Columns in which every cell is unknown or empty
 * are left out of a table, and named below it, so that what this kernel cannot tell is said once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "view.h"

#define CELL 160

static int is_left(const struct field *f)
{
	return f->type == FIELD_STR || f->type == FIELD_CHARS;
}

/* Columns of @text on a terminal: one for each UTF-8 sequence. */
static unsigned int columns(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void pad(FILE *out, const char *text, unsigned int width, int left)
{
	unsigned int n = columns(text), gap = n < width ? width - n : 0;

	if (left)
		fprintf(out, "%s%*s", text, (int)gap, "");
	else
		fprintf(out, "%*s%s", (int)gap, "", text);
}

static void list(const struct snapshot *s, const struct table *t, FILE *out)
{
	const void *row = table_row(t, s, 0);
	char cell[CELL];
	size_t i;

	for (i = 0; i < t->nr_fields; i++) {
		const struct field *f = &t->fields[i];

		fprintf(out, "  %-16s%s\n", f->title,
			field_text(f, row, s->meta.page_size, cell, sizeof(cell)));
	}
}

/* Width of column @f; 0 when no row has anything to show in it. */
static unsigned int width_of(const struct snapshot *s, const struct table *t, const struct field *f)
{
	unsigned int width = columns(f->title), n;
	size_t rows = table_rows(t, s), i;
	char cell[CELL];
	int told = 0;

	for (i = 0; i < rows; i++) {
		field_text(f, table_row(t, s, i), s->meta.page_size, cell, sizeof(cell));
		told |= strcmp(cell, "-") != 0;
		n = columns(cell);
		if (n > width)
			width = n;
	}
	return told ? width : 0;
}

static void head(const struct table *t, const unsigned int *width, FILE *out)
{
	size_t i;

	for (i = 0; i < t->nr_fields; i++) {
		if (!width[i])
			continue;
		fprintf(out, "  ");
		pad(out, t->fields[i].title, width[i], is_left(&t->fields[i]));
	}
	fputc('\n', out);
}

static void untold(const struct table *t, const unsigned int *width, FILE *out)
{
	const char *sep = "  not told: ";
	size_t i;

	for (i = 0; i < t->nr_fields; i++) {
		if (width[i])
			continue;
		fprintf(out, "%s%s", sep, t->fields[i].title);
		sep = ", ";
	}
	if (*sep == ',')
		fputc('\n', out);
}

static int grid(const struct snapshot *s, const struct table *t, FILE *out)
{
	unsigned int *width = calloc(t->nr_fields, sizeof(*width));
	size_t rows = table_rows(t, s), i, r;
	char cell[CELL];

	if (!width)
		return -ENOMEM;
	for (i = 0; i < t->nr_fields; i++)
		width[i] = width_of(s, t, &t->fields[i]);
	head(t, width, out);
	for (r = 0; r < rows; r++) {
		for (i = 0; i < t->nr_fields; i++) {
			if (!width[i])
				continue;
			field_text(&t->fields[i], table_row(t, s, r), s->meta.page_size, cell,
				   sizeof(cell));
			fprintf(out, "  ");
			pad(out, cell, width[i], is_left(&t->fields[i]));
		}
		fputc('\n', out);
	}
	untold(t, width, out);
	free(width);
	return 0;
}

static int text_table(const struct snapshot *s, const struct table *t, FILE *out)
{
	fprintf(out, "%s\n", t->title);
	if (!t->count_at) {
		list(s, t, out);
	} else if (!table_rows(t, s)) {
		fprintf(out, "  none\n");
	} else {
		return grid(s, t, out);
	}
	return 0;
}

int view_text(const struct snapshot *s, const char *table, FILE *out)
{
	const char *gap = "";
	size_t i;
	int err;

	for (i = 0; i < nr_tables; i++) {
		if (table && strcmp(tables[i].id, table))
			continue;
		fputs(gap, out);
		gap = "\n";
		err = text_table(s, &tables[i], out);
		if (err)
			return err;
	}
	return fflush(out) || ferror(out) ? -EIO : 0;
}

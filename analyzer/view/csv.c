// SPDX-License-Identifier: GPL-2.0-only
/*
 * CSV after RFC 4180, except for line ends: a header line of field ids, then the rows. Unknown is an
 * empty cell. Strings are made harmless, as in text: a CSV may be printed to a terminal. A string that a
 * spreadsheet would take for a formula has an apostrophe in front, and so has one that looks as if it had got
 * one. If there are several tables, each begins with a line "# id" and ends with an empty line.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fmt.h"
#include "lib/utf8.h"
#include "model/field.h"
#include "view/formats.h"

/* What spreadsheets take for a formula, also in its wide form, behind apostrophes of its own. */
static bool is_formula(const char *s)
{
	s += strspn(s, "'");
	switch (utf8_next(&s)) {
	case '=':
	case '+':
	case '-':
	case '@':
	case 0xff0b:
	case 0xff0d:
	case 0xff1d:
	case 0xff20:
		return true;
	default:
		return false;
	}
}

static void quoted(const char *s, FILE *out)
{
	/* An apostrophe tells them that it is text. */
	const char *text = is_formula(s) ? "'" : "";

	/* Some of them separate cells by semicolons. */
	if (!strpbrk(s, ",;\"\r\n")) {
		fprintf(out, "%s%s", text, s);
		return;
	}
	fprintf(out, "\"%s", text);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', out);
		fputc(*s, out);
	}
	fputc('"', out);
}

static void text(const char *s, FILE *out)
{
	/* Every byte may become \xNN. */
	size_t len = 4 * strlen(s) + 1;
	char *safe = malloc(len);

	if (safe)
		quoted(fmt_safe(s, safe, len), out);
	free(safe);
}

static void cell(const struct field *f, const void *row, FILE *out)
{
	const char *s = field_str(f, row);
	__u64 n = field_u64(f, row);

	if (s)
		text(s, out);
	else if (f->type == FIELD_DELTA && n != SNAP_NO_DELTA)
		fprintf(out, "%lld", (long long)n);
	else if (f->type == FIELD_HEX)
		fprintf(out, "%llx", (unsigned long long)n);
	else if (f->type != FIELD_DELTA && n != NUM_UNKNOWN)
		fprintf(out, "%llu", (unsigned long long)n);
}

static void csv_table(const struct doc *d, const struct table *t, FILE *out)
{
	size_t rows = table_unknown(t, d->has) ? 0 : table_rows(t, d->data), i, r;

	for (i = 0; i < t->nr_fields; i++)
		fprintf(out, "%s%s", i ? "," : "", t->fields[i].id);
	fputc('\n', out);
	for (r = 0; r < rows; r++) {
		for (i = 0; i < t->nr_fields; i++) {
			if (i)
				fputc(',', out);
			cell(&t->fields[i], table_row(t, d->data, r), out);
		}
		fputc('\n', out);
	}
}

int doc_csv(const struct doc *d, const char *table, FILE *out)
{
	const struct table *t;
	size_t i;

	for (i = 0; i < d->nr_tables; i++) {
		t = &d->tables[i];
		if (table && strcmp(t->id, table))
			continue;
		if (!table)
			fprintf(out, "# %s\n", t->id);
		csv_table(d, t, out);
		if (!table)
			fputc('\n', out);
	}
	return view_end(out);
}

int view_csv(const struct snapshot *s, const char *table, FILE *out)
{
	struct doc d = doc_snapshot(s);

	return doc_csv(&d, table, out);
}

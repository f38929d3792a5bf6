/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing HTML. It is well-formed XML as well, so that xmllint reads it, and refers to nothing outside:
 * no script, no font, no picture, and a policy that forbids them.
 *
 * html_put() escapes every %s. Only the format itself, a literal, is markup.
 */
#ifndef HTML_MARKUP_PRIV_H
#define HTML_MARKUP_PRIV_H

#include <stdbool.h>
#include <stdio.h>
#include "model/field.h"

struct html {
	FILE *out;
};

/*
 * As printf(), for: %s (escaped, made harmless as fmt_safe() does it), %d, %u, %zu, %llu, %x with
 * their flags, %.Nf, %c and %%.
 */
void html_put(struct html *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * A name from outside as an argument for %s, html_name(name).s: html_put() leaves backslashes as they are, because most
 * of its texts have been through fmt_safe() in parts.
 */
struct html_name {
	char s[4 * 4096];
};
struct html_name html_name(const char *name);

/* The begin of the page, including <main>, and its end. */
void html_begin(struct html *h, const char *title);
void html_end(struct html *h);

/* A part of a page. @data of its functions: the page's. */
struct html_section {
	const char *id; /* of the element; linked to */
	const char *title;
	void (*draw)(struct html *h, const void *data);
	bool (*has)(const void *data); /* NULL: always there */
};

/* Links to the sections, then the sections. */
void html_sections(struct html *h, const struct html_section *list, size_t nr, const void *data);

/* How a table of a doc is shown. All of it is optional. */
struct html_table {
	const size_t *fields; /* the columns, by their offsets in the row's struct; NULL: all */
	size_t nr_fields;
	size_t bar; /* offset of the field that is drawn as bars, as a part of the greatest; 0: none */
	size_t max;	     /* rows; the rest is counted */
	const char *more;    /* the command that shows all */
	const char *caption; /* instead of the table's title */
	bool (*pick)(const struct doc *d, const void *row);
};

/*
 * Draws the table called @id. Columns in which everything is unknown are left out and named below it;
 * idle rows and those beyond the maximum are left out and counted there.
 */
void html_table(struct html *h, const struct doc *d, const char *id, const struct html_table *how);

/* A field of @row as a table cell: numbers on the right; a rounded number has the exact one as title. */
void html_cell(struct html *h, const struct field *f, const void *row, __u32 page_size);

/* Around a part that may be wider than the window, so that it scrolls by itself. @label: its name. */
void html_wide(struct html *h, const char *label);
void html_wide_end(struct html *h);

/* style.c: fonts of the system, light and dark, paper, small screens. It contains neither & nor <, so
 * that XML needs no escapes. */
extern const char html_style[];

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing HTML. What is written is well-formed XML as well, so that xmllint reads it, and asks for
 * nothing from outside: no script, no font, no picture, and a policy that forbids them.
 *
 * Escaping is not left to those who write: html_put() escapes every %s. Only the format itself is
 * markup, and a literal of ours.
 */
#ifndef HTML_MARKUP_PRIV_H
#define HTML_MARKUP_PRIV_H

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

/* The begin of the page up to and with <main>, and its end. */
void html_begin(struct html *h, const char *title);
void html_end(struct html *h);

/* A part of a page. @draw gets what the page is about. */
struct html_section {
	const char *id; /* of the element; linked to */
	const char *title;
	void (*draw)(struct html *h, const void *data);
	int (*has)(const void *data); /* NULL: always there */
};

/* Links to the sections, then the sections. */
void html_sections(struct html *h, const struct html_section *list, size_t nr, const void *data);

/* How a table of a doc is shown. All of it is optional. */
struct html_table {
	const char *const *fields; /* ids of the columns, up to NULL; else all of the table */
	const char *bar;	   /* field that is drawn as bars, as a part of the greatest */
	size_t max;		   /* rows; the rest is counted */
	const char *more;	   /* the command that shows all */
	const char *caption;	   /* instead of the table's title */
	int (*pick)(const struct doc *d, const void *row);
};

/*
 * Draws the table called @id. Columns that tell nothing, idle rows and those beyond the maximum are
 * left out and named below it; nothing goes silently.
 */
void html_table(struct html *h, const struct doc *d, const char *id, const struct html_table *how);

/* A field of @row as a table cell: right for numbers, the exact number beside a rounded one. */
void html_cell(struct html *h, const struct field *f, const void *row, __u32 page_size);

/* Opens and closes what is wider than a phone, so that it scrolls by itself. @label: what it is. */
void html_wide(struct html *h, const char *label);
void html_wide_end(struct html *h);

/* style.c: fonts of the system, light and dark, paper, small screens. Neither & nor < is in it: it
 * stands in XML as it is. */
extern const char html_style[];

#endif

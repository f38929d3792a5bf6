/* SPDX-License-Identifier: GPL-2.0-only */
/* The options --format and --table of report, whatif and survey. */
#ifndef CMD_TABLES_PRIV_H
#define CMD_TABLES_PRIV_H

#include <stdio.h>

#include "model/field.h"

enum tables_format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_CSV,
	FORMAT_HTML, /* a page, with more than tables: each command has its own */
	NR_FORMATS
};

/* Their names, for a row of kind CHOICE. */
extern const char *const tables_formats[NR_FORMATS + 1];

/* Is @name, of --table, one of @nr tables, or NULL? EXIT_OK, or EXIT_USAGE after a message. */
int tables_check(const struct table *list, size_t nr, const char *name);

/* Writes @table, or all if it is NULL, in any format but HTML. 0 or -errno. */
int tables_write(const struct doc *d, enum tables_format format, const char *table, FILE *out);

#endif

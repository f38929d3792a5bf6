/* SPDX-License-Identifier: GPL-2.0-only */
/* Views that write HTML: one file that needs nothing but a browser. Each returns 0 or -errno. */
#ifndef HTML_PAGES_H
#define HTML_PAGES_H

#include <stdio.h>

#include "survey/sums.h"
#include "view/diff.h"
#include "whatif/tables.h"

/* A report of @s, called @name. @table: only this one; NULL: all. */
int html_report(const struct snapshot *s, const char *name, const char *table, FILE *out);

/* Two runs over each other. */
int html_diff(const struct diff *d, const char *name_a, const char *name_b, FILE *out);

int html_survey(const struct survey_rows *r, const char *table, FILE *out);

/* @name: the trace's. */
int html_whatif(const struct whatif_doc *d, const char *name, const char *table, FILE *out);

#endif

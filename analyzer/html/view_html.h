/* SPDX-License-Identifier: GPL-2.0-only */
/* Views that write HTML: one file that needs nothing but a browser. */
#ifndef VIEW_HTML_H
#define VIEW_HTML_H

#include <stdio.h>
#include "view/diff.h"

/* A report of @s, called @name. @table: only this one; NULL: all. 0 or -errno. */
int html_report(const struct snapshot *s, const char *name, const char *table, FILE *out);

/* Two runs over each other. 0 or -errno. */
int html_diff(const struct diff *d, const char *name_a, const char *name_b, FILE *out);

#endif

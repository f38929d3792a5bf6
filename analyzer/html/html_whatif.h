/* SPDX-License-Identifier: GPL-2.0-only */
/* A what-if as a page. */
#ifndef HTML_WHATIF_H
#define HTML_WHATIF_H

#include "whatif/whatif_view.h"

/* @name: the trace's; @table: only this one, NULL: all. 0 or -errno. */
int html_whatif(const struct whatif_doc *d, const char *name, const char *table, FILE *out);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* A survey as a page. */
#ifndef HTML_SURVEY_H
#define HTML_SURVEY_H

#include <stdio.h>
#include "survey/survey_sum.h"

/* @table: only this one; NULL: all. 0 or -errno. */
int html_survey(const struct survey_rows *r, const char *table, FILE *out);

#endif

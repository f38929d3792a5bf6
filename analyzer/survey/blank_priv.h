/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages inside huge pages that hold nothing but zeroes: most were never written to. The kernel does
 * not say so, only the pages themselves do: they are read through /proc/PID/mem, on request.
 */
#ifndef SURVEY_BLANK_PRIV_H
#define SURVEY_BLANK_PRIV_H

#include "survey/run_priv.h"

struct survey_blank;
struct survey_look;

/* Takes what @look finds to be mapped by large folios. 0 or -ENOMEM. */
int survey_blank_new(__u32 page_size, struct survey_look *look, struct survey_blank **b);
void survey_blank_free(struct survey_blank *b);

/* The process to read, and where to add what was found. */
void survey_blank_open(struct survey_blank *b, int dir, struct survey_sums *sums);
void survey_blank_close(struct survey_blank *b);

#endif

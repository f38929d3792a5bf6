/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages of large folios that hold only zeroes: most were never written to. Only their contents show it, so
 * they are read through /proc/PID/mem, on request.
 */
#ifndef SURVEY_BLANK_PRIV_H
#define SURVEY_BLANK_PRIV_H

#include "survey/run_priv.h"

struct survey_blank;
struct survey_look;

/* Reads the stretches that @look finds mapped by large folios. 0 or -ENOMEM. */
int survey_blank_new(__u32 page_size, struct survey_look *look, struct survey_blank **b);
void survey_blank_free(struct survey_blank *b);

/* The process to read, and the sums to add to. */
void survey_blank_open(struct survey_blank *b, int dir, struct survey_sums *sums);
void survey_blank_close(struct survey_blank *b);

#endif

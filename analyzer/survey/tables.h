/* SPDX-License-Identifier: GPL-2.0-only */
/* A survey with its rows, for screens: snapshot->extra of source_survey_open(). */
#ifndef SURVEY_TABLES_H
#define SURVEY_TABLES_H

#include "model/source_data.h"
#include "model/source.h"
#include "survey/sums.h"

struct survey_view {
	struct extra extra;
	struct survey *survey;
	struct survey_rows *rows;
};

/* A view of @s, compared with @before (or NULL); it owns @s. The caller is its holder. NULL: no memory. */
struct survey_view *survey_view_new(struct survey *s, const struct survey *before);

/*
 * Surveys as a live source: model->extra is a new one at each tick. @record gets the events, or NULL; it
 * stays the caller's. 0, or -errno after a message.
 */
struct survey_record;
int source_survey_open(struct source **s, const struct survey_wanted *wanted,
		       struct survey_record *record);

#endif

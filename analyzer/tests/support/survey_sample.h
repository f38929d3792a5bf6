/* SPDX-License-Identifier: GPL-2.0-only */
/* A survey with a value in every table, for tests of views. */
#ifndef TESTS_SUPPORT_SURVEY_SAMPLE_H
#define TESTS_SUPPORT_SURVEY_SAMPLE_H

#include "survey/tables.h"

/* The caller is the only holder. NULL: out of memory. */
struct survey_view *survey_sample(void);

/* The same with another name of its second process, and another cgroup of that. */
struct survey_view *survey_sample_of(const char *comm, const char *cgroup);

#endif

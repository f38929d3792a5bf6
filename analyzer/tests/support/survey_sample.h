/* SPDX-License-Identifier: GPL-2.0-only */
/* A survey with something to show of everything, for tests of views. */
#ifndef TESTS_SUPPORT_SURVEY_SAMPLE_H
#define TESTS_SUPPORT_SURVEY_SAMPLE_H

#include "survey/tables.h"

/* One holder: the caller. NULL when memory is out. */
struct survey_view *survey_sample(void);

#endif

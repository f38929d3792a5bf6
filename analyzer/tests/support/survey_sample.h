/* SPDX-License-Identifier: GPL-2.0-only */
/* A survey with something to show of everything, for tests of views. */
#ifndef SURVEY_SAMPLE_H
#define SURVEY_SAMPLE_H

#include "survey/survey_view.h"

/* One holder: the caller. NULL when memory is out. */
struct survey_view *survey_sample(void);

#endif

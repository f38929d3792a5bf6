/* SPDX-License-Identifier: GPL-2.0-only */
/* A model of a stock kernel that works in vain, for screens and reports. */
#ifndef TESTS_SUPPORT_CHURN_MODEL_H
#define TESTS_SUPPORT_CHURN_MODEL_H

#include "model/state.h"

/*
 * Detail ranges, as probes on 7.3 report it: two processes, one of them with a hostile name, whose ranges are
 * collapsed to 64K in the first of nine passes of ten seconds, and tried again in each later one. MADV_COLLAPSE
 * fails once.
 */
struct model *churn_model(void);

#endif

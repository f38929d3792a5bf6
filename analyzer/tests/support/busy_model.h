/* SPDX-License-Identifier: GPL-2.0-only */
/* A model with plenty of everything, for screens. */
#ifndef TESTS_SUPPORT_BUSY_MODEL_H
#define TESTS_SUPPORT_BUSY_MODEL_H

#include "model/state.h"

/*
 * Detail plans, orders 2 ... 9: forty processes of which some have hostile names, more reasons than fit,
 * all sizes, censored and complete samples, kernel counters per size, a minute of ticks, two losses.
 * The same on every call.
 */
struct model *busy_model(void);

#endif

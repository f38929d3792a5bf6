/* SPDX-License-Identifier: GPL-2.0-only */
/* A model with many rows in every table, for screens. */
#ifndef TESTS_SUPPORT_BUSY_MODEL_H
#define TESTS_SUPPORT_BUSY_MODEL_H

#include "model/state.h"

/*
 * Detail plans, orders 2 ... 9: forty processes, some with hostile names, more results than fit, all
 * sizes, censored and complete samples, kernel counters per size, a minute of ticks, two losses. Each
 * call gives the same model.
 */
struct model *busy_model(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel's results mean, in words. */
#ifndef RESULTS_TEXT_H
#define RESULTS_TEXT_H

#include <mthp/result.h>
#include <mthp/types.h>

/* Reads on after "because"; NULL for a result that this build does not know. */
const char *results_meaning(__u8 result);

#endif

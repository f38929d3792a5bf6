/* SPDX-License-Identifier: GPL-2.0-only */
/* Allocations that fail on purpose (CONFIG_FAIL_PAGE_ALLOC), in khugepaged only. */
#ifndef MTHP_FAULTS_H
#define MTHP_FAULTS_H

#include <stdbool.h>

bool faults_have(void);

/*
 * Of khugepaged's allocations of min_order and more, let each interval-th fail, at most times (-1:
 * without limit). The count continues from its last value.
 */
void faults_start(int min_order, unsigned int interval, int times);
void faults_stop(void);

#endif /* MTHP_FAULTS_H */

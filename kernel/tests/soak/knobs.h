/* SPDX-License-Identifier: GPL-2.0-only */
/* Changes by the soak while its processes run: settings, limits, memory pressure. */
#ifndef MTHP_SOAK_KNOBS_H
#define MTHP_SOAK_KNOBS_H

#include "rng.h"

/* The start of a soak: khugepaged scans without a pause, everything is enabled. */
void knobs_start(void);

/* Turns one knob at random; returns what it is called. */
const char *knobs_turn(struct rng *r);

/* Nothing is enabled, nothing is limited: khugepaged and KSM are idle. */
void knobs_stop(void);

/* The memory cgroup that the processes are in; NULL: there is none. */
void knobs_cgroup(const char *path);

/* "name times" for each, into buf. */
void knobs_summary(char *buf, unsigned int size);

#endif /* MTHP_SOAK_KNOBS_H */

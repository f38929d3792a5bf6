/* SPDX-License-Identifier: GPL-2.0-only */
/* Events and metas for tests. */
#ifndef TESTS_SUPPORT_EVENTS_H
#define TESTS_SUPPORT_EVENTS_H

#include "model/state.h"

/* 6.18-like: 4 KiB pages, PMD order 9, detail totals, started at 1 s. */
void evs_meta(struct meta *meta);

/* An event of process 100 + @who (mm 1000 + @who) at @ts_ns; scans get PMD order. */
struct mthp_ev evs_make(__u8 kind, __u8 result, __u64 ts_ns, __u32 who);

/* As evs_make(), a complete or censored scan of a range with @none empty PTEs. */
struct mthp_ev evs_scan(__u8 result, __u64 ts_ns, __u32 who, __u32 none, __u8 sample);

/*
 * A model fed with various events: two processes, successes and failures, censored scans, a file
 * collapse, an event without an owner, kernel counters at both ends, one loss. Ends at 4 s.
 */
struct model *evs_model(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Charts of a snapshot, or of two over each other; @b NULL: of one. One is drawn in counts, two in
 * shares, because two runs rarely have the same length.
 */
#ifndef HTML_CHARTS_PRIV_H
#define HTML_CHARTS_PRIV_H

#include "html/markup_priv.h"

/* Collapses by size. */
void chart_orders(struct html *h, const struct snapshot *a, const struct snapshot *b);

/* A row for each size: shares of the complete samples from empty to full. */
void chart_heat(struct html *h, const struct snapshot *s);

/* The same with the caller's rows; @n: MTHP_OCC_BUCKETS numbers of blocks. */
void chart_heat_begin(struct html *h);
void chart_heat_row(struct html *h, const char *label, const __u64 *n);
void chart_heat_end(struct html *h);

/* The same of one size as bars. @wide: room for all labels. */
void chart_occupancy(struct html *h, const struct snapshot *a, const struct snapshot *b,
		     __u64 order, bool wide);

/* How long collapses of one size took. */
void chart_durations(struct html *h, const struct snapshot *a, const struct snapshot *b,
		     __u64 order, bool wide);

/* Detail plans: how long commits held mmap_lock. Nothing if there are none. */
void chart_locks(struct html *h, const struct snapshot *a, const struct snapshot *b);

/* Scans, collapses, failures and fills over time. */
void chart_timeline(struct html *h, const struct snapshot *s);

/* Orders with occupancy samples, or with durations, in either: their number; in @orders, rising. */
size_t chart_occ_orders(const struct snapshot *a, const struct snapshot *b, __u64 *orders);
size_t chart_dur_orders(const struct snapshot *a, const struct snapshot *b, __u64 *orders);

#endif

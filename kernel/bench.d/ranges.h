/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory in the states that are measured, and passes of khugepaged over it. */
#ifndef MTHP_BENCH_RANGES_H
#define MTHP_BENCH_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "area.h"

#define RANGES	   16	 /* per measurement */
#define ORDERS_2_8 0x1fc /* every size below PMD size */

/* What is measured for: one order each, then all below PMD order. */
extern const uint32_t bench_orders[];
extern const unsigned int nr_bench_orders;

/* How figures name such a set: "4", or "2-8". */
const char *bench_orders_name(uint32_t orders);

/* khugepaged collapses to these, and is at rest. false: it cannot on this kernel. */
bool ranges_orders(uint32_t orders);

/* RANGES ranges, all pages written, small and used; khugepaged may have them. */
void ranges_full(struct area *a);

/* Nobody used any of this program's memory lately. */
void ranges_forget(void);

/* Use one page of each range, the same as ever. */
void ranges_touch(struct area *a);

/* Is all of it folios of this order? */
bool ranges_are(const struct area *a, unsigned int order);

/* Exactly one pass, with nobody looking on; dies otherwise. */
void ranges_pass(void);

/*
 * The same; returns what khugepaged ran for, in ns, to 1 us. From sched_switch events: schedstat
 * books what a task runs between the wake-up of another one and the switch to it on the latter.
 */
long long ranges_timed_pass(void);

#endif /* MTHP_BENCH_RANGES_H */

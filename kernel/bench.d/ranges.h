/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory in the measured states, and passes of khugepaged over it. */
#ifndef MTHP_BENCH_RANGES_H
#define MTHP_BENCH_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "area.h"

#define RANGES	   16	 /* per measurement */
#define ORDERS_2_8 0x1fc /* every size below PMD size */

/* Measured sets of orders: one order each, then all below PMD order. */
extern const uint32_t bench_orders[];
extern const unsigned int nr_bench_orders;

/* How figures name such a set: "4", or "2-8". */
const char *bench_orders_name(uint32_t orders);

/* khugepaged collapses to these, and is at rest. false: it cannot on this kernel. */
bool ranges_orders(uint32_t orders);

/* RANGES ranges, all pages written, base pages, referenced, and advised. */
void ranges_full(struct area *a);

/* Makes all memory of this program unreferenced. */
void ranges_forget(void);

/* Use one page of each range, the same as ever. */
void ranges_touch(struct area *a);

/* Is all of it folios of this order? */
bool ranges_are(const struct area *a, unsigned int order);

/* Exactly one pass, not watched; dies otherwise. */
void ranges_pass(void);

/*
 * The same; returns khugepaged's run time in ns, to 1 us. From sched_switch events, because schedstat
 * counts the time between the wake-up of a task and the switch to it as the new task's time.
 */
long long ranges_timed_pass(void);

#endif /* MTHP_BENCH_RANGES_H */

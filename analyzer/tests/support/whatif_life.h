/* SPDX-License-Identifier: GPL-2.0-only */
/* A simulated life of one range, told to whatif as the events of a trace. */
#ifndef TESTS_SUPPORT_WHATIF_LIFE_H
#define TESTS_SUPPORT_WHATIF_LIFE_H

#include <mthp/creep.h>

#include "tests/support/cm.h"
#include "tests/support/events.h"
#include "tests/support/sim.h"
#include "whatif/simulate_priv.h"

#define LIFE_P	   6 /* PMD order: one word of bits */
#define LIFE_PTES  (1U << LIFE_P)
#define LIFE_ALL   0x7cU /* orders 2 ... 6 */
#define LIFE_SCANS 12
#define LIFE_DONE  256

struct life_block {
	uint64_t ts_ns;
	uint32_t offset, order, fill;
	int exact, found;
};

struct life_list {
	size_t nr;
	struct life_block b[LIFE_DONE];
};

/* One simulated life, and where it is told. */
struct life {
	struct sim *sim;
	struct mthp_policy_params p;
	struct whatif *w;	/* NULL: told to nobody */
	struct life_list *done; /* NULL: not kept */
	int lossy;
	uint64_t last_ns;	       /* of the latest scan that was told */
	uint64_t exact_ns[LIFE_SCANS]; /* of scans that whatif called exact */
	size_t nr_exact;
};

struct mthp_policy_params life_params(uint32_t orders, uint32_t m, uint32_t rule);

/* A simulator whose scans and collapses are told; the caller frees l->sim. */
void life_begin(struct life *l, const struct mthp_policy_params *p);

/* A khugepaged event of now, about the block; and one more value of it. */
struct mthp_ev life_event(const struct life *l, uint8_t kind, uint32_t offset, uint32_t order);
void life_set(struct mthp_ev *ev, enum mthp_value which, uint32_t n);

/*
 * Tells an event, or the end (NULL). The next scan, or the end, makes whatif go through the latest
 * one: notes whether that was exact.
 */
void life_tell(struct life *l, const struct mthp_ev *ev);

/* Tells a scan: as a simulator calls it, with the life as ctx. */
void life_scan(void *ctx, uint32_t range, const struct mthp_policy_in *in,
	       const struct mthp_policy_out *plan);

#endif

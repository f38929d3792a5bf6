/* SPDX-License-Identifier: GPL-2.0-only */
/* A simulated history of one range. whatif gets it as the events of a trace. */
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

/* One simulated history, and the receivers of its events. */
struct life {
	struct sim *sim;
	struct mthp_policy_params p;
	struct whatif *w;	/* NULL: no receiver */
	struct life_list *done; /* NULL: not kept */
	int lossy;
	bool probed;		       /* scans as probes see them: without plans */
	uint8_t result;		       /* of scans; 0: they succeed */
	uint64_t last_ns;	       /* of the latest scan given to whatif */
	uint64_t exact_ns[LIFE_SCANS]; /* of scans that whatif marked as exact */
	size_t nr_exact;
};

struct mthp_policy_params life_params(uint32_t orders, uint32_t m, uint32_t rule);

/* A simulator whose scans and collapses go to whatif; the caller frees l->sim. */
void life_begin(struct life *l, const struct mthp_policy_params *p);

/* A khugepaged event at the present time, about the block; sets one more value of it. */
struct mthp_ev life_event(const struct life *l, uint8_t kind, uint32_t offset, uint32_t order);
void life_set(struct mthp_ev *ev, enum mthp_value which, uint32_t n);

/*
 * Gives an event, or the end (NULL), to whatif. The next scan, or the end, makes whatif process the latest
 * scan; then this notes whether that scan was exact.
 */
void life_tell(struct life *l, const struct mthp_ev *ev);

/* Gives a scan to whatif: a callback of the simulator, with the struct as ctx. */
void life_scan(void *ctx, uint32_t range, const struct mthp_policy_in *in,
	       const struct mthp_policy_out *plan);

#endif

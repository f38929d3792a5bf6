/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The list of creep chains. It holds the latest step of each chain: its record describes the whole chain.
 * The list is bounded: the chain with the oldest latest step is dropped.
 */
#ifndef MODEL_CHAINS_PRIV_H
#define MODEL_CHAINS_PRIV_H

#include <stddef.h>
#include <mthp/range_sums.h>

#define CHAINS_MAX 2048

struct chains {
	struct mthp_creep_rec *rec; /* in no order */
	size_t nr, room;
};

void chains_free(struct chains *c);

/*
 * Adds a step, and removes the chains inside its block that it continues. Returns how many other chains
 * were dropped because the list was full.
 */
unsigned int chains_add(struct chains *c, const struct mthp_creep_rec *rec);

#endif

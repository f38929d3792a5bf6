/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The list of creep chains: of each, its latest step, which tells of the whole chain. Bounded: the
 * chain that grew longest ago goes.
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
 * Lists a step; the chains that it goes on from, inside its block, go. Returns how many chains were
 * dropped for want of room.
 */
unsigned int chains_add(struct chains *c, const struct mthp_creep_rec *rec);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Copies the sums that the BPF programs keep in maps into a struct totals. */
#ifndef LIVE_MAPS_H
#define LIVE_MAPS_H

#include "model/totals.h"

struct live_maps;

struct live_progs;

/* Reads the maps of @progs, which have to stay. @ranges: they have the maps of creep. 0 or -errno. */
int live_maps_new(struct live_maps **maps, const struct live_progs *progs, __u8 pmd_order,
		  bool ranges);
/* Takes NULL. */
void live_maps_free(struct live_maps *maps);

/*
 * Sets @t to what the maps hold now: processes that are no longer in their map leave it. Adds to
 * t->lost what BPF lost since the last call. 0, or -errno; then @t is incomplete and not to be shown.
 * @only_sums: without a system call, so without tables. Rows that tables lost are not counted then.
 */
int live_maps_read(struct live_maps *maps, struct totals *t, bool only_sums);

#endif

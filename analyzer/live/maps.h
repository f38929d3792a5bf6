/* SPDX-License-Identifier: GPL-2.0-only */
/* The sums that the BPF programs keep, brought into a struct totals. */
#ifndef LIVE_MAPS_H
#define LIVE_MAPS_H

#include "model/totals.h"

struct live_maps;

/* Reads from these map descriptors, which stay the caller's. 0 or -errno. */
int live_maps_new(struct live_maps **maps, __u8 pmd_order, int sums_fd, int outcomes_fd,
		  int procs_fd);
/* Also watches how many rows the table of creep ranges, of so many at most, has had to drop. */
void live_maps_ranges(struct live_maps *maps, int fd, __u32 max_rows);
void live_maps_free(struct live_maps *maps);

/*
 * Sets @t to what the maps hold now: processes that are no longer in their map leave it. Of t->lost,
 * those that BPF counts are set. 0 or -errno (then @t is what could be read).
 */
int live_maps_read(struct live_maps *maps, struct totals *t);

#endif

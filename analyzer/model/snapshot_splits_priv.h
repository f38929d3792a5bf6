/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of a snapshot about splits: see mthp/pingpong.h. */
#ifndef MODEL_SNAPSHOT_SPLITS_PRIV_H
#define MODEL_SNAPSHOT_SPLITS_PRIV_H

struct model;
struct snapshot;

/* Fills members of the summary, too. 0, or -ENOMEM. */
int snap_splits_take(struct snapshot *s, const struct model *m);
void snap_splits_free(struct snapshot *s);

#endif

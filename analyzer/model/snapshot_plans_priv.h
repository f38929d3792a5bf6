/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of a snapshot that need detail plans: plans, blocked, batches, locks, creep, chains. */
#ifndef MODEL_SNAPSHOT_PLANS_PRIV_H
#define MODEL_SNAPSHOT_PLANS_PRIV_H

struct model;
struct snapshot;

/* Needs the orders table of the snapshot. 0, or -1 when memory is out. */
int snap_plans_take(struct snapshot *s, const struct model *m);
void snap_plans_free(struct snapshot *s);

#endif

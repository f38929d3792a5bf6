/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of a snapshot about what khugepaged's work is worth: vain, stalls, passes. */
#ifndef MODEL_SNAPSHOT_VAIN_PRIV_H
#define MODEL_SNAPSHOT_VAIN_PRIV_H

struct model;
struct snapshot;

/* Fills members of the summary, too. 0, or -ENOMEM. */
int snap_vain_take(struct snapshot *s, const struct model *m);
void snap_vain_free(struct snapshot *s);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes an event from the values of a record, as the live probes do, as far as the record has them. */
#ifndef IMPORT_COMPLETE_H
#define IMPORT_COMPLETE_H

#include <mthp/pair.h>
#include "import/fields_priv.h"

struct imp_mms;

struct imp_world {
	struct meta *meta;
	struct imp_mms *mms;
	__u64 lost_pairs;
	struct mthp_task_slot tasks[MTHP_TASK_SLOTS];
};

/* NULL: out of memory. */
struct imp_world *imp_world_new(struct meta *meta);
void imp_world_free(struct imp_world *w);

/* enum mthp_requester, by the name of the task. */
__u8 imp_requester(const char *comm);

/* The same for a name that may be doubtful. @reported: enum imp_reported. */
__u8 imp_task_requester(const char *comm, __u8 reported);

/* PTEs that the event counts in one PMD range: a lower bound for the PTEs of a PMD range. */
__u32 imp_entries(const struct mthp_ev *ev);

/* Completes @raw->ev in place: order, requester, owner, and values from earlier events of its task. */
void imp_event(struct imp_world *w, struct imp_raw *raw);

#endif

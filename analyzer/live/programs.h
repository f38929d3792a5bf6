/* SPDX-License-Identifier: GPL-2.0-only */
/* The BPF programs of the live source. All zero before they are loaded. */
#ifndef LIVE_PROGRAMS_H
#define LIVE_PROGRAMS_H

#include "live/features.h"
#include "model/source.h"

struct bpf_link;
struct mthptop;

struct live_progs {
	struct mthptop *skel; /* maps and variables are its */
	const struct kfeat *kfeat;
	struct meta *meta;
	__u32 kinds; /* bit n: events of enum mthp_kind n have a program */
	__u32 args;  /* bit n: which takes the tracepoint's arguments, not its record */
	struct bpf_link *links[MTHP_NR_KINDS];
};

/*
 * Loads what @k has events for; @meta, which has the detail level, is told of the filter. Both have to stay until
 * the programs are attached. @stream: events go to the ring from the beginning. EXIT_OK, or EXIT_CANNOT
 * after a message; live_progs_free() in any case.
 */
int live_progs_load(struct live_progs *p, const struct kfeat *k, struct meta *meta,
		    const struct source_filter *filter, int stream);
/* EXIT_OK, or EXIT_CANNOT after a message. */
int live_progs_attach(struct live_progs *p);
void live_progs_detach(struct live_progs *p);
void live_progs_free(struct live_progs *p);

/* Events that the kernel did not run a program for, because one was running on that CPU already. */
__u64 live_progs_missed(const struct live_progs *p);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * BPF completes an event when it takes it (bpf/emit.bpf.h, bpf/owner.bpf.h). This code does the same for
 * records of other tools. These have fewer values: of a task only the name. The owner of an mm is known only
 * if the collapsing task belongs to the requesting process, and the record has this process.
 */
#include <stdlib.h>
#include <string.h>
#include <mthp/quirks.h>

#include "import/complete.h"
#include "import/mm_priv.h"

struct imp_world *imp_world_new(struct meta *meta)
{
	struct imp_world *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->meta = meta;
	w->mms = imp_mms_new();
	if (!w->mms) {
		free(w);
		return NULL;
	}
	return w;
}

void imp_world_free(struct imp_world *w)
{
	if (!w)
		return;
	imp_mms_free(w->mms);
	free(w);
}

/* The requester, by the name of the task. Older events report nothing else. */
__u8 imp_requester(const char *comm)
{
	if (!strcmp(comm, "khugepaged"))
		return MTHP_Q_KHUGEPAGED;
	if (!strncmp(comm, "kdamond.", 8))
		return MTHP_Q_DAMON;
	/* ftrace or trace-cmd lost the name, perf missed a rename, or it is another kernel thread. */
	if (!comm[0] || comm[0] == '<' || !strcmp(comm, "kthreadd") ||
	    !strncmp(comm, "kworker/", 8) || comm[0] == ':')
		return MTHP_Q_UNKNOWN;
	return MTHP_Q_MADVISE;
}

__u8 imp_task_requester(const char *comm, __u8 reported)
{
	if (reported & IMP_DOUBT)
		return MTHP_Q_UNKNOWN;
	return reported & IMP_NO_NAME ? MTHP_Q_MADVISE : imp_requester(comm);
}

static __u32 max(__u32 a, __u32 b)
{
	return a > b ? a : b;
}

__u32 imp_entries(const struct mthp_ev *ev)
{
	__u32 left = ev->known & (MTHP_KNOWN(NONE) | MTHP_KNOWN(PRESENT) | MTHP_KNOWN(SWAP) |
				  MTHP_KNOWN(SHARED) | MTHP_KNOWN(REFERENCED) | MTHP_KNOWN(PAGES));
	__u32 entries = ev->nr_words > 1 ? ev->nr_words * 64U : 0;

	for (; left; left &= left - 1)
		entries = max(entries, ev->v[__builtin_ctz(left)]);
	return entries;
}

static void pair(struct imp_world *w, struct mthp_ev *ev)
{
	struct mthp_task_slot *slot = &w->tasks[ev->tid & (MTHP_TASK_SLOTS - 1)];
	__u32 reach = meta_result_reach(ev->result);
	struct mthp_task none = { 0 };
	bool has_mthp = meta_has_ranges(w->meta);

	if (!ev->tid) {
		/* The other events of this task cannot be found. */
		if (ev->kind == MTHP_K_SCAN_PMD)
			mthp_pair(&none, ev, reach, has_mthp);
		return;
	}
	w->lost_pairs += mthp_pair_slot(slot, ev, reach, has_mthp);
}

void imp_event(struct imp_world *w, struct imp_raw *raw)
{
	struct mthp_ev *ev = &raw->ev;

	if (!(raw->reported & IMP_REPORTED_ORDER))
		ev->order = (__u8)w->meta->pmd_order;
	if (!(raw->reported & IMP_REPORTED_BY))
		ev->requester = raw->requester ? raw->requester - 1 :
						 imp_task_requester(ev->comm, raw->reported);
	if (ev->mm)
		ev->mm = imp_mm(w->mms, ev->mm);
	if (!(raw->reported & IMP_REPORTED_LEADER) || ev->requester != MTHP_Q_MADVISE || !ev->mm)
		ev->tgid = 0;
	/* The record has the thread's name; the event needs the process's name. */
	if (!ev->tgid || ev->tgid != ev->tid || raw->reported & IMP_DOUBT)
		memset(ev->comm, 0, sizeof(ev->comm));
	if (ev->kind == MTHP_K_COLLAPSE_FILE && ev->known & MTHP_KNOWN_ADDR)
		mthp_fix_collapse_file(ev);
	if (ev->kind == MTHP_K_MTHP_SCAN && (ev->nr_words || mthp_knows(ev, NONE)))
		ev->sample = MTHP_SAMPLE_COMPLETE; /* the series reports complete scans only */
	/* The zeroes of a failed collapse are not numbers of pages. */
	if (ev->kind == MTHP_K_MTHP_COLLAPSE && ev->result != MTHP_R_SUCCEED)
		ev->known &= ~(MTHP_KNOWN(FILLED) | MTHP_KNOWN(SOURCES) | MTHP_KNOWN(NODE));
	mthp_drop_impossible(ev);
	if (mthp_is_paired(ev->kind))
		pair(w, ev);
}

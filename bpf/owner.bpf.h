/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The owner and the requester of an event.
 *
 * khugepaged works on other processes' memory, so the current task does not identify the owner.
 * mm->owner does (CONFIG_MEMCG). Without it only one case is certain: a task that is no kernel
 * thread and works on its own mm (MADV_COLLAPSE). Otherwise the owner stays unknown.
 */
#ifndef OWNER_BPF_H
#define OWNER_BPF_H

#include "compat.bpf.h"

#define MAX_CGROUP_DEPTH 32

/* Identifies an mm without revealing its address, which cannot be recovered without the key. */
static __always_inline __u64 mm_name(const struct mm_struct *mm)
{
	__u64 x = (__u64)mm ^ mm_key;

	x *= 0x9e3779b97f4a7c15ULL;
	x ^= x >> 32;
	x *= mm_key | 1;
	x ^= x >> 29;
	return x;
}

/* A task's comm as two words, so that a comparison needs no loop. */
union comm {
	char text[MTHP_COMM_LEN];
	__u64 word[2];
};

/*
 * The task that the event happened in. From 5.11 on a typed pointer is available, which is read
 * directly. On older kernels every member needs a call.
 */
#define has_typed_current() \
	bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)

/* Is it a kernel thread? If so, fills in @comm. */
static __always_inline int is_kthread(union comm *comm)
{
	struct task_struct *task;

	if (!has_typed_current()) {
		task = (void *)bpf_get_current_task();
		if (!(BPF_CORE_READ(task, flags) & PF_KTHREAD))
			return 0;
		bpf_get_current_comm(comm, sizeof(*comm));
		return 1;
	}
	task = bpf_get_current_task_btf();
	if (!(task->flags & PF_KTHREAD))
		return 0;
	comm->word[0] = ((union comm *)task->comm)->word[0];
	comm->word[1] = ((union comm *)task->comm)->word[1];
	return 1;
}

static __always_inline __u8 requester(void)
{
	const union comm khugepaged = { "khugepaged" };
	const union comm kdamond = { "kdamond" }; /* followed by a number */
	union comm comm;

	if (!is_kthread(&comm))
		return MTHP_Q_MADVISE;
	/* Only kernels from 6.2 on clear the bytes after the NUL. */
	__builtin_memset(comm.text + sizeof("khugepaged"), 0,
			 sizeof(comm.text) - sizeof("khugepaged"));
	if (comm.word[0] == khugepaged.word[0] && comm.word[1] == khugepaged.word[1])
		return MTHP_Q_KHUGEPAGED;
	comm.text[7] = '\0';
	if (comm.word[0] == kdamond.word[0])
		return MTHP_Q_DAMON;
	return MTHP_Q_UNKNOWN;
}

/* Kernels before 6.2 leave bytes behind the NUL as they were, so only the name itself is compared. */
static __always_inline bool begins_with(const union comm *comm, const char *name, __u32 len)
{
	bool same = true;
	__u32 i;

	MTHP_UNROLL
	for (i = 0; i < len; i++)
		same &= comm->text[i] == name[i];
	return same;
}

#define IS_NAMED(comm, name) begins_with(comm, name, sizeof(name) - 1)

/* Who splits a huge page of @mm: the current task. */
static __always_inline __u8 splitter(struct mm_struct *mm)
{
	struct task_struct *task;
	union comm comm;

	if (!is_kthread(&comm)) {
		task = (void *)bpf_get_current_task();
		return BPF_CORE_READ(task, mm) == mm ? MTHP_S_OWNER : MTHP_S_OTHER;
	}
	if (IS_NAMED(&comm, "khugepaged"))
		return MTHP_S_KHUGEPAGED;
	if (IS_NAMED(&comm, "kswapd"))
		return MTHP_S_KSWAPD;
	if (IS_NAMED(&comm, "kdamond"))
		return MTHP_S_DAMON;
	if (IS_NAMED(&comm, "ksmd"))
		return MTHP_S_KSMD;
	return MTHP_S_KERNEL;
}

/*
 * A member of a struct of the kernel. @typed is a constant: the verifier knows the type of @p, which
 * is then read directly.
 */
#define member_of(typed, p, member) ((typed) ? (p)->member : BPF_CORE_READ(p, member))

/* A task of the process that @mm belongs to. NULL: no task is certain. */
static __always_inline struct task_struct *owner_of(struct mm_struct *mm, int typed, __u8 by)
{
	struct task_struct *task;

	if (bpf_core_field_exists(mm->owner)) {
		task = member_of(typed, mm, owner);
		if (task)
			return task;
	}
	if (by != MTHP_Q_MADVISE)
		return NULL;
	task = typed ? bpf_get_current_task_btf() : (void *)bpf_get_current_task();
	return member_of(typed, task, mm) == mm ? task : NULL;
}

static __always_inline struct cgroup *cgroup_of(struct task_struct *task)
{
	return BPF_CORE_READ(task, cgroups, dfl_cgrp);
}

/* Fills in the members that only a new row or the ring needs, and counting does not. */
static __always_inline void describe_owner(struct task_struct *owner, __u64 *cgroup, char *comm)
{
	struct task_struct *leader = BPF_CORE_READ(owner, group_leader);

	*cgroup = BPF_CORE_READ(cgroup_of(owner), kn, id);
	bpf_probe_read_kernel_str(comm, MTHP_COMM_LEN, leader->comm);
}

static __always_inline int is_below_cgroup(struct task_struct *task, __u64 id)
{
	struct cgroup *cgroup = cgroup_of(task);
	struct cgroup_subsys_state *parent;
	int i;

	for (i = 0; i < MAX_CGROUP_DEPTH && cgroup; i++) {
		if (BPF_CORE_READ(cgroup, kn, id) == id)
			return 1;
		parent = BPF_CORE_READ(cgroup, self.parent);
		cgroup = parent ? BPF_CORE_READ(parent, cgroup) : NULL;
	}
	return 0;
}

static __always_inline int filters(void)
{
	return filter_tgid || filter_cgroup;
}

/* Does the filter include the owner of this event? @owner: may be NULL. */
static __always_inline int is_watched(__u32 tgid, struct task_struct *owner)
{
	if (filter_tgid && tgid != filter_tgid)
		return 0;
	if (filter_cgroup && !(owner && is_below_cgroup(owner, filter_cgroup)))
		return 0;
	return 1;
}

#endif

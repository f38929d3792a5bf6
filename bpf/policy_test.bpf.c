// SPDX-License-Identifier: GPL-2.0-only
/*
 * The collapse policy and the creep rule as BPF programs. Tests run them by bpf_prog_test_run, with
 * the same inputs as in userspace. Only tests load them.
 *
 * A function that is not static is verified once, by itself. A call of it in a loop costs the verifier
 * a few instructions per iteration. Therefore mthp_policy_step() is not part of its loop.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "policy_test.h"

char LICENSE[] SEC("license") = "GPL";

struct policy_slot slot;

/* A plan tries no block twice, and has fewer than two blocks for each smallest one. */
#define MAX_STEPS (2 * MTHP_POLICY_MAX_BLOCKS)

__noinline int policy_begin(void)
{
	slot.ret = mthp_policy_check(&slot.p);
	mthp_policy_clear(&slot.out);
	if (slot.ret)
		return 1;
	mthp_policy_count(&slot.p, &slot.in, &slot.work);
	mthp_policy_start(&slot.work, &slot.walk, 0, 1U << slot.p.pmd_order, slot.p.pmd_order);
	return 0;
}

__noinline int policy_step(void)
{
	return mthp_policy_step(&slot.p, &slot.in, &slot.work, &slot.out, &slot.walk);
}

SEC("syscall")
int policy_plan(void *ctx)
{
	int i;

	(void)ctx;
	if (policy_begin())
		return 0;
	for (i = 0; i < MAX_STEPS; i++)
		if (!policy_step())
			break;
	slot.ret = i < MAX_STEPS ? (int)slot.out.nr : -1000;
	return 0;
}

SEC("syscall")
int creep_scan(void *ctx)
{
	(void)ctx;
	mthp_creep_scan(&slot.creep, &slot.p, slot.in.present, slot.in.blocked, slot.in.joined,
			slot.now_ns);
	return 0;
}

SEC("syscall")
int creep_collapse(void *ctx)
{
	(void)ctx;
	slot.ret = mthp_creep_collapse(&slot.creep, slot.offset, slot.order, slot.fill, slot.now_ns,
				       &slot.step);
	return 0;
}

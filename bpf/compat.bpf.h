/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between kernels, hidden from the programs. Fields are found by name (CO-RE). A field that
 * this kernel's event lacks leaves its bit in ev->known clear.
 */
#ifndef COMPAT_BPF_H
#define COMPAT_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "maps.bpf.h"

#define NO_PFN	   (~0UL) /* the events' page frame when there is no page */
#define PF_KTHREAD 0x00200000

#define set_value(ev, value, number)                \
	do {                                        \
		(ev)->v[MTHP_V_##value] = (number); \
		(ev)->known |= MTHP_KNOWN(value);   \
	} while (0)

/* ev->v[value] from a field that only the flavour @type of the event has. */
#define set_value_if(ev, value, ctx, type, field)       \
	do {                                            \
		struct type *c = (void *)(ctx);         \
                                                        \
		if (bpf_core_field_exists(c->field))    \
			set_value(ev, value, c->field); \
	} while (0)

/* The same, for a field that all kernels with the event should have. */
#define set_value_of(ev, value, ctx, field)                 \
	do {                                                \
		if (bpf_core_field_exists((ctx)->field))    \
			set_value(ev, value, (ctx)->field); \
	} while (0)

/* ev->member, for a member with a bit of its own in ev->known. */
#define set_member_of(ev, member, bit, ctx, field)         \
	do {                                               \
		if (bpf_core_field_exists((ctx)->field)) { \
			(ev)->member = (ctx)->field;       \
			(ev)->known |= (bit);              \
		}                                          \
	} while (0)

/* Up to 7.1 every collapse is of PMD order, and its events do not report the order. */
#define set_order(ev, ctx, type)                                                      \
	do {                                                                          \
		struct type *c = (void *)(ctx);                                       \
                                                                                      \
		(ev)->order = bpf_core_field_exists(c->order) ? c->order : pmd_order; \
	} while (0)

static __always_inline void set_pfn(struct mthp_ev *ev, unsigned long pfn)
{
	if (pfn == NO_PFN)
		return;
	ev->pfn = pfn;
	ev->known |= MTHP_KNOWN_PFN;
}

static __always_inline __u8 result_number(int status)
{
	__u64 number = (__u32)status;

	/* The verifier must see the same number compared and used. */
	barrier_var(number);
	return number < MTHP_NR_RESULTS ? result_of[number] : MTHP_R_UNKNOWN;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ranges on a kernel without the series. Two kinds of programs work together:
 *
 *	capture	 on functions of khugepaged (fentry or kprobe): what the kernel is about to scan or to
 *		 collapse, and the page table as it is then. Kept in `inflight`, by task.
 *	tell	 on the huge_memory tracepoints that end a scan and a collapse: puts out what was
 *		 captured, as the events of the series, with the result that the tracepoint reports.
 *
 * A split has no tracepoint: the capture on its functions tells it, too.
 *
 * So each scan and each collapse that a tracepoint reports is one event, whether or not its capture came
 * about, and counts agree. Only tell counts them: it runs with preemption off, which capture on fentry does not.
 */
#ifndef PROBE_BPF_H
#define PROBE_BPF_H

#include "emit.bpf.h"
#include "pgtable.bpf.h"

#define MAX_INFLIGHT	1024 /* tasks */
#define VM_HUGEPAGE	0x20000000UL
#define UNKNOWN_SETTING (~0U)

/* Set by userspace before loading. */
const volatile struct mthp_probe_args scan_args;
const volatile struct mthp_probe_args attempt_args;
const volatile struct mthp_probe_args split_args;
const volatile struct mthp_probe_args split_locked_args;
/* The settings that decide about a scan. Addresses of the kernel's variables; 0: unknown. */
const volatile __u64 at_max_ptes_none;
const volatile __u64 at_orders_always;
const volatile __u64 at_orders_madvise;
const volatile __u64 at_orders_inherit;
const volatile __u64 at_thp_flags;
const volatile bool has_orders;	  /* collapses below PMD order exist */
const volatile bool has_attempts; /* the function of an attempt is captured */

struct inflight {
	__u64 mm; /* of the scan that has not been told; 0: none */
	__u64 address;
	__u64 begin_ns;
	__u64 attempt_ns; /* begin of the attempt; 0: none */
	__u64 attempt_address;
	__u64 flush_ns;	     /* when its memory became unreachable; 0: it is not */
	__u64 scan_ns;	     /* when the scan ended with an attempt; 0: it did not yet */
	__u32 scan_told;     /* by the collapse that followed it */
	__u32 orders;	     /* enabled for the range, a bit each; UNKNOWN_SETTING */
	__u32 max_ptes_none; /* or UNKNOWN_SETTING */
	__u32 state;	     /* enum table_state */
	struct table_bits bits;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_INFLIGHT);
	__type(key, __u32);
	__type(value, struct inflight);
} inflight SEC(".maps");

/* A new row of inflight: all zeroes. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct inflight);
} fresh_inflight SEC(".maps");

static __always_inline struct inflight *find_inflight(void)
{
	__u32 tid = (__u32)bpf_get_current_pid_tgid();

	return bpf_map_lookup_elem(&inflight, &tid);
}

static __always_inline struct inflight *new_inflight(void)
{
	__u32 tid = (__u32)bpf_get_current_pid_tgid(), zero = 0;
	struct inflight *f = bpf_map_lookup_elem(&inflight, &tid);

	if (f)
		return f;
	f = bpf_map_lookup_elem(&fresh_inflight, &zero);
	if (f)
		bpf_map_update_elem(&inflight, &tid, f, BPF_ANY);
	return bpf_map_lookup_elem(&inflight, &tid);
}

static __always_inline __u64 read_variable(__u64 address, __u32 bytes, __u64 other)
{
	__u64 value = 0;

	if (!address || bpf_probe_read_kernel(&value, bytes, (void *)address))
		return other;
	return value;
}

/*
 * The orders that khugepaged may collapse to in a VMA of anonymous memory, as thp_vma_allowable_orders() tells.
 * UNKNOWN_SETTING where the kernel's variables were not found.
 */
static __always_inline __u32 enabled_orders(unsigned long vm_flags)
{
	__u64 flags, orders;

	if (!has_orders)
		return 1U << pmd_order;
	if (!at_thp_flags || !at_orders_always || !at_orders_madvise || !at_orders_inherit)
		return UNKNOWN_SETTING;
	flags = read_variable(at_thp_flags, sizeof(flags), 0);
	orders = read_variable(at_orders_always, sizeof(orders), 0);
	if (vm_flags & VM_HUGEPAGE)
		orders |= read_variable(at_orders_madvise, sizeof(orders), 0);
	if (flags >> bpf_core_enum_value(enum transparent_hugepage_flag,
					 TRANSPARENT_HUGEPAGE_FLAG) &
		    1 ||
	    (vm_flags & VM_HUGEPAGE &&
	     flags >> bpf_core_enum_value(enum transparent_hugepage_flag,
					  TRANSPARENT_HUGEPAGE_REQ_MADV_FLAG) &
		     1))
		orders |= read_variable(at_orders_inherit, sizeof(orders), 0);
	return orders & ((2U << pmd_order) - 1);
}

/* Who asks for a collapse, as MADV_COLLAPSE and DAMON do, gets PMD order, whatever the settings are. */
static __always_inline void note_settings(struct inflight *f, struct vm_area_struct *vma)
{
	f->max_ptes_none = read_variable(at_max_ptes_none, 4, UNKNOWN_SETTING);
	f->orders = requester() == MTHP_Q_KHUGEPAGED ?
			    enabled_orders(BPF_CORE_READ(vma, vm_flags)) :
			    1U << pmd_order;
}

/* A scan begins. @mm or @vma may be NULL. */
static __always_inline int capture_scan(struct mm_struct *mm, struct vm_area_struct *vma,
					__u64 address)
{
	struct inflight *f;

	if (mode == MTHP_GATE_CLOSED)
		return 0;
	f = new_inflight();
	if (!f)
		return 0;
	f->mm = 0;
	f->attempt_ns = 0;
	f->scan_ns = 0;
	f->scan_told = 0;
	/* Since 7.1 the function is also that of shmem and files. Those have events of their own. */
	if (vma && BPF_CORE_READ(vma, vm_ops))
		return 0;
	if (!mm && vma)
		mm = BPF_CORE_READ(vma, vm_mm);
	f->begin_ns = bpf_ktime_get_ns();
	f->address = address;
	f->state = read_table(mm, address, &f->bits);
	note_settings(f, vma);
	f->mm = (__u64)mm;
	return 0;
}

static __always_inline int capture_attempt(__u64 address)
{
	struct inflight *f;

	if (mode == MTHP_GATE_CLOSED)
		return 0;
	f = find_inflight();
	if (!f)
		return 0;
	f->attempt_ns = bpf_ktime_get_ns();
	if (!f->scan_ns)
		f->scan_ns = f->attempt_ns;
	f->attempt_address = address;
	f->flush_ns = 0;
	return 0;
}

static __always_inline int capture_flush(void)
{
	struct inflight *f;

	if (mode == MTHP_GATE_CLOSED)
		return 0;
	f = find_inflight();
	if (f && f->attempt_ns)
		f->flush_ns = bpf_ktime_get_ns();
	return 0;
}

/*
 * A PMD is about to be split. The kernel calls its functions for entries that map no huge page, too: the entry tells. The outer
 * function calls the inner one, which others call, too: what a task told from the outer one it does not tell again.
 */
static __always_inline int tell_split(struct vm_area_struct *vma, __u64 address, __u64 *pmd,
				      bool inner)
{
	__u32 tid = (__u32)bpf_get_current_pid_tgid();
	struct mthp_ev ev = { .kind = MTHP_K_SPLIT };
	struct task_struct *owner;
	struct mm_struct *mm;
	struct range *r;
	__u64 entry = 0;

	/* Without has_splits there may be no map of ranges: the verifier must not get to it. */
	if (!has_splits || mode == MTHP_GATE_CLOSED || !vma || BPF_CORE_READ(vma, vm_ops))
		return 0;
	if (bpf_probe_read_kernel(&entry, sizeof(entry), pmd) || !is_anon_huge(entry))
		return 0;
	mm = BPF_CORE_READ(vma, vm_mm);
	ev.mm = mm_name(mm);
	ev.order = pmd_order;
	ev.addr = address & -(1ULL << (page_shift + pmd_order));
	ev.known = MTHP_KNOWN_ADDR;
	ev.by = splitter(mm);
	set_value(&ev, PAGES, 1U << pmd_order);
	owner = owner_of(mm, 0, MTHP_Q_MADVISE);
	if (owner)
		ev.tgid = BPF_CORE_READ(owner, tgid);
	r = find_range(&ev);
	if (inner && r && r->split.outer == tid) {
		r->split.outer = 0;
		return 0;
	}
	take(&ev, mm);
	r = find_range(&ev);
	if (r)
		r->split.outer = inner ? 0 : tid;
	return 0;
}

static __always_inline struct scan *scan_of(const struct inflight *f)
{
	__u32 zero = 0;
	struct scan *to = bpf_map_lookup_elem(&this_scan, &zero);

	if (!to)
		return NULL;
	copy_bitmap(to->bits.word + MTHP_B_PRESENT * MTHP_OCC_WORDS, f->bits.present);
	copy_bitmap(to->bits.word + MTHP_B_BLOCKED * MTHP_OCC_WORDS, f->bits.blocked);
	copy_bitmap(to->bits.word + MTHP_B_REFERENCED * MTHP_OCC_WORDS, f->bits.referenced);
	copy_bitmap(to->bits.word + MTHP_B_JOINED * MTHP_OCC_WORDS, f->bits.joined);
	return to;
}

/* What @f captured of a scan. Returns its bitmaps, or NULL. */
static __always_inline struct scan *fill_in(struct mthp_ev *ev, struct inflight *f)
{
	struct scan *scan = NULL;

	ev->addr = f->address;
	ev->dur_ns = (f->scan_ns ? f->scan_ns : bpf_ktime_get_ns()) - f->begin_ns;
	ev->known |= MTHP_KNOWN_ADDR;
	/* Where attempts are not captured, nothing tells when the scan was done. */
	if (has_attempts)
		ev->known |= MTHP_KNOWN_DUR;
	f->mm = 0;
	if (f->state == TABLE_READ) {
		scan = scan_of(f);
		set_value(ev, PRESENT, f->bits.nr_present);
		set_value(ev, NONE, (1U << pmd_order) - f->bits.nr_present - f->bits.nr_blocked);
		set_value(ev, SWAP, f->bits.nr_swap);
		set_value(ev, REFERENCED, f->bits.nr_referenced);
	}
	if (f->orders != UNKNOWN_SETTING)
		set_value(ev, ORDERS, f->orders);
	if (f->max_ptes_none != UNKNOWN_SETTING)
		set_value(ev, MAX_PTES_NONE, f->max_ptes_none);
	if (has_orders)
		set_value(ev, RULE, MTHP_RULE_TWO_VALUE);
	if (scan) {
		ev->sample = MTHP_SAMPLE_COMPLETE;
		ev->nr_words = MTHP_OCC_WORDS;
	}
	return scan;
}

/* A scan that ended with @result. @f: NULL if it was not captured. */
static __always_inline int tell(struct inflight *f, struct mm_struct *mm, __u8 result)
{
	struct mthp_ev ev = { .kind = MTHP_K_MTHP_SCAN };
	struct scan *scan;

	ev.order = pmd_order;
	ev.result = result;
	scan = f ? fill_in(&ev, f) : NULL;
	return take_any(&ev, scan, mm, 0);
}

/* At the end of a scan. Was it told when its first collapse ended? */
static __always_inline int tell_scan(struct mm_struct *mm, __u8 result)
{
	struct inflight *f = find_inflight();

	if (f && f->scan_told) {
		f->scan_told = 0;
		return TAKEN;
	}
	/* No table was looked at: the older event stands for itself (agg.h: mthp_is_news()). */
	if (reach_of[result & (MTHP_NR_RESULTS - 1)] == MTHP_REACH_NONE) {
		if (f)
			f->mm = 0;
		return TAKEN;
	}
	return tell(f && f->mm == (__u64)mm ? f : NULL, mm, result);
}

/* Before the first collapse of a scan is told: the scan, which found something to collapse. */
static __always_inline int tell_scan_before(struct mm_struct *mm)
{
	struct inflight *f = find_inflight();

	if (!f || f->scan_told || f->mm != (__u64)mm)
		return TAKEN;
	f->scan_told = 1;
	return tell(f, mm, MTHP_R_SUCCEED);
}

/* At the end of a collapse: the attempt, at its address. */
static __always_inline int tell_attempt(struct trace_event_raw_mm_collapse_huge_page *ctx)
{
	struct mthp_ev ev = { .kind = MTHP_K_MTHP_COLLAPSE };
	struct inflight *f = find_inflight();
	__u64 now_ns;

	set_order(&ev, ctx, trace_event_raw_mm_collapse_huge_page___v7_2);
	ev.result = result_number(ctx->status);
	if (f && f->attempt_ns) {
		now_ns = bpf_ktime_get_ns();
		ev.addr = f->attempt_address;
		ev.dur_ns = now_ns - f->attempt_ns;
		ev.known |= MTHP_KNOWN_ADDR | MTHP_KNOWN_DUR;
		if (f->flush_ns)
			set_value(&ev, STALL, mthp_stall(now_ns - f->flush_ns));
		f->attempt_ns = 0;
	} else if (f && f->scan_told && !has_orders) {
		/* All that there is to collapse to is the range that was scanned. */
		ev.addr = f->address;
		ev.known |= MTHP_KNOWN_ADDR;
	}
	return take(&ev, ctx->mm);
}

#endif

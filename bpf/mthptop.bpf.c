// SPDX-License-Identifier: GPL-2.0-only
/*
 * One program for each tracepoint of the huge_memory system. Each fills a struct mthp_ev
 * from the fields that this kernel's event has, by name. emit.bpf.h then treats all events alike.
 *
 * Userspace loads the programs whose tracepoint exists ("?": not loaded by default). They are classic
 * tracepoint programs: the arguments of the tracepoints (tp_btf) changed their types and order between
 * releases, while the fields of the records kept their names. The end of this file has exceptions.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <mthp/quirks.h>
#include "emit.bpf.h"
#include "probe.bpf.h"

char LICENSE[] SEC("license") = "GPL";

SEC("?tp/huge_memory/mm_khugepaged_scan_pmd")
int scan_pmd(struct trace_event_raw_mm_khugepaged_scan_pmd *ctx)
{
	struct mthp_ev ev = { .kind = MTHP_K_SCAN_PMD };

	ev.order = pmd_order;
	ev.result = result_number(ctx->status);
	set_pfn(&ev, ctx->pfn);
	set_value(&ev, NONE, ctx->none_or_zero);
	set_value(&ev, REFERENCED, ctx->referenced);
	set_value(&ev, SWAP, ctx->unmapped);
	set_value_if(&ev, WRITABLE, ctx, trace_event_raw_mm_khugepaged_scan_pmd___v6_12, writable);
	return take(&ev, ctx->mm);
}

SEC("?tp/huge_memory/mm_collapse_huge_page")
int collapse(struct trace_event_raw_mm_collapse_huge_page *ctx)
{
	struct mthp_ev ev = { .kind = MTHP_K_COLLAPSE };

	set_order(&ev, ctx, trace_event_raw_mm_collapse_huge_page___v7_2);
	ev.result = result_number(ctx->status);
	set_value(&ev, ISOLATED, ctx->isolated);
	return take(&ev, ctx->mm);
}

SEC("?tp/huge_memory/mm_collapse_huge_page_isolate")
int isolate(struct trace_event_raw_mm_collapse_huge_page_isolate *ctx)
{
	struct mthp_ev ev = { .kind = MTHP_K_ISOLATE };

	set_order(&ev, ctx, trace_event_raw_mm_collapse_huge_page_isolate___v7_2);
	ev.result = result_number(ctx->status);
	set_pfn(&ev, ctx->pfn);
	set_value(&ev, NONE, ctx->none_or_zero);
	set_value(&ev, REFERENCED, ctx->referenced);
	set_value_if(&ev, WRITABLE, ctx, trace_event_raw_mm_collapse_huge_page_isolate___v6_12,
		     writable);
	return take(&ev, NULL);
}

SEC("?tp/huge_memory/mm_collapse_huge_page_swapin")
int swapin(struct trace_event_raw_mm_collapse_huge_page_swapin *ctx)
{
	struct mthp_ev ev = { .kind = MTHP_K_SWAPIN };

	set_order(&ev, ctx, trace_event_raw_mm_collapse_huge_page_swapin___v7_2);
	set_value(&ev, SWAP, ctx->swapped_in);
	set_value(&ev, REFERENCED, ctx->referenced);
	/* Older kernels report a truth value here, newer ones a scan result. 1 is success in both. */
	set_value(&ev, RET, ctx->ret == 1);
	return take(&ev, ctx->mm);
}

SEC("?tp/huge_memory/mm_khugepaged_scan_file")
int scan_file(struct trace_event_raw_mm_khugepaged_scan_file *ctx)
{
	struct mthp_ev ev = { .kind = MTHP_K_SCAN_FILE };

	ev.order = pmd_order;
	ev.result = result_number(ctx->result);
	set_pfn(&ev, ctx->pfn);
	set_value(&ev, PRESENT, ctx->present);
	set_value(&ev, SWAP, ctx->swap);
	return take(&ev, ctx->mm);
}

SEC("?tp/huge_memory/mm_khugepaged_collapse_file")
int collapse_file(struct trace_event_raw_mm_khugepaged_collapse_file *ctx)
{
	struct mthp_ev ev = { .kind = MTHP_K_COLLAPSE_FILE };

	ev.order = pmd_order;
	ev.result = result_number(ctx->result);
	set_pfn(&ev, ctx->hpfn);
	ev.addr = ctx->addr;
	ev.known |= MTHP_KNOWN_ADDR;
	set_value(&ev, SHMEM, ctx->is_shmem);
	set_value(&ev, PAGES, ctx->nr);
	mthp_fix_collapse_file(&ev);
	return take(&ev, ctx->mm);
}

SEC("?tp/huge_memory/mm_khugepaged_scan")
int pass(struct trace_event_raw_mm_khugepaged_scan *ctx)
{
	struct mthp_ev ev = { .kind = MTHP_K_PASS };

	ev.order = pmd_order;
	set_value(&ev, PROGRESS, ctx->progress);
	set_value(&ev, FULL_SCAN, ctx->full_scan_finished);
	return take(&ev, ctx->mm);
}

SEC("?tp/huge_memory/mm_mthp_scan")
int mthp_scan(struct trace_event_raw_mm_mthp_scan *ctx)
{
	struct mthp_ev ev = { .kind = MTHP_K_MTHP_SCAN };
	struct scan *scan;

	ev.order = pmd_order;
	if (bpf_core_field_exists(ctx->status))
		ev.result = result_number(ctx->status);
	set_member_of(&ev, addr, MTHP_KNOWN_ADDR, ctx, address);
	set_member_of(&ev, dur_ns, MTHP_KNOWN_DUR, ctx, duration_ns);
	set_value_of(&ev, ORDERS, ctx, orders);
	set_value_of(&ev, MAX_PTES_NONE, ctx, max_ptes_none);
	set_value_of(&ev, NONE, ctx, none);
	set_value_of(&ev, PRESENT, ctx, present_ptes);
	set_value_of(&ev, SWAP, ctx, swap);
	set_value_of(&ev, SHARED, ctx, shared);
	set_value_of(&ev, REFERENCED, ctx, referenced_ptes);
	set_value_of(&ev, PLANNED, ctx, planned);
	set_value_of(&ev, PLAN_FILL, ctx, planned_fill);
	set_value_of(&ev, RULE, ctx, rule);
	if (bpf_core_field_exists(ctx->blocked_status))
		set_value(&ev, BLOCKED_BY, result_number(ctx->blocked_status));
	scan = read_bitmaps(ctx);
	/* Kernels emit this event only if the whole table was scanned. */
	if (scan || mthp_knows(&ev, NONE))
		ev.sample = MTHP_SAMPLE_COMPLETE;
	ev.nr_words = scan ? MTHP_OCC_WORDS : 0;
	return take_any(&ev, scan, ctx->mm, 0);
}

SEC("?tp/huge_memory/mm_mthp_collapse")
int mthp_collapse(struct trace_event_raw_mm_mthp_collapse *ctx)
{
	struct mthp_ev ev = { .kind = MTHP_K_MTHP_COLLAPSE };

	ev.order = bpf_core_field_exists(ctx->order) ? ctx->order : pmd_order;
	if (bpf_core_field_exists(ctx->status))
		ev.result = result_number(ctx->status);
	set_member_of(&ev, addr, MTHP_KNOWN_ADDR, ctx, address);
	/* After a failure these fields are zero, and are no counts. */
	if (ev.result == MTHP_R_SUCCEED) {
		set_value_of(&ev, FILLED, ctx, filled);
		set_value_of(&ev, SOURCES, ctx, sources);
		set_value_of(&ev, NODE, ctx, node);
	}
	return take(&ev, ctx->mm);
}

SEC("?tp/huge_memory/mm_mthp_batch")
int mthp_batch(struct trace_event_raw_mm_mthp_batch *ctx)
{
	struct mthp_ev ev = { .kind = MTHP_K_MTHP_BATCH };

	ev.order = pmd_order;
	set_member_of(&ev, addr, MTHP_KNOWN_ADDR, ctx, address);
	set_member_of(&ev, lock_ns, MTHP_KNOWN_LOCK, ctx, locked_ns);
	set_value_of(&ev, TRIED, ctx, tried);
	set_value_of(&ev, DONE, ctx, done);
	return take(&ev, ctx->mm);
}

/*
 * The two events of each scan at detail level plans, read from the arguments of their tracepoints:
 * writing perf's records takes longer than counting. Userspace loads these programs instead of the
 * classic ones only if the argument lists match (kfeat_args()), page tables have 512 entries, and no
 * recording runs: a recording needs the bitmaps and page frames of the records.
 */
/* mm, page, writable, referenced, none_or_zero, status, unmapped */
SEC("?tp_btf/mm_khugepaged_scan_pmd")
int scan_pmd_args(__u64 *args)
{
	struct mthp_ev ev = { .kind = MTHP_K_SCAN_PMD };

	ev.order = MTHP_BITMAP_ORDER;
	ev.result = result_number((int)args[5]);
	set_value(&ev, WRITABLE, (bool)args[2]);
	set_value(&ev, REFERENCED, args[3]);
	set_value(&ev, NONE, args[4]);
	set_value(&ev, SWAP, args[6]);
	return take_any(&ev, NULL, (void *)args[0], 1);
}

/* mm, address, range, is_khugepaged, status, duration_ns */
SEC("?tp_btf/mm_mthp_scan")
int mthp_scan_args(__u64 *args)
{
	struct collapse_range *range = (void *)args[2];
	struct mthp_ev ev = { .kind = MTHP_K_MTHP_SCAN };
	struct scan *scan;

	ev.order = MTHP_BITMAP_ORDER;
	ev.result = result_number((int)args[4]);
	if ((bool)args[3])
		ev.requester = MTHP_Q_KHUGEPAGED;
	ev.addr = args[1];
	ev.dur_ns = args[5];
	ev.known |= MTHP_KNOWN_ADDR | MTHP_KNOWN_DUR;
	set_value(&ev, ORDERS, range->params.orders);
	set_value(&ev, MAX_PTES_NONE, range->params.max_ptes_none);
	set_value(&ev, NONE, range->nr_none);
	set_value(&ev, PRESENT, range->nr_present);
	set_value(&ev, SWAP, range->nr_swap);
	set_value(&ev, SHARED, range->nr_shared);
	set_value(&ev, REFERENCED, range->nr_referenced);
	set_value(&ev, PLANNED, range->plan.nr);
	set_value(&ev, PLAN_FILL, range->plan.fill);
	set_value(&ev, RULE, range->params.rule);
	set_value(&ev, BLOCKED_BY, result_number(range->blocked_result));
	ev.sample = MTHP_SAMPLE_COMPLETE;
	scan = copy_bitmaps(range);
	ev.nr_words = scan ? MTHP_OCC_WORDS : 0;
	return take_any(&ev, scan, (void *)args[0], 1);
}

/*
 * Ranges without the series: see probe.bpf.h. Userspace sets the functions of the capture programs before
 * loading, and attaches the programs of one tracepoint in the order in which events are told.
 */
static __always_inline __u64 func_arg(void *ctx, int index)
{
	__u64 value = 0;

	if (index >= 0)
		bpf_get_func_arg(ctx, index, &value);
	return value;
}

static __always_inline __u64 reg_arg(void *ctx, int offset)
{
	__u64 value = 0;

	if (offset >= 0)
		bpf_probe_read_kernel(&value, sizeof(value), ctx + offset);
	return value;
}

SEC("?fentry")
int capture_scan_fentry(void *ctx)
{
	return capture_scan((void *)func_arg(ctx, scan_args.mm),
			    (void *)func_arg(ctx, scan_args.vma), func_arg(ctx, scan_args.address));
}

SEC("?fentry")
int capture_attempt_fentry(void *ctx)
{
	return capture_attempt(func_arg(ctx, attempt_args.address));
}

SEC("?fentry")
int capture_flush_fentry(void *ctx __attribute__((unused)))
{
	return capture_flush();
}

SEC("?fentry")
int capture_split_fentry(void *ctx)
{
	return tell_split((void *)func_arg(ctx, split_args.vma), func_arg(ctx, split_args.address),
			  (void *)func_arg(ctx, split_args.pmd), false);
}

SEC("?fentry")
int capture_split_locked_fentry(void *ctx)
{
	return tell_split((void *)func_arg(ctx, split_locked_args.vma),
			  func_arg(ctx, split_locked_args.address),
			  (void *)func_arg(ctx, split_locked_args.pmd), true);
}

SEC("?kprobe")
int capture_split_kprobe(void *ctx)
{
	return tell_split((void *)reg_arg(ctx, split_args.vma), reg_arg(ctx, split_args.address),
			  (void *)reg_arg(ctx, split_args.pmd), false);
}

SEC("?kprobe")
int capture_split_locked_kprobe(void *ctx)
{
	return tell_split((void *)reg_arg(ctx, split_locked_args.vma),
			  reg_arg(ctx, split_locked_args.address),
			  (void *)reg_arg(ctx, split_locked_args.pmd), true);
}

SEC("?kprobe")
int capture_scan_kprobe(void *ctx)
{
	return capture_scan((void *)reg_arg(ctx, scan_args.mm), (void *)reg_arg(ctx, scan_args.vma),
			    reg_arg(ctx, scan_args.address));
}

SEC("?kprobe")
int capture_attempt_kprobe(void *ctx)
{
	return capture_attempt(reg_arg(ctx, attempt_args.address));
}

SEC("?kprobe")
int capture_flush_kprobe(void *ctx __attribute__((unused)))
{
	return capture_flush();
}

/* The compiler may put off reading a member of the record, and then read it in a way that older verifiers refuse. */
static __always_inline struct mm_struct *read_now(struct mm_struct *mm)
{
	barrier_var(mm);
	return mm;
}

SEC("?tp/huge_memory/mm_collapse_huge_page")
int tell_scan_first(struct trace_event_raw_mm_collapse_huge_page *ctx)
{
	return tell_scan_before(read_now(ctx->mm));
}

SEC("?tp/huge_memory/mm_collapse_huge_page")
int tell_attempt_end(struct trace_event_raw_mm_collapse_huge_page *ctx)
{
	return tell_attempt(ctx);
}

SEC("?tp/huge_memory/mm_khugepaged_scan_pmd")
int tell_scan_end(struct trace_event_raw_mm_khugepaged_scan_pmd *ctx)
{
	return tell_scan(read_now(ctx->mm), result_number(ctx->status));
}

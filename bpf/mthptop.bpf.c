// SPDX-License-Identifier: GPL-2.0-only
/*
 * The probes: one program per tracepoint of the huge_memory system, each filling a struct mthp_ev
 * from the fields that this kernel's event has, by name. What happens to the event then is the same
 * for all: emit.bpf.h.
 *
 * Userspace loads those whose tracepoint exists ("?": not by default). They are classic tracepoint
 * programs, because the arguments of the tracepoints behind (tp_btf) have changed their types and
 * order between releases, while the fields of the records have kept their names.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "emit.bpf.h"

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
	/* A truth value once, a scan result since; of both 1 alone is success. */
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

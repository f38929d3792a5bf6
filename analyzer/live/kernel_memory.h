/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the running kernel keeps what the page-table reader needs (bpf/pgtable.bpf.h), found out and tried. */
#ifndef LIVE_KERNEL_MEMORY_H
#define LIVE_KERNEL_MEMORY_H

#include <mthp/pte.h>

struct kernel_memory {
	struct mthp_pte_format format;
	__u64 direct_map;	/* virtual address of physical address 0; 0: unknown */
	__u64 page_structs;	/* virtual address of the struct page of frame 0; 0: unknown */
	__u32 page_struct_size; /* bytes */
	/* Addresses of the kernel's variables; 0: unknown. */
	__u64 max_ptes_none, orders_always, orders_madvise, orders_inherit, thp_flags;
	const char *how;   /* the two maps were found: "symbols" or "calibration" */
	char problem[192]; /* why page tables cannot be read; "": they can */
};

/* 0, or -ENOTSUP with @k->problem set; prints nothing. */
int kernel_memory_find(struct kernel_memory *k);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page table entries, as architectures write them: a table of masks, and what an entry says by them. The same
 * code is compiled into the BPF programs that walk page tables and into userspace, which reads copies of them.
 */
#ifndef MTHP_PTE_H
#define MTHP_PTE_H

#include <mthp/types.h>

struct mthp_pte_format {
	__u64 valid;	   /* the CPU may use the entry */
	__u64 unreachable; /* with valid clear: a page that a NUMA hint or mprotect() made unreachable */
	__u64 accessed;
	__u64 writable;
	__u64 special;	  /* in anonymous memory: the zero page */
	__u64 frame;	  /* address of the frame */
	__u64 inverted;	  /* bits of the address that an entry without valid holds inverted */
	__u64 leaf_mask;  /* above the table of PTEs: entry & leaf_mask == leaf maps a huge page, */
	__u64 leaf;	  /* if it is present */
	__u64 noise;	  /* bits that a CPU may set in an empty entry */
	__u64 guard_mask; /* entry & guard_mask == guard: a guard region */
	__u64 guard;
	__u32 type_shift; /* of the type in a swap entry, which has MTHP_SWP_TYPE_BITS */
	__u32 page_shift; /* log2 of the bytes of a page, which are those of a table */
	__u32 index_bits; /* log2 of the entries of a table */
	__u32 top_shift;  /* address bits below an entry of the top table */
	__u32 huge_shift; /* the largest level whose entries may map pages: address bits below one */
	__u32 pad;
};

#define MTHP_SWP_TYPE_BITS 5
/*
 * Types of swap entries from here on are no swap: migration, poison, markers. A kernel may have up to four
 * more swap files (include/linux/swap.h: MAX_SWAPFILES).
 */
#define MTHP_SWP_FIRST_OTHER 23

/* Address bits below an entry of a table of PTEs' parent: log2 of the bytes of a PMD range. */
MTHP_INLINE __u32 mthp_pmd_shift(const struct mthp_pte_format *f)
{
	return f->page_shift + f->index_bits;
}

MTHP_INLINE int mthp_pte_present(const struct mthp_pte_format *f, __u64 entry)
{
	return (entry & (f->valid | f->unreachable)) != 0;
}

MTHP_INLINE int mthp_pte_none(const struct mthp_pte_format *f, __u64 entry)
{
	return !(entry & ~f->noise);
}

/* Address of the frame. */
MTHP_INLINE __u64 mthp_pte_frame(const struct mthp_pte_format *f, __u64 entry)
{
	return (entry ^ (entry & f->valid ? 0 : f->inverted)) & f->frame;
}

/* Of an entry above the table of PTEs: does it map a huge page? */
MTHP_INLINE int mthp_pte_leaf(const struct mthp_pte_format *f, __u64 entry)
{
	return mthp_pte_present(f, entry) && (entry & f->leaf_mask) == f->leaf;
}

/* Of an entry that is neither present nor none. */
MTHP_INLINE int mthp_pte_guard(const struct mthp_pte_format *f, __u64 entry)
{
	return f->guard_mask && (entry & f->guard_mask) == f->guard;
}

#endif

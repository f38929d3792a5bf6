/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the page table of one PMD range into bitmaps, for tables of 512 entries (4K pages). What an entry says is
 * in mthp/pte.h, for all machines.
 *
 * The caller has to know that the table stays: mmap_lock is held, or a lock of the VMA. The entries may change
 * meanwhile. Each is read once, and what it says was true at a moment of the call.
 *
 * A table's entries hold physical addresses. Userspace finds out where the kernel maps physical memory, and
 * tries it before it sets direct_map: live/kernel_memory.c.
 */
#ifndef PGTABLE_BPF_H
#define PGTABLE_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "maps.bpf.h"
#include <mthp/pte.h>

#define TABLE_ENTRIES (1 << MTHP_BITMAP_ORDER)
#define TABLE_LEVELS  4 /* above the table of PTEs, at most */

/* Set by userspace before loading. */
const volatile struct mthp_pte_format format;
const volatile __u64 direct_map;   /* virtual address of physical address 0; 0: unknown */
const volatile __u64 page_structs; /* virtual address of the struct page of frame 0; 0: unknown */
const volatile __u32 page_struct_size;

enum table_state {
	TABLE_READ,   /* the bitmaps are set */
	TABLE_NONE,   /* there is no table: nothing is mapped, or the range is migrated */
	TABLE_HUGE,   /* a huge page maps the range */
	TABLE_UNREAD, /* the kernel's memory could not be read */
};

/* What a table holds, a bit per PTE. */
struct table_bits {
	__u64 present[MTHP_OCC_WORDS]; /* maps a page, not the zero page */
	__u64 blocked
		[MTHP_OCC_WORDS]; /* neither empty nor present: swap, migration, poison, a marker */
	__u64 referenced[MTHP_OCC_WORDS]; /* present, and accessed */
	__u64 joined
		[MTHP_OCC_WORDS]; /* present, and its page follows its left neighbour's in one folio */
	__u32 nr_present;
	__u32 nr_referenced;
	__u32 nr_swap; /* of the blocked ones */
	__u32 nr_blocked;
};

/* 1 if @x is not 0. Without a branch: the verifier follows each one through all entries of a table. */
static __always_inline __u64 is_set(__u64 x)
{
	return (x | -x) >> 63;
}

/* mthp_pte_frame(), without a branch. */
static __always_inline __u64 frame_of(__u64 entry)
{
	return (entry ^ ((is_set(entry & format.valid) - 1) & format.inverted)) & format.frame;
}

/* Finds the table of PTEs of @address; @table gets its virtual address. */
static __always_inline enum table_state find_table(struct mm_struct *mm, __u64 address,
						   __u64 *table)
{
	__u64 at = (__u64)BPF_CORE_READ(mm, pgd), entry;
	__u32 pmd_shift = format.page_shift + format.index_bits;
	__u32 shift = format.top_shift, level;

	for (level = 0; level < TABLE_LEVELS; level++) {
		__u64 index = address >> shift & ((1ULL << format.index_bits) - 1);

		if (bpf_probe_read_kernel(&entry, sizeof(entry), (void *)(at + (index << 3))))
			return TABLE_UNREAD;
		if (shift <= format.huge_shift && entry & (format.valid | format.unreachable) &&
		    (entry & format.leaf_mask) == format.leaf)
			return TABLE_HUGE;
		if (!(entry & format.valid))
			return TABLE_NONE;
		at = direct_map + frame_of(entry);
		if (shift == pmd_shift)
			break;
		shift -= format.index_bits;
	}
	*table = at;
	return TABLE_READ;
}

struct table_word {
	__u64 entry[64];
};

struct table {
	struct table_word word[MTHP_OCC_WORDS];
};

/* The page table that is being read. One program reads tables, and none runs twice at once on a CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct table);
} tables SEC(".maps");

/* What a word of a table holds, a bit per PTE. */
struct word_bits {
	__u64 present, blocked, referenced, joined;
	__u64 swap;    /* blocked, and swapped out */
	__u64 follows; /* present, and its frame follows that of the entry before */
	__u64 last;    /* frame of the last entry; of the word before, when a word begins */
};

/* Global functions, as add_occupancy(). */
__noinline int read_word(const struct table_word *from, struct word_bits *to)
{
	const __u64 there = format.valid | format.unreachable, valid = format.valid;
	const __u64 special = format.special, accessed = format.accessed, frames = format.frame;
	const __u64 inverted = format.inverted, noise = format.noise,
		    page = 1ULL << format.page_shift;
	const __u32 type_shift = format.type_shift;
	__u64 present = 0, blocked = 0, referenced = 0, follows = 0, swap = 0, before;
	__u32 i;

	if (!from || !to)
		return 0;
	before = to->last;
	for (i = 0; i < 64; i++) {
		__u64 entry = from->entry[i], maps, other, frame, type;

		maps = is_set(entry & there) & (is_set(entry & special) ^ 1);
		other = is_set(entry & ~noise) & (is_set(entry & there) ^ 1);
		frame = (entry ^ ((is_set(entry & valid) - 1) & inverted)) & frames;
		type = entry >> type_shift & ((1 << MTHP_SWP_TYPE_BITS) - 1);
		present |= maps << i;
		referenced |= (is_set(entry & accessed) & maps) << i;
		blocked |= other << i;
		swap |= (other & (type - MTHP_SWP_FIRST_OTHER) >> 63) << i;
		follows |= (is_set(frame - before - page) ^ 1) << i;
		before = frame;
	}
	to->last = before;
	to->present = present;
	to->blocked = blocked;
	to->referenced = referenced;
	to->swap = swap;
	to->follows = follows & present;
	return 0;
}

/* Is the page at @frame a tail of a folio, so that the frame before it belongs to the same folio? */
static __always_inline __u64 is_tail(__u64 frame)
{
	struct page *page =
		(void *)(page_structs + (frame >> format.page_shift) * page_struct_size);
	__u64 word = 0;

	if (bpf_core_field_exists(page->compound_head))
		bpf_core_read(&word, sizeof(word), &page->compound_head);
	else
		bpf_core_read(&word, sizeof(word), &((struct page___v7_3 *)page)->compound_info);
	return word & 1;
}

/* Does this entry above the table of PTEs map a huge page of anonymous memory? The huge zero page is none. */
static __always_inline bool is_anon_huge(__u64 entry)
{
	struct folio *folio =
		(void *)(page_structs + (frame_of(entry) >> format.page_shift) * page_struct_size);
	__u64 mapping = 0;

	if (!(entry & (format.valid | format.unreachable)) ||
	    (entry & format.leaf_mask) != format.leaf)
		return false;
	if (!page_structs || !bpf_core_field_exists(folio->mapping))
		return true;
	bpf_core_read(&mapping, sizeof(mapping), &folio->mapping);
	return mapping & 1;
}

struct four_entries {
	__u64 entry[4];
};

/*
 * Which of four entries are joined to the one before? @follows: bits of those whose frame follows. Anonymous
 * folios of several pages have at least four, and begin at a frame that is a multiple of four. So one or two
 * looks decide about four such frames.
 */
__noinline int join_four(const struct four_entries *from, __u32 follows)
{
	__u32 joined = 0, k;
	__u64 frame;

	if (!from || !follows)
		return 0;
	frame = frame_of(from->entry[0]);
	if ((follows & 14) == 14 && !(frame >> format.page_shift & 3)) {
		if (is_tail(frame + (1ULL << format.page_shift)))
			joined = 14 | (follows & 1 ? is_tail(frame) : 0);
	} else {
		MTHP_UNROLL
		for (k = 0; k < 4; k++)
			if (follows >> k & 1)
				joined |= is_tail(frame_of(from->entry[k])) << k;
	}
	return joined & 15;
}

__noinline int join_word(const struct table_word *from, struct word_bits *to)
{
	__u64 follows, joined = 0;
	__u32 i;

	if (!from || !to)
		return 0;
	follows = to->follows;
	for (i = 0; i < 16; i++)
		joined |= (__u64)(join_four((const void *)&from->entry[4 * i],
					    follows >> 4 * i & 15) &
				  15)
			  << 4 * i;
	to->joined = joined;
	return 0;
}

/* Reads the table of the PMD range at @address. @bits is set only for TABLE_READ. */
static __always_inline enum table_state read_table(struct mm_struct *mm, __u64 address,
						   struct table_bits *bits)
{
	struct word_bits word = {};
	enum table_state state;
	__u32 zero = 0, i;
	struct table *table;
	__u64 at = 0;

	state = find_table(mm, address, &at);
	if (state != TABLE_READ)
		return state;
	table = bpf_map_lookup_elem(&tables, &zero);
	if (!table || bpf_probe_read_kernel(table, sizeof(*table), (void *)at))
		return TABLE_UNREAD;
	bits->nr_present = 0;
	bits->nr_referenced = 0;
	bits->nr_blocked = 0;
	bits->nr_swap = 0;
	for (i = 0; i < MTHP_OCC_WORDS; i++) {
		read_word(&table->word[i], &word);
		word.joined = 0;
		if (word.follows)
			join_word(&table->word[i], &word);
		bits->present[i] = word.present;
		bits->blocked[i] = word.blocked;
		bits->referenced[i] = word.referenced;
		bits->joined[i] = word.joined;
		bits->nr_present += mthp_popcount(word.present);
		bits->nr_referenced += mthp_popcount(word.referenced);
		bits->nr_blocked += mthp_popcount(word.blocked);
		bits->nr_swap += mthp_popcount(word.swap);
	}
	return TABLE_READ;
}

#endif

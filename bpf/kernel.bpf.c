// SPDX-License-Identifier: GPL-2.0-only
/*
 * Questions about the kernel's memory that userspace asks before it loads the other programs. Each program is
 * run once by a system call (BPF_PROG_RUN), with its question and its answer in global variables.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include <mthp/pte.h>

#define MAGIC_WORDS 4
#define OWN_PAGES   4
#define MAX_LEVELS  6 /* with that of PTEs */

char LICENSE[] SEC("license") = "GPL";

/*
 * look_up: the address of the symbol `name` and the 8 bytes there; 0 where it has none. And what the kernel's
 * BTF says of struct page.
 */
char name[64];
__u64 address;
__u64 value;
__u32 page_struct_size; /* bytes */
__u64 in_direct_map;	/* an address there: something that the kernel allocated; */
__u64 in_page_structs;	/* and one in the array of struct page. 0: not to be had */

/*
 * find_direct_map, find_page_structs: which of `tries` guesses from `guess` on, `step` bytes apart, is right for
 * the pages of the caller? `answer`: that guess; 0: none.
 */
__u64 guess;
__u64 step;
__u32 tries;
__u64 answer;
__u64 frames[OWN_PAGES];
__u64 numbers[OWN_PAGES]; /* in the address space: address divided by the size of a page */
__u64 magic[OWN_PAGES][MAGIC_WORDS]; /* what each begins with */

/*
 * find_entries: the page table entries of the pages, by tables of this format that are read at `direct_map`. 0: there is
 * none, by this format.
 */
struct mthp_pte_format format;
__u64 direct_map;
__u64 entries[OWN_PAGES];
const volatile __u32 page_shift;

static long try_direct_map(__u32 i, void *ctx __attribute__((unused)))
{
	__u64 at = guess + i * step, differs = 0, found[MAGIC_WORDS];
	__u32 page, word;

	for (page = 0; page < OWN_PAGES; page++) {
		if (bpf_probe_read_kernel(found, sizeof(found),
					  (void *)(at + (frames[page] << page_shift))))
			return 0;
		for (word = 0; word < MAGIC_WORDS; word++)
			differs |= found[word] ^ magic[page][word];
	}
	if (differs)
		return 0;
	answer = at;
	return 1;
}

/* Of anonymous memory the lowest bit of the mapping is set. */
static long try_page_structs(__u32 i, void *ctx __attribute__((unused)))
{
	__u64 at = guess + i * step, differs = 0, mapping;
	struct folio *folio;
	unsigned long number;
	__u32 page;

	for (page = 0; page < OWN_PAGES; page++) {
		folio = (void *)(at + frames[page] * bpf_core_type_size(struct page));
		if (bpf_core_read(&mapping, sizeof(mapping), &folio->mapping) ||
		    bpf_core_read(&number, sizeof(number), &folio->index))
			return 0;
		differs |= ((mapping & 3) ^ 1) | (number ^ numbers[page]);
	}
	if (differs)
		return 0;
	answer = at;
	return 1;
}

SEC("syscall")
int find_direct_map(void *ctx __attribute__((unused)))
{
	answer = 0;
	bpf_loop(tries, try_direct_map, NULL, 0);
	return 0;
}

SEC("syscall")
int find_page_structs(void *ctx __attribute__((unused)))
{
	answer = 0;
	bpf_loop(tries, try_page_structs, NULL, 0);
	return 0;
}

/* Not static: the verifier checks it once by itself, and not for each page. */
__noinline __u64 entry_of(__u64 table, __u64 address)
{
	__u64 entry = 0, index;
	__u32 shift = format.top_shift, level;

	for (level = 0; level < MAX_LEVELS; level++) {
		index = address >> shift & ((1ULL << format.index_bits) - 1);
		if (bpf_probe_read_kernel(&entry, sizeof(entry), (void *)(table + index * 8)))
			return 0;
		if (shift <= format.page_shift)
			return entry;
		if (!(entry & format.valid) || mthp_pte_leaf(&format, entry))
			return 0;
		table = direct_map + mthp_pte_frame(&format, entry);
		shift -= format.index_bits;
	}
	return 0;
}

SEC("syscall")
int find_entries(void *ctx __attribute__((unused)))
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u64 top = (__u64)BPF_CORE_READ(task, mm, pgd);
	__u32 page;

	for (page = 0; page < OWN_PAGES; page++)
		entries[page] = entry_of(top, numbers[page] << format.page_shift);
	return 0;
}

static __always_inline void find_hints(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct page **pages;

	in_direct_map = (__u64)task;
	in_page_structs = 0;
	/* With CONFIG_VMAP_STACK only, as everybody has. */
	if (!bpf_core_field_exists(task->stack_vm_area))
		return;
	pages = BPF_CORE_READ(task, stack_vm_area, pages);
	bpf_probe_read_kernel(&in_page_structs, sizeof(in_page_structs), pages);
}

SEC("syscall")
int look_up(void *ctx __attribute__((unused)))
{
	unsigned long long at = 0;
	__u64 read = 0;

	address = 0;
	value = 0;
	page_struct_size = bpf_core_type_size(struct page);
	find_hints();
	if (bpf_kallsyms_lookup_name(name, sizeof(name), 0, &at))
		return 0;
	address = at;
	if (!bpf_probe_read_kernel(&read, sizeof(read), (void *)at))
		value = read;
	return 0;
}

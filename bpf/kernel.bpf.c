// SPDX-License-Identifier: GPL-2.0-only
/*
 * Questions about the kernel's memory that userspace asks before it loads the other programs. Each program is
 * run once by a system call (BPF_PROG_RUN), with its question and its answer in global variables.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#define MAGIC_WORDS 4
#define OWN_PAGES   4
#define NULL	    ((void *)0)

char LICENSE[] SEC("license") = "GPL";

/* look_up: the address of the symbol `name` and the 8 bytes there; 0 where it has none. */
char name[64];
__u64 address;
__u64 value;

/*
 * find_direct_map, find_page_structs: which of `tries` guesses from `guess` on, a gigabyte apart, is right for
 * the pages of the caller? `answer`: that guess; 0: none.
 */
__u64 guess;
__u32 tries;
__u64 answer;
__u64 frames[OWN_PAGES];
__u64 numbers[OWN_PAGES]; /* in the address space: address divided by the size of a page */
__u64 magic[OWN_PAGES][MAGIC_WORDS]; /* what each begins with */
const volatile __u32 page_shift;
const volatile __u32 page_struct_size;

static long try_direct_map(__u32 i, void *ctx __attribute__((unused)))
{
	__u64 at = guess + ((__u64)i << 30), differs = 0, found[MAGIC_WORDS];
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
	__u64 at = guess + ((__u64)i << 30), differs = 0, mapping;
	struct folio *folio;
	unsigned long number;
	__u32 page;

	for (page = 0; page < OWN_PAGES; page++) {
		folio = (void *)(at + frames[page] * page_struct_size);
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

SEC("syscall")
int look_up(void *ctx __attribute__((unused)))
{
	unsigned long long at = 0;
	__u64 read = 0;

	address = 0;
	value = 0;
	if (bpf_kallsyms_lookup_name(name, sizeof(name), 0, &at))
		return 0;
	address = at;
	if (!bpf_probe_read_kernel(&read, sizeof(read), (void *)at))
		value = read;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the kernel's map of physical memory and its array of struct page. Symbols tell both on most kernels.
 * Where they do not, every place that is possible is tried. In either case a place counts only if it is right for
 * pages of our own, whose frames, random contents and numbers are known: a wrong one cannot pass.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <mthp/pte.h>

#include "bpf/kernel.skel.h"
#include "lib/array.h"
#include "live/kernel_memory.h"
#include "live/remedy.h"

#define GIGABYTE	(1ULL << 30)
#define PAGEMAP_PRESENT (1ULL << 63)
#define PAGEMAP_FRAME	((1ULL << 55) - 1)

/* arch/x86/include/asm/pgtable_types.h and pgtable_64.h, pgtable-invert.h; guards: since 6.13 */
static const struct mthp_pte_format x86_64 = {
	.valid = 1ULL << 0,
	.unreachable = 1ULL << 8, /* _PAGE_PROTNONE */
	.accessed = 1ULL << 5,
	.writable = 1ULL << 1,
	.special = 1ULL << 9,
	.frame = 0x000ffffffffff000ULL,
	.inverted = ~0ULL,
	.leaf_mask = 1ULL << 7, /* _PAGE_PSE */
	.leaf = 1ULL << 7,
	.noise = 0x60, /* _PAGE_KNL_ERRATUM_MASK */
	/* Type 31, a marker, of which bit 2 is the guard; numbers of swap entries are inverted. */
	.guard_mask = 31ULL << 59 | 1ULL << 11,
	.guard = 31ULL << 59,
	.type_shift = 59,
	.huge_shift = 30,
};

/* arch/arm64/include/asm/pgtable-hwdef.h, pgtable-prot.h and pgtable.h; of any size of pages, with 48 bits */
static const struct mthp_pte_format arm64 = {
	.valid = 1ULL << 0,
	.accessed = 1ULL << 10,
	.writable = 1ULL << 51,
	.special = 1ULL << 56,
	.frame = 0x0000fffffffff000ULL,
	.leaf_mask = 1ULL << 1, /* PMD_TABLE_BIT is clear */
	.leaf = 0,
	.huge_shift = 63,
};

/* Where an arm64 kernel keeps what it needs of an entry that is not valid: it was changed in 6.11. */
static const struct {
	__u64 unreachable;
	__u32 type_shift;
	__u64 guard; /* since 6.13: type 31, a marker, of which bit 2 is the guard */
} arm64_invalid[] = {
	/* PTE_PROT_NONE. Its entries have the other bit, too (PTE_NG): so it comes first. */
	{ 1ULL << 58, 3, 0 },
	{ 1ULL << 11, 6, 31ULL << 6 | 1ULL << 14 }, /* PTE_PRESENT_INVALID */
};

/* The machines whose page tables are known, and the levels that they may have above PTEs. */
static const struct machine {
	const char *name;
	const struct mthp_pte_format *format;
	__u32 levels[4]; /* with that of PTEs; 0: no more */
	/* The array of struct page begins at a gigabyte, above the map; else it is as far off as frame 0. */
	bool fixed;
} machines[] = {
	/* Documentation/arch/x86/x86_64/mm.rst */
	{ "x86_64", &x86_64, { 4, 5 }, true },
	{ "aarch64", &arm64, { 4, 3, 5, 2 }, false },
};

#define NEAR 256ULL	  /* steps below an address that is known, first */
#define FAR  (1ULL << 18) /* then: physical addresses have 48 bits */

static int problem(struct kernel_memory *k, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int problem(struct kernel_memory *k, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(k->problem, sizeof(k->problem), fmt, ap);
	va_end(ap);
	return -ENOTSUP;
}

/* Runs one of the programs. 0 or -errno. */
static int ask(int prog)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	return bpf_prog_test_run_opts(prog, &opts) ? -errno : 0;
}

/* The address of a symbol; 0: it is not to be had. @value: the 8 bytes there. */
static __u64 symbol(struct kernel *ask_of, const char *name, __u64 *value)
{
	snprintf(ask_of->bss->name, sizeof(ask_of->bss->name), "%s", name);
	if (ask(ask_of->progs.look_up.prog_fd))
		return 0;
	*value = ask_of->bss->value;
	return ask_of->bss->address;
}

static void find_symbols(struct kernel *ask_of, struct kernel_memory *k)
{
	const struct {
		const char *name;
		__u64 *address;
	} variables[] = {
		{ "khugepaged_max_ptes_none", &k->max_ptes_none },
		{ "huge_anon_orders_always", &k->orders_always },
		{ "huge_anon_orders_madvise", &k->orders_madvise },
		{ "huge_anon_orders_inherit", &k->orders_inherit },
		{ "transparent_hugepage_flags", &k->thp_flags },
	};
	__u64 value = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(variables); i++)
		*variables[i].address = symbol(ask_of, variables[i].name, &value);
	if (symbol(ask_of, "sme_me_mask", &value))
		k->format.frame &= ~value;
}

/* Pages of our own: locked, so that they stay where they are. NULL with @k->problem set. */
static char *own_pages(struct kernel *ask_of, struct kernel_memory *k, size_t page_size)
{
	size_t nr = ARRAY_SIZE(ask_of->bss->frames), i;
	char *at = mmap(NULL, nr * page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	__u64 entry = 0;

	if (at == MAP_FAILED || fd < 0 || madvise(at, nr * page_size, MADV_NOHUGEPAGE))
		goto fail;
	for (i = 0; i < nr; i++) {
		char *page = at + i * page_size;
		__u64 *magic = ask_of->bss->magic[i];

		if (getrandom(magic, sizeof(ask_of->bss->magic[i]), 0) < 0)
			goto fail;
		memcpy(page, magic, sizeof(ask_of->bss->magic[i]));
		if (mlock(page, page_size) ||
		    pread(fd, &entry, sizeof(entry), (size_t)page / page_size * sizeof(entry)) !=
			    sizeof(entry) ||
		    !(entry & PAGEMAP_PRESENT) || !(entry & PAGEMAP_FRAME))
			goto fail;
		ask_of->bss->frames[i] = entry & PAGEMAP_FRAME;
		ask_of->bss->numbers[i] = (size_t)page / page_size;
	}
	close(fd);
	return at;
fail:
	problem(k, "frames of pages are hidden (/proc/self/pagemap needs CAP_SYS_ADMIN)");
	if (fd >= 0)
		close(fd);
	if (at != MAP_FAILED)
		munmap(at, nr * page_size);
	return NULL;
}

/* Tries @tries places from @from on, @step bytes apart. The one that is right, or 0. */
static __u64 try_places(struct kernel *ask_of, int prog, __u64 from, __u64 tries, __u64 step)
{
	ask_of->bss->guess = from;
	ask_of->bss->step = step;
	ask_of->bss->tries = tries;
	return ask(prog) ? 0 : ask_of->bss->answer;
}

/* A map of the kernel, and how it is found. */
struct wanted_map {
	const char *symbol;
	int prog;
	__u64 inside; /* an address in it; 0: not known */
	__u64 step;   /* it begins at a multiple of that */
};

/*
 * Of the symbol's value; or below an address that is known to be in it, no further than there is memory; or above
 * @from. 0: nowhere.
 */
static __u64 find_map(struct kernel *ask_of, const struct wanted_map *map, __u64 from, bool *tried)
{
	__u64 value = 0, found = 0, inside = map->inside - map->inside % map->step;

	if (symbol(ask_of, map->symbol, &value) && value)
		found = try_places(ask_of, map->prog, value, 1, map->step);
	if (found)
		return found;
	*tried = true;
	if (inside)
		found = try_places(ask_of, map->prog, inside - NEAR * map->step, NEAR + 1,
				   map->step);
	if (inside && !found)
		found = try_places(ask_of, map->prog, inside - FAR * map->step, FAR, map->step);
	if (!inside && from)
		found = try_places(ask_of, map->prog, from, FAR, map->step);
	return found;
}

/* The number of levels by which the tables lead to pages of our own. 0 or -ENOTSUP. */
static int find_levels(struct kernel *ask_of, struct kernel_memory *k,
		       const struct machine *machine)
{
	struct mthp_pte_format *f = &k->format;
	size_t i, n, right;

	ask_of->bss->direct_map = k->direct_map;
	for (i = 0; i < ARRAY_SIZE(machine->levels) && machine->levels[i]; i++) {
		f->top_shift = f->page_shift + f->index_bits * (machine->levels[i] - 1);
		memcpy(&ask_of->bss->format, f, sizeof(*f));
		if (ask(ask_of->progs.find_entries.prog_fd))
			continue;
		for (n = right = 0; n < ARRAY_SIZE(ask_of->bss->entries); n++)
			right += ask_of->bss->entries[n] & f->valid &&
				 mthp_pte_frame(f, ask_of->bss->entries[n]) >> f->page_shift ==
					 ask_of->bss->frames[n];
		if (right == n)
			return 0;
	}
	return problem(k, "the kernel's page tables have a form that is not known");
}

/* Pages of our own become unreachable: what do their entries look like now? */
static int find_unreachable(struct kernel *ask_of, struct kernel_memory *k, char *pages,
			    size_t bytes)
{
	struct mthp_pte_format *f = &k->format;
	__u64 entry;
	size_t i;

	if (f->unreachable)
		return 0;
	if (mprotect(pages, bytes, PROT_NONE) || ask(ask_of->progs.find_entries.prog_fd))
		return problem(k, "entries of unreachable pages were not found");
	entry = ask_of->bss->entries[0];
	for (i = 0; i < ARRAY_SIZE(arm64_invalid) && !f->unreachable; i++)
		if (!(entry & f->valid) && entry & arm64_invalid[i].unreachable) {
			f->unreachable = arm64_invalid[i].unreachable;
			f->type_shift = arm64_invalid[i].type_shift;
			f->guard_mask = f->guard = arm64_invalid[i].guard;
		}
	return f->unreachable ?
		       0 :
		       problem(k, "entries of unreachable pages have a form that is not known");
}

static int find_all(struct kernel *ask_of, struct kernel_memory *k, const struct machine *machine,
		    char *pages, size_t bytes)
{
	/* 64K pages: ARM64_MEMSTART_ALIGN */
	__u64 step = k->format.page_shift == 16 ? GIGABYTE / 2 : GIGABYTE;
	struct wanted_map map = { "page_offset_base", ask_of->progs.find_direct_map.prog_fd,
				  ask_of->bss->in_direct_map, step };
	bool tried = false;

	k->direct_map = find_map(ask_of, &map, 0, &tried);
	if (!k->direct_map)
		return problem(k, "the kernel's map of physical memory was not found");
	if (!machine->fixed)
		step = (step >> k->format.page_shift) * k->page_struct_size;
	map = (struct wanted_map){ "vmemmap_base", ask_of->progs.find_page_structs.prog_fd,
				   ask_of->bss->in_page_structs, step };
	k->page_structs = find_map(ask_of, &map, machine->fixed ? k->direct_map : 0, &tried);
	k->how = tried ? "calibration" : "symbols";
	if (!k->page_structs)
		return problem(k, "the kernel's array of struct page was not found");
	if (find_levels(ask_of, k, machine))
		return -ENOTSUP;
	return find_unreachable(ask_of, k, pages, bytes);
}

static int find_maps(struct kernel *ask_of, struct kernel_memory *k, const struct machine *machine)
{
	size_t page_size = sysconf(_SC_PAGESIZE), bytes;
	char *pages = own_pages(ask_of, k, page_size);
	int err;

	if (!pages)
		return -ENOTSUP;
	bytes = ARRAY_SIZE(ask_of->bss->frames) * page_size;
	err = find_all(ask_of, k, machine, pages, bytes);
	munmap(pages, bytes);
	return err;
}

/* Why the kernel did not take the programs: -errno @err, and what to do about it if that can be found out. */
static int refused(struct kernel_memory *k, int err)
{
	const char *what = "programs that read the kernel's memory";
	char remedy[160];

	if (live_remedy(err, remedy, sizeof(remedy))[0])
		return problem(k, "%s: %s (%s)", what, strerror(-err), remedy);
	if (err == -EACCES)
		return problem(k, "%s: the kernel's verifier or a security module refused them",
			       what);
	/* The newest of what they call. */
	if (libbpf_probe_bpf_helper(BPF_PROG_TYPE_SYSCALL, BPF_FUNC_loop, NULL) == 0)
		return problem(k, "%s: %s (needs Linux 5.17)", what, strerror(-err));
	return problem(k, "%s: %s", what, strerror(-err));
}

/* 0 or -ENOTSUP. */
static int open_programs(struct kernel **out, struct kernel_memory *k)
{
	struct kernel *ask_of = kernel__open();
	int err;

	*out = ask_of;
	if (!ask_of)
		return problem(k, "programs that read the kernel's memory: %s", strerror(errno));
	ask_of->rodata->page_shift = k->format.page_shift;
	err = kernel__load(ask_of);
	return err ? refused(k, err) : 0;
}

/* NULL: its page tables are not known. */
static const struct machine *find_machine(struct kernel_memory *k)
{
	struct utsname uts;
	size_t i;

	for (i = 0; !uname(&uts) && i < ARRAY_SIZE(machines); i++) {
		if (strcmp(uts.machine, machines[i].name))
			continue;
		k->format = *machines[i].format;
		/* A table fills a page. */
		k->format.page_shift = __builtin_ctz(sysconf(_SC_PAGESIZE));
		k->format.index_bits = k->format.page_shift - 3;
		k->format.frame &= ~(sysconf(_SC_PAGESIZE) - 1ULL);
		return &machines[i];
	}
	return NULL;
}

int kernel_memory_find(struct kernel_memory *k)
{
	const struct machine *machine;
	struct kernel *ask_of = NULL;
	int err;

	memset(k, 0, sizeof(*k));
	machine = find_machine(k);
	if (!machine)
		return problem(k, "page tables of this machine are not known (only those of "
				  "x86_64 and aarch64)");
	err = open_programs(&ask_of, k);
	if (!err) {
		find_symbols(ask_of, k);
		k->page_struct_size = ask_of->bss->page_struct_size;
		err = find_maps(ask_of, k, machine);
	}
	if (ask_of)
		kernel__destroy(ask_of);
	return err;
}

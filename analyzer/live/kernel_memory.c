// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds the kernel's map of physical memory and its array of struct page. Symbols tell both on most kernels.
 * Where they do not, every place that is possible is tried. In either case a place counts only if it is right for
 * pages of our own, whose frames, random contents and numbers are known: a wrong one cannot pass.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
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

#include "bpf/kernel.skel.h"
#include "lib/array.h"
#include "live/kernel_memory_priv.h"

#define GIGABYTE	(1ULL << 30)
#define PAGEMAP_PRESENT (1ULL << 63)
#define PAGEMAP_FRAME	((1ULL << 55) - 1)

/* Documentation/arch/x86/x86_64/mm.rst: between these, in either number of levels. */
static const struct {
	__u32 top_shift;
	__u64 from, to;
} places[] = {
	{ 39, 0xffff880000000000ULL, 0xffffff0000000000ULL },
	{ 48, 0xff10000000000000ULL, 0xffe0000000000000ULL },
};

/* More would take seconds. */
#define MAX_TRIES (1U << 20)

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
static int ask(const struct bpf_program *prog)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int err = bpf_prog_test_run_opts(bpf_program__fd(prog), &opts);

	return err ? -errno : 0;
}

/* The address of a symbol; 0: it is not to be had. @value: the 8 bytes there. */
static __u64 symbol(struct kernel *ask_of, const char *name, __u64 *value)
{
	snprintf(ask_of->bss->name, sizeof(ask_of->bss->name), "%s", name);
	if (ask(ask_of->progs.look_up))
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
		k->encryption_mask = value;
}

static bool has_la57(void)
{
	char line[4096];
	bool found = false;
	FILE *f = fopen("/proc/cpuinfo", "re");

	while (f && !found && fgets(line, sizeof(line), f))
		found = !strncmp(line, "flags", 5) && strstr(line, " la57");
	if (f)
		fclose(f);
	return found;
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

/* Of the symbol's value, or of every place that is possible. 0: nowhere. */
static __u64 find_map(struct kernel *ask_of, struct kernel_memory *k, const char *name,
		      const struct bpf_program *prog, bool *tried)
{
	__u64 value = 0, from, to;
	size_t i;

	if (symbol(ask_of, name, &value) && value) {
		ask_of->bss->guess = value;
		ask_of->bss->tries = 1;
		if (!ask(prog) && ask_of->bss->answer)
			return ask_of->bss->answer;
	}
	*tried = true;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (places[i].top_shift != k->top_shift)
			continue;
		from = places[i].from;
		to = places[i].to;
		ask_of->bss->guess = from;
		ask_of->bss->tries =
			(to - from) / GIGABYTE > MAX_TRIES ? MAX_TRIES : (to - from) / GIGABYTE;
		if (!ask(prog))
			return ask_of->bss->answer;
	}
	return 0;
}

static int find_maps(struct kernel *ask_of, struct kernel_memory *k)
{
	size_t page_size = sysconf(_SC_PAGESIZE);
	char *pages = own_pages(ask_of, k, page_size);
	bool tried = false;

	if (!pages)
		return -ENOTSUP;
	k->direct_map =
		find_map(ask_of, k, "page_offset_base", ask_of->progs.find_direct_map, &tried);
	if (k->direct_map)
		k->page_structs = find_map(ask_of, k, "vmemmap_base",
					   ask_of->progs.find_page_structs, &tried);
	munmap(pages, ARRAY_SIZE(ask_of->bss->frames) * page_size);
	k->how = tried ? "calibration" : "symbols";
	if (!k->direct_map)
		return problem(k, "the kernel's map of physical memory was not found");
	if (!k->page_structs)
		return problem(k, "the kernel's array of struct page was not found");
	return 0;
}

/* 0 or -ENOTSUP. */
static int open_programs(struct kernel **out, struct kernel_memory *k)
{
	struct kernel *ask_of = kernel__open();
	int err;

	*out = ask_of;
	if (!ask_of)
		return problem(k, "programs that read the kernel's memory: %s", strerror(errno));
	ask_of->rodata->page_shift = __builtin_ctz(sysconf(_SC_PAGESIZE));
	ask_of->rodata->page_struct_size = k->page_struct_size;
	err = kernel__load(ask_of);
	return err ? problem(k, "programs that read the kernel's memory: %s (needs Linux 5.17)",
			     strerror(-err)) :
		     0;
}

int kernel_memory_find(struct kernel_memory *k, const struct btf *btf)
{
	struct kernel *ask_of = NULL;
	struct utsname uts;
	__u64 value = 0;
	int err, id;

	memset(k, 0, sizeof(*k));
	if (uname(&uts) || strcmp(uts.machine, "x86_64"))
		return problem(k,
			       "page tables of this machine are not known (only those of x86_64)");
	id = btf__find_by_name_kind(btf, "page", BTF_KIND_STRUCT);
	if (id <= 0)
		return problem(k, "the kernel's BTF has no struct page");
	k->page_struct_size = btf__type_by_id(btf, id)->size;
	err = open_programs(&ask_of, k);
	if (!err) {
		/* Kernels without the variable have four levels. Without symbols the CPU's flags say it. */
		if (symbol(ask_of, "pgdir_shift", &value))
			k->top_shift = (__u32)value;
		else
			k->top_shift = has_la57() ? 48 : 39;
		find_symbols(ask_of, k);
		err = find_maps(ask_of, k);
	}
	kernel__destroy(ask_of);
	return err;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Another kernel's name of a function, or of a parameter, is another row of a table here. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/array.h"
#include "lib/file.h"
#include "live/probes.h"

/* Best first. Compilers inline some of them: BTF lists those that remain. */
static const struct {
	enum live_probe probe;
	const char *function;
} functions[] = {
	{ PROBE_SCAN, "hpage_collapse_scan_pmd" }, /* 6.0 to 6.19 */
	{ PROBE_SCAN, "khugepaged_scan_pmd" },	   /* up to 5.19 */
	{ PROBE_SCAN, "collapse_single_pmd" },	   /* from 7.1 on; also of shmem and files */
	{ PROBE_ATTEMPT, "collapse_huge_page" },
	{ PROBE_FLUSH, "pmdp_collapse_flush" },
	{ PROBE_SPLIT, "__split_huge_pmd" },
	{ PROBE_SPLIT_LOCKED, "split_huge_pmd_locked" }, /* from 6.11 on; also of reverse mapping */
};

static const struct {
	const char *name;
	size_t at; /* in struct mthp_probe_args */
} params[] = {
	{ "mm", offsetof(struct mthp_probe_args, mm) },
	{ "vma", offsetof(struct mthp_probe_args, vma) },
	{ "address", offsetof(struct mthp_probe_args, address) },
	{ "addr", offsetof(struct mthp_probe_args, address) },
	{ "start_addr", offsetof(struct mthp_probe_args, address) },
	{ "pmd", offsetof(struct mthp_probe_args, pmd) },
};

static void find_params(struct mthp_probe_args *p, const struct btf *btf,
			const struct btf_type *proto)
{
	const char *name;
	size_t k;
	int i;

	for (i = 0; i < btf_vlen(proto); i++) {
		name = btf__name_by_offset(btf, btf_params(proto)[i].name_off);
		for (k = 0; name && k < ARRAY_SIZE(params); k++)
			if (!strcmp(name, params[k].name))
				*(int *)((char *)p + params[k].at) = i;
	}
}

static void find_function(struct probe *probe, const struct btf *btf, const char *function)
{
	int id = btf__find_by_name_kind(btf, function, BTF_KIND_FUNC);
	const struct btf_type *t = id > 0 ? btf__type_by_id(btf, id) : NULL;

	t = t ? btf__type_by_id(btf, t->type) : NULL;
	if (!t || !btf_is_func_proto(t))
		return;
	probe->function = function;
	probe->btf_id = id;
	find_params(&probe->args, btf, t);
}

static void problem(char *text, size_t len, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Keeps the first problem: later ones may follow from it. */
static void problem(char *text, size_t len, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!text[0])
		vsnprintf(text, len, fmt, ap);
	va_end(ap);
}

/* What the arguments have to include, so that the function is of use. */
static const char *lacking(const struct probes *p)
{
	const struct probe *scan = &p->probe[PROBE_SCAN], *attempt = &p->probe[PROBE_ATTEMPT];

	if (!scan->function)
		return "no function that scans a range is in the kernel's BTF";
	if (scan->args.address < 0 || (scan->args.mm < 0 && scan->args.vma < 0))
		return "the function that scans a range has other parameters than are known";
	if (p->orders && !attempt->function)
		return "the compiler inlined the function that collapses a block (collapse_huge_page)";
	if (p->orders && attempt->args.address < 0)
		return "the function that collapses a block has other parameters than are known";
	return NULL;
}

static const struct btf_type *find_struct(const struct btf *btf, const char *name)
{
	int id = btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);

	return id > 0 ? btf__type_by_id(btf, id) : NULL;
}

/* Offset in bytes of a member of a struct; -1: it has none. */
static int member_offset(const struct btf *btf, const struct btf_type *t, const char *name)
{
	int i;

	for (i = 0; t && i < btf_vlen(t); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_members(t)[i].name_off), name))
			return btf_member_bit_offset(t, i) / 8;
	return -1;
}

int probe_register(const struct btf *btf, int index)
{
	static const char *const x86_64[] = { "di", "si", "dx", "cx", "r8", "r9" };
	int regs;

	if (index < 0 || index >= (int)ARRAY_SIZE(x86_64))
		return -1;
	/* On arm64 pt_regs begins with user_pt_regs, which has an array of them. */
	regs = member_offset(btf, find_struct(btf, "user_pt_regs"), "regs");
	if (regs >= 0)
		return regs + index * (int)sizeof(__u64);
	return member_offset(btf, find_struct(btf, "pt_regs"), x86_64[index]);
}

/* Can a program be put on the function? It is, for a moment. 0 or -errno. */
static int try_fentry(const struct probe *probe)
{
	const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FENTRY,
		    .attach_btf_id = probe->btf_id);
	int fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "mthptop_try", "GPL", nothing,
			       ARRAY_SIZE(nothing), &opts);
	int link = fd < 0 ? -1 : bpf_raw_tracepoint_open(NULL, fd);
	int err = link < 0 ? -errno : 0;

	if (link >= 0)
		close(link);
	if (fd >= 0)
		close(fd);
	return err;
}

static int try_kprobe(const struct probe *probe)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.kprobe_func = (uintptr_t)probe->function,
	};
	__u64 type;
	int fd, err;

	err = file_read_u64(AT_FDCWD, "/sys/bus/event_source/devices/kprobe/type", &type);
	if (err)
		return err;
	attr.type = type;
	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

bool probes_is_split(enum live_probe which)
{
	return which == PROBE_SPLIT || which == PROBE_SPLIT_LOCKED;
}

/* The best way that this kernel permits. Without any the function is as good as inlined. */
static void find_how(struct probes *p, enum live_probe which)
{
	int (*const tries[NR_PROBE_HOW])(const struct probe *) = {
		[PROBE_KPROBE] = try_kprobe, [PROBE_FENTRY] = try_fentry
	};
	struct probe *probe = &p->probe[which];
	int err[NR_PROBE_HOW] = { 0 };
	enum probe_how how;

	for (how = PROBE_NONE + 1; how < NR_PROBE_HOW; how++) {
		err[how] = tries[how](probe);
		if (!err[how]) {
			probe->how = how;
			return;
		}
	}
	problem(probes_is_split(which) ? p->no_splits : p->problem, sizeof(p->problem),
		"%s, which %s: no program can be put on it (kprobe: %s; fentry: %s)",
		probe->function, probe_what(which), strerror(-err[PROBE_KPROBE]),
		strerror(-err[PROBE_FENTRY]));
	probe->function = NULL;
}

/* A function that splits is of use with the entry that it splits, and where that is. */
static void match_splits(struct probes *p)
{
	enum live_probe which;
	bool found = false;

	for (which = PROBE_SPLIT; which <= PROBE_SPLIT_LOCKED; which++) {
		struct probe *probe = &p->probe[which];

		if (!probe->function)
			continue;
		found = true;
		if (probe->args.vma < 0 || probe->args.address < 0 || probe->args.pmd < 0) {
			problem(p->no_splits, sizeof(p->no_splits),
				"%s, which %s, has other parameters than are known",
				probe->function, probe_what(which));
			probe->function = NULL;
		}
	}
	if (!found)
		problem(p->no_splits, sizeof(p->no_splits),
			"no function that splits a PMD is in the kernel's BTF");
}

void probes_match(struct probes *p, const struct btf *btf, bool orders)
{
	const char *why;
	size_t i;

	memset(p, 0, sizeof(*p));
	p->orders = orders;
	for (i = 0; i < NR_PROBES; i++)
		p->probe[i].args = (struct mthp_probe_args){ -1, -1, -1, -1 };
	for (i = 0; i < ARRAY_SIZE(functions); i++)
		if (!p->probe[functions[i].probe].function)
			find_function(&p->probe[functions[i].probe], btf, functions[i].function);
	why = lacking(p);
	if (why)
		problem(p->problem, sizeof(p->problem), "%s", why);
	/* Without its address an attempt cannot be told from the others. */
	if (p->probe[PROBE_ATTEMPT].args.address < 0)
		p->probe[PROBE_ATTEMPT].function = NULL;
	match_splits(p);
}

static void find_splits(struct probes *p)
{
	enum live_probe which;

	for (which = PROBE_SPLIT; which <= PROBE_SPLIT_LOCKED; which++)
		if (p->probe[which].function)
			find_how(p, which);
	/* Missing one of the two would miss splits, or count none: nothing is better than a part. */
	p->splits = !p->no_splits[0];
}

/* Where page tables are, for programs on functions. */
static bool find_memory(struct probes *p, char *why, size_t len)
{
	if (kernel_memory_find(&p->memory))
		problem(why, len, "%s", p->memory.problem);
	else if (p->memory.format.index_bits != MTHP_BITMAP_ORDER)
		problem(why, len, "tables of %u entries: the programs are made for %u",
			1U << p->memory.format.index_bits, 1U << MTHP_BITMAP_ORDER);
	else
		return true;
	return false;
}

void probes_find(struct probes *p, const struct btf *btf, bool orders)
{
	enum live_probe which;

	probes_match(p, btf, orders);
	if (p->problem[0])
		return;
	for (which = 0; which < NR_PROBES; which++)
		if (p->probe[which].function && !probes_is_split(which))
			find_how(p, which);
	if (lacking(p))
		return;
	p->usable = find_memory(p, p->problem, sizeof(p->problem));
	if (!p->usable)
		return;
	find_splits(p);
	if (!p->probe[PROBE_ATTEMPT].function)
		problem(p->problem, sizeof(p->problem),
			"durations and stalls: the function that collapses a block is inlined");
}

void probes_find_splits(struct probes *p, const struct btf *btf)
{
	enum live_probe which;

	probes_match(p, btf, false);
	for (which = 0; which < NR_PROBES; which++)
		if (!probes_is_split(which))
			p->probe[which].function = NULL;
	p->problem[0] = '\0';
	if (!p->no_splits[0] && find_memory(p, p->no_splits, sizeof(p->no_splits)))
		find_splits(p);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The BPF programs of the live source: which of them this kernel gets, which variables are set before they
 * are loaded, and where they are attached.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <mthp/sums.h>
#include <mthp/pte.h>

#include "bpf/mthptop.skel.h"
#include "lib/cgroup.h"
#include "lib/file.h"
#include "lib/fmt.h"
#include "lib/log.h"
#include "live/programs.h"
#include "live/remedy.h"

#define RING_BYTES_VIEW	  (1 << 20)
#define RING_BYTES_RECORD (16 << 20)
#define MIN_RANGES	  1024
#define MAX_RANGES	  16384
#define INIT_PID_NS	  0xeffffffcU /* include/linux/proc_ns.h: PROC_PID_INIT_INO */

#define WRONG_TABLES "the programs are made for tables of 512 entries"
#define MAX_PROGRAMS (MTHP_NR_KINDS + NR_PROBES + 4)

/* A program, and where it is put. */
struct live_prog {
	struct bpf_program *prog;
	enum {
		ON_RECORD,
		ON_ARGS,
		ON_FUNCTION
	} on;
	__u32 kind;		   /* of the tracepoint */
	const struct probe *probe; /* ON_FUNCTION */
	struct bpf_link *link;
};

struct live_progs {
	struct mthptop *skel; /* owns maps and variables */
	const struct kfeat *kfeat;
	struct meta *meta;
	__u32 args; /* bit n: events of enum mthp_kind n are read from the tracepoint's arguments */
	bool probes; /* programs are on the functions that scan and collapse, too */
	bool splits; /* and on those that split */
	char no_probes[CAPABILITY_WHY_LEN], no_splits[CAPABILITY_WHY_LEN]; /* why not */
	struct live_prog list[MAX_PROGRAMS]; /* in the order of their attachment */
	size_t nr;
};

/* The program that reads the arguments of a tracepoint: the end of mthptop.bpf.c. */
static struct bpf_program *args_program_of(const struct mthptop *skel, __u32 kind)
{
	switch (kind) {
#define X(NAME, name, tracepoint, args) \
	case MTHP_K_##NAME:             \
		return skel->progs.name##_args;
		LIVE_ARGS_KINDS(X)
#undef X
	}
	return NULL;
}

/* The program of a kind of event. A kind without a program of its name does not compile. */
static struct bpf_program *program_of(const struct mthptop *skel, __u32 kind)
{
	switch (kind) {
#define X(number, NAME, name, tracepoint, detail, since) \
	case number:                                     \
		return skel->progs.name;
		MTHP_TRACED_KINDS(X)
#undef X
	}
	return NULL;
}

static void add(struct live_progs *p, struct live_prog prog)
{
	if (prog.prog && p->nr < MAX_PROGRAMS) {
		bpf_program__set_autoload(prog.prog, true);
		p->list[p->nr++] = prog;
	}
}

/* Programs that capture what a function is called with. */
static int add_captures(struct live_progs *p)
{
	const struct mthptop *skel = p->skel;
	struct bpf_program *const programs[NR_PROBES][NR_PROBE_HOW] = {
#define X(NAME, name)                                                 \
	[PROBE_##NAME] = { NULL, skel->progs.capture_##name##_kprobe, \
			   skel->progs.capture_##name##_fentry },
		X(SCAN, scan) X(ATTEMPT, attempt) X(FLUSH, flush) X(SPLIT, split)
			X(SPLIT_LOCKED, split_locked)
#undef X
	};
	int i, err;

	for (i = 0; i < NR_PROBES; i++) {
		const struct probe *probe = &p->kfeat->probes.probe[i];
		struct live_prog prog = { programs[i][probe->how], ON_FUNCTION, .probe = probe };

		if (!probe->function || !(probes_is_split(i) ? p->splits : p->probes))
			continue;
		err = probe->how == PROBE_FENTRY ?
			      bpf_program__set_attach_target(prog.prog, 0, probe->function) :
			      0;
		if (err)
			return err;
		add(p, prog);
	}
	return 0;
}

static void add_kind(struct live_progs *p, __u32 kind)
{
	const struct mthptop *skel = p->skel;

	if (p->args >> kind & 1)
		add(p,
		    (struct live_prog){ args_program_of(skel, kind), ON_ARGS, kind, NULL, NULL });
	else
		add(p, (struct live_prog){ program_of(skel, kind), ON_RECORD, kind, NULL, NULL });
}

/* The programs that this kernel gets. Those of one tracepoint run in this order. */
static int choose(struct live_progs *p)
{
	const struct mthptop *skel = p->skel;
	__u32 kind;
	int err = 0;

	p->nr = 0;
	if (p->probes || p->splits)
		err = add_captures(p);
	for (kind = 0; kind < MTHP_NR_KINDS; kind++) {
		if (!(p->kfeat->kinds >> kind & 1))
			continue;
		if (p->probes && kind == MTHP_K_COLLAPSE)
			add(p, (struct live_prog){ skel->progs.tell_scan_first, ON_RECORD, kind,
						   NULL, NULL });
		if (p->probes && kind == MTHP_K_SCAN_PMD)
			add(p, (struct live_prog){ skel->progs.tell_scan_end, ON_RECORD, kind, NULL,
						   NULL });
		add_kind(p, kind);
		if (p->probes && kind == MTHP_K_COLLAPSE)
			add(p, (struct live_prog){ skel->progs.tell_attempt_end, ON_RECORD, kind,
						   NULL, NULL });
	}
	return err;
}

static int filter_process(struct live_progs *p, __u32 tgid)
{
	struct stat st;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u", tgid);
	if (stat(path, &st)) {
		log_err("cannot watch process: %u: no such process", tgid);
		return -ESRCH;
	}
	if (!stat("/proc/self/ns/pid", &st) && st.st_ino != INIT_PID_NS)
		log_warn(
			"process %u: taken as a number of the initial pid namespace; this is another one",
			tgid);
	p->skel->rodata->filter_tgid = tgid;
	return 0;
}

static int filter_cgroup(struct live_progs *p, const char *path)
{
	__u64 id = 0;
	int err = cgroup_id(path, &id);

	if (err)
		log_err("cannot watch cgroup: %s: %s (give a path below the cgroup v2 mount, as in /proc/PID/cgroup)",
			path, strerror(-err));
	else
		p->skel->rodata->filter_cgroup = id;
	return err;
}

static int set_filter(struct live_progs *p, const struct source_filter *filter)
{
	struct meta *meta = p->meta;
	int err = filter->tgid ? filter_process(p, filter->tgid) : 0;

	if (!err && filter->cgroup[0])
		err = filter_cgroup(p, filter->cgroup);
	if (err)
		return err;
	meta->filter_tgid = filter->tgid;
	memcpy(meta->filter_cgroup, filter->cgroup, sizeof(meta->filter_cgroup));
	return 0;
}

/* A row for each PMD range that this machine's memory fills, within bounds: a row takes 1.8K. */
static __u32 max_ranges(const struct meta *meta)
{
	__u64 bytes = (__u64)sysconf(_SC_PHYS_PAGES) * meta->page_size;
	__u64 ranges = bytes / meta->page_size >> meta->pmd_order;

	return ranges < MIN_RANGES ? MIN_RANGES : ranges > MAX_RANGES ? MAX_RANGES : ranges;
}

/* Below detail ranges, maps that only its programs use are not created: they would take memory. */
static int size_maps(struct live_progs *p, __u32 ring)
{
	struct mthptop *skel = p->skel;
	int err = bpf_map__set_max_entries(skel->maps.ring, ring);

	if (!err)
		err = bpf_map__set_max_entries(skel->maps.sums, libbpf_num_possible_cpus());
	if (err)
		return err;
	if (meta_has_ranges(p->meta))
		return bpf_map__set_max_entries(skel->maps.ranges, max_ranges(p->meta));
	err = bpf_map__set_autocreate(skel->maps.ranges, false);
	if (!err)
		err = bpf_map__set_autocreate(skel->maps.fresh_range, false);
	if (!err)
		err = bpf_map__set_autocreate(skel->maps.steps, false);
	if (!err)
		err = bpf_map__set_autocreate(skel->maps.vain, false);
	return err;
}

static int arg_place(const struct live_progs *p, const struct probe *probe, int index)
{
	return probe->how == PROBE_KPROBE ? probe_register(p->kfeat->btf, index) : index;
}

#define SET_ARGS(to, from)                                               \
	do {                                                             \
		(to).mm = arg_place(p, from, (from)->args.mm);           \
		(to).vma = arg_place(p, from, (from)->args.vma);         \
		(to).address = arg_place(p, from, (from)->args.address); \
		(to).pmd = arg_place(p, from, (from)->args.pmd);         \
	} while (0)

static void set_probes(struct live_progs *p)
{
	struct mthptop__rodata *ro = p->skel->rodata;
	const struct probes *probes = &p->kfeat->probes;
	const struct kernel_memory *memory = &probes->memory;

	SET_ARGS(ro->scan_args, &probes->probe[PROBE_SCAN]);
	SET_ARGS(ro->attempt_args, &probes->probe[PROBE_ATTEMPT]);
	SET_ARGS(ro->split_args, &probes->probe[PROBE_SPLIT]);
	SET_ARGS(ro->split_locked_args, &probes->probe[PROBE_SPLIT_LOCKED]);
	ro->has_attempts = probes->probe[PROBE_ATTEMPT].function != NULL;
	ro->has_orders = probes->orders;
	ro->direct_map = memory->direct_map;
	ro->page_structs = memory->page_structs;
	ro->format = memory->format;
	ro->page_struct_size = memory->page_struct_size;
	ro->at_max_ptes_none = memory->max_ptes_none;
	ro->at_orders_always = memory->orders_always;
	ro->at_orders_madvise = memory->orders_madvise;
	ro->at_orders_inherit = memory->orders_inherit;
	ro->at_thp_flags = memory->thp_flags;
}

static int set_rodata(struct live_progs *p, bool stream)
{
	struct mthptop__rodata *ro = p->skel->rodata;
	__u32 ring = stream ? RING_BYTES_RECORD : RING_BYTES_VIEW;
	__u64 key;
	int i;

	for (i = 0; i < MTHP_NR_RESULTS; i++) {
		ro->result_of[i] = p->kfeat->results.ours[i];
		ro->reach_of[i] = meta_result_reach(i);
	}
	ro->pmd_order = p->meta->pmd_order;
	ro->page_shift = __builtin_ctz(p->meta->page_size);
	ro->has_mthp = meta_has_ranges(p->meta);
	ro->has_splits = p->splits;
	ro->wake_bytes = ring / 4;
	if (getrandom(&key, sizeof(key), 0) != sizeof(key))
		return -EAGAIN;
	ro->mm_key = key;
	if (p->probes || p->splits)
		set_probes(p);
	return size_maps(p, ring);
}

static void set_detail(struct live_progs *p)
{
	const __u32 told = 1U << MTHP_K_MTHP_SCAN | 1U << MTHP_K_MTHP_COLLAPSE;

	p->meta->kinds =
		p->kfeat->kinds | (p->probes ? told : 0) | (p->splits ? 1U << MTHP_K_SPLIT : 0);
	kfeat_capabilities(p->kfeat, p->meta, p->probes ? NULL : p->no_probes,
			   p->splits ? NULL : p->no_splits);
}

/* 0, or -errno after a message. */
static int prepare(struct live_progs *p, const struct source_filter *filter, bool stream)
{
	int err;

	p->skel = mthptop__open();
	if (!p->skel) {
		err = -errno;
		log_err("cannot open BPF programs: %s", strerror(-err));
		return err;
	}
	set_detail(p);
	err = set_filter(p, filter);
	if (err)
		return err;
	err = choose(p);
	if (!err)
		err = set_rodata(p, stream);
	if (err)
		log_err("cannot prepare BPF programs: %s", strerror(-err));
	return err;
}

/*
 * libbpf reads the kernel's types anew for each object. If it cannot, it tries other files, and reports -ESRCH of
 * the last one. 0: it can.
 */
static int types_unreadable(void)
{
	struct btf *btf = btf__parse(KFEAT_BTF_FILE, NULL);
	int err = btf ? 0 : -errno;

	btf__free(btf);
	return err;
}

/* @object: a file that could not be read, with ": " behind it; "": the programs were refused */
static void refused(const char *object, int err)
{
	char remedy[160];

	live_remedy(err, remedy, sizeof(remedy));
	/* Missing rights are EPERM. */
	log_err("cannot load BPF programs: %s%s (%s)", object,
		err == -EACCES ? "the kernel's verifier or a security module refused them" :
				 strerror(-err),
		remedy[0] ? remedy : "--verbose shows what libbpf says");
}

/* Programs that do more were refused. Is there anything to go on without? */
static bool give_up_best(struct live_progs *p, int err)
{
	if (p->args) {
		/* The records hold all that the arguments do. */
		log_info("cannot read the arguments of tracepoints: %s", strerror(-err));
		p->args = 0;
	} else if (p->splits) {
		log_warn(
			"cannot probe the functions that split: %s: splits are unknown (--verbose shows what libbpf says)",
			strerror(-err));
		snprintf(p->no_splits, sizeof(p->no_splits), "the programs were refused: %s",
			 strerror(-err));
		p->splits = false;
	} else if (p->probes) {
		log_warn(
			"cannot probe khugepaged's functions: %s: addresses and occupancy are unknown (--verbose shows what libbpf says)",
			strerror(-err));
		snprintf(p->no_probes, sizeof(p->no_probes), "the programs were refused: %s",
			 strerror(-err));
		p->probes = false;
	} else {
		return false;
	}
	mthptop__destroy(p->skel);
	p->skel = NULL;
	return true;
}

int live_progs_load(struct live_progs **out, const struct kfeat *k, struct meta *meta,
		    const struct source_filter *filter, bool stream)
{
	struct live_progs *p = calloc(1, sizeof(*p));
	int types = 0, err;

	*out = p;
	if (!p) {
		log_err("cannot load BPF programs: out of memory");
		return -ENOMEM;
	}
	p->kfeat = k;
	p->meta = meta;
	if (!stream && k->series && meta->pmd_order == MTHP_BITMAP_ORDER)
		p->args = kfeat_args(k->btf) & k->kinds;
	snprintf(p->no_probes, sizeof(p->no_probes), "%s",
		 meta->pmd_order == MTHP_BITMAP_ORDER ? k->probes.problem : WRONG_TABLES);
	snprintf(p->no_splits, sizeof(p->no_splits), "%s",
		 meta->pmd_order == MTHP_BITMAP_ORDER ? k->probes.no_splits : WRONG_TABLES);
	if (meta->pmd_order == MTHP_BITMAP_ORDER) {
		p->probes = k->probes.usable;
		p->splits = k->probes.splits;
	}
	for (;;) {
		err = prepare(p, filter, stream);
		if (err)
			return err;
		err = mthptop__load(p->skel);
		types = err == -ESRCH ? types_unreadable() : 0;
		if (!err || types || !give_up_best(p, err))
			break;
	}
	if (types)
		refused(KFEAT_BTF_FILE ": ", types);
	else if (err)
		refused("", err);
	return types ? types : err;
}

static int attach_args(struct live_prog *prog)
{
	prog->link = bpf_program__attach_trace(prog->prog);
	return prog->link ? 0 : -errno;
}

static int attach_function(struct live_prog *prog)
{
	if (prog->probe->how == PROBE_KPROBE)
		prog->link = bpf_program__attach_kprobe(prog->prog, false, prog->probe->function);
	else
		prog->link = bpf_program__attach_trace(prog->prog);
	return prog->link ? 0 : -errno;
}

static int attach_record(const struct live_progs *p, struct live_prog *prog)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = p->kfeat->events[prog->kind].id,
	};
	/* BPF on a tracepoint runs on every CPU, whichever the event was opened for. */
	int fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	prog->link = bpf_program__attach_perf_event(prog->prog, fd);
	if (prog->link)
		return 0;
	err = -errno;
	close(fd);
	return err;
}

int live_progs_attach(struct live_progs *p)
{
	struct live_prog *prog;
	char remedy[160];
	int err;

	for (prog = p->list; prog < p->list + p->nr; prog++) {
		err = prog->on == ON_FUNCTION ? attach_function(prog) :
		      prog->on == ON_ARGS     ? attach_args(prog) :
						attach_record(p, prog);
		if (!err)
			continue;
		live_remedy(err, remedy, sizeof(remedy));
		log_err("cannot attach: %s%s: %s (%s)",
			prog->on == ON_FUNCTION ? "function " : "tracepoint huge_memory:",
			prog->on == ON_FUNCTION ? prog->probe->function :
						  p->kfeat->events[prog->kind].name,
			strerror(-err), remedy[0] ? remedy : "--verbose shows what libbpf says");
		return err;
	}
	return 0;
}

void live_progs_gate(struct live_progs *p, enum mthp_gate gate)
{
	p->skel->bss->mode = gate;
}

static const struct bpf_map *map_of(const struct live_progs *p, enum live_map map)
{
	switch (map) {
	case LIVE_MAP_SUMS:
		return p->skel->maps.sums;
	case LIVE_MAP_OUTCOMES:
		return p->skel->maps.outcomes;
	case LIVE_MAP_PROCS:
		return p->skel->maps.procs;
	case LIVE_MAP_RING:
		return p->skel->maps.ring;
	case LIVE_MAP_RANGES:
		return p->skel->maps.ranges;
	case LIVE_MAP_STEPS:
		return p->skel->maps.steps;
	case LIVE_MAP_VAIN:
		return p->skel->maps.vain;
	}
	return NULL;
}

int live_progs_map(const struct live_progs *p, enum live_map map)
{
	return bpf_map__fd(map_of(p, map));
}

__u32 live_progs_map_rows(const struct live_progs *p, enum live_map map)
{
	return bpf_map__max_entries(map_of(p, map));
}

/* Programs run with preemption off, so none that began before an RCU grace period is running after it. */
static void wait_for_programs(void)
{
	/* Where the kernel has nohz_full CPUs it refuses to wait. A program runs for microseconds. */
	const struct timespec long_enough = { .tv_nsec = 100000000 };

	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0)) {
		log_info("cannot wait for an RCU grace period: %s: waiting 100ms instead",
			 strerror(errno));
		nanosleep(&long_enough, NULL);
	}
}

void live_progs_detach(struct live_progs *p)
{
	bool attached = false;
	size_t i;

	for (i = 0; p && i < p->nr; i++) {
		attached |= p->list[i].link != NULL;
		bpf_link__destroy(p->list[i].link);
		p->list[i].link = NULL;
	}
	if (attached)
		wait_for_programs();
}

void live_progs_free(struct live_progs *p)
{
	if (!p)
		return;
	live_progs_detach(p);
	mthptop__destroy(p->skel);
	free(p);
}

static int info_of(const struct live_progs *p, size_t i, struct bpf_prog_info *info)
{
	__u32 len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_obj_get_info_by_fd(bpf_program__fd(p->list[i].prog), info, &len);
}

__u64 live_progs_missed(const struct live_progs *p)
{
	struct bpf_prog_info info;
	__u64 sum = 0;
	size_t i;

	for (i = 0; i < p->nr; i++) {
		/* The event whose capture is missing is there: it has no address. */
		if (p->list[i].on != ON_FUNCTION && !info_of(p, i, &info))
			sum += info.recursion_misses;
	}
	return sum;
}

__u64 live_progs_cpu_ns(const struct live_progs *p)
{
	struct bpf_prog_info info;
	__u64 sum = 0, on = 0;
	size_t i;

	if (file_read_u64(AT_FDCWD, "/proc/sys/kernel/bpf_stats_enabled", &on) || !on)
		return NUM_UNKNOWN;
	for (i = 0; i < p->nr; i++)
		if (!info_of(p, i, &info))
			sum += info.run_time_ns;
	return sum;
}

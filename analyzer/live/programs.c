// SPDX-License-Identifier: GPL-2.0-only
/*
 * The BPF programs of the live source: which of them this kernel gets, what they are told before they
 * are loaded, and where they are attached.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <mthp/sums.h>
#include "bpf/mthptop.skel.h"
#include "lib/cgroup.h"
#include "live/programs.h"
#include "lib/exit.h"
#include "lib/log.h"

#define RING_BYTES_VIEW	  (1 << 20)
#define RING_BYTES_RECORD (16 << 20)
#define MIN_RANGES	  1024
#define MAX_RANGES	  16384
#define INIT_PID_NS	  0xeffffffcU /* include/linux/proc_ns.h: PROC_PID_INIT_INO */

/* The program of each kind of event. */
static struct bpf_program *program_of(const struct live_progs *p, int kind)
{
	const struct mthptop *skel = p->skel;

	switch (kind) {
	case MTHP_K_SCAN_PMD:
		return p->args >> kind & 1 ? skel->progs.scan_pmd_args : skel->progs.scan_pmd;
	case MTHP_K_COLLAPSE:
		return skel->progs.collapse;
	case MTHP_K_ISOLATE:
		return skel->progs.isolate;
	case MTHP_K_SWAPIN:
		return skel->progs.swapin;
	case MTHP_K_SCAN_FILE:
		return skel->progs.scan_file;
	case MTHP_K_COLLAPSE_FILE:
		return skel->progs.collapse_file;
	case MTHP_K_PASS:
		return skel->progs.pass;
	case MTHP_K_MTHP_SCAN:
		return p->args >> kind & 1 ? skel->progs.mthp_scan_args : skel->progs.mthp_scan;
	case MTHP_K_MTHP_COLLAPSE:
		return skel->progs.mthp_collapse;
	case MTHP_K_MTHP_BATCH:
		return skel->progs.mthp_batch;
	}
	return NULL;
}

static int set_filter(struct live_progs *p, const struct source_filter *filter)
{
	struct meta *meta = p->meta;
	struct stat st;
	__u64 id = 0;
	char path[32];
	int err;

	if (filter->tgid) {
		snprintf(path, sizeof(path), "/proc/%u", filter->tgid);
		if (stat(path, &st)) {
			log_err("cannot watch process: %u: no such process", filter->tgid);
			return EXIT_CANNOT;
		}
		if (!stat("/proc/self/ns/pid", &st) && st.st_ino != INIT_PID_NS)
			log_warn(
				"process %u: numbers are those of the initial pid namespace, and this is another one",
				filter->tgid);
	}
	if (filter->cgroup[0]) {
		err = cgroup_id(filter->cgroup, &id);
		if (err) {
			log_err("cannot watch cgroup: %s: %s (give a path below the cgroup v2 mount, as in /proc/PID/cgroup)",
				filter->cgroup, strerror(-err));
			return EXIT_CANNOT;
		}
	}
	p->skel->rodata->filter_tgid = filter->tgid;
	p->skel->rodata->filter_cgroup = id;
	meta->filter_tgid = filter->tgid;
	memcpy(meta->filter_cgroup, filter->cgroup, sizeof(meta->filter_cgroup));
	return EXIT_OK;
}

/* A row for each PMD range that this machine's memory fills, within bounds: a row takes 1.5K. */
static __u32 max_ranges(const struct meta *meta)
{
	__u64 bytes = (__u64)sysconf(_SC_PHYS_PAGES) * meta->page_size;
	__u64 ranges = bytes / meta->page_size >> meta->pmd_order;

	return ranges < MIN_RANGES ? MIN_RANGES : ranges > MAX_RANGES ? MAX_RANGES : ranges;
}

/* Maps that only the programs of detail plans use take no memory below it. */
static int size_maps(struct live_progs *p, __u32 ring)
{
	struct mthptop *skel = p->skel;
	int err = bpf_map__set_max_entries(skel->maps.ring, ring);

	if (!err)
		err = bpf_map__set_max_entries(skel->maps.sums, libbpf_num_possible_cpus());
	if (err)
		return err;
	if (p->meta->detail == DETAIL_PLANS)
		return bpf_map__set_max_entries(skel->maps.ranges, max_ranges(p->meta));
	err = bpf_map__set_autocreate(skel->maps.ranges, 0);
	if (!err)
		err = bpf_map__set_autocreate(skel->maps.fresh_range, 0);
	if (!err)
		err = bpf_map__set_autocreate(skel->maps.steps, 0);
	return err;
}

static int set_rodata(struct live_progs *p, int stream)
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
	ro->has_mthp = p->meta->detail == DETAIL_PLANS;
	ro->wake_bytes = ring / 4;
	if (getrandom(&key, sizeof(key), 0) != sizeof(key))
		return -EAGAIN;
	ro->mm_key = key;
	return size_maps(p, ring);
}

static int prepare(struct live_progs *p, const struct source_filter *filter, int stream)
{
	int kind, err;

	p->skel = mthptop__open();
	if (!p->skel) {
		log_err("cannot open BPF programs: %s", strerror(errno));
		return EXIT_CANNOT;
	}
	for (kind = 0; kind < MTHP_NR_KINDS; kind++) {
		struct bpf_program *prog = program_of(p, kind);

		if (prog)
			bpf_program__set_autoload(prog, p->kinds >> kind & 1);
		else
			p->kinds &= ~(1U << kind);
	}
	err = set_filter(p, filter);
	if (err)
		return err;
	err = set_rodata(p, stream);
	if (err)
		log_err("cannot prepare BPF programs: %s", strerror(-err));
	return err ? EXIT_CANNOT : EXIT_OK;
}

/* 0, or -errno of what the kernel did not let load; *status: EXIT_CANNOT after a message, EXIT_OK. */
static int try_load(struct live_progs *p, const struct source_filter *filter, int stream,
		    int *status)
{
	*status = prepare(p, filter, stream);
	return *status ? 0 : mthptop__load(p->skel);
}

int live_progs_load(struct live_progs *p, const struct kfeat *k, struct meta *meta,
		    const struct source_filter *filter, int stream)
{
	int status, err;

	p->kfeat = k;
	p->meta = meta;
	p->kinds = k->kinds;
	/* See the end of mthptop.bpf.c. */
	if (!stream && meta->detail == DETAIL_PLANS && meta->pmd_order == MTHP_BITMAP_ORDER)
		p->args = kfeat_args(k->btf) & k->kinds;
	err = try_load(p, filter, stream, &status);
	/* What arguments say is what records say, too. */
	if (err && p->args) {
		log_info("the arguments of tracepoints are not to be had: %s", strerror(-err));
		mthptop__destroy(p->skel);
		p->args = 0;
		err = try_load(p, filter, stream, &status);
	}
	if (!err)
		return status;
	/* Rights that are missing are EPERM. */
	log_err("cannot load BPF programs: %s (%s)",
		err == -EACCES ? "the kernel's verifier or a security module refused them" :
				 strerror(-err),
		kfeat_locked_down() ? "the kernel is locked down: boot with lockdown=integrity" :
				      "--verbose shows what libbpf says");
	return EXIT_CANNOT;
}

static int attach_args(struct live_progs *p, int kind)
{
	p->links[kind] = bpf_program__attach_trace(program_of(p, kind));
	return p->links[kind] ? 0 : -errno;
}

static int attach_record(struct live_progs *p, int kind)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = p->kfeat->events[kind].id,
	};
	/* BPF on a tracepoint runs on every CPU, whichever the event was opened for. */
	int fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	p->links[kind] = bpf_program__attach_perf_event(program_of(p, kind), fd);
	if (p->links[kind])
		return 0;
	err = -errno;
	close(fd);
	return err;
}

int live_progs_attach(struct live_progs *p)
{
	int kind, err;

	for (kind = 0; kind < MTHP_NR_KINDS; kind++) {
		if (!(p->kinds >> kind & 1))
			continue;
		err = p->args >> kind & 1 ? attach_args(p, kind) : attach_record(p, kind);
		if (err) {
			log_err("cannot attach: tracepoint huge_memory:%s: %s (needs CAP_BPF and CAP_PERFMON: run as root)",
				p->kfeat->events[kind].name, strerror(-err));
			return EXIT_CANNOT;
		}
	}
	return EXIT_OK;
}

void live_progs_detach(struct live_progs *p)
{
	int kind;

	for (kind = 0; kind < MTHP_NR_KINDS; kind++) {
		bpf_link__destroy(p->links[kind]);
		p->links[kind] = NULL;
	}
}

void live_progs_free(struct live_progs *p)
{
	live_progs_detach(p);
	mthptop__destroy(p->skel);
}

__u64 live_progs_missed(const struct live_progs *p)
{
	struct bpf_prog_info info;
	__u32 len;
	__u64 sum = 0;
	int kind;

	for (kind = 0; kind < MTHP_NR_KINDS; kind++) {
		if (!(p->kinds >> kind & 1))
			continue;
		memset(&info, 0, sizeof(info));
		len = sizeof(info);
		if (!bpf_obj_get_info_by_fd(bpf_program__fd(program_of(p, kind)), &info, &len))
			sum += info.recursion_misses;
	}
	return sum;
}

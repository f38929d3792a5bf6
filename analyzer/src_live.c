// SPDX-License-Identifier: GPL-2.0-only
/*
 * The live source: BPF programs on this kernel's huge_memory tracepoints.
 *
 * BPF adds everything up in maps, always; that is what the model gets at each tick. Events come
 * through the ring buffer only while somebody streams. Order of things:
 *
 *	open    probe, load, attach, open the gate (bss->mode)
 *	drop    give up the privileges that opening needed
 *	pump    what waits in the ring -> tap and model
 *	tick    maps -> totals, the kernel's own counters, losses
 *	stop    close the gate, wait until no program runs, detach; pump and tick bring the rest
 *
 * Programs count nothing before the gate opens and nothing after it closes, so that all of them see
 * the same stretch of time although they are attached one after the other.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
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
#include "bpf/mthptop.skel.h"
#include "caps.h"
#include "cgroup.h"
#include "kfeat.h"
#include "live_maps.h"
#include "log.h"
#include "source.h"
#include "sysinfo.h"

#define RING_BYTES_VIEW	  (1 << 20)
#define RING_BYTES_RECORD (16 << 20)
#define MIN_RANGES	  1024
#define MAX_RANGES	  16384
#define INIT_PID_NS	  0xeffffffcU /* include/linux/proc_ns.h: PROC_PID_INIT_INO */

struct live {
	struct source source;
	struct kfeat kfeat;
	struct mthptop *skel;
	struct bpf_link *links[MTHP_NR_KINDS];
	struct ring_buffer *ring;
	struct live_maps *maps;
	struct model *model; /* while pumping */
	long room;	     /* events that this pump may still take */
	source_tap_fn tap;
	void *tap_ctx;
	__u64 tap_lost;
	struct counters first, latest; /* the kernel's own */
	int stopped;
};

static struct live *live_of(struct source *s)
{
	return (struct live *)s;
}

static __u64 now_of(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static int libbpf_says(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	if (log_level < 2 || (level == LIBBPF_DEBUG && log_level < 3))
		return 0;
	fputs("libbpf: ", stderr);
	return vfprintf(stderr, fmt, ap);
}

/* The program of each kind of event. */
static struct bpf_program *program_of(const struct mthptop *skel, int kind)
{
	switch (kind) {
	case MTHP_K_SCAN_PMD:
		return skel->progs.scan_pmd;
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
		return skel->progs.mthp_scan;
	case MTHP_K_MTHP_COLLAPSE:
		return skel->progs.mthp_collapse;
	case MTHP_K_MTHP_BATCH:
		return skel->progs.mthp_batch;
	}
	return NULL;
}

static int set_filter(struct live *l, const struct source_filter *filter)
{
	struct meta *meta = &l->source.meta;
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
	l->skel->rodata->filter_tgid = filter->tgid;
	l->skel->rodata->filter_cgroup = id;
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

/* Maps that only tier 2 programs use take no memory below it. */
static int size_maps(struct live *l, __u32 ring)
{
	struct mthptop *skel = l->skel;
	int err = bpf_map__set_max_entries(skel->maps.ring, ring);

	if (!err)
		err = bpf_map__set_max_entries(skel->maps.sums, libbpf_num_possible_cpus());
	if (err)
		return err;
	if (l->source.meta.tier == TIER_OCCUPANCY)
		return bpf_map__set_max_entries(skel->maps.ranges, max_ranges(&l->source.meta));
	err = bpf_map__set_autocreate(skel->maps.ranges, 0);
	if (!err)
		err = bpf_map__set_autocreate(skel->maps.fresh_range, 0);
	if (!err)
		err = bpf_map__set_autocreate(skel->maps.steps, 0);
	return err;
}

static int set_rodata(struct live *l, int stream)
{
	struct mthptop__rodata *ro = l->skel->rodata;
	__u32 ring = stream ? RING_BYTES_RECORD : RING_BYTES_VIEW;
	__u64 key;
	int i;

	for (i = 0; i < MTHP_NR_RESULTS; i++) {
		ro->result_of[i] = l->kfeat.results.ours[i];
		ro->reach_of[i] = meta_result_reach(i);
	}
	ro->pmd_order = l->source.meta.pmd_order;
	ro->page_shift = __builtin_ctz(l->source.meta.page_size);
	ro->tier2 = l->source.meta.tier == TIER_OCCUPANCY;
	ro->wake_bytes = ring / 4;
	if (getrandom(&key, sizeof(key), 0) != sizeof(key))
		return -EAGAIN;
	ro->mm_key = key;
	return size_maps(l, ring);
}

static int load(struct live *l, const struct source_filter *filter, int stream)
{
	int kind, err;

	l->skel = mthptop__open();
	if (!l->skel) {
		log_err("cannot open BPF programs: %s", strerror(errno));
		return EXIT_CANNOT;
	}
	for (kind = 0; kind < MTHP_NR_KINDS; kind++) {
		struct bpf_program *prog = program_of(l->skel, kind);

		if (prog)
			bpf_program__set_autoload(prog, l->kfeat.kinds >> kind & 1);
		else
			l->kfeat.kinds &= ~(1U << kind);
	}
	err = set_filter(l, filter);
	if (err)
		return err;
	err = set_rodata(l, stream);
	if (!err)
		err = mthptop__load(l->skel);
	if (!err)
		return EXIT_OK;
	log_err("cannot load BPF programs: %s (%s)", strerror(-err),
		kfeat_locked_down() ? "the kernel is locked down: boot with lockdown=integrity" :
				      "--verbose shows what libbpf says");
	return EXIT_CANNOT;
}

static int attach_one(struct live *l, int kind)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = l->kfeat.events[kind].id,
	};
	/* BPF on a tracepoint runs on every CPU, whichever the event was opened for. */
	int fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	l->links[kind] = bpf_program__attach_perf_event(program_of(l->skel, kind), fd);
	if (l->links[kind])
		return 0;
	err = -errno;
	close(fd);
	return err;
}

static int attach(struct live *l)
{
	int kind, err;

	for (kind = 0; kind < MTHP_NR_KINDS; kind++) {
		if (!(l->kfeat.kinds >> kind & 1))
			continue;
		err = attach_one(l, kind);
		if (err) {
			log_err("cannot attach: tracepoint huge_memory:%s: %s (needs CAP_BPF and CAP_PERFMON: run as root)",
				l->kfeat.events[kind].name, strerror(-err));
			return EXIT_CANNOT;
		}
	}
	return EXIT_OK;
}

static int on_event(void *ctx, void *data, size_t size)
{
	struct live *l = ctx;
	const struct mthp_ev *ev = data;

	if (size < sizeof(*ev) || size < mthp_ev_size(ev->nr_words))
		return 0;
	if (l->tap && l->tap(l->tap_ctx, ev))
		l->tap_lost++;
	if (l->model)
		model_event(l->model, ev);
	/* libbpf has moved past this event already when it sees the error. */
	return --l->room > 0 ? 0 : -EAGAIN;
}

/* A creep step: BPF has added it up, and lists are userspace's. */
static int on_step(void *ctx, void *data, size_t size)
{
	struct live *l = ctx;

	if (size >= sizeof(struct mthp_creep_rec) && l->model)
		model_chain(l->model, data);
	return 0;
}

static int can_read(void *ctx)
{
	struct live *l = ctx;
	struct mthp_proc_key key;

	return bpf_map_get_next_key(bpf_map__fd(l->skel->maps.procs), NULL, &key) == -EPERM ?
		       -EPERM :
		       0;
}

static int open_outlets(struct live *l)
{
	int err;

	l->ring = ring_buffer__new(bpf_map__fd(l->skel->maps.ring), on_event, l, NULL);
	err = l->ring ? 0 : -errno;
	if (!err && l->source.meta.tier == TIER_OCCUPANCY)
		err = ring_buffer__add(l->ring, bpf_map__fd(l->skel->maps.steps), on_step, l);
	if (!err)
		err = live_maps_new(
			&l->maps, l->source.meta.pmd_order, bpf_map__fd(l->skel->maps.sums),
			bpf_map__fd(l->skel->maps.outcomes), bpf_map__fd(l->skel->maps.procs));
	if (!err && l->source.meta.tier == TIER_OCCUPANCY)
		live_maps_ranges(l->maps, bpf_map__fd(l->skel->maps.ranges),
				 bpf_map__max_entries(l->skel->maps.ranges));
	if (!err)
		return EXIT_OK;
	log_err("cannot read BPF maps: %s", strerror(-err));
	return EXIT_CANNOT;
}

static int live_fd(struct source *s)
{
	return ring_buffer__epoll_fd(live_of(s)->ring);
}

static long live_pump(struct source *s, struct model *m, long max)
{
	struct live *l = live_of(s);
	int err;

	if (max <= 0)
		return 0;
	l->model = m;
	l->room = max;
	err = ring_buffer__consume(l->ring);
	l->model = NULL;
	return err < 0 && err != -EAGAIN ? err : max - l->room;
}

/* Events that the kernel did not run a program for, because one was running on that CPU already. */
static __u64 missed(const struct live *l)
{
	struct bpf_prog_info info;
	__u32 len;
	__u64 sum = 0;
	int kind;

	for (kind = 0; kind < MTHP_NR_KINDS; kind++) {
		if (!(l->kfeat.kinds >> kind & 1))
			continue;
		memset(&info, 0, sizeof(info));
		len = sizeof(info);
		if (!bpf_obj_get_info_by_fd(bpf_program__fd(program_of(l->skel, kind)), &info,
					    &len))
			sum += info.recursion_misses;
	}
	return sum;
}

static void read_counters(struct live *l, __u64 now_ns)
{
	sysinfo_read_counters("", l->source.meta.page_size, &l->latest);
	l->latest.ts_ns = now_ns;
}

static int live_tick(struct source *s, struct model *m, __u64 now_ns)
{
	struct live *l = live_of(s);
	int err = live_maps_read(l->maps, &m->totals);

	model_lost(m, MTHP_L_PROBES, missed(l));
	if (l->tap_lost)
		model_lost(m, MTHP_L_DISK, l->tap_lost);
	sysinfo_read_settings("", &m->meta);
	if (!m->first.nr)
		model_counters(m, &l->first);
	if (!l->stopped)
		read_counters(l, now_ns);
	model_counters(m, &l->latest);
	return err;
}

static void live_stream(struct source *s, int on)
{
	struct live *l = live_of(s);

	if (l->skel->bss->mode != MTHP_GATE_CLOSED)
		l->skel->bss->mode = on ? MTHP_GATE_STREAM : MTHP_GATE_SUMS;
}

static void live_stop(struct source *s)
{
	struct live *l = live_of(s);
	int kind;

	l->skel->bss->mode = MTHP_GATE_CLOSED;
	/* What the kernel counts from now on is of another time than what we did. */
	read_counters(l, now_of(CLOCK_MONOTONIC));
	l->stopped = 1;
	/* Programs run with preemption off: after an RCU grace period none of before is running. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	for (kind = 0; kind < MTHP_NR_KINDS; kind++) {
		bpf_link__destroy(l->links[kind]);
		l->links[kind] = NULL;
	}
}

static void live_close(struct source *s)
{
	struct live *l = live_of(s);
	int kind;

	for (kind = 0; kind < MTHP_NR_KINDS; kind++)
		bpf_link__destroy(l->links[kind]);
	ring_buffer__free(l->ring);
	live_maps_free(l->maps);
	mthptop__destroy(l->skel);
	kfeat_free(&l->kfeat);
	free(l);
}

static const struct source_ops live_ops = {
	.fd = live_fd,
	.pump = live_pump,
	.tick = live_tick,
	.stream = live_stream,
	.stop = live_stop,
	.close = live_close,
};

static int start(struct live *l, const struct source_filter *filter, int stream)
{
	struct meta *meta = &l->source.meta;
	int err;

	sysinfo_read_meta("", meta);
	err = kfeat_probe(&l->kfeat, meta);
	if (err) {
		log_err("cannot observe: %s", l->kfeat.problem);
		return err;
	}
	meta->tier = l->kfeat.tier;
	kfeat_warn(&l->kfeat);
	err = load(l, filter, stream);
	if (!err)
		err = attach(l);
	if (!err)
		err = open_outlets(l);
	if (err)
		return err;
	kfeat_free(&l->kfeat);
	meta->kinds = l->kfeat.kinds;
	sysinfo_read_counters("", meta->page_size, &l->first);
	meta->start_ns = now_of(CLOCK_MONOTONIC);
	meta->start_realtime_ns = now_of(CLOCK_REALTIME);
	l->first.ts_ns = meta->start_ns;
	l->skel->bss->mode = stream ? MTHP_GATE_STREAM : MTHP_GATE_SUMS;
	return EXIT_OK;
}

int source_live_open(struct source **s, const struct source_filter *filter, int stream)
{
	struct live *l = calloc(1, sizeof(*l));
	int err;

	*s = NULL;
	if (!l) {
		log_err("cannot observe: out of memory");
		return EXIT_CANNOT;
	}
	libbpf_set_print(libbpf_says);
	l->source.ops = &live_ops;
	l->source.live = 1;
	l->source.sums_given = 1;
	err = start(l, filter, stream);
	if (err)
		live_close(&l->source);
	else
		*s = &l->source;
	return err;
}

void source_live_drop(struct source *s)
{
	int err = caps_drop(can_read, live_of(s));

	if (err)
		log_warn("cannot give up capabilities: %s", strerror(-err));
}

void source_live_tap(struct source *s, source_tap_fn fn, void *ctx)
{
	live_of(s)->tap = fn;
	live_of(s)->tap_ctx = ctx;
}

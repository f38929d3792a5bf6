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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <mthp/sums.h>
#include "bpf/mthptop.skel.h"
#include "lib/caps.h"
#include "live/features.h"
#include "live/maps.h"
#include "live/programs.h"
#include "lib/clock.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "model/source.h"
#include "model/thp_sysfs.h"

struct live {
	struct source source;
	struct kfeat kfeat;
	struct live_progs progs;
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

static int libbpf_says(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	if (log_level < 2 || (level == LIBBPF_DEBUG && log_level < 3))
		return 0;
	fputs("libbpf: ", stderr);
	return vfprintf(stderr, fmt, ap);
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

	return bpf_map_get_next_key(bpf_map__fd(l->progs.skel->maps.procs), NULL, &key) == -EPERM ?
		       -EPERM :
		       0;
}

static int open_outlets(struct live *l)
{
	int err;

	l->ring = ring_buffer__new(bpf_map__fd(l->progs.skel->maps.ring), on_event, l, NULL);
	err = l->ring ? 0 : -errno;
	if (!err && l->source.meta.detail == DETAIL_PLANS)
		err = ring_buffer__add(l->ring, bpf_map__fd(l->progs.skel->maps.steps), on_step, l);
	if (!err)
		err = live_maps_new(&l->maps, l->source.meta.pmd_order,
				    bpf_map__fd(l->progs.skel->maps.sums),
				    bpf_map__fd(l->progs.skel->maps.outcomes),
				    bpf_map__fd(l->progs.skel->maps.procs));
	if (!err && l->source.meta.detail == DETAIL_PLANS)
		live_maps_ranges(l->maps, bpf_map__fd(l->progs.skel->maps.ranges),
				 bpf_map__max_entries(l->progs.skel->maps.ranges));
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

static void read_counters(struct live *l, __u64 now_ns)
{
	sysinfo_read_counters("", l->source.meta.page_size, &l->latest);
	l->latest.ts_ns = now_ns;
}

static int live_tick(struct source *s, struct model *m, __u64 now_ns)
{
	struct live *l = live_of(s);
	int err = live_maps_read(l->maps, &m->totals);

	model_lost(m, MTHP_L_PROBES, live_progs_missed(&l->progs));
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

	if (l->progs.skel->bss->mode != MTHP_GATE_CLOSED)
		l->progs.skel->bss->mode = on ? MTHP_GATE_STREAM : MTHP_GATE_SUMS;
}

static void live_stop(struct source *s)
{
	struct live *l = live_of(s);

	l->progs.skel->bss->mode = MTHP_GATE_CLOSED;
	/* What the kernel counts from now on is of another time than what we did. */
	read_counters(l, now_ns());
	l->stopped = 1;
	/* Programs run with preemption off: after an RCU grace period none of before is running. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	live_progs_detach(&l->progs);
}

static void live_close(struct source *s)
{
	struct live *l = live_of(s);

	live_progs_detach(&l->progs);
	ring_buffer__free(l->ring);
	live_maps_free(l->maps);
	live_progs_free(&l->progs);
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
	meta->detail = l->kfeat.detail;
	kfeat_warn(&l->kfeat);
	err = live_progs_load(&l->progs, &l->kfeat, meta, filter, stream);
	if (!err)
		err = live_progs_attach(&l->progs);
	if (!err)
		err = open_outlets(l);
	if (err)
		return err;
	kfeat_free(&l->kfeat);
	meta->kinds = l->progs.kinds;
	sysinfo_read_counters("", meta->page_size, &l->first);
	meta->start_ns = now_ns();
	meta->start_realtime_ns = realtime_ns();
	l->first.ts_ns = meta->start_ns;
	l->progs.skel->bss->mode = stream ? MTHP_GATE_STREAM : MTHP_GATE_SUMS;
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

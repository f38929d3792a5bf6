// SPDX-License-Identifier: GPL-2.0-only
/*
 * The live source: BPF programs on this kernel's huge_memory tracepoints.
 *
 * BPF always adds everything up in maps; the model gets these sums at each tick. Events come through
 * the ring buffer only while the caller streams. The order of calls:
 *
 *	open    probes, loads, attaches, opens the gate
 *	drop    gives up the privileges that opening needed
 *	pump    hands the events in the ring to the tap and the model
 *	tick    copies sums, losses and the kernel's own counters into the model
 *	stop    closes the gate, waits until no program runs, detaches; pump and tick bring the rest
 *
 * The programs count nothing before the gate opens and nothing after it closes. So all of them see the
 * same stretch of time, although they are attached one after the other.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/confine.h"
#include "live/features.h"
#include "live/maps.h"
#include "live/programs.h"
#include "lib/clock.h"
#include "lib/log.h"
#include "model/source.h"
#include "model/thp_sysfs.h"

struct live {
	struct source source;
	struct kfeat kfeat;
	struct live_progs *progs;
	struct ring_buffer *ring;
	struct live_maps *maps;
	struct model *model; /* while pumping */
	long room;	     /* events that this pump may still take */
	source_tap_fn tap;
	void *tap_ctx;
	__u64 tap_lost;
	struct counters first, latest; /* the kernel's own */
	bool stopped;
	bool said; /* that the maps cannot be read */
};

static struct live *live_of(struct source *s)
{
	return (struct live *)s;
}

static int print_libbpf(enum libbpf_print_level level, const char *fmt, va_list ap)
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
	/* libbpf is already past this event when it sees the error. */
	return --l->room > 0 ? 0 : -EAGAIN;
}

/* A creep step. BPF has added it up; userspace keeps the list. */
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

	return bpf_map_get_next_key(live_progs_map(l->progs, LIVE_MAP_PROCS), NULL, &key) ==
			       -EPERM ?
		       -EPERM :
		       0;
}

static int open_outlets(struct live *l)
{
	const struct meta *meta = &l->source.meta;
	bool ranges = meta_has_ranges(meta);
	int err;

	l->ring = ring_buffer__new(live_progs_map(l->progs, LIVE_MAP_RING), on_event, l, NULL);
	err = l->ring ? 0 : -errno;
	if (!err && ranges)
		err = ring_buffer__add(l->ring, live_progs_map(l->progs, LIVE_MAP_STEPS), on_step,
				       l);
	if (!err)
		err = live_maps_new(&l->maps, l->progs, meta->pmd_order, ranges);
	if (err)
		log_err("cannot read BPF maps: %s", strerror(-err));
	return err;
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
	int err = live_maps_read(l->maps, &m->totals, s->only_sums);

	if (err && !l->said) {
		log_err("cannot read BPF maps: %s", strerror(-err));
		l->said = true;
	}
	model_lost(m, MTHP_L_PROBES, live_progs_missed(l->progs));
	if (l->tap_lost)
		model_lost(m, MTHP_L_DISK, l->tap_lost);
	/* feed_tick() gives the model the source's meta. */
	sysinfo_read_settings("", &s->meta);
	s->meta.settings_ns = now_ns;
	model_meta(m, &s->meta, now_ns);
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

	if (!l->stopped)
		live_progs_gate(l->progs, on ? MTHP_GATE_STREAM : MTHP_GATE_SUMS);
}

static void live_stop(struct source *s)
{
	struct live *l = live_of(s);

	live_progs_gate(l->progs, MTHP_GATE_CLOSED);
	/* The kernel's counters of a later moment would include what the programs did not count. */
	read_counters(l, now_ns());
	l->stopped = true;
	live_progs_detach(l->progs);
}

static void live_close(struct source *s)
{
	struct live *l = live_of(s);

	live_progs_detach(l->progs);
	ring_buffer__free(l->ring);
	live_maps_free(l->maps);
	live_progs_free(l->progs);
	kfeat_free(&l->kfeat);
	free(l);
}

static __u64 live_cpu_ns(struct source *s)
{
	return live_progs_cpu_ns(live_of(s)->progs);
}

static const struct source_ops live_ops = {
	.fd = live_fd,
	.pump = live_pump,
	.tick = live_tick,
	.stream = live_stream,
	.stop = live_stop,
	.close = live_close,
	.cpu_ns = live_cpu_ns,
};

/* 0, or -errno after a message. */
static int start(struct live *l, const struct source_filter *filter, bool stream)
{
	struct meta *meta = &l->source.meta;
	int err;

	sysinfo_read_meta("", meta);
	err = kfeat_probe(&l->kfeat, meta);
	if (err) {
		log_err("cannot observe: %s", l->kfeat.problem);
		return err;
	}
	kfeat_warn(&l->kfeat);
	l->source.owner = l->kfeat.has_owner;
	err = live_progs_load(&l->progs, &l->kfeat, meta, filter, stream);
	if (!err)
		err = live_progs_attach(l->progs);
	if (!err)
		err = open_outlets(l);
	if (err)
		return err;
	kfeat_free(&l->kfeat);
	sysinfo_read_counters("", meta->page_size, &l->first);
	meta->start_ns = now_ns();
	meta->start_realtime_ns = realtime_ns();
	l->first.ts_ns = meta->start_ns;
	live_progs_gate(l->progs, stream ? MTHP_GATE_STREAM : MTHP_GATE_SUMS);
	return 0;
}

int source_live_open(struct source **s, const struct source_filter *filter, int stream)
{
	struct live *l = calloc(1, sizeof(*l));
	int err;

	*s = NULL;
	if (!l) {
		log_err("cannot observe: out of memory");
		return -ENOMEM;
	}
	libbpf_set_print(print_libbpf);
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

void source_live_drop(struct source *s, const struct confine *what)
{
	struct confine c = *what;

	c.still_works = can_read;
	c.ctx = live_of(s);
	confine(&c);
}

void source_live_tap(struct source *s, source_tap_fn fn, void *ctx)
{
	live_of(s)->tap = fn;
	live_of(s)->tap_ctx = ctx;
}

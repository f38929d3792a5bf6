// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's own settings and counters as a source: for a kernel whose events cannot be observed. It has no
 * events, and its meta says so: no kind is known.
 */
#include <errno.h>
#include <stdlib.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "model/source.h"
#include "model/thp_sysfs.h"

struct kernel {
	struct source source;
	struct counters counters; /* too large for the stack */
};

static int kernel_fd(struct source *s)
{
	return -1;
}

static long kernel_pump(struct source *s, struct model *m, long max)
{
	return 0;
}

static int kernel_tick(struct source *s, struct model *m, __u64 now_ns)
{
	struct kernel *k = (struct kernel *)s;

	sysinfo_read_settings("", &s->meta);
	sysinfo_read_counters("", s->meta.page_size, &k->counters);
	k->counters.ts_ns = now_ns;
	model_counters(m, &k->counters);
	return 0;
}

static void kernel_stream(struct source *s, int on)
{
}

static void kernel_stop(struct source *s)
{
}

static void kernel_close(struct source *s)
{
	free(s);
}

static const struct source_ops kernel_ops = {
	.fd = kernel_fd,
	.pump = kernel_pump,
	.tick = kernel_tick,
	.stream = kernel_stream,
	.stop = kernel_stop,
	.close = kernel_close,
};

int source_kernel_open(struct source **s)
{
	struct kernel *k = calloc(1, sizeof(*k));

	*s = NULL;
	if (!k) {
		log_err("cannot read the kernel's counters: out of memory");
		return -ENOMEM;
	}
	k->source.ops = &kernel_ops;
	k->source.live = 1;
	k->source.sums_given = 1;
	sysinfo_read_meta("", &k->source.meta);
	k->source.meta.start_ns = now_ns();
	k->source.meta.start_realtime_ns = realtime_ns();
	*s = &k->source;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Time for the live views. A replay has a clock of its own: it starts with the trace, the view advances it,
 * and events are taken up to it.
 *
 * Sources cannot be peeked: feed reads one event past the clock and then waits for the clock to reach it.
 */
#include <errno.h>
#include <string.h>

#include "lib/clock.h"
#include "source/feed.h"

#define CHUNK	  8192 /* events taken before the keyboard is read again */
#define MAX_DRAIN 65536

int feed_open(struct feed *f, struct source *src)
{
	memset(f, 0, sizeof(*f));
	f->src = src;
	f->m = model_new(&src->meta, src->sums_given);
	if (!f->m)
		return -ENOMEM;
	f->clock_ns = src->meta.start_ns;
	/* Rates begin now, before the first event. */
	model_tick(f->m, f->clock_ns);
	if (src->live)
		return feed_tick(f);
	f->snap = snapshot_take(f->m);
	return f->snap ? 0 : -ENOMEM;
}

void feed_close(struct feed *f)
{
	snapshot_free(f->snap);
	model_free(f->m);
	f->snap = NULL;
	f->m = NULL;
}

/* Takes up to @max events. Their number; -EINTR: asked to stop before the end of the trace. */
static long take(struct feed *f, long max)
{
	long n = f->src->ops->pump(f->src, f->m, max);

	if (n == -EINTR)
		return n;
	if (n < 0)
		f->err = (int)n;
	if (n <= 0 && !f->src->live)
		f->ended = 1;
	return n;
}

void feed_drain(struct feed *f)
{
	long all = 0, n;

	if (!f->src->live)
		return;
	/* Bounded, so that a storm of events does not block the keyboard. */
	do {
		n = take(f, CHUNK);
		all += n;
	} while (n > 0 && all < MAX_DRAIN);
}

void feed_advance(struct feed *f, __u64 ns)
{
	f->clock_ns += ns;
	while (!f->ended && f->m->end_ns <= f->clock_ns && take(f, 1) != -EINTR)
		;
}

void feed_some(struct feed *f)
{
	if (!f->ended)
		take(f, CHUNK);
	if (f->m->end_ns > f->clock_ns)
		f->clock_ns = f->m->end_ns;
}

int feed_tick(struct feed *f)
{
	struct snapshot *s;
	int err;

	if (f->src->live) {
		feed_drain(f);
		f->clock_ns = now_ns();
		err = f->src->ops->tick(f->src, f->m, f->clock_ns);
		if (err)
			f->err = err;
		/* The model is incomplete now: the last good snapshot stays. */
		if (err && f->snap)
			return 0;
	}
	/* No time passes after the end of a trace. */
	if (!f->ended)
		model_tick(f->m, f->clock_ns);
	/* Names of results and settings may be new. */
	model_meta(f->m, &f->src->meta, f->m->end_ns);
	s = snapshot_take(f->m);
	if (!s)
		return -ENOMEM;
	snapshot_free(f->snap);
	f->snap = s;
	return 0;
}

int feed_status(const struct feed *f)
{
	if (f->src->live)
		return f->err;
	if (f->err || (f->ended && !f->m->complete) || f->m->totals.lost[MTHP_L_FILE])
		return -EBADMSG;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The live view without a terminal: text or a line of JSON at each interval, or one screen.
 *
 * A live interval is real time. A trace is read as fast as possible unless a speed is given; its
 * intervals are in the trace's own time, and without -d there is one, the whole trace. Ctrl-C ends the
 * interval and the view.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/log.h"
#include "lib/loop.h"
#include "lib/output.h"
#include "lib/stop.h"
#include "tui/screen_priv.h"
#include "tui/term_priv.h"
#include "tui/live_priv.h"
#include "view/formats.h"

struct batch {
	struct feed *f;
	const struct top_opts *o;
	const char *name;
	struct loop *loop;
	int timer;
	double speed;
	unsigned int done; /* intervals */
	int wrote;	   /* 0 or -errno */
	bool over;	   /* the last interval is written */
};

static int draw(const struct batch *b)
{
	struct extent e;
	struct cells c;
	struct ui ui;
	int w, h, err;

	top_ui(b->o, b->name, &ui);
	top_size(b->o, &w, &h);
	ui.ended = b->f->ended;
	if (b->f->snap->nr_procs) {
		ui.proc_tgid = b->f->snap->procs[0].tgid;
		ui.proc_mm = b->f->snap->procs[0].mm;
	}
	err = cells_init(&c, w, h, b->o->ascii || !term_utf8());
	if (err)
		return err;
	e = screen_draw(&c, b->f->snap, &ui);
	if (screen_fit(&ui, &e))
		screen_draw(&c, b->f->snap, &ui);
	err = cells_write(&c, stdout);
	cells_free(&c);
	return err;
}

/* Is this the last interval? A screen is drawn once, after one interval unless -n says otherwise. */
static bool is_last(const struct batch *b)
{
	unsigned int count = b->o->count;

	if (!count && b->o->dump && b->f->src->live)
		count = 1;
	return stop_asked() || b->f->ended || (count && b->done >= count);
}

/* Ends an interval and writes it. */
static void put(struct batch *b)
{
	int err = feed_tick(b->f);

	if (b->done++ && !b->o->dump && !b->o->json)
		putchar('\n');
	if (err)
		b->wrote = err;
	else if (b->o->dump)
		b->wrote = is_last(b) ? draw(b) : 0;
	else if (b->o->json)
		b->wrote = view_json_line(b->f->snap, stdout);
	else
		b->wrote = view_text(b->f->snap, NULL, stdout);
	if (!b->wrote && fflush(stdout))
		b->wrote = -errno;
	b->over = b->wrote || is_last(b);
	if (b->over)
		loop_stop(b->loop);
}

static void on_timer(void *ctx, __u64 n)
{
	struct batch *b = ctx;

	if (!b->f->src->live)
		feed_advance(b->f, (__u64)(b->o->delay * 1e9));
	put(b);
}

/* A trace as fast as possible: interval by interval, or all of it at once. */
static void on_idle(void *ctx, __u64 n)
{
	struct batch *b = ctx;

	if (b->o->delay) {
		on_timer(b, 1);
		return;
	}
	feed_some(b->f);
	if (b->f->ended)
		put(b);
}

static int start(struct batch *b)
{
	double delay = b->o->delay ? b->o->delay : 1;
	int err;

	err = loop_new(&b->loop);
	if (err)
		return err;
	if (!b->f->src->live && (!b->speed || !b->o->delay)) {
		loop_idle(b->loop, on_idle, b);
		return 0;
	}
	if (!b->f->src->live)
		delay /= b->speed;
	b->timer = loop_timer(b->loop, on_timer, b);
	if (b->timer < 0)
		return b->timer;
	return loop_set_timer(b->loop, b->timer, (__u64)(delay * 1e9), (__u64)(delay * 1e9));
}

int top_batch(struct feed *f, const struct top_opts *o, const char *name)
{
	struct batch b = { .f = f, .o = o, .name = name, .speed = top_speed(o, 0) };
	struct output out;
	struct ui ui;
	int err = output_open(&out, NULL, OUTPUT_GROWING);

	if (err)
		return err;
	/* Only a screen needs single events. */
	if (o->dump) {
		top_ui(o, name, &ui);
		f->src->ops->stream(f->src, screens[ui.screen].streams);
	}
	err = start(&b);
	if (!err)
		err = loop_run(b.loop);
	/* Asked to stop: the interval ends here. */
	if (!err && !b.over)
		put(&b);
	if (err)
		log_err("cannot wait for events: %s", strerror(-err));
	loop_free(b.loop);
	if (err)
		return err;
	return output_close(&out, b.wrote);
}

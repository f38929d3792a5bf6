// SPDX-License-Identifier: GPL-2.0-only
/*
 * The live view on a terminal: ties source, choices and terminal together in one loop.
 *
 *	source, timer -> feed -> snapshot -+
 *	keys -> tui_key() -> struct ui ----+-> screen_draw() -> cells -> term_show()
 *
 * A pause keeps the snapshot. A live source is still read, so that nothing is lost; a replay's clock
 * stands still. The terminal is updated only if the cells differ.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "tui/screen_priv.h"
#include "tui/term_priv.h"
#include "tui/live_priv.h"
#include "tui/keys_priv.h"
#include "tui/selection_priv.h"
#include "view/formats.h"

struct session {
	struct feed *f;
	const struct top_opts *o;
	struct loop *loop;
	struct ui ui;
	struct cells cells, shown;
	int timer;
	__u64 last_ns;	     /* time of the latest catch_up() */
	unsigned int frames; /* intervals shown */
	int err;
};

static void give_up(struct session *s, int err)
{
	s->err = err;
	loop_stop(s->loop);
}

/* Makes the grids as large as the terminal; they are blank if its size has changed. */
static int fit_terminal(struct session *s)
{
	int w, h;

	term_size(&w, &h);
	if (s->cells.w == w && s->cells.h == h)
		return 0;
	cells_free(&s->cells);
	cells_free(&s->shown);
	if (cells_init(&s->cells, w, h, s->o->ascii || !term_utf8()) ||
	    cells_init(&s->shown, w, h, 0))
		return -ENOMEM;
	s->shown.cell[0].ch = 0; /* differs from everything drawn */
	return 0;
}

static void draw(struct session *s, int all)
{
	struct cells swap;
	struct extent e;

	if (fit_terminal(s)) {
		give_up(s, -ENOMEM);
		return;
	}
	s->ui.ended = s->f->ended;
	e = screen_draw(&s->cells, s->f->snap, &s->ui);
	if (screen_fit(&s->ui, &e))
		screen_draw(&s->cells, s->f->snap, &s->ui);
	if (!all && cells_equal(&s->cells, &s->shown))
		return;
	term_show(&s->cells, all);
	swap = s->shown;
	s->shown = s->cells;
	s->cells = swap;
	s->cells.ascii = s->shown.ascii;
}

static void set_timer(struct session *s)
{
	__u64 ns = (__u64)(s->ui.interval * 1e9);

	loop_set_timer(s->loop, s->timer, ns, ns);
}

/* Takes the events up to now. */
static void catch_up(struct session *s)
{
	__u64 now = now_ns();

	if (s->f->src->live)
		feed_drain(s->f);
	else if (!s->ui.paused && s->ui.speed > 0)
		feed_advance(s->f, (__u64)((now - s->last_ns) * s->ui.speed));
	s->last_ns = now;
}

static void refresh(struct session *s)
{
	int was_over = s->f->ended, err;

	catch_up(s);
	/* The end of a trace is the last change. */
	if (s->ui.paused || (was_over && s->ui.ended))
		return;
	err = feed_tick(s->f);
	if (err)
		give_up(s, err);
	selection_follow(&s->ui, s->f->snap);
}

static void on_timer(void *ctx, __u64 n)
{
	struct session *s = ctx;

	refresh(s);
	term_said(s->ui.message, sizeof(s->ui.message));
	draw(s, 0);
	if (s->o->count && ++s->frames >= s->o->count)
		loop_stop(s->loop);
}

static void on_source(void *ctx, __u64 events)
{
	struct session *s = ctx;

	feed_drain(s->f);
}

static void on_idle(void *ctx, __u64 n)
{
	struct session *s = ctx;

	if (!s->ui.paused)
		feed_some(s->f);
	if (s->ui.paused || s->f->ended) {
		loop_idle(s->loop, NULL, NULL);
		refresh(s);
		draw(s, 0);
	}
}

static void go_idle(struct session *s)
{
	int wanted = s->ui.replay && s->ui.speed <= 0 && !s->ui.paused && !s->f->ended;

	loop_idle(s->loop, wanted ? on_idle : NULL, s);
}

/* A new file in @dir that only its owner may read; its descriptor, or -errno. */
static int new_file(const char *dir, char *name, size_t len)
{
	time_t now = time(NULL);
	char stamp[32];
	struct tm tm;
	int fd, i;

	gmtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
	for (i = 1; i < 100; i++) {
		if (i > 1)
			snprintf(name, len, "%smthptop-%s-%d.json", dir, stamp, i);
		else
			snprintf(name, len, "%smthptop-%s.json", dir, stamp);
		fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd >= 0 || errno != EEXIST)
			return fd >= 0 ? fd : -errno;
	}
	return -EEXIST;
}

/* Writes the snapshot to a file, and shows its name. */
static void save(struct session *s)
{
	char name[64];
	int fd, err;
	FILE *out;

	fd = new_file("", name, sizeof(name));
	/* root's live view is that of nobody, who may write to few folders. */
	if (fd == -EACCES || fd == -EROFS)
		fd = new_file("/tmp/", name, sizeof(name));
	out = fd < 0 ? NULL : fdopen(fd, "w");
	err = fd < 0 ? fd : out ? view_json(s->f->snap, NULL, out) : -errno;
	if (out && fclose(out) && !err)
		err = -errno;
	if (err)
		snprintf(s->ui.message, sizeof(s->ui.message), "cannot write: %s: %s", name,
			 strerror(-err));
	else
		snprintf(s->ui.message, sizeof(s->ui.message), "saved: %s", name);
}

static void act(struct session *s, unsigned int asked)
{
	const struct screen *scr = &screens[s->ui.screen];

	if (asked & TUI_QUIT) {
		loop_stop(s->loop);
		return;
	}
	if (asked & TUI_SCREEN)
		s->f->src->ops->stream(s->f->src, scr->streams);
	if (asked & TUI_SAVE)
		save(s);
	if (asked & TUI_INTERVAL)
		set_timer(s);
	if (asked & TUI_RESCAN)
		refresh(s);
	go_idle(s);
}

static void on_keys(void *ctx, __u64 events)
{
	struct session *s = ctx;
	unsigned int asked = 0, one;
	int key;

	while ((key = term_key()) >= 0) {
		/* The old speed holds until the key, the new speed after it. */
		catch_up(s);
		one = tui_key(&s->ui, s->f->snap, key);
		act(s, one);
		asked |= one;
		/* The next key starts from the row that this one selected. */
		if (one & TUI_DRAW && !(asked & TUI_QUIT))
			draw(s, 0);
	}
	if (asked & TUI_REPAINT)
		draw(s, 1);
	if (!asked && events & (EPOLLHUP | EPOLLERR))
		loop_stop(s->loop);
}

static void on_signal(void *ctx, __u64 sig)
{
	struct session *s = ctx;

	switch (sig) {
	case SIGWINCH:
		draw(s, 1);
		break;
	case SIGTSTP:
		term_suspend();
		draw(s, 1);
		break;
	case SIGCONT:
		draw(s, 1);
		break;
	default:
		loop_stop(s->loop);
	}
}

static int start(struct session *s)
{
	static const int signals[] = { SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT, 0 };
	int err, fd = s->f->src->ops->fd(s->f->src);

	err = loop_new(&s->loop);
	if (!err)
		err = loop_signals(s->loop, signals, on_signal, s);
	if (!err)
		err = loop_fd(s->loop, term_fd(), on_keys, s);
	if (!err && fd >= 0)
		err = loop_fd(s->loop, fd, on_source, s);
	if (err)
		return err;
	s->timer = loop_timer(s->loop, on_timer, s);
	return s->timer < 0 ? s->timer : 0;
}

int top_screen(struct feed *f, const struct top_opts *o, const char *name)
{
	struct session s = { .f = f, .o = o };
	int err;

	top_ui(o, name, &s.ui);
	err = term_open();
	if (err)
		return err;
	err = start(&s);
	if (!err) {
		s.last_ns = now_ns();
		f->src->ops->stream(f->src, screens[s.ui.screen].streams);
		selection_note(&s.ui, f->snap);
		draw(&s, 1);
		set_timer(&s);
		go_idle(&s);
		err = loop_run(s.loop);
	}
	term_close();
	if (err)
		log_err("cannot wait for keys: %s", strerror(-err));
	loop_free(s.loop);
	cells_free(&s.cells);
	cells_free(&s.shown);
	return err ? err : s.err;
}

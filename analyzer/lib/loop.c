// SPDX-License-Identifier: GPL-2.0-only
/*
 * The event loop. It reads signals from a signalfd, so that their callbacks may do anything; only crashes
 * (tui/term.c) and the request to stop (stop.c) have a real handler.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "lib/loop.h"
#include "lib/stop.h"

#define MAX_WATCHES 8

enum kind {
	WATCH_FD,
	WATCH_TIMER,
	WATCH_SIGNALS
};

struct watch {
	enum kind kind;
	int fd;
	loop_fn fn;
	void *ctx;
};

struct loop {
	int epfd;
	bool stop;
	int nr;
	struct watch watch[MAX_WATCHES];
	loop_fn idle;
	void *idle_ctx;
	bool masked;
	sigset_t old_mask;
};

void loop_free(struct loop *l)
{
	int i;

	if (!l)
		return;
	for (i = 0; i < l->nr; i++)
		if (l->watch[i].kind != WATCH_FD)
			close(l->watch[i].fd);
	close(l->epfd);
	if (l->masked)
		sigprocmask(SIG_SETMASK, &l->old_mask, NULL);
	free(l);
}

/* The number of the new watch, or -errno. */
static int add(struct loop *l, enum kind kind, int fd, loop_fn fn, void *ctx)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = l->nr };

	if (l->nr == MAX_WATCHES)
		return -ENOSPC;
	if (epoll_ctl(l->epfd, EPOLL_CTL_ADD, fd, &ev))
		return -errno;
	l->watch[l->nr].kind = kind;
	l->watch[l->nr].fd = fd;
	l->watch[l->nr].fn = fn;
	l->watch[l->nr].ctx = ctx;
	return l->nr++;
}

/* As add(), for a descriptor that the loop has made and closes. */
static int add_own(struct loop *l, enum kind kind, int fd, loop_fn fn, void *ctx)
{
	int nr;

	if (fd < 0)
		return -errno;
	nr = add(l, kind, fd, fn, ctx);
	if (nr < 0)
		close(fd);
	return nr;
}

static void on_stop(void *ctx, __u64 n)
{
	loop_stop(ctx);
}

int loop_new(struct loop **out)
{
	struct loop *l = calloc(1, sizeof(*l));
	int err;

	*out = NULL;
	if (!l)
		return -ENOMEM;
	l->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (l->epfd < 0) {
		err = -errno;
		free(l);
		return err;
	}
	err = stop_fd() < 0 ? 0 : add(l, WATCH_FD, stop_fd(), on_stop, l);
	if (err < 0) {
		loop_free(l);
		return err;
	}
	*out = l;
	return 0;
}

int loop_fd(struct loop *l, int fd, loop_fn fn, void *ctx)
{
	int nr = add(l, WATCH_FD, fd, fn, ctx);

	return nr < 0 ? nr : 0;
}

int loop_timer(struct loop *l, loop_fn fn, void *ctx)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

	return add_own(l, WATCH_TIMER, fd, fn, ctx);
}

int loop_set_timer(struct loop *l, int timer, __u64 first_ns, __u64 ns)
{
	struct itimerspec it = {
		.it_value = { first_ns / 1000000000, first_ns % 1000000000 },
		.it_interval = { ns / 1000000000, ns % 1000000000 },
	};

	return timerfd_settime(l->watch[timer].fd, 0, &it, NULL) ? -errno : 0;
}

int loop_signals(struct loop *l, const int *signals, loop_fn fn, void *ctx)
{
	sigset_t set;
	int nr;

	sigemptyset(&set);
	for (; *signals; signals++)
		sigaddset(&set, *signals);
	if (sigprocmask(SIG_BLOCK, &set, &l->old_mask))
		return -errno;
	l->masked = true;
	nr = add_own(l, WATCH_SIGNALS, signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), fn, ctx);
	return nr < 0 ? nr : 0;
}

void loop_idle(struct loop *l, loop_fn fn, void *ctx)
{
	l->idle = fn;
	l->idle_ctx = ctx;
}

static void dispatch(struct loop *l, const struct epoll_event *ev)
{
	const struct watch *w = &l->watch[ev->data.u32];
	struct signalfd_siginfo info;
	__u64 expired;

	switch (w->kind) {
	case WATCH_FD:
		w->fn(w->ctx, ev->events);
		break;
	case WATCH_TIMER:
		if (read(w->fd, &expired, sizeof(expired)) == sizeof(expired))
			w->fn(w->ctx, expired);
		break;
	case WATCH_SIGNALS:
		while (!l->stop && read(w->fd, &info, sizeof(info)) == sizeof(info))
			w->fn(w->ctx, info.ssi_signo);
		break;
	}
}

int loop_run(struct loop *l)
{
	struct epoll_event ev[MAX_WATCHES];
	int n, i;

	l->stop = false;
	while (!l->stop) {
		n = epoll_wait(l->epfd, ev, MAX_WATCHES, l->idle ? 0 : -1);
		if (n < 0 && errno != EINTR)
			return -errno;
		for (i = 0; i < n && !l->stop; i++)
			dispatch(l, &ev[i]);
		if (l->idle && !l->stop)
			l->idle(l->idle_ctx, 0);
	}
	return 0;
}

void loop_stop(struct loop *l)
{
	l->stop = true;
}

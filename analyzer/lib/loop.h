/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event loop: one epoll over a source, timers, signals and the keyboard. Everything happens in
 * one thread, one callback after the other.
 */
#ifndef LIB_LOOP_H
#define LIB_LOOP_H

#include <mthp/types.h>

struct loop;

/* @n: expirations of a timer, number of a signal, EPOLL* bits of a file descriptor. */
typedef void (*loop_fn)(void *ctx, __u64 n);

/* 0 or -errno. After stop_on_signals() the loop ends when one of them comes (stop.h). */
int loop_new(struct loop **l);
/* Takes NULL. Gives signals back their old handling; file descriptors stay their owners'. */
void loop_free(struct loop *l);

/* Calls @fn whenever @fd can be read, or hung up. */
int loop_fd(struct loop *l, int fd, loop_fn fn, void *ctx);

/* A timer that does not run yet. Its number (0 or more), or -errno. */
int loop_timer(struct loop *l, loop_fn fn, void *ctx);
/* Lets it expire every @ns from now on, for the first time after @first_ns; 0: stops it. */
int loop_set_timer(struct loop *l, int timer, __u64 first_ns, __u64 ns);

/* From now on these signals (0-terminated) are blocked, and come as calls of @fn. */
int loop_signals(struct loop *l, const int *signals, loop_fn fn, void *ctx);

/* @fn is called over and over while nothing else happens; NULL: the loop sleeps. */
void loop_idle(struct loop *l, loop_fn fn, void *ctx);

/* Runs until loop_stop(), or until asked to stop. 0 or -errno. */
int loop_run(struct loop *l);
void loop_stop(struct loop *l);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The event loop: one epoll over a source, timers, signals and the keyboard, in one thread, one callback
 * after the other.
 */
#ifndef LIB_LOOP_H
#define LIB_LOOP_H

#include <mthp/types.h>

struct loop;

/* @n: expirations of a timer, number of a signal, EPOLL* bits of a file descriptor. */
typedef void (*loop_fn)(void *ctx, __u64 n);

/* 0 or -errno. After stop_on_signals() the loop ends when one of them comes (stop.h). */
int loop_new(struct loop **l);
/* Takes NULL. Restores the handling of signals; file descriptors stay open. */
void loop_free(struct loop *l);

/* Calls @fn whenever @fd can be read, or hung up. */
int loop_fd(struct loop *l, int fd, loop_fn fn, void *ctx);

/* A stopped timer. Its number (0 or more), or -errno. */
int loop_timer(struct loop *l, loop_fn fn, void *ctx);
/* The timer expires after @first_ns and then every @ns; 0: stops it. */
int loop_set_timer(struct loop *l, int timer, __u64 first_ns, __u64 ns);

/* Blocks these signals (0-terminated), and calls @fn for each. */
int loop_signals(struct loop *l, const int *signals, loop_fn fn, void *ctx);

/* Calls @fn repeatedly while no other callback runs; NULL: the loop sleeps. */
void loop_idle(struct loop *l, loop_fn fn, void *ctx);

/* Runs until loop_stop(), or until a request to stop (stop.h). 0 or -errno. */
int loop_run(struct loop *l);
void loop_stop(struct loop *l);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Being asked to stop, by SIGINT, SIGTERM or SIGHUP: one way for all commands that go on until then.
 * An event loop (loop.h) ends by itself; what works long without one looks at stop_asked().
 */
#ifndef LIB_STOP_H
#define LIB_STOP_H

/* From now on these signals ask to stop instead of killing. 0 or -errno. */
int stop_on_signals(void);

/* The signal that came; 0: none. */
int stop_asked(void);

/* Can be read once a signal came; -1 before stop_on_signals(). */
int stop_fd(void);

/* Waits until @fd can be read, or has hung up. 0; -EINTR: asked to stop; -errno. */
int stop_wait(int fd);

#endif

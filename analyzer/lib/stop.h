/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A request to stop, by SIGINT, SIGTERM or SIGHUP: the same for all commands. An event loop (loop.h) ends
 * by itself; code that runs long without a loop checks stop_asked().
 */
#ifndef LIB_STOP_H
#define LIB_STOP_H

#include <stddef.h>

/* From now on these signals ask to stop instead of killing. 0 or -errno. */
int stop_on_signals(void);

/* The signal; 0: no request. */
int stop_asked(void);

/* Readable after a request; -1 before stop_on_signals(). */
int stop_fd(void);

/*
 * Waits until @fd can be read, or has hung up; @ms: at most so long, -1: for ever. 0; -EAGAIN: nothing in that time;
 * -EINTR: asked to stop; -errno.
 */
int stop_wait(int fd, int ms);

/* Waits likewise, and reads up to @len bytes. Their number; 0: the end; -errno as above. */
long stop_read(int fd, void *buf, size_t len, int ms);

#endif

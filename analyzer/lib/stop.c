// SPDX-License-Identifier: GPL-2.0-only
/*
 * The handler stores the signal and makes an eventfd readable for good. Code that polls another file polls
 * the eventfd as well, and so cannot miss the signal. System calls are restarted, so that a signal never leaves
 * half a line of output.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lib/array.h"
#include "lib/stop.h"

static volatile sig_atomic_t asked;
static int efd = -1;

static void on_signal(int sig)
{
	int err = errno;

	asked = sig;
	eventfd_write(efd, 1);
	errno = err;
}

int stop_on_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction sa;
	size_t i;

	if (efd < 0)
		efd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (efd < 0)
		return -errno;
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	sa.sa_flags = SA_RESTART;
	sigemptyset(&sa.sa_mask);
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &sa, NULL);
	return 0;
}

int stop_asked(void)
{
	return asked;
}

int stop_fd(void)
{
	return efd;
}

int stop_wait(int fd, int ms)
{
	struct pollfd fds[] = { { fd, POLLIN, 0 }, { efd, POLLIN, 0 } };
	int n;

	/* Whoever waits for more input has others wait for what is done. */
	if (!poll(fds, 1, 0))
		fflush(stdout);
	while (!asked) {
		n = poll(fds, ARRAY_SIZE(fds), ms);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (fds[0].revents)
			return 0;
		if (!n)
			return -EAGAIN;
	}
	return -EINTR;
}

long stop_read(int fd, void *buf, size_t len, int ms)
{
	ssize_t n;
	int err;

	do {
		err = stop_wait(fd, ms);
		if (err)
			return err;
		n = read(fd, buf, len);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages and the stop flag: the only process-wide state there is.
 *
 * Messages go to stderr so that data on stdout stays clean. Text from outside (file names, comms)
 * may hold terminal escapes; callers pass such text through fmt_safe() first.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/log.h"

int log_level;
volatile int stop_signal;

static void say(const char *kind, const char *fmt, va_list ap)
{
	fprintf(stderr, "mthptop: %s", kind);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void log_err(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("warning: ", fmt, ap);
	va_end(ap);
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	if (log_level < 1)
		return;
	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
}

static void on_stop(int sig)
{
	stop_signal = sig;
}

void stop_on_signals(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_stop;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
}

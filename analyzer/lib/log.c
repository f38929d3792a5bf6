// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages.
 *
 * Messages go to stderr so that data on stdout stays clean. Text from outside (file names, comms) may hold
 * terminal escapes: nothing that is not fit to print gets out of here.
 */
#include <stdarg.h>
#include <stdio.h>

#include "lib/fmt.h"
#include "lib/log.h"

int log_level;

static void say(const char *kind, const char *fmt, va_list ap)
{
	char text[4096], safe[4 * sizeof(text)];

	vsnprintf(text, sizeof(text), fmt, ap);
	fprintf(stderr, "mthptop: %s%s\n", kind, fmt_printable(text, safe, sizeof(safe)));
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

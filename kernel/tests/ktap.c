// SPDX-License-Identifier: GPL-2.0-only
/*
 * KTAP output. Lines are written at once, so that a guest that dies shows how far it got. The plan comes
 * last: a program that ends early has none, and its reader counts that as a failure.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "ktap.h"

static struct {
	int run;
	int failed;
} ktap;

void ktap_start(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("KTAP version 1");
}

bool ktap_ok(bool ok, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d ", ok ? "" : "not ", ++ktap.run);
	ktap.failed += !ok;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	return ok;
}

void ktap_skip(const char *reason, const char *fmt, ...)
{
	va_list ap;

	printf("ok %d ", ++ktap.run);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf(" # SKIP %s\n", reason);
}

void ktap_note(const char *fmt, ...)
{
	va_list ap;

	printf("# ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

void ktap_die(const char *fmt, ...)
{
	va_list ap;

	printf("Bail out! ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	exit(1);
}

int ktap_done(void)
{
	printf("1..%d\n", ktap.run);
	return ktap.failed ? 1 : 0;
}

// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ktap.h"
#include "shared.h"

#define MAX_SAID 20

struct shared *shared;

void shared_map(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		ktap_die("no shared memory: %s", strerror(errno));
}

void soak_fail(const char *fmt, ...)
{
	char text[600];
	int len = snprintf(text, sizeof(text), "# FOUND by process %d: ", getpid());
	va_list ap;

	va_start(ap, fmt);
	len += vsnprintf(text + len, sizeof(text) - len - 1, fmt, ap);
	va_end(ap);
	if (len > (int)sizeof(text) - 2)
		len = sizeof(text) - 2;
	text[len++] = '\n';
	if (atomic_fetch_add(&shared->failures, 1) < MAX_SAID && write(1, text, len) < 0)
		_exit(1);
	atomic_store(&shared->stop, true);
}

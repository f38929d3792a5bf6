// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/array.h"
#include "lib/caps.h"
#include "lib/file.h"
#include "live/remedy.h"

/* Debian's kernels have this level: perf events take CAP_SYS_ADMIN. */
#define PARANOID_ADMIN 3

static const struct {
	int err;
	int limit;
	const char *name;
	const char *remedy;
} limits[] = {
	{ -EMFILE, RLIMIT_NOFILE, "RLIMIT_NOFILE", "raise it to 128" },
	{ -ENOMEM, RLIMIT_DATA, "RLIMIT_DATA", "raise it" },
	{ -ENOMEM, RLIMIT_AS, "RLIMIT_AS", "raise it" },
};

bool live_locked_down(void)
{
	char text[64];

	file_read(AT_FDCWD, "/sys/kernel/security/lockdown", text, sizeof(text));
	return strstr(text, "[confidentiality]") != NULL;
}

/* The initial namespace maps all ids to themselves. */
static bool in_user_namespace(void)
{
	unsigned long from, to, nr;
	char text[256];

	return file_read(AT_FDCWD, "/proc/self/uid_map", text, sizeof(text)) > 0 &&
	       (sscanf(text, "%lu %lu %lu", &from, &to, &nr) != 3 || from || to ||
		nr != 0xffffffffUL);
}

static long paranoid(void)
{
	char text[32];

	return file_read(AT_FDCWD, "/proc/sys/kernel/perf_event_paranoid", text, sizeof(text)) > 0 ?
		       strtol(text, NULL, 10) :
		       0;
}

static bool rights(char *buf, size_t len)
{
	char missing[64];

	caps_missing(missing, sizeof(missing));
	if (missing[0])
		snprintf(buf, len, "needs %s: run as root", missing);
	else if (in_user_namespace())
		snprintf(buf, len,
			 "the rights of a user namespace do not count: run outside of it");
	else if (live_locked_down())
		snprintf(buf, len, "the kernel is locked down: boot with lockdown=integrity");
	else if (paranoid() >= PARANOID_ADMIN && !caps_have(CAP_SYS_ADMIN))
		snprintf(buf, len,
			 "kernel.perf_event_paranoid is %ld: needs CAP_SYS_ADMIN, or set it to 2",
			 paranoid());
	else
		return false;
	return true;
}

const char *live_remedy(int err, char *buf, size_t len)
{
	struct rlimit is;
	size_t i;

	buf[0] = '\0';
	if ((err == -EPERM || err == -EACCES) && rights(buf, len))
		return buf;
	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		if (err != limits[i].err || getrlimit(limits[i].limit, &is) ||
		    is.rlim_cur == RLIM_INFINITY)
			continue;
		snprintf(buf, len, "%s is %llu: %s", limits[i].name,
			 (unsigned long long)is.rlim_cur, limits[i].remedy);
		break;
	}
	return buf;
}

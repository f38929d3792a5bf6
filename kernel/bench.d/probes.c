// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probes.h"

#define FILE_NAME "/sys/kernel/tracing/kprobe_events"

static char names[16][32];
static unsigned int nr;

/* Adds a line; opening without O_APPEND would remove the others. */
static int append(const char *line)
{
	int fd = open(FILE_NAME, O_WRONLY | O_APPEND | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, line, strlen(line)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static void remove_all(void)
{
	char line[64];

	while (nr) {
		snprintf(line, sizeof(line), "-:bench/%s", names[--nr]);
		append(line);
	}
}

static int add(const char *kind, const char *name, const char *function, const char *args)
{
	char line[128];
	int err;

	if (nr == sizeof(names) / sizeof(names[0]))
		return -ENOSPC;
	snprintf(line, sizeof(line), "%s:bench/%s %s %s", kind, name, function, args);
	err = append(line);
	if (err)
		return err;
	if (!nr)
		atexit(remove_all);
	snprintf(names[nr++], sizeof(names[0]), "%s", name);
	return 0;
}

int probe_add(const char *name, const char *function, const char *args)
{
	return add("p", name, function, args);
}

int probe_add_return(const char *name, const char *function, const char *args)
{
	return add("r", name, function, args);
}

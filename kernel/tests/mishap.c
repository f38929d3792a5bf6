// SPDX-License-Identifier: GPL-2.0-only
/* /sys/module/mishap/parameters; see mishap/mishap.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ktap.h"
#include "mishap.h"
#include "settings.h"

const char *mishap_load(void)
{
	int fd = open("mishap.ko", O_RDONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return "mishap.ko was not built: this kernel takes no modules";
	if (syscall(SYS_finit_module, fd, "", 0))
		err = errno;
	close(fd);
	return !err || err == EEXIST ? NULL : strerror(err);
}

static void path_of(char *path, size_t size, const char *name)
{
	snprintf(path, size, "/sys/module/mishap/parameters/%s", name);
}

void mishap_set(const char *name, unsigned long value)
{
	char path[64], text[24];
	int err;

	path_of(path, sizeof(path), name);
	snprintf(text, sizeof(text), "%lu", value);
	err = file_write(path, text);
	if (err)
		ktap_die("cannot write %s: %s", path, strerror(-err));
}

unsigned long mishap_get(const char *name)
{
	char path[64], text[24];

	path_of(path, sizeof(path), name);
	if (file_read(path, text, sizeof(text)) < 0)
		ktap_die("cannot read %s", path);
	return strtoul(text, NULL, 10);
}

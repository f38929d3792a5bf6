// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small files. The kernel makes their text when they are read, and may need several reads for it. One call
 * opens, reads and closes, so that no descriptor stays open.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/file.h"

ssize_t file_read(int dir, const char *path, char *buf, size_t len)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 1;
	size_t at = 0;

	buf[0] = '\0';
	if (fd < 0)
		return -errno;
	while (n > 0 && at < len - 1) {
		n = read(fd, buf + at, len - 1 - at);
		if (n > 0)
			at += n;
	}
	n = n < 0 ? -errno : (ssize_t)at;
	close(fd);
	buf[n < 0 ? 0 : n] = '\0';
	return n;
}

int file_parse_u64(const char *s, __u64 *value)
{
	char *end;

	if (*s < '0' || *s > '9')
		return -EINVAL;
	errno = 0;
	*value = strtoull(s, &end, 10);
	if (errno || (*end && *end != '\n' && *end != ' '))
		return -EINVAL;
	return 0;
}

int file_read_u64(int dir, const char *path, __u64 *value)
{
	char buf[32];
	ssize_t n = file_read(dir, path, buf, sizeof(buf));

	return n < 0 ? (int)n : file_parse_u64(buf, value);
}

char *file_choice(char *text)
{
	char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;

	if (!close)
		return NULL;
	*close = '\0';
	return open + 1;
}

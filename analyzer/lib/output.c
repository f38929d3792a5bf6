// SPDX-License-Identifier: GPL-2.0-only
/*
 * Output names processes and addresses of the machine, so only the owner may read a new file.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lib/log.h"
#include "lib/output.h"

FILE *output_open(const char *path)
{
	FILE *out;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	if (!path)
		return stdout;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out)
		log_err("cannot write: %s: %s", path, strerror(errno));
	return out;
}

int output_close(FILE *out, const char *path, int err)
{
	bool failed;

	errno = 0;
	failed = fflush(out) || ferror(out) || err;
	if (failed && !errno)
		errno = err ? -err : EIO;
	if (path && fclose(out))
		failed = true;
	if (!failed || errno == EPIPE)
		return 0;
	err = -errno;
	log_err("cannot write: %s: %s", path ? path : "standard output", strerror(-err));
	return err;
}

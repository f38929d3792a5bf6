// SPDX-License-Identifier: GPL-2.0-only
/*
 * tracefs has the numbers of the kernel's tracepoints, which perf_event_open() wants.
 *
 * Many machines do not mount it. A mount of ours would change what everybody sees, and would stay if we
 * were killed. A mount that fsopen() and fsmount() make and that no directory holds has neither problem:
 * files below it are opened relative to its descriptor, and it is gone when the descriptor is closed. It
 * needs CAP_SYS_ADMIN; a mounted tracefs does not.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "lib/array.h"
#include "lib/file.h"
#include "live/tracefs_priv.h"

static int open_mounted(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	/*
	 * An empty directory is the mount point, not the file system. AT_EACCESS: without it the capabilities of a service
	 * that is not root do not count.
	 */
	if (!faccessat(fd, "events", R_OK | X_OK, AT_EACCESS))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static int open_detached(void)
{
	int fs, mnt, err;

	fs = fsopen("tracefs", FSOPEN_CLOEXEC);
	if (fs < 0)
		return -errno;
	mnt = fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	if (!mnt)
		mnt = fsmount(fs, FSMOUNT_CLOEXEC,
			      MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	err = mnt < 0 ? -errno : 0;
	close(fs);
	return err ? err : mnt;
}

int tracefs_open(const char **how)
{
	static const char *const places[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	int err = -ENOENT;
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		fd = open_mounted(places[i]);
		if (fd >= 0) {
			if (how)
				*how = places[i];
			return fd;
		}
		if (fd != -ENOENT)
			err = fd;
	}
	fd = open_detached();
	if (fd >= 0) {
		if (how)
			*how = "not mounted: opened for ourselves";
		return fd;
	}
	/* "Cannot read this place" helps more than "cannot mount". */
	return err == -ENOENT ? fd : err;
}

static int read_event_file(int tracefs, const char *system, const char *name, const char *file,
			   char *buf, size_t len)
{
	char path[256];
	ssize_t n;

	snprintf(path, sizeof(path), "events/%s/%s/%s", system, name, file);
	n = file_read(tracefs, path, buf, len);
	return n < 0 ? (int)n : 0;
}

int tracefs_event_id(int tracefs, const char *system, const char *name)
{
	char text[32];
	int err = read_event_file(tracefs, system, name, "id", text, sizeof(text));
	int id = err ? 0 : atoi(text);

	return err ? err : id > 0 ? id : -EINVAL;
}

int tracefs_event_format(int tracefs, const char *system, const char *name, char *buf, size_t len)
{
	return read_event_file(tracefs, system, name, "format", buf, len);
}

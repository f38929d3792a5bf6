// SPDX-License-Identifier: GPL-2.0-only
/*
 * See textfile.h. The lock is on the file itself. A file that is renamed into its place carries its lock along, so
 * at no moment the place has a file without one.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export/textfile.h"
#include "lib/fmt.h"
#include "lib/log.h"

#define BESIDE ".tmp"

static int report(struct textfile *f, int err)
{
	char name[256];

	if (err && !f->failing)
		log_err("cannot write metrics: %s: %s", fmt_safe(f->path, name, sizeof(name)),
			strerror(-err));
	f->failing = err != 0;
	return err;
}

int textfile_open(struct textfile *f, const char *path)
{
	char name[256];
	struct stat st;

	f->path = path;
	f->fd = -1;
	f->failing = false;
	if (!path)
		return 0;
	if (strlen(path) + sizeof(BESIDE) > PATH_MAX)
		return report(f, -ENAMETOOLONG);
	if (!lstat(path, &st) && !S_ISREG(st.st_mode))
		return report(f, S_ISDIR(st.st_mode) ? -EISDIR : -EEXIST);
	/* Made now, so that another one finds the lock while this one is still attaching its programs. */
	f->fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (f->fd < 0)
		return report(f, -errno);
	if (!flock(f->fd, LOCK_EX | LOCK_NB))
		return 0;
	log_err("cannot write metrics: %s: another exporter writes it",
		fmt_safe(path, name, sizeof(name)));
	close(f->fd);
	f->fd = -1;
	return -EBUSY;
}

static int write_all(int fd, const char *text, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, text, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= n;
	}
	return 0;
}

static int fill(int fd, const struct text *text)
{
	int err = flock(fd, LOCK_EX | LOCK_NB) ? -errno : 0;

	if (!err)
		err = write_all(fd, text->buf, text->len);
	if (!err && (fchmod(fd, 0644) || fsync(fd)))
		err = -errno;
	return err;
}

int textfile_write(struct textfile *f, const struct text *text)
{
	char beside[PATH_MAX];
	int fd, err;

	snprintf(beside, sizeof(beside), "%s" BESIDE, f->path);
	/* One that was left behind. */
	unlink(beside);
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return report(f, -errno);
	err = fill(fd, text);
	if (!err && rename(beside, f->path))
		err = -errno;
	if (err) {
		unlink(beside);
		close(fd);
		return report(f, err);
	}
	if (f->fd >= 0)
		close(f->fd);
	f->fd = fd;
	return report(f, 0);
}

void textfile_close(struct textfile *f)
{
	struct stat there, own;

	if (!f->path || f->fd < 0)
		return;
	if (!lstat(f->path, &there) && !fstat(f->fd, &own) && there.st_dev == own.st_dev &&
	    there.st_ino == own.st_ino)
		unlink(f->path);
	close(f->fd);
	f->fd = -1;
}

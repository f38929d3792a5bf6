// SPDX-License-Identifier: GPL-2.0-only
/*
 * Output names processes and addresses of the machine, so only the owner may read a new file.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/fmt.h"
#include "lib/inputs.h"
#include "lib/log.h"
#include "lib/memory.h"
#include "lib/output.h"
#include "lib/sandbox.h"

#define BESIDE_TRIES 100
#define READ_TOO     "it is read, too (choose another output)"

static sighandler_t old_pipe = SIG_DFL, old_size = SIG_DFL;
static bool signals_off;

void output_no_signals(void)
{
	if (signals_off)
		return;
	signals_off = true;
	old_pipe = signal(SIGPIPE, SIG_IGN);
	old_size = signal(SIGXFSZ, SIG_IGN);
}

void output_old_signals(void)
{
	if (!signals_off)
		return;
	signal(SIGPIPE, old_pipe);
	signal(SIGXFSZ, old_size);
}

static int refuse(const struct output *o, int err, const char *why)
{
	if (!o->quiet)
		log_err("cannot write: %s: %s", o->name, why);
	return err;
}

static int failed(const struct output *o, int err)
{
	return refuse(o, err, strerror(-err));
}

/* The folder of @path. */
static void folder_of(const char *path, char folder[PATH_MAX])
{
	char copy[PATH_MAX];

	snprintf(copy, sizeof(copy), "%s", path);
	snprintf(folder, PATH_MAX, "%s", dirname(copy));
}

/* In a folder where everybody makes files, is @path a link of somebody else? As fs.protected_symlinks asks. */
static bool is_planted_link(const char *path)
{
	char folder[PATH_MAX];
	struct stat link, dir;

	folder_of(path, folder);
	return !lstat(path, &link) && S_ISLNK(link.st_mode) && !stat(folder, &dir) &&
	       (dir.st_mode & S_ISVTX) && (dir.st_mode & S_IWOTH) && link.st_uid != geteuid() &&
	       link.st_uid != dir.st_uid;
}

/*
 * Looks where @path leads. 1: to no file yet, with *@st zeroed; 0: to a file that may be written, *@st; -errno
 * after a message.
 */
static int look(struct output *o, const char *path, struct stat *st)
{
	struct stat link;

	if (strlen(path) >= PATH_MAX)
		return failed(o, -ENAMETOOLONG);
	if (is_planted_link(path))
		return refuse(
			o, -EACCES,
			"a symbolic link of another user, in a folder where everybody makes files");
	memset(st, 0, sizeof(*st));
	if (stat(path, st)) {
		if (errno != ENOENT)
			return failed(o, -errno);
		if (!lstat(path, &link))
			return refuse(o, -ENOENT, "a symbolic link that leads nowhere");
		return 1;
	}
	if (S_ISDIR(st->st_mode))
		return failed(o, -EISDIR);
	if (inputs_have(st))
		return refuse(o, -EINVAL, READ_TOO);
	return 0;
}

/* Under sudo a new file belongs to the caller, who can then read it without sudo. */
static void give_to_caller(const struct output *o)
{
	uid_t uid;
	gid_t gid;

	if (sandbox_caller(&uid, &gid) && fchown(o->fd, uid, gid))
		log_warn("cannot give %s to user %u: %s", o->name, uid, strerror(errno));
}

/* Owner and mode of the file that this one replaces. */
static void look_like(const struct output *o, const struct stat *st)
{
	if ((st->st_uid != geteuid() || st->st_gid != getegid()) &&
	    fchown(o->fd, st->st_uid, st->st_gid))
		log_warn("cannot give %s to its owner: %s", o->name, strerror(errno));
	fchmod(o->fd, st->st_mode & 0777);
}

/* A name beside the target that nothing has. */
static void name_beside(struct output *o, int nr)
{
	char folder[PATH_MAX];

	folder_of(o->target, folder);
	snprintf(o->beside, sizeof(o->beside), "%.*s/.mthptop-%d-%d", PATH_MAX - 40, folder,
		 getpid(), nr);
}

/* A file without a name, where the file system can; else one beside the target. 0 or -errno. */
static int open_beside(struct output *o)
{
	char folder[PATH_MAX];
	int nr;

	folder_of(o->target, folder);
	o->fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	for (nr = 0; o->fd < 0 && nr < BESIDE_TRIES; nr++) {
		name_beside(o, nr);
		o->fd = open(o->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (o->fd < 0 && errno != EEXIST)
			nr = BESIDE_TRIES;
	}
	if (o->fd >= 0)
		return 0;
	o->beside[0] = '\0';
	return -errno;
}

/* Opens @path itself, as it is. What a name leads to may have changed since look(): an input is refused here. */
static int open_as_is(struct output *o, const char *path, int flags)
{
	struct stat st;

	o->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | flags, 0600);
	if (o->fd < 0)
		return failed(o, -errno);
	if (fstat(o->fd, &st) || !S_ISREG(st.st_mode) || !inputs_have(&st))
		return 0;
	output_drop(o);
	return refuse(o, -EINVAL, READ_TOO);
}

/* The file itself: there is no room beside it. */
static int open_itself(struct output *o, const char *path, bool regular)
{
	o->target[0] = '\0';
	o->in_place = regular;
	return open_as_is(o, path, 0);
}

static int begin(struct output *o, const char *path)
{
	struct stat st;

	memset(o, 0, sizeof(*o));
	o->fd = -1;
	output_no_signals();
	if (path) {
		fmt_safe(path, o->name, sizeof(o->name));
		return 0;
	}
	snprintf(o->name, sizeof(o->name), "standard output");
	o->fd = STDOUT_FILENO;
	if (!fstat(o->fd, &st) && S_ISREG(st.st_mode) && inputs_have(&st))
		return refuse(o, -EINVAL, READ_TOO);
	return 0;
}

static int open_growing(struct output *o, const char *path, bool missing)
{
	int err = open_as_is(o, path, missing ? O_CREAT | O_EXCL : 0);

	if (err)
		return err;
	if (missing)
		give_to_caller(o);
	else if (ftruncate(o->fd, 0))
		err = failed(o, -errno);
	if (err)
		output_drop(o);
	return err;
}

/* @st: of the file that it replaces; NULL: there is none. */
static int open_whole(struct output *o, const char *path, const struct stat *st)
{
	int err;

	/* Who may not write to a file may not replace it either. */
	if (st && access(path, W_OK))
		return failed(o, -errno);
	if (!st || !realpath(path, o->target))
		snprintf(o->target, sizeof(o->target), "%s", path);
	err = open_beside(o);
	if (err)
		return st ? open_itself(o, path, true) : failed(o, err);
	if (st)
		look_like(o, st);
	else
		give_to_caller(o);
	return 0;
}

/* Whoever is killed before output_show() leaves nothing behind, if the file system can do that. */
static int open_new(struct output *o, const char *path)
{
	char folder[PATH_MAX];

	o->quiet = true;
	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	folder_of(path, folder);
	o->fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (o->fd >= 0) {
		snprintf(o->target, sizeof(o->target), "%s", path);
		return 0;
	}
	if (errno != EOPNOTSUPP && errno != EISDIR)
		return -errno;
	o->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (o->fd < 0)
		return -errno;
	snprintf(o->beside, sizeof(o->beside), "%s", path);
	return 0;
}

int output_show(struct output *o)
{
	char self[40];

	o->beside[0] = '\0';
	if (!o->target[0])
		return 0;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", o->fd);
	if (linkat(AT_FDCWD, self, AT_FDCWD, o->target, AT_SYMLINK_FOLLOW))
		return -errno;
	o->target[0] = '\0';
	return 0;
}

int output_create(struct output *o, const char *path, enum output_how how)
{
	struct stat st;
	int err = begin(o, path), missing;

	if (err || !path)
		return err;
	if (how == OUTPUT_NEW)
		return open_new(o, path);
	missing = look(o, path, &st);
	if (missing < 0)
		return missing;
	if (!missing && !S_ISREG(st.st_mode))
		return open_itself(o, path, false);
	if (how == OUTPUT_GROWING)
		return open_growing(o, path, missing);
	return open_whole(o, path, missing ? NULL : &st);
}

int output_open(struct output *o, const char *path, enum output_how how)
{
	int err = output_create(o, path, how);

	if (err)
		return err;
	o->file = path ? fdopen(o->fd, "w") : stdout;
	if (o->file)
		return 0;
	err = failed(o, -errno);
	output_drop(o);
	return err;
}

/* Is it a pipe or a socket whose reader is gone? stdio forgets why an earlier write failed. */
static bool reader_is_gone(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, 0) == 1 && (p.revents & (POLLERR | POLLHUP));
}

/* What stdio still has. 0 or -errno. */
static int flush(FILE *file)
{
	errno = 0;
	if (!fflush(file) && !ferror(file))
		return 0;
	if (reader_is_gone(fileno(file)))
		return -EPIPE;
	return errno ? -errno : -EIO;
}

/* What the kernel still has goes to the disk, where there is one. 0 or -errno. */
static int sync_disk(const struct output *o)
{
	/* What stdout is redirected to is a matter of who redirected it. */
	if (o->file == stdout || !fsync(o->fd) || errno == EINVAL || errno == EROFS)
		return 0;
	return -errno;
}

/* Puts the file in its place. 0 or -errno; -EEXIST: what is there was read since output_create(). */
static int put_in_place(struct output *o)
{
	char self[40];
	struct stat st;
	int nr;

	if (!stat(o->target, &st) && inputs_have(&st))
		return -EEXIST;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", o->fd);
	for (nr = 0; !o->beside[0] && nr < BESIDE_TRIES; nr++) {
		name_beside(o, nr);
		if (!linkat(AT_FDCWD, self, AT_FDCWD, o->beside, AT_SYMLINK_FOLLOW))
			break;
		o->beside[0] = '\0';
		if (errno != EEXIST)
			return -errno;
	}
	if (rename(o->beside, o->target))
		return -errno;
	o->beside[0] = '\0';
	return 0;
}

/* Closes the descriptor, and removes what is not in its place. 0 or -errno. */
static int close_all(struct output *o)
{
	int err = 0;

	if (o->beside[0])
		unlink(o->beside);
	o->beside[0] = '\0';
	if (o->fd > STDERR_FILENO && (o->file ? fclose(o->file) : close(o->fd)))
		err = -errno;
	o->file = NULL;
	o->fd = -1;
	return err;
}

int output_close(struct output *o, int err)
{
	int last;

	if (!err && o->file)
		err = flush(o->file);
	else if (err && o->file && reader_is_gone(o->fd))
		err = -EPIPE;
	if (!err && o->file && memory_failures())
		err = -ENOMEM; /* some part of the document may be left out */
	if (!err && o->in_place && ftruncate(o->fd, lseek(o->fd, 0, SEEK_CUR)))
		err = -errno;
	if (!err && !o->unsynced)
		err = sync_disk(o);
	if (!err && o->target[0])
		err = put_in_place(o);
	last = close_all(o);
	err = err ? err : last;
	if (err == -EEXIST)
		return refuse(o, -EINVAL, READ_TOO);
	o->quiet = false;
	return !err || err == -EPIPE ? 0 : failed(o, err);
}

void output_drop(struct output *o)
{
	close_all(o);
}

int output_end_stdout(void)
{
	struct output o = { .file = stdout, .fd = STDOUT_FILENO, .name = "standard output" };

	return output_close(&o, 0);
}

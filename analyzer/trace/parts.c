// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file is removed only if it is a part: its name is one, its owner is who writes parts, and its META says the number that is
 * in its name.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/fmt.h"
#include "lib/log.h"
#include "trace/input.h"
#include "trace/parts_priv.h"
#include "trace/read.h"

#define SUFFIX	   ".mthp"
#define DIGITS	   8
#define NUMBER_MAX 99999999
#define TIME_LEN   16 /* 20260131T120000Z */

struct part {
	__u32 number;
	dev_t dev;
	ino_t ino;
	char name[NAME_MAX + 1];
};

struct parts {
	char folder[PATH_MAX];
	char base[NAME_MAX + 1]; /* NAME */
	char shown[256];
	int lock; /* the folder */
	struct stat owner;
	uid_t uid; /* who writes parts */
	__u32 next;
	struct part *part; /* by number, rising */
	size_t nr, room;
};

const char *parts_folder(const struct parts *p)
{
	return p->folder;
}

const struct stat *parts_owner(const struct parts *p)
{
	return &p->owner;
}

const char *parts_name(const struct parts *p)
{
	return p->shown;
}

/* The number in the name of a part; 0: it is no such name. */
static __u32 number_of(const struct parts *p, const char *name)
{
	static const char pattern[] = "-dddddddd-ddddddddTddddddZ" SUFFIX;
	size_t len = strlen(p->base), i;

	if (strncmp(name, p->base, len) || strlen(name) != len + strlen(pattern))
		return 0;
	name += len;
	for (i = 0; pattern[i]; i++)
		/* The suffix has no d. */
		if (pattern[i] == 'd' ? !isdigit((unsigned char)name[i]) : name[i] != pattern[i])
			return 0;
	return (__u32)strtoul(name + 1, NULL, 10);
}

static int join(const struct parts *p, const char *name, char path[PARTS_PATH_MAX])
{
	int n = snprintf(path, PARTS_PATH_MAX, "%s/%s", p->folder, name);

	return n < PARTS_PATH_MAX ? 0 : -ENAMETOOLONG;
}

static void add(struct parts *p, __u32 number, const char *name, const struct stat *st)
{
	size_t room = p->room ? 2 * p->room : 32, i;
	struct part *more;

	if (p->nr == p->room) {
		more = realloc(p->part, room * sizeof(*more));
		/* It stays, and is found by the next recording. */
		if (!more)
			return;
		p->part = more;
		p->room = room;
	}
	for (i = p->nr; i && p->part[i - 1].number > number; i--)
		p->part[i] = p->part[i - 1];
	p->nr++;
	p->part[i] = (struct part){ .number = number, .dev = st->st_dev, .ino = st->st_ino };
	snprintf(p->part[i].name, sizeof(p->part[i].name), "%s", name);
	if (p->next <= number)
		p->next = number + 1;
}

/* Is what is open at @fd a part with this number? Closes it. */
static bool says_number(int fd, __u32 number)
{
	struct trace_in in = { .fd = fd };
	struct trace_reader *r;
	const struct meta *meta;
	bool is;

	if (trace_read_open_in(&r, "", &in))
		return false;
	meta = trace_read_meta(r);
	is = meta->part == number && !strcmp(meta->made_by, "record");
	trace_read_close(r);
	return is;
}

/* Is the file @path the part with this number? */
static bool is_part(const struct parts *p, const char *path, __u32 number, struct stat *st)
{
	/* It may be a pipe, which nobody would ever write to. */
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (!fstat(fd, st) && S_ISREG(st->st_mode) && st->st_uid == p->uid)
		return says_number(fd, number);
	close(fd);
	return false;
}

static void look_at(struct parts *p, const char *name)
{
	__u32 number = number_of(p, name);
	char path[PARTS_PATH_MAX];
	struct stat st;

	if (number && !join(p, name, path) && is_part(p, path, number, &st))
		add(p, number, name, &st);
}

/* 0 or -errno. */
static int look(struct parts *p)
{
	DIR *dir = opendir(p->folder);
	struct dirent *e;

	if (!dir)
		return -errno;
	while ((e = readdir(dir)))
		look_at(p, e->d_name);
	closedir(dir);
	return 0;
}

/* DIR/NAME.mthp. 0 or -errno: there is no NAME. */
static int split(struct parts *p, const char *path)
{
	char copy[PATH_MAX], safe[200];
	const char *name;
	size_t len;

	if (strlen(path) >= sizeof(copy))
		return -ENAMETOOLONG;
	name = strrchr(path, '/');
	name = name ? name + 1 : path;
	len = strlen(name);
	if (len > strlen(SUFFIX) && !strcmp(name + len - strlen(SUFFIX), SUFFIX))
		len -= strlen(SUFFIX);
	if (!len)
		return -EISDIR;
	if (len + 2 + DIGITS + TIME_LEN + strlen(SUFFIX) > NAME_MAX)
		return -ENAMETOOLONG;
	snprintf(p->base, sizeof(p->base), "%.*s", (int)len, name);
	strcpy(copy, path);
	snprintf(p->folder, sizeof(p->folder), "%s", dirname(copy));
	snprintf(copy, sizeof(copy), "%.*s/%s", PATH_MAX - NAME_MAX - 2, p->folder, p->base);
	snprintf(p->shown, sizeof(p->shown), "%s-*" SUFFIX, fmt_safe(copy, safe, sizeof(safe)));
	return 0;
}

/* Two recorders would remove each other's parts. */
static int open_folder(struct parts *p)
{
	p->lock = open(p->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p->lock < 0 || fstat(p->lock, &p->owner))
		return -errno;
	p->uid = geteuid() ? geteuid() : p->owner.st_uid;
	return flock(p->lock, LOCK_EX | LOCK_NB) ? -errno : 0;
}

int parts_new(struct parts **out, const char *path)
{
	struct parts *p = calloc(1, sizeof(*p));
	char safe[256];
	int err = -ENOMEM;

	*out = NULL;
	if (p) {
		p->lock = -1;
		p->next = 1;
		err = split(p, path);
	}
	if (!err)
		err = open_folder(p);
	if (!err)
		err = look(p);
	if (!err) {
		*out = p;
		return 0;
	}
	log_err("cannot write trace: %s: %s", fmt_safe(path, safe, sizeof(safe)),
		err == -EWOULDBLOCK ?
			"another mthptop records into this folder (choose another one)" :
			strerror(-err));
	parts_free(p);
	return err;
}

void parts_free(struct parts *p)
{
	if (!p)
		return;
	if (p->lock >= 0)
		close(p->lock);
	free(p->part);
	free(p);
}

int parts_next(struct parts *p, __u64 realtime_ns, __u32 *number, char path[PARTS_PATH_MAX])
{
	time_t secs = (time_t)(realtime_ns / NSEC_PER_SEC);
	char when[32] = "", name[2 * NAME_MAX];
	struct tm tm;

	path[0] = '\0';
	if (p->next > NUMBER_MAX)
		return -EOVERFLOW;
	*number = p->next++;
	/* Years of more than four digits are not in a name: a wrong clock. */
	if (!gmtime_r(&secs, &tm) ||
	    strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", &tm) != TIME_LEN)
		strcpy(when, "00000000T000000Z");
	snprintf(name, sizeof(name), "%s-%0*u-%s" SUFFIX, p->base, DIGITS, *number, when);
	return join(p, name, path);
}

void parts_add(struct parts *p, __u32 number, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	struct stat st;

	if (!lstat(path, &st))
		add(p, number, name, &st);
}

/* Is it still there, and the same file? */
static bool is_there(const struct parts *p, const struct part *part)
{
	char path[PARTS_PATH_MAX];
	struct stat st;

	return !join(p, part->name, path) && !lstat(path, &st) && S_ISREG(st.st_mode) &&
	       st.st_dev == part->dev && st.st_ino == part->ino;
}

static void forget(struct parts *p, size_t i)
{
	memmove(&p->part[i], &p->part[i + 1], (p->nr - i - 1) * sizeof(*p->part));
	p->nr--;
}

/* Removes the oldest one. Was it removed? An inode may be in use again: its contents say what it is now. */
static bool remove_oldest(struct parts *p)
{
	char path[PARTS_PATH_MAX], safe[256];
	const struct part *oldest = &p->part[0];
	struct stat st;
	bool removed = false;

	if (!join(p, oldest->name, path) && is_part(p, path, oldest->number, &st)) {
		removed = !unlink(path);
		if (!removed)
			log_warn("cannot remove an old file, which stays: %s: %s",
				 fmt_safe(path, safe, sizeof(safe)), strerror(errno));
	}
	forget(p, 0);
	return removed;
}

unsigned int parts_leave(struct parts *p, unsigned int most)
{
	unsigned int removed = 0;
	size_t i = 0;

	/* Somebody else may have removed some. */
	while (i < p->nr)
		if (is_there(p, &p->part[i]))
			i++;
		else
			forget(p, i);
	while (p->nr > most)
		removed += remove_oldest(p);
	return removed;
}

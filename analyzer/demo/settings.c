// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings that are restored, whatever happens.
 *
 *	demo ----- pipe, open as long as it lives -----> guardian (own session)
 *	  \                                              /  end of file: restores
 *	   `-> /run/mthptop-demo.state: name, was, is <-'
 *
 * The old and the new value of a setting are in the state file before the setting is changed, so that any
 * later process can undo it. The guardian does when the pipe closes. The demo and the guardian share one
 * lock on /run/mthptop-demo.lock, which the kernel drops when both are dead; the next open then finds the
 * state file and restores. A setting with another value than these two was changed by somebody else, and
 * keeps that value.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "demo/settings.h"
#include "lib/file.h"
#include "lib/log.h"

#define MAX_CHANGES 64
#define NAME_LEN    64
#define VALUE_LEN   32

static const char thp_dir[] = "/sys/kernel/mm/transparent_hugepage";
static const char state_name[] = "/run/mthptop-demo.state";
static const char lock_name[] = "/run/mthptop-demo.lock";
static const char state_head[] = "mthptop demo settings 1\n";

struct change {
	char name[NAME_LEN];
	char was[VALUE_LEN];
	char is[VALUE_LEN];
	int level;
};

struct demo_settings {
	char root[256];
	int lock; /* flock: one demo at a time */
	int pipe; /* its closing wakes the guardian; -1: no guardian yet */
	pid_t guardian;
	int level;
	size_t nr_changes;
	struct change changes[MAX_CHANGES]; /* oldest first */
};

static void path_of(const char *root, const char *dir, const char *name, char *buf, size_t len)
{
	snprintf(buf, len, "%s%s%s%s", root, dir, name[0] ? "/" : "", name);
}

/* Root reads the state file: a name in it may only lead below thp_dir. */
static int name_ok(const char *name)
{
	const char *chars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-/";

	return name[0] && name[0] != '/' && name[strspn(name, chars)] == '\0';
}

static int read_value(const char *root, const char *name, char *buf, size_t len)
{
	char path[512], text[128];
	const char *value;
	ssize_t n;

	path_of(root, thp_dir, name, path, sizeof(path));
	n = file_read(AT_FDCWD, path, text, sizeof(text));
	if (n < 0)
		return (int)n;
	value = file_choice(text);
	if (!value) {
		text[strcspn(text, "\n")] = '\0';
		value = text;
	}
	if (strlen(value) >= len)
		return -EOVERFLOW;
	strcpy(buf, value);
	return 0;
}

static int write_value(const char *root, const char *name, const char *value)
{
	size_t len = strlen(value);
	char path[512];
	int fd, err = 0;

	path_of(root, thp_dir, name, path, sizeof(path));
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, value, len) != (ssize_t)len)
		err = errno ? -errno : -EIO;
	close(fd);
	return err;
}

/* Restores @was if the setting still has our value. Prints; 0 or -errno. */
static int put_back(const char *root, const struct change *c)
{
	char now[VALUE_LEN];
	int err;

	err = read_value(root, c->name, now, sizeof(now));
	if (!err && !strcmp(now, c->was))
		return 0;
	if (!err && strcmp(now, c->is)) {
		log_warn("not restored: %s: somebody else has set it to %s", c->name, now);
		return 0;
	}
	if (!err)
		err = write_value(root, c->name, c->was);
	if (err)
		log_err("cannot restore setting: %s: %s (write %s to it)", c->name, strerror(-err),
			c->was);
	return err;
}

/* Old values that could not be restored stay where a person finds them; no later demo writes there. */
static void keep_state(const char *path)
{
	char kept[520];

	snprintf(kept, sizeof(kept), "%s.old", path);
	if (rename(path, kept))
		log_err("cannot keep: %s: %s", path, strerror(errno));
	else
		log_warn("kept: %s: not all settings in it could be restored", kept);
}

/* Restores the settings in the state file, and removes it. 0 or -errno (-EBADMSG: not such a file); no file: 0. */
static int repair(const char *root)
{
	char path[512], line[256];
	struct change c;
	int err = 0, one;
	FILE *f;

	path_of(root, state_name, "", path, sizeof(path));
	f = fopen(path, "re");
	if (!f)
		return errno == ENOENT ? 0 : -errno;
	if (!fgets(line, sizeof(line), f) || strcmp(line, state_head))
		err = -EBADMSG;
	while (err != -EBADMSG && fgets(line, sizeof(line), f)) {
		one = -EINVAL;
		if (sscanf(line, "%63[^\t]\t%31[^\t]\t%31[^\n]", c.name, c.was, c.is) == 3 &&
		    name_ok(c.name))
			one = put_back(root, &c);
		err = err ? err : one;
	}
	fclose(f);
	if (err)
		keep_state(path);
	else
		unlink(path);
	return err;
}

/*
 * Saves each setting's first old value and its newest value: enough to undo everything. The file is
 * renamed into place, so that a reader never finds half of a change.
 */
static int save_state(const struct demo_settings *s)
{
	char path[512], fresh[520];
	int err = 0, fd;
	size_t i, j;
	FILE *f;

	path_of(s->root, state_name, "", path, sizeof(path));
	if (!s->nr_changes)
		return unlink(path) && errno != ENOENT ? -errno : 0;
	snprintf(fresh, sizeof(fresh), "%s.new", path);
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	f = fdopen(fd, "w");
	if (!f) {
		err = -errno;
		close(fd);
		return err;
	}
	fputs(state_head, f);
	for (i = 0; i < s->nr_changes; i++) {
		const struct change *c = &s->changes[i], *last = c;

		for (j = 0; j < i && strcmp(s->changes[j].name, c->name); j++)
			;
		if (j < i)
			continue;
		for (; j < s->nr_changes; j++)
			if (!strcmp(s->changes[j].name, c->name))
				last = &s->changes[j];
		fprintf(f, "%s\t%s\t%s\n", c->name, c->was, last->is);
	}
	if (fflush(f) || ferror(f))
		err = errno ? -errno : -EIO;
	fclose(f);
	if (!err && rename(fresh, path))
		err = -errno;
	return err;
}

static void guard(const char *root, unsigned int lock, unsigned int fd)
{
	unsigned int low = lock < fd ? lock : fd, high = lock < fd ? fd : lock;
	sigset_t all;
	char byte;
	int null;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	prctl(PR_SET_NAME, "mthptop-guard");
	/* A reader of the demo's output must not wait for the guardian. */
	null = open("/dev/null", O_RDWR);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	close_range(3, low - 1, 0);
	close_range(low + 1, high - 1, 0);
	close_range(high + 1, ~0U, 0);
	while (read((int)fd, &byte, 1) < 0 && errno == EINTR)
		;
	repair(root);
	_exit(0);
}

static int start_guardian(struct demo_settings *s)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	s->guardian = fork();
	if (s->guardian < 0) {
		int err = -errno;

		close(fds[0]);
		close(fds[1]);
		s->guardian = 0;
		return err;
	}
	if (s->guardian == 0) {
		close(fds[1]);
		guard(s->root, (unsigned int)s->lock, (unsigned int)fds[0]);
	}
	close(fds[0]);
	s->pipe = fds[1];
	return 0;
}

/* The descriptor of the lock, or -errno after a message. */
static int take_lock(const char *root)
{
	char path[512];
	int fd, err;

	path_of(root, lock_name, "", path, sizeof(path));
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		err = -errno;
		log_err("cannot make sure that settings are restored: %s: %s", path,
			strerror(-err));
		return err;
	}
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	err = errno == EWOULDBLOCK ? -EBUSY : -errno;
	log_err("cannot change khugepaged's settings: %s: %s", path,
		err == -EBUSY ? "another demo holds it (end that one first)" : strerror(-err));
	close(fd);
	return err;
}

bool demo_settings_wait(const char *root)
{
	char path[512];

	path_of(root, state_name, "", path, sizeof(path));
	return !access(path, F_OK);
}

int demo_settings_restore(const char *root)
{
	int lock = take_lock(root), err;

	if (lock < 0)
		return lock;
	err = repair(root);
	close(lock);
	return err;
}

int demo_settings_open(struct demo_settings **out, const char *root)
{
	struct demo_settings *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->pipe = -1;
	snprintf(s->root, sizeof(s->root), "%s", root);
	s->lock = take_lock(root);
	if (s->lock < 0) {
		int err = s->lock;

		free(s);
		return err;
	}
	repair(root);
	*out = s;
	return 0;
}

void demo_settings_push(struct demo_settings *s)
{
	s->level++;
}

int demo_settings_get(const struct demo_settings *s, const char *name, char *buf, size_t len)
{
	return read_value(s->root, name, buf, len);
}

int demo_settings_set(struct demo_settings *s, const char *name, const char *value)
{
	struct change *c = &s->changes[s->nr_changes];
	int err;

	if (s->nr_changes == MAX_CHANGES || strlen(name) >= NAME_LEN || strlen(value) >= VALUE_LEN)
		return -E2BIG;
	err = read_value(s->root, name, c->was, sizeof(c->was));
	if (err || !strcmp(c->was, value))
		return err;
	if (!s->guardian)
		err = start_guardian(s);
	if (err)
		return err;
	strcpy(c->name, name);
	strcpy(c->is, value);
	c->level = s->level;
	s->nr_changes++;
	err = save_state(s);
	if (!err)
		err = write_value(s->root, name, value);
	if (err) {
		s->nr_changes--;
		save_state(s);
	}
	return err;
}

int demo_settings_pop(struct demo_settings *s)
{
	int err = 0, one;

	while (s->nr_changes && s->changes[s->nr_changes - 1].level == s->level) {
		one = put_back(s->root, &s->changes[s->nr_changes - 1]);
		err = err ? err : one;
		s->nr_changes--;
	}
	one = save_state(s);
	if (s->level)
		s->level--;
	return err ? err : one;
}

void demo_settings_close(struct demo_settings *s)
{
	if (!s)
		return;
	while (s->nr_changes || s->level)
		demo_settings_pop(s);
	if (s->guardian) {
		close(s->pipe);
		waitpid(s->guardian, NULL, 0);
	}
	close(s->lock);
	free(s);
}

void demo_settings_forget(struct demo_settings *s)
{
	if (!s)
		return;
	if (s->pipe >= 0)
		close(s->pipe);
	close(s->lock);
	free(s);
}

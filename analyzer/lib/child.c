// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command is forked before mthptop drops privileges and opens files that it should not inherit. A
 * pipe holds it back until the observation has begun, so that none of its events is missed. It is executed
 * directly, without a shell, as the same user.
 *
 * The end of the command is the end of all its descendants, also of those that detached themselves: this
 * process is their reaper, so that none of them becomes a child of init, and /proc lists them. They stay in
 * the process group of mthptop, so that a command can read from the terminal and Ctrl-C reaches both.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/output.h"
#include "lib/child.h"
#include "lib/clock.h"
#include "lib/file.h"
#include "lib/fmt.h"
#include "lib/log.h"

#define STEP_MS 20

static void run(int go, int said, int nr, char **args)
{
	char **argv = calloc(nr + 1, sizeof(*argv));
	char byte;
	int err;

	if (!argv || read(go, &byte, 1) != 1)
		_exit(127);
	memcpy(argv, args, nr * sizeof(*argv));
	output_old_signals();
	execvp(argv[0], argv);
	err = errno;
	if (write(said, &err, sizeof(err)) != sizeof(err))
		_exit(126);
	_exit(127);
}

int child_prepare(struct child *c, int nr, char **args)
{
	int go[2], said[2], err;

	*c = CHILD_NONE;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (pipe2(said, O_CLOEXEC)) {
		err = -errno;
		close(go[0]);
		close(go[1]);
		return err;
	}
	c->pid = fork();
	err = c->pid < 0 ? -errno : 0;
	if (!c->pid) {
		close(go[1]);
		run(go[0], said[1], nr, args);
	}
	close(go[0]);
	close(said[1]);
	c->go = go[1];
	c->said = said[0];
	if (!err) {
		c->fd = pidfd_open(c->pid, 0);
		err = c->fd < 0 ? -errno : 0;
	}
	if (err)
		child_wait(c, SIGKILL);
	return err;
}

int child_go(struct child *c, const char *name)
{
	char safe[128];
	int err = 0;
	ssize_t n;

	if (write(c->go, "", 1) != 1)
		err = errno;
	/* The other end is closed by a successful exec. */
	n = read(c->said, &err, sizeof(err));
	if (n <= 0 && !err)
		return 0;
	log_err("cannot run: %s: %s", fmt_safe(name, safe, sizeof(safe)), strerror(err));
	return err == ENOENT ? 127 : 126;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int signal_below(pid_t pid, int sig);

/* Each pid of a list, after its descendants. */
static int signal_list(const char *list, int sig)
{
	int sent = 0;
	char *end;
	pid_t pid;

	for (pid = strtol(list, &end, 10); end != list; pid = strtol(list, &end, 10)) {
		list = end;
		sent += signal_below(pid, sig);
		sent += !kill(pid, sig);
	}
	return sent;
}

/*
 * Sends @sig to all descendants of @pid, children before their parents. Each thread has a list of its own.
 * Returns how many processes got it.
 */
static int signal_below(pid_t pid, int sig)
{
	char path[300], list[8192];
	struct dirent *task;
	int sent = 0;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	while (tasks && (task = readdir(tasks))) {
		snprintf(path, sizeof(path), "%s/children", task->d_name);
		if (task->d_name[0] != '.' && file_read(dirfd(tasks), path, list, sizeof(list)) > 0)
			sent += signal_list(list, sig);
	}
	if (tasks)
		closedir(tasks);
	return sent;
}

static int signal_all(const struct child *c, int sig)
{
	int sent = signal_below(getpid(), sig);

	/* A kernel without CONFIG_PROC_CHILDREN has no lists. */
	if (!sent && !c->ended)
		sent = !kill(c->pid, sig);
	return sent;
}

bool child_reap(struct child *c)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == c->pid) {
			c->status = status;
			c->ended = true;
		}
	}
	return !pid;
}

/* 0, or -EPERM after a message: the remaining processes belong to another user, and may run for ever. */
static int end_all(struct child *c, int sig)
{
	__u64 patience = now_ns() + CHILD_GRACE_SECS * NSEC_PER_SEC;

	signal_all(c, sig);
	while (child_reap(c)) {
		poll(NULL, 0, STEP_MS);
		if (now_ns() <= patience || signal_all(c, SIGKILL) || !child_reap(c))
			continue;
		log_err("cannot end the command: one of its processes belongs to another user, and still runs");
		return -EPERM;
	}
	return 0;
}

int child_wait(struct child *c, int sig)
{
	int err = 0;

	/* A command that is held back ends when this is closed. */
	close_fd(&c->go);
	if (c->pid > 0) {
		child_reap(c);
		if (!c->ended && sig)
			err = end_all(c, sig);
		while (!err && !c->ended && waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
			;
	}
	close_fd(&c->fd);
	close_fd(&c->said);
	c->pid = 0;
	if (!c->ended && err)
		return err;
	return WIFSIGNALED(c->status) ? 128 + WTERMSIG(c->status) : WEXITSTATUS(c->status);
}

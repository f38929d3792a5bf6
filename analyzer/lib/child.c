// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command is forked before we open anything that it should not inherit and before we give up
 * our privileges, and held back by a pipe until the observation has begun, so that nothing of what
 * it does is missed. It is executed directly, without a shell, as the same user.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/child.h"
#include "lib/fmt.h"
#include "lib/log.h"

static void run(int go, int said, int nr, char **args)
{
	char **argv = calloc(nr + 1, sizeof(*argv));
	char byte;
	int err;

	if (!argv || read(go, &byte, 1) != 1)
		_exit(127);
	memcpy(argv, args, nr * sizeof(*argv));
	execvp(argv[0], argv);
	err = errno;
	if (write(said, &err, sizeof(err)) != sizeof(err))
		_exit(126);
	_exit(127);
}

int child_prepare(struct child *c, int nr, char **args)
{
	int go[2], said[2], err;

	*c = (struct child){ 0, -1, -1, -1 };
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

int child_wait(struct child *c, int sig)
{
	int status = 0;

	/* One that was held back ends when this is closed. */
	close_fd(&c->go);
	if (c->pid > 0) {
		if (sig)
			kill(c->pid, sig);
		while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	close_fd(&c->fd);
	close_fd(&c->said);
	c->pid = 0;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

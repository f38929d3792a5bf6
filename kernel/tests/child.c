// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes beside the test. A forked process shares the test's memory, and is registered with
 * khugepaged because the test is. A process that is executed anew is not, until it gets registered.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "ktap.h"

#define READY_FD 100 /* in the child: write one byte here */
#define GO_FD	 101 /* and read one byte here */

pid_t child_start(int (*fn)(void *arg), void *arg)
{
	int ready[2], err;
	pid_t pid;
	char c;

	if (pipe(ready))
		ktap_die("no pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		ktap_die("cannot fork: %s", strerror(errno));
	if (!pid) {
		close(ready[0]);
		err = fn(arg);
		if (!err && write(ready[1], "", 1) == 1)
			pause();
		_exit(err);
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		ktap_die("the child is gone");
	close(ready[0]);
	return pid;
}

void child_end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int child_exec(const char *arg1, const char *arg2, void (*when_ready)(void))
{
	int ready[2], go[2], status;
	pid_t pid;
	char c;

	if (pipe(ready) || pipe(go))
		ktap_die("no pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		ktap_die("cannot fork: %s", strerror(errno));
	if (!pid) {
		dup2(ready[1], READY_FD);
		dup2(go[0], GO_FD);
		close(ready[0]);
		close(go[1]);
		execl("/proc/self/exe", "child", arg1, arg2, NULL);
		_exit(127);
	}
	close(ready[1]);
	close(go[0]);
	if (read(ready[0], &c, 1) == 1) {
		when_ready();
		if (write(go[1], "", 1) != 1)
			ktap_note("the child is gone");
	}
	close(ready[0]);
	close(go[1]);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 126;
	return WEXITSTATUS(status);
}

void child_ready(void)
{
	char c;

	if (write(READY_FD, "", 1) != 1 || read(GO_FD, &c, 1) != 1)
		_exit(125);
}

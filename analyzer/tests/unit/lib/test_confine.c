// SPDX-License-Identifier: GPL-2.0-only
/* A confined process tries what it must not do, and what it has to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/confine.h"
#include "lib/sandbox.h"

/* Results of the child. */
struct seen {
	int fails[16]; /* errno of each try; 0: it could */
	int works;     /* bits of what it could that it has to */
	int uid, caps;
	int here, tmp, elsewhere; /* errno of making a file */
};

enum {
	TRY_SOCKET,
	TRY_FORK,
	TRY_EXEC,
	TRY_BPF_LOAD,
	TRY_PTRACE,
	TRY_TYPE,
	TRY_SHADOW,
	TRY_SETUID,
	TRY_MOUNT,
	NR_TRIES
};

static struct seen *seen;
static char folder[] = "/tmp/mthp-confine-XXXXXX";

static int still_works(void *ctx)
{
	*(int *)ctx += 1;
	return 0;
}

static int failed(long ret)
{
	return ret < 0 ? errno : 0;
}

static int make(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), err = failed(fd);

	if (fd >= 0) {
		close(fd);
		unlink(path);
	}
	return err;
}

static void try_all(void)
{
	union bpf_attr attr = { 0 };
	long pid;

	seen->fails[TRY_SOCKET] = failed(socket(AF_INET, SOCK_STREAM, 0));
	pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (!pid)
		_exit(0);
	seen->fails[TRY_FORK] = failed(pid);
	seen->fails[TRY_EXEC] = failed(execl("/bin/true", "true", NULL));
	seen->fails[TRY_BPF_LOAD] = failed(syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr)));
	seen->fails[TRY_PTRACE] = failed(syscall(SYS_ptrace, 0, 0, 0, 0));
	seen->fails[TRY_TYPE] = failed(ioctl(STDIN_FILENO, TIOCSTI, "x"));
	seen->fails[TRY_SHADOW] = failed(open("/etc/shadow", O_RDONLY | O_CLOEXEC));
	seen->fails[TRY_SETUID] = failed(setuid(0));
	seen->fails[TRY_MOUNT] = failed(syscall(SYS_mount, 0, 0, 0, 0, 0));
}

/* What a view does all the time. */
static int work(void)
{
	struct itimerspec soon = { .it_value.tv_nsec = 1000 };
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), poller = epoll_create1(0), fd;
	struct epoll_event ev = { .events = EPOLLIN };
	union bpf_attr attr = { .map_fd = ~0U };
	struct winsize size;
	int works = 0;

	works |= (timer >= 0 && !timerfd_settime(timer, 0, &soon, NULL)) << 0;
	works |= !epoll_ctl(poller, EPOLL_CTL_ADD, timer, &ev) << 1;
	works |= (epoll_wait(poller, &ev, 1, 1000) == 1) << 2;
	fd = open("/proc/vmstat", O_RDONLY | O_CLOEXEC);
	works |= (read(fd, &size, 4) == 4) << 3;
	/* Not refused: there is no such map, and no terminal. */
	works |= (syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attr, sizeof(attr)) < 0 && errno != EPERM)
		 << 4;
	works |= (ioctl(fd, TIOCGWINSZ, &size) < 0 && errno != EPERM) << 5;
	return works;
}

/* In a child: confines it and tries. */
static void confined(bool ends_others, bool saves)
{
	int calls = 0, status, root = geteuid() == 0;
	struct confine c = { .still_works = still_works,
			     .ctx = &calls,
			     .ends_others = ends_others,
			     .saves = saves };
	char path[64];
	pid_t pid;

	memset(seen, 0, sizeof(*seen));
	fflush(NULL);
	pid = fork();
	if (!pid) {
		if (chdir(folder))
			_exit(1);
		confine(&c);
		seen->uid = (int)geteuid();
		seen->works = work();
		seen->here = make("new");
		seen->tmp = make("/tmp/mthp-confine-new");
		snprintf(path, sizeof(path), "/var/tmp/mthp-confine-%d", getpid());
		seen->elsewhere = make(path);
		try_all();
		_exit(calls == 1 ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	if (root)
		assert_int_equal(seen->uid, SANDBOX_NOBODY);
}

static bool has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
}

static void check_tries(void)
{
	int i;

	for (i = 0; i < NR_TRIES; i++)
		assert_int_equal(seen->fails[i], i == TRY_SHADOW ? EACCES : EPERM);
	assert_int_equal(seen->works, 0x3f);
}

static void test_view(void **state)
{
	confined(false, true);
	check_tries();
	assert_int_equal(seen->here, 0);
	assert_int_equal(seen->tmp, 0);
	if (has_landlock())
		assert_int_equal(seen->elsewhere, EACCES);
}

static void test_recording(void **state)
{
	confined(true, false);
	check_tries();
	if (!has_landlock())
		skip();
	assert_int_equal(seen->here, EACCES);
	assert_int_equal(seen->tmp, EACCES);
	assert_int_equal(seen->elsewhere, EACCES);
}

static void test_caller(void **state)
{
	static const char *const bad[] = { "",	  "x",		"-1", "1x",
					   "0x1", "4294967295", " 1", "18446744073709551616" };
	uid_t uid;
	gid_t gid;
	size_t i;

	if (geteuid())
		skip();
	setenv("SUDO_GID", "7", 1);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		setenv("SUDO_UID", bad[i], 1);
		assert_false(sandbox_caller(&uid, &gid));
	}
	setenv("SUDO_UID", "1000", 1);
	assert_true(sandbox_caller(&uid, &gid));
	assert_int_equal(uid, 1000);
	assert_int_equal(gid, 7);
	unsetenv("SUDO_GID");
	assert_false(sandbox_caller(&uid, &gid));
	unsetenv("SUDO_UID");
	assert_false(sandbox_caller(&uid, &gid));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_view),
		cmocka_unit_test(test_recording),
		cmocka_unit_test(test_caller),
	};
	int err;

	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (seen == MAP_FAILED || !mkdtemp(folder) || chmod(folder, 0777))
		return 1;
	unsetenv("SUDO_UID");
	err = cmocka_run_group_tests_name("confine", tests, NULL, NULL);
	rmdir(folder);
	return err;
}

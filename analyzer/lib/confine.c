// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each step stands alone, and a kernel that lacks one still takes the others. The order matters: the bounding set
 * takes a capability, the user takes others, and system calls go last, since all steps are such.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/array.h"
#include "lib/caps.h"
#include "lib/confine.h"
#include "lib/log.h"
#include "lib/sandbox.h"

/* The same for reading and writing what is open, the screen, other processes' ends, and time. */
static const char *const calls[] = {
	/* files */
	"read",
	"pread64",
	"readv",
	"write",
	"pwrite64",
	"writev",
	"lseek",
	"_llseek",
	"open",
	"openat",
	"close",
	"fstat",
	"fstat64",
	"stat",
	"stat64",
	"lstat",
	"lstat64",
	"newfstatat",
	"fstatat64",
	"statx",
	"access",
	"faccessat",
	"faccessat2",
	"readlink",
	"readlinkat",
	"getdents64",
	"getdents",
	"getcwd",
	"fcntl",
	"fcntl64",
	"dup",
	"dup2",
	"dup3",
	"pipe2",
	"ftruncate",
	"ftruncate64",
	"fsync",
	"fdatasync",
	"link",
	"linkat",
	"unlink",
	"unlinkat",
	"rename",
	"renameat",
	"renameat2",
	"fchmod",
	"fchown",
	"umask",
	"statfs",
	"statfs64",
	"fstatfs",
	"fstatfs64",
	/* memory and threads */
	"brk",
	"mmap",
	"mmap2",
	"munmap",
	"mremap",
	"mprotect",
	"madvise",
	"membarrier",
	"futex",
	"futex_time64",
	"sched_yield",
	"sched_getaffinity",
	"set_robust_list",
	"rseq",
	"getrandom",
	/* signals and processes */
	"rt_sigaction",
	"rt_sigprocmask",
	"rt_sigreturn",
	"sigreturn",
	"sigaltstack",
	"rt_sigtimedwait",
	"kill",
	"tgkill",
	"pause",
	"wait4",
	"waitid",
	"waitpid",
	"pidfd_send_signal",
	"restart_syscall",
	"exit",
	"exit_group",
	"getpid",
	"gettid",
	"getppid",
	"getpgrp",
	"getpgid",
	"getuid",
	"geteuid",
	"getgid",
	"getegid",
	"getuid32",
	"geteuid32",
	"getgid32",
	"getegid32",
	"prlimit64",
	"getrlimit",
	"ugetrlimit",
	"uname",
	"sysinfo",
	/* time and waiting */
	"clock_gettime",
	"clock_gettime64",
	"clock_nanosleep",
	"clock_nanosleep_time64",
	"nanosleep",
	"gettimeofday",
	"time",
	"timerfd_create",
	"timerfd_settime",
	"timerfd_settime64",
	"timerfd_gettime",
	"timerfd_gettime64",
	"eventfd2",
	"signalfd4",
	"epoll_create1",
	"epoll_ctl",
	"epoll_wait",
	"epoll_pwait",
	"epoll_pwait2",
	"poll",
	"ppoll",
	"ppoll_time64",
	"select",
	"_newselect",
	"pselect6",
	"pselect6_time64",
};

/* And for a server: of sockets that are there, and of one to the service manager. */
static const char *const server_calls[] = {
	"accept4",    "accept",	     "recvfrom",   "recvmsg",	   "sendto",
	"sendmsg",    "sendfile",    "sendfile64", "shutdown",	   "getsockopt",
	"setsockopt", "getsockname", "flock",	   "epoll_create",
};

/* Of a terminal: its size and its modes. Not TIOCSTI, which types what a shell will run. */
static const unsigned long ioctls[] = {
	TCGETS,
	TCSETS,
	TCSETSW,
	TCSETSF,
	TCFLSH,
	TCXONC,
	TCSBRK,
	TIOCGWINSZ,
	TIOCSWINSZ,
	TIOCGPGRP,
	FIONREAD,
	PERF_EVENT_IOC_ENABLE,
	PERF_EVENT_IOC_DISABLE,
};

/* Maps are read, and what counts runs is; nothing is loaded or attached. */
static const unsigned long bpf_commands[] = {
	BPF_MAP_LOOKUP_ELEM,	BPF_MAP_GET_NEXT_KEY, BPF_MAP_LOOKUP_BATCH,
	BPF_MAP_UPDATE_ELEM,	BPF_MAP_DELETE_ELEM,  BPF_MAP_LOOKUP_AND_DELETE_ELEM,
	BPF_OBJ_GET_INFO_BY_FD,
};

static const unsigned long families[] = { AF_UNIX };

/* The last one is for a server. */
static const struct sandbox_only only[] = {
	{ "ioctl", 1, ioctls, ARRAY_SIZE(ioctls) },
	{ "bpf", 0, bpf_commands, ARRAY_SIZE(bpf_commands) },
	{ "socket", 0, families, ARRAY_SIZE(families) },
};

static void say(const char *what, int err)
{
	if (err == -EOPNOTSUPP)
		log_info("cannot give up %s: this kernel has no such thing", what);
	else if (err)
		log_warn("cannot give up %s: %s", what, strerror(-err));
	else
		log_info("gave up %s", what);
}

/* Is there a step that only root can take? */
static void leave_root(const struct confine *c)
{
	uid_t uid = c->uid;
	gid_t gid = c->gid;

	if (geteuid() || (c->folders && !uid))
		return;
	/* Called from a root shell, sudo names root; and a user may have root's group. */
	if (!c->folders && (!sandbox_caller(&uid, &gid) || !uid))
		uid = gid = SANDBOX_NOBODY;
	if (!gid)
		gid = SANDBOX_NOBODY;
	say("root's user and groups", sandbox_user(uid, gid));
	log_info("user %u, group %u", geteuid(), getegid());
}

#define MAX_FOLDERS 16

static void leave_files(const struct confine *c)
{
	const char *folders[MAX_FOLDERS + 3];
	size_t nr = 0, i;

	if (c->saves) {
		folders[nr++] = ".";
		folders[nr++] = "/tmp";
	}
	for (i = 0; c->folders && c->folders[i] && i < MAX_FOLDERS; i++)
		folders[nr++] = c->folders[i];
	folders[nr] = NULL;
	say("writing to files", sandbox_files(folders));
}

static void leave_calls(const struct confine *c)
{
	const char *names[ARRAY_SIZE(calls) + ARRAY_SIZE(server_calls)];
	size_t nr = ARRAY_SIZE(calls);
	int err;

	memcpy(names, calls, sizeof(calls));
	if (c->serves) {
		memcpy(names + nr, server_calls, sizeof(server_calls));
		nr += ARRAY_SIZE(server_calls);
	}
	err = sandbox_calls_only(names, nr, only, ARRAY_SIZE(only) - !c->serves);
	say("system calls", err == -EINVAL ? -EOPNOTSUPP : err);
}

void confine(const struct confine *c)
{
	if (!geteuid())
		say("the bounding set of capabilities", caps_drop_bounding());
	leave_root(c);
	say("capabilities", caps_drop(c->still_works, c->ctx, c->ends_others));
	leave_files(c);
	leave_calls(c);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts the process of libtracecmd, and reads its frames from a socket.
 *
 *	mthptop  <---- frames ----  child: libtracecmd (dat_child.c)  <---- trace.dat
 *
 * The child has no other way to reach mthptop, and no rights: as root it becomes nobody, it has no descriptor but
 * these, and makes no system call that reading and writing them does not take. The output of the library is shown
 * only in the message when it fails. A child that sends nothing for IMP_DAT_SECS hangs, and is killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/array.h"
#include "lib/fmt.h"
#include "import/dat.h"
#include "import/dat_frame_priv.h"
#include "lib/log.h"
#include "lib/sandbox.h"
#include "model/results.h"
#include "trace/input.h"

#ifndef IMP_DAT_SECS
#define IMP_DAT_SECS 30
#endif
#define IMP_DAT_BYTES (1ULL << 30) /* of memory for the child */
#define END_STEP_MS   10
#define END_TRIES     200

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#if SANITIZED
#include <sanitizer/common_interface_defs.h>

static void leave_it(void)
{
}

/* A fuzzer reports every crash and exit of a process; this child may crash or exit. */
static void end_quietly(void)
{
	__sanitizer_set_death_callback(leave_it);
}
#else
static void end_quietly(void)
{
}
#endif

struct imp_dat {
	char name[256]; /* "": silent */
	struct trace_in in;
	struct meta *meta;
	struct results results; /* translates the file's numbers */
	pid_t child;		/* 0: none */
	int said;		/* descriptor of the output of the library; -1 */
	int ended, err;		/* @err: 0 or -errno */
	__u64 lost;
	struct imp_bad bad;
};

/* What reading an open file and writing to a socket takes, and the allocator, and ending. */
static const char *const child_calls[] = {
	"read",	   "pread64",	"readv",	"lseek",	  "_llseek",	     "write",
	"writev",  "fstat",	"fstat64",	"newfstatat",	  "statx",	     "close",
	"brk",	   "mmap",	"mmap2",	"munmap",	  "mremap",	     "mprotect",
	"madvise", "futex",	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn",    "sigreturn",
	"getpid",  "gettid",	"tgkill",	"clock_gettime",  "clock_gettime64", "sysinfo",
	"uname",   "getrandom", "exit",		"exit_group",
};

/* Descriptors of the child, below which it has none. */
enum {
	CHILD_FILE = STDERR_FILENO + 1,
	CHILD_OUT,
	CHILD_NR_FDS
};

/* The file, the socket, and what the library prints; nothing else that mthptop has open. */
static bool take_descriptors(int fd, int out, int said)
{
	int null = open("/dev/null", O_RDWR);

	/* Above those that they become: @fd may be the standard input. */
	null = fcntl(null, F_DUPFD, CHILD_NR_FDS);
	fd = fcntl(fd, F_DUPFD, CHILD_NR_FDS);
	out = fcntl(out, F_DUPFD, CHILD_NR_FDS);
	said = fcntl(said, F_DUPFD, CHILD_NR_FDS);
	return null >= 0 && dup2(fd, CHILD_FILE) >= 0 && dup2(out, CHILD_OUT) >= 0 &&
	       dup2(said, STDERR_FILENO) >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
	       dup2(null, STDOUT_FILENO) >= 0 && !close_range(CHILD_NR_FDS, ~0U, 0);
}

/* The child: only this process runs the library. */
static void run_child(int fd, int out, int said, pid_t parent)
{
	static const int fatal[] = { SIGPIPE, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTERM };
	struct rlimit none = { 0, 0 }, memory = { IMP_DAT_BYTES, IMP_DAT_BYTES };
	int err = 0;
	size_t i;

	end_quietly();
	for (i = 0; i < ARRAY_SIZE(fatal); i++)
		signal(fatal[i], SIG_DFL);
	signal(SIGINT, SIG_IGN);
	if (!take_descriptors(fd, out, said))
		_exit(1);
	setrlimit(RLIMIT_CORE, &none);
	/* In a user namespace without other users it stays its root, without a capability. */
	sandbox_nobody();
	/* Another user's process forgets this. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	/* A sanitizer takes more memory, and makes calls of its own. */
	if (!SANITIZED) {
		setrlimit(RLIMIT_DATA, &memory);
		err = sandbox_calls(child_calls, ARRAY_SIZE(child_calls));
	}
	/* The kernel may have no filters. If it has, none is no reason to go on. */
	if (err && err != -EINVAL) {
		dprintf(STDERR_FILENO, "cannot filter system calls: %s\n", strerror(-err));
		_exit(1);
	}
	_exit(imp_lib_run(CHILD_FILE, CHILD_OUT));
}

static int start(struct imp_dat *d, int fd)
{
	pid_t self = getpid();
	int pair[2], said[2];
	int err;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -errno;
	if (pipe2(said, O_CLOEXEC | O_NONBLOCK)) {
		err = -errno;
		close(pair[0]);
		close(pair[1]);
		return err;
	}
	d->child = fork();
	if (!d->child) {
		close(pair[0]);
		close(said[0]);
		run_child(fd, pair[1], said[1], self);
	}
	err = d->child < 0 ? -errno : 0;
	close(pair[1]);
	close(said[1]);
	d->in.fd = pair[0];
	d->in.patience_ms = IMP_DAT_SECS * 1000;
	d->said = said[0];
	if (err)
		d->child = 0;
	return err;
}

/*
 * Ends the child, and waits for it. It has closed its end of the socket (@closed), or it is of no use any more. What
 * does not end then, or cannot be killed at once (it waits for a disk), is left to init.
 */
static int end_child(struct imp_dat *d, bool closed)
{
	int status = 0, tries;

	if (!d->child)
		return 0;
	if (!closed)
		kill(d->child, SIGKILL);
	for (tries = 0; waitpid(d->child, &status, WNOHANG) == 0 && tries < END_TRIES; tries++) {
		if (tries == END_TRIES / 2)
			kill(d->child, SIGKILL);
		poll(NULL, 0, END_STEP_MS);
	}
	d->child = 0;
	return status;
}

/* Why the child ended, in words, with the first line that the library printed. */
static void reason(struct imp_dat *d, long got, char *text, size_t len)
{
	int status = end_child(d, got == -ENODATA);
	char said[256] = "", safe[512];
	ssize_t n;

	n = d->said >= 0 ? read(d->said, said, sizeof(said) - 1) : 0;
	said[n > 0 ? n : 0] = '\0';
	said[strcspn(said, "\n")] = '\0';
	fmt_safe(said, safe, sizeof(safe));
	if (got == -EAGAIN)
		snprintf(text, len, "libtracecmd hangs on it: nothing for %d s", IMP_DAT_SECS);
	else if (got == -EPROTO)
		snprintf(text, len, "libtracecmd went wrong on it: what it reports makes no sense");
	else if (WIFSIGNALED(status))
		snprintf(text, len, "libtracecmd crashed on it: %s", strsignal(WTERMSIG(status)));
	else
		snprintf(text, len, "libtracecmd cannot read it%s%s", safe[0] ? ": " : "", safe);
}

/* The next frame, at *@p. Its length; -ENODATA: none; -errno. */
static long next_frame(struct imp_dat *d, struct imp_frame *f, const __u8 **p)
{
	long n = trace_in_look(&d->in, sizeof(*f), p);

	if (n < 0)
		return n;
	if (n < (long)sizeof(*f))
		return -ENODATA;
	memcpy(f, *p, sizeof(*f));
	if (f->len > IMP_FRAME_MAX)
		return -EPROTO;
	trace_in_take(&d->in, sizeof(*f));
	n = trace_in_look(&d->in, f->len, p);
	if (n < 0)
		return n;
	if (n < (long)f->len)
		return -ENODATA;
	trace_in_take(&d->in, f->len);
	return f->len;
}

static int is_power_of_two(__u32 n)
{
	return n && !(n & (n - 1));
}

/* A PTE table has one page, and 8 bytes for each PTE. On s390 it has 256 PTEs: PMD ranges of 1M. */
static __u32 pmd_order_of(__u32 page_size, const char *machine)
{
	__u32 order = 0;

	if (!strncmp(machine, "s390", 4))
		return 8;
	while (page_size > 8 && order < MTHP_NR_ORDERS - 1) {
		page_size /= 2;
		order++;
	}
	return order;
}

static int take_meta(struct imp_dat *d, const __u8 *p, size_t len)
{
	struct imp_frame_meta m;
	struct meta *meta = d->meta;

	if (len != sizeof(m))
		return -EPROTO;
	memcpy(&m, p, sizeof(m));
	m.clock[sizeof(m.clock) - 1] = '\0';
	m.release[sizeof(m.release) - 1] = '\0';
	m.machine[sizeof(m.machine) - 1] = '\0';
	memcpy(meta->clock, m.clock, sizeof(meta->clock));
	memcpy(meta->release, m.release, sizeof(meta->release));
	memcpy(meta->machine, m.machine, sizeof(meta->machine));
	meta->nr_cpus = m.nr_cpus;
	meta->kinds = m.kinds;
	meta->detail = meta_detail(m.kinds, m.reports_order);
	if (m.page_size >= 1024 && m.page_size <= 1U << 20 && is_power_of_two(m.page_size)) {
		meta->page_size = m.page_size;
		meta->pmd_order = pmd_order_of(m.page_size, m.machine);
	}
	return 0;
}

static int take_strange(struct imp_dat *d, const __u8 *p, size_t len)
{
	struct imp_frame_strange s;

	if (len != sizeof(s))
		return -EPROTO;
	memcpy(&s, p, sizeof(s));
	imp_bad_strange(&d->bad, s.name, strnlen(s.name, sizeof(s.name)), s.nr);
	return 0;
}

static int take_name(struct imp_dat *d, const __u8 *p, size_t len)
{
	struct imp_frame_name m;

	if (len != sizeof(m))
		return -EPROTO;
	memcpy(&m, p, sizeof(m));
	m.text[sizeof(m.text) - 1] = '\0';
	if (m.number < MTHP_NR_RESULTS && !d->results.ours[m.number]) {
		d->results.ours[m.number] = meta_result_by_text(d->meta, m.text);
		d->results.nr++;
	}
	return 0;
}

/* A result of the file, as a number of mthp/result.h; 0: unknown. */
static __u8 result_of(struct imp_dat *d, __u32 number)
{
	char text[META_NAME_LEN];

	if (number == ~0U)
		return MTHP_R_UNKNOWN;
	if (number < MTHP_NR_RESULTS && d->results.ours[number])
		return d->results.ours[number];
	snprintf(text, sizeof(text), "status %u", number);
	if (number >= MTHP_NR_RESULTS)
		return meta_result_by_text(d->meta, text);
	d->results.ours[number] = meta_result_by_text(d->meta, text);
	return d->results.ours[number];
}

static int take_event(struct imp_dat *d, const __u8 *p, size_t len, struct imp_raw *raw)
{
	const struct imp_frame_event *f = (const void *)p;
	struct imp_frame_event copy;
	size_t bits;

	if (len < sizeof(copy))
		return -EPROTO;
	memcpy(&copy, f, sizeof(copy));
	bits = sizeof(__u64) * MTHP_NR_BITMAPS * copy.ev.nr_words;
	if (copy.ev.nr_words > MTHP_MAX_WORDS || len != sizeof(copy) + bits ||
	    !imp_event_name(copy.ev.kind) || copy.ev.order >= MTHP_NR_ORDERS ||
	    copy.ev.requester >= MTHP_NR_REQUESTERS)
		return -EPROTO;
	raw->ev = copy.ev;
	raw->ev.sample = MTHP_SAMPLE_NO;
	raw->ev.comm[MTHP_COMM_LEN - 1] = '\0';
	raw->cpu = copy.cpu;
	raw->reported = copy.reported;
	raw->requester = 0;
	memcpy(raw->bits, p + sizeof(copy), bits);
	raw->ev.result = result_of(d, copy.result);
	if (copy.result_value != ~0U) {
		raw->ev.v[MTHP_V_BLOCKED_BY] = result_of(d, copy.result_value);
		raw->ev.known |= MTHP_KNOWN(BLOCKED_BY);
	}
	return 0;
}

/* Reads frames up to the next event. 1: an event; 0: the end; -errno. */
static int take_frames(struct imp_dat *d, struct imp_raw *raw, int until_meta)
{
	struct imp_frame f;
	const __u8 *p;
	__u64 n;
	long got;
	int err;

	for (;;) {
		got = next_frame(d, &f, &p);
		if (got < 0)
			return (int)got;
		err = 0;
		switch (f.type) {
		case IMP_FRAME_META:
			err = take_meta(d, p, f.len);
			if (!err && until_meta)
				return 0;
			break;
		case IMP_FRAME_NAME:
			err = take_name(d, p, f.len);
			break;
		case IMP_FRAME_EVENT:
			err = raw ? take_event(d, p, f.len, raw) : -EPROTO;
			if (!err)
				return 1;
			break;
		case IMP_FRAME_STRANGE:
			err = take_strange(d, p, f.len);
			break;
		case IMP_FRAME_LOST:
			if (f.len == sizeof(n)) {
				memcpy(&n, p, sizeof(n));
				d->lost += n;
			}
			break;
		case IMP_FRAME_END:
			d->ended = 1;
			return 0;
		}
		if (err)
			return err;
	}
}

int imp_dat_next(struct imp_dat *d, struct imp_raw *raw)
{
	char why[1024];
	int ret;

	if (d->ended)
		return d->err;
	ret = take_frames(d, raw, 0);
	if (ret >= 0)
		return ret;
	d->ended = 1;
	d->err = ret;
	if (ret == -EINTR)
		return ret;
	reason(d, ret, why, sizeof(why));
	if (d->name[0])
		log_warn("trace is damaged: %s: what was read up to here is kept: %s", d->name,
			 why);
	return ret;
}

static int open_meta(struct imp_dat *d)
{
	char why[1024];
	int ret = take_frames(d, NULL, 1);

	if (!ret)
		return 0;
	if (ret == -EINTR)
		return ret;
	reason(d, ret, why, sizeof(why));
	if (d->name[0])
		log_err("cannot read trace: %s: trace.dat of trace-cmd: %s (does `trace-cmd report` "
			"read it?)",
			d->name, why);
	return -EBADMSG;
}

static struct imp_dat *new_dat(const char *name, struct meta *meta)
{
	struct imp_dat *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	snprintf(d->name, sizeof(d->name), "%s", name);
	d->meta = meta;
	d->said = -1;
	return d;
}

int imp_dat_open(struct imp_dat **out, const char *name, int fd, struct meta *meta)
{
	struct imp_dat *d;
	int err;

	*out = NULL;
	if (imp_lib_missing()) {
		log_err("cannot read trace: %s: trace.dat of trace-cmd: %s", name,
			imp_lib_missing());
		return -EOPNOTSUPP;
	}
	d = new_dat(name, meta);
	err = d ? 0 : -ENOMEM;
	if (!err && lseek(fd, 0, SEEK_SET) < 0)
		err = -errno;
	if (!err)
		err = start(d, fd);
	if (err) {
		imp_dat_close(d);
		log_err("cannot read trace: %s: %s", name, strerror(-err));
		return err;
	}
	err = open_meta(d);
	if (err)
		imp_dat_close(d);
	else
		*out = d;
	return err;
}

#ifdef IMP_DAT_FUZZ
int imp_dat_open_frames(struct imp_dat **out, int fd, struct meta *meta)
{
	struct imp_dat *d = new_dat("", meta);
	int err;

	*out = NULL;
	if (!d)
		return -ENOMEM;
	d->in.fd = fd;
	err = open_meta(d);
	if (err)
		imp_dat_close(d);
	else
		*out = d;
	return err;
}
#endif

const struct imp_bad *imp_dat_bad(const struct imp_dat *d)
{
	return &d->bad;
}

__u64 imp_dat_lost(const struct imp_dat *d)
{
	return d->lost;
}

void imp_dat_close(struct imp_dat *d)
{
	if (!d)
		return;
	end_child(d, false);
	if (d->said >= 0)
		close(d->said);
	if (d->in.fd > 0)
		trace_in_free(&d->in);
	free(d);
}

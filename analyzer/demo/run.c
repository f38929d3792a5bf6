// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs one demo scenario and reports the outcome.
 *
 * The demo's process pushes the settings, forks a worker, waits for its report on a pipe, and pops.
 * The worker is called "demo:NAME", so that every scenario has its own row among the processes, and dies
 * with the demo. The outcome comes from the worker's own smaps and from the kernel's counters, which
 * count the whole machine: both are independent of any trace.
 *
 * "Unchanged" needs patience: khugepaged must have scanned. full_scans in sysfs rises at the end of a
 * pass over all processes, so after two rises one whole pass took place.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/array.h"
#include "demo/run.h"
#include "demo/settings.h"
#include "lib/file.h"
#include "lib/fmt.h"
#include "lib/stop.h"
#include "model/thp_sysfs.h"

#define WAIT_MS	    10000 /* for khugepaged */
#define STEP_MS	    20
#define WORKER_MS   (WAIT_MS + 20000)
#define THP	    "/sys/kernel/mm/transparent_hugepage"
#define NR_SETTINGS (sizeof(((struct demo_scenario *)0)->settings) / sizeof(struct demo_setting))

/* The worker's report, as it goes through the pipe. */
struct report {
	int err;	 /* of preparing the memory; then only @why counts */
	int madvise_err; /* of MADV_COLLAPSE */
	int missed;	 /* khugepaged did not scan in time */
	char why[128];
	size_t len;
	struct demo_usage before, after;
	__u64 rise;	 /* of the scenario's counter; COUNTER_UNKNOWN */
	__u64 collapses; /* of the whole machine in that time; COUNTER_UNKNOWN */
};

static __u64 counter(const struct counters *c, const char *name, __u8 order)
{
	size_t i;

	for (i = 0; name && i < c->nr; i++)
		if (!strcmp(c->c[i].name, name) && c->c[i].order == order)
			return c->c[i].value;
	return COUNTER_UNKNOWN;
}

static __u64 rise(const struct counters *a, const struct counters *b, const char *name, __u8 order)
{
	__u64 from = counter(a, name, order), to = counter(b, name, order);

	return from == COUNTER_UNKNOWN || to == COUNTER_UNKNOWN ? COUNTER_UNKNOWN : to - from;
}

static long long full_scans(void)
{
	__u64 n;

	if (file_read_u64(AT_FDCWD, THP "/khugepaged/full_scans", &n))
		return -1;
	return n;
}

static void wait_for_khugepaged(const struct demo_scenario *sc, const struct demo_memory *m,
				struct report *r)
{
	const struct timespec step = { 0, STEP_MS * 1000000L };
	long long start = full_scans();
	int i;

	for (i = 0; i < WAIT_MS / STEP_MS; i++) {
		nanosleep(&step, NULL);
		/* The next fault maps a collapsed page of a file; the collapse does not. */
		if (m->kind != DEMO_ANON)
			demo_memory_touch(m, 0, 1, 1);
		if (sc->expect == DEMO_COLLAPSED) {
			demo_memory_usage(m, &r->after);
			if (r->after.huge == r->len)
				return;
		} else if (full_scans() >= start + 2) {
			return;
		}
	}
	r->missed = 1;
}

/* Do page faults make large folios only where memory has advice? */
static int advice_only(void)
{
	struct meta *meta = malloc(sizeof(*meta));
	int i, yes;

	if (!meta)
		return 0;
	meta_init(meta);
	sysinfo_read_settings("", meta);
	yes = strcmp(meta->settings.enabled, "always") != 0;
	for (i = 0; i < MTHP_NR_ORDERS; i++)
		yes = yes && strcmp(meta->settings.order_enabled[i], "always");
	free(meta);
	return yes;
}

/* In the worker: the scenario itself. */
static void work(const struct demo_scenario *sc, size_t nr_ranges, struct report *r)
{
	struct counters *before = malloc(sizeof(*before)), *after = malloc(sizeof(*after));
	__u8 order = sc->counter_order ? (__u8)sc->counter_order : COUNTER_NO_ORDER;
	struct demo_memory m;
	int plain;

	/* khugepaged ignores memory without advice; MADV_COLLAPSE needs none. */
	plain = sc->by == DEMO_BY_MADVISE && advice_only();
	r->err = before && after ? demo_memory_map(&m, sc->kind, nr_ranges, plain) : -ENOMEM;
	if (!r->err)
		r->err = sc->fill(&m, r->why, sizeof(r->why));
	if (!r->err)
		r->err = demo_memory_usage(&m, &r->before);
	if (r->err) {
		if (r->err == -EMEDIUMTYPE)
			snprintf(r->why, sizeof(r->why),
				 "its file would be in memory (set TMPDIR to a folder on a disk)");
		else if (!r->why[0])
			snprintf(r->why, sizeof(r->why), "its memory cannot be mapped: %s",
				 strerror(-r->err));
		return;
	}
	r->len = m.len;
	sysinfo_read_counters("", (__u32)m.page, before);
	r->madvise_err = demo_memory_allow(&m);
	if (sc->by == DEMO_BY_KHUGEPAGED)
		wait_for_khugepaged(sc, &m, r);
	else if (!r->madvise_err)
		r->madvise_err = demo_memory_collapse(
			&m, sc->expect == DEMO_COLLAPSED ? DEMO_COLLAPSE_TRIES : 1);
	demo_memory_usage(&m, &r->after);
	sysinfo_read_counters("", (__u32)m.page, after);
	r->rise = rise(before, after, sc->counter, order);
	r->collapses = rise(before, after, "thp_collapse_alloc", COUNTER_NO_ORDER);
	demo_memory_unmap(&m);
	free(before);
	free(after);
}

static void worker(const struct demo_scenario *sc, size_t nr_ranges, pid_t parent, int fd)
{
	struct report r = { .rise = COUNTER_UNKNOWN };
	char name[16];

	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	snprintf(name, sizeof(name), "demo:%s", sc->name);
	prctl(PR_SET_NAME, name);
	work(sc, nr_ranges, &r);
	_exit(write(fd, &r, sizeof(r)) != sizeof(r));
}

/* Reads the worker's report. 0, -EINTR, -ETIMEDOUT, or -ECHILD when it died without one. */
static int await(int fd, struct report *r)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int ms, n;

	for (ms = 0; ms < WORKER_MS; ms += 100) {
		if (stop_asked())
			return -EINTR;
		n = poll(&p, 1, 100);
		if (n > 0)
			return read(fd, r, sizeof(*r)) == sizeof(*r) ? 0 : -ECHILD;
	}
	return -ETIMEDOUT;
}

static int run_worker(const struct demo_scenario *sc, size_t nr_ranges, struct demo_settings *s,
		      struct report *r)
{
	pid_t parent = getpid(), pid;
	int fds[2], err;

	if (pipe(fds))
		return -errno;
	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		err = -errno;
		close(fds[0]);
		close(fds[1]);
		return err;
	}
	if (!pid) {
		close(fds[0]);
		demo_settings_forget(s);
		worker(sc, nr_ranges, parent, fds[1]);
	}
	close(fds[1]);
	err = await(fds[0], r);
	close(fds[0]);
	if (err)
		kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return err;
}

static int as_expected(const struct demo_scenario *sc, const struct report *r)
{
	int counted = !sc->counter || r->rise == COUNTER_UNKNOWN || r->rise > 0;

	if (sc->expect == DEMO_COLLAPSED)
		return r->after.huge == r->len && !r->madvise_err && counted;
	if (r->missed)
		return 0;
	if (sc->expect == DEMO_COUNTED)
		return r->rise != COUNTER_UNKNOWN && r->rise > 0;
	return r->after.huge == r->before.huge && counted &&
	       (sc->by != DEMO_BY_MADVISE || r->madvise_err);
}

static void describe(const struct demo_scenario *sc, const struct report *r, struct demo_seen *seen)
{
	size_t grown = r->after.rss > r->before.rss ? r->after.rss - r->before.rss : 0;
	char huge[16], all[16], more[16], *at = seen->text;
	size_t left = sizeof(seen->text);
	int n;

	n = snprintf(at, left, "%s of %s huge",
		     r->after.huge ? fmt_bytes(r->after.huge, huge, 16) : "0",
		     fmt_bytes(r->len, all, sizeof(all)));
	at += n;
	left -= (size_t)n;
	if (grown) {
		n = snprintf(at, left, ", %s more in memory", fmt_bytes(grown, more, sizeof(more)));
		at += n;
		left -= (size_t)n;
	}
	if (sc->counter && r->rise != COUNTER_UNKNOWN) {
		n = snprintf(at, left, ", %s +%llu", sc->counter, (unsigned long long)r->rise);
		at += n;
		left -= (size_t)n;
	}
	if (r->madvise_err)
		snprintf(at, left, ", madvise: %s", strerror(-r->madvise_err));
	else if (r->missed)
		snprintf(at, left, ", khugepaged did not do it in %d s", WAIT_MS / 1000);
	seen->verdict = as_expected(sc, r) ? DEMO_AS_EXPECTED : DEMO_DIFFERS;
}

/* Replaces PMD in a setting's name by the size, and sixteenths in its value by a number of PTEs. */
static void expand(const struct demo_setting *t, char *name, char *value, size_t len)
{
	const char *dir = "hugepages-PMD/";
	unsigned long sixteenths;
	size_t ptes;

	ptes = demo_memory_range() / (size_t)sysconf(_SC_PAGESIZE);
	if (!strncmp(t->name, dir, strlen(dir)))
		snprintf(name, len, "hugepages-%zukB/%s", demo_memory_range() / 1024,
			 t->name + strlen(dir));
	else
		snprintf(name, len, "%s", t->name);
	if (sscanf(t->value, "%lu/16", &sixteenths) == 1 && strchr(t->value, '/'))
		snprintf(value, len, "%lu", sixteenths == 16 ? ptes - 1 : ptes / 16 * sixteenths);
	else
		snprintf(value, len, "%s", t->value);
}

static int set(struct demo_settings *s, const struct demo_setting *t)
{
	char name[64], value[64];

	expand(t, name, value, sizeof(name));
	return demo_settings_set(s, name, value);
}

/* Turns a switch on if it is "never", and keeps any other choice of the machine's owner. */
static int not_never(struct demo_settings *s, const struct demo_setting *t)
{
	char name[64], value[64], now[64];
	int err;

	expand(t, name, value, sizeof(name));
	err = demo_settings_get(s, name, now, sizeof(now));
	if (err || strcmp(now, "never"))
		return err;
	return demo_settings_set(s, name, value);
}

int demo_hurry(struct demo_settings *s, const char **which)
{
	static const struct demo_setting fast[] = {
		{ "khugepaged/pages_to_scan", "262144" },
		{ "khugepaged/alloc_sleep_millisecs", "100" },
		{ "khugepaged/max_ptes_none", "16/16" },
		{ "khugepaged/max_ptes_swap", "2/16" },
		{ "khugepaged/max_ptes_shared", "8/16" },
		{ "khugepaged/scan_sleep_millisecs", "20" }, /* last: this write wakes khugepaged */
	};
	static const struct demo_setting on[] = {
		{ "enabled", "madvise" },
		{ "hugepages-PMD/enabled", "inherit" },
	};
	size_t i;
	int err;

	for (i = 0; i < ARRAY_SIZE(on); i++) {
		*which = on[i].name;
		err = not_never(s, &on[i]);
		if (err && err != -ENOENT)
			return err;
	}
	for (i = 0; i < ARRAY_SIZE(fast); i++) {
		*which = fast[i].name;
		err = set(s, &fast[i]);
		if (err && err != -ENOENT)
			return err;
	}
	return 0;
}

static int has_swap(void)
{
	char text[4096];
	const char *head;

	file_read(AT_FDCWD, "/proc/swaps", text, sizeof(text));
	head = strchr(text, '\n');
	return head && head[1];
}

static int has_small(void)
{
	return !access(THP "/hugepages-64kB/stats/collapse_alloc", F_OK);
}

/* Why the scenario cannot run here; NULL: it can. */
static const char *obstacle(const struct demo_scenario *sc, const struct demo_settings *s,
			    const char *why)
{
	if (sc->by == DEMO_BY_KHUGEPAGED && !s)
		return why;
	if ((sc->needs & DEMO_NEEDS_SWAP) && !has_swap())
		return "this machine has no swap";
	if ((sc->needs & DEMO_NEEDS_SMALL) && !has_small())
		return "this kernel's khugepaged collapses to PMD size only";
	return NULL;
}

static int leave_out(struct demo_seen *seen, const char *why)
{
	seen->verdict = DEMO_LEFT_OUT;
	snprintf(seen->text, sizeof(seen->text), "%s", why);
	return 0;
}

#define OTHERWISE 1

/* 0 and the outcome, OTHERWISE if it is not the expected one, or -EINTR. */
static int try(const struct demo_scenario *sc, size_t nr_ranges, struct demo_settings *s,
	       struct demo_seen *seen)
{
	struct report r;
	int err;

	err = run_worker(sc, nr_ranges, s, &r);
	if (err == -EINTR)
		return err;
	if (err) {
		seen->verdict = DEMO_DIFFERS;
		snprintf(seen->text, sizeof(seen->text), "its process %s",
			 err == -ETIMEDOUT ? "did not end" : "died");
	} else if (r.err) {
		leave_out(seen, r.why);
	} else {
		describe(sc, &r, seen);
		return seen->verdict == DEMO_DIFFERS ? OTHERWISE : 0;
	}
	return 0;
}

/* A second time after another outcome: compaction may have moved a page just then. */
static int try_twice(const struct demo_scenario *sc, size_t nr_ranges, struct demo_settings *s,
		     struct demo_seen *seen)
{
	struct demo_seen first;
	size_t len;
	int err;

	err = try(sc, nr_ranges, s, seen);
	if (err != OTHERWISE)
		return err;
	first = *seen;
	err = try(sc, nr_ranges, s, seen);
	if (err < 0)
		return err;
	if (seen->verdict == DEMO_LEFT_OUT)
		*seen = first;
	len = strlen(seen->text);
	snprintf(seen->text + len, sizeof(seen->text) - len, ", second run");
	return 0;
}

int demo_run(const struct demo_scenario *sc, size_t nr_ranges, struct demo_settings *s,
	     const char *why, struct demo_seen *seen)
{
	const char *obst = obstacle(sc, s, why);
	int err = 0;
	size_t i;

	if (obst)
		return leave_out(seen, obst);
	if (s)
		demo_settings_push(s);
	for (i = 0; s && !err && i < NR_SETTINGS && sc->settings[i].name; i++)
		err = set(s, &sc->settings[i]);
	if (err) {
		leave_out(seen, "its settings cannot be changed here");
		err = 0;
		goto out;
	}
	err = try_twice(sc, nr_ranges, s, seen);
out:
	if (s)
		demo_settings_pop(s);
	return err;
}

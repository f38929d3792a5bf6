// SPDX-License-Identifier: GPL-2.0-only
/*
 * soak [--seconds N] [--seed N] [--owners N] [-- RECORDER...]: all operations that can race with a
 * collapse, at once, for a while. Afterwards everything has to be as before.
 *
 * A short round comes first and is not judged, so that everything that is allocated once and kept exists
 * (caches, swap, per-CPU lists, the recorder's file). If a recorder is given, it runs the judged round:
 * `RECORDER... soak --round ...`.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account.h"
#include "khugepaged.h"
#include "knobs.h"
#include "ktap.h"
#include "round.h"
#include "settings.h"

#define SWAP_BYTES (768UL << 20)
#define WARM_S	   8
#define MAX_ARGS   40

struct options {
	struct round round;
	bool is_round;
	char **recorder;
};

static unsigned long number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 0);

	if (!*text || *end)
		ktap_die("not a number: %s", text);
	return n;
}

static struct options parse(int argc, char **argv)
{
	struct options o = { .round = { .seconds = 120, .seed = 1, .owners = 4 } };
	int i;

	for (i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--") == 0) {
			o.recorder = argv + i + 1;
			break;
		}
		if (strcmp(argv[i], "--round") == 0) {
			o.is_round = true;
			continue;
		}
		if (strcmp(argv[i], "--every-order") == 0) {
			o.round.every_order = true;
			continue;
		}
		if (strcmp(argv[i], "--seconds") == 0)
			o.round.seconds = number(value);
		else if (strcmp(argv[i], "--seed") == 0)
			o.round.seed = number(value);
		else if (strcmp(argv[i], "--owners") == 0)
			o.round.owners = number(value);
		else if (strcmp(argv[i], "--cgroup") == 0)
			o.round.cgroup = value;
		else
			ktap_die("unknown option: %s (see the top of kernel/tests/soak/soak.c)",
				 argv[i]);
		i++;
	}
	if (o.round.owners < 1 || o.round.owners > 16)
		ktap_die("--owners: 1 to 16");
	return o;
}

/* Swap in memory, compressed; without it pages cannot leave. */
static void swap_start(void)
{
	static unsigned char head[4096];
	unsigned int version = 1, last = SWAP_BYTES / PAGE_LEN - 1;
	char size[24];
	int fd;

	snprintf(size, sizeof(size), "%lu", SWAP_BYTES);
	memcpy(head + 1024, &version, 4);
	memcpy(head + 1028, &last, 4);
	memcpy(head + 4096 - 10, "SWAPSPACE2", 10);
	if (file_write("/sys/block/zram0/disksize", size)) {
		ktap_note("no zram: no swap");
		return;
	}
	fd = open("/dev/zram0", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, head, sizeof(head)) != (ssize_t)sizeof(head) || fsync(fd))
		ktap_die("cannot write to zram: %s", strerror(errno));
	close(fd);
	if (swapon("/dev/zram0", 0))
		ktap_die("cannot swap to zram: %s", strerror(errno));
}

struct args {
	char *v[MAX_ARGS + 1]; /* ends with NULL */
	unsigned int nr;
};

static void add_arg(struct args *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void add_arg(struct args *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (a->nr == MAX_ARGS || vasprintf(&a->v[a->nr++], fmt, ap) < 0)
		ktap_die("too many arguments");
	va_end(ap);
}

/* RECORDER... soak --round ... */
static void round_args(struct args *a, const struct round *round, char **recorder)
{
	char self[160];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len < 0)
		ktap_die("no /proc/self/exe: %s", strerror(errno));
	self[len] = '\0';
	while (recorder && *recorder)
		add_arg(a, "%s", *recorder++);
	add_arg(a, "%s", self);
	add_arg(a, "--round");
	add_arg(a, "--seconds");
	add_arg(a, "%u", round->seconds);
	add_arg(a, "--seed");
	add_arg(a, "%#llx", (unsigned long long)round->seed);
	add_arg(a, "--owners");
	add_arg(a, "%u", round->owners);
	if (round->every_order)
		add_arg(a, "--every-order");
	if (round->cgroup) {
		add_arg(a, "--cgroup");
		add_arg(a, "%s", round->cgroup);
	}
}

/* Runs one round in a process of its own: its exit status, or 128 and its signal. */
static int round_in_child(const struct round *round, char **recorder)
{
	struct args a = { .nr = 0 };
	int status;
	pid_t pid;

	round_args(&a, round, recorder);
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		ktap_die("cannot fork: %s", strerror(errno));
	if (!pid) {
		prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
		execvp(a.v[0], a.v);
		fprintf(stderr, "cannot run %s: %s\n", a.v[0], strerror(errno));
		_exit(127);
	}
	while (a.nr)
		free(a.v[--a.nr]);
	if (waitpid(pid, &status, 0) != pid)
		return 255;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static const char *const stats[] = { "collapse_success",	 "collapse_alloc",
				     "collapse_alloc_failed",	 "collapse_exceed_none_pte",
				     "collapse_exceed_swap_pte", "collapse_exceed_shared_pte" };

#define NR_STATS (sizeof(stats) / sizeof(stats[0]))

struct counts {
	long n[PMD_ORDER + 1][NR_STATS];
};

static void counts_take(struct counts *c)
{
	unsigned int order, i;

	for (order = MIN_ORDER; order <= PMD_ORDER; order++) {
		for (i = 0; i < NR_STATS; i++)
			c->n[order][i] = thp_stat(order, stats[i]);
	}
}

/* Without a collapse at some order the soak says nothing about that order. */
static void counts_judge(const struct counts *before)
{
	struct counts after;
	unsigned int order, i;
	char text[300];
	long done;
	int len;

	counts_take(&after);
	for (order = MIN_ORDER; order <= PMD_ORDER; order++) {
		for (i = 0, len = 0; i < NR_STATS; i++)
			len += snprintf(text + len, sizeof(text) - len, " %s=%ld", stats[i],
					after.n[order][i] - before->n[order][i]);
		/* The host compares these with the recorder's report. */
		ktap_note("counters order=%u%s", order, text);
		done = after.n[order][0] - before->n[order][0];
		ktap_ok(done > 0, "collapses to %s: %ld", orders_name(1U << order), done);
	}
}

int main(int argc, char **argv)
{
	struct options o = parse(argc, argv);
	struct counts counts;
	struct account before;
	struct round warm;
	int status;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (o.is_round)
		return round_run(&o.round);
	ktap_start();
	ktap_note("seed %#llx, %u s, %u processes", (unsigned long long)o.round.seed,
		  o.round.seconds, o.round.owners);
	/* So that only the round's own memory is ever collapsed. */
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	settings_save();
	swap_start();
	thp_orders(0, "never");

	warm = o.round;
	warm.seconds = WARM_S;
	warm.cgroup = cgroup_make("soak-warm");
	status = round_in_child(&warm, NULL);
	if (!ktap_ok(status == 0, "a short round finds nothing (exit status %d)", status))
		return ktap_done();
	cgroup_settle(warm.cgroup, false);
	leaks_clear();
	sleep(2);
	account_take(&before);

	counts_take(&counts);
	o.round.cgroup = cgroup_make("soak");
	o.round.every_order = true;
	status = round_in_child(&o.round, o.recorder);
	ktap_ok(status == 0, "no byte is lost, torn or stale, and nobody dies (exit status %d)",
		status);
	counts_judge(&counts);
	account_settle(&before);
	cgroup_settle(o.round.cgroup, true);
	leaks_judge();
	return ktap_done();
}

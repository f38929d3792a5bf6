// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "account.h"
#include "khugepaged.h"
#include "knobs.h"
#include "ktap.h"
#include "owner.h"
#include "round.h"
#include "settings.h"
#include "shared.h"

#define MAX_OWNERS 16
#define PATIENCE_S 180 /* for processes to end */
#define TALK_S	   20

static pid_t owner[MAX_OWNERS];

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void owner_start(const struct round *round, unsigned int i)
{
	static const int sigs[] = { SIGINT, SIGTERM, SIGHUP, SIGSEGV, SIGBUS, SIGABRT };
	unsigned int s;

	owner[i] = fork();
	if (owner[i] < 0)
		ktap_die("cannot fork: %s", strerror(errno));
	if (owner[i])
		return;
	/* The settings are the round's to restore. */
	for (s = 0; s < sizeof(sigs) / sizeof(sigs[0]); s++)
		signal(sigs[s], SIG_DFL);
	cgroup_enter(round->cgroup);
	owner_main(i + 1, round->seed);
}

static void say_progress(double started)
{
	unsigned long ops = 0;
	char text[300];
	unsigned int i;
	int len = 0;

	for (i = 0; op_nth(i); i++)
		ops += atomic_load(&shared->done[i]);
	for (i = MIN_ORDER; i <= PMD_ORDER; i++)
		len += snprintf(text + len, sizeof(text) - len, " %ld",
				thp_stat(i, "collapse_success"));
	ktap_note(
		"%.0f s (khugepaged ran %.0f s): %lu operations, %lu forks, %lu pages and %lu hot "
		"words compared; collapses since boot, 16K to 2M:%s",
		now() - started, kh_runtime() / 1e9, ops, atomic_load(&shared->forks),
		atomic_load(&shared->pages), atomic_load(&shared->hot), text);
}

/* Collapses to the order that had the fewest, since boot. */
static long fewest_collapses(const long *before)
{
	long fewest = -1, one;
	unsigned int i;

	for (i = MIN_ORDER; i <= PMD_ORDER; i++) {
		one = thp_stat(i, "collapse_success") - before[i];
		if (fewest < 0 || one < fewest)
			fewest = one;
	}
	return fewest;
}

/* A slow machine gets as much time again, until every order had a collapse. */
static bool time_is_up(const struct round *round, double started, const long *before)
{
	double spent = now() - started;

	if (spent < round->seconds)
		return false;
	return spent >= 2.0 * round->seconds || !round->every_order || fewest_collapses(before);
}

/* A process that ended before its time was killed, or found something. */
static void look_after_owners(unsigned int nr)
{
	unsigned int i;
	int status;

	for (i = 0; i < nr; i++) {
		if (!owner[i] || waitpid(owner[i], &status, WNOHANG) != owner[i])
			continue;
		owner[i] = 0;
		if (WIFSIGNALED(status))
			soak_fail("owner %u was killed by signal %d (%s)", i + 1, WTERMSIG(status),
				  strsignal(WTERMSIG(status)));
		else if (WEXITSTATUS(status) && !atomic_load(&shared->failures))
			soak_fail("owner %u ends with status %d", i + 1, WEXITSTATUS(status));
	}
}

static bool owners_left(unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (owner[i])
			return true;
	}
	return false;
}

static void join(unsigned int nr)
{
	double end = now() + PATIENCE_S;
	unsigned int i;

	atomic_store(&shared->stop, true);
	while (owners_left(nr) && now() < end) {
		look_after_owners(nr);
		usleep(20000);
	}
	if (!owners_left(nr))
		return;
	soak_fail("processes hang: see the kernel's log for where");
	(void)file_write("/proc/sysrq-trigger", "w");
	for (i = 0; i < nr; i++) {
		if (owner[i])
			kill(owner[i], SIGKILL);
	}
	sleep(2);
	look_after_owners(nr);
}

static void say_operations(void)
{
	char text[2000] = "";
	unsigned int i;
	int len = 0;

	for (i = 0; op_nth(i) && len < (int)sizeof(text); i++)
		len += snprintf(text + len, sizeof(text) - len, "%s%s %lu", i ? ", " : "",
				op_nth(i)->name, atomic_load(&shared->done[i]));
	ktap_note("operations: %s", text);
	len = 0;
	text[0] = '\0';
	for (i = 0; op_nth(i) && len < (int)sizeof(text); i++) {
		if (atomic_load(&shared->refused[i]))
			len += snprintf(text + len, sizeof(text) - len, " %s %lu", op_nth(i)->name,
					atomic_load(&shared->refused[i]));
	}
	ktap_note("of those refused, at least in part:%s", len ? text : " none");
	knobs_summary(text, sizeof(text));
	ktap_note("knobs: %s", text);
}

int round_run(const struct round *round)
{
	struct rng r = rng_fork(round->seed, 0);
	double started = now(), talk = started + TALK_S;
	long before[PMD_ORDER + 1];
	unsigned int i;

	for (i = MIN_ORDER; i <= PMD_ORDER; i++)
		before[i] = thp_stat(i, "collapse_success");
	settings_save();
	shared_map();
	knobs_cgroup(round->cgroup);
	knobs_start();
	for (i = 0; i < round->owners; i++)
		owner_start(round, i);
	while (!time_is_up(round, started, before) && !soak_stops()) {
		knobs_turn(&r);
		look_after_owners(round->owners);
		usleep(rng_range(&r, 10000, 300000));
		if (now() >= talk) {
			talk = now() + TALK_S;
			say_progress(started);
		}
	}
	join(round->owners);
	knobs_stop();
	say_progress(started);
	say_operations();
	return atomic_load(&shared->failures) ? 1 : 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* mthptop demo: a workload that causes collapses of every kind, and checks each. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/commands.h"
#include "demo/run.h"
#include "demo/settings.h"
#include "lib/clock.h"
#include "lib/fmt.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "lib/output.h"

struct demo_opts {
	bool list;
	bool loop;
	bool restore;
	double seconds;
	double pause;
	unsigned int ranges;
};

static const struct demo_opts demo_defaults = { .ranges = 4, .pause = 0.1 };

static const struct opt demo_options[] = {
	OPT(struct demo_opts, list, FLAG, .brief = 'l', .help = "list the scenarios"),
	OPT(struct demo_opts, restore, FLAG,
	    .help = "restore the settings that a demo that was killed has left behind, and end"),
	OPT(struct demo_opts, loop, FLAG, .help = "repeat until interrupted"),
	OPT(struct demo_opts, seconds, SECONDS, .name = "duration", .brief = 'd', .min = 0,
	    .max = 86400, .metavar = "SECS", .help = "repeat for this long"),
	OPT(struct demo_opts, pause, SECONDS, .min = 0, .max = 60, .metavar = "SECS",
	    .help = "pause between two scenarios"),
	OPT(struct demo_opts, ranges, U32, .brief = 'r', .min = 1, .max = 256, .metavar = "N",
	    .help = "PMD ranges of a scenario"),
	OPT_END,
};

/* One run of the demo, and its results so far. */
struct demo {
	const struct demo_opts *opts;
	int nr_names;
	char **names;
	struct demo_settings *settings; /* NULL: they cannot be changed */
	char why[160];			/* the reason */
	unsigned int as_expected, differs, left_out;
	__u64 end_ns; /* 0: after one round */
};

static const char *by_name(const struct demo_scenario *sc)
{
	return sc->by == DEMO_BY_MADVISE ? "madvise" : "khugepaged";
}

static int list(void)
{
	size_t i;

	printf("%-10s  %-10s  %s\n", "scenario", "by", "what it does: what mthptop shows");
	for (i = 0; i < nr_demo_scenarios; i++)
		printf("%-10s  %-10s  %s: %s\n", demo_scenarios[i].name,
		       by_name(&demo_scenarios[i]), demo_scenarios[i].what,
		       demo_scenarios[i].look_for);
	return exit_status(output_end_stdout());
}

static int wanted(const struct demo *d, const struct demo_scenario *sc)
{
	int i;

	for (i = 0; i < d->nr_names; i++)
		if (!strcmp(d->names[i], sc->name))
			return 1;
	return !d->nr_names;
}

static int check_names(const struct demo *d)
{
	char word[64];
	size_t j;
	int i;

	for (i = 0; i < d->nr_names; i++) {
		for (j = 0; j < nr_demo_scenarios; j++)
			if (!strcmp(d->names[i], demo_scenarios[j].name))
				break;
		if (j == nr_demo_scenarios) {
			log_err("no such scenario: %s (see: mthptop demo --list)",
				fmt_safe(d->names[i], word, sizeof(word)));
			return EXIT_USAGE;
		}
	}
	return EXIT_OK;
}

/* Makes khugepaged quick, or notes the obstacle. -EBUSY: another demo runs. */
static int hurry(struct demo *d)
{
	const char *which;
	int err;

	if (geteuid()) {
		snprintf(d->why, sizeof(d->why), "not root: khugepaged stays slow");
		return 0;
	}
	err = demo_settings_open(&d->settings, "");
	if (err == -EBUSY)
		return err;
	if (err) {
		snprintf(d->why, sizeof(d->why), "cannot make sure that settings are restored");
		return 0;
	}
	demo_settings_push(d->settings);
	err = demo_hurry(d->settings, &which);
	if (err) {
		snprintf(d->why, sizeof(d->why), "%s cannot be changed: %s", which, strerror(-err));
		demo_settings_close(d->settings);
		d->settings = NULL;
	}
	return 0;
}

static void print_row(const struct demo_scenario *sc, const struct demo_seen *seen)
{
	static const char *const verdicts[] = {
		[DEMO_AS_EXPECTED] = "ok", [DEMO_DIFFERS] = "differs", [DEMO_LEFT_OUT] = "left out"
	};

	printf("%-10s  %-10s  %-8s  %-50s  %s\n", sc->name, by_name(sc), verdicts[seen->verdict],
	       sc->look_for, seen->text);
	fflush(stdout);
}

static void rest(const struct demo *d)
{
	double s = d->opts->pause;
	struct timespec t = { (time_t)s, (long)((s - (double)(time_t)s) * 1e9) };

	if (!stop_asked())
		nanosleep(&t, NULL);
}

/* All scenarios that are wanted, once. 0 or -errno. */
static int round_of(struct demo *d)
{
	struct demo_seen seen;
	size_t i;
	int err;

	for (i = 0; i < nr_demo_scenarios; i++) {
		if (!wanted(d, &demo_scenarios[i]))
			continue;
		if (d->end_ns && now_ns() >= d->end_ns)
			return 0;
		err = demo_run(&demo_scenarios[i], d->opts->ranges, d->settings, d->why, &seen);
		if (err)
			return err;
		print_row(&demo_scenarios[i], &seen);
		if (seen.verdict != DEMO_LEFT_OUT)
			rest(d);
		d->as_expected += seen.verdict == DEMO_AS_EXPECTED;
		d->differs += seen.verdict == DEMO_DIFFERS;
		d->left_out += seen.verdict == DEMO_LEFT_OUT;
	}
	return 0;
}

static int run_all(struct demo *d)
{
	int err;

	printf("%-10s  %-10s  %-8s  %-50s  %s\n", "scenario", "by", "verdict", "what mthptop shows",
	       "what happened");
	do {
		err = round_of(d);
		/* No scenario can run here: do not spin. */
		if (!d->as_expected && !d->differs)
			break;
	} while (!err && !stop_asked() && (d->opts->loop || now_ns() < d->end_ns));
	if (err && err != -EINTR) {
		log_err("cannot run the demo: %s", strerror(-err));
		return EXIT_CANNOT;
	}
	printf("%u as expected, %u differ, %u left out\n", d->as_expected, d->differs, d->left_out);
	return d->as_expected || d->differs || err == -EINTR ? EXIT_OK : EXIT_CANNOT;
}

static int restore(void)
{
	int err;

	if (!demo_settings_wait("")) {
		printf("no demo has left settings behind\n");
		return exit_status(output_end_stdout());
	}
	err = demo_settings_restore("");
	if (err)
		return EXIT_CANNOT;
	printf("settings are what they were before the demo\n");
	return exit_status(output_end_stdout());
}

static int demo_main(const struct command *cmd, const void *opts, int nr_args, char **args)
{
	struct demo d = { .opts = opts, .nr_names = nr_args, .names = args };
	int status;

	if (d.opts->list)
		return list();
	if (d.opts->restore)
		return restore();
	status = check_names(&d);
	if (status)
		return status;
	if (!demo_memory_range()) {
		log_err("cannot run the demo: /sys/kernel/mm/transparent_hugepage: %s (needs a kernel with CONFIG_TRANSPARENT_HUGEPAGE)",
			strerror(ENOENT));
		return EXIT_CANNOT;
	}
	stop_on_signals();
	if (hurry(&d))
		return EXIT_CANNOT;
	if (d.opts->seconds > 0)
		d.end_ns = now_ns() + (__u64)(d.opts->seconds * NSEC_PER_SEC);
	status = run_all(&d);
	demo_settings_close(d.settings);
	return status;
}

const struct command cmd_demo = {
	.name = "demo",
	.args = "[SCENARIO]...",
	.help = "run a workload that causes collapses of every kind, and check each",
	.examples = "  mthptop demo                 every scenario once\n"
		    "  mthptop demo half half-mad   only these two\n"
		    "  mthptop demo --loop          a steady workload for the live view\n",
	.opts = demo_options,
	.opts_size = sizeof(struct demo_opts),
	.defaults = &demo_defaults,
	.max_args = -1,
	.run = demo_main,
};

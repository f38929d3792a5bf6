// SPDX-License-Identifier: GPL-2.0-only
/* mthptop replay: a trace in the live view. */
#include "cmd/commands.h"
#include "lib/exit.h"
#include "tui/live_view.h"

static const struct opt replay_options[] = {
	OPT(struct top_opts, speed, STR, .brief = 'x', .metavar = "X",
	    .help = "X times as fast as recorded; 0 or max: as fast as possible"),
	TOP_OPTIONS,
	OPT_END,
};

static int run(const struct command *cmd, const void *opts, int nr_args, char **args)
{
	const struct top_opts *o = opts;
	struct source_filter filter;
	struct source *src;
	int err;

	if (top_check(o, &filter))
		return EXIT_USAGE;
	err = source_file_open(&src, args[0], &filter);
	return exit_status(err ? err : top_run(src, o, args[0]));
}

const struct command cmd_replay = {
	.name = "replay",
	.args = "FILE",
	.help = "show a trace in the live view",
	.examples = "  mthptop replay t.mthp\n"
		    "  mthptop replay t.mthp --speed 10\n"
		    "  mthptop replay t.mthp --dump-screen outcomes --size 120x40\n",
	.opts = replay_options,
	.opts_size = sizeof(struct top_opts),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};

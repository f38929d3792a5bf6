// SPDX-License-Identifier: GPL-2.0-only
/* mthptop without a command: the live view of this kernel. */
#include "cmd/commands.h"
#include "lib/confine.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "tui/live_view.h"

static const struct opt top_options[] = {
	TOP_OPTIONS,
	OPT(struct top_opts, verbose, FLAG, .brief = 'v',
	    .help = "print messages while the probes are loaded"),
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
	log_level = o->verbose ? 2 : 0;
	err = source_live_open(&src, &filter, 0);
	if (!err)
		source_live_drop(src, &(const struct confine){ .saves = true });
	log_level = 0;
	if (err)
		return exit_status(err);
	return exit_status(top_run(src, o, NULL));
}

const struct command cmd_top = {
	.name = "",
	.args = "",
	.help = "show live what khugepaged does on this kernel",
	.examples = "  sudo mthptop\n"
		    "  sudo mthptop -p $(pidof redis-server)\n"
		    "  sudo mthptop --json -d 10 -n 6\n",
	.opts = top_options,
	.opts_size = sizeof(struct top_opts),
	.min_args = 0,
	.max_args = 0,
	.run = run,
};

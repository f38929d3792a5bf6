// SPDX-License-Identifier: GPL-2.0-only
/* mthptop help [COMMAND]: the same as --help of that command. */
#include "cmd/commands.h"
#include "lib/exit.h"
#include "lib/output.h"

static int run(const struct command *cmd, const void *opts, int nr_args, char **args)
{
	const struct command *of = command_named(nr_args ? args[0] : "top");

	if (!of)
		return command_unknown(args[0]);
	command_help(of);
	return exit_status(output_end_stdout());
}

const struct command cmd_help = {
	.name = "help",
	.args = "[COMMAND]",
	.help = "print the options of a command",
	.examples = "  mthptop help record\n",
	.max_args = 1,
	.run = run,
};

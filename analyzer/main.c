// SPDX-License-Identifier: GPL-2.0-only
/* The command table. Each command has a file in cmd/. */
#include "cmd/commands.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/memory.h"
#include "lib/output.h"

const struct command *const commands[] = {
#define X(name) &cmd_##name,
	COMMANDS(X)
#undef X
		NULL,
};

/* What was shown without enough memory may lack something, whatever the command made of it. */
static int end(int status)
{
	if (!memory_failures())
		return status;
	log_err("out of memory: something may be missing from the output");
	return status == EXIT_OK || status == EXIT_CHECK ? EXIT_CANNOT : status;
}

int main(int argc, char **argv)
{
	const struct command *cmd;

	output_no_signals();
	if (argc < 2 || argv[1][0] == '-')
		return end(command_run(commands[0], argc, argv));
	cmd = command_find(argv[1]);
	return cmd ? end(command_run(cmd, argc - 1, argv + 1)) : EXIT_USAGE;
}

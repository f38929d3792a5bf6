// SPDX-License-Identifier: GPL-2.0-only
/* The command table. Each command has a file in cmd/. */
#include <string.h>
#include <unistd.h>

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

/*
 * The command for a trace that is named without one: a person at a terminal walks through it, anything else
 * gets the report. NULL: the word is no file.
 */
static const struct command *opens(const char *word)
{
	if (access(word, F_OK) && !strchr(word, '/'))
		return NULL;
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? &cmd_replay : &cmd_report;
}

int main(int argc, char **argv)
{
	const struct command *cmd;

	output_no_signals();
	if (argc < 2 || argv[1][0] == '-')
		return end(command_run(commands[0], argc, argv));
	cmd = command_named(argv[1]);
	if (cmd)
		return end(command_run(cmd, argc - 1, argv + 1));
	cmd = opens(argv[1]);
	if (cmd)
		return end(command_run(cmd, argc, argv));
	return command_unknown(argv[1]);
}

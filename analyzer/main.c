// SPDX-License-Identifier: GPL-2.0-only
/* The command table. Each command has a file in cmd/. */
#include <string.h>

#include "cmd/commands.h"
#include "lib/fmt.h"
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

/* The first command has no name, and goes by the one it would have. */
static const struct command *find(const char *name)
{
	const struct command *const *c;

	if (!strcmp(name, "top"))
		return commands[0];
	for (c = commands + 1; *c; c++)
		if (!strcmp((*c)->name, name))
			return *c;
	return NULL;
}

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
	char word[64];

	output_no_signals();
	if (argc < 2 || argv[1][0] == '-')
		return end(command_run(commands[0], argc, argv));
	cmd = find(argv[1]);
	if (cmd)
		return end(command_run(cmd, argc - 1, argv + 1));
	log_err("unknown command: \"%s\" (see: mthptop --help)",
		fmt_safe(argv[1], word, sizeof(word)));
	return EXIT_USAGE;
}

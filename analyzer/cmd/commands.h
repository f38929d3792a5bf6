/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands: a row here and a file each. The first runs if no command is named. */
#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include "lib/opts.h"

#define COMMANDS(X)   \
	X(top)        \
	X(replay)     \
	X(report)     \
	X(script)     \
	X(diff)       \
	X(check)      \
	X(whatif)     \
	X(advise)     \
	X(demo)       \
	X(info)       \
	X(record)     \
	X(survey)     \
	X(import)     \
	X(export)     \
	X(completion) \
	X(help)

#define X(name) extern const struct command cmd_##name;
COMMANDS(X)
#undef X

#endif

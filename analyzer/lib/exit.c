// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "lib/exit.h"

int exit_status(int err)
{
	return !err ? EXIT_OK : err == -EBADMSG ? EXIT_DATA : EXIT_CANNOT;
}

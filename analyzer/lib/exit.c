// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>

#include "lib/exit.h"

int exit_status(int err)
{
	switch (err) {
	case 0:
		return EXIT_OK;
	case -EINVAL:
		return EXIT_USAGE;
	case -EBADMSG:
		return EXIT_DATA;
	default:
		return EXIT_CANNOT;
	}
}

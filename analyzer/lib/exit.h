/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exit statuses. Only commands have them: functions below cmd/ return 0 or -errno, with -EBADMSG for data that
 * is incomplete or corrupt, and -EINVAL for a wrong request.
 */
#ifndef LIB_EXIT_H
#define LIB_EXIT_H

enum exit_status {
	EXIT_OK = 0,
	EXIT_CHECK = 1,	 /* a check failed */
	EXIT_USAGE = 2,	 /* wrong usage */
	EXIT_CANNOT = 3, /* cannot run here: kernel support, permission, resources */
	EXIT_DATA = 4,	 /* data incomplete or corrupt */
};

/* The exit status for such a result. */
int exit_status(int err);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a live view and a recording give up when everything that takes rights is open: user, groups, capabilities,
 * files to write to, and most system calls.
 */
#ifndef LIB_CONFINE_H
#define LIB_CONFINE_H

#include <stdbool.h>
#include <sys/types.h>

struct confine {
	int (*still_works)(void *ctx); /* as caps_drop() */
	void *ctx;
	bool ends_others; /* processes of other users have to be ended later (CAP_KILL) */
	bool saves;	  /* files are made in the current folder, or in /tmp */
	bool serves;	  /* open sockets are served, and a service manager is told */
	/* Ends with NULL: files are made in these folders, too, and by the user who is it now. NULL: none. */
	const char *const *folders;
	/* With folders: root becomes this user, who may make files there. 0: it stays root, without capabilities. */
	uid_t uid;
	gid_t gid;
};

/* Warns where it fails, but for what this kernel does not have: log_info() says that, and what was given up. */
void confine(const struct confine *c);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* A command that runs during an observation: `record -- CMD`. */
#ifndef LIB_CHILD_H
#define LIB_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
	pid_t pid;  /* 0: none */
	int fd;	    /* readable when it has ended; -1 */
	int go;	    /* a byte written here starts the command; closing it ends the command; -1 */
	int said;   /* the errno of an exec that failed can be read here; -1 */
	bool ended; /* and its status, as waitpid() gives it */
	int status;
};

#define CHILD_NONE ((struct child){ .fd = -1, .go = -1, .said = -1 })

/*
 * Forks a process that executes @args[0 ... nr - 1] with the present rights of this process, after
 * child_go(). 0 or -errno.
 */
int child_prepare(struct child *c, int nr, char **args);

/*
 * Starts it. 0; after a message 126 (cannot be executed) or 127 (not found), as in a shell.
 */
int child_go(struct child *c, const char *name);

/*
 * Reaps descendants that have ended; mthptop is their parent after their own parent ended. To be called now
 * and then. True if others still run.
 */
bool child_reap(struct child *c);

#define CHILD_GRACE_SECS 2

/*
 * Waits for its end. If it still runs and @sig is not 0, it and all its descendants are sent @sig before,
 * and SIGKILL after CHILD_GRACE_SECS. Returns its exit status, or 128 + the signal that killed it; -EPERM
 * after a message: it still runs, because mthptop may not end it.
 */
int child_wait(struct child *c, int sig);

#endif

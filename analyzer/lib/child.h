/* SPDX-License-Identifier: GPL-2.0-only */
/* A command that runs while something else goes on around it: `record -- CMD`. */
#ifndef LIB_CHILD_H
#define LIB_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
	pid_t pid;  /* 0: none */
	int fd;	    /* readable when it has ended; -1 */
	int go;	    /* a byte written here lets it begin; closed: it ends; -1 */
	int said;   /* the errno of an exec that failed can be read here; -1 */
	bool ended; /* and its status, as waitpid() gives it */
	int status;
};

#define CHILD_NONE ((struct child){ .fd = -1, .go = -1, .said = -1 })

/*
 * Makes a process that will execute @args[0 ... nr - 1], with this process's rights of now, but
 * not before child_go(). 0 or -errno.
 */
int child_prepare(struct child *c, int nr, char **args);

/*
 * Lets it begin. 0; after a message 126 (cannot be executed) or 127 (not found), as a shell would
 * end with.
 */
int child_go(struct child *c, const char *name);

/*
 * Takes note of descendants that have ended; to be called now and then, because those that lost their
 * parent are ours. Are others left?
 */
bool child_reap(struct child *c);

#define CHILD_GRACE_SECS 2

/*
 * Waits for its end. Where it runs still and @sig is not 0, it and all that it has started are sent
 * @sig before, and SIGKILL after CHILD_GRACE_SECS. Its exit status, or 128 and the signal that killed
 * it.
 */
int child_wait(struct child *c, int sig);

#endif

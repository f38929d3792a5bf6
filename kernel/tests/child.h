/* SPDX-License-Identifier: GPL-2.0-only */
/* A second process that waits while the test checks its memory. */
#ifndef MTHP_CHILD_H
#define MTHP_CHILD_H

#include <sys/types.h>

/*
 * Forks. The child calls fn(arg), reports that it is ready, and waits for child_end(). If fn returns
 * non-zero, the child exits with that value at once. The parent returns when the child is ready, and
 * dies if it never is.
 */
pid_t child_start(int (*fn)(void *arg), void *arg);
void child_end(pid_t pid);

/* Runs this program again with the arguments, to its end: its exit status. */
int child_exec(const char *arg1, const char *arg2, void (*when_ready)(void));

/* In a program that child_exec() started: report that it is ready, and wait for the parent. */
void child_ready(void);

#endif /* MTHP_CHILD_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* A second process that holds still while the test looks. */
#ifndef MTHP_CHILD_H
#define MTHP_CHILD_H

#include <sys/types.h>

/*
 * Forks. The child calls fn(arg), says that it is ready, and waits for child_end(); when fn returns
 * non-zero it exits with that at once. The parent returns when the child is ready; it dies when it
 * never gets there.
 */
pid_t child_start(int (*fn)(void *arg), void *arg);
void child_end(pid_t pid);

/* Runs this program again with the arguments, to its end: its exit status. */
int child_exec(const char *arg1, const char *arg2, void (*when_ready)(void));

/* In a program that child_exec() started: say that it is ready, and wait for the parent to go on. */
void child_ready(void);

#endif /* MTHP_CHILD_H */

/* SPDX-License-Identifier: GPL-2.0-only */
/* What a process gives up before it meets input that it cannot trust. None of it can be had back. */
#ifndef LIB_SANDBOX_H
#define LIB_SANDBOX_H

#include <stddef.h>

/*
 * root becomes nobody, in no group and without capabilities; others stay who they are. 0 or -errno (root of a user
 * namespace without other users: no capabilities are left all the same).
 */
int sandbox_nobody(void);

/*
 * From now on only the system calls of these names are made; all others fail with EPERM. A name that this
 * architecture does not have is left out. 0; -errno (-EINVAL: the kernel has no
 * seccomp filters).
 */
int sandbox_calls(const char *const *names, size_t nr);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* What a process gives up before it meets input that it cannot trust. None of it can be had back. */
#ifndef LIB_SANDBOX_H
#define LIB_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SANDBOX_NOBODY 65534

/*
 * root becomes nobody, in no group and without capabilities; others stay who they are. 0 or -errno (root of a user
 * namespace without other users: no capabilities are left all the same).
 */
int sandbox_nobody(void);

/*
 * Who called sudo, by what it says in the environment, if we are root. false: nobody did, or it says something else
 * than two ids.
 */
bool sandbox_caller(uid_t *uid, gid_t *gid);

/*
 * root becomes this user in this group and in no other. Capabilities stay, until they are dropped. 0 or -errno.
 */
int sandbox_user(uid_t uid, gid_t gid);

/*
 * From now on files are made, removed, written and cut only below @folders (NULL at their end), regular ones only, and
 * terminals and /dev/null written. What is open stays so. 0; -EOPNOTSUPP: the kernel has no landlock; -errno.
 */
int sandbox_files(const char *const *folders);

/*
 * From now on only the system calls of these names are made; all others fail with EPERM. A name that this
 * architecture does not have is left out. 0; -errno (-EINVAL: the kernel has no seccomp filters).
 */
int sandbox_calls(const char *const *names, size_t nr);

/* As sandbox_calls(). Of @only only those calls are made whose argument number @arg is one of @values. */
struct sandbox_only {
	const char *name;
	unsigned int arg;
	const unsigned long *values;
	size_t nr;
};
int sandbox_calls_only(const char *const *names, size_t nr, const struct sandbox_only *only,
		       size_t nr_only);

#endif

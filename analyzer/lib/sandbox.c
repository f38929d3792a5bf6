// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/array.h"
#include "lib/sandbox.h"

static int no_capabilities(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[2];

	memset(none, 0, sizeof(none));
	return syscall(SYS_capset, &head, none) ? -errno : 0;
}

static bool id_of(const char *name, unsigned int *id)
{
	const char *text = getenv(name);
	unsigned long n;
	char *end;

	if (!text || text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	n = strtoul(text, &end, 10);
	*id = (unsigned int)n;
	/* The last one means "leave it as it is". */
	return !errno && !*end && n < UINT_MAX;
}

bool sandbox_caller(uid_t *uid, gid_t *gid)
{
	return !geteuid() && id_of("SUDO_UID", uid) && id_of("SUDO_GID", gid);
}

int sandbox_user(uid_t uid, gid_t gid)
{
	if (geteuid())
		return 0;
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) || setgroups(0, NULL) || setresgid(gid, gid, gid) ||
	    setresuid(uid, uid, uid))
		return -errno;
	return 0;
}

int sandbox_nobody(void)
{
	int err = sandbox_user(SANDBOX_NOBODY, SANDBOX_NOBODY), no_caps = no_capabilities();

	return err ? err : no_caps;
}

/* ---- landlock: not in the libc of Debian 12, and these rights not in its headers ---- */

#define MAY_WRITE    (1ULL << 1)
#define MAY_MAKE     (0x1ff0ULL & ~(1ULL << 3)) /* remove, make of all kinds */
#define MAY_FILES    (1ULL << 5 | 1ULL << 8)	/* remove and make regular files */
#define MAY_LINK     (1ULL << 13)		/* into another folder; since ABI 2 */
#define MAY_TRUNCATE (1ULL << 14)		/* since ABI 3 */

struct ruleset {
	__u64 files;
};

struct below {
	__u64 allowed;
	__s32 folder;
} __attribute__((packed));

static int allow(int rules, const char *path, __u64 rights)
{
	struct below b = { .allowed = rights, .folder = open(path, O_PATH | O_CLOEXEC) };
	int err = 0;

	/* What is not there, or is closed to this user, is not written anyway. */
	if (b.folder < 0)
		return errno == ENOENT || errno == EACCES ? 0 : -errno;
	if (syscall(SYS_landlock_add_rule, rules, 1, &b, 0))
		err = -errno;
	close(b.folder);
	return err;
}

int sandbox_files(const char *const *folders)
{
	static const char *const devices[] = { "/dev/null", "/dev/tty", "/dev/pts" };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);
	struct ruleset all = { MAY_WRITE | MAY_MAKE };
	int rules, err = 0;
	size_t i;

	if (abi < 1)
		return -EOPNOTSUPP;
	all.files |= (abi >= 2 ? MAY_LINK : 0) | (abi >= 3 ? MAY_TRUNCATE : 0);
	rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
	if (rules < 0)
		return -errno;
	for (; *folders && !err; folders++)
		err = allow(rules, *folders,
			    all.files & (MAY_WRITE | MAY_FILES | MAY_LINK | MAY_TRUNCATE));
	for (i = 0; i < ARRAY_SIZE(devices) && !err; i++)
		err = allow(rules, devices[i], MAY_WRITE);
	if (!err && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err = -errno;
	if (!err && syscall(SYS_landlock_restrict_self, rules, 0))
		err = -errno;
	close(rules);
	return err;
}

/* ---- seccomp ---- */

static int allow_only(scmp_filter_ctx ctx, const struct sandbox_only *only)
{
	int call = seccomp_syscall_resolve_name(only->name), err = 0;
	struct scmp_arg_cmp arg = { .arg = only->arg, .op = SCMP_CMP_MASKED_EQ };
	size_t i;

	for (i = 0; i < only->nr && !err && call != __NR_SCMP_ERROR; i++) {
		/* Commands are 32 bits, whatever stands above them in the register. */
		arg.datum_a = UINT_MAX;
		arg.datum_b = only->values[i];
		err = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, call, 1, &arg);
	}
	return err;
}

int sandbox_calls_only(const char *const *names, size_t nr, const struct sandbox_only *only,
		       size_t nr_only)
{
	scmp_filter_ctx ctx;
	int call, err = 0;
	size_t i;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!ctx)
		return -ENOMEM;
	/* The kernel's own error, and not -ECANCELED for all of them. */
	seccomp_attr_set(ctx, SCMP_FLTATR_API_SYSRAWRC, 1);
	for (i = 0; i < nr && !err; i++) {
		call = seccomp_syscall_resolve_name(names[i]);
		if (call != __NR_SCMP_ERROR)
			err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, call, 0);
	}
	for (i = 0; i < nr_only && !err; i++)
		err = allow_only(ctx, &only[i]);
	if (!err)
		err = seccomp_load(ctx);
	seccomp_release(ctx);
	return err;
}

int sandbox_calls(const char *const *names, size_t nr)
{
	return sandbox_calls_only(names, nr, NULL, 0);
}

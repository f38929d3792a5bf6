// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities by bare system calls: libcap would be one more library for three calls.
 *
 * Loading and attaching need privileges. After that a view only reads from open descriptors, without any
 * capability, so that a fault in drawing or decoding has no power over the kernel.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/caps.h"

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#define CAP_BPF	    39
#endif

static int get(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };

	memset(data, 0, 2 * sizeof(data[0]));
	return syscall(SYS_capget, &head, data) ? -errno : 0;
}

static int set(const struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };

	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

int caps_have(int cap)
{
	struct __user_cap_data_struct data[2];

	if (get(data))
		return 0;
	return data[cap / 32].effective >> (cap % 32) & 1;
}

const char *caps_missing(char *buf, size_t len)
{
	int admin = caps_have(CAP_SYS_ADMIN);
	int bpf = admin || caps_have(CAP_BPF);
	int perfmon = admin || caps_have(CAP_PERFMON);

	snprintf(buf, len, "%s%s%s", bpf ? "" : "CAP_BPF", !bpf && !perfmon ? " and " : "",
		 perfmon ? "" : "CAP_PERFMON");
	return buf;
}

int caps_drop(int (*still_works)(void *ctx), void *ctx, bool kill)
{
	struct __user_cap_data_struct none[2], some[2];
	int err;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	err = get(some);
	if (err)
		return err;
	memset(none, 0, sizeof(none));
	none[0].permitted = none[0].effective = kill ? some[0].permitted & 1U << CAP_KILL : 0;
	some[0] = none[0];
	some[1].permitted &= 1U << (CAP_BPF - 32);
	some[1].effective = some[1].inheritable = 0;
	err = set(some);
	if (err)
		return err;
	if (!still_works(ctx))
		return set(none);
	some[1].effective = some[1].permitted;
	return set(some);
}

int caps_drop_bounding(void)
{
	int cap;

	for (cap = 0; cap < 64 && prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0))
			return -errno;
	return 0;
}

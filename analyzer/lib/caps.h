/* SPDX-License-Identifier: GPL-2.0-only */
/* The capabilities of this process: which it has, and giving them up. */
#ifndef LIB_CAPS_H
#define LIB_CAPS_H

#include <linux/capability.h>
#include <stddef.h>

/* 1 if @cap is effective. */
int caps_have(int cap);

/*
 * Which of those that observing needs are missing: "CAP_BPF and CAP_PERFMON", "" for none.
 * CAP_SYS_ADMIN stands in for both. Returns @buf.
 */
const char *caps_missing(char *buf, size_t len);

/*
 * Gives up all capabilities for good, but for CAP_BPF where @still_works fails without it: reading
 * maps through a descriptor needs it in kernels before 5.19 that deny bpf() to ordinary users.
 * Also no program executed later can get any back. 0 or -errno.
 */
int caps_drop(int (*still_works)(void *ctx), void *ctx);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* The capabilities of this process. */
#ifndef LIB_CAPS_H
#define LIB_CAPS_H

#include <linux/capability.h>
#include <stdbool.h>
#include <stddef.h>

/* 1 if @cap is effective. */
int caps_have(int cap);

/*
 * The missing ones of those that observing needs: "CAP_BPF and CAP_PERFMON", "" for none.
 * CAP_SYS_ADMIN replaces both. Returns @buf.
 */
const char *caps_missing(char *buf, size_t len);

/*
 * Drops all capabilities for good, except CAP_BPF if @still_works fails without it: kernels before 5.19
 * that deny bpf() to ordinary users need it to read maps through a descriptor. @kill: CAP_KILL stays, too.
 * Programs executed later cannot get any back. 0 or -errno.
 */
int caps_drop(int (*still_works)(void *ctx), void *ctx, bool kill);

/* Empties the bounding set: no program executed later gets a capability. 0 or -errno. */
int caps_drop_bounding(void);

#endif

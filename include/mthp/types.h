/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fixed-width types for headers that are compiled by the kernel, by clang for BPF and by a
 * userspace compiler. BPF programs include vmlinux.h first, which has them already.
 */
#ifndef MTHP_TYPES_H
#define MTHP_TYPES_H

#if !defined(__bpf__)
#include <linux/types.h>
#include <stdbool.h>
#endif

/*
 * MTHP_SUBPROG: a part of a loop that the BPF verifier checks once, as a function of its own, instead
 * of once for each path to it. For the verifier its arguments may be NULL. MTHP_INLINE: compiled
 * again for the constants of each caller. So are all functions that get a pointer to an event: as long as no
 * pointer to it leaves a program, the compiler knows its kind, and leaves out what other kinds need.
 *
 * MTHP_ONE(u64) comes before the check of a bound. Without it the compiler may compare one copy of the
 * number and use another one as an index, whose bound the verifier does not know. (clang 19 does so
 * with numbers of 32 bits.)
 */
#ifdef __bpf__
#define MTHP_INLINE   static inline __attribute__((always_inline))
#define MTHP_UNROLL   _Pragma("unroll")
#define MTHP_SUBPROG  __attribute__((noinline))
#define MTHP_ONE(u64) __asm__ volatile("" : "+r"(u64))
#pragma clang diagnostic ignored "-Wmissing-prototypes" /* all its callers are in one file */
#else
#define MTHP_INLINE static inline
#define MTHP_UNROLL
#define MTHP_SUBPROG  static inline
#define MTHP_ONE(u64) (void)0
#endif

#define MTHP_ASSERT_SIZE(type, bytes) \
	_Static_assert(sizeof(type) == (bytes), #type " is not " #bytes " bytes")

/* For tables whose index is masked by their size less one. */
#define MTHP_ASSERT_POWER_OF_TWO(n) \
	_Static_assert((n) > 0 && ((n) & ((n)-1)) == 0, #n " is no power of two")

#endif

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
 * A part of a loop that the BPF verifier checks once, as a function of its own, instead of once for
 * each way in which the loop can get there. It may be given NULL for all that the verifier knows. And
 * the opposite: what is to be compiled for the constants of each of its callers.
 *
 * MTHP_ONE(u64) before a bound is checked: the compiler may not compare one copy of the number and use
 * another as an index, of which the verifier knows no bound. (clang 19 does so with numbers of 32 bits.)
 */
#ifdef __bpf__
#define MTHP_INLINE   static inline __attribute__((always_inline))
#define MTHP_UNROLL   _Pragma("unroll")
#define MTHP_SUBPROG  __attribute__((noinline))
#define MTHP_ONE(u64) __asm__ volatile("" : "+r"(u64))
#pragma clang diagnostic ignored "-Wmissing-prototypes" /* its callers are all in one file */
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

/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIB_ARRAY_H
#define LIB_ARRAY_H

/* Elements of an array; a pointer does not compile. */
#define ARRAY_SIZE(a)                 \
	(sizeof(a) / sizeof((a)[0]) + \
	 0 * sizeof(char[1 -          \
			 2 * __builtin_types_compatible_p(__typeof__(a), __typeof__(&(a)[0]))]))

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* UTF-8 text from outside: what it holds, and how wide it is. */
#ifndef LIB_UTF8_H
#define LIB_UTF8_H

#include <mthp/types.h>

/* One character at @*s, which is moved on; U+FFFD, and one byte on, where there is none. */
__u32 utf8_next(const char **s);

/* Does the character take two columns; none at all (combining, joining, direction marks)? */
int utf8_is_wide(__u32 ch);
int utf8_is_hidden(__u32 ch);

/* Columns of @s; every character takes at least one. */
int utf8_width(const char *s);

#endif

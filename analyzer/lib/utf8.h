/* SPDX-License-Identifier: GPL-2.0-only */
/* UTF-8 text from outside: its characters, and their width. */
#ifndef LIB_UTF8_H
#define LIB_UTF8_H

#include <stdbool.h>
#include <mthp/types.h>

/* The character at *@s, which moves on; U+FFFD, and one byte on, for an invalid byte. */
__u32 utf8_next(const char **s);

/*
 * Controls, marks of direction and format, characters that are not seen, line breaks, surrogates, noncharacters: not
 * fit to print.
 */
bool utf8_is_control(__u32 ch);

/* Columns that a terminal gives the character: 0 (it joins the one before it), 1 or 2. */
int utf8_columns(__u32 ch);

/* Does Unicode give the character a glyph and columns of its own? */
bool utf8_is_drawn(__u32 ch);

/* Columns of @s. */
int utf8_width(const char *s);

#endif

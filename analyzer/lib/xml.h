/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIB_XML_H
#define LIB_XML_H

#include <stdio.h>

/*
 * Writes @s as text of HTML or XML, or as the value of an attribute: escapes the characters of markup and
 * line breaks. XML allows no other control characters, escaped or not: pass text from outside through
 * fmt_safe() first.
 */
void xml_put(const char *s, FILE *out);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * UTF-8 and how wide it is on a terminal. Our own tables and not wcwidth(), whose answer depends on
 * the locale: what is drawn for a golden test must not.
 */
#include <stddef.h>

#include "lib/array.h"
#include "lib/utf8.h"

__u32 utf8_next(const char **s)
{
	const unsigned char *p = (const unsigned char *)*s;
	int n = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 0;
	__u32 ch;
	int i;

	*s += 1;
	if (!n || p[0] > 0xf4)
		return 0xfffd;
	if (n == 1)
		return p[0];
	ch = p[0] & (0x7f >> n);
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0xfffd;
		ch = ch << 6 | (p[i] & 0x3f);
	}
	*s += n - 1;
	return ch;
}

struct range {
	__u32 from, to;
};

static int within(const struct range *r, size_t nr, __u32 ch)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (ch >= r[i].from && ch <= r[i].to)
			return 1;
	return 0;
}

int utf8_is_wide(__u32 ch)
{
	static const struct range wide[] = {
		{ 0x1100, 0x115f },   { 0x2e80, 0x303e },   { 0x3041, 0xa4cf },
		{ 0xa960, 0xa97f },   { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },
		{ 0xfe10, 0xfe19 },   { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },
		{ 0xffe0, 0xffe6 },   { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff },
		{ 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
	};

	return ch >= wide[0].from && within(wide, ARRAY_SIZE(wide), ch);
}

int utf8_is_hidden(__u32 ch)
{
	static const struct range hidden[] = {
		{ 0x80, 0x9f },	    { 0xad, 0xad },	{ 0x300, 0x36f },      { 0x483, 0x489 },
		{ 0x591, 0x5bd },   { 0x610, 0x61a },	{ 0x64b, 0x65f },      { 0x900, 0x903 },
		{ 0x93a, 0x93c },   { 0xe31, 0xe31 },	{ 0xe34, 0xe3a },      { 0x1ab0, 0x1aff },
		{ 0x1dc0, 0x1dff }, { 0x200b, 0x200f }, { 0x2028, 0x202e },    { 0x2060, 0x206f },
		{ 0x20d0, 0x20ff }, { 0xd800, 0xf8ff }, { 0xfe00, 0xfe0f },    { 0xfe20, 0xfe2f },
		{ 0xfeff, 0xfeff }, { 0xfff0, 0xfffb }, { 0xe0000, 0x10ffff },
	};

	return within(hidden, ARRAY_SIZE(hidden), ch);
}

int utf8_width(const char *s)
{
	int w = 0;

	while (*s)
		w += utf8_is_wide(utf8_next(&s)) ? 2 : 1;
	return w;
}

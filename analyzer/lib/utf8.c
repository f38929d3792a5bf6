// SPDX-License-Identifier: GPL-2.0-only
/*
 * UTF-8 and its width on a terminal, by Unicode's own data (libutf8proc). The answer of wcwidth() depends
 * on the locale; a screen of a golden test must not.
 */
#include <utf8proc.h>

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

bool utf8_is_control(__u32 ch)
{
	/* Fillers, selectors of variants, joiners, tags: Default_Ignorable_Code_Point, assigned or not. */
	if (utf8proc_get_property((utf8proc_int32_t)ch)->ignorable || ch == 0x2065 ||
	    (ch >= 0xfff0 && ch <= 0xfff8) || (ch >= 0xe0000 && ch <= 0xe0fff))
		return true;
	switch (utf8proc_category((utf8proc_int32_t)ch)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return true;
	default:
		/* Noncharacters: the last two of each plane, and 32 more. */
		return (ch & 0xfffe) == 0xfffe || (ch >= 0xfdd0 && ch <= 0xfdef) || ch > 0x10ffff;
	}
}

int utf8_columns(__u32 ch)
{
	/* Vowels and final consonants of Hangul are drawn into the syllable before them. */
	if ((ch >= 0x1160 && ch <= 0x11ff) || (ch >= 0xd7b0 && ch <= 0xd7fb))
		return 0;
	return utf8_is_control(ch) ? 0 : utf8proc_charwidth((utf8proc_int32_t)ch);
}

bool utf8_is_drawn(__u32 ch)
{
	utf8proc_category_t cat = utf8proc_category((utf8proc_int32_t)ch);

	return utf8_columns(ch) && cat != UTF8PROC_CATEGORY_CO && cat != UTF8PROC_CATEGORY_CN;
}

int utf8_width(const char *s)
{
	int w = 0;

	while (*s)
		w += utf8_columns(utf8_next(&s));
	return w;
}

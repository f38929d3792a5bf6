// SPDX-License-Identifier: GPL-2.0-only
/* Is an output fit to print? See fit.h. */
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/array.h"
#include "tests/support/fit.h"

/* A fuzzer is to learn from the program, not from this. */
#ifdef __clang__
#define UNSEEN __attribute__((no_sanitize("coverage")))
#else
#define UNSEEN
#endif

/* Controls, bidi, zero width, line ends, fillers, selectors, tags: Default_Ignorable_Code_Point, and more. */
static const struct {
	uint32_t from, to;
} unfit[] = {
	{ 0x0, 0x9 },	      { 0xb, 0x1f },	    { 0x7f, 0x9f },	{ 0xad, 0xad },
	{ 0x34f, 0x34f },     { 0x600, 0x605 },	    { 0x61c, 0x61c },	{ 0x6dd, 0x6dd },
	{ 0x70f, 0x70f },     { 0x115f, 0x1160 },   { 0x17b4, 0x17b5 }, { 0x180b, 0x180f },
	{ 0x200b, 0x200f },   { 0x2028, 0x202e },   { 0x2060, 0x206f }, { 0x3164, 0x3164 },
	{ 0xd800, 0xdfff },   { 0xfdd0, 0xfdef },   { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },   { 0xfffe, 0xffff }, { 0x1bca0, 0x1bca3 },
	{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff }, { 0x110000, ~0U },
};

/* The character at @p, and its length in @n; ~0 for what is not UTF-8. */
UNSEEN static uint32_t decode(const unsigned char *p, size_t left, size_t *n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c;
	size_t i;

	*n = p[0] < 0x80 ? 1 : p[0] >> 5 == 6 ? 2 : p[0] >> 4 == 14 ? 3 : p[0] >> 3 == 30 ? 4 : 0;
	if (!*n || *n > left)
		return ~0U;
	c = *n == 1 ? p[0] : p[0] & (0xffU >> (*n + 1));
	for (i = 1; i < *n; i++) {
		if (p[i] >> 6 != 2)
			return ~0U;
		c = c << 6 | (p[i] & 0x3f);
	}
	return c < least[*n] ? ~0U : c;
}

UNSEEN static const char *text_fault(const char *text, size_t len)
{
	size_t at, n, i;
	uint32_t c;

	for (at = 0; at < len; at += n) {
		n = 1;
		/* Nearly all are. */
		if ((text[at] >= ' ' && text[at] <= '~') || text[at] == '\n')
			continue;
		c = decode((const unsigned char *)text + at, len - at, &n);
		if (c == ~0U)
			return "invalid UTF-8";
		for (i = 0; i < ARRAY_SIZE(unfit); i++)
			if (c >= unfit[i].from && c <= unfit[i].to)
				return "a character that is not fit to print";
	}
	return NULL;
}

/* Does a spreadsheet calculate a cell that begins so? */
UNSEEN static bool is_formula(const char *s, const char *end)
{
	static const char *const signs[] = {
		"=", "+", "-", "@", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\x9d", "\xef\xbc\xa0"
	};
	size_t i;

	/* A number may be negative. */
	if (s < end && *s == '-' && s + 1 + strspn(s + 1, "0123456789") == end)
		return false;
	for (i = 0; i < ARRAY_SIZE(signs); i++)
		if ((size_t)(end - s) >= strlen(signs[i]) && !memcmp(s, signs[i], strlen(signs[i])))
			return true;
	return false;
}

/* Also where a spreadsheet splits cells at semicolons. */
UNSEEN static const char *csv_fault(const char *s, const char *end)
{
	const char *begin;

	while (s < end) {
		begin = s;
		if (*s == '"') {
			begin = ++s;
			while (s < end && !(*s == '"' && s[1] != '"'))
				s += *s == '"' ? 2 : 1;
			if (s >= end)
				return "a quote that is not closed";
			if (is_formula(begin, s))
				return "a formula";
			s++;
		} else {
			s += strcspn(s, ",;\n\"");
			if (is_formula(begin, s))
				return "a formula";
		}
		if (s < end && !strchr(",;\n", *s))
			return "a quote in a cell";
		s++;
	}
	return NULL;
}

static const char *json_fault(const char *s, size_t len)
{
	json_error_t err;
	json_t *v;

	while (len) {
		v = json_loadb(s, len, JSON_DISABLE_EOF_CHECK, &err);
		if (!v)
			return "not JSON";
		json_decref(v);
		s += err.position;
		len -= err.position;
		while (len && *s == '\n')
			s++, len--;
	}
	return NULL;
}

/* Each < has its >, values of attributes are quoted, & begins a reference. Styles have neither. */
UNSEEN static const char *markup_fault(const char *s, const char *end)
{
	bool tag = false, quoted = false;

	for (; s < end; s++) {
		if (*s == '&' && !memchr(s, ';', end - s < 8 ? end - s : 8))
			return "an & that begins nothing";
		if (*s == '<' && (tag || quoted))
			return "a < inside of a tag";
		if (*s == '<')
			tag = true;
		else if (*s == '"' && tag)
			quoted = !quoted;
		else if (*s == '>' && tag && !quoted)
			tag = false;
	}
	return tag || quoted ? "a tag without end" : NULL;
}

const char *fit_fault(enum fit_form form, const char *text, size_t len)
{
	const char *fault = text_fault(text, len);

	if (fault)
		return fault;
	switch (form) {
	case FIT_CSV:
		return csv_fault(text, text + len);
	case FIT_JSON:
		return json_fault(text, len);
	case FIT_MARKUP:
		return markup_fault(text, text + len);
	default:
		return NULL;
	}
}

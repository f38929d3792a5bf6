// SPDX-License-Identifier: GPL-2.0-only
/* Escapes text for HTML and XML; no other code does. */
#include <stddef.h>

#include "lib/xml.h"

static const char *escape(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\n':
		return "&#10;";
	default:
		return NULL;
	}
}

void xml_put(const char *s, FILE *out)
{
	const char *as;

	for (; *s; s++) {
		as = escape(*s);
		if (as)
			fputs(as, out);
		else
			fputc(*s, out);
	}
}

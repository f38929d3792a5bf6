// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines of text inside a trace: the form of everything that is small, rare and will grow.
 *
 * Names and values may hold any byte but NUL. Control characters, the backslash and, in names, the equals
 * sign are escaped, so that neither side needs a length.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/lines_priv.h"

static size_t escape(char *out, size_t room, const char *s, bool name)
{
	size_t len = 0;
	char c;

	for (; *s && len + 4 < room; s++) {
		c = *s;
		if ((unsigned char)c < 0x20 || c == 0x7f || c == '\\' || (name && c == '='))
			len += (size_t)snprintf(out + len, 5, "\\x%02x", (unsigned char)c);
		else
			out[len++] = c;
	}
	return *s ? room : len;
}

void trace_lines_add(struct trace_lines *l, const char *name, const char *value)
{
	size_t at = l->len, room;

	room = sizeof(l->buf) - at;
	at += escape(l->buf + at, room, name, true);
	if (at + 1 >= sizeof(l->buf))
		return;
	l->buf[at++] = '=';
	room = sizeof(l->buf) - at;
	at += escape(l->buf + at, room, value, false);
	if (at >= sizeof(l->buf))
		return;
	l->buf[at++] = '\n';
	l->len = at;
}

void trace_lines_u64(struct trace_lines *l, const char *name, __u64 value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	trace_lines_add(l, name, text);
}

void trace_line_begin(struct trace_line *line, const void *payload, size_t len)
{
	line->at = payload;
	line->end = line->at + len;
}

/* -1: not a digit. */
static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void unescape(char *out, size_t room, const char *from, const char *end)
{
	size_t len = 0;

	for (; from < end && len + 1 < room; from++) {
		char c = *from;

		if (c == '\\' && end - from >= 4 && hex(from[2]) >= 0 && hex(from[3]) >= 0) {
			c = (char)(hex(from[2]) << 4 | hex(from[3]));
			from += 3;
		}
		if (c)
			out[len++] = c;
	}
	out[len] = '\0';
}

bool trace_line_next(struct trace_line *line)
{
	const char *end, *equals;

	while (line->at < line->end) {
		const char *at = line->at;
		size_t left = (size_t)(line->end - at);

		end = memchr(at, '\n', left);
		if (!end)
			end = line->end;
		line->at = end < line->end ? end + 1 : end;
		equals = memchr(at, '=', (size_t)(end - at));
		if (!equals)
			continue;
		unescape(line->name, sizeof(line->name), at, equals);
		unescape(line->value, sizeof(line->value), equals + 1, end);
		return true;
	}
	return false;
}

int trace_line_u64(const struct trace_line *line, __u64 *value)
{
	char *end;

	if (!isdigit((unsigned char)line->value[0]))
		return -EINVAL;
	errno = 0;
	*value = strtoull(line->value, &end, 10);
	return errno || *end ? -EINVAL : 0;
}

void trace_line_text(const struct trace_line *line, char *to, size_t size)
{
	size_t len = strnlen(line->value, size - 1);

	memcpy(to, line->value, len);
	to[len] = '\0';
}

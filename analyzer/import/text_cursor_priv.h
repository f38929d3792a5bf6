/* SPDX-License-Identifier: GPL-2.0-only */
/* A place in a line, and taking what is there: for text_head.c and text.c. */
#ifndef IMPORT_TEXT_CURSOR_PRIV_H
#define IMPORT_TEXT_CURSOR_PRIV_H

#include <string.h>
#include <mthp/types.h>

struct cursor {
	const char *at, *end;
};

static inline int is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static inline void skip_spaces(struct cursor *c)
{
	while (c->at < c->end && *c->at == ' ')
		c->at++;
}

/* 0 digits: 0 is returned and nothing taken. */
static inline __u64 number(struct cursor *c)
{
	__u64 n = 0;

	while (c->at < c->end && is_digit(*c->at))
		n = n * 10 + (__u64)(*c->at++ - '0');
	return n;
}

static inline int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static inline __u64 hex(struct cursor *c)
{
	__u64 n = 0;
	int d;

	while (c->at < c->end && (d = hex_digit(*c->at)) >= 0) {
		n = n << 4 | (__u64)d;
		c->at++;
	}
	return n;
}

static inline int starts(const struct cursor *c, const char *text, size_t len)
{
	return (size_t)(c->end - c->at) >= len && !memcmp(c->at, text, len);
}

/* Takes @text if it is next. */
#define TAKE(c, text) (starts(c, text, sizeof(text) - 1) ? ((c)->at += sizeof(text) - 1, 1) : 0)

/* Where @text begins in what is left; NULL. */
static inline const char *find(const struct cursor *c, const char *text)
{
	return memmem(c->at, (size_t)(c->end - c->at), text, strlen(text));
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* A place in a line, and taking text there: forward, and backward from a place that is known. */
#ifndef IMPORT_TEXT_CURSOR_PRIV_H
#define IMPORT_TEXT_CURSOR_PRIV_H

#include <stdbool.h>
#include <string.h>
#include <mthp/types.h>

struct cursor {
	const char *at, *end;
};

/* The text in front of @at, down to @begin. */
struct back {
	const char *begin, *at;
};

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Characters of the names of events and fields: letters, digits and '_'. */
extern const bool imp_word_chars[256];

static inline bool is_word(char c)
{
	return imp_word_chars[(unsigned char)c];
}

static inline void skip_spaces(struct cursor *c)
{
	while (c->at < c->end && is_blank(*c->at))
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

static inline bool starts(const struct cursor *c, const char *text, size_t len)
{
	return (size_t)(c->end - c->at) >= len && !memcmp(c->at, text, len);
}

/* Takes @text if it is next. */
#define TAKE(c, text) (starts(c, text, sizeof(text) - 1) ? ((c)->at += sizeof(text) - 1, 1) : 0)

/* Where @text begins in the rest; NULL. */
static inline const char *find(const struct cursor *c, const char *text)
{
	return memmem(c->at, (size_t)(c->end - c->at), text, strlen(text));
}

/* The character in front; '\0' at the beginning. */
static inline char before(const struct back *b)
{
	return b->at > b->begin ? b->at[-1] : '\0';
}

static inline void back_spaces(struct back *b)
{
	while (is_blank(before(b)))
		b->at--;
}

static inline bool back_char(struct back *b, char c)
{
	if (!c || before(b) != c)
		return false;
	b->at--;
	return true;
}

/* The digits in front: how many, and in @n what they are. */
static inline size_t back_number(struct back *b, __u64 *n)
{
	struct cursor c = { b->at, b->at };

	while (is_digit(before(b)))
		b->at--;
	c.at = b->at;
	*n = number(&c);
	return (size_t)(c.end - b->at);
}

#endif

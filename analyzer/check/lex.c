// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words of a rules file, and errors that point at them.
 *
 * The text is not trusted: NUL bytes, control characters, endless lines and huge numbers are errors of
 * their line, and no more. Nothing is allocated: tokens point into the text. A backslash at the end of
 * a line joins the next one to it.
 */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "check/lex_priv.h"
#include "lib/fmt.h"

void check_error(struct check_source *src, struct check_span at, const char *fmt, ...)
{
	struct check_error *e;
	va_list ap;

	if (src->nr_errors++ >= CHECK_MAX_ERRORS)
		return;
	e = &src->errors[src->nr_errors - 1];
	e->at = at;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
}

/* Text of @line, without its end; @len bytes. */
static const char *line_text(const struct check_source *src, unsigned int line, size_t *len)
{
	const char *at = src->text, *end = src->text + src->len, *nl;

	while (--line && (nl = memchr(at, '\n', end - at)))
		at = nl + 1;
	nl = memchr(at, '\n', end - at);
	*len = (nl ? nl : end) - at;
	if (*len && at[*len - 1] == '\r')
		--*len;
	return at;
}

/* @len bytes as fmt_printable() shows them; a tab becomes a space, a NUL byte a dot. */
static void safe_part(const char *text, size_t len, char *buf, size_t size)
{
	char raw[256];
	size_t i;

	if (len > sizeof(raw) - 1)
		len = sizeof(raw) - 1;
	for (i = 0; i < len; i++)
		raw[i] = text[i] == '\t' ? ' ' : text[i] ? text[i] : '.';
	raw[len] = '\0';
	fmt_printable(raw, buf, size);
}

static unsigned int columns(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

void check_error_print(const struct check_source *src, const struct check_error *e,
		       const char *prefix, FILE *out)
{
	size_t len, from = 0, col = e->at.col - 1;
	const char *text = line_text(src, e->at.line, &len);
	char before[1024], marked[1024], rest[1024], name[256];
	unsigned int i, n;

	fmt_safe(src->name, name, sizeof(name));
	fmt_printable(e->msg, rest, sizeof(rest));
	fprintf(out, "%s%s:%u:%u: %s\n", prefix, name, e->at.line, e->at.col, rest);
	if (col > len)
		col = len;
	/* Of a long line, the part around the error. */
	if (col > 120)
		from = col - 60;
	n = e->at.len < len - col ? e->at.len : len - col;
	safe_part(text + from, col - from, before, sizeof(before));
	safe_part(text + col, n, marked, sizeof(marked));
	safe_part(text + col + n, len - col - n < 60 ? len - col - n : 60, rest, sizeof(rest));
	fprintf(out, "%s  %s%s%s%s\n", prefix, from ? "..." : "", before, marked, rest);
	fprintf(out, "%s  %*s^", prefix, (int)(columns(before) + (from ? 3 : 0)), "");
	for (i = 1; i < columns(marked); i++)
		fputc('~', out);
	fputc('\n', out);
}

void check_lex_init(struct check_lex *lex, struct check_source *src)
{
	src->nr_errors = 0;
	memset(lex, 0, sizeof(*lex));
	lex->src = src;
	lex->line = 1;
	/* A byte order mark. */
	if (src->len >= 3 && !memcmp(src->text, "\xef\xbb\xbf", 3))
		lex->pos = lex->line_at = 3;
}

static int peek(const struct check_lex *lex, size_t ahead)
{
	size_t at = lex->pos + ahead;

	return at < lex->src->len ? (unsigned char)lex->src->text[at] : -1;
}

static bool is_word(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static void new_line(struct check_lex *lex)
{
	lex->pos++;
	lex->line++;
	lex->line_at = lex->pos;
}

/* Length of the line end here: a newline, perhaps after a carriage return; 0: none. */
static int line_end(const struct check_lex *lex, size_t ahead)
{
	if (peek(lex, ahead) == '\n')
		return 1;
	return peek(lex, ahead) == '\r' && peek(lex, ahead + 1) == '\n' ? 2 : 0;
}

/* Passes over blanks, comments and joined lines. */
static void skip_blank(struct check_lex *lex)
{
	int c, n;

	for (;;) {
		c = peek(lex, 0);
		n = c == '\\' ? line_end(lex, 1) : 0;
		if (c == ' ' || c == '\t') {
			lex->pos++;
		} else if (n) {
			lex->pos += n;
			new_line(lex);
		} else if (c == '\r' && peek(lex, 1) == '\n') {
			lex->pos++;
		} else if (c == '#') {
			while (peek(lex, 0) != '\n' && peek(lex, 0) > 0)
				lex->pos++;
		} else {
			return;
		}
	}
}

static void lex_word(struct check_lex *lex, struct check_token *tok)
{
	size_t n = 0;

	tok->type = TOK_WORD;
	while (is_word(peek(lex, n)) || is_digit(peek(lex, n)))
		n++;
	tok->len = n;
	if (*tok->text != 'p' || n < 2 || strspn(tok->text + 1, "0123456789") < n - 1)
		return;
	/* p50, p99.9 */
	tok->type = TOK_QUANTILE;
	if (peek(lex, n) == '.' && is_digit(peek(lex, n + 1)))
		for (n++; is_digit(peek(lex, n));)
			n++;
	tok->len = n;
	tok->at.len = n;
	tok->num = strtod(tok->text + 1, NULL) / 100;
	if (n > 12 || tok->num <= 0 || tok->num >= 1) {
		check_error(lex->src, tok->at, "not a quantile: %.*s (p1 to p99.99)",
			    n < 20 ? (int)n : 20, tok->text);
		tok->type = TOK_BAD;
	}
}

/* Multiplies by the unit after a number. false: unknown unit. */
static bool apply_unit(struct check_token *tok, const char *unit, size_t len)
{
	static const struct {
		const char *name;
		enum check_unit unit;
		double factor;
	} units[] = {
		{ "", UNIT_COUNT, 1 },	       { "%", UNIT_PERCENT, 0.01 },
		{ "B", UNIT_BYTES, 1 },	       { "K", UNIT_BYTES, 1024 },
		{ "k", UNIT_BYTES, 1024 },     { "KB", UNIT_BYTES, 1024 },
		{ "KiB", UNIT_BYTES, 1024 },   { "kB", UNIT_BYTES, 1024 },
		{ "M", UNIT_BYTES, 1048576 },  { "m", UNIT_BYTES, 1048576 },
		{ "MB", UNIT_BYTES, 1048576 }, { "MiB", UNIT_BYTES, 1048576 },
		{ "G", UNIT_BYTES, 0x1p30 },   { "g", UNIT_BYTES, 0x1p30 },
		{ "GB", UNIT_BYTES, 0x1p30 },  { "GiB", UNIT_BYTES, 0x1p30 },
		{ "T", UNIT_BYTES, 0x1p40 },   { "t", UNIT_BYTES, 0x1p40 },
		{ "TB", UNIT_BYTES, 0x1p40 },  { "TiB", UNIT_BYTES, 0x1p40 },
		{ "ns", UNIT_NS, 1 },	       { "us", UNIT_NS, 1e3 },
		{ "ms", UNIT_NS, 1e6 },	       { "s", UNIT_NS, 1e9 },
		{ "min", UNIT_NS, 60e9 },      { "h", UNIT_NS, 3600e9 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(units); i++) {
		if (strlen(units[i].name) != len || memcmp(units[i].name, unit, len))
			continue;
		tok->unit = units[i].unit;
		/* Not 90 * 0.01, which is not 0.9. */
		if (tok->unit == UNIT_PERCENT)
			tok->num /= 100;
		else
			tok->num *= units[i].factor;
		return true;
	}
	return false;
}

/* 15/16: the number before the slash, @digits bytes, was read already. */
static void lex_slot(struct check_lex *lex, struct check_token *tok, size_t digits)
{
	size_t n = digits + 1;

	while (is_digit(peek(lex, n)))
		n++;
	tok->type = TOK_SLOT;
	tok->unit = UNIT_SLOT;
	tok->len = n;
	tok->at.len = n;
	if (tok->num < 0 || tok->num > 15 || tok->num != floor(tok->num) || n - digits != 3 ||
	    memcmp(tok->text + digits, "/16", 3)) {
		check_error(lex->src, tok->at,
			    "not a bucket: %.*s (buckets: empty, 0/16 to 15/16, full)",
			    n < 20 ? (int)n : 20, tok->text);
		tok->type = TOK_BAD;
	}
	/* A bucket is named by its lower bound; the first one is empty. */
	tok->num++;
}

/* Bytes of the number here, without its unit. */
static size_t digits_here(const struct check_lex *lex)
{
	size_t n = peek(lex, 0) == '-';

	while (is_digit(peek(lex, n)))
		n++;
	if (peek(lex, n) == '.' && is_digit(peek(lex, n + 1)))
		for (n++; is_digit(peek(lex, n));)
			n++;
	return n;
}

static void lex_number(struct check_lex *lex, struct check_token *tok)
{
	size_t digits = digits_here(lex), n = digits;
	char buf[32];

	while (is_word(peek(lex, n)) || is_digit(peek(lex, n)))
		n++;
	if (n == digits && peek(lex, n) == '%')
		n++;
	tok->type = TOK_NUMBER;
	tok->len = n;
	tok->at.len = n;
	tok->num = INFINITY;
	if (digits < sizeof(buf)) {
		memcpy(buf, tok->text, digits);
		buf[digits] = '\0';
		tok->num = strtod(buf, NULL);
	}
	if (n == digits && peek(lex, n) == '/' && is_digit(peek(lex, n + 1))) {
		lex_slot(lex, tok, digits);
	} else if (!apply_unit(tok, tok->text + digits, n - digits)) {
		check_error(lex->src, tok->at,
			    "unknown unit: %.*s (use %%, K, M, G, T, ns, us, ms, s, min, h)",
			    n - digits < 20 ? (int)(n - digits) : 20, tok->text + digits);
		tok->type = TOK_BAD;
	} else if (fabs(tok->num) > CHECK_MAX_NUMBER) {
		check_error(
			lex->src, tok->at,
			"number too large: %.*s (at most 1e18, in bytes or ns if it has a unit)",
			n < 40 ? (int)n : 40, tok->text);
		tok->type = TOK_BAD;
	}
}

static void lex_string(struct check_lex *lex, struct check_token *tok)
{
	size_t n = 1;

	while (peek(lex, n) != '"') {
		if (peek(lex, n) < ' ') {
			tok->at.len = n;
			tok->len = n;
			tok->type = TOK_BAD;
			check_error(lex->src, tok->at, "unterminated string");
			return;
		}
		n += peek(lex, n) == '\\' && peek(lex, n + 1) >= ' ' ? 2 : 1;
	}
	tok->type = TOK_STRING;
	tok->text++;
	tok->len = n - 1;
	tok->at.len = n + 1;
}

static void lex_punct(struct check_lex *lex, struct check_token *tok)
{
	static const char *const ops[] = { "..", "==", "!=", "<=", ">=", "<", ">", "=",
					   "(",	 ")",  "{",  "}",  ",",	 ":", "." };
	int c = peek(lex, 0);
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		len = strlen(ops[i]);
		if (lex->src->len - lex->pos >= len && !memcmp(tok->text, ops[i], len)) {
			tok->type = TOK_PUNCT;
			tok->len = len;
			strcpy(tok->op, ops[i]);
			return;
		}
	}
	tok->type = TOK_BAD;
	tok->len = 1;
	if (!c)
		check_error(lex->src, tok->at, "NUL byte (a rules file is text)");
	else if (c < 0x20 || c >= 0x7f)
		check_error(lex->src, tok->at, "unexpected byte: \\x%02x", c);
	else
		check_error(lex->src, tok->at, "unexpected character: %c", c);
}

void check_lex_next(struct check_lex *lex, struct check_token *tok)
{
	bool quoted;
	int c;

	skip_blank(lex);
	memset(tok, 0, sizeof(*tok));
	tok->text = lex->src->text + lex->pos;
	tok->at.line = lex->line;
	tok->at.col = lex->pos - lex->line_at + 1;
	tok->at.len = 1;
	c = peek(lex, 0);
	if (c < 0) {
		tok->type = TOK_END;
		return;
	}
	if (c == '\n') {
		tok->type = TOK_LINE;
		new_line(lex);
		return;
	}
	quoted = c == '"';
	if (lex->pos - lex->line_at >= CHECK_MAX_LINE) {
		check_error(lex->src, tok->at, "line too long (at most %d bytes)", CHECK_MAX_LINE);
		tok->type = TOK_BAD;
		while (peek(lex, 0) >= 0 && peek(lex, 0) != '\n')
			lex->pos++;
		return;
	}
	if (is_word(c))
		lex_word(lex, tok);
	else if (is_digit(c) || (c == '-' && is_digit(peek(lex, 1))))
		lex_number(lex, tok);
	else if (quoted)
		lex_string(lex, tok);
	else
		lex_punct(lex, tok);
	if (!quoted)
		tok->at.len = tok->len;
	lex->pos += tok->at.len;
}

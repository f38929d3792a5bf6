/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words of a rules file. Every token has its place, so that an error in it, then or later, is shown
 * with line, column and a caret.
 */
#ifndef CHECK_LEX_PRIV_H
#define CHECK_LEX_PRIV_H

#include "check/rules.h"

enum check_type {
	TOK_END,  /* of the text */
	TOK_LINE, /* end of a line */
	TOK_WORD,
	TOK_NUMBER,
	TOK_SLOT,     /* 15/16 */
	TOK_QUANTILE, /* p99.9: num is 0.999 */
	TOK_STRING,   /* text and len: between the quotes, with escapes */
	TOK_PUNCT,    /* op holds it */
	TOK_BAD,      /* its error is noted */
};

struct check_token {
	enum check_type type;
	struct check_span at;
	const char *text;
	size_t len;
	char op[3]; /* "(", "<=", "..", ... */
	double num;
	enum check_unit unit;
};

struct check_lex {
	struct check_source *src;
	size_t pos;
	size_t line_at; /* where the line begins */
	unsigned int line;
};

/* @src must have name, text and len; its errors are reset. */
void check_lex_init(struct check_lex *lex, struct check_source *src);
void check_lex_next(struct check_lex *lex, struct check_token *tok);

/* Notes an error at @at: src->errors. */
void check_error(struct check_source *src, struct check_span at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Writes one error: "what: NAME:LINE:COLUMN: message", the line and a caret below it, both made
 * harmless for terminals. @prefix is put before every line.
 */
void check_error_print(const struct check_source *src, const struct check_error *e,
		       const char *prefix, FILE *out);

#endif

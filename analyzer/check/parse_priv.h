/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parser's layers: tokens, values, the subject of a rule, a rule; parse.c is on top. Every parse_*()
 * returns false after it noted an error.
 */
#ifndef CHECK_PARSE_PRIV_H
#define CHECK_PARSE_PRIV_H

#include <stdbool.h>

#include "check/lex_priv.h"

struct check_parser {
	struct check_rules *rules;
	struct check_lex lex;
	struct check_token tok; /* the next one */
	const char *last_end;	/* end of the one before it, in the text */
	const char *rule_at;	/* begin of the rule, in the text */
	bool nomem;
	unsigned int scopes[CHECK_MAX_NESTING]; /* of the for ...: blocks around */
	struct check_span scope_at[CHECK_MAX_NESTING];
	unsigned int depth;
	bool bad_scope; /* the line begins with a wrong `for` */
};

/* tokens.c */

void parser_next(struct check_parser *p);
bool parser_is(const struct check_parser *p, const char *word_or_op);
/* Passes over @word_or_op if it is next. */
bool parser_take(struct check_parser *p, const char *word_or_op);
/* As parser_take(); if something else is next, that is an error. */
bool parser_expect(struct check_parser *p, const char *word_or_op);
/* Notes the error that @what was expected here. Returns false. */
bool parser_wanted(struct check_parser *p, const char *what);
/* Is the next token the end of its line? */
bool parser_at_end(const struct check_parser *p);
/* Keeps a copy of @len bytes until the rules are freed. NULL: out of memory, noted in the parser. */
const char *parser_keep(struct check_parser *p, const char *text, size_t len);
/* As parser_keep(), of the contents of a string: escapes are resolved. */
const char *parser_keep_string(struct check_parser *p, const char *text, size_t len);
/* As parser_keep(), the text from @from to the last token with single blanks. */
const char *parser_keep_line(struct check_parser *p, const char *from);
/* An index of the baseline path that is next. */
bool parser_baseline(struct check_parser *p, int *base);

/* parse_values.c */

bool parse_lit(struct check_parser *p, struct check_lit *lit);
/* Can a size written so be one of a folio? */
bool parse_size_ok(struct check_parser *p, const struct check_lit *lit);
/* A percentage from 0% to @most, which is 1 for 100%. */
bool parse_percent(struct check_parser *p, double most, double *share);
bool parse_percent_ok(struct check_parser *p, const struct check_lit *lit, double most);
/* A comparison, if one is next; not an error if not. */
bool parse_cmp(struct check_parser *p, enum check_cmp *cmp);
/* A..B, A, above A, below A, in A..B, or a comparison and A. */
bool parse_range(struct check_parser *p, struct check_range *range);

/* parse_subject.c: the table, rows and field that a rule is about. */

bool parse_outcome(struct check_parser *p, struct check_operand *o);
bool parse_share(struct check_parser *p, struct check_operand *o);
/* @field_named: false when neither a field nor a single row was named. */
bool parse_subject(struct check_parser *p, struct check_operand *o, bool *field_named);
/* The field that a histogram of @t is made of when none is named; NULL: @t is no histogram. */
const struct field *subject_histogram(const struct table *t);

/* parse_rule.c: from the operand to the end of the predicate. */
bool parse_rule(struct check_parser *p, struct check_rule *rule);

/* sanity.c: notes errors of rules that cannot hold or cannot fail, and of those that contradict others. */
void check_sanity(struct check_rules *rules);

#endif

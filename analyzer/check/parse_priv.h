/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the parser share; measure.c asks for the names of tier 2. */
#ifndef CHECK_PARSE_PRIV_H
#define CHECK_PARSE_PRIV_H

#include "check/rules_priv.h"

struct check_parser {
	struct check_rules *rules;
	struct check_lex lex;
	struct check_token tok; /* the next one */
	const char *last_end;	/* end of the one before it, in the text */
	int nomem;
	unsigned int scopes[CHECK_MAX_NESTING]; /* of the for ...: blocks around */
	struct check_span scope_at[CHECK_MAX_NESTING];
	unsigned int depth;
	int bad_scope; /* the line begins with a for that was not understood */
};

/* parse.c: tokens. Those that return int return 1 for yes; failures were told. */
void parser_next(struct check_parser *p);
int parser_is(const struct check_parser *p, const char *word_or_op);
int parser_take(struct check_parser *p, const char *word_or_op);
int parser_expect(struct check_parser *p, const char *word_or_op);
/* Tells that something else was expected here. Returns 0. */
int parser_wanted(struct check_parser *p, const char *what);
/* Keeps a copy of @len bytes until the rules are freed; with @unescape, as a string's contents. */
const char *parser_keep(struct check_parser *p, const char *text, size_t len, int unescape);
/* As parser_keep(), the text from @from to @end with single blanks. */
char *parser_text(struct check_parser *p, const char *from, const char *end);
/* Index of a baseline path, at the token after `baseline`; -1 after an error. */
int parser_baseline(struct check_parser *p);

/* parse_rule.c. Each parses at p->tok; 1, or 0 after an error. */
int parse_lit(struct check_parser *p, struct check_lit *lit);
/* Can a size written so be one of a folio? */
int parse_size_ok(struct check_parser *p, const struct check_lit *lit);
int parse_percent(struct check_parser *p, double *share);
/* A..B, A, above A, below A, in A..B, or a comparison and A. */
int parse_range(struct check_parser *p, struct check_range *range);
/* From the operand to the end of the predicate. */
int parse_rule(struct check_parser *p, struct check_rule *rule);

/* parse_subject.c: the table, rows and field that a rule is about. */
int parse_keys(struct check_parser *p, struct check_sel *sel);
int parse_outcome(struct check_parser *p, struct check_operand *o);
int parse_share(struct check_parser *p, struct check_operand *o);
/* @histogram: set when neither field nor single row was named. */
int parse_subject(struct check_parser *p, struct check_operand *o, int *field_named);
/* The field that a histogram of @t is made of when none is named; NULL: @t is no histogram. */
const struct field *subject_histogram(const struct table *t);

/* names.c. NULL: none of that name. */
const struct table *names_table(const char *name);
const struct field *names_field(const struct table *t, const char *name);
/* Errors at @at that name the nearest. Return 0. */
int names_no_subject(struct check_parser *p, const struct check_token *tok);
int names_no_field(struct check_parser *p, const struct table *t, const struct check_token *tok);
int names_no_key(struct check_parser *p, const struct table *t, const struct check_token *tok);
/* The key field of outcomes that @text is a value of. */
const struct field *names_outcome_key(const struct table *t, const char *text);
enum check_unit names_unit(const struct field *f);

/* sanity.c: rules that cannot hold, or cannot fail, alone or together. Notes errors. */
void sense_check(struct check_rules *rules);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of tables and fields as rules write them, and the nearest ones of a wrong name. */
#ifndef CHECK_NAMES_PRIV_H
#define CHECK_NAMES_PRIV_H

#include <stdbool.h>

#include "check/lex_priv.h"

/* The share of the attempts that succeeded: in rules it looks like a field of orders. */
#define NAMES_SUCCESS "success"

/* NULL: none of that name. */
const struct table *names_table(const char *name);
const struct field *names_field(const struct table *t, const char *name);
/* The key of @t that is of @type. */
const struct field *names_key(const struct table *t, enum field_type type);
/* The key field of outcomes that @text is a value of. */
const struct field *names_outcome_key(const char *text);
/* The number of all losses, which rules may also compare with a share of the events. */
bool names_is_lost(const struct field *f);
/* A key that is the name of a result. */
bool names_is_result(const struct field *f);
enum check_unit names_unit(const struct field *f);

/* Notes an error at @tok that names the nearest. Returns false. */
bool names_no_subject(struct check_source *src, const struct check_token *tok);
bool names_no_field(struct check_source *src, const struct table *t, const struct check_token *tok);
bool names_no_key(struct check_source *src, const struct table *t, const struct check_token *tok);

/*
 * The names nearest to @word of @nr candidates, as " (nearest: a, b)", or "" where none is near.
 * Returns @buf.
 */
char *check_nearest(const char *word, const char *const *names, size_t nr, char *buf, size_t len);

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parser's token of lookahead, and the texts that rules keep. All other files of the parser call
 * this one; it calls none of them.
 */
#include <stdlib.h>
#include <string.h>

#include "check/parse_priv.h"

void parser_next(struct check_parser *p)
{
	if (!parser_at_end(p))
		p->last_end = p->tok.text + p->tok.len + (p->tok.type == TOK_STRING);
	check_lex_next(&p->lex, &p->tok);
}

bool parser_is(const struct check_parser *p, const char *what)
{
	return (p->tok.type == TOK_WORD || p->tok.type == TOK_PUNCT) &&
	       strlen(what) == p->tok.len && !memcmp(what, p->tok.text, p->tok.len);
}

bool parser_take(struct check_parser *p, const char *what)
{
	if (!parser_is(p, what))
		return false;
	parser_next(p);
	return true;
}

bool parser_at_end(const struct check_parser *p)
{
	return p->tok.type == TOK_LINE || p->tok.type == TOK_END;
}

bool parser_wanted(struct check_parser *p, const char *what)
{
	if (p->tok.type == TOK_BAD)
		return false;
	if (parser_at_end(p))
		check_error(&p->rules->src, p->tok.at, "the line ends where %s should follow",
			    what);
	else
		check_error(&p->rules->src, p->tok.at, "expected %s", what);
	return false;
}

bool parser_expect(struct check_parser *p, const char *what)
{
	return parser_take(p, what) || parser_wanted(p, what);
}

/* @len zero bytes and a NUL that live as long as the rules. */
static char *keep(struct check_parser *p, size_t len)
{
	struct check_rules *r = p->rules;
	char **strings, *s;

	strings = reallocarray(r->strings, r->nr_strings + 1, sizeof(*strings));
	if (strings)
		r->strings = strings;
	s = strings ? calloc(1, len + 1) : NULL;
	if (s)
		r->strings[r->nr_strings++] = s;
	else
		p->nomem = true;
	return s;
}

const char *parser_keep(struct check_parser *p, const char *text, size_t len)
{
	char *s = keep(p, len);

	if (s)
		memcpy(s, text, len);
	return s;
}

const char *parser_keep_string(struct check_parser *p, const char *text, size_t len)
{
	char *s = keep(p, len), *to = s;
	size_t i;

	for (i = 0; s && i < len; i++) {
		if (text[i] == '\\' && i + 1 < len)
			i++;
		*to++ = text[i];
	}
	return s;
}

const char *parser_keep_line(struct check_parser *p, const char *from)
{
	size_t len = p->last_end - from, i;
	char *s = keep(p, len), *to = s;
	bool quoted = false, joined;

	for (i = 0; s && i < len; i++) {
		if (from[i] == '"' && (!i || from[i - 1] != '\\'))
			quoted = !quoted;
		joined = from[i] == '\\' && i + 1 < len && strchr("\r\n", from[i + 1]);
		if (quoted || (!joined && !strchr(" \t\r\n", from[i])))
			*to++ = from[i];
		else if (to > s && to[-1] != ' ')
			*to++ = ' ';
	}
	return s;
}

bool parser_baseline(struct check_parser *p, int *base)
{
	struct check_rules *r = p->rules;
	const char *path, **bases;
	unsigned int i;

	if (p->tok.type != TOK_STRING || !p->tok.len)
		return parser_wanted(p, "the path of a trace in quotes");
	path = parser_keep_string(p, p->tok.text, p->tok.len);
	if (!path)
		return false;
	for (i = 0; i < r->nr_bases; i++)
		if (!strcmp(r->bases[i], path))
			break;
	if (i == CHECK_MAX_BASES) {
		check_error(&r->src, p->tok.at, "too many baselines (at most %d)", CHECK_MAX_BASES);
		return false;
	}
	if (i == r->nr_bases) {
		bases = reallocarray(r->bases, i + 1, sizeof(*bases));
		if (!bases) {
			p->nomem = true;
			return false;
		}
		r->bases = bases;
		r->bases[r->nr_bases++] = path;
	}
	parser_next(p);
	*base = i;
	return true;
}

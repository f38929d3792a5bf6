// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules files, line by line: scopes, settings of the file, and rules with what may follow them.
 * parse_rule.c and parse_subject.c parse the inside of a rule.
 *
 * One token of lookahead, and no recursion: what nests is bounded by CHECK_MAX_NESTING. After an
 * error the rest of its line is passed over, so that one run tells all that is wrong.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/parse_priv.h"

void parser_next(struct check_parser *p)
{
	if (p->tok.type != TOK_LINE && p->tok.type != TOK_END)
		p->last_end = p->tok.text + p->tok.len + (p->tok.type == TOK_STRING);
	check_lex_next(&p->lex, &p->tok);
}

int parser_is(const struct check_parser *p, const char *what)
{
	return (p->tok.type == TOK_WORD || p->tok.type == TOK_PUNCT) &&
	       strlen(what) == p->tok.len && !memcmp(what, p->tok.text, p->tok.len);
}

int parser_take(struct check_parser *p, const char *what)
{
	if (!parser_is(p, what))
		return 0;
	parser_next(p);
	return 1;
}

int parser_wanted(struct check_parser *p, const char *what)
{
	if (p->tok.type == TOK_BAD)
		return 0;
	if (p->tok.type == TOK_LINE || p->tok.type == TOK_END)
		check_error(&p->rules->src, p->tok.at, "the line ends where %s should follow",
			    what);
	else
		check_error(&p->rules->src, p->tok.at, "expected %s", what);
	return 0;
}

int parser_expect(struct check_parser *p, const char *what)
{
	return parser_take(p, what) || parser_wanted(p, what);
}

const char *parser_keep(struct check_parser *p, const char *text, size_t len, int unescape)
{
	struct check_rules *r = p->rules;
	char **strings, *s, *to;
	size_t i;

	strings = reallocarray(r->strings, r->nr_strings + 1, sizeof(*strings));
	if (strings)
		r->strings = strings;
	s = strings ? calloc(1, len + 1) : NULL;
	if (!s) {
		p->nomem = 1;
		return NULL;
	}
	r->strings[r->nr_strings++] = s;
	for (i = 0, to = s; text && i < len; i++) {
		if (unescape && text[i] == '\\' && i + 1 < len)
			i++;
		*to++ = text[i];
	}
	return s;
}

char *parser_text(struct check_parser *p, const char *from, const char *end)
{
	char *s = (char *)parser_keep(p, from, end - from, 0), *to = s, *at = s;
	int quoted = 0;

	for (; s && *at; at++) {
		if (*at == '"' && (at == s || at[-1] != '\\'))
			quoted = !quoted;
		if (!quoted && (strchr(" \t\r\n", *at) || (*at == '\\' && strchr("\r\n", at[1])))) {
			if (to > s && to[-1] != ' ')
				*to++ = ' ';
		} else {
			*to++ = *at;
		}
	}
	if (s)
		*to = '\0';
	return s;
}

int parser_baseline(struct check_parser *p)
{
	struct check_rules *r = p->rules;
	const char *path;
	char **bases;
	unsigned int i;

	if (p->tok.type != TOK_STRING || !p->tok.len) {
		parser_wanted(p, "the path of a trace in quotes");
		return -1;
	}
	path = parser_keep(p, p->tok.text, p->tok.len, 1);
	if (!path)
		return -1;
	for (i = 0; i < r->nr_bases; i++)
		if (!strcmp(r->bases[i], path))
			break;
	if (i == CHECK_MAX_BASES) {
		check_error(&r->src, p->tok.at, "too many baselines (at most %d)", CHECK_MAX_BASES);
		return -1;
	}
	if (i == r->nr_bases) {
		bases = reallocarray(r->bases, i + 1, sizeof(*bases));
		if (!bases) {
			p->nomem = 1;
			return -1;
		}
		r->bases = bases;
		r->bases[r->nr_bases++] = (char *)path;
	}
	parser_next(p);
	return i;
}

static int parse_time(struct check_parser *p, double *ns)
{
	if (p->tok.type != TOK_NUMBER || p->tok.num < 0 || (p->tok.unit != UNIT_NS && p->tok.num))
		return parser_wanted(p, "a time such as 10s");
	*ns = p->tok.num;
	parser_next(p);
	return 1;
}

static int parse_pattern(struct check_parser *p, const char **to)
{
	if ((p->tok.type != TOK_STRING && p->tok.type != TOK_WORD) || !p->tok.len)
		return parser_wanted(p, "a name in quotes");
	*to = parser_keep(p, p->tok.text, p->tok.len, p->tok.type == TOK_STRING);
	parser_next(p);
	return *to != NULL;
}

static int parse_requester(struct check_parser *p, struct check_scope *s)
{
	int i;

	for (i = 0; i < MTHP_NR_REQUESTERS; i++) {
		if (parser_take(p, meta_requester_name(i))) {
			s->requester = i;
			return 1;
		}
	}
	return parser_wanted(p, "a requester (unknown, khugepaged, madvise, damon)");
}

static int parse_each(struct check_parser *p, struct check_scope *s)
{
	if (s->each != EACH_NONE) {
		check_error(&p->rules->src, p->tok.at, "only one of every and each");
		return 0;
	}
	if (parser_take(p, "process")) {
		s->each = EACH_PROCESS;
		return 1;
	}
	s->each = EACH_WINDOW;
	if (!parse_time(p, &s->every_ns))
		return 0;
	if (s->every_ns >= 1e6)
		return 1;
	check_error(&p->rules->src, p->tok.at, "windows are at least 1ms long");
	return 0;
}

/* One condition of a scope. */
static int parse_filter(struct check_parser *p, struct check_scope *s)
{
	if ((s->comm && parser_is(p, "comm")) || (s->cgroup && parser_is(p, "cgroup")) ||
	    (s->tgid && parser_is(p, "pid")) || (s->to_ns && parser_is(p, "time")) ||
	    (s->requester >= 0 && parser_is(p, "requester"))) {
		check_error(&p->rules->src, p->tok.at, "%.*s is given twice", (int)p->tok.len,
			    p->tok.text);
		return 0;
	}
	if (parser_take(p, "comm"))
		return parse_pattern(p, &s->comm);
	if (parser_take(p, "cgroup"))
		return parse_pattern(p, &s->cgroup);
	if (parser_take(p, "requester"))
		return parse_requester(p, s);
	if (parser_is(p, "each") || parser_is(p, "every")) {
		parser_next(p);
		return parse_each(p, s);
	}
	if (parser_take(p, "time")) {
		if (!parse_time(p, &s->from_ns) || !parser_expect(p, "..") ||
		    !parse_time(p, &s->to_ns))
			return 0;
		if (s->to_ns > s->from_ns)
			return 1;
		check_error(&p->rules->src, p->tok.at, "time ends before it begins");
		return 0;
	}
	if (!parser_take(p, "pid"))
		return parser_wanted(p,
				     "comm, cgroup, pid, requester, time, every or each process");
	if (p->tok.type != TOK_NUMBER || p->tok.unit != UNIT_COUNT || p->tok.num < 1 ||
	    p->tok.num > 4194304 || p->tok.num != floor(p->tok.num))
		return parser_wanted(p, "a process id");
	s->tgid = p->tok.num;
	parser_next(p);
	return 1;
}

static int same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static int same_scope(const struct check_scope *a, const struct check_scope *b)
{
	return same_text(a->comm, b->comm) && same_text(a->cgroup, b->cgroup) &&
	       a->tgid == b->tgid && a->requester == b->requester && a->from_ns == b->from_ns &&
	       a->to_ns == b->to_ns && a->each == b->each && a->every_ns == b->every_ns;
}

/* Index of a scope like @s, made when it is new; -1 after an error. */
static int keep_scope(struct check_parser *p, const struct check_scope *s, struct check_span at)
{
	struct check_rules *r = p->rules;
	struct check_scope *scopes;
	unsigned int i;

	for (i = 0; i < r->nr_scopes; i++)
		if (same_scope(&r->scopes[i], s))
			return i;
	if (i == CHECK_MAX_SCOPES) {
		check_error(&r->src, at, "too many different scopes (at most %d)",
			    CHECK_MAX_SCOPES);
		return -1;
	}
	scopes = reallocarray(r->scopes, i + 1, sizeof(*scopes));
	if (!scopes) {
		p->nomem = 1;
		return -1;
	}
	r->scopes = scopes;
	r->scopes[r->nr_scopes++] = *s;
	return i;
}

/* for A and B: ... up to the colon, if there is one. @index: of the scope. */
static int parse_scope(struct check_parser *p, unsigned int *index)
{
	struct check_span at = p->tok.at;
	struct check_scope s = p->rules->scopes[*index];
	const char *from;
	char *text;
	int i;

	parser_next(p);
	from = p->tok.text - (p->tok.type == TOK_STRING);
	do {
		if (!parse_filter(p, &s))
			return 0;
	} while (parser_take(p, "and"));
	text = parser_text(p, from, p->last_end);
	if (!text)
		return 0;
	snprintf(s.text, sizeof(s.text), "%.50s%s%.70s", p->rules->scopes[*index].text,
		 *index ? " and " : "", text);
	i = keep_scope(p, &s, at);
	if (i < 0)
		return 0;
	*index = i;
	return 1;
}

static int parse_samples(struct check_parser *p, long *n)
{
	if (!parser_expect(p, "least"))
		return 0;
	if (p->tok.type != TOK_NUMBER || p->tok.unit != UNIT_COUNT || p->tok.num < 0 ||
	    p->tok.num > 1e15 || p->tok.num != floor(p->tok.num))
		return parser_wanted(p, "a number of samples");
	*n = p->tok.num;
	parser_next(p);
	return parser_take(p, "sample") || parser_expect(p, "samples");
}

/* with at least N samples else skip if known */
static int parse_suffixes(struct check_parser *p, struct check_rule *rule)
{
	for (;;) {
		if (p->tok.type == TOK_LINE || p->tok.type == TOK_END)
			return 1;
		if (parser_take(p, "with")) {
			if (!parser_expect(p, "at") || !parse_samples(p, &rule->min_samples))
				return 0;
		} else if (parser_take(p, "else")) {
			if (!parser_expect(p, "skip"))
				return 0;
			rule->else_skip = 1;
		} else if (parser_take(p, "if")) {
			if (!parser_expect(p, "known"))
				return 0;
			rule->if_known = 1;
		} else {
			return parser_wanted(
				p,
				"the end of the line, with at least N samples, else skip or if known");
		}
	}
}

static int new_rule(struct check_parser *p, unsigned int scope)
{
	struct check_rules *r = p->rules;
	struct check_rule rule, *rules;
	const char *from = p->tok.text;

	memset(&rule, 0, sizeof(rule));
	rule.min_samples = -1;
	rule.scope = scope;
	rule.at = p->tok.at;
	rule.text = (char *)from; /* until its end is known */
	if (!parse_rule(p, &rule) || !parse_suffixes(p, &rule))
		return 0;
	rule.at.len = p->last_end - from;
	if (r->scopes[scope].each != EACH_NONE && (rule.limit_base >= 0 || rule.of.ref.base >= 0)) {
		check_error(
			&r->src, rule.at,
			"no baseline for each part (windows and processes of two traces do not match)");
		return 0;
	}
	rule.text = parser_text(p, from, p->last_end);
	if (r->nr_rules == CHECK_MAX_RULES) {
		check_error(&r->src, rule.at, "too many rules (at most %d)", CHECK_MAX_RULES);
		return 0;
	}
	/* Doubles at powers of two. */
	if (!(r->nr_rules & (r->nr_rules - 1))) {
		rules = reallocarray(r->rules, r->nr_rules ? r->nr_rules * 2 : 1, sizeof(*rules));
		if (!rules) {
			p->nomem = 1;
			return 0;
		}
		r->rules = rules;
	}
	r->rules[r->nr_rules++] = rule;
	return 1;
}

/* refuse above 1% lost; accept cut traces; default at least 50 samples. -1: none of these. */
static int parse_setting(struct check_parser *p)
{
	if (parser_take(p, "refuse"))
		return parser_expect(p, "above") && parse_percent(p, &p->rules->max_loss) &&
		       parser_expect(p, "lost");
	if (parser_take(p, "accept")) {
		p->rules->accept_cut = 1;
		return parser_expect(p, "cut") && parser_expect(p, "traces");
	}
	if (parser_take(p, "default"))
		return parser_expect(p, "at") && parse_samples(p, &p->rules->min_samples);
	return -1;
}

static int open_block(struct check_parser *p, unsigned int scope, struct check_span at)
{
	if (p->depth == CHECK_MAX_NESTING) {
		check_error(&p->rules->src, at, "blocks nest too deep (at most %d)",
			    CHECK_MAX_NESTING);
		return 0;
	}
	p->scope_at[p->depth] = at;
	p->scopes[p->depth++] = scope;
	return 1;
}

static int parse_line(struct check_parser *p)
{
	unsigned int scope = p->depth ? p->scopes[p->depth - 1] : 0;
	struct check_span at = p->tok.at;
	int ok;

	if (p->tok.type == TOK_LINE)
		return 1;
	if (parser_take(p, "end")) {
		if (p->depth) {
			p->depth--;
			return 1;
		}
		check_error(&p->rules->src, at, "end without for");
		return 0;
	}
	ok = parse_setting(p);
	if (ok >= 0)
		return ok;
	if (parser_is(p, "for")) {
		p->bad_scope = 1;
		if (!parse_scope(p, &scope))
			return 0;
		p->bad_scope = 0;
		if (parser_take(p, ":") && (p->tok.type == TOK_LINE || p->tok.type == TOK_END))
			return open_block(p, scope, at);
	}
	return new_rule(p, scope);
}

/* Passes over the rest of a wrong line. A block that it may have opened is still one. */
static void skip_line(struct check_parser *p, struct check_span at)
{
	int colon = 0;

	while (p->tok.type != TOK_LINE && p->tok.type != TOK_END) {
		colon = parser_is(p, ":");
		parser_next(p);
	}
	if (p->bad_scope && colon)
		open_block(p, 0, at);
	p->bad_scope = 0;
}

static void parse_lines(struct check_parser *p)
{
	struct check_span at;

	while (p->tok.type != TOK_END && !p->nomem) {
		at = p->tok.at;
		if (parse_line(p) && p->tok.type != TOK_LINE && p->tok.type != TOK_END)
			parser_wanted(p, "the end of the line");
		skip_line(p, at);
		if (p->tok.type == TOK_LINE)
			parser_next(p);
	}
	if (p->depth)
		check_error(&p->rules->src, p->scope_at[p->depth - 1], "for without end");
}

int check_parse(struct check_rules *rules, const char *name, const char *text, size_t len)
{
	static const struct check_span start = { 1, 1, 1 };
	struct check_parser p;

	memset(rules, 0, sizeof(*rules));
	memset(&p, 0, sizeof(p));
	p.rules = rules;
	rules->src.name = name;
	rules->src.text = text;
	rules->src.len = len;
	rules->max_loss = CHECK_LOSS;
	rules->min_samples = CHECK_SAMPLES;
	check_lex_init(&p.lex, &rules->src);
	if (len > CHECK_MAX_TEXT) {
		check_error(&rules->src, start, "file too large (at most %u bytes)",
			    CHECK_MAX_TEXT);
		return -EINVAL;
	}
	rules->scopes = calloc(1, sizeof(*rules->scopes));
	if (!rules->scopes)
		return -ENOMEM;
	rules->scopes[0].requester = -1;
	rules->nr_scopes = 1;
	parser_next(&p);
	parse_lines(&p);
	if (p.nomem)
		return -ENOMEM;
	if (!rules->nr_rules && !rules->src.nr_errors)
		check_error(&rules->src, start,
			    "no rule in this file (see docs/check-language.md)");
	sense_check(rules);
	return rules->src.nr_errors ? -EINVAL : 0;
}

void check_rules_free(struct check_rules *rules)
{
	unsigned int i;

	for (i = 0; i < rules->nr_strings; i++)
		free(rules->strings[i]);
	free(rules->strings);
	free(rules->rules);
	free(rules->scopes);
	free(rules->bases);
	rules->strings = NULL;
	rules->rules = NULL;
	rules->scopes = NULL;
	rules->bases = NULL;
	rules->nr_strings = 0;
}

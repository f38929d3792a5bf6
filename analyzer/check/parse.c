// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules files, line by line: scopes, settings of the file, rules and their suffixes. parse_rule.c parses
 * a rule.
 *
 * One token of lookahead, and no recursion: CHECK_MAX_NESTING bounds blocks in blocks. After an error
 * the rest of its line is skipped, so that one run reports all errors.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/parse_priv.h"

static bool parse_time(struct check_parser *p, double *ns)
{
	if (p->tok.type != TOK_NUMBER || p->tok.num < 0 || (p->tok.unit != UNIT_NS && p->tok.num))
		return parser_wanted(p, "a time such as 10s");
	*ns = p->tok.num;
	parser_next(p);
	return true;
}

static bool parse_pattern(struct check_parser *p, const char **to)
{
	if ((p->tok.type != TOK_STRING && p->tok.type != TOK_WORD) || !p->tok.len)
		return parser_wanted(p, "a name in quotes");
	*to = p->tok.type == TOK_STRING ? parser_keep_string(p, p->tok.text, p->tok.len) :
					  parser_keep(p, p->tok.text, p->tok.len);
	parser_next(p);
	return *to != NULL;
}

static bool parse_requester(struct check_parser *p, struct check_scope *s)
{
	int i;

	for (i = 0; i < MTHP_NR_REQUESTERS; i++) {
		if (parser_take(p, meta_requester_name(i))) {
			s->requester = i;
			return true;
		}
	}
	return parser_wanted(p, "a requester (unknown, khugepaged, madvise, damon)");
}

static bool parse_each(struct check_parser *p, struct check_scope *s)
{
	if (s->each != EACH_NONE) {
		check_error(&p->rules->src, p->tok.at, "every and each exclude each other");
		return false;
	}
	if (parser_take(p, "process")) {
		s->each = EACH_PROCESS;
		return true;
	}
	s->each = EACH_WINDOW;
	if (!parse_time(p, &s->every_ns))
		return false;
	if (s->every_ns >= 1e6)
		return true;
	check_error(&p->rules->src, p->tok.at, "windows are at least 1ms long");
	return false;
}

/* One condition of a scope. */
static bool parse_filter(struct check_parser *p, struct check_scope *s)
{
	if ((s->comm && parser_is(p, "comm")) || (s->cgroup && parser_is(p, "cgroup")) ||
	    (s->tgid && parser_is(p, "pid")) || (s->to_ns && parser_is(p, "time")) ||
	    (s->requester >= 0 && parser_is(p, "requester"))) {
		check_error(&p->rules->src, p->tok.at, "%.*s is given twice", (int)p->tok.len,
			    p->tok.text);
		return false;
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
			return false;
		if (s->to_ns > s->from_ns)
			return true;
		check_error(&p->rules->src, p->tok.at, "time ends before it begins");
		return false;
	}
	if (!parser_take(p, "pid"))
		return parser_wanted(p,
				     "comm, cgroup, pid, requester, time, every or each process");
	if (p->tok.type != TOK_NUMBER || p->tok.unit != UNIT_COUNT || p->tok.num < 1 ||
	    p->tok.num > 4194304 || p->tok.num != floor(p->tok.num))
		return parser_wanted(p, "a process id");
	s->tgid = p->tok.num;
	parser_next(p);
	return true;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_scope(const struct check_scope *a, const struct check_scope *b)
{
	return same_text(a->comm, b->comm) && same_text(a->cgroup, b->cgroup) &&
	       a->tgid == b->tgid && a->requester == b->requester && a->from_ns == b->from_ns &&
	       a->to_ns == b->to_ns && a->each == b->each && a->every_ns == b->every_ns;
}

/* The index of a scope like @s: an old one or a new one. */
static bool keep_scope(struct check_parser *p, const struct check_scope *s, struct check_span at,
		       unsigned int *index)
{
	struct check_rules *r = p->rules;
	struct check_scope *scopes;
	unsigned int i;

	for (i = 0; i < r->nr_scopes; i++)
		if (same_scope(&r->scopes[i], s))
			break;
	*index = i;
	if (i < r->nr_scopes)
		return true;
	if (i == CHECK_MAX_SCOPES) {
		check_error(&r->src, at, "too many different scopes (at most %d)",
			    CHECK_MAX_SCOPES);
		return false;
	}
	scopes = reallocarray(r->scopes, i + 1, sizeof(*scopes));
	if (!scopes) {
		p->nomem = true;
		return false;
	}
	r->scopes = scopes;
	r->scopes[r->nr_scopes++] = *s;
	return true;
}

/* for A and B, up to the colon or the rule. *index: of the scope around it, then of this one. */
static bool parse_scope(struct check_parser *p, unsigned int *index)
{
	struct check_span at = p->tok.at;
	struct check_scope s = p->rules->scopes[*index];
	const char *from;
	const char *text;

	parser_next(p);
	from = p->tok.text - (p->tok.type == TOK_STRING);
	do {
		if (!parse_filter(p, &s))
			return false;
	} while (parser_take(p, "and"));
	text = parser_keep_line(p, from);
	if (!text)
		return false;
	snprintf(s.text, sizeof(s.text), "%.50s%s%.70s", p->rules->scopes[*index].text,
		 *index ? " and " : "", text);
	return keep_scope(p, &s, at, index);
}

static bool parse_samples(struct check_parser *p, long *n)
{
	if (!parser_expect(p, "least"))
		return false;
	if (p->tok.type != TOK_NUMBER || p->tok.unit != UNIT_COUNT || p->tok.num < 0 ||
	    p->tok.num > 1e15 || p->tok.num != floor(p->tok.num))
		return parser_wanted(p, "a number of samples");
	*n = p->tok.num;
	parser_next(p);
	return parser_take(p, "sample") || parser_expect(p, "samples");
}

/* with at least N samples else skip if known */
static bool parse_suffixes(struct check_parser *p, struct check_rule *rule)
{
	for (;;) {
		if (parser_at_end(p))
			return true;
		if (parser_take(p, "with")) {
			if (!parser_expect(p, "at") || !parse_samples(p, &rule->min_samples))
				return false;
		} else if (parser_take(p, "else")) {
			if (!parser_expect(p, "skip"))
				return false;
			rule->else_skip = true;
		} else if (parser_take(p, "if")) {
			if (!parser_expect(p, "known"))
				return false;
			rule->if_known = true;
		} else {
			return parser_wanted(
				p,
				"the end of the line, with at least N samples, else skip or if known");
		}
	}
}

static void rule_free(struct check_rule *rule)
{
	free(rule->of.ref.list);
}

static bool add_rule(struct check_parser *p, const struct check_rule *rule)
{
	struct check_rules *r = p->rules;
	struct check_rule *rules;

	if (r->nr_rules == CHECK_MAX_RULES) {
		check_error(&r->src, rule->at, "too many rules (at most %d)", CHECK_MAX_RULES);
		return false;
	}
	/* Doubles at powers of two. */
	if (!(r->nr_rules & (r->nr_rules - 1))) {
		rules = reallocarray(r->rules, r->nr_rules ? r->nr_rules * 2 : 1, sizeof(*rules));
		if (!rules) {
			p->nomem = true;
			return false;
		}
		r->rules = rules;
	}
	r->rules[r->nr_rules++] = *rule;
	return true;
}

static bool parse_whole_rule(struct check_parser *p, struct check_rule *rule)
{
	const struct check_rules *r = p->rules;

	p->rule_at = p->tok.text;
	rule->at = p->tok.at;
	if (!parse_rule(p, rule) || !parse_suffixes(p, rule))
		return false;
	rule->at.len = p->last_end - p->rule_at;
	rule->text = parser_keep_line(p, p->rule_at);
	if (!rule->text || !rule->subject)
		return false;
	if (r->scopes[rule->scope].each == EACH_NONE ||
	    (rule->limit_base < 0 && rule->of.ref.base < 0))
		return true;
	check_error(&p->rules->src, rule->at,
		    "no baseline for each part (windows and processes of two traces do not match)");
	return false;
}

static bool new_rule(struct check_parser *p, unsigned int scope)
{
	struct check_rule rule = { .scope = scope, .min_samples = -1 };

	if (parse_whole_rule(p, &rule) && add_rule(p, &rule))
		return true;
	rule_free(&rule);
	return false;
}

/* refuse above 1% lost; accept cut traces; default at least 50 samples. *found: one of these is next. */
static bool parse_setting(struct check_parser *p, bool *found)
{
	*found = true;
	if (parser_take(p, "refuse"))
		return parser_expect(p, "above") && parse_percent(p, 1, &p->rules->max_loss) &&
		       parser_expect(p, "lost");
	if (parser_take(p, "accept")) {
		p->rules->accept_cut = true;
		return parser_expect(p, "cut") && parser_expect(p, "traces");
	}
	if (parser_take(p, "default"))
		return parser_expect(p, "at") && parse_samples(p, &p->rules->min_samples);
	*found = false;
	return true;
}

static bool open_block(struct check_parser *p, unsigned int scope, struct check_span at)
{
	if (p->depth == CHECK_MAX_NESTING) {
		check_error(&p->rules->src, at, "blocks nest too deep (at most %d)",
			    CHECK_MAX_NESTING);
		return false;
	}
	p->scope_at[p->depth] = at;
	p->scopes[p->depth++] = scope;
	return true;
}

static bool parse_line(struct check_parser *p)
{
	unsigned int scope = p->depth ? p->scopes[p->depth - 1] : 0;
	struct check_span at = p->tok.at;
	bool ok, found;

	if (p->tok.type == TOK_LINE)
		return true;
	if (parser_take(p, "end")) {
		if (p->depth) {
			p->depth--;
			return true;
		}
		check_error(&p->rules->src, at, "end without for");
		return false;
	}
	ok = parse_setting(p, &found);
	if (found)
		return ok;
	if (parser_is(p, "for")) {
		p->bad_scope = true;
		if (!parse_scope(p, &scope))
			return false;
		p->bad_scope = false;
		if (parser_take(p, ":") && parser_at_end(p))
			return open_block(p, scope, at);
	}
	return new_rule(p, scope);
}

/* Skips the rest of a wrong line. If it opened a block, that is a block nevertheless. */
static void skip_line(struct check_parser *p, struct check_span at)
{
	bool colon = false;

	while (!parser_at_end(p)) {
		colon = parser_is(p, ":");
		parser_next(p);
	}
	if (p->bad_scope && colon)
		open_block(p, 0, at);
	p->bad_scope = false;
}

static void parse_lines(struct check_parser *p)
{
	struct check_span at;

	while (p->tok.type != TOK_END && !p->nomem) {
		at = p->tok.at;
		if (parse_line(p) && !parser_at_end(p))
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
	check_sanity(rules);
	return rules->src.nr_errors ? -EINVAL : 0;
}

void check_rules_free(struct check_rules *rules)
{
	unsigned int i;

	for (i = 0; i < rules->nr_strings; i++)
		free(rules->strings[i]);
	for (i = 0; i < rules->nr_rules; i++)
		rule_free(&rules->rules[i]);
	free(rules->strings);
	free(rules->rules);
	free(rules->scopes);
	free(rules->bases);
	rules->strings = NULL;
	rules->rules = NULL;
	rules->scopes = NULL;
	rules->bases = NULL;
	rules->nr_strings = rules->nr_rules = 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metrics as text. Both formats are lines of `name{label="value"} number`; they differ in how a counter's
 * family is called, in the end mark, and in the times at which counters began.
 *
 * A number is written from integers, so that a sum of 2^53 and more keeps its last digit, and so that the
 * locale has no say.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "export/text_priv.h"
#include "lib/fmt.h"

static const char *const type_names[] = {
	[TEXT_COUNTER] = "counter",
	[TEXT_GAUGE] = "gauge",
	[TEXT_HISTOGRAM] = "histogram",
};

static void put(struct text *t, const char *s, size_t len)
{
	size_t room = t->room ? t->room : 16384;
	char *more;

	while (room - t->len <= len)
		room *= 2;
	if (room != t->room) {
		more = realloc(t->buf, room);
		if (!more) {
			t->failed = true;
			return;
		}
		t->buf = more;
		t->room = room;
	}
	memcpy(t->buf + t->len, s, len);
	t->len += len;
	t->buf[t->len] = '\0';
}

static void puts_(struct text *t, const char *s)
{
	put(t, s, strlen(s));
}

/* As both formats want it in a label's value. */
static void put_escaped(struct text *t, const char *s)
{
	size_t plain;

	for (;;) {
		plain = strcspn(s, "\\\"\n");
		put(t, s, plain);
		s += plain;
		if (!*s)
			return;
		puts_(t, *s == '\n' ? "\\n" : *s == '"' ? "\\\"" : "\\\\");
		s++;
	}
}

void text_begin(struct text *t, enum text_format format)
{
	t->len = 0;
	t->format = format;
	t->failed = false;
	t->nr_lines = 0;
	t->created_ns = 0;
	t->named = true;
	put(t, "", 0);
}

void text_family(struct text *t, const char *name, enum text_type type, const char *help)
{
	t->name = name;
	t->type = type;
	t->help = help;
	t->named = false;
}

void text_created(struct text *t, __u64 realtime_ns)
{
	t->created_ns = realtime_ns;
}

/* The family's name, without the ending that its samples have. */
static size_t stem(const struct text *t)
{
	size_t len = strlen(t->name);

	return t->type == TEXT_COUNTER ? len - strlen("_total") : len;
}

static void put_head(struct text *t)
{
	size_t len = t->format == TEXT_OPEN ? stem(t) : strlen(t->name);

	if (t->named)
		return;
	t->named = true;
	puts_(t, "# HELP ");
	put(t, t->name, len);
	puts_(t, " ");
	puts_(t, t->help);
	puts_(t, "\n# TYPE ");
	put(t, t->name, len);
	puts_(t, " ");
	puts_(t, type_names[t->type]);
	puts_(t, "\n");
}

/* All of a line. @suffix replaces _total; NULL: the name as it is. @le: NULL: no such label. */
static void put_line(struct text *t, const char *suffix, const struct text_label *labels,
		     const char *le, const char *value)
{
	const struct text_label last = { "le", le }, *l;
	const char *between = "{";

	put_head(t);
	put(t, t->name, suffix ? stem(t) : strlen(t->name));
	if (suffix)
		puts_(t, suffix);
	for (l = labels; l && l->name; l++) {
		puts_(t, between);
		between = ",";
		puts_(t, l->name);
		puts_(t, "=\"");
		put_escaped(t, l->value);
		puts_(t, "\"");
	}
	if (le) {
		puts_(t, between);
		between = ",";
		puts_(t, last.name);
		puts_(t, "=\"");
		puts_(t, le);
		puts_(t, "\"");
	}
	puts_(t, *between == ',' ? "} " : " ");
	puts_(t, value);
	puts_(t, "\n");
	t->nr_lines++;
}

static void put_created(struct text *t, const struct text_label *labels)
{
	char buf[32];

	if (t->format == TEXT_OPEN && t->created_ns && t->type != TEXT_GAUGE)
		put_line(t, "_created", labels, NULL,
			 text_seconds(t->created_ns, buf, sizeof(buf)));
}

void text_u64(struct text *t, const struct text_label *labels, __u64 value)
{
	char buf[32];

	snprintf(buf, sizeof(buf), "%llu", (unsigned long long)value);
	put_line(t, NULL, labels, NULL, buf);
	put_created(t, labels);
}

void text_ns(struct text *t, const struct text_label *labels, __u64 ns)
{
	char buf[32];

	put_line(t, NULL, labels, NULL, text_seconds(ns, buf, sizeof(buf)));
	put_created(t, labels);
}

static void put_count(struct text *t, const char *suffix, const struct text_label *labels,
		      const char *le, __u64 n)
{
	char buf[32];

	snprintf(buf, sizeof(buf), "%llu", (unsigned long long)n);
	put_line(t, suffix, labels, le, buf);
}

void text_histogram(struct text *t, const struct text_label *labels, const char *const *le,
		    const __u64 *below, size_t nr, __u64 count, __u64 sum_ns)
{
	char buf[32];
	size_t i;

	for (i = 0; i < nr; i++)
		put_count(t, "_bucket", labels, le[i], below[i]);
	put_count(t, "_bucket", labels, "+Inf", count);
	if (sum_ns != NUM_UNKNOWN)
		put_line(t, "_sum", labels, NULL, text_seconds(sum_ns, buf, sizeof(buf)));
	put_count(t, "_count", labels, NULL, count);
	put_created(t, labels);
}

int text_end(struct text *t)
{
	if (t->format == TEXT_OPEN)
		puts_(t, "# EOF\n");
	return t->failed ? -ENOMEM : 0;
}

void text_free(struct text *t)
{
	free(t->buf);
	memset(t, 0, sizeof(*t));
}

char *text_seconds(__u64 ns, char *buf, size_t len)
{
	char *end;

	snprintf(buf, len, "%llu.%09llu", (unsigned long long)(ns / 1000000000),
		 (unsigned long long)(ns % 1000000000));
	end = buf + strlen(buf);
	while (end[-1] == '0' && end[-2] != '.')
		*--end = '\0';
	return buf;
}

/* The value of the parameter @name of a media range "type/sub;a=b;q=0.5"; NULL: it has none. */
static const char *param(const char *range, size_t len, const char *name, size_t *value_len)
{
	const char *end = range + len, *p = memchr(range, ';', len), *next;
	size_t n = strlen(name);

	for (; p; p = next) {
		p++;
		p += strspn(p, " \t");
		if (p > end)
			return NULL;
		next = memchr(p, ';', end - p);
		if ((size_t)(end - p) <= n || strncasecmp(p, name, n) || p[n] != '=')
			continue;
		p += n + 1;
		*value_len = (next ? next : end) - p;
		while (*value_len && strchr(" \t", p[*value_len - 1]))
			--*value_len;
		return p;
	}
	return NULL;
}

/* "0.75" as 750; a quality that is none counts as 1. */
static int quality(const char *range, size_t len)
{
	size_t n, i;
	const char *q = param(range, len, "q", &n);
	int value, digit = 100;

	if (!q || !n || q[0] != '0')
		return 1000;
	value = 0;
	for (i = 2; i < n && i < 5 && q[i] >= '0' && q[i] <= '9'; i++, digit /= 10)
		value += (q[i] - '0') * digit;
	return value;
}

static bool is_range(const char *range, size_t len, const char *type)
{
	size_t n = strlen(type);

	return len >= n && !strncasecmp(range, type, n) && (len == n || strchr("; \t", range[n]));
}

enum text_format text_accepted(const char *accept)
{
	int open = 0, plain = 0, q;
	const char *version;
	size_t len, n;

	for (; accept && *accept; accept += len + (accept[len] == ',')) {
		accept += strspn(accept, " \t");
		len = strcspn(accept, ",");
		q = quality(accept, len);
		if (is_range(accept, len, "application/openmetrics-text")) {
			version = param(accept, len, "version", &n);
			if ((!version || (n == 5 && !strncmp(version, "1.0.0", n))) && q > open)
				open = q;
		} else if (is_range(accept, len, "text/plain") && q > plain) {
			plain = q;
		}
	}
	return open && open >= plain ? TEXT_OPEN : TEXT_PLAIN;
}

const char *text_content_type(enum text_format format)
{
	return format == TEXT_OPEN ? "application/openmetrics-text; version=1.0.0; charset=utf-8" :
				     "text/plain; version=0.0.4; charset=utf-8";
}

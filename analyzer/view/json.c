// SPDX-License-Identifier: GPL-2.0-only
/*
 * JSON: an object with one key per table; a table is an array of objects, the summary one object.
 * Units are in the keys, unknown is null, addresses are strings. docs/json.md describes it.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/field.h"
#include "lib/fmt.h"
#include "lib/memory.h"
#include "lib/utf8.h"
#include "view/answers.h"
#include "view/formats.h"

static json_t *number(const struct field *f, __u64 n)
{
	char hex[24];

	if (f->type == FIELD_DELTA)
		return n == SNAP_NO_DELTA ? json_null() : json_integer((json_int_t)n);
	if (n == NUM_UNKNOWN)
		return json_null();
	if (f->type == FIELD_BOOL)
		return json_boolean(n);
	if (f->type == FIELD_HEX) {
		snprintf(hex, sizeof(hex), "%llx", (unsigned long long)n);
		return json_string(hex);
	}
	/* jansson's integers end at 2^63 - 1; no count is greater. */
	return n >> 63 ? json_null() : json_integer((json_int_t)n);
}

/* Does @s have the four letters that stand for a byte which is not UTF-8? */
static bool looks_escaped(const char *s)
{
	for (s = strstr(s, "\\x"); s; s = strstr(s + 1, "\\x"))
		if (s[2] && strchr("89abcdef", s[2]) && s[3] && strchr("0123456789abcdef", s[3]))
			return true;
	return false;
}

json_t *view_json_string(const char *s)
{
	json_t *v;
	size_t len;
	char *safe;

	if (!s[0])
		return json_null();
	v = looks_escaped(s) ? NULL : json_string(s);
	if (v)
		return v;
	len = 4 * strlen(s) + 1;
	safe = malloc(len);
	if (safe)
		v = json_string(fmt_safe(s, safe, len));
	free(safe);
	return v ? v : json_null();
}

/* Allocations that had failed when the tree was begun. */
static unsigned long failed_before;

json_t *view_json_begin(void)
{
	json_set_alloc_funcs(malloc, free);
	failed_before = memory_failures();
	return json_object();
}

/* A character as JSON escapes it: two of them above U+FFFF. */
static void put_escaped(__u32 c, FILE *out)
{
	if (c > 0xffff)
		fprintf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
			0xdc00 + ((c - 0x10000) & 0x3ff));
	else
		fprintf(out, "\\u%04x", c);
}

/* JSON may hold raw characters that a terminal obeys: only 0x00 to 0x1f have to be escaped. */
static int put_json(const char *buf, size_t len, void *out)
{
	const char *s = buf, *next;
	__u32 c;

	for (; s < buf + len; s = next) {
		next = s;
		c = utf8_next(&next);
		if (c >= 0x7f && utf8_is_control(c))
			put_escaped(c, out);
		else
			fwrite(s, 1, (size_t)(next - s), out);
	}
	return 0;
}

int view_json_put(const json_t *root, bool lines, FILE *out)
{
	int err;

	/* Jansson leaves out what it had no memory for. */
	if (memory_failures() != failed_before)
		return -ENOMEM;
	err = json_dump_callback(root, put_json, out, lines ? JSON_INDENT(1) : JSON_COMPACT);
	return err ? -ENOMEM : 0;
}

int view_json_dump(const json_t *root, bool lines, FILE *out)
{
	int err = view_json_put(root, lines, out), wrote;

	fputc('\n', out);
	wrote = view_end(out);
	return wrote ? wrote : err;
}

json_t *view_json_value(const struct field *f, const void *row)
{
	const char *s = field_str(f, row);

	return s ? view_json_string(s) : number(f, field_u64(f, row));
}

/* Many readers keep 53 bits of a number, which are no ns since 1970: "start_ns" has "start" beside it. */
static void add_rfc3339(json_t *obj, const struct field *f, __u64 ns)
{
	char key[32], text[40];

	snprintf(key, sizeof(key), "%.*s", (int)(strlen(f->id) - strlen("_ns")), f->id);
	json_object_set_new(obj, key,
			    ns == NUM_UNKNOWN ? json_null() :
						json_string(fmt_rfc3339(ns, text, sizeof(text))));
}

static json_t *row_json(const struct table *t, const void *row)
{
	json_t *obj = json_object();
	size_t i;

	for (i = 0; i < t->nr_fields; i++) {
		const struct field *f = &t->fields[i];

		json_object_set_new(obj, f->id, view_json_value(f, row));
		if (f->type == FIELD_TIME)
			add_rfc3339(obj, f, field_u64(f, row));
	}
	return obj;
}

static json_t *table_json(const struct doc *d, const struct table *t)
{
	size_t rows = table_rows(t, d->data), i;
	json_t *array;

	if (table_unknown(t, d->has))
		return json_null();
	if (!t->count_at)
		return row_json(t, table_row(t, d->data, 0));
	array = json_array();
	for (i = 0; i < rows; i++)
		json_array_append_new(array, row_json(t, table_row(t, d->data, i)));
	return array;
}

static json_t *answers_json(const struct snapshot *s)
{
	struct answer a[ANSWERS_NR];
	json_t *list = json_array(), *obj;
	size_t i;

	answers_make(s, a);
	for (i = 0; i < ANSWERS_NR; i++) {
		obj = json_object();
		json_object_set_new(obj, "question", view_json_string(a[i].question));
		json_object_set_new(obj, "known", json_boolean(a[i].known));
		json_object_set_new(obj, "answer",
				    a[i].known ? view_json_string(a[i].brief) : json_null());
		json_object_set_new(obj, "text", view_json_string(a[i].text));
		json_array_append_new(list, obj);
	}
	return list;
}

/* @whole: a report, and not one line of many. @s: with its answers; NULL: other tables than a snapshot's. */
static int dump(const struct doc *d, const struct snapshot *s, const char *table, bool whole,
		FILE *out)
{
	json_t *root = view_json_begin();
	size_t i;
	int err;

	json_object_set_new(root, "schema_version", json_integer(VIEW_SCHEMA_VERSION));
	for (i = 0; i < d->nr_tables; i++)
		if (table ? !strcmp(d->tables[i].id, table) : whole || !d->tables[i].over_time)
			json_object_set_new(root, d->tables[i].id, table_json(d, &d->tables[i]));
	if (s && whole && !table)
		json_object_set_new(root, "answers", answers_json(s));
	if (s && !whole)
		json_object_set_new(root, "verdict_now", view_json_string(s->summary.verdict_now));
	err = view_json_dump(root, whole, out);
	json_decref(root);
	return err;
}

int doc_json(const struct doc *d, const char *table, FILE *out)
{
	return dump(d, NULL, table, true, out);
}

int view_json(const struct snapshot *s, const char *table, FILE *out)
{
	struct doc d = doc_snapshot(s);

	return dump(&d, s, table, true, out);
}

int doc_json_line(const struct doc *d, FILE *out)
{
	return dump(d, NULL, NULL, false, out);
}

int view_json_line(const struct snapshot *s, FILE *out)
{
	struct doc d = doc_snapshot(s);

	return dump(&d, s, NULL, false, out);
}

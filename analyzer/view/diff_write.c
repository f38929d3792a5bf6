// SPDX-License-Identifier: GPL-2.0-only
/* A diff as text and as JSON; see diff.h. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "model/verdict.h"
#include "view/diff.h"
#include "lib/fmt.h"
#include "view/formats.h"

#define CELL 256

static void side(const struct diff_row *r, const struct snapshot *s, const void *row, __u64 ppm,
		 char *buf, size_t len)
{
	char text[CELL], share[16];

	if (!row) {
		snprintf(buf, len, "-");
		return;
	}
	field_text(r->field, row, s->meta.page_size, text, sizeof(text));
	if (ppm == NUM_UNKNOWN)
		snprintf(buf, len, "%s", text);
	else
		snprintf(buf, len, "%s (%s)", text, fmt_ppm(ppm, share, sizeof(share)));
}

void diff_key(const struct diff *d, const struct diff_row *r, char *buf, size_t len)
{
	const struct table *t = r->table;
	char text[CELL];
	size_t i, at = 0;

	buf[0] = '\0';
	for (i = 0; i < t->nr_fields && at < len; i++) {
		if (!t->fields[i].key)
			continue;
		field_text(&t->fields[i], r->a ? r->a : r->b, d->a->meta.page_size, text,
			   sizeof(text));
		if (strcmp(text, "-"))
			at += snprintf(buf + at, len - at, "%s%s", at ? " " : "", text);
	}
}

int diff_text(const struct diff *d, const char *name_a, const char *name_b, FILE *out)
{
	const struct table *t = NULL;
	char key[CELL], a[CELL + 16], b[CELL + 16], name[1024];
	size_t i;

	fprintf(out, "a: %s\n   %s: %s\n", fmt_safe(name_a, name, sizeof(name)),
		verdict_title(d->a->verdict.word), d->a->summary.headline);
	fprintf(out, "b: %s\n   %s: %s\n", fmt_safe(name_b, name, sizeof(name)),
		verdict_title(d->b->verdict.word), d->b->summary.headline);
	if (!d->nr_rows)
		fprintf(out, "no difference\n");
	for (i = 0; i < d->nr_rows; i++) {
		const struct diff_row *r = &d->rows[i];

		/* The head has them. */
		if (r->field->flags & FIELD_PROSE)
			continue;
		if (r->table != t) {
			t = r->table;
			fprintf(out, "\n%-44s %-14s %22s %22s\n", t->title, "", "a", "b");
		}
		diff_key(d, r, key, sizeof(key));
		side(r, d->a, r->a, r->share_a_ppm, a, sizeof(a));
		side(r, d->b, r->b, r->share_b_ppm, b, sizeof(b));
		fprintf(out, "  %-42s %-14s %22s %22s\n", key, r->field->title, a, b);
	}
	fprintf(out,
		"\nProcesses are not compared: pids and address spaces of two runs are unrelated.\n");
	return view_end(out);
}

int diff_json(const struct diff *d, const char *name_a, const char *name_b, FILE *out)
{
	json_t *root = view_json_begin(), *rows = json_array();
	size_t i, k;
	int err;

	for (i = 0; i < d->nr_rows; i++) {
		const struct diff_row *r = &d->rows[i];
		json_t *row = json_object(), *key = json_object();

		for (k = 0; k < r->table->nr_fields; k++)
			if (r->table->fields[k].key)
				json_object_set_new(
					key, r->table->fields[k].id,
					view_json_value(&r->table->fields[k], r->a ? r->a : r->b));
		json_object_set_new(row, "table", json_string(r->table->id));
		json_object_set_new(row, "key", key);
		json_object_set_new(row, "field", json_string(r->field->id));
		json_object_set_new(row, "a", r->a ? view_json_value(r->field, r->a) : json_null());
		json_object_set_new(row, "b", r->b ? view_json_value(r->field, r->b) : json_null());
		json_array_append_new(rows, row);
	}
	json_object_set_new(root, "schema_version", json_integer(VIEW_SCHEMA_VERSION));
	json_object_set_new(root, "a", view_json_string(name_a));
	json_object_set_new(root, "b", view_json_string(name_b));
	json_object_set_new(root, "differences", rows);
	err = view_json_dump(root, true, out);
	json_decref(root);
	return err;
}

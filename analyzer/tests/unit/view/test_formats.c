// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text, JSON and CSV of one snapshot: JSON is read back and compared with the snapshot field by
 * field, and a hostile process name must not get through any of them.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/cm.h"
#include "view/diff.h"
#include "tests/support/events.h"
#include "view/answers.h"
#include "view/formats.h"

typedef int (*view_fn)(const struct snapshot *s, const char *table, FILE *out);

static char *written(view_fn view, const struct snapshot *s, const char *table)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_int_equal(view(s, table, out), 0);
	fclose(out);
	return text;
}

static struct snapshot *take(const char *comm)
{
	struct mthp_ev ev = evs_make(MTHP_K_COLLAPSE, MTHP_R_SUCCEED, 2000000000, 3);
	struct model *m = evs_model();
	struct snapshot *s;

	if (comm) {
		snprintf(ev.comm, sizeof(ev.comm), "%s", comm);
		model_event(m, &ev);
	}
	s = snapshot_take(m);
	model_free(m);
	return s;
}

static void check_value(const struct field *f, const void *row, json_t *v)
{
	const char *s = field_str(f, row);
	__u64 n = field_u64(f, row);

	assert_non_null(v);
	if (s) {
		if (s[0])
			assert_string_equal(json_string_value(v), s);
		else
			assert_true(json_is_null(v));
	} else if (n == (f->type == FIELD_DELTA ? SNAP_NO_DELTA : NUM_UNKNOWN)) {
		assert_true(json_is_null(v));
	} else if (f->type == FIELD_BOOL) {
		assert_int_equal(json_is_true(v), n);
	} else if (f->type != FIELD_HEX) {
		assert_true((__u64)json_integer_value(v) == n);
	}
}

static void test_json(void **state)
{
	struct snapshot *s = take(NULL);
	char *text = written(view_json, s, NULL);
	json_t *root = json_loads(text, 0, NULL);
	size_t t, r, f;
	assert_non_null(root);
	assert_int_equal(json_integer_value(json_object_get(root, "schema_version")),
			 VIEW_SCHEMA_VERSION);
	assert_int_equal(json_object_size(root), nr_tables + 2);
	assert_int_equal(json_array_size(json_object_get(root, "answers")), ANSWERS_NR);
	for (t = 0; t < nr_tables; t++) {
		json_t *rows = json_object_get(root, tables[t].id);

		if (tables[t].count_at)
			assert_int_equal(json_array_size(rows), table_rows(&tables[t], s));
		for (r = 0; r < table_rows(&tables[t], s); r++) {
			json_t *row = tables[t].count_at ? json_array_get(rows, r) : rows;

			for (f = 0; f < tables[t].nr_fields; f++)
				check_value(&tables[t].fields[f], table_row(&tables[t], s, r),
					    json_object_get(row, tables[t].fields[f].id));
		}
	}
	json_decref(root);
	free(text);
	snapshot_free(s);
}

/* Field ids are keys: each once in its table, lower case with underscores. */
static void test_ids(void **state)
{
	size_t t, f, g;
	for (t = 0; t < nr_tables; t++) {
		for (f = 0; f < tables[t].nr_fields; f++) {
			const char *id = tables[t].fields[f].id;

			assert_int_equal(strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_"),
					 strlen(id));
			assert_ptr_equal(table_field_at(&tables[t], tables[t].fields[f].offset),
					 &tables[t].fields[f]);
			for (g = 0; g < f; g++)
				assert_string_not_equal(id, tables[t].fields[g].id);
		}
	}
}

/* Fields that tables refer to by name exist; tables with a scale, and no others, have a field of shapes. */
static void test_flags(void **state)
{
	size_t t;
	for (t = 0; t < nr_tables; t++) {
		assert_true(!tables[t].idle || table_field(&tables[t], tables[t].idle));
		assert_true(!tables[t].bar || table_field(&tables[t], tables[t].bar));
		assert_int_equal(tables[t].scale != SCALE_NONE,
				 table_flagged(&tables[t], FIELD_SHAPE) != NULL);
		/* A table with a statistic has a number of samples, too. */
		assert_true(!table_flagged(&tables[t], FIELD_STAT) ||
			    table_flagged(&tables[t], FIELD_SAMPLES));
	}
	assert_string_equal(tables[TABLE_ORDERS].id, "orders");
	assert_string_equal(TABLE_FIELD(TABLE_ORDERS, snap_order, collapses)->id, "collapses");
}

static void test_line(void **state)
{
	struct snapshot *s = take(NULL);
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	assert_int_equal(view_json_line(s, out), 0);
	fclose(out);
	assert_ptr_equal(strchr(text, '\n'), text + len - 1);
	free(text);
	snapshot_free(s);
}

static void test_hostile(void **state)
{
	static const char *const comms[] = { "a\033[31mb", "\xff\xfe", "x,\"y\"\n" };
	static const view_fn views[] = { view_text, view_json, view_csv };
	size_t i, v, c;
	for (i = 0; i < ARRAY_SIZE(comms); i++) {
		struct snapshot *s = take(comms[i]);

		for (v = 0; v < ARRAY_SIZE(views); v++) {
			char *text = written(views[v], s, NULL);

			for (c = 0; text[c]; c++)
				assert_true((unsigned char)text[c] >= 0x20 || text[c] == '\n');
			assert_null(strchr(text, '\xff'));
			free(text);
		}
		snapshot_free(s);
	}
}

/* Pairs of names that an escape could make the same, or that look as if unknown. */
static void test_distinct(void **state)
{
	static const char *const pairs[][2] = {
		{ "\xff", "\\xff" },	  { "a\xff", "a\\xff" },
		{ "\033", "\\x1b" },	  { "=1", "'=1" },
		{ "'=1", "''=1" },	  { "\\", "\\\\" },
		{ "-", "\\x2d" },	  { "-", "" },
		{ "a\xef\xb8\x8f", "a" }, { "\\xff\xff", "\\\\xff\\xff" },
	};
	static const view_fn views[] = { view_text, view_json, view_csv };
	size_t i, v;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		struct snapshot *a = take(pairs[i][0]), *b = take(pairs[i][1]);

		for (v = 0; v < ARRAY_SIZE(views); v++) {
			char *of_a = written(views[v], a, "processes");
			char *of_b = written(views[v], b, "processes");

			assert_string_not_equal(of_a, of_b);
			free(of_a);
			free(of_b);
		}
		snapshot_free(a);
		snapshot_free(b);
	}
}

/* Names that no escape is needed for stay as they are: systemd's have such letters. */
static void test_json_exact(void **state)
{
	struct snapshot *s = take("d\\x2du.scope");
	char *text = written(view_json, s, "processes");

	assert_non_null(strstr(text, "\"d\\\\x2du.scope\""));
	free(text);
	snapshot_free(s);
}

/* What spreadsheets calculate, and where some of them split a cell. */
static void test_csv_formulas(void **state)
{
	static const char *const names[][2] = {
		{ "=1+1", ",'=1+1," },
		{ "\xef\xbc\x9d"
		  "1",
		  ",'\xef\xbc\x9d"
		  "1," },
		{ "'=1", ",''=1," },
		{ "'a", ",'a," },
		{ "a;=1", ",\"a;=1\"," },
		{ "=1,\"2", ",\"'=1,\"\"2\"," },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		struct snapshot *s = take(names[i][0]);
		char *text = written(view_csv, s, "processes");

		assert_non_null(strstr(text, names[i][1]));
		free(text);
		snapshot_free(s);
	}
}

static void test_csv(void **state)
{
	struct snapshot *s = take("x,\"y\"");
	char *text = written(view_csv, s, "processes");
	assert_ptr_equal(strstr(text, "tgid,comm,mm,cgroup,scans,collapses,failures,"), text);
	assert_non_null(strstr(text, "\n103,\"x,\"\"y\"\"\",3eb,7,0,1,0,2097152,,1,,"));
	free(text);
	snapshot_free(s);
}

static void test_text(void **state)
{
	struct snapshot *s = take(NULL);
	char *text = written(view_text, s, "orders");
	assert_string_equal(
		text,
		"Orders\n"
		"  size  enabled  collapses  failures  collapsed  filled  fill unknown   mean  p50 <"
		"  p99 <  samples  censored\n"
		"    2M  inherit          4         2         8M   1.50M             1  233us  262us"
		"  524us        2         2\n");
	free(text);
	/* A column that is unknown in every row is named, not shown as zero. */
	text = written(view_text, s, "counters");
	assert_null(strstr(text, "unknown:"));
	assert_non_null(strstr(text, "split"));
	free(text);
	snapshot_free(s);
}

static void test_event(void **state)
{
	struct mthp_ev ev =
		evs_scan(MTHP_R_EXCEED_NONE_PTE, 1012345000, 1, 512, MTHP_SAMPLE_CENSORED);
	struct meta meta;
	char line[256];
	evs_meta(&meta);
	assert_string_equal(view_event(&meta, &ev, line, sizeof(line)),
			    "    0.012345 khugepaged scan_pmd      proc1/101                 2M "
			    "exceed_none_pte none=512 referenced=1 censored");
	/* Cut, never overrun. */
	assert_string_equal(view_event(&meta, &ev, line, 13), "    0.012345");
}

static void test_diff(void **state)
{
	struct snapshot *a = take(NULL), *b = take("other");
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct diff d;
	assert_int_equal(diff_make(a, a, &d), 0);
	assert_int_equal(d.nr_rows, 0);
	diff_free(&d);

	assert_int_equal(diff_make(a, b, &d), 0);
	assert_true(d.nr_rows > 0);
	assert_int_equal(diff_text(&d, "a.mthp", "b.mthp", out), 0);
	fclose(out);
	assert_non_null(
		strstr(text, " collapses                  4 (100.0%)             5 (100.0%)\n"));
	assert_non_null(strstr(text, " collapse khugepaged 2M succeeded           share     "));
	assert_null(strstr(text, "proc1"));
	free(text);
	diff_free(&d);

	b->meta.pmd_order = 13;
	assert_int_equal(diff_make(a, b, &d), -EINVAL);
	snapshot_free(a);
	snapshot_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),	     cmocka_unit_test(test_ids),
		cmocka_unit_test(test_flags),	     cmocka_unit_test(test_line),
		cmocka_unit_test(test_hostile),	     cmocka_unit_test(test_csv),
		cmocka_unit_test(test_distinct),     cmocka_unit_test(test_json_exact),
		cmocka_unit_test(test_csv_formulas), cmocka_unit_test(test_text),
		cmocka_unit_test(test_event),	     cmocka_unit_test(test_diff),
	};

	return cmocka_run_group_tests_name("views", tests, NULL, NULL);
}

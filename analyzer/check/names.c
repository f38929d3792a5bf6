// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names in rules: tables and fields of model/field.c. The unit of a field may be left out (`filled` for
 * `filled_bytes`), singular stands for plural, and names of schema 1 are understood.
 *
 * The error for a wrong name lists the nearest ones, by edit distance.
 */
#include <stdio.h>
#include <string.h>

#include "lib/array.h"
#include "check/names_priv.h"

static const struct {
	const char *name;
	enum table_index table;
} table_aliases[] = {
	{ "collapse", TABLE_ORDERS },	 { "order", TABLE_ORDERS },
	{ "duration", TABLE_DURATIONS }, { "process", TABLE_PROCESSES },
	{ "counter", TABLE_COUNTERS },	 { "setting", TABLE_SETTINGS },
	{ "loss", TABLE_LOSSES },	 { "event", TABLE_EVENTS },
	{ "plan", TABLE_PLANS },	 { "batch", TABLE_BATCHES },
	{ "lock", TABLE_LOCKS },	 { "chain", TABLE_CHAINS },
};

const struct table *names_table(const char *name)
{
	const struct table *t = table_find(name);
	size_t i;

	for (i = 0; !t && i < ARRAY_SIZE(table_aliases); i++)
		if (!strcmp(table_aliases[i].name, name))
			t = &tables[table_aliases[i].table];
	/* Rules have `for every` for stretches of time. */
	return t && !t->over_time ? t : NULL;
}

/* Length of @id without its unit. */
static size_t bare_len(const char *id)
{
	static const char *const units[] = { "_bytes", "_ns", "_ppm" };
	size_t len = strlen(id), i, n;

	for (i = 0; i < ARRAY_SIZE(units); i++) {
		n = strlen(units[i]);
		if (len > n && !strcmp(id + len - n, units[i]))
			return len - n;
	}
	return len;
}

/* Names of JSON schema 1 (CHANGELOG.md): rules that were written with them still hold. */
static const struct {
	enum table_index table;
	const char *old;
	size_t now; /* offset of the field */
} renamed[] = {
	{ TABLE_ORDERS, "done", offsetof(struct snap_order, collapses) },
	{ TABLE_ORDERS, "failed", offsetof(struct snap_order, failures) },
	{ TABLE_ORDERS, "done_bytes", offsetof(struct snap_order, collapsed_bytes) },
	{ TABLE_PROCESSES, "done", offsetof(struct snap_proc, collapses) },
	{ TABLE_PROCESSES, "failed", offsetof(struct snap_proc, failures) },
	{ TABLE_PROCESSES, "done_bytes", offsetof(struct snap_proc, collapsed_bytes) },
	{ TABLE_BATCHES, "done", offsetof(struct snap_batch, collapsed) },
	{ TABLE_CREEP, "alone", offsetof(struct snap_creep, untouched) },
	{ TABLE_CREEP, "untold", offsetof(struct snap_creep, unscanned) },
	{ TABLE_CHAINS, "alone", offsetof(struct snap_chain, untouched) },
};

static const struct field *renamed_field(const struct table *t, const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(renamed); i++)
		if (t == &tables[renamed[i].table] && !strcmp(renamed[i].old, name))
			return table_field_at(t, renamed[i].now);
	return NULL;
}

const struct field *names_field(const struct table *t, const char *name)
{
	const struct field *f = table_field(t, name);
	size_t i, len = strlen(name);

	if (!f)
		f = renamed_field(t, name);
	for (i = 0; !f && i < t->nr_fields; i++)
		if (bare_len(t->fields[i].id) == len && !strncmp(t->fields[i].id, name, len))
			f = &t->fields[i];
	return f;
}

const struct field *names_key(const struct table *t, enum field_type type)
{
	size_t i;

	for (i = 0; i < t->nr_fields; i++)
		if (t->fields[i].key && t->fields[i].type == type)
			return &t->fields[i];
	return NULL;
}

bool names_is_lost(const struct field *f)
{
	return f == TABLE_FIELD(TABLE_SUMMARY, snap_summary, lost);
}

bool names_is_result(const struct field *f)
{
	return f == TABLE_FIELD(TABLE_OUTCOMES, snap_outcome, result) ||
	       f == TABLE_FIELD(TABLE_BLOCKED, snap_blocked, result) ||
	       f == TABLE_FIELD(TABLE_VAIN, snap_vain, result);
}

enum check_unit names_unit(const struct field *f)
{
	switch (f->type) {
	case FIELD_BYTES:
	case FIELD_ORDER:
		return UNIT_BYTES;
	case FIELD_NS:
		return UNIT_NS;
	case FIELD_PPM:
		return UNIT_PERCENT;
	case FIELD_STR:
	case FIELD_CHARS:
		return UNIT_TEXT;
	default:
		return UNIT_COUNT;
	}
}

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

#define WORD_MAX 64

/* Insertions, deletions and replacements that make @a of @b. */
static unsigned int distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), i, j;
	unsigned int row[WORD_MAX + 1], diagonal, above;

	if (la > WORD_MAX || lb > WORD_MAX)
		return ~0U;
	for (j = 0; j <= lb; j++)
		row[j] = j;
	for (i = 1; i <= la; i++) {
		diagonal = row[0];
		row[0] = i;
		for (j = 1; j <= lb; j++) {
			above = row[j];
			row[j] = min3(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[lb];
}

/* The least distance of @word to a name, with or without its unit or folder. Part of a name is near. */
static unsigned int how_far(const char *word, const char *name)
{
	unsigned int far = distance(word, name), bare_far;
	char bare[WORD_MAX];

	snprintf(bare, sizeof(bare), "%.*s", (int)bare_len(name), name);
	bare_far = distance(word, bare);
	if (strrchr(name, '/'))
		bare_far = distance(word, strrchr(name, '/') + 1);
	if (bare_far < far)
		far = bare_far;

	if (strlen(word) >= 3 && strstr(name, word) && far > 2)
		return 2;
	return far;
}

#define NEAREST_OF 256 /* names; nobody gives more */

char *check_nearest(const char *word, const char *const *names, size_t nr, char *buf, size_t len)
{
	unsigned int limit = 1 + strlen(word) / 3, far, found = 0, how[NEAREST_OF];
	size_t i;

	buf[0] = '\0';
	if (nr > NEAREST_OF)
		nr = NEAREST_OF;
	for (i = 0; i < nr; i++)
		how[i] = how_far(word, names[i]);
	for (far = 0; far <= limit && found < 3; far++) {
		for (i = 0; i < nr && found < 3; i++) {
			if (how[i] != far)
				continue;
			snprintf(buf + strlen(buf), len - strlen(buf), "%s%s",
				 found++ ? ", " : " (nearest: ", names[i]);
		}
	}
	if (found)
		snprintf(buf + strlen(buf), len - strlen(buf), ")");
	return buf;
}

static void copy_word(const struct check_token *tok, char *buf, size_t size)
{
	snprintf(buf, size, "%.*s", tok->len < 64 ? (int)tok->len : 64, tok->text);
}

static size_t add_fields(const struct table *t, bool keys, const char **names, size_t nr,
			 size_t max)
{
	size_t i;

	for (i = 0; i < t->nr_fields && nr < max; i++)
		if (!t->fields[i].key == !keys)
			names[nr++] = t->fields[i].id;
	return nr;
}

#define NAMES_MAX 96

bool names_no_subject(struct check_source *src, const struct check_token *tok)
{
	static const char *const functions[] = { "share", "outcome", "emd", "ks" };
	const char *names[NAMES_MAX];
	size_t nr = 0, i;
	char word[80], near[128] = "";

	copy_word(tok, word, sizeof(word));
	/* These were a number and other words: no rule about them means the same now. */
	if (!strcmp(word, "tier") || !strcmp(word, "tier_name")) {
		check_error(src, tok->at,
			    "%s is called detail since schema 2: \"totals\", \"sizes\", "
			    "\"ranges\" or \"plans\"",
			    word);
		return false;
	}
	for (i = 0; i < ARRAY_SIZE(functions); i++)
		names[nr++] = functions[i];
	nr = add_fields(&tables[TABLE_SUMMARY], false, names, nr, NAMES_MAX);
	for (i = 0; i < nr_tables && nr < NAMES_MAX; i++)
		if (!tables[i].over_time)
			names[nr++] = tables[i].id;
	for (i = 0; i < ARRAY_SIZE(table_aliases) && nr < NAMES_MAX; i++)
		names[nr++] = table_aliases[i].name;
	/* Errors that nobody will read cost no search. */
	if (src->nr_errors < CHECK_MAX_ERRORS)
		check_nearest(word, names, nr, near, sizeof(near));
	check_error(src, tok->at, "unknown field: %s%s", word, near);
	return false;
}

bool names_no_field(struct check_source *src, const struct table *t, const struct check_token *tok)
{
	const char *names[NAMES_MAX];
	char word[80], near[160] = "";
	size_t nr = add_fields(t, false, names, 0, NAMES_MAX), i;

	if (t == &tables[TABLE_ORDERS])
		names[nr++] = NAMES_SUCCESS;
	copy_word(tok, word, sizeof(word));
	if (src->nr_errors < CHECK_MAX_ERRORS)
		check_nearest(word, names, nr, near, sizeof(near));
	for (i = 0; !near[0] && i < nr; i++)
		if (nr < 8)
			snprintf(word + strlen(word), sizeof(word) - strlen(word), "%s%s",
				 i ? ", " : " (fields: ", names[i]);
	check_error(src, tok->at, "%s has no field %s%s%s", t->id, word, near,
		    !near[0] && nr < 8 ? ")" : "");
	return false;
}

bool names_no_key(struct check_source *src, const struct table *t, const struct check_token *tok)
{
	const char *names[NAMES_MAX];
	size_t nr = add_fields(t, true, names, 0, NAMES_MAX), i;
	char word[80], all[128] = "";

	copy_word(tok, word, sizeof(word));
	for (i = 0; i < nr; i++)
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i ? ", " : "",
			 names[i]);
	if (nr)
		check_error(src, tok->at, "%s has no key %s (keys: %s)", t->id, word, all);
	else
		check_error(src, tok->at, "%s has no keys", t->id);
	return false;
}

const struct field *names_outcome_key(const char *text)
{
	static const char *const kinds[] = { "scan",
#define X(number, NAME, name, tracepoint, detail, since) #name,
					     MTHP_KINDS(X)
#undef X
	};
	static const char *const requesters[] = {
#define X(number, name, what) what,
		MTHP_REQUESTERS(X)
#undef X
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i], text))
			return TABLE_FIELD(TABLE_OUTCOMES, snap_outcome, kind);
	for (i = 0; i < ARRAY_SIZE(requesters); i++)
		if (!strcmp(requesters[i], text))
			return TABLE_FIELD(TABLE_OUTCOMES, snap_outcome, requester);
	return TABLE_FIELD(TABLE_OUTCOMES, snap_outcome, result);
}

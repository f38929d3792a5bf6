/* SPDX-License-Identifier: GPL-2.0-only */
/* Macros in which tables of fields are written: one line for a field, one for a table. */
#ifndef MODEL_FIELD_ROWS_H
#define MODEL_FIELD_ROWS_H

#include "lib/array.h"
#include "model/field.h"

#define FIELD_ROW(s, name, member, head, kind, columns, is_key, what, ...)                     \
	{                                                                                      \
		.id = name, .title = head, .type = FIELD_##kind, .width = columns,             \
		.offset = offsetof(struct s, member), .key = is_key, .help = what, __VA_ARGS__ \
	}
/* A field of struct s that names its row, and one that does not. */
#define KEY(s, member, title, type, width, help) \
	FIELD_ROW(s, #member, member, title, type, width, 1, help, )
#define FLD(s, member, title, type, width, ...) \
	FIELD_ROW(s, #member, member, title, type, width, 0, __VA_ARGS__, )

/* A table of rows (struct row) that struct doc points to by one member and counts by another. */
#define FIELD_TABLE(doc, name, head, columns, row, rows, nr, ...)                               \
	{                                                                                       \
		.id = name, .title = head, .fields = columns, .nr_fields = ARRAY_SIZE(columns), \
		.row_size = sizeof(struct row), .rows_at = offsetof(struct doc, rows),          \
		.count_at = offsetof(struct doc, nr), __VA_ARGS__                               \
	}

/* A table of one row that is a member of struct doc. */
#define FIELD_LIST(doc, name, head, columns, row, member)                                       \
	{                                                                                       \
		.id = name, .title = head, .fields = columns, .nr_fields = ARRAY_SIZE(columns), \
		.row_size = sizeof(struct row), .rows_at = offsetof(struct doc, member)         \
	}

#endif

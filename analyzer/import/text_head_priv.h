/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of a line of text. */
#ifndef IMPORT_TEXT_HEAD_PRIV_H
#define IMPORT_TEXT_HEAD_PRIV_H

#include "import/text_cursor_priv.h"
#include "import/text.h"

/* An event's name in a line. */
struct imp_name {
	const char *text; /* without its system */
	size_t len;
	__u32 kind;   /* 0: this build does not know it */
	bool strange; /* it is of khugepaged, and this build does not know it */
	bool trace;   /* its fields stand in parentheses: perf trace */
	bool cut;     /* the line ends in it */
};

/*
 * Takes the name of an event, its system and the ':' or '(' behind it. False: there is no such name at
 * @c, and nothing is taken. A line may end in the name of an event of khugepaged.
 */
bool imp_take_name(struct cursor *c, struct imp_name *n);

/* The next name of an event of khugepaged that begins at or behind c->at; NULL. @c is not moved. */
const char *imp_find_name(const struct cursor *c, struct imp_name *n, struct cursor *behind);

/* Takes the time of ftrace, trace-cmd report or perf script, with the flags in front, into @h. */
bool imp_take_time(struct cursor *c, struct imp_head *h);

/*
 * Reads backward from @name, the place of an event's name, down to @line. 0, or enum imp_why.
 * *@cpu_end: behind the "[CPU]", NULL where there is none.
 */
__u32 imp_head_before(struct imp_text *t, const char *line, const char *name, struct imp_head *h,
		      const char **cpu_end);

/*
 * Puts the task's name into @h. It ends at @end; the text down to @begin may hold other words in front
 * of it. @columns: those that the tool aligns it to; a name of all of them is cut off, where @cut.
 */
void imp_task_name(const char *begin, const char *end, size_t columns, bool cut,
		   struct imp_head *h);

/* Takes the fields of an event of @kind from @c, whose form @n knows a part of, into @raw. */
bool imp_take_fields(struct imp_text *t, struct cursor *c, const struct imp_name *n,
		     struct imp_raw *raw);

/* The same, of the common form only; false where the other has to be tried, with @raw as it was. */
bool imp_take_plain_fields(struct imp_text *t, struct cursor *c, __u32 kind, struct imp_raw *raw);

/* A line without an event of khugepaged: losses and comments. */
void imp_text_other(struct imp_text *t, struct cursor c);

/* The line that @c is a part of, decoded, where it is quoted-printable. False: it goes on in the next. */
bool imp_unquote(struct imp_text *t, struct cursor *c);

#endif

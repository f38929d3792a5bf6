/* SPDX-License-Identifier: GPL-2.0-only */
/* Views that write a whole snapshot, or other tables, to a stream: text tables, JSON, CSV. */
#ifndef VIEW_FORMATS_H
#define VIEW_FORMATS_H

#include <stdio.h>
#include "model/snapshot.h"

#define VIEW_SCHEMA_VERSION 2 /* of the JSON; raised when a key changes its meaning or goes */

/* Each writes to @out; 0, or -errno when writing failed. @table: only this one; NULL: all. */
int view_text(const struct snapshot *s, const char *table, FILE *out);
int view_json(const struct snapshot *s, const char *table, FILE *out);
int view_csv(const struct snapshot *s, const char *table, FILE *out);

struct doc;

/* The same of any tables. */
int doc_text(const struct doc *d, const char *table, FILE *out);
int doc_json(const struct doc *d, const char *table, FILE *out);
int doc_csv(const struct doc *d, const char *table, FILE *out);

/* As doc_json(), on one line, without tables over time. */
int doc_json_line(const struct doc *d, FILE *out);

/* Flushes @out. 0, or -errno if something could not be written. */
int view_end(FILE *out);

/* As view_json(), on one line. */
int view_json_line(const struct snapshot *s, FILE *out);

struct field;
struct json_t;

/* One field of a row as a JSON value; the caller owns the reference. */
struct json_t *view_json_value(const struct field *f, const void *row);
/*
 * A string; null if it is empty. JSON has any character. A string with bytes that are not UTF-8, or with letters that
 * look like such a byte (\xff), becomes what fmt_safe() makes of it, so that no two become the same.
 */
struct json_t *view_json_string(const char *s);
/* An empty object, the root of what view_json_dump() writes. */
struct json_t *view_json_begin(void);
/*
 * Writes @root; @lines: on many lines. Nothing in it moves a cursor. 0, or -ENOMEM: the memory did not suffice for
 * all of it since view_json_begin().
 */
int view_json_put(const struct json_t *root, bool lines, FILE *out);
/* The same, a line end, and view_end(). */
int view_json_dump(const struct json_t *root, bool lines, FILE *out);

/* One event as a line of text (without newline at the end of @buf); times relative to @start_ns. */
char *view_event(const struct meta *meta, const struct mthp_ev *ev, char *buf, size_t len);

#define VIEW_EVENT_SCHEMA 1 /* of the line below; raised when a key changes its meaning or goes */

/* One event as a JSON object; the caller owns the reference. */
struct json_t *view_event_object(const struct meta *meta, const struct mthp_ev *ev);

/* The same and a line end. 0, or -ENOMEM. */
int view_event_json(const struct meta *meta, const struct mthp_ev *ev, FILE *out);

struct view_chrome;

/* A document in Chromium's trace event format, event by event. NULL: out of memory. Else 0 or -errno. */
struct view_chrome *view_chrome_begin(const struct meta *meta, FILE *out);
int view_chrome_event(struct view_chrome *c, const struct meta *meta, const struct mthp_ev *ev);
int view_chrome_end(struct view_chrome *c);

/* One bitmap behind @ev, which has some, by enum mthp_bitmap: its name, and "0-31,64" or "-" if no bit is set. */
const char *view_bitmap_name(int bitmap);
void view_bitmap(const struct meta *meta, const struct mthp_ev *ev, int bitmap, FILE *out);

/* The bitmaps behind @ev, if it has some, as further words of its line. */
void view_bitmaps(const struct meta *meta, const struct mthp_ev *ev, FILE *out);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live view of a source: on a terminal, as text or JSON at each interval, or one screen drawn
 * once. `mthptop` shows this kernel with it, `mthptop replay` a trace.
 */
#ifndef TUI_LIVE_VIEW_H
#define TUI_LIVE_VIEW_H

#include "source/feed.h"
#include "source/load.h"

struct top_opts {
	struct load_opts load;
	double delay;	    /* seconds; 0: not given */
	unsigned int count; /* intervals; 0: no end */
	int batch;
	int json;
	int ascii;
	int verbose;	  /* live: say what libbpf says, until it watches */
	const char *dump; /* name of a screen; NULL: none */
	const char *screen;
	const char *size;
	const char *sort;
	const char *filter;
	const char *speed; /* of a replay: a number or "max"; NULL: not given */
};

/* Rows for a command whose options struct is a struct top_opts. */
#define TOP_OPTIONS                                                                               \
	LOAD_OPTS(struct top_opts, load),                                                         \
		{ "delay", 'd',	 OPT_SECONDS,	    offsetof(struct top_opts, delay), 0.1, 86400, \
		  "SECS",  NULL, "refresh interval" },                                            \
		{ "count", 'n',	    OPT_U32, offsetof(struct top_opts, count), 1,                 \
		  1e9,	   "COUNT", NULL,    "end after so many intervals" },                     \
		{ "batch",                                                                        \
		  'b',                                                                            \
		  OPT_FLAG,                                                                       \
		  offsetof(struct top_opts, batch),                                               \
		  0,                                                                              \
		  0,                                                                              \
		  NULL,                                                                           \
		  NULL,                                                                           \
		  "text at each interval; the default where there is no terminal" },              \
		{ "json",                                                                         \
		  'j',                                                                            \
		  OPT_FLAG,                                                                       \
		  offsetof(struct top_opts, json),                                                \
		  0,                                                                              \
		  0,                                                                              \
		  NULL,                                                                           \
		  NULL,                                                                           \
		  "one JSON object per line at each interval" },                                  \
		{ "screen", 0,	    OPT_STR, offsetof(struct top_opts, screen), 0,                \
		  0,	    "NAME", NULL,    "open this screen first" },                          \
		{ "sort", 's',	   OPT_STR, offsetof(struct top_opts, sort), 0,                   \
		  0,	  "FIELD", NULL,    "sort lists by this column" },                        \
		{ "filter",                                                                       \
		  'f',                                                                            \
		  OPT_STR,                                                                        \
		  offsetof(struct top_opts, filter),                                              \
		  0,                                                                              \
		  0,                                                                              \
		  "TEXT",                                                                         \
		  NULL,                                                                           \
		  "show only rows of lists that hold this; FIELD=TEXT looks at one column" },     \
		{ "dump-screen",                                                                  \
		  0,                                                                              \
		  OPT_STR,                                                                        \
		  offsetof(struct top_opts, dump),                                                \
		  0,                                                                              \
		  0,                                                                              \
		  "NAME",                                                                         \
		  NULL,                                                                           \
		  "draw one screen as text, without a terminal, and end" },                       \
		{ "size",                                                                         \
		  0,                                                                              \
		  OPT_STR,                                                                        \
		  offsetof(struct top_opts, size),                                                \
		  0,                                                                              \
		  0,                                                                              \
		  "WxH",                                                                          \
		  NULL,                                                                           \
		  "columns and rows of --dump-screen: 80x24 unless told" },                       \
	{                                                                                         \
		"ascii", 0, OPT_FLAG, offsetof(struct top_opts, ascii), 0, 0, NULL, NULL,         \
			"draw with ASCII characters only"                                         \
	}

/* Are the options sensible, before any source is opened? EXIT_OK, or EXIT_USAGE after a message. */
int top_check(const struct top_opts *o);

/* Shows @src until its reader has enough. @name: of the trace, NULL live. The exit status. */
int top_run(struct source *src, const struct top_opts *o, const char *name);

struct ui;

/* What the options choose, once they are checked. */
void top_ui(const struct top_opts *o, const char *name, struct ui *ui);
void top_size(const struct top_opts *o, int *w, int *h);
/* Of a replay: 0 for as fast as possible; @otherwise where it was not told. */
double top_speed(const struct top_opts *o, double otherwise);

/* The ways to show it: on a terminal (live_screen.c), or in a stream of text (live_batch.c). */
int top_screen(struct feed *f, const struct top_opts *o, const char *name);
int top_batch(struct feed *f, const struct top_opts *o, const char *name);

#endif

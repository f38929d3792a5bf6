/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The live view of a source: on a terminal, as text or JSON at each interval, or as one screen drawn
 * once. `mthptop` shows this kernel, `mthptop replay` a trace.
 */
#ifndef TUI_LIVE_VIEW_H
#define TUI_LIVE_VIEW_H

#include "source/feed.h"
#include "source/load.h"

#define TOP_FILTER_MAX 63

struct top_opts {
	struct load_opts load;
	double delay;	    /* seconds; 0: not given */
	unsigned int count; /* intervals; 0: no end */
	bool batch;
	bool json;
	bool ascii;
	bool verbose;	  /* live: print messages of libbpf while the probes are loaded */
	const char *dump; /* name of a screen; NULL: none */
	const char *screen;
	const char *size;
	const char *sort;
	const char *filter;
	const char *speed; /* of a replay: a number or "max"; NULL: not given */
};

/* Rows for a command whose options struct is a struct top_opts. */
#define TOP_OPTIONS                                                                             \
	LOAD_OPTS(struct top_opts, load),                                                       \
		OPT(struct top_opts, delay, SECONDS, .brief = 'd', .min = 0.1, .max = 86400,    \
		    .metavar = "SECS", .help = "refresh interval"),                             \
		OPT(struct top_opts, count, U32, .brief = 'n', .min = 1, .max = 1e9,            \
		    .metavar = "COUNT", .help = "end after COUNT intervals"),                   \
		OPT(struct top_opts, batch, FLAG, .brief = 'b',                                 \
		    .help = "print text at each interval (default without a terminal)"),        \
		OPT(struct top_opts, json, FLAG, .brief = 'j',                                  \
		    .help = "print one JSON object per line at each interval"),                 \
		OPT(struct top_opts, screen, STR, .metavar = "NAME",                            \
		    .help = "open this screen first"),                                          \
		OPT(struct top_opts, sort, STR, .brief = 's', .metavar = "FIELD",               \
		    .help = "sort lists by this column"),                                       \
		OPT(struct top_opts, filter, STR, .brief = 'f', .max = TOP_FILTER_MAX,          \
		    .metavar = "TEXT",                                                          \
		    .help = "show only rows that contain TEXT; FIELD=TEXT matches one column"), \
		OPT(struct top_opts, dump, STR, .name = "dump-screen", .metavar = "NAME",       \
		    .help = "print one screen as text, without a terminal, and end"),           \
		OPT(struct top_opts, size, STR, .metavar = "WxH",                               \
		    .help = "columns and rows of --dump-screen (default 80x24)"),               \
		OPT(struct top_opts, ascii, FLAG, .help = "draw with ASCII characters only")

/*
 * Checks the options, before any source is opened, and fills @filter unless it is NULL. 0, or
 * -EINVAL after a message.
 */
int top_check(const struct top_opts *o, struct source_filter *filter);

/*
 * Shows @src until the person or an option ends it, and closes it. @name: of the trace; NULL: live. 0;
 * -EBADMSG: a trace that is incomplete or corrupt; -errno after a message.
 */
int top_run(struct source *src, const struct top_opts *o, const char *name);

#endif

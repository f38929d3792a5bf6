// SPDX-License-Identifier: GPL-2.0-only
/* mthptop survey: what memory looks like now, and what the policy would do with it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/commands.h"
#include "lib/fmt.h"
#include "html/pages.h"
#include "lib/log.h"
#include "lib/output.h"
#include "survey/record.h"
#include "survey/sums.h"
#include "survey/tables.h"
#include "tui/live_view.h"
#include "view/formats.h"

struct survey_opts {
	struct opt_list pids;
	const char *cgroup;
	const char *comm;
	bool all;
	bool zeroes;
	double watch;
	unsigned int count;
	const char *record;
	bool json;
	int format;
	const char *table;
	const char *out;
	bool batch;
	bool dump;
	const char *size;
};

static const char *const format_names[] = { "text", "json", "csv", "html", NULL };

enum {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_CSV,
	FORMAT_HTML
};

static int (*const writers[])(const struct doc *d, const char *table, FILE *out) = {
	doc_text, doc_json, doc_csv, NULL, /* a page is more than its tables */
};

static const struct opt survey_options[] = {
	OPT(struct survey_opts, pids, LIST, .name = "pid", .brief = 'p', .metavar = "PID",
	    .help = "this process"),
	OPT(struct survey_opts, cgroup, STR, .metavar = "PATH",
	    .help = "processes of this cgroup and those below it"),
	OPT(struct survey_opts, comm, STR, .metavar = "GLOB", .help = "processes with such a name"),
	OPT(struct survey_opts, all, FLAG, .brief = 'a', .help = "all processes"),
	OPT(struct survey_opts, zeroes, FLAG, .brief = 'z',
	    .help = "read huge pages, and count the pages in them that hold nothing but zeroes"),
	OPT(struct survey_opts, watch, SECONDS, .brief = 'w', .min = 0.1, .max = 86400,
	    .metavar = "SECS", .help = "again every so often, with what has changed"),
	OPT(struct survey_opts, count, U32, .brief = 'n', .min = 1, .max = 1e9, .metavar = "COUNT",
	    .help = "end after so many surveys"),
	OPT(struct survey_opts, record, STR, .brief = 'r', .metavar = "FILE",
	    .help = "write what was found there, as a trace of scans"),
	OPT(struct survey_opts, json, FLAG, .brief = 'j',
	    .help = "as --format json; with --watch one object per line"),
	OPT(struct survey_opts, format, CHOICE, .brief = 'f', .metavar = "FORMAT",
	    .choices = format_names, .help = "what to write"),
	OPT(struct survey_opts, table, STR, .brief = 't', .metavar = "NAME",
	    .help = "only this table: summary, orders, processes, ..."),
	OUTPUT_OPT(struct survey_opts, out),
	OPT(struct survey_opts, batch, FLAG, .brief = 'b',
	    .help = "with --watch: text, also on a terminal"),
	OPT(struct survey_opts, dump, FLAG, .name = "dump-screen",
	    .help = "draw the screen of --watch as text, without a terminal, and end"),
	OPT(struct survey_opts, size, STR, .metavar = "WxH",
	    .help = "columns and rows of --dump-screen: 80x24 unless told"),
	OPT_END,
};

static int bad_table(const char *name)
{
	char all[256] = "", word[64];
	size_t i;

	for (i = 0; i < nr_survey_tables; i++)
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i ? ", " : "",
			 survey_tables[i].id);
	log_err("unknown table: %s (use one of: %s)", fmt_safe(name, word, sizeof(word)), all);
	return EXIT_USAGE;
}

static int has_table(const char *name)
{
	size_t i;

	for (i = 0; i < nr_survey_tables; i++)
		if (!strcmp(survey_tables[i].id, name))
			return 1;
	return 0;
}

/* The words of -p as numbers, each once. EXIT_OK or EXIT_USAGE. */
static int read_pids(const struct opt_list *words, __u32 *pids, size_t *nr)
{
	char word[64], *end;
	unsigned long pid;
	size_t j;
	int i;

	for (i = 0; i < words->nr; i++) {
		pid = strtoul(words->word[i], &end, 10);
		if (words->word[i][0] < '0' || words->word[i][0] > '9' || *end || !pid ||
		    pid > 4194304) {
			log_err("bad value for --pid: %s: not a number from 1 to 4194304",
				fmt_safe(words->word[i], word, sizeof(word)));
			return EXIT_USAGE;
		}
		for (j = 0; j < *nr && pids[j] != pid; j++)
			;
		if (j == *nr)
			pids[(*nr)++] = pid;
	}
	return EXIT_OK;
}

static int check(const struct survey_opts *o)
{
	if (!o->pids.nr && !o->cgroup && !o->comm && !o->all) {
		log_err("missing option: which processes (use -p PID, --cgroup PATH, --comm GLOB or --all)");
		return EXIT_USAGE;
	}
	if (o->all && (o->pids.nr || o->cgroup || o->comm)) {
		log_err("options do not go together: --all and -p, --cgroup or --comm");
		return EXIT_USAGE;
	}
	if (o->count && !o->watch) {
		log_err("option needs another one: --count goes with --watch SECS");
		return EXIT_USAGE;
	}
	if (o->record && !strcmp(o->record, "-") && !o->out) {
		log_err("options do not go together: --record - and no -o FILE both want standard output");
		return EXIT_USAGE;
	}
	if (o->watch && !o->json && o->format == FORMAT_HTML) {
		log_err("options do not go together: --watch and --format html: a page is of one moment");
		return EXIT_USAGE;
	}
	return o->table && !has_table(o->table) ? bad_table(o->table) : EXIT_OK;
}

static int write_rows(const struct survey_opts *o, const struct survey_rows *r, FILE *out)
{
	int format = o->json ? FORMAT_JSON : o->format;
	struct doc d = survey_doc(r);

	if (format == FORMAT_JSON && o->watch && !o->table)
		return doc_json_line(&d, out);
	if (format == FORMAT_HTML)
		return html_survey(r, o->table, out);
	return writers[format](&d, o->table, out);
}

/* One survey, written to @out. *before is the one before it, and this one afterwards. */
static int once(const struct survey_opts *o, const struct survey_wanted *wanted,
		struct survey_record *record, struct survey **before, FILE *out, int *wrote)
{
	struct survey_rows *r = NULL;
	struct survey *s;
	int status;

	status = survey_run(wanted, record ? survey_record_event : NULL, record, &s);
	if (s && (!status || s->nr_procs))
		r = survey_rows_make(s, *before);
	if (r)
		*wrote = write_rows(o, r, out);
	survey_rows_free(r);
	survey_free(*before);
	*before = s;
	return status;
}

static void wait_until(struct timespec *at, double secs)
{
	at->tv_sec += (time_t)secs;
	at->tv_nsec += (long)((secs - (time_t)secs) * 1e9);
	if (at->tv_nsec >= 1000000000) {
		at->tv_nsec -= 1000000000;
		at->tv_sec++;
	}
	while (!stop_signal && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, at, NULL) == EINTR)
		;
}

static int all_rounds(const struct survey_opts *o, const struct survey_wanted *wanted,
		      struct survey_record *record, FILE *out)
{
	struct survey *before = NULL;
	int status, wrote = 0;
	unsigned int i = 0;
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	do {
		if (i && !o->json && o->format == FORMAT_TEXT)
			fputc('\n', out);
		status = once(o, wanted, record, &before, out, &wrote);
		i++;
		if (!o->watch || status || wrote || (o->count && i >= o->count))
			break;
		wait_until(&at, o->watch);
	} while (!stop_signal);
	survey_free(before);
	wrote = output_close(out, o->out, wrote);
	return wrote ? wrote : status;
}

/* A view that goes on: on a terminal, unless text of some form was asked for. */
static int wants_screen(const struct survey_opts *o)
{
	if (o->dump)
		return 1;
	return o->watch && !o->batch && !o->json && o->format == FORMAT_TEXT && !o->table &&
	       !o->out && isatty(STDOUT_FILENO);
}

static int on_screen(const struct survey_opts *o, const struct survey_wanted *wanted,
		     struct survey_record *record)
{
	struct top_opts top = { .delay = o->dump ? 0.1 : o->watch,
				.count = o->count,
				.screen = "survey",
				.dump = o->dump ? "survey" : NULL,
				.size = o->size };
	struct source *src;
	int status;

	status = top_check(&top);
	if (!status)
		status = source_survey_open(&src, wanted, record);
	if (status)
		return status;
	status = top_run(src, &top, NULL);
	src->ops->close(src);
	return status;
}

static int to_stream(const struct survey_opts *o, const struct survey_wanted *wanted,
		     struct survey_record *record)
{
	FILE *out = output_open(o->out);

	if (!out)
		return EXIT_CANNOT;
	stop_on_signals();
	return all_rounds(o, wanted, record, out);
}

static int run(const struct command *cmd, const void *opts, int nr_args, char **args)
{
	struct survey_wanted wanted = { 0 };
	const struct survey_opts *o = opts;
	struct survey_record *record = NULL;
	__u32 pids[OPT_LIST_MAX];
	int status, ended;
	status = check(o);
	if (!status)
		status = read_pids(&o->pids, pids, &wanted.nr_pids);
	if (status)
		return status;
	wanted.pids = wanted.nr_pids ? pids : NULL;
	wanted.cgroup = o->cgroup;
	wanted.comm = o->comm;
	wanted.blank = o->zeroes;
	if (o->record)
		status = survey_record_open(o->record, &wanted, &record);
	if (status)
		return status;
	status = wants_screen(o) ? on_screen(o, &wanted, record) : to_stream(o, &wanted, record);
	ended = survey_record_close(record);
	return status ? status : ended;
}

const struct command cmd_survey = {
	.name = "survey",
	.args = "",
	.help = "what memory looks like now, and what the policy would do with it",
	.examples =
		"  sudo mthptop survey --all\n"
		"  sudo mthptop survey -p $(pidof redis-server)\n"
		"  sudo mthptop survey --cgroup /system.slice --watch 60\n"
		"  sudo mthptop survey --comm 'postgres*' --record t.mthp\n"
		"  sudo mthptop survey --all --format html -o survey.html\n"
		"\n"
		"Reads /proc only: nothing is written to any process or setting, and no kernel\n"
		"with our patches nor BPF is needed. Sizes of folios take CAP_SYS_ADMIN.\n",
	.opts = survey_options,
	.opts_size = sizeof(struct survey_opts),
	.min_args = 0,
	.max_args = 0,
	.run = run,
};

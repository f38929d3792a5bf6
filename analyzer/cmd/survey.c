// SPDX-License-Identifier: GPL-2.0-only
/* mthptop survey: the anonymous memory of processes now, and what the policy would collapse. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/commands.h"
#include "cmd/format_priv.h"
#include "cmd/tables_priv.h"
#include "lib/clock.h"
#include "lib/fmt.h"
#include "html/pages.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/stop.h"
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
	bool map;
	int by;
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

static const char *const ways[] = { "best", "iter", "proc", NULL }; /* enum survey_by */

static const struct survey_opts survey_defaults = { .format = FORMAT_BY_NAME };

static const struct opt survey_options[] = {
	OPT(struct survey_opts, pids, LIST, .name = "pid", .brief = 'p', .metavar = "PID",
	    .help = "this process"),
	OPT(struct survey_opts, cgroup, STR, .metavar = "PATH",
	    .help = "processes of this cgroup and of those below it"),
	OPT(struct survey_opts, comm, STR, .metavar = "GLOB", .help = "processes with such a name"),
	OPT(struct survey_opts, all, FLAG, .brief = 'a', .help = "all processes"),
	OPT(struct survey_opts, zeroes, FLAG, .brief = 'z',
	    .help = "read large folios, and count their pages that hold only zeroes"),
	OPT(struct survey_opts, map, FLAG, .brief = 'm',
	    .help = "a row for each PMD range: which folios are where in it (--table map: only these)"),
	OPT(struct survey_opts, by, CHOICE, .metavar = "WAY", .choices = ways,
	    .help = "how to read page tables (default: iter, a BPF program, where it may be)"),
	OPT(struct survey_opts, watch, SECONDS, .brief = 'w', .min = 0.1, .max = 86400,
	    .metavar = "SECS", .help = "repeat every SECS seconds, with the changes"),
	OPT(struct survey_opts, count, U32, .brief = 'n', .min = 1, .max = 1e9, .metavar = "COUNT",
	    .help = "end after COUNT surveys"),
	OPT(struct survey_opts, record, STR, .brief = 'r', .metavar = "FILE",
	    .help = "also write a trace to FILE, a scan for each PMD range"),
	OPT(struct survey_opts, json, FLAG, .brief = 'j',
	    .help = "as --format json; with --watch one object per line"),
	OPT(struct survey_opts, format, CHOICE, .brief = 'f', .metavar = "FORMAT",
	    .choices = tables_formats,
	    .help = "output format; by the name of the output if this is not given, else text"),
	OPT(struct survey_opts, table, STR, .brief = 't', .metavar = "NAME",
	    .help = "only this table: summary, orders, processes, ..."),
	OUTPUT_OPT(struct survey_opts, out),
	OPT(struct survey_opts, batch, FLAG, .brief = 'b',
	    .help = "with --watch: print text, also on a terminal"),
	OPT(struct survey_opts, dump, FLAG, .name = "dump-screen",
	    .help = "print the screen of --watch as text, without a terminal, and end"),
	OPT(struct survey_opts, size, STR, .metavar = "WxH",
	    .help = "columns and rows of --dump-screen (default 80x24)"),
	OPT_END,
};

/* The words of -p as numbers, each once. EXIT_OK, or EXIT_USAGE after a message. */
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

static int format(const struct survey_opts *o)
{
	return o->json ? FORMAT_JSON : format_of(o->format, tables_formats, o->out);
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
	if (o->watch && format(o) == FORMAT_HTML) {
		log_err("options do not go together: --watch and --format html (a page shows one moment)");
		return EXIT_USAGE;
	}
	return tables_check(survey_tables, nr_survey_tables, o->table);
}

static int write_rows(const struct survey_opts *o, const struct survey_rows *r, FILE *out)
{
	struct doc d = survey_doc(r);

	if (format(o) == FORMAT_JSON && o->watch && !o->table)
		return doc_json_line(&d, out);
	if (format(o) == FORMAT_HTML)
		return html_survey(r, o->table, out);
	return tables_write(&d, format(o), o->table, out);
}

/* Surveys, one after the other. */
struct rounds {
	const struct survey_opts *o;
	const struct survey_wanted *wanted;
	struct survey_record *record;
	struct survey *before; /* the one before */
	struct loop *loop;     /* NULL: there is one round only */
	struct output out;
	unsigned int nr;
	bool found; /* something was written */
	int err;    /* of the survey, 0 or -errno */
	int wrote;  /* of writing, 0 or -errno */
};

/* An empty answer is true. A mistyped name gives one, too. */
static void say_empty(const struct survey_opts *o)
{
	char word[256];

	if (o->comm)
		log_warn("no process that can be surveyed has a name like %s",
			 fmt_safe(o->comm, word, sizeof(word)));
	else if (o->cgroup)
		log_warn("no process of cgroup %s can be surveyed",
			 fmt_safe(o->cgroup, word, sizeof(word)));
}

static void one_round(void *ctx, __u64 n)
{
	struct rounds *r = ctx;
	struct survey_rows *rows = NULL;
	struct survey *s;

	if (r->nr++ && format(r->o) == FORMAT_TEXT)
		fputc('\n', r->out.file);
	r->err = survey_run(r->wanted, r->record ? survey_record_event : NULL, r->record, &s);
	if (s && (!r->err || s->nr_procs))
		rows = survey_rows_make(s, r->before);
	if (s && !r->err && !s->nr_procs && r->nr == 1)
		say_empty(r->o);
	r->found = r->found || rows;
	if (rows)
		r->wrote = write_rows(r->o, rows, r->out.file);
	survey_rows_free(rows);
	survey_free(r->before);
	r->before = s;
	if (r->loop && (r->err || r->wrote || (r->o->count && r->nr >= r->o->count)))
		loop_stop(r->loop);
}

/* A round each @secs, the first one now. 0 or -errno. */
static int watch(struct rounds *r, double secs)
{
	int err = loop_new(&r->loop), timer;

	if (err)
		return err;
	timer = loop_timer(r->loop, one_round, r);
	err = timer < 0 ? timer : loop_set_timer(r->loop, timer, 1, (__u64)(secs * NSEC_PER_SEC));
	if (!err)
		err = loop_run(r->loop);
	loop_free(r->loop);
	return err;
}

/* 0, or -errno after a message. */
static int all_rounds(struct rounds *r)
{
	int err = 0;

	if (r->o->watch)
		err = watch(r, r->o->watch);
	else
		one_round(r, 1);
	survey_free(r->before);
	if (r->found)
		r->wrote = output_close(&r->out, r->wrote);
	else
		output_drop(&r->out);
	if (err)
		log_err("cannot wait: %s", strerror(-err));
	return err ? err : r->wrote ? r->wrote : r->err;
}

/* --watch on a terminal, unless the options ask for text. */
static int wants_screen(const struct survey_opts *o)
{
	if (o->dump)
		return 1;
	return o->watch && !o->batch && format(o) == FORMAT_TEXT && !o->table && !o->out &&
	       isatty(STDOUT_FILENO);
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
	int err;

	if (top_check(&top, NULL))
		return EXIT_USAGE;
	err = source_survey_open(&src, wanted, record);
	return exit_status(err ? err : top_run(src, &top, NULL));
}

static int to_stream(const struct survey_opts *o, const struct survey_wanted *wanted,
		     struct survey_record *record)
{
	struct rounds r = { .o = o, .wanted = wanted, .record = record };
	int err = output_open(&r.out, o->out, o->watch ? OUTPUT_GROWING : OUTPUT_WHOLE);

	if (err)
		return exit_status(err);
	stop_on_signals();
	return exit_status(all_rounds(&r));
}

static int run(const struct command *cmd, const void *opts, int nr_args, char **args)
{
	struct survey_kept kept = { 0 };
	struct survey_wanted wanted = { .kept = &kept };
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
	wanted.by = o->by;
	/* Its table is asked for by name, or by the option. */
	wanted.map = o->map || (o->table && !strcmp(o->table, "map"));
	if (o->record)
		status = exit_status(survey_record_open(o->record, &wanted, &record));
	if (status)
		return status;
	status = wants_screen(o) ? on_screen(o, &wanted, record) : to_stream(o, &wanted, record);
	/* No process, no trace. */
	if (status == EXIT_CANNOT)
		survey_record_drop(record);
	survey_kept_free(&kept);
	ended = status == EXIT_CANNOT ? EXIT_OK : exit_status(survey_record_close(record));
	return status ? status : ended;
}

const struct command cmd_survey = {
	.name = "survey",
	.args = "",
	.help = "survey the anonymous memory of processes, and plan its collapse",
	.examples =
		"  sudo mthptop survey --all\n"
		"  sudo mthptop survey -p $(pidof redis-server)\n"
		"  sudo mthptop survey --cgroup /system.slice --watch 60\n"
		"  sudo mthptop survey --comm 'postgres*' --record t.mthp\n"
		"  sudo mthptop survey --all -o survey.html\n"
		"\n"
		"Only reads: changes no process and no setting, and needs no patched kernel. Without BPF\n"
		"it reads /proc. Folio sizes need CAP_SYS_ADMIN.\n",
	.opts = survey_options,
	.opts_size = sizeof(struct survey_opts),
	.defaults = &survey_defaults,
	.min_args = 0,
	.max_args = 0,
	.run = run,
};

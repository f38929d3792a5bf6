// SPDX-License-Identifier: GPL-2.0-only
/* mthptop advise: the best setting for so much more memory, and the commands that set it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/commands.h"
#include "cmd/format_priv.h"
#include "cmd/tables_priv.h"
#include "lib/exit.h"
#include "lib/fmt.h"
#include "lib/inputs.h"
#include "lib/log.h"
#include "lib/output.h"
#include "model/thp_sysfs.h"
#include "source/load.h"
#include "survey/sums.h"
#include "view/formats.h"
#include "whatif/advise.h"

struct advise_opts {
	struct load_opts load;
	const char *budget;
	const char *rules;
	bool json;
	int format;
	const char *table;
	const char *out;
};

static const struct advise_opts advise_defaults = { .budget = "5%", .format = FORMAT_BY_NAME };

static const char *const advise_formats[] = { "text", "json", "csv", NULL };

static const struct opt advise_options[] = {
	OPT(struct advise_opts, budget, STR, .brief = 'b', .metavar = "PERCENT",
	    .help = "so much more memory at most: 5% (default), 0.5%, ..., unlimited"),
	OPT(struct advise_opts, rules, STR, .metavar = "FILE",
	    .help = "also write rules for mthptop check, which guard the setting"),
	OPT(struct advise_opts, json, FLAG, .brief = 'j', .help = "as --format json"),
	OPT(struct advise_opts, format, CHOICE, .brief = 'f', .metavar = "FORMAT",
	    .choices = advise_formats,
	    .help = "output format; by the name of the output if this is not given, else text"),
	OPT(struct advise_opts, table, STR, .brief = 't', .metavar = "NAME",
	    .help = "only this table: explanation, commands, budgets, ..."),
	OUTPUT_OPT(struct advise_opts, out),
	LOAD_OPTS(struct advise_opts, load),
	OPT_END,
};

struct job {
	const struct advise_opts *o;
	__u64 budget;
	struct meta meta;
	struct counters counters; /* nr 0: unknown */
	struct advise_kernel kernel;
	struct whatif_grid grid;
	size_t own;
	struct whatif *w;
	struct advice advice;
	bool begun;
	int err; /* exit status */
};

static const struct counters *counters(const struct job *j)
{
	return j->counters.nr ? &j->counters : NULL;
}

/* The meta is known, and maybe the counters. An exit status. */
static int begin(struct job *j)
{
	int err;

	j->begun = true;
	if (!meta_has_ranges(&j->meta)) {
		log_err("cannot advise: the trace has detail %s: addresses and occupancy of scans are unknown (run mthptop advise without a file, or on a file of mthptop survey --record)",
			meta_detail_name(j->meta.detail));
		return EXIT_CANNOT;
	}
	if (!j->meta.pmd_order || j->meta.pmd_order >= MTHP_NR_ORDERS) {
		log_err("cannot advise: the PMD order is unknown");
		return EXIT_DATA;
	}
	advise_kernel(&j->meta, counters(j), &j->kernel);
	if (advise_settings(&j->meta, &j->kernel, &j->grid, &j->own)) {
		log_err("cannot advise: the present settings are unknown");
		return EXIT_DATA;
	}
	err = whatif_new(j->meta.pmd_order, j->meta.page_size, &j->meta.settings, j->grid.s,
			 j->grid.nr, &j->w);
	if (err)
		log_err("cannot advise: %s",
			err == -EINVAL ? "the PMD order is out of bounds" : "out of memory");
	return err == -EINVAL ? EXIT_DATA : err ? EXIT_CANNOT : EXIT_OK;
}

static int take_survey(void *ctx, const struct mthp_ev *ev, const struct survey_proc *p)
{
	const struct job *j = ctx;

	whatif_event(j->w, ev, false);
	return 0;
}

/* Of this machine. An exit status. */
static int from_survey(struct job *j)
{
	const struct load_opts *load = &j->o->load;
	struct survey_kept kept = { 0 };
	__u32 pid = load->pid;
	struct survey_wanted wanted = { .pids = pid ? &pid : NULL,
					.nr_pids = pid != 0,
					.cgroup = load->cgroup,
					.kept = &kept };
	struct survey *s = NULL;
	int err = survey_meta(&wanted, &j->meta);

	if (err)
		return exit_status(err);
	sysinfo_read_counters("", j->meta.page_size, &j->counters);
	err = begin(j);
	if (err)
		return err;
	err = survey_run(&wanted, take_survey, j, &s);
	if (!err && !s->orders) {
		log_err("cannot advise: which folios memory is in is unknown (needs CAP_SYS_ADMIN: run it as root)");
		err = -EPERM;
	}
	whatif_end(j->w);
	if (!err) {
		advise_make(&j->advice, &j->meta, &j->kernel, &j->grid, j->own, j->w, j->budget);
		advise_beside(&j->advice, counters(j));
		j->advice.top.file_bytes = s->left_out[SURVEY_FILE].rss;
		j->advice.top.disabled_bytes = s->left_out[SURVEY_DISABLED].rss;
		if (!s->nr_procs && (pid || load->cgroup))
			log_warn("no process that can be surveyed matches");
	}
	survey_free(s);
	survey_kept_free(&kept);
	return exit_status(err);
}

static void take_event(void *ctx, const struct model *m, const struct mthp_ev *ev)
{
	struct job *j = ctx;

	if (!j->begun) {
		j->meta = m->meta;
		j->counters = m->first;
		j->err = begin(j);
	}
	if (!j->err)
		whatif_event(j->w, ev, totals_lossy(&m->totals));
}

/* Of a trace. An exit status. */
static int from_trace(struct job *j, const char *path)
{
	struct model *m = NULL;
	int err = exit_status(load_trace(path, &j->o->load, &m, take_event, j));

	if (!m)
		return err;
	if (!j->begun) {
		j->meta = m->meta;
		j->counters = m->first;
		j->err = begin(j);
	}
	if (!j->err) {
		whatif_end(j->w);
		advise_make(&j->advice, &j->meta, &j->kernel, &j->grid, j->own, j->w, j->budget);
		j->counters = m->last;
		advise_beside(&j->advice, counters(j));
	}
	model_free(m);
	return j->err ? j->err : err;
}

static int write_rules(const struct job *j)
{
	struct output out;
	int err = output_open(&out, j->o->rules, OUTPUT_WHOLE);

	if (err)
		return err;
	advise_rules(&j->advice, out.file);
	return output_close(&out, 0);
}

static int write_advice(const struct job *j)
{
	struct doc d = advise_view(&j->advice);
	int format = j->o->json ? FORMAT_JSON : format_of(j->o->format, advise_formats, j->o->out);
	struct output out;
	int err = output_open(&out, j->o->out, OUTPUT_WHOLE);

	if (err)
		return err;
	return output_close(&out, tables_write(&d, format, j->o->table, out.file));
}

static int run(const struct command *cmd, const void *opts, int nr_args, char **args)
{
	const struct advise_opts *o = opts;
	int err = tables_check(advise_tables, nr_advise_tables, o->table);
	char word[64];
	struct job *j;

	if (err)
		return err;
	j = calloc(1, sizeof(*j));
	if (!j)
		return EXIT_CANNOT;
	j->o = o;
	if (advise_parse_budget(o->budget, &j->budget)) {
		log_err("bad value for --budget: %s: not a percentage from 0%% to 100000%%, or unlimited",
			fmt_safe(o->budget, word, sizeof(word)));
		free(j);
		return EXIT_USAGE;
	}
	if (nr_args)
		inputs_note_path(args[0]);
	err = nr_args ? from_trace(j, args[0]) : from_survey(j);
	if (j->advice.nr_rows) {
		int wrote;

		advise_explain(&j->advice);
		wrote = o->rules ? write_rules(j) : 0;
		if (!wrote)
			wrote = write_advice(j);
		err = wrote ? exit_status(wrote) : err;
	}
	whatif_free(j->w);
	free(j);
	return err;
}

const struct command cmd_advise = {
	.name = "advise",
	.args = "[FILE]",
	.help = "the best setting of this kernel for so much more memory, and the commands that set it",
	.examples = "  sudo mthptop advise\n"
		    "  sudo mthptop advise -p $(pidof redis-server) --budget 1%\n"
		    "  mthptop advise survey.mthp --budget unlimited --rules thp.rules\n"
		    "\n"
		    "Without a file it surveys this machine. It changes no setting.\n",
	.opts = advise_options,
	.opts_size = sizeof(struct advise_opts),
	.defaults = &advise_defaults,
	.min_args = 0,
	.max_args = 1,
	.run = run,
};

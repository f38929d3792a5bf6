// SPDX-License-Identifier: GPL-2.0-only
/* mthptop check: rules about traces, for CI. Exit status and report say whether they hold. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/eval.h"
#include "check/report.h"
#include "check/rules.h"
#include "check/scope_snaps.h"
#include "check/scope_totals.h"
#include "check/suggest.h"
#include "cmd/commands.h"
#include "cmd/format_priv.h"
#include "lib/fmt.h"
#include "lib/exit.h"
#include "lib/inputs.h"
#include "lib/log.h"
#include "lib/output.h"

struct check_opts {
	struct load_opts load;
	const char *rules;
	int format;
	const char *out;
	bool sum;
	bool histograms;
	bool suggest;
	unsigned int slack;
};

static const struct check_opts check_defaults = { .format = FORMAT_BY_NAME, .slack = 5 };

static const char *const format_names[] = {
	[CHECK_TEXT] = "text", [CHECK_KTAP] = "ktap", [CHECK_JUNIT] = "junit", NULL
};

/* What the name of an output of each format ends with. */
static const char *const format_endings[] = {
	[CHECK_TEXT] = "txt", [CHECK_KTAP] = "ktap", [CHECK_JUNIT] = "xml", NULL
};

static const struct opt check_options[] = {
	OPT(struct check_opts, rules, STR, .brief = 'f', .metavar = "RULES",
	    .help = "file of rules (docs/check-language.md)"),
	OPT(struct check_opts, format, CHOICE, .metavar = "FORMAT", .choices = format_names,
	    .help = "output format; by the name of the output if this is not given, .ktap or .xml, else text"),
	OUTPUT_OPT(struct check_opts, out),
	OPT(struct check_opts, sum, FLAG, .help = "also check the sum of all traces"),
	OPT(struct check_opts, histograms, FLAG, .help = "show histograms of rules that pass, too"),
	OPT(struct check_opts, suggest, FLAG,
	    .help = "write rules that this trace satisfies, as a start"),
	OPT(struct check_opts, slack, U32, .min = 1, .max = 50, .metavar = "PERCENT",
	    .help = "how far a share may move under suggested rules"),
	LOAD_OPTS(struct check_opts, load),
	OPT_END,
};

/* All of @path and a NUL; NULL after a message. */
static char *read_rules(const char *path, size_t *len)
{
	FILE *in = strcmp(path, "-") ? fopen(path, "re") : stdin;
	char *text = in ? malloc(CHECK_MAX_TEXT + 2) : NULL;
	char name[256];

	if (text) {
		inputs_note(fileno(in));
		errno = 0;
		*len = fread(text, 1, CHECK_MAX_TEXT + 1, in);
		text[*len] = '\0';
		if (ferror(in)) {
			free(text);
			text = NULL;
		}
	}
	if (!text)
		log_err("cannot read rules: %s: %s", fmt_safe(path, name, sizeof(name)),
			strerror(errno ? errno : EIO));
	if (in && in != stdin)
		fclose(in);
	return text;
}

/* A path in a rules file is relative to that file. The caller frees. */
static char *base_path(const char *rules, const char *path)
{
	const char *slash = strrchr(rules, '/');
	char *full;

	if (path[0] == '/' || !slash)
		return strdup(path);
	if (asprintf(&full, "%.*s/%s", (int)(slash - rules), rules, path) < 0)
		return NULL;
	return full;
}

/* The exit status for the result of reading traces. */
static int status_of(int err)
{
	return err == -EINVAL ? EXIT_USAGE : exit_status(err);
}

static int load_bases(const struct check_opts *o, const struct check_rules *rules,
		      struct check_data *bases)
{
	struct load_opts load = { .cgroup = o->load.cgroup };
	unsigned int i;
	int err = EXIT_OK;

	for (i = 0; i < rules->nr_bases && !err; i++) {
		char *path = base_path(o->rules, rules->bases[i]);
		struct check_sums *sums = NULL;

		err = path ? status_of(check_read(path, rules, &load, &sums)) : EXIT_CANNOT;
		if (!err && check_data_take(sums, rules->bases[i], &bases[i]))
			err = EXIT_CANNOT;
		check_sums_free(sums);
		free(path);
	}
	return err;
}

/* How often a rule is judged: all of them, in each window or process of its scope. */
static __u64 judgements(const struct check_rules *rules, const struct check_data *data)
{
	__u64 sum = 0;
	unsigned int i;

	for (i = 0; i < rules->nr_rules; i++)
		sum += data->views[rules->rules[i].scope].nr_parts;
	return sum;
}

static int judge(struct check_report *r, const struct check_sums *sums, const char *name,
		 const struct check_data *bases)
{
	const struct check_rules *rules = r->rules;
	struct check_verdict *verdicts = calloc(rules->nr_rules, sizeof(*verdicts));
	struct check_data data = { 0 };
	unsigned int i;

	if (!verdicts || check_data_take(sums, name, &data)) {
		log_err("cannot check: %s: out of memory", name);
		free(verdicts);
		return EXIT_CANNOT;
	}
	if (judgements(rules, &data) > CHECK_MAX_JUDGEMENTS) {
		log_err("cannot check: %s: %u rules in so many windows and processes are %llu judgements, and %u are the limit (choose longer windows, or fewer rules)",
			name, rules->nr_rules, (unsigned long long)judgements(rules, &data),
			CHECK_MAX_JUDGEMENTS);
		check_data_free(&data);
		free(verdicts);
		return EXIT_USAGE;
	}
	for (i = 0; i < rules->nr_rules; i++)
		check_eval(rules, &rules->rules[i], &data, bases, &verdicts[i]);
	check_report_set(r, name, verdicts);
	check_data_free(&data);
	free(verdicts);
	return EXIT_OK;
}

/* Each trace, and with --sum their sum. *@judged: how many could be read. */
static int judge_all(const struct check_opts *o, struct check_report *r,
		     const struct check_data *bases, int nr, char **paths, int *judged)
{
	struct check_sums *sum = NULL, *one;
	int i, err = EXIT_OK, fits = 1;
	char name[64];

	for (i = 0; i < nr && !err; i++) {
		err = check_read(paths[i], r->rules, &o->load, &one);
		if (err == -EINVAL)
			break;
		if (err) {
			check_report_set(r, paths[i], NULL);
			fits = 0;
			err = EXIT_OK;
			continue;
		}
		err = judge(r, one, paths[i], bases);
		++*judged;
		if (!o->sum || err) {
			check_sums_free(one);
			continue;
		}
		if (!sum) {
			sum = one;
			continue;
		}
		if (check_sums_add(sum, one, paths[i]))
			fits = 0;
		check_sums_free(one);
	}
	if (o->sum && !err) {
		snprintf(name, sizeof(name), "sum of %d traces", nr);
		if (sum && fits)
			err = judge(r, sum, name, bases);
		else
			check_report_set(r, name, NULL);
	}
	check_sums_free(sum);
	return err == -EINVAL ? EXIT_USAGE : err;
}

static int run_rules(const struct check_opts *o, const struct check_rules *rules, int nr,
		     char **paths)
{
	struct check_data bases[CHECK_MAX_BASES];
	struct check_report r = { .format = format_of(o->format, format_endings, o->out),
				  .rules = rules,
				  .histograms = o->histograms };
	struct output out;
	unsigned int i;
	int err, wrote = EXIT_OK, judged = 0;

	memset(bases, 0, sizeof(bases));
	r.nr_sets = nr + !!o->sum;
	err = load_bases(o, rules, bases);
	if (!err)
		err = exit_status(output_open(&out, o->out, OUTPUT_WHOLE));
	if (!err) {
		r.out = out.file;
		check_report_begin(&r);
		err = judge_all(o, &r, bases, nr, paths, &judged);
		/* A file from an earlier run stays if nothing could be judged. */
		if (judged || !o->out)
			wrote = exit_status(output_close(&out, check_report_end(&r)));
		else
			output_drop(&out);
		err = err ? err : wrote ? wrote : check_report_status(&r);
	}
	for (i = 0; i < rules->nr_bases; i++)
		check_data_free(&bases[i]);
	return err;
}

/* KTAP readers read standard output, and take exit status 2 for an expected failure. */
static int bad_rules(const struct check_opts *o, const struct check_rules *rules)
{
	check_report_errors(rules, "", stderr);
	log_err("cannot use rules: %s: %u error%s", o->rules, rules->src.nr_errors,
		rules->src.nr_errors == 1 ? "" : "s");
	if (format_of(o->format, format_endings, o->out) != CHECK_KTAP)
		return EXIT_USAGE;
	printf("KTAP version 1\nBail out! The rules cannot be used\n");
	return EXIT_CHECK;
}

static int run(const struct command *cmd, const void *opts, int nr, char **paths)
{
	const struct check_opts *o = opts;
	struct check_rules rules;
	size_t len = 0;
	char *text;
	int err;

	if (o->suggest) {
		if (nr == 1 && !o->rules)
			return exit_status(
				check_suggest(paths[0], &o->load, o->slack / 100.0, o->out));
		log_err("%s with --suggest: usage: mthptop check --suggest FILE",
			o->rules ? "no rules" : "one trace");
		return EXIT_USAGE;
	}
	if (!o->rules) {
		log_err("missing option: --rules (usage: mthptop check -f RULES FILE...)");
		return EXIT_USAGE;
	}
	text = read_rules(o->rules, &len);
	if (!text)
		return EXIT_CANNOT;
	err = check_parse(&rules, o->rules, text, len);
	if (err == -EINVAL) {
		err = bad_rules(o, &rules);
	} else if (err) {
		log_err("cannot use rules: %s: out of memory", o->rules);
		err = EXIT_CANNOT;
	} else {
		err = run_rules(o, &rules, nr, paths);
	}
	check_rules_free(&rules);
	free(text);
	return err;
}

const struct command cmd_check = {
	.name = "check",
	.args = "-f RULES FILE...",
	.help = "check traces against rules about numbers and shapes",
	.examples = "  mthptop check --suggest good.mthp -o thp.rules\n"
		    "  mthptop check -f thp.rules new.mthp\n"
		    "  mthptop check -f thp.rules --format junit -o thp.xml *.mthp\n",
	.opts = check_options,
	.opts_size = sizeof(struct check_opts),
	.defaults = &check_defaults,
	.min_args = 1,
	.max_args = -1,
	.run = run,
};

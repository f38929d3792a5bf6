// SPDX-License-Identifier: GPL-2.0-only
/* mthptop report: a whole trace as text, JSON, CSV or HTML. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/commands.h"
#include "cmd/format_priv.h"
#include "cmd/tables_priv.h"
#include "model/field.h"
#include "source/load.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/output.h"
#include "view/formats.h"
#include "html/pages.h"

struct report_opts {
	struct load_opts load;
	int format;
	const char *table;
	const char *out;
	bool fields;
};

static int write_report(const struct report_opts *o, const struct snapshot *s, const char *name,
			FILE *out)
{
	switch (format_of(o->format, tables_formats, o->out)) {
	case FORMAT_TEXT:
		return view_text(s, o->table, out);
	case FORMAT_JSON:
		return view_json(s, o->table, out);
	case FORMAT_CSV:
		return view_csv(s, o->table, out);
	default:
		return html_report(s, name, o->table, out);
	}
}

static const struct opt report_options[] = {
	OPT(struct report_opts, format, CHOICE, .brief = 'f', .metavar = "FORMAT",
	    .choices = tables_formats,
	    .help = "output format; by the name of the output if this is not given, else text"),
	OUTPUT_OPT(struct report_opts, out),
	OPT(struct report_opts, table, STR, .brief = 't', .metavar = "NAME",
	    .help = "only this table: summary, orders, outcomes, ..."),
	OPT(struct report_opts, fields, FLAG,
	    .help = "list the tables and their fields, without a trace"),
	LOAD_OPTS(struct report_opts, load),
	OPT_END,
};

static const struct report_opts report_defaults = { .format = FORMAT_BY_NAME };

/* The reference in docs/json.md; a test compares them. */
static int list_fields(const struct report_opts *o)
{
	static const char *const units[] = {
		[FIELD_COUNT] = "count",	[FIELD_DELTA] = "signed count",
		[FIELD_BOOL] = "true or false", [FIELD_ID] = "number",
		[FIELD_HEX] = "hex string",	[FIELD_ORDER] = "order",
		[FIELD_BYTES] = "bytes",	[FIELD_NS] = "ns",
		[FIELD_TIME] = "ns since 1970", [FIELD_PPM] = "parts per million",
		[FIELD_STR] = "string",		[FIELD_CHARS] = "string",
	};
	struct output to;
	size_t t, f;
	FILE *out;
	int err = output_open(&to, o->out, OUTPUT_WHOLE);

	if (err)
		return exit_status(err);
	out = to.file;
	for (t = 0; t < nr_tables; t++) {
		if (o->table && strcmp(o->table, tables[t].id))
			continue;
		fprintf(out, "## %s\n\n| key | is | meaning |\n|---|---|---|\n", tables[t].id);
		for (f = 0; f < tables[t].nr_fields; f++) {
			const struct field *field = &tables[t].fields[f];

			fprintf(out, "| `%s`%s | %s | %s |\n", field->id, field->key ? " *" : "",
				units[field->type], field->help);
		}
		fputc('\n', out);
	}
	return exit_status(output_close(&to, 0));
}

/* The file name without its folders: a report does not name somebody's folders. */
static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !strcmp(path, "-") ? "standard input" : slash && slash[1] ? slash + 1 : path;
}

static int run(const struct command *cmd, const void *opts, int nr_args, char **args)
{
	const struct report_opts *o = opts;
	struct snapshot *s = NULL;
	struct model *m;
	struct output out;
	int err, wrote;

	err = tables_check(tables, nr_tables, o->table);
	if (err)
		return err;
	if (o->fields)
		return list_fields(o);
	if (!nr_args) {
		log_err("missing operand: usage: mthptop report FILE");
		return EXIT_USAGE;
	}
	err = load_trace(args[0], &o->load, &m, NULL, NULL);
	if (!m)
		return exit_status(err);
	s = snapshot_take(m);
	model_free(m);
	wrote = s ? output_open(&out, o->out, OUTPUT_WHOLE) : -ENOMEM;
	if (!wrote)
		wrote = output_close(&out, write_report(o, s, name_of(args[0]), out.file));
	snapshot_free(s);
	return exit_status(wrote ? wrote : err);
}

const struct command cmd_report = {
	.name = "report",
	.args = "FILE",
	.help = "print a whole trace as text, JSON, CSV or HTML",
	.examples = "  mthptop report t.mthp\n"
		    "  mthptop report t.mthp --format json | jq .orders\n"
		    "  mthptop report t.mthp --table outcomes\n"
		    "  mthptop report t.mthp -o t.html\n",
	.opts = report_options,
	.opts_size = sizeof(struct report_opts),
	.defaults = &report_defaults,
	.min_args = 0,
	.max_args = 1,
	.run = run,
};

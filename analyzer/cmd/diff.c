// SPDX-License-Identifier: GPL-2.0-only
/* mthptop diff: a comparison of two traces. */
#include <errno.h>
#include <stdio.h>

#include "cmd/commands.h"
#include "cmd/format_priv.h"
#include "lib/array.h"
#include "view/diff.h"
#include "source/load.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/output.h"
#include "html/pages.h"

struct diff_opts {
	struct load_opts load;
	int format;
	const char *out;
};

static int (*const writers[])(const struct diff *d, const char *a, const char *b, FILE *out) = {
	diff_text,
	diff_json,
	html_diff,
};

static const char *const format_names[] = { "text", "json", "html", NULL };
_Static_assert(ARRAY_SIZE(format_names) == ARRAY_SIZE(writers) + 1, "a name for each writer");

static const struct opt diff_options[] = {
	OPT(struct diff_opts, format, CHOICE, .brief = 'f', .metavar = "FORMAT",
	    .choices = format_names,
	    .help = "output format; by the name of the output if this is not given, else text"),
	OUTPUT_OPT(struct diff_opts, out),
	LOAD_OPTS(struct diff_opts, load),
	OPT_END,
};

static const struct diff_opts diff_defaults = { .format = FORMAT_BY_NAME };

static struct snapshot *load(const char *path, const struct load_opts *opts, int *err)
{
	struct snapshot *s;
	struct model *m;
	int e = load_trace(path, opts, &m, NULL, NULL);

	if (e)
		*err = exit_status(e);
	if (!m)
		return NULL;
	s = snapshot_take(m);
	model_free(m);
	if (!s)
		*err = EXIT_CANNOT;
	return s;
}

static int write_diff(const struct diff_opts *o, const struct snapshot *a, const struct snapshot *b,
		      char **names)
{
	struct output out;
	struct diff d;
	int format = format_of(o->format, format_names, o->out);
	int err = diff_make(a, b, &d), wrote;

	if (err == -EINVAL) {
		log_err("cannot compare: %s, %s: pages of %u and %u bytes, PMD orders %u and %u (record both on machines with the same)",
			names[0], names[1], a->meta.page_size, b->meta.page_size, a->meta.pmd_order,
			b->meta.pmd_order);
		return EXIT_USAGE;
	}
	wrote = err ? err : output_open(&out, o->out, OUTPUT_WHOLE);
	if (!wrote)
		wrote = output_close(&out, writers[format](&d, names[0], names[1], out.file));
	diff_free(&d);
	return exit_status(wrote);
}

static int run(const struct command *cmd, const void *opts, int nr_args, char **args)
{
	const struct diff_opts *o = opts;
	struct snapshot *a, *b = NULL;
	int err = EXIT_OK, wrote = EXIT_OK;

	a = load(args[0], &o->load, &err);
	if (a)
		b = load(args[1], &o->load, &err);
	if (b)
		wrote = write_diff(o, a, b, args);
	snapshot_free(a);
	snapshot_free(b);
	return wrote ? wrote : err;
}

const struct command cmd_diff = {
	.name = "diff",
	.args = "FILE FILE",
	.help = "compare two traces: what changed in each shape",
	.examples = "  mthptop diff before.mthp after.mthp\n"
		    "  mthptop diff before.mthp after.mthp -o diff.html\n",
	.opts = diff_options,
	.opts_size = sizeof(struct diff_opts),
	.defaults = &diff_defaults,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};

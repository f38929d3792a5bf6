// SPDX-License-Identifier: GPL-2.0-only
/* mthptop script: the events of a trace, one by one. */
#include <errno.h>
#include <stdio.h>

#include "cmd/commands.h"
#include "cmd/format_priv.h"
#include "source/load.h"
#include "lib/exit.h"
#include "lib/inputs.h"
#include "lib/output.h"
#include "view/formats.h"

struct script_opts {
	struct load_opts load;
	int format;
	const char *out;
};

enum script_format {
	SCRIPT_TEXT,
	SCRIPT_JSONL,
	SCRIPT_CHROME
};

static const char *const format_names[] = {
	[SCRIPT_TEXT] = "text", [SCRIPT_JSONL] = "jsonl", [SCRIPT_CHROME] = "chrome", NULL
};

/* What the name of an output of each format ends with. */
static const char *const format_endings[] = {
	[SCRIPT_TEXT] = "txt", [SCRIPT_JSONL] = "jsonl", [SCRIPT_CHROME] = "json", NULL
};

static const struct script_opts script_defaults = { .format = FORMAT_BY_NAME };

static const struct opt script_options[] = {
	OPT(struct script_opts, format, CHOICE, .brief = 'f', .metavar = "FORMAT",
	    .choices = format_names,
	    .help = "output format; by the name of the output if this is not given, .jsonl or .json, else text"),
	OUTPUT_OPT(struct script_opts, out),
	LOAD_OPTS(struct script_opts, load),
	OPT_END,
};

/* Where the events go. */
struct script {
	enum script_format format;
	FILE *out;
	struct view_chrome *chrome;
	int err;
};

static void put(void *ctx, const struct model *m, const struct mthp_ev *ev)
{
	struct script *s = ctx;
	char line[512];

	if (s->err)
		return;
	switch (s->format) {
	case SCRIPT_TEXT:
		fputs(view_event(&m->meta, ev, line, sizeof(line)), s->out);
		view_bitmaps(&m->meta, ev, s->out);
		fputc('\n', s->out);
		break;
	case SCRIPT_JSONL:
		s->err = view_event_json(&m->meta, ev, s->out);
		break;
	case SCRIPT_CHROME:
		if (!s->chrome)
			s->chrome = view_chrome_begin(&m->meta, s->out);
		s->err = s->chrome ? view_chrome_event(s->chrome, &m->meta, ev) : -ENOMEM;
		break;
	}
}

/* A document without an event is one, too. */
static int end(struct script *s, const struct model *m)
{
	int err;

	if (s->format != SCRIPT_CHROME)
		return s->err;
	if (!s->chrome && m && !s->err)
		s->chrome = view_chrome_begin(&m->meta, s->out);
	err = s->chrome ? view_chrome_end(s->chrome) : 0;
	return s->err ? s->err : err;
}

static int run(const struct command *cmd, const void *opts, int nr_args, char **args)
{
	const struct script_opts *o = opts;
	struct script s = { .format = (enum script_format)format_of(o->format, format_endings,
								    o->out) };
	struct output out;
	struct model *m;
	int err, wrote;

	inputs_note_path(args[0]);
	err = output_open(&out, o->out, o->out ? OUTPUT_WHOLE : OUTPUT_GROWING);
	if (err)
		return exit_status(err);
	s.out = out.file;
	err = load_trace(args[0], &o->load, &m, put, &s);
	wrote = end(&s, m);
	if (!m)
		output_drop(&out);
	else
		wrote = output_close(&out, wrote);
	model_free(m);
	return exit_status(wrote ? wrote : err);
}

const struct command cmd_script = {
	.name = "script",
	.args = "FILE",
	.help = "print the events of a trace one by one",
	.examples = "  mthptop script t.mthp | grep exceed_none_pte\n"
		    "  mthptop script t.mthp -p 812\n"
		    "  mthptop script t.mthp -o t.jsonl\n"
		    "  mthptop script t.mthp -f chrome -o t.json\n",
	.opts = script_options,
	.opts_size = sizeof(struct script_opts),
	.defaults = &script_defaults,
	.min_args = 1,
	.max_args = 1,
	.run = run,
};

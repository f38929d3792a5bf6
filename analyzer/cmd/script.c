// SPDX-License-Identifier: GPL-2.0-only
/* mthptop script: one decoded line per event. */
#include <stdio.h>

#include "cmd/commands.h"
#include "source/load.h"
#include "lib/exit.h"
#include "lib/inputs.h"
#include "lib/output.h"
#include "view/formats.h"

struct script_opts {
	struct load_opts load;
};

static const struct opt script_options[] = {
	LOAD_OPTS(struct script_opts, load),
	OPT_END,
};

static void print(void *ctx, const struct model *m, const struct mthp_ev *ev)
{
	char line[512];

	fputs(view_event(&m->meta, ev, line, sizeof(line)), ctx);
	view_bitmaps(&m->meta, ev, ctx);
	fputc('\n', ctx);
}

static int run(const struct command *cmd, const void *opts, int nr_args, char **args)
{
	const struct script_opts *o = opts;
	struct output out;
	struct model *m;
	int err, wrote;

	inputs_note_path(args[0]);
	err = output_open(&out, NULL, OUTPUT_GROWING);
	if (err)
		return exit_status(err);
	err = load_trace(args[0], &o->load, &m, print, out.file);
	model_free(m);
	wrote = output_close(&out, 0);
	return exit_status(wrote ? wrote : err);
}

const struct command cmd_script = {
	.name = "script",
	.args = "FILE",
	.help = "print one decoded line per event of a trace",
	.examples = "  mthptop script t.mthp | grep exceed_none_pte\n"
		    "  mthptop script t.mthp -p 812\n",
	.opts = script_options,
	.opts_size = sizeof(struct script_opts),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};

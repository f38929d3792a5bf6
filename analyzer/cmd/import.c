// SPDX-License-Identifier: GPL-2.0-only
/*
 * mthptop import: converts a trace of another tool.
 *
 * Events go from the source through a model, which adds up the losses, to the writer. A value that the
 * other tool did not record stays unknown.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/commands.h"
#include "lib/fmt.h"
#include "source/load.h"
#include "lib/exit.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "model/source.h"
#include "trace/write.h"

#define PUMP 8192 /* events between two looks at losses and signals */

struct import_opts {
	struct load_opts load;
	const char *out;
	unsigned int page_kib;
	unsigned int pmd_order;
};

static const struct opt import_options[] = {
	OPT(struct import_opts, out, STR, .name = "output", .brief = 'o', .metavar = "FILE",
	    .help = "write the trace to FILE (-: standard output)"),
	LOAD_OPTS(struct import_opts, load),
	OPT(struct import_opts, page_kib, U32, .name = "page-size", .min = 1, .max = 1024,
	    .metavar = "KIB", .help = "page size in KiB, if the file does not have it"),
	OPT(struct import_opts, pmd_order, U32, .name = "pmd-order", .min = 2,
	    .max = MTHP_NR_ORDERS - 1, .metavar = "ORDER",
	    .help = "pages of a PMD range, 2^ORDER, if the file does not have it"),
	OPT_END,
};

struct import {
	struct trace_writer *writer;
	__u64 extras; /* results without a number of ours that the file names, a bit each */
};

/* The name of a result is in the file before its first event. */
static void take(void *ctx, const struct model *m, const struct mthp_ev *ev)
{
	struct import *i = ctx;
	__u64 bit = 1ULL << (ev->result & (MTHP_NR_RESULTS - 1));

	if (ev->result >= MTHP_RESULT_FIRST_FREE && !(i->extras & bit)) {
		i->extras |= bit;
		trace_write_meta(i->writer, &m->meta);
	}
	trace_write_event(i->writer, ev);
}

/* Lines that could not be read count as lost before the recording: a reader of the new file has no more. */
static void write_lost(struct import *i, const __u64 *lost)
{
	__u64 before[MTHP_NR_LOSSES];

	memcpy(before, lost, sizeof(before));
	before[MTHP_L_SOURCE] += before[MTHP_L_FILE];
	before[MTHP_L_FILE] = 0;
	trace_write_lost(i->writer, before);
}

static void summary(const struct import *i, const struct model *m, const char *out)
{
	const __u64 *lost = m->totals.lost;
	char bytes[32], path[256], text[160];

	strcpy(text,
	       trace_write_events(i->writer) ? "nothing lost" : "no event of khugepaged in it");
	if (lost[MTHP_L_SOURCE] || lost[MTHP_L_FILE])
		snprintf(text, sizeof(text),
			 "%llu lost while recording, %llu events or lines could not be read",
			 (unsigned long long)lost[MTHP_L_SOURCE],
			 (unsigned long long)lost[MTHP_L_FILE]);
	fprintf(stderr, "mthptop: imported %llu events of %s, %s: %s: %s\n",
		(unsigned long long)trace_write_events(i->writer), m->meta.origin,
		fmt_bytes(trace_write_bytes(i->writer), bytes, sizeof(bytes)),
		fmt_safe(out, path, sizeof(path)), text);
}

static int import(struct import *i, struct source *s, const char *out)
{
	struct model *m;
	int err, complete;
	long n;

	strcpy(s->meta.made_by, "import");
	m = model_new(&s->meta, 1); /* adds up losses only */
	err = m ? trace_write_open(&i->writer, out, OUTPUT_WHOLE, &s->meta) : -ENOMEM;
	if (err) {
		model_free(m);
		return exit_status(err);
	}
	model_tap(m, take, i);
	do {
		n = s->ops->pump(s, m, PUMP);
	} while (n > 0 && !stop_asked());
	complete = n == 0 && m->complete && !m->totals.lost[MTHP_L_FILE];
	trace_write_meta(i->writer, &s->meta);
	write_lost(i, m->totals.lost);
	trace_write_flush(i->writer);
	summary(i, m, out);
	if (trace_write_close(i->writer, m->end_ns, complete))
		err = EXIT_CANNOT;
	i->writer = NULL;
	model_free(m);
	return err ? err : complete ? EXIT_OK : EXIT_DATA;
}

static int run(const struct command *cmd, const void *opts, int nr_args, char **args)
{
	const struct import_opts *o = opts;
	struct source_filter filter;
	struct import i = { 0 };
	struct source *s;
	int err;

	if (!o->out) {
		log_err("missing option: -o FILE (see: mthptop import --help)");
		return EXIT_USAGE;
	}
	if (o->page_kib & (o->page_kib - 1)) {
		log_err("bad value for --page-size: %u: not a power of two", o->page_kib);
		return EXIT_USAGE;
	}
	if (load_filter(&o->load, &filter))
		return EXIT_USAGE;
	filter.page_size = o->page_kib << 10;
	filter.pmd_order = o->pmd_order;
	err = source_file_open(&s, args[0], &filter);
	if (err)
		return exit_status(err);
	stop_on_signals();
	if (s->meta.origin[0]) {
		err = import(&i, s, o->out);
	} else {
		log_err("nothing to import: %s: a trace of mthptop already", args[0]);
		err = EXIT_USAGE;
	}
	s->ops->close(s);
	return err;
}

const struct command cmd_import = {
	.name = "import",
	.args = "FILE -o OUT",
	.help = "convert a trace of trace-cmd, ftrace or perf",
	.examples =
		"  mthptop import trace.dat -o t.mthp\n"
		"  perf script --show-lost-events | mthptop import - -o t.mthp\n"
		"\n"
		"FILE is a trace.dat, or text of ftrace (trace, trace_pipe), trace-cmd report or\n"
		"perf script, plain or packed with gzip. All commands that take a trace take these\n"
		"files, too; an imported trace is smaller and faster to read.\n",
	.opts = import_options,
	.opts_size = sizeof(struct import_opts),
	.min_args = 1,
	.max_args = 1,
	.run = run,
};

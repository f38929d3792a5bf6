// SPDX-License-Identifier: GPL-2.0-only
/* mthptop whatif: the scans of a trace under other settings. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/commands.h"
#include "cmd/format_priv.h"
#include "cmd/tables_priv.h"
#include "lib/fmt.h"
#include "html/pages.h"
#include "source/load.h"
#include "lib/exit.h"
#include "lib/inputs.h"
#include "lib/log.h"
#include "lib/output.h"
#include "model/policy_names.h"
#include "view/formats.h"
#include "whatif/grid.h"
#include "whatif/without_ranges.h"
#include "whatif/tables.h"

struct whatif_opts {
	struct load_opts load;
	struct whatif_wanted wanted;
	unsigned int weigh;
	bool frontier, explain, blocks;
	int format;
	const char *table;
	const char *out;
};

static const struct opt whatif_options[] = {
	OPT(struct whatif_opts, wanted.max_ptes_none, LIST, .name = "max-ptes-none", .brief = 'm',
	    .metavar = "N[,N...]", .help = "values to try: empty PTEs that a PMD range may have"),
	OPT(struct whatif_opts, wanted.orders, LIST, .name = "orders", .metavar = "SIZE[,SIZE...]",
	    .help = "a set of enabled sizes to try (default: the recorded one)"),
	OPT(struct whatif_opts, wanted.rules, LIST, .name = "rule", .metavar = "RULE[,RULE...]",
	    .help = "rules to try: guard (default), scaled, two-value"),
	OPT(struct whatif_opts, frontier, FLAG,
	    .help = "only settings that no other beats in filled bytes and in TLB entries"),
	OPT(struct whatif_opts, weigh, U32, .min = 0, .max = 100000, .metavar = "PAGES",
	    .help = "filled pages that weigh as much as a TLB entry (default 4)"),
	OPT(struct whatif_opts, explain, FLAG, .help = "explain the best setting in words"),
	OPT(struct whatif_opts, blocks, FLAG,
	    .help = "list every scan, and every collapse under the settings"),
	OPT(struct whatif_opts, format, CHOICE, .brief = 'f', .metavar = "FORMAT",
	    .choices = tables_formats,
	    .help = "output format; by the name of the output if this is not given, else text"),
	OPT(struct whatif_opts, table, STR, .brief = 't', .metavar = "NAME",
	    .help = "only this table: summary, settings, sizes, ..."),
	OUTPUT_OPT(struct whatif_opts, out),
	LOAD_OPTS(struct whatif_opts, load),
	OPT_END,
};

static const struct whatif_opts whatif_defaults = { .format = FORMAT_BY_NAME, .weigh = 4 };

/* One run of the command. The trace's first event starts it: only then its meta is known. */
struct job {
	const struct whatif_opts *o;
	const char *name; /* of the trace */
	struct whatif_grid grid;
	struct whatif *w;
	struct whatif_legacy legacy;
	struct output out;
	struct meta meta;
	__u64 start_ns;
	int err;
};

/* "     0.012345 block pid=812 mm=1f3 addr=0x7f0000010000 size=64K filled=1 exact none=64 ..." */
static void print_block(void *ctx, const struct whatif_block *b)
{
	static const char *const creeps[] = { "", " creep", " grown" };
	struct job *j = ctx;
	const struct whatif_setting *s = &j->grid.s[b->setting - 1];
	__u32 page = j->meta.page_size;
	char size[16], orders[64];

	fprintf(j->out.file, "%12.6f %s pid=%u mm=%llx addr=0x%llx size=%s filled=%u %s%s",
		(double)(long long)(b->ts_ns - j->start_ns) / 1e9, b->order ? "block" : "scan ",
		b->tgid, (unsigned long long)b->mm, (unsigned long long)b->addr,
		fmt_order(b->order ? b->order : j->meta.pmd_order, page, size, sizeof(size)),
		b->fill, b->exact ? "exact" : "unsure", creeps[b->creep]);
	fprintf(j->out.file, " none=%u rule=%s sizes=%s\n", s->max_ptes_none,
		policy_rule_name(s->rule),
		s->orders ? whatif_orders_text(s->orders, page, orders, sizeof(orders)) :
			    "recorded");
}

/* Below detail ranges only PMD order can be simulated; an error where more is asked for. */
static int check_legacy(const struct job *j)
{
	char size[16], pmd[16];
	size_t i;

	for (i = 0; i < j->grid.nr; i++) {
		__u32 orders = j->grid.s[i].orders;

		if (orders == WHATIF_AS_RECORDED || orders == 1U << j->meta.pmd_order)
			continue;
		log_err("cannot try %s: the trace has detail %s: its scans are of %s ranges and have no occupancy (record on a kernel with the series, or with mthptop survey --record)",
			fmt_order(__builtin_ctz(orders), j->meta.page_size, size, sizeof(size)),
			meta_detail_name(j->meta.detail),
			fmt_order(j->meta.pmd_order, j->meta.page_size, pmd, sizeof(pmd)));
		return EXIT_CANNOT;
	}
	return EXIT_OK;
}

static int begin(struct job *j, const struct meta *meta)
{
	struct whatif_wanted wanted = j->o->wanted;
	int err;

	j->meta = *meta;
	j->start_ns = meta->start_ns;
	if (!meta->pmd_order) {
		log_err("cannot try settings: the trace has no PMD order");
		return EXIT_DATA;
	}
	wanted.wide = (j->o->frontier || j->o->explain) && meta_has_ranges(meta);
	if (whatif_grid_make(&wanted, meta->pmd_order, meta->page_size, &j->grid))
		return EXIT_USAGE;
	if (!meta_has_ranges(meta)) {
		err = check_legacy(j);
		if (!err && whatif_legacy_init(&j->legacy, meta->pmd_order))
			err = EXIT_CANNOT;
		return err;
	}
	err = whatif_new(meta->pmd_order, meta->page_size, &meta->settings, j->grid.s, j->grid.nr,
			 &j->w);
	if (err) {
		log_err("cannot try settings: %s",
			err == -EINVAL ? "the trace's PMD order is out of bounds" :
					 "out of memory");
		return err == -EINVAL ? EXIT_DATA : EXIT_CANNOT;
	}
	if (j->o->blocks)
		whatif_watch(j->w, print_block, j);
	return EXIT_OK;
}

static void take(void *ctx, const struct model *m, const struct mthp_ev *ev)
{
	struct job *j = ctx;

	if (j->err)
		return;
	if (!j->w && !j->legacy.filled_of) {
		j->err = begin(j, &m->meta);
		if (j->err)
			return;
	}
	if (j->w)
		whatif_event(j->w, ev, totals_lossy(&m->totals));
	else
		whatif_legacy_event(&j->legacy, ev);
}

static int write_doc(struct job *j, struct whatif_doc *d)
{
	int format = format_of(j->o->format, tables_formats, j->o->out);
	struct doc doc = { whatif_tables, nr_whatif_tables, d, d->page_size, 0 };

	if (j->o->frontier && j->w)
		whatif_doc_frontier(d);
	if (j->o->explain && whatif_doc_explain(d))
		return -ENOMEM;
	if (format == FORMAT_HTML)
		return html_whatif(d, j->name, j->o->table, j->out.file);
	return tables_write(&doc, format, j->o->table, j->out.file);
}

static int finish(struct job *j)
{
	struct whatif_doc d;
	int err;

	if (j->w)
		whatif_end(j->w);
	if (j->o->blocks)
		return view_end(j->out.file);
	if (j->w)
		err = whatif_doc_make(j->w, &j->meta, j->grid.s, j->grid.nr, j->o->weigh, &d);
	else
		err = whatif_legacy_doc(&j->legacy, &j->meta, j->grid.s, j->grid.nr, &d);
	if (!err)
		err = write_doc(j, &d);
	whatif_doc_free(&d);
	return err;
}

static int run(const struct command *cmd, const void *opts, int nr_args, char **args)
{
	const struct whatif_opts *o = opts;
	struct model *m = NULL;
	struct job *j;
	int err, wrote = 0;

	err = tables_check(whatif_tables, nr_whatif_tables, o->table);
	if (err)
		return err;
	j = calloc(1, sizeof(*j));
	if (!j)
		return EXIT_CANNOT;
	j->o = o;
	j->name = args[0];
	inputs_note_path(args[0]);
	err = output_open(&j->out, o->out, OUTPUT_WHOLE);
	if (err) {
		free(j);
		return exit_status(err);
	}
	err = exit_status(load_trace(args[0], &o->load, &m, take, j));
	/* A trace without events has settings to judge, too. */
	if (m && !j->err && !j->w && !j->legacy.filled_of)
		j->err = begin(j, &m->meta);
	if (m && !j->err)
		wrote = finish(j);
	if (m)
		wrote = output_close(&j->out, wrote);
	else
		output_drop(&j->out);
	wrote = exit_status(wrote);
	model_free(m);
	whatif_free(j->w);
	whatif_legacy_free(&j->legacy);
	if (j->err)
		err = j->err;
	free(j);
	return wrote ? wrote : err;
}

const struct command cmd_whatif = {
	.name = "whatif",
	.args = "FILE",
	.help = "repeat the scans of a trace under other settings",
	.examples = "  mthptop whatif t.mthp --max-ptes-none 0,64,255 --orders 64K,2M\n"
		    "  mthptop whatif t.mthp --rule guard,scaled\n"
		    "  mthptop whatif t.mthp --frontier --explain\n",
	.opts = whatif_options,
	.opts_size = sizeof(struct whatif_opts),
	.defaults = &whatif_defaults,
	.min_args = 1,
	.max_args = 1,
	.run = run,
};

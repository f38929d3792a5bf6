// SPDX-License-Identifier: GPL-2.0-only
/*
 * mthptop info: what this kernel reports, what is missing and why, and what its settings do.
 *
 * Works without privileges: values that need them are then unknown.
 */
#include <stdio.h>
#include <string.h>

#include "view/settings_explained.h"
#include "lib/caps.h"
#include "cmd/commands.h"
#include "demo/settings.h"
#include "lib/fmt.h"
#include "live/features.h"
#include "live/probes.h"
#include "live/remedy.h"
#include "lib/exit.h"
#include "lib/output.h"
#include "model/thp_sysfs.h"

struct info_opts {
	bool settings;
	bool verbose;
};

static const struct opt info_options[] = {
	OPT(struct info_opts, settings, FLAG, .brief = 's', .help = "only explain the settings"),
	OPT(struct info_opts, verbose, FLAG, .brief = 'v',
	    .help = "also list this kernel's number of each result"),
	OPT_END,
};

/* What a kernel of each detail level reports, and what it takes to get further. */
static const char *const details[NR_DETAILS] = {
	[DETAIL_TOTALS] =
		"totals: scans and collapses to the PMD size, their results and owners; "
		"Linux 7.2 and later also report the size of each collapse, and probes or the kernel "
		"series in kernel/ the rest",
	[DETAIL_SIZES] =
		"sizes: as totals, and the size of each collapse; probes or the kernel series in "
		"kernel/ would tell addresses and occupancy",
	[DETAIL_RANGES] =
		"ranges: as sizes, and address and occupancy of each scan, what collapses filled, "
		"and creep; only the kernel series in kernel/ reports plans and lock times",
	[DETAIL_PLANS] = "plans: everything: addresses, occupancy of every size, plans, what "
			 "collapses filled, lock times, and creep",
};

static void line(const char *what, const char *value)
{
	printf("  %-15s %s\n", what, value);
}

static void print_kernel(const struct kfeat *k, const struct meta *meta)
{
	char text[256], pmd[16], missing[64];

	printf("Kernel\n");
	snprintf(text, sizeof(text), "%s %s", meta->release, meta->machine);
	line("release", text);
	fmt_order(0, meta->page_size, text, sizeof(text));
	snprintf(text + strlen(text), sizeof(text) - strlen(text), ", PMD size %s",
		 meta->pmd_order ? fmt_order(meta->pmd_order, meta->page_size, pmd, sizeof(pmd)) :
				   "unknown: no transparent huge pages");
	line("pages", text);
	line("detail", k->btf ? details[meta->detail] : "unknown");
	line("BTF", k->btf ? "yes" : "no");
	line("tracefs", k->tracefs ? k->tracefs : "not to be had");
	line("processes", !k->btf      ? "unknown" :
			  k->has_owner ? "known by mm->owner" :
					 "known for MADV_COLLAPSE only (needs CONFIG_MEMCG)");
	caps_missing(missing, sizeof(missing));
	line("lacking rights", missing[0] ? missing : "none");
	line("locked down", live_locked_down() ? "yes: the kernel cannot be observed" : "no");
	line("observing", k->problem[0] ? "not possible:" : "possible");
	if (k->problem[0])
		line("", k->problem);
}

static void print_events(const struct kfeat *k)
{
	int kind;

	printf("\nEvents\n");
	for (kind = 0; kind < MTHP_NR_KINDS; kind++) {
		const struct kfeat_event *ev = &k->events[kind];

		if (!ev->name)
			continue;
		printf("  %-15s %s: ", meta_kind_name(kind), ev->name);
		if (ev->id || (ev->fields[0] && k->problem[0]))
			printf("%s\n", ev->fields[0] ? ev->fields : "fields unknown");
		else if (!k->kinds && k->problem[0])
			printf("unknown\n");
		else
			printf("not in this kernel (from %s)\n", meta_kind_since(kind));
		if (ev->lacks[0])
			printf("  %-15s lacks: %s (their values are unknown)\n", "", ev->lacks);
	}
}

/* The functions of the kernel that tell ranges where the series does not, and splits everywhere. */
static void print_probes(const struct kfeat *k)
{
	const struct probes *p = &k->probes;
	bool series = k->kinds >> MTHP_K_MTHP_SCAN & 1;
	char text[128];
	int i;

	printf("\nProbes\n");
	for (i = 0; i < NR_PROBES; i++) {
		if (!p->probe[i].function || !p->probe[i].how)
			continue;
		snprintf(text, sizeof(text), "%s, which %s (%s)", p->probe[i].function,
			 probe_what(i), probe_how_name(p->probe[i].how));
		line("function", text);
	}
	if (p->usable) {
		snprintf(text, sizeof(text), "read at each scan (found by %s)", p->memory.how);
		line("page tables", text);
	}
	if (series)
		line("not needed", "scans and attempts: the series' tracepoints tell more");
	else if (p->usable)
		line("unknown", p->problem[0] ? p->problem : "nothing");
	else
		line("not possible",
		     p->problem[0] ? p->problem : "not tried: observing is not possible");
	if (p->splits)
		line("splits", "each is told, with who made it");
	else
		line("splits", p->no_splits[0] ? p->no_splits : "unknown, as the rest");
}

static void print_capabilities(const struct meta *meta)
{
	struct capability_state state;
	enum capability cap;

	printf("\nCapabilities\n");
	for (cap = CAP_NONE + 1; cap < NR_CAPS; cap++) {
		state = capability_get(meta, cap);
		printf("  %-15s %s%s%s\n", capability_name(cap),
		       capability_source_name(state.source), state.why[0] ? ": " : "", state.why);
	}
}

static void print_results(const struct kfeat *k, const struct meta *meta)
{
	int i;

	printf("\nScan results\n");
	if (!k->results.nr)
		printf("  %-15s their numbers in this kernel are not to be had\n", "unknown");
	for (i = 0; i < MTHP_NR_RESULTS; i++)
		if (k->results.ours[i])
			printf("  %-15d %s\n", i, meta_result_name(meta, k->results.ours[i]));
}

static void print_orders(const struct meta *meta)
{
	char size[16];
	__u32 order;

	printf("\nSizes\n");
	for (order = 1; order < MTHP_NR_ORDERS; order++)
		if (meta->settings.order_enabled[order][0] || order == meta->pmd_order)
			printf("  %-15s order %u, %s\n",
			       fmt_order(order, meta->page_size, size, sizeof(size)), order,
			       meta->settings.order_enabled[order][0] ?
				       meta->settings.order_enabled[order] :
				       meta->settings.enabled);
}

static void print_audit(void *ctx, const char *subject, const char *text)
{
	line(subject, text);
}

static int run(const struct command *cmd, const void *opts, int nr_args, char **args)
{
	const struct info_opts *o = opts;
	struct kfeat k;
	struct meta meta;

	sysinfo_read_meta("", &meta);
	kfeat_probe(&k, &meta);
	if (!o->settings) {
		print_kernel(&k, &meta);
		print_capabilities(&meta);
		if (k.events[MTHP_K_SCAN_PMD].name)
			print_events(&k);
		print_probes(&k);
		print_orders(&meta);
		if (o->verbose)
			print_results(&k, &meta);
		printf("\n");
	}
	printf("Settings, and what they do\n");
	if (demo_settings_wait(""))
		printf("  a demo has changed some of these, and runs or was killed (mthptop demo --restore)\n");
	settings_explain(&meta, print_audit, NULL);
	kfeat_free(&k);
	return exit_status(output_end_stdout());
}

const struct command cmd_info = {
	.name = "info",
	.args = "",
	.help = "print what this kernel reports, and explain its huge page settings",
	.examples = "  sudo mthptop info\n"
		    "  mthptop info --settings\n",
	.opts = info_options,
	.opts_size = sizeof(struct info_opts),
	.run = run,
};

// SPDX-License-Identifier: GPL-2.0-only
/* Advice as tables, in words, as commands, and as rules. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/array.h"
#include "lib/fmt.h"
#include "model/field_rows.h"
#include "whatif/advise.h"

#define THP "/sys/kernel/mm/transparent_hugepage/"

static const struct field top_fields[] = {
	FLD(advise_top, release, "kernel", STR, 12, "release of the kernel that the advice is for"),
	FLD(advise_top, sizes, "collapses to", CHARS, 12,
	    "sizes that its khugepaged can collapse to"),
	FLD(advise_top, rule, "rule", STR, 9, "its rule below PMD size"),
	FLD(advise_top, memory_bytes, "memory", BYTES, 9,
	    "anonymous memory in PMD ranges; shares are of it"),
	FLD(advise_top, ranges, "ranges", COUNT, 8, "PMD ranges that hold it"),
	FLD(advise_top, no_room, "left out", COUNT, 8,
	    "scans of ranges that did not fit into memory"),
	FLD(advise_top, file_bytes, "files, shmem", BYTES, 9,
	    "mapped by the processes: files and shared memory, which the advice leaves as they are"),
	FLD(advise_top, disabled_bytes, "disabled", BYTES, 9,
	    "anonymous memory of processes with PR_SET_THP_DISABLE: no setting changes it"),
	FLD(advise_top, compact_stall, "compact stall", COUNT, 9,
	    "since boot: allocations that waited for compaction"),
	FLD(advise_top, compact_fail, "compact fail", COUNT, 9, "of these, compaction that failed"),
	FLD(advise_top, allocstall, "allocstall", COUNT, 9,
	    "since boot: allocations that waited for reclaim"),
	FLD(advise_top, collapse_alloc, "collapses", COUNT, 9,
	    "since boot: huge pages that were allocated for a collapse"),
};

static const struct field row_fields[] = {
	KEY(advise_row, budget, "budget", CHARS, 9, "so much more memory, at most"),
	FLD(advise_row, verdict, "advice", STR, 13, "set, no difference, cannot tell"),
	FLD(advise_row, setting, "setting", ID, 7, "number of the setting; 0 is the present one"),
	FLD(advise_row, max_ptes_none, "none", COUNT, 4, "max_ptes_none"),
	FLD(advise_row, sizes, "sizes", CHARS, 16, "that are enabled in addition, and where"),
	FLD(advise_row, filled_bytes, "filled", BYTES, 7, "with zeroes, by khugepaged"),
	FLD(advise_row, filled_ppm, "more", PPM, 6, "share of the memory"),
	FLD(advise_row, faults_bytes, "faults", BYTES, 7,
	    "further zeroes, at most, if page faults made this memory anew"),
	FLD(advise_row, faults_ppm, "more", PPM, 6, "share of the memory"),
	FLD(advise_row, huge_ppm, "huge", PPM, 6,
	    "share of the memory in folios larger than a page"),
	FLD(advise_row, tlb_entries, "TLB", COUNT, 7, "entries that map it"),
	FLD(advise_row, collapses, "collapses", COUNT, 9, "by khugepaged"),
	FLD(advise_row, copied_bytes, "copied", BYTES, 7, "bytes copied into larger folios"),
	FLD(advise_row, exact_ppm, "sure", PPM, 6, "share of the ranges whose end is settled"),
};

static const struct field size_fields[] = {
	KEY(advise_size, setting, "setting", ID, 7, "number of the setting; unknown: now"),
	KEY(advise_size, order, "size", ORDER, 5, "of the folio that maps pages in a row"),
	FLD(advise_size, bytes, "bytes", BYTES, 9, "of the memory"),
	FLD(advise_size, ppm, "share", PPM, 6, "of the memory"),
};

static const struct field command_fields[] = {
	FLD(advise_command, set, "set", CHARS, 20, "as root"),
	FLD(advise_command, undo, "undo", CHARS, 20, "as root"),
};

static const struct field other_fields[] = {
	KEY(advise_other, kernel, "kernel", STR, 12, "another one than this"),
	FLD(advise_other, max_ptes_none, "none", COUNT, 4, "max_ptes_none"),
	FLD(advise_other, sizes, "sizes", CHARS, 16, "that are enabled in addition"),
	FLD(advise_other, filled_bytes, "filled", BYTES, 7, "with zeroes"),
	FLD(advise_other, filled_ppm, "more", PPM, 6, "share of the memory"),
	FLD(advise_other, huge_ppm, "huge", PPM, 6,
	    "share of the memory in folios larger than a page"),
	FLD(advise_other, tlb_entries, "TLB", COUNT, 7, "entries that map it"),
	FLD(advise_other, exact_ppm, "sure", PPM, 6, "share of the ranges whose end is settled"),
};

static const struct field line_fields[] = {
	FLD(advise_line, text, "in words", CHARS, 20, "a sentence"),
};

#define TABLE(...) FIELD_TABLE(advice, __VA_ARGS__)

const struct table advise_tables[] = {
	TABLE("explanation", "Advice", line_fields, advise_line, lines, nr_lines),
	TABLE("commands", "Commands", command_fields, advise_command, commands, nr_commands,
	      .none = "no setting is to be changed"),
	TABLE("budgets", "Budgets", row_fields, advise_row, rows, nr_rows),
	TABLE("sizes", "Sizes", size_fields, advise_size, sizes, nr_sizes),
	TABLE("other_kernels", "Other kernels", other_fields, advise_other, others, nr_others),
	FIELD_LIST(advice, "summary", "Summary", top_fields, advise_top, top),
};
const size_t nr_advise_tables = ARRAY_SIZE(advise_tables);

struct doc advise_view(const struct advice *a)
{
	return (struct doc){ .tables = advise_tables,
			     .nr_tables = nr_advise_tables,
			     .data = a,
			     .page_size = a->page_size };
}

static void say(struct advice *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(struct advice *a, const char *fmt, ...)
{
	va_list ap;

	if (a->nr_lines == ADVISE_LINES)
		return;
	va_start(ap, fmt);
	vsnprintf(a->lines[a->nr_lines].text, sizeof(a->lines[0].text), fmt, ap);
	va_end(ap);
	a->nr_lines++;
}

/* "1.61M (+0.7%)" */
struct amount {
	char s[48];
};

static struct amount more(const struct advice *a, __u64 bytes, __u64 ppm)
{
	char size[16], share[16];
	struct amount m;

	snprintf(m.s, sizeof(m.s), "%s (+%s)", fmt_bytes(bytes, size, sizeof(size)),
		 fmt_ppm(ppm, share, sizeof(share)));
	return m;
}

static void add_command(struct advice *a, const char *file, const char *word, const char *was)
{
	struct advise_command *c = &a->commands[a->nr_commands];

	if (!strcmp(word, was))
		return;
	a->nr_commands++;
	snprintf(c->set, sizeof(c->set), "echo %s > " THP "%s", word, file);
	snprintf(c->undo, sizeof(c->undo), "echo %s > " THP "%s", was, file);
}

static void add_commands(struct advice *a, const struct whatif_setting *s)
{
	const struct settings *set = &a->meta->settings;
	char file[64], now[24], was[24];
	__u32 k;

	snprintf(now, sizeof(now), "%u", s->max_ptes_none);
	snprintf(was, sizeof(was), "%lld", set->max_ptes_none);
	/* First: a size that is enabled earlier would be collapsed to by the old limit. */
	add_command(a, "khugepaged/max_ptes_none", now, was);
	for (k = 0; k <= a->pmd_order; k++) {
		if (!(s->orders >> k & 1))
			continue;
		if (set->order_enabled[k][0])
			snprintf(file, sizeof(file), "hugepages-%llukB/enabled",
				 ((unsigned long long)a->page_size << k) >> 10);
		else
			snprintf(file, sizeof(file), "enabled");
		add_command(a, file, s->how == WHATIF_ADD_ADVISED ? "madvise" : "always",
			    set->order_enabled[k][0] ? set->order_enabled[k] : set->enabled);
	}
}

/* What khugepaged fills keeps to the budget. Memory that is touched later may not. */
static void say_faults(struct advice *a, const struct advise_row *r)
{
	say(a,
	    "Page faults use these sizes, too: programs that are started again may take up to %s more%s.",
	    more(a, r->faults_bytes, r->faults_ppm).s,
	    a->budget != ADVISE_UNLIMITED && r->faults_ppm > a->budget ? ", beyond the budget" :
									 "");
	say(a,
	    "To keep a program out: prctl(PR_SET_THP_DISABLE, 1) before its start, or madvise(MADV_NOHUGEPAGE) in it.");
}

static void say_setting(struct advice *a, const struct advise_row *r)
{
	const struct advise_row *now = &a->rows[0], *stay = &a->rows[1];
	char from[16], to[16], copied[16];

	say(a, "For %s more memory: set max_ptes_none %llu, sizes %s.", r->budget,
	    (unsigned long long)r->max_ptes_none, r->sizes);
	say(a,
	    "Gain: %s of the memory in huge pages, %s now; %llu TLB entries, %llu now, %llu with the present settings.",
	    fmt_ppm(r->huge_ppm, to, sizeof(to)), fmt_ppm(now->huge_ppm, from, sizeof(from)),
	    (unsigned long long)r->tlb_entries, (unsigned long long)now->tlb_entries,
	    (unsigned long long)stay->tlb_entries);
	say(a, "Cost: khugepaged fills %s with zeroes, in %llu collapses that copy %s.",
	    more(a, r->filled_bytes, r->filled_ppm).s, (unsigned long long)r->collapses,
	    fmt_bytes(r->copied_bytes, copied, sizeof(copied)));
	if (r->faults_bytes)
		say_faults(a, r);
}

static void say_sure(struct advice *a, const struct advise_row *r)
{
	char share[16];

	if (r->exact_ppm == 1000000)
		say(a, "Sure: exact, as long as the memory stays as it was found.");
	else if (r->exact_ppm != NUM_UNKNOWN)
		say(a, "Sure: %s of the ranges are settled; the rest is an estimate.",
		    fmt_ppm(r->exact_ppm, share, sizeof(share)));
	if (!a->kernel->known)
		say(a,
		    "Nothing reports whether this kernel collapses to sizes below a PMD; the advice assumes that it does not.");
	if (a->top.no_room)
		say(a, "Left out: %llu scans of ranges that did not fit into memory.",
		    (unsigned long long)a->top.no_room);
}

struct asks {
	__u64 tlb;  /* entries saved by all */
	__u64 best; /* and by one process */
	__u32 tgid;
	char comm[MTHP_COMM_LEN + 1];
	size_t setting;
};

static void look_proc(void *ctx, const struct whatif_proc *p)
{
	const struct whatif_proc_sums *s = p->sums;
	struct asks *q = ctx;
	__u64 saved = s[1].tlb > s[q->setting + 1].tlb ? s[1].tlb - s[q->setting + 1].tlb : 0;

	q->tlb += saved;
	if (saved <= q->best)
		return;
	q->best = saved;
	q->tgid = p->tgid;
	memcpy(q->comm, p->comm, sizeof(p->comm));
	q->comm[sizeof(p->comm)] = '\0';
}

/* Most of the gain is one process's: it can ask for itself. */
static void say_process(struct advice *a, const struct advise_row *r)
{
	struct asks q = { .setting = r->setting };
	char comm[64];

	if (a->grid->s[r->setting].how != WHATIF_ADD || !a->grid->s[r->setting].orders)
		return;
	if (a->meta->filter_tgid || a->meta->filter_cgroup[0])
		say(a,
		    "`always` concerns all processes of the machine; only a part of them was looked at.");
	whatif_each_proc(a->w, look_proc, &q);
	if ((whatif_procs(a->w) < 2 && !a->meta->filter_tgid) || !q.tlb || q.best < q.tlb * 0.8)
		return;
	say(a,
	    "%.0f%% of the gain is of one process, %s (%u). It can ask for itself, with `madvise` instead of `always`:",
	    100.0 * q.best / q.tlb, fmt_safe(q.comm, comm, sizeof(comm)), q.tgid);
	say(a,
	    "madvise(address, length, MADV_HUGEPAGE), or a setting of its own (Java: -XX:+UseTransparentHugePages).");
}

static void say_beside(struct advice *a)
{
	const struct advise_top *t = &a->top;
	char size[16];

	if (t->disabled_bytes != NUM_UNKNOWN && t->disabled_bytes)
		say(a,
		    "%s is of processes with PR_SET_THP_DISABLE: only their own configuration changes it (Redis: disable-thp no).",
		    fmt_bytes(t->disabled_bytes, size, sizeof(size)));
	if (t->file_bytes != NUM_UNKNOWN && t->file_bytes)
		say(a,
		    "These processes also map %s of files and shared memory, which these settings do not change.",
		    fmt_bytes(t->file_bytes, size, sizeof(size)));
	if (t->compact_stall == NUM_UNKNOWN || t->collapse_alloc == NUM_UNKNOWN)
		return;
	if (t->compact_stall > t->collapse_alloc) {
		say(a,
		    "Since boot %llu allocations waited for compaction, more often than khugepaged allocated a huge page (%llu). If programs",
		    (unsigned long long)t->compact_stall, (unsigned long long)t->collapse_alloc);
		say(a,
		    "stall, compaction at page faults is the commoner reason: `defrag` decides about it (`defer`: no fault waits).");
	}
}

static void say_others(struct advice *a)
{
	char share[16];
	size_t i;

	for (i = 0; i < a->nr_others; i++) {
		const struct advise_other *o = &a->others[i];

		say(a,
		    "Another kernel, %s, could have %s in huge pages and %llu TLB entries, and fill %s (max_ptes_none %llu, %s).",
		    o->kernel, fmt_ppm(o->huge_ppm, share, sizeof(share)),
		    (unsigned long long)o->tlb_entries, more(a, o->filled_bytes, o->filled_ppm).s,
		    (unsigned long long)o->max_ptes_none, o->sizes);
	}
}

void advise_explain(struct advice *a)
{
	const struct advise_row *r = &a->rows[a->chosen], *stay = &a->rows[1];
	char share[16];

	if (!a->pages)
		say(a, "Cannot tell: there is no anonymous memory in whole PMD ranges.");
	else if (!strcmp(r->verdict, "cannot tell"))
		say(a,
		    "Cannot tell: less than half of the ranges are settled under every setting within %s more memory (present one: %s).",
		    r->budget, fmt_ppm(stay->exact_ppm, share, sizeof(share)));
	else if (!strcmp(r->verdict, "no difference"))
		say(a,
		    "For %s more memory: no difference. No setting saves TLB entries: the present ones need %llu, and fill %s.",
		    r->budget, (unsigned long long)stay->tlb_entries,
		    more(a, stay->filled_bytes, stay->filled_ppm).s);
	else {
		say_setting(a, r);
		add_commands(a, &a->grid->s[r->setting]);
		say_process(a, r);
	}
	if (a->pages)
		say_sure(a, r);
	if (a->pages)
		say_others(a);
	say_beside(a);
}

void advise_rules(const struct advice *a, FILE *out)
{
	const struct advise_row *r = &a->rows[a->chosen];
	char release[64];

	fprintf(out, "# mthptop advise, budget %s, kernel %s: %s.\n", r->budget,
		fmt_safe(a->top.release, release, sizeof(release)), r->verdict);
	if (r->filled_bytes == NUM_UNKNOWN) {
		fprintf(out, "lost <= 0.1%%\n");
		return;
	}
	fprintf(out,
		"# Record the same processes under the advised setting, and check that recording.\n");
	fprintf(out, "lost <= 0.1%%\n");
	fprintf(out, "settings(\"khugepaged/max_ptes_none\").value == \"%llu\" if known\n",
		(unsigned long long)r->max_ptes_none);
	/* 5% more than predicted, and a PMD range: a process grows while it is observed. */
	fprintf(out, "filled <= %lluK if known # predicted: %lluK\n",
		(unsigned long long)(r->filled_bytes + r->filled_bytes / 20 +
				     ((__u64)a->page_size << a->pmd_order)) >>
			10,
		(unsigned long long)r->filled_bytes >> 10);
	fprintf(out, "creep.steps == 0 if known\n");
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages about events and values that a trace of another tool lacks, once, at its end. Every event that is
 * not in the numbers is counted in one of these messages.
 */
#include <stdarg.h>
#include <stdio.h>

#include "import/sizes.h"
#include "lib/array.h"
#include "lib/fmt.h"
#include "lib/log.h"
#include "source/import_say_priv.h"

/* A list that grows: "a 1, b 2". */
struct list {
	char text[1024];
	size_t len;
};

static void __attribute__((format(printf, 3, 4)))
add(struct list *l, const char *between, const char *fmt, ...)
{
	va_list ap;
	int n;

	n = snprintf(l->text + l->len, sizeof(l->text) - l->len, "%s", l->len ? between : "");
	l->len += n > 0 ? (size_t)n : 0;
	if (l->len >= sizeof(l->text))
		goto full;
	va_start(ap, fmt);
	n = vsnprintf(l->text + l->len, sizeof(l->text) - l->len, fmt, ap);
	va_end(ap);
	l->len += n > 0 ? (size_t)n : 0;
	if (l->len < sizeof(l->text))
		return;
full:
	l->len = sizeof(l->text) - 1;
}

static const struct {
	__u32 why;
	const char *words;
} reasons[] = {
	{ IMP_WHY_FIELDS, "fields are missing or damaged" },
	{ IMP_WHY_HEAD,
	  "the text before the event is of no known form (it needs a task or [SECONDS], and a time)" },
	{ IMP_WHY_NO_TIME,
	  "there is no time in front (ftrace: options/context-info 1; function graph: "
	  "options/funcgraph-abstime 1)" },
	{ IMP_WHY_CLOCK,
	  "times of an unknown unit: they are counts of a clock (record with the clock local, mono "
	  "or boot)" },
	{ IMP_WHY_MERGED, "two events in one line" },
};

static void say_unread(const struct imp_bad *bad, const char *name)
{
	struct list events = { .len = 0 }, why = { .len = 0 };
	__u64 lines = bad->lines - bad->strange - bad->raw;
	__u32 kind;
	size_t i;

	if (!lines)
		return;
	if (bad->kinds[0])
		add(&events, ", ", "cut off in the name %llu", (unsigned long long)bad->kinds[0]);
	for (kind = 1; kind < MTHP_NR_KINDS; kind++)
		if (bad->kinds[kind])
			add(&events, ", ", "%s %llu", imp_event_name(kind),
			    (unsigned long long)bad->kinds[kind]);
	for (i = 0; i < ARRAY_SIZE(reasons); i++)
		if (bad->why & reasons[i].why)
			add(&why, "; ", "%s", reasons[i].words);
	log_warn("trace is damaged: %s: %llu lines of events could not be read: %s: %s", name,
		 (unsigned long long)lines, events.text, why.text);
}

static void say_strange(const struct imp_bad *bad, const char *name)
{
	struct list events = { .len = 0 };
	char safe[META_NAME_LEN * 4];
	__u64 named = 0;
	size_t i;

	if (!bad->strange)
		return;
	for (i = 0; i < IMP_STRANGE && bad->names[i].lines; i++) {
		add(&events, ", ", "%s %llu", fmt_safe(bad->names[i].name, safe, sizeof(safe)),
		    (unsigned long long)bad->names[i].lines);
		named += bad->names[i].lines;
	}
	if (named < bad->strange)
		add(&events, ", ", "others %llu", (unsigned long long)(bad->strange - named));
	log_warn(
		"not understood: %s: %llu events of khugepaged that this mthptop does not know, and "
		"that are not in the numbers: %s",
		name, (unsigned long long)bad->strange, events.text);
}

void import_say_bad(const struct imp_bad *bad, const char *name)
{
	say_unread(bad, name);
	say_strange(bad, name);
	if (bad->raw)
		log_warn("trace is damaged: %s: %llu lines have no names of events (ftrace's "
			 "options/raw: record with it off)",
			 name, (unsigned long long)bad->raw);
}

/* Values that are unknown though the events were read. */
static void say_unknown(const struct imp_text *t, const char *name)
{
	if (t->doubts)
		log_warn("requester is unknown: %s: %llu events: the task's name is missing or "
			 "cut off, or cannot be separated from the words in front of it",
			 name, (unsigned long long)t->doubts);
	if (t->taskless)
		log_warn("task is unknown: %s: %llu events have no task in front, nor a CPU (the "
			 "kernel's tp_printk, perf script without comm): no requester, no process, "
			 "no durations",
			 name, (unsigned long long)t->taskless);
	if (t->numeric)
		log_warn("results are numbers: %s: this form of text does not have their names, so "
			 "no collapse of it counts as a success (the kernel's own text, trace-cmd "
			 "report and perf script have them)",
			 name);
}

void import_say_text(const struct imp_text *t, const char *name, __u64 events)
{
	import_say_bad(&t->bad, name);
	say_unknown(t, name);
	if (imp_text_unread(t))
		log_warn("trace is damaged: %s: none of its %llu lines is an event of anybody "
			 "(ftrace's options/raw, hex and bin have no names: record with them off)",
			 name, (unsigned long long)imp_text_unread(t));
	else if (!events && !t->bad.lines)
		log_warn(IMPORT_NO_EVENT, name, t->heads ? ", which has other events" : "");
}

void import_say_sizes(const struct meta *meta, const char *name, __u64 nr, __u32 entries,
		      bool has_page)
{
	char range[32], count[32];
	__u32 order = has_page ? 0 : imp_order_of(entries);

	if (!nr)
		return;
	fmt_order(meta->pmd_order, meta->page_size, range, sizeof(range));
	fmt_count(1U << meta->pmd_order, count, sizeof(count));
	if (!entries || !order || order <= meta->pmd_order)
		log_err("sizes contradict the trace: %s: %llu events have more PTEs than a PMD range "
			"of %s has (%s), and were not taken (set mthptop import %s"
			"--pmd-order ORDER)",
			name, (unsigned long long)nr, range, count,
			has_page ? "" : "--page-size KIB and ");
	else
		log_err("sizes contradict the trace: %s: %llu events have up to %u PTEs, more than a "
			"PMD range of %s has (%s), and were not taken (mthptop import --page-size %u "
			"--pmd-order %u)",
			name, (unsigned long long)nr, entries, range, count, 8U << order >> 10,
			order);
}

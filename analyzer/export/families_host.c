// SPDX-License-Identifier: GPL-2.0-only
/* Families of the machine: what it is, its settings, the kernel's own counters, and the exporter itself. */
#include <stdio.h>
#include <string.h>

#include "export/families_priv.h"
#include "lib/version.h"

#define NR_LABELS 5 /* with the end */

void family_build_info(struct text *t, const struct reading *r)
{
	const struct text_label labels[NR_LABELS] = {
		{ "version", version },
		{ "kernel", r->s->meta.release },
		{ "machine", r->s->meta.machine },
		{ "detail", r->s->meta.kinds ? r->s->summary.detail : "none" },
	};

	text_u64(t, labels, 1);
}

void family_base_page_size(struct text *t, const struct reading *r)
{
	text_u64(t, NULL, r->s->meta.page_size);
}

void family_pmd_size(struct text *t, const struct reading *r)
{
	if (r->s->meta.pmd_order)
		text_u64(t, NULL, (__u64)r->s->meta.page_size << r->s->meta.pmd_order);
}

void family_observed_since(struct text *t, const struct reading *r)
{
	text_ns(t, NULL, r->since_ns);
}

static void write_setting(struct text *t, const char *size, const char *enabled)
{
	const struct text_label labels[NR_LABELS] = { { "size", size }, { "enabled", enabled } };

	if (enabled[0])
		text_u64(t, labels, 1);
}

void family_settings(struct text *t, const struct reading *r)
{
	const struct settings *s = &r->s->meta.settings;
	char size[24];
	__u32 order;

	write_setting(t, "all", s->enabled);
	for (order = 0; order < MTHP_NR_ORDERS; order++)
		write_setting(t, size_label(r, order, size, sizeof(size)), s->order_enabled[order]);
}

void family_max_ptes(struct text *t, const struct reading *r)
{
	const struct settings *s = &r->s->meta.settings;
	const struct {
		const char *kind;
		long long value;
	} rows[] = {
		{ "none", s->max_ptes_none },
		{ "swap", s->max_ptes_swap },
		{ "shared", s->max_ptes_shared },
	};
	struct text_label labels[NR_LABELS] = { { "kind", NULL } };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		labels[0].value = rows[i].kind;
		if (rows[i].value != META_UNKNOWN)
			text_u64(t, labels, rows[i].value);
	}
}

/* Does the counter say how many there are now, instead of how often something happened? */
static bool is_gauge(const struct snap_counter *c)
{
	return !strncmp(c->name, "nr_", 3);
}

static void write_stats(struct text *t, const struct reading *r, bool gauges, bool bytes)
{
	struct text_label labels[NR_LABELS] = { { "size", NULL },
						{ gauges ? "type" : "event", NULL } };
	char size[24];
	size_t i;

	for (i = 0; i < r->s->nr_counters; i++) {
		const struct snap_counter *c = &r->s->counters[i];

		if (c->order == NUM_UNKNOWN || c->value == NUM_UNKNOWN || is_gauge(c) != gauges)
			continue;
		labels[0].value = size_label(r, c->order, size, sizeof(size));
		labels[1].value = c->name + (gauges ? 3 : 0);
		text_u64(t, labels,
			 bytes ? c->value * ((__u64)r->s->meta.page_size << c->order) : c->value);
	}
}

void family_thp_events(struct text *t, const struct reading *r)
{
	write_stats(t, r, false, false);
}

void family_thp_folios(struct text *t, const struct reading *r)
{
	write_stats(t, r, true, false);
}

void family_thp_bytes(struct text *t, const struct reading *r)
{
	write_stats(t, r, true, true);
}

void family_vmstat(struct text *t, const struct reading *r)
{
	struct text_label labels[NR_LABELS] = { { "event", NULL } };
	size_t i;

	for (i = 0; i < r->s->nr_counters; i++) {
		const struct snap_counter *c = &r->s->counters[i];

		if (c->order != NUM_UNKNOWN || c->value == NUM_UNKNOWN ||
		    strncmp(c->name, "thp_", 4))
			continue;
		labels[0].value = c->name + 4;
		text_u64(t, labels, c->value);
	}
}

void family_full_scans(struct text *t, const struct reading *r)
{
	size_t i;

	for (i = 0; i < r->s->nr_counters; i++)
		if (r->s->counters[i].order == NUM_UNKNOWN &&
		    r->s->counters[i].value != NUM_UNKNOWN &&
		    !strcmp(r->s->counters[i].name, "full_scans"))
			text_u64(t, NULL, r->s->counters[i].value);
}

void family_memory(struct text *t, const struct reading *r)
{
	struct text_label labels[NR_LABELS] = { { "kind", NULL }, { "pages", NULL } };

	if (!r->live)
		return;
#define X(field, key, kind, size)          \
	labels[0].value = kind;            \
	labels[1].value = size;            \
	if (r->host->field != NUM_UNKNOWN) \
		text_u64(t, labels, r->host->field);
	HOST_MEMORY(X)
#undef X
}

void family_cgroup_memory(struct text *t, const struct reading *r)
{
	struct text_label labels[NR_LABELS] = { { "cgroup", NULL }, { "pages", NULL } };
	const struct cgroup_row *row;
	size_t i;

	for (i = 0; (row = cgroups_at(r->cgroups, i)); i++) {
		if (row->anon == NUM_UNKNOWN || row->anon_thp == NUM_UNKNOWN)
			continue;
		labels[0].value = row->label;
		labels[1].value = "all";
		text_u64(t, labels, row->anon);
		labels[1].value = "pmd";
		text_u64(t, labels, row->anon_thp);
	}
}

static void write_ns(struct text *t, __u64 ns)
{
	if (ns != NUM_UNKNOWN)
		text_ns(t, NULL, ns);
}

static void write_known(struct text *t, __u64 value)
{
	if (value != NUM_UNKNOWN)
		text_u64(t, NULL, value);
}

void family_khugepaged_cpu(struct text *t, const struct reading *r)
{
	if (r->live)
		write_ns(t, r->host->khugepaged_cpu_ns);
}

void family_bpf_cpu(struct text *t, const struct reading *r)
{
	write_ns(t, r->bpf_cpu_ns);
}

void family_process_cpu(struct text *t, const struct reading *r)
{
	write_ns(t, r->host->cpu_ns);
}

void family_process_resident(struct text *t, const struct reading *r)
{
	write_known(t, r->host->resident);
}

void family_process_virtual(struct text *t, const struct reading *r)
{
	write_known(t, r->host->virtual_);
}

void family_process_start(struct text *t, const struct reading *r)
{
	write_ns(t, r->host->start_ns);
}

void family_process_fds(struct text *t, const struct reading *r)
{
	write_known(t, r->host->fds);
}

void family_process_max_fds(struct text *t, const struct reading *r)
{
	write_known(t, r->host->max_fds);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Probing the running kernel. No version number decides anything: tracefs lists the events, the kernel's
 * BTF lists their fields, and its enum scan_result names the results, whose numbers change between releases.
 *
 * The reason why a kernel cannot be observed is one sentence in kfeat.problem, of the form "object: reason
 * (what to do)". `mthptop info` shows it beside the rest; the live source fails with it.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/array.h"
#include "lib/caps.h"
#include "live/features.h"
#include "lib/file.h"
#include "lib/log.h"
#include "live/remedy.h"
#include "live/tracefs_priv.h"

#define SYSTEM "huge_memory"

static const char *const tracepoints[MTHP_NR_KINDS] = {
#define X(number, NAME, name, tracepoint, detail, since) [number] = #tracepoint,
	MTHP_TRACED_KINDS(X)
#undef X
};

static int problem(struct kfeat *k, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Keeps the first problem: later ones may follow from it. */
static int problem(struct kfeat *k, const char *fmt, ...)
{
	va_list ap;

	if (!k->problem[0]) {
		va_start(ap, fmt);
		vsnprintf(k->problem, sizeof(k->problem), fmt, ap);
		va_end(ap);
	}
	return -ENOTSUP;
}

static const struct btf_type *find_type(const struct btf *btf, const char *name, __u32 kind)
{
	int id = btf__find_by_name_kind(btf, name, kind);

	return id > 0 ? btf__type_by_id(btf, id) : NULL;
}

static void probe_results(struct kfeat *k, struct meta *meta)
{
	const struct btf_type *t = find_type(k->btf, "scan_result", BTF_KIND_ENUM);
	const struct btf_enum *e;
	const char *name;
	int i;

	if (!t)
		return;
	e = btf_enum(t);
	for (i = 0; i < btf_vlen(t); i++, e++) {
		name = btf__name_by_offset(k->btf, e->name_off);
		if (name)
			results_enum(&k->results, meta, name, e->val);
	}
}

static bool has_field(const struct kfeat_event *ev, const char *field)
{
	size_t len = strlen(field);
	const char *s = ev->fields;

	while (*s) {
		if (!strncmp(s, field, len) && (s[len] == ' ' || !s[len]))
			return true;
		s += strcspn(s, " ");
		s += strspn(s, " ");
	}
	return false;
}

static void probe_fields(struct kfeat *k, struct kfeat_event *ev)
{
	char type[96];
	const struct btf_type *t;
	const struct btf_member *m;
	const char *name;
	size_t n = 0;
	bool array;
	int i;

	snprintf(type, sizeof(type), "trace_event_raw_%s", ev->name);
	t = find_type(k->btf, type, BTF_KIND_STRUCT);
	if (!t)
		return;
	m = btf_members(t);
	for (i = 0; i < btf_vlen(t); i++, m++) {
		name = btf__name_by_offset(k->btf, m->name_off);
		if (!name || !strcmp(name, "ent") || !strcmp(name, "__data"))
			continue;
		/* This member holds place and length of an array. */
		array = !strncmp(name, "__data_loc_", 11);
		name += array ? 11 : 0;
		if (n + strlen(name) + 4 > sizeof(ev->fields))
			break;
		n += sprintf(ev->fields + n, "%s%s%s", n ? " " : "", name, array ? "[]" : "");
	}
}

/* Fields of the series' events: an older or newer form of them is noticed. */
static const struct {
	int kind;
	const char *fields;
} series[] = {
	{ MTHP_K_MTHP_SCAN,
	  "mm address duration_ns orders max_ptes_none none present_ptes swap shared "
	  "referenced_ptes planned planned_fill status blocked_status rule present[] blocked[] "
	  "referenced[] joined[] plan[]" },
	{ MTHP_K_MTHP_COLLAPSE, "mm address order filled sources node status" },
	{ MTHP_K_MTHP_BATCH, "mm address locked_ns tried done" },
};

void kfeat_lacks(struct kfeat_event *ev, const char *wanted)
{
	char name[40];
	size_t n = 0, len;

	ev->lacks[0] = '\0';
	for (; *wanted; wanted += strspn(wanted, " ")) {
		len = strcspn(wanted, " ");
		snprintf(name, sizeof(name), "%.*s", (int)len, wanted);
		wanted += len;
		if (!has_field(ev, name))
			n += snprintf(ev->lacks + n, sizeof(ev->lacks) - n, "%s%s", n ? " " : "",
				      name);
	}
}

static void probe_series(struct kfeat *k)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(series); i++)
		if (k->events[series[i].kind].fields[0])
			kfeat_lacks(&k->events[series[i].kind], series[i].fields);
}

static bool has_member(const struct btf *btf, const struct btf_type *t, const char *member,
		       int depth)
{
	const struct btf_member *m;
	const struct btf_type *inner;
	const char *name;
	int i;

	if (!t || !btf_is_composite(t) || depth > 4)
		return false;
	m = btf_members(t);
	for (i = 0; i < btf_vlen(t); i++, m++) {
		name = btf__name_by_offset(btf, m->name_off);
		if (name && !strcmp(name, member))
			return true;
		inner = btf__type_by_id(btf, m->type);
		if ((!name || !*name) && has_member(btf, inner, member, depth + 1))
			return true;
	}
	return false;
}

bool kfeat_has_member(const struct btf *btf, const struct btf_type *t, const char *name)
{
	return has_member(btf, t, name, 0);
}

static int probe_btf(struct kfeat *k, struct meta *meta)
{
	char remedy[160];
	int kind, err;

	k->btf = btf__load_vmlinux_btf();
	/* It tries other places, too, and says of the last one why not. */
	if (!k->btf)
		k->btf = btf__parse(KFEAT_BTF_FILE, NULL);
	err = k->btf ? 0 : -errno;
	if (err && access(KFEAT_BTF_FILE, F_OK))
		return problem(k, KFEAT_BTF_FILE ": no type information of the kernel (needs "
						 "one built with CONFIG_DEBUG_INFO_BTF)");
	if (err)
		return problem(k, KFEAT_BTF_FILE ": %s (%s)", strerror(-err),
			       live_remedy(err, remedy, sizeof(remedy))[0] ? remedy :
									     "is it damaged?");
	probe_results(k, meta);
	k->has_owner =
		kfeat_has_member(k->btf, find_type(k->btf, "mm_struct", BTF_KIND_STRUCT), "owner");
	for (kind = 0; kind < MTHP_NR_KINDS; kind++)
		if (k->events[kind].name)
			probe_fields(k, &k->events[kind]);
	probe_series(k);
	return 0;
}

static int probe_tracefs(struct kfeat *k, struct meta *meta)
{
	char remedy[160];
	char format[16384];
	int fd = tracefs_open(&k->tracefs);
	int kind, id;

	if (fd < 0 && live_locked_down())
		return problem(k, "tracefs: the kernel is locked down (boot with "
				  "lockdown=integrity or none)");
	if (fd < 0 && (fd == -EPERM || fd == -EACCES) && live_remedy(fd, remedy, sizeof(remedy))[0])
		return problem(k, "tracefs: %s (%s)", strerror(-fd), remedy);
	if (fd < 0)
		return problem(k,
			       "tracefs: %s (mount -t tracefs nodev /sys/kernel/tracing, or run "
			       "with CAP_SYS_ADMIN)",
			       strerror(-fd));
	for (kind = 0; kind < MTHP_NR_KINDS; kind++) {
		if (!k->events[kind].name)
			continue;
		id = tracefs_event_id(fd, SYSTEM, k->events[kind].name);
		if (id == -EACCES || id == -EPERM)
			problem(k, "tracefs: events/%s: %s (run as root)", SYSTEM, strerror(-id));
		if (id <= 0)
			continue;
		k->events[kind].id = id;
		k->kinds |= 1U << kind;
	}
	if (!k->results.nr &&
	    !tracefs_event_format(fd, SYSTEM, tracepoints[MTHP_K_SCAN_PMD], format, sizeof(format)))
		results_format(&k->results, meta, format);
	close(fd);
	if (!k->events[MTHP_K_SCAN_PMD].id && !k->events[MTHP_K_COLLAPSE].id)
		return problem(k, "tracepoints " SYSTEM ":*: not in this kernel (needs one built "
				  "with CONFIG_TRANSPARENT_HUGEPAGE)");
	return 0;
}

int kfeat_probe(struct kfeat *k, struct meta *meta)
{
	const __u32 both = 1U << MTHP_K_MTHP_SCAN | 1U << MTHP_K_MTHP_COLLAPSE;
	char missing[64];
	int kind;

	memset(k, 0, sizeof(*k));
	for (kind = 0; kind < MTHP_NR_KINDS; kind++)
		k->events[kind].name = tracepoints[kind];
	if (caps_missing(missing, sizeof(missing))[0])
		problem(k, "bpf: Operation not permitted (needs %s: run as root)", missing);
	probe_btf(k, meta);
	probe_tracefs(k, meta);
	results_unnamed(&k->results, meta);
	/* The series' events are counted instead of the older ones: only if both of these exist. */
	if ((k->kinds & both) != both)
		k->kinds &= ~(both | 1U << MTHP_K_MTHP_BATCH);
	k->orders = has_field(&k->events[MTHP_K_COLLAPSE], "order");
	k->series = (k->kinds & both) == both;
	if (!k->problem[0] && !k->series)
		probes_find(&k->probes, k->btf, k->orders);
	else if (!k->problem[0])
		probes_find_splits(&k->probes, k->btf);
	kfeat_capabilities(k, meta, k->probes.usable ? NULL : k->probes.problem,
			   k->probes.splits ? NULL : k->probes.no_splits);
	return k->problem[0] ? -ENOTSUP : 0;
}

void kfeat_warn(const struct kfeat *k)
{
	int kind;

	for (kind = 0; kind < MTHP_NR_KINDS; kind++)
		if (k->kinds >> kind & 1 && k->events[kind].lacks[0])
			log_warn(
				"event huge_memory:%s: has no %s in this kernel (shown as unknown)",
				k->events[kind].name, k->events[kind].lacks);
}

void kfeat_free(struct kfeat *k)
{
	btf__free(k->btf);
	k->btf = NULL;
}

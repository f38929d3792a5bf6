/* SPDX-License-Identifier: GPL-2.0-only */
/* What the running kernel offers to observe, by its own BTF and tracefs. */
#ifndef LIVE_FEATURES_H
#define LIVE_FEATURES_H

#include "live/probes.h"
#include "model/results.h"

/* Types of the running kernel. */
#define KFEAT_BTF_FILE "/sys/kernel/btf/vmlinux"

struct btf;
struct btf_type;

struct kfeat_event {
	const char *name; /* of the tracepoint; NULL: no kind has this number */
	int id;		  /* of the tracepoint; 0: this kernel does not have it */
	char fields[320]; /* names in its record, a space between; "": unknown */
	char lacks
		[320]; /* fields of the series' event that this kernel's form of it does not have */
};

struct kfeat {
	struct btf *btf;
	const char *tracefs; /* where it was found */
	struct kfeat_event events[MTHP_NR_KINDS];
	__u32 kinds;	/* bit n: this kernel has events of enum mthp_kind n */
	bool orders;	/* events of attempts have the order */
	bool series;	/* events of the kernel series tell ranges and plans */
	bool has_owner; /* mm->owner: events can be attributed to processes */
	struct results results;
	struct probes probes; /* of a kernel without the series */
	char problem[256];    /* why this kernel cannot be observed; "": it can */
};

/*
 * Probes the kernel as far as it permits, and gives names in @meta to results that this build does not
 * know. 0, or -ENOTSUP with @k->problem set; prints nothing. kfeat_free() in any case.
 */
int kfeat_probe(struct kfeat *k, struct meta *meta);
/* Lists in @ev->lacks the names of @wanted (a space between) that are not in @ev->fields. */
void kfeat_lacks(struct kfeat_event *ev, const char *wanted);
/* Warns of fields that this kernel's form of the series' events, older or newer, does not have. */
void kfeat_warn(const struct kfeat *k);
/*
 * Says in @meta of each capability from which source it is, or why not. @no_probes, @no_splits: why the programs on
 * functions are not in place; NULL: they are.
 */
void kfeat_capabilities(const struct kfeat *k, struct meta *meta, const char *no_probes,
			const char *no_splits);
void kfeat_free(struct kfeat *k);

/*
 * Kinds of which a program can read the tracepoint's arguments instead of its record: the end of
 * bpf/mthptop.bpf.c. X(NAME, name, tracepoint, arguments that the program was written for)
 *	*NAME	a pointer to that struct
 *	N	an integer of N bytes
 */
#define LIVE_ARGS_KINDS(X)                                                          \
	X(SCAN_PMD, scan_pmd, mm_khugepaged_scan_pmd, "*mm_struct *page 1 4 4 4 4") \
	X(MTHP_SCAN, mthp_scan, mm_mthp_scan, "*mm_struct 8 *collapse_range 1 4 8")

/* Bit n: the program for enum mthp_kind n can read arguments. All of the kinds above, or none. */
__u32 kfeat_args(const struct btf *btf);
/* Does the struct @t of @btf have a member @name, also in the unnamed structs and unions inside? */
bool kfeat_has_member(const struct btf *btf, const struct btf_type *t, const char *name);

#endif

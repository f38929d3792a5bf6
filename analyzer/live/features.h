/* SPDX-License-Identifier: GPL-2.0-only */
/* What the running kernel offers to observe, told by its own BTF and tracefs. */
#ifndef LIVE_FEATURES_H
#define LIVE_FEATURES_H

#include "model/results.h"

struct btf;
struct btf_type;

struct kfeat_event {
	const char *name; /* of the tracepoint; NULL: no kind has this number */
	int id;		  /* of the tracepoint; 0: this kernel does not have it */
	char fields[320]; /* names in its record, a space between; "": unknown */
	char lacks[320];  /* names of the series' event that this kernel's form of it has not */
};

struct kfeat {
	struct btf *btf;
	const char *tracefs; /* where it was found */
	struct kfeat_event events[MTHP_NR_KINDS];
	__u32 kinds; /* bit n: events of enum mthp_kind n can be had */
	enum mthp_detail detail;
	int has_owner; /* mm->owner: events can be attributed to processes */
	struct results results;
	char problem[256]; /* why observing is impossible here; "": it is not */
};

/*
 * Probes the kernel as far as it lets us, and names in @meta the results that this build does not
 * know. EXIT_OK, or EXIT_CANNOT with @k->problem set; says nothing. kfeat_free() in any case.
 */
int kfeat_probe(struct kfeat *k, struct meta *meta);
/* Notes in @ev->lacks which of the names in @wanted (a space between) are not in @ev->fields. */
void kfeat_lacks(struct kfeat_event *ev, const char *wanted);
/* Warns of fields that this kernel's form of the series' events, older or newer, has not. */
void kfeat_warn(const struct kfeat *k);
void kfeat_free(struct kfeat *k);

/*
 * Bit n: the tracepoint of enum mthp_kind n hands over what our programs take from its arguments
 * instead of its record. Both or none of MTHP_K_SCAN_PMD and MTHP_K_MTHP_SCAN.
 */
__u32 kfeat_args(const struct btf *btf);
/* 1 if the struct @t of @btf has a member @name, also in the unnamed structs and unions inside. */
int kfeat_has_member(const struct btf *btf, const struct btf_type *t, const char *name);

/* 1 if the kernel is locked down so far that it does not let itself be read. */
int kfeat_locked_down(void);

#endif

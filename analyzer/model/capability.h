/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a kernel or a trace reports: a set of capabilities, each with the source that it is from, or with the reason
 * why it is not there. Code asks for a capability, never for a detail level or a version of the kernel.
 */
#ifndef MODEL_CAPABILITY_H
#define MODEL_CAPABILITY_H

#include <stdbool.h>
#include <stddef.h>
#include <mthp/types.h>

/* X(NAME, name, meaning): the names are in trace files, JSON and metrics. The order may change. */
#define CAPABILITIES(X)                                                             \
	X(OUTCOME, outcome, "scans and attempts by result")                         \
	X(ORDER, order, "the size of each attempt")                                 \
	X(OWNER, owner, "process and cgroup of each scan and attempt")              \
	X(ADDRESS, address, "the address of each scan and attempt")                 \
	X(OCCUPANCY, occupancy, "which PTEs of a range are present and referenced") \
	X(JOINED, joined, "which PTEs one large folio maps already")                \
	X(FILL, fill, "pages that a collapse filled with zeroes")                   \
	X(DURATION, duration, "how long an attempt takes")                          \
	X(STALL, stall, "how long an attempt makes memory unreachable")             \
	X(BLOCKED, blocked, "which PTEs cannot be collapsed, and why")              \
	X(PLAN, plan, "the blocks that a scan chose")                               \
	X(LOCK, lock, "how long commits held mmap_lock")                            \
	X(SPLIT, split, "which huge page was split, and by whom")

enum capability {
	CAP_NONE, /* needs nothing: always there */
#define X(NAME, name, meaning) CAP_##NAME,
	CAPABILITIES(X)
#undef X
	NR_CAPS
};

/* Only the kernel series has these: what lacks one of them needs detail plans. */
#define CAPS_OF_PLANS (1U << CAP_BLOCKED | 1U << CAP_PLAN | 1U << CAP_LOCK)

/*
 * Where a capability is from. X(NAME, word, does the capability hold?): the words are in trace files.
 * UNSET: nothing was said; capability_get() derives it from what the source has.
 */
#define CAPABILITY_SOURCES(X)               \
	X(UNSET, "", false)                 \
	X(NONE, "none", false)              \
	X(UNKNOWN, "unknown", false)        \
	X(SERIES, "series", true)           \
	X(PROBES, "probes", true)           \
	X(ENGINE, "collapse", true)         \
	X(TRACEPOINTS, "tracepoints", true) \
	X(OTHER, "other", true)

enum capability_source {
#define X(NAME, word, holds) FROM_##NAME,
	CAPABILITY_SOURCES(X)
#undef X
	NR_CAPABILITY_SOURCES
};

#define CAPABILITY_WHY_LEN 256

struct capability_state {
	enum capability_source source;
	char why[CAPABILITY_WHY_LEN]; /* it does not hold, or only in part; "": it holds */
};

struct meta;

/* What was said of a capability, or else what follows from the events and the detail level of @meta. */
struct capability_state capability_get(const struct meta *meta, enum capability cap);

bool capability_holds(const struct meta *meta, enum capability cap);

/* Bit n: enum capability n holds. CAP_NONE always does. */
__u32 capability_mask(const struct meta *meta);

/* Sets one, with a reason where one is needed. */
void capability_set(struct meta *meta, enum capability cap, enum capability_source source,
		    const char *why);

/* The detail level that people see, of a set: the one function that knows. enum mthp_detail */
int capability_detail(__u32 mask);

/* Names and words; "?" out of range. -EINVAL: no such name. A word that is not known is FROM_OTHER. */
const char *capability_name(enum capability cap);
const char *capability_meaning(enum capability cap);
const char *capability_source_name(enum capability_source source);
int capability_by_name(const char *name);
enum capability_source capability_source_by_name(const char *word);

#endif

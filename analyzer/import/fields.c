// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table holds all shapes of the events: of 4.5 to 4.7 (without unmapped, and referenced of a swap-in),
 * 4.8 to 6.12 (writable), 6.18 (without), 7.2 and 7.3 (order, the pass), and of the series (order,
 * mm_mthp_*). include/trace/events/huge_memory.h
 */
#include <errno.h>
#include <string.h>

#include "lib/array.h"
#include "import/fields_priv.h"

#define F(kind, name, text, to, which, flags)                                                \
	{                                                                                    \
		MTHP_K_##kind, IMP_##to, which, (flags), sizeof(name) - 1, sizeof(text) - 1, \
			(name), text                                                         \
	}
#define V(value)	      MTHP_V_##value
#define SAME(kind, name, to)  F(kind, name, name, to, 0, 0)
#define VAL(kind, name, v)    F(kind, name, name, VALUE, V(v), 0)
#define MAYBE(kind, name, v)  F(kind, name, name, VALUE, V(v), IMP_OPTIONAL)
#define MM(kind)	      F(kind, "mm", "mm", MM, 0, IMP_HEX)
#define ORDER(kind)	      F(kind, "order", "order", ORDER, 0, IMP_OPTIONAL)
#define BITS(name, text, bit) F(MTHP_SCAN, name, text, BITS, MTHP_B_##bit, 0)
/* The text has a word, the record a truth value. */
#define BY(kind) F(kind, "is_khugepaged", "requester", BY, 0, 0)

static const struct imp_field fields[] = {
	MM(SCAN_PMD),
	F(SCAN_PMD, "pfn", "scan_pfn", PFN, 0, 0),
	MAYBE(SCAN_PMD, "writable", WRITABLE),
	VAL(SCAN_PMD, "referenced", REFERENCED),
	VAL(SCAN_PMD, "none_or_zero", NONE),
	SAME(SCAN_PMD, "status", RESULT),
	F(SCAN_PMD, "unmapped", "unmapped", VALUE, V(SWAP), IMP_SINCE),

	MM(COLLAPSE),
	VAL(COLLAPSE, "isolated", ISOLATED),
	SAME(COLLAPSE, "status", RESULT),
	ORDER(COLLAPSE),

	F(ISOLATE, "pfn", "scan_pfn", PFN, 0, 0),
	VAL(ISOLATE, "none_or_zero", NONE),
	VAL(ISOLATE, "referenced", REFERENCED),
	MAYBE(ISOLATE, "writable", WRITABLE),
	SAME(ISOLATE, "status", RESULT),
	ORDER(ISOLATE),

	MM(SWAPIN),
	VAL(SWAPIN, "swapped_in", SWAP),
	F(SWAPIN, "referenced", "referenced", VALUE, V(REFERENCED), IMP_SINCE),
	F(SWAPIN, "ret", "ret", RET, V(RET), 0),
	ORDER(SWAPIN),

	MM(SCAN_FILE),
	F(SCAN_FILE, "pfn", "scan_pfn", PFN, 0, 0),
	F(SCAN_FILE, "filename", "filename", NOTHING, 0, IMP_FREE),
	VAL(SCAN_FILE, "present", PRESENT),
	VAL(SCAN_FILE, "swap", SWAP),
	SAME(SCAN_FILE, "result", RESULT),

	MM(COLLAPSE_FILE),
	F(COLLAPSE_FILE, "hpfn", "hpage_pfn", PFN, 0, 0),
	F(COLLAPSE_FILE, "index", "index", NOTHING, 0, 0),
	F(COLLAPSE_FILE, "addr", "addr", ADDR, 0, IMP_HEX),
	VAL(COLLAPSE_FILE, "is_shmem", SHMEM),
	F(COLLAPSE_FILE, "filename", "filename", NOTHING, 0, IMP_FREE),
	VAL(COLLAPSE_FILE, "nr", PAGES),
	SAME(COLLAPSE_FILE, "result", RESULT),

	MM(PASS),
	VAL(PASS, "progress", PROGRESS),
	VAL(PASS, "full_scan_finished", FULL_SCAN),

	MM(MTHP_SCAN),
	SAME(MTHP_SCAN, "address", ADDR),
	BY(MTHP_SCAN),
	VAL(MTHP_SCAN, "orders", ORDERS),
	VAL(MTHP_SCAN, "max_ptes_none", MAX_PTES_NONE),
	MAYBE(MTHP_SCAN, "rule", RULE),
	F(MTHP_SCAN, "present_ptes", "present", VALUE, V(PRESENT), 0),
	VAL(MTHP_SCAN, "none", NONE),
	VAL(MTHP_SCAN, "swap", SWAP),
	VAL(MTHP_SCAN, "shared", SHARED),
	F(MTHP_SCAN, "referenced_ptes", "referenced", VALUE, V(REFERENCED), 0),
	VAL(MTHP_SCAN, "planned", PLANNED),
	MAYBE(MTHP_SCAN, "planned_fill", PLAN_FILL),
	SAME(MTHP_SCAN, "status", RESULT),
	F(MTHP_SCAN, "blocked_status", "blocked_status", RESULT_VALUE, V(BLOCKED_BY), IMP_OPTIONAL),
	SAME(MTHP_SCAN, "duration_ns", DUR),
	BITS("present", "present_bits", PRESENT),
	BITS("blocked", "blocked_bits", BLOCKED),
	BITS("referenced", "referenced_bits", REFERENCED),
	BITS("joined", "joined_bits", JOINED),
	BITS("plan", "plan_bits", PLAN),

	MM(MTHP_COLLAPSE),
	SAME(MTHP_COLLAPSE, "address", ADDR),
	F(MTHP_COLLAPSE, "order", "order", ORDER, 0, 0),
	BY(MTHP_COLLAPSE),
	VAL(MTHP_COLLAPSE, "filled", FILLED),
	VAL(MTHP_COLLAPSE, "sources", SOURCES),
	VAL(MTHP_COLLAPSE, "node", NODE),
	SAME(MTHP_COLLAPSE, "status", RESULT),

	MM(MTHP_BATCH),
	SAME(MTHP_BATCH, "address", ADDR),
	BY(MTHP_BATCH),
	VAL(MTHP_BATCH, "tried", TRIED),
	VAL(MTHP_BATCH, "done", DONE),
	SAME(MTHP_BATCH, "locked_ns", LOCK),
};

#define NR_FIELDS (ARRAY_SIZE(fields))

#define LONGEST 32

static const char *const events[MTHP_NR_KINDS] = {
#define X(number, NAME, name, tracepoint, detail, since) [number] = #tracepoint,
	MTHP_TRACED_KINDS(X)
#undef X
};

/* No two names have the same length; else this does not compile. */
static const __u8 kind_of_length[LONGEST] = {
#define X(number, NAME, name, tracepoint, detail, since) [sizeof(#tracepoint) - 1] = number,
	MTHP_TRACED_KINDS(X)
#undef X
};

const struct imp_field *imp_fields(__u32 kind, size_t *nr)
{
	size_t i = 0, end;

	while (i < NR_FIELDS && fields[i].kind != kind)
		i++;
	for (end = i; end < NR_FIELDS && fields[end].kind == kind; end++)
		;
	*nr = end - i;
	return &fields[i < NR_FIELDS ? i : 0];
}

const char *imp_event_name(__u32 kind)
{
	return kind < MTHP_NR_KINDS ? events[kind] : NULL;
}

__u32 imp_event_kind(const char *name, size_t len)
{
	__u32 kind = len < LONGEST ? kind_of_length[len] : 0;

	return kind && !memcmp(events[kind], name, len) ? kind : 0;
}

int imp_put(struct imp_raw *raw, const struct imp_field *f, __u64 value)
{
	struct mthp_ev *ev = &raw->ev;

	switch (f->to) {
	case IMP_RET:
		value = value == 1;
		/* fall through */
	case IMP_VALUE:
	case IMP_RESULT_VALUE:
		ev->v[f->which] = (__u32)value;
		ev->known |= 1U << f->which;
		break;
	case IMP_MM:
		ev->mm = value;
		break;
	case IMP_PFN:
		/* The events have this number if there is no page. */
		if (value == ~0ULL || value == 0xffffffff)
			break;
		ev->pfn = value;
		ev->known |= MTHP_KNOWN_PFN;
		break;
	case IMP_ADDR:
		ev->addr = value;
		ev->known |= MTHP_KNOWN_ADDR;
		break;
	case IMP_ORDER:
		if (value >= MTHP_NR_ORDERS)
			return -EINVAL;
		ev->order = (__u8)value;
		raw->reported |= IMP_REPORTED_ORDER;
		break;
	case IMP_RESULT:
		if (value >= MTHP_NR_RESULTS)
			return -EINVAL;
		ev->result = (__u8)value;
		break;
	case IMP_DUR:
		ev->dur_ns = value;
		ev->known |= MTHP_KNOWN_DUR;
		break;
	case IMP_LOCK:
		ev->lock_ns = value;
		ev->known |= MTHP_KNOWN_LOCK;
		break;
	case IMP_BY:
		ev->requester = value ? MTHP_Q_KHUGEPAGED : MTHP_Q_MADVISE;
		raw->reported |= IMP_REPORTED_BY;
		break;
	}
	return 0;
}

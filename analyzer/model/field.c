// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables. To show a new number: put it into its row's struct in snapshot.h and add its line here;
 * every view then has it.
 */
#include <stdio.h>
#include <string.h>

#include "lib/array.h"
#include "model/field_rows.h"
#include "lib/fmt.h"

static const struct field summary_fields[] = {
	FLD(snap_summary, verdict, "verdict", STR, 8, "helping, costly, creeping, failing or idle"),
	FLD(snap_summary, headline, "headline", CHARS, 40, "why, in words", .flags = FIELD_PROSE),
	FLD(snap_summary, next, "next", CHARS, 40, "what to do about it, or where to look",
	    .flags = FIELD_PROSE),
	FLD(snap_summary, host, "host", STR, 12, "name of the machine"),
	FLD(snap_summary, release, "kernel", STR, 12, "kernel release"),
	FLD(snap_summary, machine, "machine", STR, 8, "hardware name"),
	FLD(snap_summary, detail, "detail", STR, 6,
	    "how much this kernel reports: totals, sizes, ranges or plans"),
	FLD(snap_summary, page_size_bytes, "page size", BYTES, 6, "base page"),
	FLD(snap_summary, pmd_order, "PMD", ORDER, 5, "size that a PMD maps"),
	FLD(snap_summary, made_by, "made by", STR, 8,
	    "what made the trace: record, survey or import"),
	FLD(snap_summary, writer, "writer", STR, 12, "program that wrote the trace"),
	FLD(snap_summary, start_ns, "start", TIME, 23, "start of the observation"),
	FLD(snap_summary, duration_ns, "duration", NS, 8, "duration of the observation"),
	FLD(snap_summary, complete, "complete", BOOL, 8,
	    "the observation is not cut off at its end", .flags = FIELD_LOSS),
	FLD(snap_summary, events, "events", COUNT, 8, "tracepoint events seen"),
	FLD(snap_summary, scans, "scans", COUNT, 8, "ranges scanned"),
	FLD(snap_summary, collapses, "collapses", COUNT, 9, "attempts that succeeded"),
	FLD(snap_summary, failures, "failures", COUNT, 8, "attempts that failed"),
	FLD(snap_summary, collapsed_bytes, "collapsed", BYTES, 9, "bytes of the folios formed"),
	FLD(snap_summary, filled_bytes, "filled", BYTES, 8,
	    "bytes filled with zeroes by collapses that report it", .flags = FIELD_FILL),
	FLD(snap_summary, filled_unknown, "fill unknown", COUNT, 12,
	    "collapses that do not report what they filled", .flags = FIELD_FILL_UNKNOWN),
	FLD(snap_summary, creep_steps, "creep steps", COUNT, 11,
	    "collapses that only earlier ones made possible", .needs = CAP_OCCUPANCY),
	FLD(snap_summary, creep_filled_bytes, "creep filled", BYTES, 12,
	    "bytes that these filled with zeroes", .needs = CAP_OCCUPANCY),
	FLD(snap_summary, vain, "vain", COUNT, 8, "failed attempts that were in vain",
	    .needs = CAP_OCCUPANCY),
	FLD(snap_summary, vain_unknown, "vain unknown", COUNT, 12,
	    "failed attempts of which that is unknown", .needs = CAP_OCCUPANCY),
	FLD(snap_summary, vain_ns, "vain time", NS, 9, "time that the vain attempts took",
	    .needs = CAP_OCCUPANCY),
	FLD(snap_summary, splits, "splits", COUNT, 8, "huge pages split"),
	FLD(snap_summary, undone, "undone", COUNT, 8, "of these, splits that a collapse undid"),
	FLD(snap_summary, processes, "processes", COUNT, 9, "address spaces seen"),
	FLD(snap_summary, unattributed, "unattributed", COUNT, 12, "events of no known process"),
	FLD(snap_summary, lost, "lost", COUNT, 6, "sum of all losses but rows",
	    .flags = FIELD_LOSS),
	FLD(snap_summary, lost_rows, "lost rows", COUNT, 9,
	    "processes without a row; the sums have their events"),
};

static const struct field order_fields[] = {
	KEY(snap_order, order, "size", ORDER, 5, "size of the folio"),
	FLD(snap_order, enabled, "enabled", STR, 8,
	    "the size's setting; changed: it had several (table changes)"),
	FLD(snap_order, collapses, "collapses", COUNT, 9, "attempts that succeeded",
	    .flags = FIELD_SHAPE | FIELD_SAMPLES),
	FLD(snap_order, failures, "failures", COUNT, 8, "attempts that failed"),
	FLD(snap_order, collapsed_bytes, "collapsed", BYTES, 9, "bytes of the folios formed"),
	FLD(snap_order, filled_bytes, "filled", BYTES, 7, "bytes filled with zeroes",
	    .flags = FIELD_FILL),
	FLD(snap_order, filled_unknown, "fill unknown", COUNT, 12,
	    "collapses that do not report what they filled", .flags = FIELD_FILL_UNKNOWN),
	FLD(snap_order, dur_mean_ns, "mean", NS, 7, "mean duration of a collapse",
	    .flags = FIELD_STAT),
	FLD(snap_order, dur_p50_ns, "p50 <", NS, 7, "median duration, upper bound",
	    .flags = FIELD_STAT | FIELD_UPPER),
	FLD(snap_order, dur_p99_ns, "p99 <", NS, 7, "99th percentile, upper bound",
	    .flags = FIELD_STAT | FIELD_UPPER),
	FLD(snap_order, samples, "samples", COUNT, 8, "complete occupancy samples"),
	FLD(snap_order, censored, "censored", COUNT, 8,
	    "censored occupancy samples: their scans ended early"),
};

static const struct field outcome_fields[] = {
	KEY(snap_outcome, kind, "event", STR, 13, "kind of event"),
	KEY(snap_outcome, requester, "requester", STR, 10, "khugepaged, madvise, damon or unknown"),
	KEY(snap_outcome, order, "size", ORDER, 5, "size of the range or block"),
	KEY(snap_outcome, result, "result", STR, 26, "the kernel's name for how it ended"),
	FLD(snap_outcome, count, "count", COUNT, 9, "events", .flags = FIELD_SAMPLES),
	FLD(snap_outcome, share_ppm, "share", PPM, 6, "part of the events of its kind",
	    .flags = FIELD_STAT),
	FLD(snap_outcome, filled_bytes, "filled", BYTES, 7, "bytes filled with zeroes",
	    .flags = FIELD_FILL),
	FLD(snap_outcome, dur_mean_ns, "mean", NS, 7, "mean duration", .flags = FIELD_STAT),
};

static const struct field proc_fields[] = {
	KEY(snap_proc, tgid, "pid", ID, 7, "process"),
	KEY(snap_proc, comm, "comm", STR, 15, "its name"),
	KEY(snap_proc, mm, "mm", HEX, 16,
	    "its address space, as a number valid in this observation only"),
	FLD(snap_proc, cgroup, "cgroup", ID, 8, "its cgroup v2 id"),
	FLD(snap_proc, scans, "scans", COUNT, 7, "ranges scanned"),
	FLD(snap_proc, collapses, "collapses", COUNT, 9, "attempts that succeeded",
	    .flags = FIELD_SAMPLES),
	FLD(snap_proc, failures, "failures", COUNT, 8, "attempts that failed"),
	FLD(snap_proc, collapsed_bytes, "collapsed", BYTES, 9, "bytes of the folios formed"),
	FLD(snap_proc, filled_bytes, "filled", BYTES, 7, "bytes filled with zeroes",
	    .flags = FIELD_FILL),
	FLD(snap_proc, filled_unknown, "fill unknown", COUNT, 12,
	    "collapses that do not report what they filled", .flags = FIELD_FILL_UNKNOWN),
	FLD(snap_proc, dur_mean_ns, "mean", NS, 7, "mean duration of a collapse",
	    .flags = FIELD_STAT),
	FLD(snap_proc, creep_steps, "creep", COUNT, 7,
	    "collapses that only earlier ones made possible", .needs = CAP_OCCUPANCY),
	FLD(snap_proc, creep_filled_bytes, "creep filled", BYTES, 12,
	    "bytes that these filled with zeroes", .needs = CAP_OCCUPANCY),
	FLD(snap_proc, vain, "vain", COUNT, 7, "failed attempts that were in vain",
	    .needs = CAP_OCCUPANCY),
	FLD(snap_proc, vain_ns, "vain time", NS, 9, "time that these took", .needs = CAP_OCCUPANCY),
	FLD(snap_proc, splits, "splits", COUNT, 7, "its huge pages that were split"),
	FLD(snap_proc, undone, "undone", COUNT, 7, "of these, splits that a collapse undid"),
	FLD(snap_proc, last_ns, "last", NS, 7, "its latest event, since the start"),
	FLD(snap_proc, top_result, "most often refused for", STR, 26,
	    "result of most of its refusals"),
};

static const struct field occ_fields[] = {
	KEY(snap_occ, order, "size", ORDER, 5, "size of the block"),
	KEY(snap_occ, bucket, "occupancy", CHARS, 9,
	    "share of present PTEs; 3/16: from there to below 4/16"),
	FLD(snap_occ, complete, "samples", COUNT, 9, "blocks of which every PTE was examined",
	    .flags = FIELD_SHAPE),
	FLD(snap_occ, censored, "censored", COUNT, 9,
	    "blocks of scans that ended early: at most this full"),
};

static const struct field dur_fields[] = {
	KEY(snap_dur, order, "size", ORDER, 5, "size of the folio"),
	KEY(snap_dur, from_ns, "from", NS, 8, "lower bound of the bucket"),
	KEY(snap_dur, to_ns, "below", NS, 8, "upper bound of the bucket, not part of it"),
	FLD(snap_dur, count, "collapses", COUNT, 9, "collapses with a duration in the bucket",
	    .flags = FIELD_SHAPE),
};

static const struct field plan_fields[] = {
	KEY(snap_plan, requester, "requester", STR, 10, "khugepaged, madvise, damon or unknown"),
	FLD(snap_plan, scans, "scans", COUNT, 8, "ranges scanned"),
	FLD(snap_plan, planned, "with a plan", COUNT, 11, "scans that planned a block"),
	FLD(snap_plan, blocks, "blocks", COUNT, 8, "blocks planned"),
	FLD(snap_plan, plan_fill_bytes, "plan fill", BYTES, 9,
	    "bytes that the plans would fill with zeroes"),
	FLD(snap_plan, present_bytes, "present", BYTES, 8, "present pages, counted in each scan"),
	FLD(snap_plan, none_bytes, "empty", BYTES, 8, "PTEs that map nothing or the zero page"),
	FLD(snap_plan, swap_bytes, "swapped", BYTES, 8, "PTEs whose page is swapped out"),
	FLD(snap_plan, shared_bytes, "shared", BYTES, 8, "pages that other processes map, too"),
	FLD(snap_plan, referenced_bytes, "referenced", BYTES, 10,
	    "young PTEs, or PTEs of referenced folios"),
};

static const struct field blocked_fields[] = {
	KEY(snap_blocked, requester, "requester", STR, 10, "khugepaged, madvise, damon or unknown"),
	KEY(snap_blocked, result, "blocked by", STR, 26, "reason of the first blocked PTE"),
	FLD(snap_blocked, scans, "scans", COUNT, 8, "scans with this reason",
	    .flags = FIELD_SAMPLES),
	FLD(snap_blocked, share_ppm, "share", PPM, 6, "of the scans for this requester",
	    .flags = FIELD_STAT),
};

static const struct field batch_fields[] = {
	FLD(snap_batch, count, "commits", COUNT, 8, "times that mmap_lock was taken for writing",
	    .flags = FIELD_SAMPLES),
	FLD(snap_batch, tried, "tried", COUNT, 8, "blocks tried"),
	FLD(snap_batch, collapsed, "collapsed", COUNT, 9, "blocks collapsed"),
	FLD(snap_batch, lock_mean_ns, "held", NS, 7, "mean time that it was held",
	    .flags = FIELD_STAT),
	FLD(snap_batch, lock_p50_ns, "p50 <", NS, 7, "median, upper bound",
	    .flags = FIELD_STAT | FIELD_UPPER),
	FLD(snap_batch, lock_p99_ns, "p99 <", NS, 7, "99th percentile, upper bound",
	    .flags = FIELD_STAT | FIELD_UPPER),
	FLD(snap_batch, lock_max_ns, "longest", NS, 7, "the longest time"),
};

static const struct field lock_fields[] = {
	KEY(snap_lock, from_ns, "from", NS, 8, "lower bound of the bucket"),
	KEY(snap_lock, to_ns, "below", NS, 8, "upper bound of the bucket, not part of it"),
	FLD(snap_lock, count, "commits", COUNT, 9, "commits that held mmap_lock this long"),
};

static const struct field creep_fields[] = {
	KEY(snap_creep, order, "size", ORDER, 5, "size of the block"),
	FLD(snap_creep, steps, "steps", COUNT, 8, "collapses that only earlier ones made possible"),
	FLD(snap_creep, untouched, "untouched", COUNT, 9,
	    "of these, steps at blocks that the process did not touch since the scan before"),
	FLD(snap_creep, chains, "chains", COUNT, 8, "steps that began a chain"),
	FLD(snap_creep, ranges, "ranges", COUNT, 8, "steps that were the first of their PMD range"),
	FLD(snap_creep, filled_bytes, "filled", BYTES, 8, "bytes that the steps filled"),
	FLD(snap_creep, unscanned, "unscanned", COUNT, 9,
	    "collapses in ranges whose earlier scan was not seen"),
};

static const struct field chain_fields[] = {
	KEY(snap_chain, tgid, "pid", ID, 7, "process"),
	KEY(snap_chain, comm, "comm", STR, 15, "its name"),
	KEY(snap_chain, mm, "mm", HEX, 16,
	    "its address space, as a number valid in this observation only"),
	KEY(snap_chain, addr, "address", HEX, 12, "of the latest block"),
	KEY(snap_chain, order, "size", ORDER, 5, "of the latest block"),
	FLD(snap_chain, path, "chain", CHARS, 20, "sizes of its collapses"),
	FLD(snap_chain, steps, "steps", COUNT, 5, "creep steps"),
	FLD(snap_chain, filled_bytes, "filled", BYTES, 7,
	    "bytes in the block that its collapses filled"),
	KEY(snap_chain, since_ns, "since", NS, 7, "its first collapse, since the start"),
	FLD(snap_chain, last_ns, "last", NS, 7, "its latest collapse, since the start"),
	FLD(snap_chain, untouched, "untouched", BOOL, 9,
	    "the process did not touch the block before the latest step"),
	FLD(snap_chain, requester, "requester", STR, 10, "requester of the latest step"),
	FLD(snap_chain, max_ptes_none, "max_ptes_none", COUNT, 13, "value at the latest step"),
	FLD(snap_chain, creep_guard, "guard", BOOL, 5, "creep_guard was on at the latest step"),
	FLD(snap_chain, sizes, "enabled", CHARS, 20, "sizes that were enabled at the latest step"),
};

static const struct field vain_fields[] = {
	KEY(snap_vain, requester, "requester", STR, 10, "khugepaged, madvise, damon or unknown"),
	KEY(snap_vain, order, "size", ORDER, 5, "size of the block"),
	KEY(snap_vain, result, "result", STR, 26, "the kernel's name for how it ended"),
	FLD(snap_vain, failures, "failures", COUNT, 8, "attempts that failed so",
	    .flags = FIELD_SAMPLES),
	FLD(snap_vain, vain, "vain", COUNT, 8, "of these, attempts in vain"),
	FLD(snap_vain, share_ppm, "share", PPM, 6, "part of the failures that is vain",
	    .flags = FIELD_STAT),
	FLD(snap_vain, collapsed, "one folio", COUNT, 9,
	    "vain attempts at blocks that were one folio already"),
	FLD(snap_vain, unknown, "unknown", COUNT, 8,
	    "failures in ranges whose state before is unknown"),
	FLD(snap_vain, dur_ns, "took", NS, 7, "time that the vain attempts took"),
	FLD(snap_vain, flushes, "flushes", COUNT, 8,
	    "vain attempts that made their memory unreachable"),
	FLD(snap_vain, stall_ns, "stalled", NS, 7, "for how long they did, summed up"),
};

static const struct field stall_fields[] = {
	KEY(snap_stall, order, "size", ORDER, 5, "size of the block"),
	KEY(snap_stall, requester, "requester", STR, 10, "khugepaged, madvise, damon or unknown"),
	FLD(snap_stall, count, "attempts", COUNT, 8, "attempts that made their memory unreachable",
	    .flags = FIELD_SAMPLES),
	FLD(snap_stall, failures, "failures", COUNT, 8, "of these, attempts that failed"),
	FLD(snap_stall, mean_ns, "mean", NS, 7, "mean stall", .flags = FIELD_STAT),
	FLD(snap_stall, p50_ns, "p50 <", NS, 7, "median stall, upper bound",
	    .flags = FIELD_STAT | FIELD_UPPER),
	FLD(snap_stall, p99_ns, "p99 <", NS, 7, "99th percentile, upper bound",
	    .flags = FIELD_STAT | FIELD_UPPER),
	FLD(snap_stall, max_ns, "longest", NS, 7, "longest stall"),
};

static const struct field split_fields[] = {
	KEY(snap_split, by, "split by", STR, 15,
	    "who split: its process, another process, or a kernel thread"),
	FLD(snap_split, splits, "splits", COUNT, 8, "huge pages split", .flags = FIELD_SAMPLES),
	FLD(snap_split, undone, "undone", COUNT, 8,
	    "of these, splits that a collapse to PMD size undid within 10 minutes"),
	FLD(snap_split, share_ppm, "share", PPM, 6, "part of the splits that was undone",
	    .flags = FIELD_STAT),
	FLD(snap_split, khugepaged, "khugepaged", COUNT, 10, "undone by khugepaged"),
	FLD(snap_split, madvise, "madvise", COUNT, 8, "undone by MADV_COLLAPSE"),
	FLD(snap_split, damon, "damon", COUNT, 8, "undone by DAMON"),
	FLD(snap_split, copied_bytes, "copied", BYTES, 8,
	    "bytes that these collapses copied for nothing"),
};

static const struct field pass_fields[] = {
	FLD(snap_pass, passes, "passes", COUNT, 7, "full passes of khugepaged that ended"),
	FLD(snap_pass, mean_ns, "mean", NS, 7, "mean time from the end of one to the next"),
	FLD(snap_pass, last_ns, "last", NS, 7, "time of the last one"),
	FLD(snap_pass, max_ns, "longest", NS, 7, "time of the longest one"),
	FLD(snap_pass, ranges, "ranges", COUNT, 8, "PMD ranges looked at, per pass"),
	FLD(snap_pass, idle_ppm, "nothing to do", PPM, 13,
	    "part of these in which there was nothing to collapse"),
	FLD(snap_pass, attempts, "attempts", COUNT, 8, "attempts of khugepaged, per pass"),
	FLD(snap_pass, vain, "vain", COUNT, 8, "of these, attempts in vain",
	    .needs = CAP_OCCUPANCY),
	FLD(snap_pass, vain_ns, "took", NS, 7, "time that these took, per pass",
	    .needs = CAP_OCCUPANCY),
	FLD(snap_pass, vain_ppm, "time in vain", PPM, 12, "part of all the time that they took",
	    .needs = CAP_OCCUPANCY),
};

static const struct field counter_fields[] = {
	KEY(snap_counter, name, "counter", CHARS, 32, "the kernel's name"),
	KEY(snap_counter, order, "size", ORDER, 5, "of hugepages-*/stats"),
	FLD(snap_counter, value, "value", COUNT, 12, "at the end"),
	FLD(snap_counter, delta, "change", DELTA, 10, "since the start"),
};

static const struct field setting_fields[] = {
	KEY(snap_setting, name, "setting", CHARS, 30, "file below transparent_hugepage"),
	FLD(snap_setting, value, "value", CHARS, 10, "value at the end of the observation"),
	FLD(snap_setting, first, "at first", CHARS, 10, "value when the observation began"),
	FLD(snap_setting, changes, "changes", COUNT, 7, "how often it changed meanwhile"),
};

static const struct field change_fields[] = {
	KEY(snap_change, at_ns, "at", NS, 8,
	    "when it was seen, since the start of the observation"),
	KEY(snap_change, name, "setting", CHARS, 30, "file below transparent_hugepage"),
	KEY(snap_change, from, "from", CHARS, 10, "value before"),
	KEY(snap_change, to, "to", CHARS, 10, "value from then on"),
};

static const struct field slot_fields[] = {
	KEY(snap_slot, from_ns, "from", NS, 8, "since the start of the observation"),
	KEY(snap_slot, to_ns, "to", NS, 8, "end of the slot"),
	FLD(snap_slot, scans, "scans", COUNT, 8, "ranges scanned"),
	FLD(snap_slot, collapses, "collapses", COUNT, 9, "attempts that succeeded"),
	FLD(snap_slot, failures, "failures", COUNT, 8, "attempts that failed"),
	FLD(snap_slot, collapsed_bytes, "collapsed", BYTES, 9, "bytes of the folios formed"),
	FLD(snap_slot, filled_bytes, "filled", BYTES, 7,
	    "bytes filled with zeroes by collapses that report it"),
};

static const struct field kind_fields[] = {
	KEY(snap_event_kind, kind, "event", STR, 13, "kind of event"),
	FLD(snap_event_kind, available, "available", BOOL, 9, "this source reports it"),
	FLD(snap_event_kind, count, "count", COUNT, 9, "events seen"),
};

static const struct field capability_fields[] = {
	KEY(snap_capability, name, "capability", STR, 10, "what the source can report"),
	FLD(snap_capability, holds, "holds", BOOL, 5, "it is reported"),
	FLD(snap_capability, source, "source", STR, 11,
	    "series, probes, collapse, tracepoints; none, or unknown"),
	FLD(snap_capability, why, "why", CHARS, 20, "why not, or why only in part"),
	FLD(snap_capability, meaning, "meaning", STR, 20, "what it is"),
};

static const struct field loss_fields[] = {
	KEY(snap_loss, name, "loss", STR, 8, "kind of loss"),
	FLD(snap_loss, count, "count", COUNT, 8, "events lost", .flags = FIELD_LOSS),
	FLD(snap_loss, meaning, "meaning", STR, 20, "explanation", .flags = FIELD_LOSS),
};

#define TABLE(...) FIELD_TABLE(snapshot, __VA_ARGS__)

const struct table tables[NR_TABLES] = {
	[TABLE_SUMMARY] =
		FIELD_LIST(snapshot, "summary", "Summary", summary_fields, snap_summary, summary),
	[TABLE_ORDERS] = TABLE("orders", "Orders", order_fields, snap_order, orders, nr_orders,
			       .scale = SCALE_SIZE),
	[TABLE_OUTCOMES] =
		TABLE("outcomes", "Outcomes", outcome_fields, snap_outcome, outcomes, nr_outcomes),
	[TABLE_PROCESSES] =
		TABLE("processes", "Processes", proc_fields, snap_proc, procs, nr_procs, .own = 1),
	[TABLE_OCCUPANCY] = TABLE("occupancy", "Occupancy", occ_fields, snap_occ, occ, nr_occ,
				  .bar = "complete", .scale = SCALE_OCCUPANCY),
	[TABLE_DURATIONS] = TABLE("durations", "Durations of collapses", dur_fields, snap_dur, dur,
				  nr_dur, .bar = "count", .scale = SCALE_TIME),
	[TABLE_VAIN] = TABLE("vain", "Failures, and how many were vain", vain_fields, snap_vain,
			     vain, nr_vain, .needs = CAP_OCCUPANCY),
	[TABLE_STALLS] = TABLE("stalls", "For how long attempts made memory unreachable",
			       stall_fields, snap_stall, stalls, nr_stalls, .needs = CAP_STALL,
			       .none = "unknown: no attempt reports it"),
	[TABLE_SPLITS] =
		TABLE("splits", "Huge pages that were split, and put together again", split_fields,
		      snap_split, splits, nr_splits,
		      .none = "no split was seen, or nothing reports splits (mthptop info)"),
	[TABLE_PASSES] = TABLE("passes", "Full passes of khugepaged", pass_fields, snap_pass,
			       passes, nr_passes, .none = "unknown: nothing counts them"),
	[TABLE_TIMELINE] = TABLE("timeline", "Timeline", slot_fields, snap_slot, timeline,
				 nr_timeline, .own = 1, .over_time = 1),
	[TABLE_PLANS] = TABLE("plans", "Scans and plans", plan_fields, snap_plan, plans, nr_plans,
			      .needs = CAP_OCCUPANCY),
	[TABLE_BLOCKED] = TABLE("blocked", "Reasons of blocked PTEs", blocked_fields, snap_blocked,
				blocked, nr_blocked, .needs = CAP_BLOCKED),
	[TABLE_BATCHES] = TABLE("batches", "Commits", batch_fields, snap_batch, batches, nr_batches,
				.needs = CAP_PLAN),
	[TABLE_LOCKS] = TABLE("locks", "How long commits held mmap_lock", lock_fields, snap_lock,
			      locks, nr_locks, .needs = CAP_LOCK, .bar = "count"),
	[TABLE_CREEP] = TABLE("creep", "Creep", creep_fields, snap_creep, creep, nr_creep,
			      .needs = CAP_OCCUPANCY),
	[TABLE_CHAINS] = TABLE("chains", "Creep chains", chain_fields, snap_chain, chains,
			       nr_chains, .needs = CAP_OCCUPANCY, .own = 1),
	[TABLE_COUNTERS] = TABLE("counters", "The kernel's own counters", counter_fields,
				 snap_counter, counters, nr_counters, .idle = "delta"),
	[TABLE_SETTINGS] =
		TABLE("settings", "Settings", setting_fields, snap_setting, settings, nr_settings),
	[TABLE_CHANGES] = TABLE("changes", "Changes of settings", change_fields, snap_change,
				changes, nr_changes),
	[TABLE_EVENTS] = TABLE("events", "Events", kind_fields, snap_event_kind, kinds, nr_kinds),
	[TABLE_CAPABILITIES] = TABLE("capabilities", "What this source reports", capability_fields,
				     snap_capability, capabilities, nr_capabilities),
	[TABLE_LOSSES] = TABLE("losses", "Losses", loss_fields, snap_loss, losses, nr_losses),
};
const size_t nr_tables = ARRAY_SIZE(tables);

const struct table *table_in(const struct table *list, size_t nr, const char *id)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(list[i].id, id))
			return &list[i];
	return NULL;
}

const struct table *table_find(const char *id)
{
	return table_in(tables, nr_tables, id);
}

const struct field *table_field(const struct table *t, const char *id)
{
	size_t i;

	for (i = 0; i < t->nr_fields; i++)
		if (!strcmp(t->fields[i].id, id))
			return &t->fields[i];
	return NULL;
}

const struct field *table_field_at(const struct table *t, size_t offset)
{
	size_t i;

	for (i = 0; i < t->nr_fields; i++)
		if (t->fields[i].offset == offset)
			return &t->fields[i];
	return NULL;
}

const struct field *table_flagged(const struct table *t, unsigned int flags)
{
	size_t i;

	for (i = 0; i < t->nr_fields; i++)
		if (t->fields[i].flags & flags)
			return &t->fields[i];
	return NULL;
}

struct doc doc_snapshot(const struct snapshot *s)
{
	return (struct doc){ tables, nr_tables, s, s->meta.page_size, capability_mask(&s->meta) };
}

const char *table_unknown(const struct table *t, __u32 has)
{
	if (t->needs == CAP_NONE || has >> t->needs & 1)
		return NULL;
	return CAPS_OF_PLANS >> t->needs & 1 ? DETAIL_PLANS_NEEDED : DETAIL_RANGES_NEEDED;
}

size_t table_rows(const struct table *t, const void *data)
{
	return t->count_at ? *(const size_t *)((const char *)data + t->count_at) : 1;
}

const void *table_row(const struct table *t, const void *data, size_t i)
{
	const char *at = (const char *)data + t->rows_at;

	return t->count_at ? *(const char *const *)at + i * t->row_size : at;
}

bool field_is_text(const struct field *f)
{
	return f->type == FIELD_STR || f->type == FIELD_CHARS;
}

bool field_adds_up(const struct field *f)
{
	return f->type == FIELD_COUNT || f->type == FIELD_BYTES;
}

__u64 field_u64(const struct field *f, const void *row)
{
	if (field_is_text(f))
		return NUM_UNKNOWN;
	return *(const __u64 *)((const char *)row + f->offset);
}

const char *field_str(const struct field *f, const void *row)
{
	const char *at = (const char *)row + f->offset;

	if (f->type == FIELD_STR)
		return *(const char *const *)at;
	return f->type == FIELD_CHARS ? at : NULL;
}

char *field_text(const struct field *f, const void *row, __u32 page_size, char *buf, size_t len)
{
	__u64 n = field_u64(f, row);

	switch (f->type) {
	case FIELD_STR:
	case FIELD_CHARS:
		fmt_safe(field_str(f, row), buf, len);
		/* Who is called "-" is not unknown. */
		if (!buf[0] || !strcmp(buf, "-"))
			snprintf(buf, len, buf[0] ? "\\x2d" : "-");
		return buf;
	case FIELD_COUNT:
	case FIELD_ID:
		return fmt_count(n, buf, len);
	case FIELD_DELTA:
		if (n == SNAP_NO_DELTA)
			return fmt_count(NUM_UNKNOWN, buf, len);
		snprintf(buf, len, "%+lld", (long long)n);
		return buf;
	case FIELD_BOOL:
		snprintf(buf, len, "%s", n == NUM_UNKNOWN ? "-" : n ? "yes" : "no");
		return buf;
	case FIELD_HEX:
		snprintf(buf, len, "%llx", (unsigned long long)n);
		return buf;
	case FIELD_ORDER:
		return fmt_order(n, page_size, buf, len);
	case FIELD_BYTES:
		return fmt_bytes(n, buf, len);
	case FIELD_NS:
		return fmt_ns(n, buf, len);
	case FIELD_TIME:
		return fmt_time(n, buf, len);
	case FIELD_PPM:
		return fmt_ppm(n, buf, len);
	}
	return buf;
}

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maps, and the variables that userspace sets before loading (rodata) and while running (bss).
 *
 * Everything is bounded, and everything that does not fit is counted: in sums.lost[], or for the
 * process table by the rows ever put in (sums.proc_inserts) compared with the rows in it now.
 */
#ifndef MAPS_BPF_H
#define MAPS_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include <mthp/wire.h>

/* The shared code handles bitmaps of this length only; others are counted (MTHP_L_BITMAPS). */
#define MTHP_POLICY_MAX_PTES (1 << MTHP_BITMAP_ORDER)
#define MTHP_OCC_WORDS	     (MTHP_POLICY_MAX_PTES / 64)
#include <mthp/creep_ev.h>
#include <mthp/pingpong.h>
#include <mthp/sums.h>
#include <mthp/vain.h>

#define MAX_OUTCOMES 4096
#define MAX_PROCS    4096
#define MAX_VAIN     1024
#define MAX_RANGES   1024 /* userspace sets it by the machine's memory */

/* Set by userspace before loading. */
const volatile __u8
	result_of[MTHP_NR_RESULTS]; /* kernel's number of a scan result -> enum mthp_result */
const volatile __u8 reach_of[MTHP_NR_RESULTS]; /* enum mthp_result -> enum mthp_reach */
const volatile __u32 pmd_order;
const volatile __u32 page_shift;
const volatile bool has_mthp;
const volatile bool has_splits;	    /* programs tell splits */
const volatile __u64 mm_key;	    /* random: hides the addresses of mm_structs */
const volatile __u32 filter_tgid;   /* 0: all */
const volatile __u64 filter_cgroup; /* id; 0: all */
const volatile __u64 wake_bytes;    /* the ring's reader is woken at so many bytes */

/* Set by userspace at any time. */
volatile __u32 mode; /* enum mthp_gate */

/* Mapped by userspace: see analyzer/live/maps.c. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* userspace: the number of possible CPUs */
	__type(key, __u32);
	__type(value, struct mthp_sums);
} sums SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, MAX_OUTCOMES);
	__type(key, struct mthp_outcome_key);
	__type(value, struct mthp_outcome);
} outcomes SEC(".maps");

/* LRU: the processes seen last stay, so that a long-running view does not show those of last week. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_PROCS);
	__type(key, struct mthp_proc_key);
	__type(value, struct mthp_proc);
} procs SEC(".maps");

/* A new row of procs, too large for the stack. All zero except the members set each time. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct mthp_proc);
} fresh_proc SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MTHP_TASK_SLOTS);
	__type(key, __u32);
	__type(value, struct mthp_task_slot);
} tasks SEC(".maps");

/* Creep, vain attempts and splits: the state of PMD ranges in which a block was planned, tried or split. */
struct range {
	struct mthp_creep creep;
	struct mthp_vain vain;
	struct mthp_split split;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_RANGES);
	__type(key, struct mthp_creep_key);
	__type(value, struct range);
} ranges SEC(".maps");

/* A new row of ranges: all zeroes. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct range);
} fresh_range SEC(".maps");

/* Vain attempts, and failed ones of which it is unknown. Rows are few: not of each CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, MAX_VAIN);
	__type(key, struct mthp_outcome_key);
	__type(value, struct mthp_vain_sum);
} vain SEC(".maps");

/* Creep steps, for userspace's list of chains: written always, not only while events are streamed. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 18); /* bytes */
} steps SEC(".maps");

/* A step is first written here: too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct mthp_creep_rec);
} step_rec SEC(".maps");

/* The scan that this CPU handles now: its bitmaps, in the order of enum mthp_bitmap. */
struct bitmaps {
	__u64 word[MTHP_NR_BITMAPS * MTHP_OCC_WORDS];
};

struct scan {
	struct bitmaps bits;
	struct mthp_occ_small small; /* scratch space */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scan);
} this_scan SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20); /* bytes; userspace makes it larger for recording */
} ring SEC(".maps");

#endif

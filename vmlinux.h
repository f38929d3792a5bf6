/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel types that the BPF programs use, and of each only the members that they read. Written
 * by hand: building needs no BTF of the build machine. Every struct is preserve_access_index, so
 * that libbpf puts in the offsets of the kernel that it loads into; a member that some kernels lack
 * is in a flavour of its own (name___version, see bpf_core_field_exists), which says which releases
 * it serves. Versions are those of the tree in which a layout was looked up.
 */
#ifndef __VMLINUX_H__
#define __VMLINUX_H__

typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16;
typedef short __s16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef _Bool bool;

enum {
	false = 0,
	true = 1,
};

enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_HASH = 5,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
};

enum bpf_func_id {
	BPF_FUNC_get_current_task_btf = 158,
};

/* The numbers differ between releases. */
enum transparent_hugepage_flag {
	TRANSPARENT_HUGEPAGE_FLAG = 1,
	TRANSPARENT_HUGEPAGE_REQ_MADV_FLAG = 2,
};

enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
};

enum {
	BPF_F_NO_PREALLOC = 1,
	BPF_F_MMAPABLE = 1024,
};

enum {
	BPF_RB_NO_WAKEUP = 1,
	BPF_RB_FORCE_WAKEUP = 2,
};

enum {
	BPF_RB_AVAIL_DATA = 0,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* All releases from 5.5 (64-bit ids on all machines) on. */
struct kernfs_node {
	u64 id;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct task_struct {
	unsigned int flags;
	int tgid;
	struct mm_struct *mm;
	struct task_struct *group_leader;
	char comm[16];
	struct css_set *cgroups;
	u64 start_boottime;
	struct vm_struct *stack_vm_area; /* with CONFIG_VMAP_STACK only */
};

/* All releases: a struct that begins with a number of 64 bits. */
struct timespec64 {
	__s64 tv_sec;
};

struct vm_struct {
	struct page **pages;
};

struct mm_struct {
	struct task_struct *owner; /* with CONFIG_MEMCG only */
	void *pgd;
};

struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	struct mm_struct *vm_mm;
	unsigned long vm_flags;
	const void *vm_ops; /* NULL: anonymous memory */
	const void *vm_file;
};

struct bpf_iter__task_vma {
	struct task_struct *task;
	struct vm_area_struct *vma;
};

/* The numbers differ between releases and configurations. */
enum pageflags {
	PG_referenced = 2,
	PG_head = 6,
	PG_young = 21,
	PG_hwpoison = 20,
};

typedef struct {
	int counter;
} atomic_t;

/* All releases from 5.16 on. */
struct folio {
	void *mapping;
	unsigned long index;
	atomic_t _mapcount;
};

/* In 6.2, not yet in 6.1. */
struct folio___v6_2 {
	atomic_t _entire_mapcount;
};

/* In 6.6 and 6.12; 6.18 has the next one. */
struct folio___v6_3 {
	unsigned int _folio_nr_pages;
};

struct folio___v6_15 {
	unsigned int _nr_pages;
};

/* In 6.1: of the second page of a folio. */
struct page___v6_1 {
	unsigned int compound_nr;
	atomic_t compound_mapcount;
};

/* Its second word: bit 0 is set in tails of a folio. */
struct page {
	unsigned long compound_head;
};

/* In 7.3, not yet in 6.18. */
struct page___v7_3 {
	unsigned long compound_info;
};

/* All releases that have the event (4.6 on); status is the number of an enum scan_result. */
struct trace_event_raw_mm_khugepaged_scan_pmd {
	struct mm_struct *mm;
	unsigned long pfn;
	int referenced;
	int none_or_zero;
	int status;
	int unmapped;
};

/* In 6.1 and 6.12; gone by 6.18, with SCAN_PAGE_RO. */
struct trace_event_raw_mm_khugepaged_scan_pmd___v6_12 {
	bool writable;
};

struct trace_event_raw_mm_collapse_huge_page {
	struct mm_struct *mm;
	int isolated;
	int status;
};

/* From 7.2 on, where a collapse has an order. */
struct trace_event_raw_mm_collapse_huge_page___v7_2 {
	unsigned int order;
};

struct trace_event_raw_mm_collapse_huge_page_isolate {
	unsigned long pfn;
	int none_or_zero;
	int referenced;
	int status;
};

/* In 6.1 and 6.12; gone by 6.18. */
struct trace_event_raw_mm_collapse_huge_page_isolate___v6_12 {
	bool writable;
};

/* From 7.2 on. */
struct trace_event_raw_mm_collapse_huge_page_isolate___v7_2 {
	unsigned int order;
};

struct trace_event_raw_mm_collapse_huge_page_swapin {
	struct mm_struct *mm;
	int swapped_in;
	int referenced;
	int ret;
};

/* From 7.2 on. */
struct trace_event_raw_mm_collapse_huge_page_swapin___v7_2 {
	unsigned int order;
};

/* From 6.1 on. */
struct trace_event_raw_mm_khugepaged_scan_file {
	struct mm_struct *mm;
	unsigned long pfn;
	int present;
	int swap;
	int result;
};

/* In 6.12, not yet in 6.1. */
struct trace_event_raw_mm_khugepaged_collapse_file {
	struct mm_struct *mm;
	unsigned long hpfn;
	unsigned long addr;
	bool is_shmem;
	int nr;
	int result;
};

/* From 7.2 on: a wake-up of khugepaged that ended. */
struct trace_event_raw_mm_khugepaged_scan {
	struct mm_struct *mm;
	int progress;
	bool full_scan_finished;
};

/*
 * The events of our series (kernel/6.12). __data_loc_*: where in the record a bitmap is (lower half)
 * and how long it is in bytes (upper half). Every member is asked for before it is read: a kernel may
 * have an older or newer form of the events.
 */
struct trace_event_raw_mm_mthp_scan {
	struct mm_struct *mm;
	unsigned long address;
	u64 duration_ns;
	u32 orders;
	u32 max_ptes_none;
	u32 none;
	u32 present_ptes;
	u32 swap;
	u32 shared;
	u32 referenced_ptes;
	u32 planned;
	u32 planned_fill;
	int status;
	int blocked_status;
	u8 rule;
	u32 __data_loc_present;
	u32 __data_loc_blocked;
	u32 __data_loc_referenced;
	u32 __data_loc_joined;
	u32 __data_loc_plan;
};

/*
 * What the tracepoint of mm_mthp_scan hands over, in place of the record above. Named as in the kernel,
 * where the structs of the policy are those of its copy of mthp/policy.h.
 */
struct mthp_policy_params___kernel {
	u32 orders;
	u32 max_ptes_none;
	u8 rule;
};

struct mthp_policy_in___kernel {
	u64 present[8];
	u64 blocked[8];
	u64 joined[8];
};

struct mthp_policy_out___kernel {
	u32 nr;
	u32 fill;
};

struct collapse_range {
	struct mthp_policy_params___kernel params;
	struct mthp_policy_in___kernel in;
	struct mthp_policy_out___kernel plan;
	unsigned int nr_present;
	unsigned int nr_none;
	unsigned int nr_swap;
	unsigned int nr_shared;
	unsigned int nr_referenced;
	int blocked_result;
};

struct trace_event_raw_mm_mthp_collapse {
	struct mm_struct *mm;
	unsigned long address;
	u32 order;
	u32 filled;
	u32 sources;
	int node;
	int status;
};

struct trace_event_raw_mm_mthp_batch {
	struct mm_struct *mm;
	unsigned long address;
	u64 locked_ns;
	u32 tried;
	u32 done;
};

#pragma clang attribute pop

#endif

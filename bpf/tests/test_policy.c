// SPDX-License-Identifier: GPL-2.0-only
/*
 * The policy and the creep rule in BPF give the same results as the same functions here, bit for bit.
 *
 * Both are compiled with BPF's sizes, so that their structures are alike and can be compared as
 * bytes. Tests in userspace check the results themselves. This test checks that clang's BPF code and
 * the kernel's verifier and JIT compute the same.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#define MTHP_POLICY_MAX_PTES  512
#define MTHP_POLICY_MIN_ORDER 2
#include "../policy_test.h"
#include "../../analyzer/tests/support/cm.h"
#include "../../analyzer/tests/support/policy_vectors.c"

#define VECTORS	  40000
#define HISTORIES 400

static struct policy_slot *slot; /* the BPF side's slot, which is mapped here */
static struct policy_slot here;
static int plan_fd, scan_fd, collapse_fd;

static void run(int fd)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int err = bpf_prog_test_run_opts(fd, &opts);

	if (err)
		fail_msg("bpf_prog_test_run: %s", strerror(-err));
}

/* Compares plans except for the array's tail, which neither side clears. */
static void compare_plans(uint32_t i)
{
	here.ret = mthp_policy_plan(&here.p, &here.in, &here.work, &here.out);
	if (here.ret != slot->ret)
		fail_msg("vector %u: returned %d, BPF %d", i, here.ret, slot->ret);
	if (here.out.nr != slot->out.nr || here.out.fill != slot->out.fill)
		fail_msg("vector %u: %u blocks fill %u, BPF %u fill %u", i, here.out.nr,
			 here.out.fill, slot->out.nr, slot->out.fill);
	if (memcmp(here.out.block, slot->out.block, here.out.nr * sizeof(here.out.block[0])))
		fail_msg("vector %u: other blocks", i);
	if (memcmp(here.out.refused, slot->out.refused, sizeof(here.out.refused)))
		fail_msg("vector %u: other refusals", i);
}

static void test_plans(void **state)
{
	uint32_t i, blocks = 0, guarded = 0, k;
	struct vec_rng rng;

	(void)state;
	vec_seed(&rng, 2026);
	for (i = 0; i < VECTORS; i++) {
		vec_make(&rng, 2 + vec_below(&rng, 8), 2, &here.p, &here.in);
		here.p.rule = i % 4 == 3 ? i / 4 % MTHP_NR_RULES : MTHP_RULE_GUARD;
		slot->p = here.p;
		slot->in = here.in;
		run(plan_fd);
		compare_plans(i);
		blocks += here.out.nr;
		for (k = 2; k <= 9; k++)
			guarded += here.out.refused[k][MTHP_WHY_GUARD];
	}
	/* If the vectors planned nothing or never met the guard, nothing would be compared. */
	print_message("# %u vectors, %u blocks, %u refused by the guard\n", VECTORS, blocks,
		      guarded);
	assert_true(blocks > VECTORS);
	assert_true(guarded > VECTORS / 4);
}

static void test_bad_parameters(void **state)
{
	static const struct mthp_policy_params rows[] = {
		{ .pmd_order = 10, .min_order = 2 },
		{ .pmd_order = 255, .min_order = 2 },
		{ .pmd_order = 9, .min_order = 1 },
		{ .pmd_order = 9, .min_order = 2, .orders = 1 << 10 },
		{ .pmd_order = 9, .min_order = 2, .max_ptes_none = 512 },
		{ .pmd_order = 9, .min_order = 2, .rule = 3 },
	};
	uint32_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		here.p = rows[i];
		slot->p = rows[i];
		run(plan_fd);
		assert_true(slot->ret < 0);
		compare_plans(i);
	}
}

/* Gives a collapse to both sides; returns the verdict. */
static int both_collapse(const struct mthp_policy_block *b)
{
	struct mthp_creep_step step;
	int ret;

	memset(&step, 0, sizeof(step));
	slot->step = step;
	slot->offset = b->offset;
	slot->order = b->order;
	slot->fill = b->fill;
	slot->now_ns = here.now_ns;
	run(collapse_fd);
	ret = mthp_creep_collapse(&here.creep, b->offset, b->order, b->fill, here.now_ns, &step);
	assert_int_equal(ret, slot->ret);
	assert_memory_equal(&step, &slot->step, sizeof(step));
	assert_memory_equal(&here.creep, &slot->creep, sizeof(here.creep));
	return ret;
}

/* The process touches and gives back a few pages. */
static void live(struct vec_rng *rng)
{
	uint32_t n, i;

	for (n = vec_below(rng, 6); n; n--) {
		i = vec_below(rng, 1U << here.p.pmd_order);
		here.in.present[i / 64] ^= 1ULL << (i % 64);
		here.in.joined[i / 64] &= ~(1ULL << (i % 64));
		if (++i < 1U << here.p.pmd_order)
			here.in.joined[i / 64] &= ~(1ULL << (i % 64));
	}
}

static void apply(const struct mthp_policy_block *b)
{
	mthp_bits_set(here.in.present, b->offset, 1U << b->order);
	mthp_bits_set(here.in.joined, b->offset, 1U << b->order);
	here.in.joined[b->offset / 64] &= ~(1ULL << (b->offset % 64));
}

static void test_creep(void **state)
{
	uint32_t history, scan, i, steps = 0;
	struct vec_rng rng;

	(void)state;
	vec_seed(&rng, 7);
	for (history = 0; history < HISTORIES; history++) {
		memset(&here.creep, 0, sizeof(here.creep));
		memset(&slot->creep, 0, sizeof(slot->creep));
		vec_make(&rng, 5 + vec_below(&rng, 5), 2, &here.p, &here.in);
		here.p.rule = MTHP_RULE_SCALED;
		vec_present(&rng, VEC_EDGE, &here.p, &here.in);
		for (scan = 0; scan < 12; scan++) {
			here.now_ns += 1234567890;
			slot->p = here.p;
			slot->in = here.in;
			slot->now_ns = here.now_ns;
			run(scan_fd);
			mthp_creep_scan(&here.creep, &here.p, here.in.present, here.in.blocked,
					here.in.joined, here.now_ns);
			assert_memory_equal(&here.creep, &slot->creep, sizeof(here.creep));
			mthp_policy_plan(&here.p, &here.in, &here.work, &here.out);
			for (i = 0; i < here.out.nr; i++) {
				steps += both_collapse(&here.out.block[i]) == MTHP_CREEP_STEP;
				apply(&here.out.block[i]);
			}
			live(&rng);
		}
	}
	print_message("# %u creep steps compared\n", steps);
	assert_true(steps > HISTORIES);
}

static int program(const struct bpf_object *obj, const char *name)
{
	struct bpf_program *prog = bpf_object__find_program_by_name(obj, name);

	return prog ? bpf_program__fd(prog) : -1;
}

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, args) : 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_bad_parameters),
		cmocka_unit_test(test_creep),
	};
	struct bpf_object *obj;
	struct bpf_map *map;
	int err;

	libbpf_set_print(quiet);
	obj = bpf_object__open_file(argc > 1 ? argv[1] : "policy_test.bpf.o", NULL);
	if (!obj) {
		printf("Bail out! cannot open the BPF object: %s\n", strerror(errno));
		return 1;
	}
	err = bpf_object__load(obj);
	if (err == -EPERM) {
		printf("1..0 # SKIP loading BPF programs needs CAP_BPF\n");
		return 0;
	}
	map = err ? NULL : bpf_object__find_map_by_name(obj, ".bss");
	slot = map && bpf_map__value_size(map) >= sizeof(*slot) ?
		       mmap(NULL, sizeof(*slot), PROT_READ | PROT_WRITE, MAP_SHARED,
			    bpf_map__fd(map), 0) :
		       MAP_FAILED;
	plan_fd = program(obj, "policy_plan");
	scan_fd = program(obj, "creep_scan");
	collapse_fd = program(obj, "creep_collapse");
	if (slot == MAP_FAILED || plan_fd < 0 || scan_fd < 0 || collapse_fd < 0) {
		printf("Bail out! cannot load the BPF object: %s\n", strerror(err ? -err : EINVAL));
		return 1;
	}
	err = cmocka_run_group_tests_name("policy in BPF", tests, NULL, NULL);
	bpf_object__close(obj);
	return err;
}

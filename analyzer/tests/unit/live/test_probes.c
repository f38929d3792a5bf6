// SPDX-License-Identifier: GPL-2.0-only
/* Functions and their arguments are found by name, wherever a kernel has them. */
#include <bpf/btf.h>
#include <linux/btf.h>
#include <string.h>

#include "tests/support/cm.h"
#include "live/probes.h"

struct kernel {
	struct btf *btf;
	int ptr;
};

static struct kernel kernel_new(void)
{
	struct kernel k = { .btf = btf__new_empty() };

	assert_non_null(k.btf);
	k.ptr = btf__add_ptr(k.btf, 0);
	return k;
}

/* @params: names, a space between. */
static void add_function(struct kernel *k, const char *name, const char *params)
{
	int proto = btf__add_func_proto(k->btf, k->ptr);
	char copy[256], *param, *rest = copy;

	strcpy(copy, params);
	while ((param = strtok_r(rest, " ", &rest)))
		assert_int_equal(btf__add_func_param(k->btf, param, k->ptr), 0);
	assert_true(btf__add_func(k->btf, name, BTF_FUNC_STATIC, proto) > 0);
}

static void expect_args(const struct probe *probe, int mm, int vma, int address)
{
	assert_non_null(probe->function);
	assert_int_equal(probe->args.mm, mm);
	assert_int_equal(probe->args.vma, vma);
	assert_int_equal(probe->args.address, address);
}

static void test_6_12(void **state)
{
	struct kernel k = kernel_new();
	struct probes p;

	add_function(&k, "collapse_huge_page", "mm address referenced unmapped cc");
	add_function(&k, "hpage_collapse_scan_pmd", "mm vma address mmap_locked cc");
	add_function(&k, "pmdp_collapse_flush", "vma address pmdp");
	probes_match(&p, k.btf, false);
	assert_string_equal(p.problem, "");
	expect_args(&p.probe[PROBE_SCAN], 0, 1, 2);
	expect_args(&p.probe[PROBE_ATTEMPT], 0, -1, 1);
	assert_string_equal(p.probe[PROBE_FLUSH].function, "pmdp_collapse_flush");
	btf__free(k.btf);
}

/* The same under other names, and in another order. */
static void test_7_3(void **state)
{
	struct kernel k = kernel_new();
	struct probes p;

	add_function(&k, "collapse_single_pmd", "addr vma lock_dropped cc");
	add_function(&k, "collapse_huge_page", "mm start_addr referenced unmapped cc order");
	probes_match(&p, k.btf, true);
	assert_string_equal(p.problem, "");
	expect_args(&p.probe[PROBE_SCAN], -1, 1, 0);
	expect_args(&p.probe[PROBE_ATTEMPT], 0, -1, 1);
	assert_null(p.probe[PROBE_FLUSH].function);
	btf__free(k.btf);
}

/* Of two names that a kernel has, the better one counts. */
static void test_both(void **state)
{
	struct kernel k = kernel_new();
	struct probes p;

	add_function(&k, "collapse_single_pmd", "addr vma lock_dropped cc");
	add_function(&k, "hpage_collapse_scan_pmd", "cc address mm vma");
	probes_match(&p, k.btf, false);
	assert_string_equal(p.probe[PROBE_SCAN].function, "hpage_collapse_scan_pmd");
	expect_args(&p.probe[PROBE_SCAN], 2, 3, 1);
	btf__free(k.btf);
}

/* One function alone would miss splits, or count none: what is there has to be of use. */
static void test_splits(void **state)
{
	struct kernel k = kernel_new();
	struct probes p;

	add_function(&k, "__split_huge_pmd", "vma pmd address freeze folio");
	add_function(&k, "split_huge_pmd_locked", "vma address pmd freeze folio");
	probes_match(&p, k.btf, false);
	assert_string_equal(p.no_splits, "");
	assert_int_equal(p.probe[PROBE_SPLIT].args.pmd, 1);
	assert_int_equal(p.probe[PROBE_SPLIT].args.address, 2);
	assert_int_equal(p.probe[PROBE_SPLIT_LOCKED].args.pmd, 2);
	assert_int_equal(p.probe[PROBE_SPLIT_LOCKED].args.address, 1);
	btf__free(k.btf);

	k = kernel_new();
	add_function(&k, "__split_huge_pmd", "vma pmd address freeze folio");
	probes_match(&p, k.btf, false);
	assert_string_equal(p.no_splits, "");
	btf__free(k.btf);

	k = kernel_new();
	add_function(&k, "__split_huge_pmd", "vma entry address freeze folio");
	probes_match(&p, k.btf, false);
	assert_string_equal(p.no_splits,
			    "__split_huge_pmd, which splits a PMD, has other parameters "
			    "than are known");
	assert_null(p.probe[PROBE_SPLIT].function);
	btf__free(k.btf);

	k = kernel_new();
	probes_match(&p, k.btf, false);
	assert_string_equal(p.no_splits, "no function that splits a PMD is in the kernel's BTF");
	btf__free(k.btf);
}

static void test_nothing(void **state)
{
	struct kernel k = kernel_new();
	struct probes p;

	probes_match(&p, k.btf, false);
	assert_string_equal(p.problem, "no function that scans a range is in the kernel's BTF");
	assert_null(p.probe[PROBE_SCAN].function);
	btf__free(k.btf);
}

/* Below 7.2 an attempt is at the range that was scanned; above, its function has to tell. */
static void test_inlined_attempt(void **state)
{
	struct kernel k = kernel_new();
	struct probes p;

	add_function(&k, "hpage_collapse_scan_pmd", "mm vma address mmap_locked cc");
	probes_match(&p, k.btf, false);
	assert_string_equal(p.problem, "");
	probes_match(&p, k.btf, true);
	assert_string_equal(p.problem, "the compiler inlined the function that collapses a block "
				       "(collapse_huge_page)");
	btf__free(k.btf);
}

static void test_renamed_parameters(void **state)
{
	struct kernel k = kernel_new();
	struct probes p;

	add_function(&k, "hpage_collapse_scan_pmd", "mm vma where mmap_locked cc");
	probes_match(&p, k.btf, false);
	assert_string_equal(p.problem,
			    "the function that scans a range has other parameters than are known");
	btf__free(k.btf);

	k = kernel_new();
	add_function(&k, "hpage_collapse_scan_pmd", "mm vma address mmap_locked cc");
	add_function(&k, "collapse_huge_page", "mm where referenced unmapped cc");
	probes_match(&p, k.btf, false);
	assert_string_equal(p.problem, "");
	assert_null(p.probe[PROBE_ATTEMPT].function);
	btf__free(k.btf);
}

static void test_registers(void **state)
{
	struct kernel k = kernel_new();
	int u64 = btf__add_int(k.btf, "unsigned long", 8, 0), index;

	assert_int_equal(probe_register(k.btf, 0), -1);
	btf__add_struct(k.btf, "pt_regs", 16);
	btf__add_field(k.btf, "si", u64, 0, 0);
	btf__add_field(k.btf, "di", u64, 64, 0);
	assert_int_equal(probe_register(k.btf, 0), 8);
	assert_int_equal(probe_register(k.btf, 1), 0);
	assert_int_equal(probe_register(k.btf, 2), -1);
	assert_int_equal(probe_register(k.btf, -1), -1);
	assert_int_equal(probe_register(k.btf, 6), -1);
	btf__free(k.btf);

	/* arm64 */
	k = kernel_new();
	u64 = btf__add_int(k.btf, "unsigned long", 8, 0);
	index = btf__add_array(k.btf, u64, u64, 31);
	btf__add_struct(k.btf, "user_pt_regs", 31 * 8 + 8);
	btf__add_field(k.btf, "pstate", u64, 31 * 64, 0);
	btf__add_field(k.btf, "regs", index, 0, 0);
	btf__add_struct(k.btf, "pt_regs", 31 * 8 + 8);
	assert_int_equal(probe_register(k.btf, 0), 0);
	assert_int_equal(probe_register(k.btf, 5), 40);
	assert_int_equal(probe_register(k.btf, 6), -1);
	assert_int_equal(probe_register(k.btf, -1), -1);
	btf__free(k.btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_6_12),
		cmocka_unit_test(test_7_3),
		cmocka_unit_test(test_both),
		cmocka_unit_test(test_splits),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_inlined_attempt),
		cmocka_unit_test(test_renamed_parameters),
		cmocka_unit_test(test_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs on the arguments of tracepoints are used only if the kernel's BTF has the arguments that these
 * programs read.
 */
#include <bpf/btf.h>
#include <linux/btf.h>
#include <string.h>

#include "tests/support/cm.h"
#include "live/features.h"

#define BOTH (1U << MTHP_K_SCAN_PMD | 1U << MTHP_K_MTHP_SCAN)

/* One difference to the kernel of the series. */
enum other {
	NOTHING,
	NO_SCAN,	/* no such tracepoint */
	SWAPPED,	/* two arguments in another order */
	MORE,		/* one more */
	OTHER_STRUCT,	/* a pointer to something else */
	OTHER_SIZE,	/* a shorter integer */
	NO_MEMBER,	/* the range lacks a member that is read */
	LONG_BITMAPS,	/* of larger tables */
	OTHER_SCAN_PMD, /* the older event has changed, as it did after 6.12 */
};

struct types {
	struct btf *btf;
	int u64, u32, s32, boolean, ulong, void_ptr, mm, page, range;
};

static int pointer_to(struct btf *btf, int id)
{
	return btf__add_ptr(btf, btf__add_const(btf, id));
}

static int struct_of(struct btf *btf, const char *name, const char *members, int type, int bytes)
{
	int id = btf__add_struct(btf, name, 4096);
	char copy[256], *member, *rest = copy;
	int at = 0;

	strcpy(copy, members);
	while ((member = strtok_r(rest, " ", &rest))) {
		assert_int_equal(btf__add_field(btf, member, type, at * 8, 0), 0);
		at += bytes;
	}
	return id;
}

static void add_structs(struct types *t, enum other other)
{
	struct btf *btf = t->btf;
	int words = other == LONG_BITMAPS ? 32 : 8;
	int bitmap = btf__add_array(btf, t->u32, t->u64, words);

	t->mm = struct_of(btf, "mm_struct", "owner", t->u64, 8);
	t->page = struct_of(btf, "page", "flags", t->u64, 8);
	struct_of(btf, "mthp_policy_params", "orders max_ptes_none rule", t->u32, 4);
	struct_of(btf, "mthp_policy_in", "present blocked referenced joined", bitmap, 8 * words);
	struct_of(btf, "mthp_policy_out", "nr fill", t->u32, 4);
	t->range = struct_of(btf, "collapse_range",
			     other == NO_MEMBER ?
				     "params in plan nr_present nr_swap nr_shared blocked_result" :
				     "params in plan nr_present nr_none nr_swap nr_shared "
				     "nr_referenced blocked_result",
			     t->u32, 4);
}

static void add_tracepoint(struct types *t, const char *name, const int *args, int nr)
{
	int proto = btf__add_func_proto(t->btf, 0), i;

	assert_int_equal(btf__add_func_param(t->btf, "__data", t->void_ptr), 0);
	for (i = 0; i < nr; i++)
		assert_int_equal(btf__add_func_param(t->btf, "", args[i]), 0);
	assert_true(btf__add_typedef(t->btf, name, btf__add_ptr(t->btf, proto)) > 0);
}

static struct btf *kernel(enum other other)
{
	struct types t = { .btf = btf__new_empty() };
	struct btf *btf = t.btf;
	int scan[7], pmd[7];

	assert_non_null(btf);
	t.u64 = btf__add_typedef(btf, "u64", btf__add_int(btf, "long long unsigned int", 8, 0));
	t.ulong = btf__add_int(btf, "long unsigned int", 8, 0);
	t.u32 = btf__add_int(btf, "unsigned int", 4, 0);
	t.s32 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	t.boolean = btf__add_typedef(btf, "bool", btf__add_int(btf, "_Bool", 1, BTF_INT_BOOL));
	t.void_ptr = btf__add_ptr(btf, 0);
	add_structs(&t, other);
	scan[0] = btf__add_ptr(btf, t.mm);
	scan[1] = t.ulong;
	scan[2] = pointer_to(btf, other == OTHER_STRUCT ? t.page : t.range);
	scan[3] = t.boolean;
	scan[4] = t.s32;
	scan[5] = other == OTHER_SIZE ? t.u32 : t.u64;
	scan[6] = t.s32;
	if (other == SWAPPED) {
		scan[3] = t.s32;
		scan[4] = t.boolean;
	}
	if (other != NO_SCAN)
		add_tracepoint(&t, "btf_trace_mm_mthp_scan", scan, other == MORE ? 7 : 6);
	pmd[0] = scan[0];
	pmd[1] = btf__add_ptr(btf, t.page);
	pmd[2] = other == OTHER_SCAN_PMD ? t.s32 : t.boolean;
	pmd[3] = pmd[4] = pmd[5] = pmd[6] = t.s32;
	add_tracepoint(&t, "btf_trace_mm_khugepaged_scan_pmd", pmd, 7);
	return btf;
}

static void test_args(void **state)
{
	enum other other;
	struct btf *btf;
	for (other = NOTHING; other <= OTHER_SCAN_PMD; other++) {
		btf = kernel(other);
		assert_int_equal(kfeat_args(btf), other == NOTHING ? BOTH : 0);
		btf__free(btf);
	}
}

int main(void)
{
	const struct CMUnitTest all[] = { cmocka_unit_test(test_args) };

	return cmocka_run_group_tests(all, NULL, NULL);
}

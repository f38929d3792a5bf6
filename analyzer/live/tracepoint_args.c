// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arguments of tracepoints, by the kernel's BTF. BTF does not keep their names, so number, order and
 * size have to be those that our programs were written for. The same holds for the structs behind
 * them, or the programs would not load.
 */
#include <bpf/btf.h>
#include <stdio.h>
#include <string.h>

#include "lib/array.h"
#include "live/features.h"

static const struct {
	int kind;
	const char *tracepoint;
	const char *args;
} programs[] = {
#define X(NAME, name, tracepoint, args) { MTHP_K_##NAME, #tracepoint, args },
	LIVE_ARGS_KINDS(X)
#undef X
};

/* The members that the programs read: vmlinux.h. */
static const struct {
	const char *name;
	const char *members;
} structs[] = {
	{ "collapse_range", "params in plan nr_present nr_none nr_swap nr_shared nr_referenced "
			    "blocked_result" },
	{ "mthp_policy_params", "orders max_ptes_none rule" },
	{ "mthp_policy_in", "present blocked joined" },
	{ "mthp_policy_out", "nr fill" },
};

#define BITMAP_BITS (1 << MTHP_BITMAP_ORDER)

static void describe_arg(const struct btf *btf, __u32 id, char *text, size_t size)
{
	const struct btf_type *t = btf__type_by_id(btf, btf__resolve_type(btf, id));
	const char *name = "";

	if (t && btf_is_int(t)) {
		snprintf(text, size, "%u", t->size);
		return;
	}
	if (t && btf_is_ptr(t)) {
		t = btf__type_by_id(btf, btf__resolve_type(btf, t->type));
		name = t ? btf__name_by_offset(btf, t->name_off) : "";
	}
	snprintf(text, size, "*%s", name ? name : "");
}

/* The first argument of a tracepoint's function is not the tracepoint's. */
static bool has_args(const struct btf *btf, const char *tracepoint, const char *wanted)
{
	const struct btf_type *t;
	char name[64], text[128] = "";
	size_t n = 0;
	int id, i;

	snprintf(name, sizeof(name), "btf_trace_%s", tracepoint);
	id = btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF);
	t = id > 0 ? btf__type_by_id(btf, btf__resolve_type(btf, id)) : NULL;
	t = t && btf_is_ptr(t) ? btf__type_by_id(btf, t->type) : NULL;
	if (!t || !btf_is_func_proto(t))
		return false;
	for (i = 1; i < btf_vlen(t) && n + 40 < sizeof(text); i++) {
		if (n)
			text[n++] = ' ';
		describe_arg(btf, btf_params(t)[i].type, text + n, sizeof(text) - n);
		n += strlen(text + n);
	}
	return i == btf_vlen(t) && strcmp(text, wanted) == 0;
}

static const struct btf_type *struct_of(const struct btf *btf, const char *name)
{
	int id = btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);

	return id > 0 ? btf__type_by_id(btf, id) : NULL;
}

static bool has_members(const struct btf *btf, const char *name, const char *wanted)
{
	const struct btf_type *t = struct_of(btf, name);
	char member[32];
	size_t len;

	for (; t && *wanted; wanted += len + strspn(wanted + len, " ")) {
		len = strcspn(wanted, " ");
		snprintf(member, sizeof(member), "%.*s", (int)len, wanted);
		if (!kfeat_has_member(btf, t, member))
			return false;
	}
	return t != NULL;
}

/* Are its bitmaps as long as those of our programs? They follow one another. */
static bool has_bitmaps(const struct btf *btf)
{
	const struct btf_type *t = struct_of(btf, "mthp_policy_in");

	return t && btf_vlen(t) > 1 && btf_member_bit_offset(t, 0) == 0 &&
	       btf_member_bit_offset(t, 1) == BITMAP_BITS;
}

__u32 kfeat_args(const struct btf *btf)
{
	__u32 kinds = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(structs); i++)
		if (!has_members(btf, structs[i].name, structs[i].members))
			return 0;
	if (!has_bitmaps(btf))
		return 0;
	for (i = 0; i < ARRAY_SIZE(programs); i++) {
		if (!has_args(btf, programs[i].tracepoint, programs[i].args))
			return 0;
		kinds |= 1U << programs[i].kind;
	}
	return kinds;
}

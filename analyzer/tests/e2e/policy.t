#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The shared headers compile without a warning for each of their targets, and call no function there.
. "$(dirname "$0")/../support/tap.sh"

warn="-std=c11 -O2 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings
	-Wundef -Wvla -Wdeclaration-after-statement -Werror -pedantic -Iinclude"

cat >"$tmp/policy.c" <<'END'
#include <mthp/policy.h>
int plan(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
	 struct mthp_policy_work *w, struct mthp_policy_out *out);
int again(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
	  struct mthp_policy_work *w, struct mthp_policy_out *out, __u32 i);
int plan(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
	 struct mthp_policy_work *w, struct mthp_policy_out *out)
{
	return mthp_policy_plan(p, in, w, out);
}
int again(const struct mthp_policy_params *p, const struct mthp_policy_in *in,
	  struct mthp_policy_work *w, struct mthp_policy_out *out, __u32 i)
{
	return mthp_policy_replan(p, in, w, out, i);
}
END
cat >"$tmp/creep.c" <<'END'
#include <mthp/creep.h>
int feed(struct mthp_creep *c, const struct mthp_policy_params *p, const struct mthp_policy_in *in,
	 struct mthp_creep_step *step);
int feed(struct mthp_creep *c, const struct mthp_policy_params *p, const struct mthp_policy_in *in,
	 struct mthp_creep_step *step)
{
	mthp_creep_scan(c, p, in->present, in->blocked, in->joined, 0);
	return mthp_creep_collapse(c, 0, 4, 3, 0, step);
}
END

cat >"$tmp/creep_ev.c" <<'END'
#include <mthp/creep_ev.h>
int feed(struct mthp_creep *c, const struct mthp_ev *ev, const __u64 *bits,
	 struct mthp_creep_step *step);
int feed(struct mthp_creep *c, const struct mthp_ev *ev, const __u64 *bits,
	 struct mthp_creep_step *step)
{
	struct mthp_policy_params p;

	if (mthp_creep_is_scan(ev, 8, &p))
		mthp_creep_feed_scan(c, &p, bits, 8, ev->ts_ns);
	return mthp_creep_is_collapse(ev) ? mthp_creep_feed_collapse(c, ev, 12, step) : 0;
}
END

# builds NAME COMPILER...: compiles all sources.
builds() {
	local name=$1 header
	shift
	for header in policy creep creep_ev; do
		# shellcheck disable=SC2086
		run "$@" $warn -c -o "$tmp/$header.o" "$tmp/$header.c"
		ok "$status" "$header.h: $name" || sed 's/^/# /' <<<"$err"
		is "$err" "" "$header.h: $name: no warning"
	done
}

builds gcc gcc
builds "gcc, the kernel's size" gcc -DMTHP_POLICY_MAX_PTES=512 -DMTHP_POLICY_MIN_ORDER=2
if command -v clang >/dev/null; then
	builds clang clang
	# BPF programs have bool from vmlinux.h.
	builds "clang for BPF" clang -target bpf -include stdbool.h -I"/usr/include/$(gcc -print-multiarch)"
else
	skip "clang" "no clang"
fi
if gcc -m32 -E -include linux/types.h -x c /dev/null >/dev/null 2>&1; then
	builds "gcc, 32 bits, freestanding" gcc -m32 -ffreestanding -fno-pic
	is "$(nm -u "$tmp/policy.o")" "" "policy.h: 32 bits: no 64-bit division, nothing to link with"
else
	skip "gcc, 32 bits, freestanding" "no 32-bit headers"
fi

# The stack limit in the comment of policy.h, at the kernel's size and at the largest.
for size in 512 8192; do
	run gcc -std=c11 -O2 -Iinclude -fstack-usage -DMTHP_POLICY_MAX_PTES=$size \
		-c -o "$tmp/stack.o" "$tmp/policy.c"
	most=$(cut -f 2 "$tmp/stack.su" | sort -n | tail -n 1)
	[ "${most:-9999}" -lt 256 ]
	ok $? "policy.h: $size PTEs: $most bytes of stack, below 256"
	run grep -c dynamic "$tmp/stack.su"
	is "$out" 0 "policy.h: $size PTEs: the stack is of fixed size"
done
tap_done

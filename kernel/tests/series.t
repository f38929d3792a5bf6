#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The patch series as files: complete, in order, with the policy of include/, and applying to its source.
# Builds and boots nothing: kernel/tests/run does.
. "$(dirname "$0")/../../analyzer/tests/support/tap.sh"

run kernel/sync-policy --check
is "$status" 0 "the series carries include/mthp/policy.h byte for byte" || echo "# $err"

cp -r kernel include "$tmp/"
echo "/* one line more */" >>"$tmp/include/mthp/policy.h"
run "$tmp/kernel/sync-policy" --check
is "$status" 1 "a policy that differs is noticed"
run "$tmp/kernel/sync-policy"
run "$tmp/kernel/sync-policy" --check
is "$status" 0 "and can be written into the series"

for dir in kernel/[0-9]*/; do
	version=$(basename "$dir")
	mapfile -t patches < <(printf '%s\n' "$dir"[0-9]*.patch | grep -v /0000-)
	nr=${#patches[@]}
	wrong=0
	for i in "${!patches[@]}"; do
		n=$((i + 1))
		grep -qE "^Subject: \[PATCH .*0*$n/$nr\]" "${patches[i]}" &&
			grep -q '^Signed-off-by: ' "${patches[i]}" || wrong=$n
	done
	is "$wrong" 0 "$version: patches 1 to $nr are there, numbered and signed off"

	if ! source=$(kernel_source "$version"); then
		skip "$version: the series applies" "no source (apt-get install linux-source-$version)"
		continue
	fi
	# Files that the series makes are not in the source.
	mkdir -p "$tmp/tree"
	sed -n 's,^--- a/,,p' "${patches[@]}" | sort -u | (cd "$source" && xargs cp --parents -t "$tmp/tree" 2>/dev/null)
	failed=
	for patch in "${patches[@]}"; do
		patch -d "$tmp/tree" -p1 -s -F0 <"$patch" >"$tmp/patch.log" 2>&1 ||
			{ failed=$(basename "$patch"); sed 's/^/# /' "$tmp/patch.log"; break; }
	done
	is "$failed" "" "$version: the series applies to linux-source-$version, patch by patch"
	cmp -s "$tmp/tree/mm/mthp_policy.h" include/mthp/policy.h
	ok $? "$version: what is applied has the policy of include/"
done
tap_done

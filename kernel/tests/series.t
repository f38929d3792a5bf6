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

# Whose names are in the patches: nobody's here, the sender's when they are sent.
is "$(grep -lE '^(From|Signed-off-by): ' kernel/*/*.patch)" "" \
	"no patch of this repository is signed (else: kernel/export --strip)"
run env HOME="$tmp" XDG_CONFIG_HOME="$tmp" GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null \
	GIT_DIR="$tmp" kernel/export "$tmp/none"
is "$status" 3 "without a name nothing is exported"
like "$err" "user.name" "and what is missing is said"
sender="J. Sender <sender@example.org>"
export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0="J. Sender" \
	GIT_CONFIG_KEY_1=user.email GIT_CONFIG_VALUE_1=sender@example.org
mkdir "$tmp/again"
cp -r kernel "$tmp/again/"
run kernel/export "$tmp/sent"
cp "$tmp/sent"/* "$tmp/again/kernel/6.12/"
! diff -r kernel "$tmp/again/kernel" >/dev/null
ok $? "with one it is"
run "$tmp/again/kernel/export" --strip
is "$status$(diff -r kernel "$tmp/again/kernel")" 0 "--strip takes out what export put in"

# The series with the engine. Those of fixes are in fixes.t.
for dir in kernel/6.12/; do
	version=$(basename "$dir")
	sent=$tmp/sent-$version
	run kernel/export "$sent" "$version"
	mapfile -t patches < <(printf '%s\n' "$sent"/[0-9]*.patch | grep -v /0000-)
	nr=${#patches[@]}
	wrong=0
	for i in "${!patches[@]}"; do
		n=$((i + 1))
		grep -qE "^Subject: \[PATCH .*0*$n/$nr\]" "${patches[i]}" &&
			[ "$(grep -c '^Signed-off-by: ' "${patches[i]}")" = 1 ] &&
			sed '/^---$/q' "${patches[i]}" | grep -qxF "Signed-off-by: $sender" || wrong=$n
	done
	is "$wrong" 0 "$version: patches 1 to $nr are there, numbered, and signed off by their sender"

	if ! source=$(kernel_source "$version"); then
		skip "$version: the series applies" "no source (apt-get install linux-source-$version)"
		skip "$version: checkpatch" "no source (apt-get install linux-source-$version)"
		continue
	fi
	# Whether MAINTAINERS names new files is for the tree that takes them, which also knows the commits that are named.
	run perl "$source/scripts/checkpatch.pl" --no-tree --terse --no-summary --ignore FILE_PATH_CHANGES,UNKNOWN_COMMIT_ID "${patches[@]}"
	is "$(grep : <<<"$out$err")" "" "$version: the kernel's checkpatch finds nothing"

	# Files that the series makes are not in the source.
	tree=$tmp/tree-$version
	mkdir -p "$tree"
	sed -n 's,^--- a/,,p' "${patches[@]}" | sort -u | (cd "$source" && xargs cp --parents -t "$tree" 2>/dev/null)
	git -C "$tree" init -q && git -C "$tree" add . && git -C "$tree" commit -qm "$version"
	run git -C "$tree" am -q --empty=drop "$sent"/*.patch
	is "$status" 0 "$version: git am applies the series to linux-source-$version" || sed 's/^/# /' <<<"$out$err"
	is "$(git -C "$tree" log --format='%an <%ae>' HEAD~"$nr"..HEAD | sort | uniq -c | sed 's/^ *//')" "$nr $sender" \
		"$version: as $nr commits of its sender"
	cmp -s "$tree/mm/mthp_policy.h" include/mthp/policy.h
	ok $? "$version: what is applied has the policy of include/"
done
tap_done

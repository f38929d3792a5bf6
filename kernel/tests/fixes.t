#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The series of fixes as files: each applies to its source, its fixes without each other, and checkpatch
# is silent. Builds and boots nothing: kernel/tests/selftests does.
. "$(dirname "$0")/../../analyzer/tests/support/tap.sh"

sender="J. Sender <sender@example.org>"
export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0="J. Sender" \
	GIT_CONFIG_KEY_1=user.email GIT_CONFIG_VALUE_1=sender@example.org

# fetched VERSION: the archive of its source, installed or fetched.
fetched() {
	local tar=/usr/src/linux-source-$1.tar.xz
	if [ -f "$tar" ]; then
		echo "$tar"
	else
		kernel/get-source "$1" 2>"$tmp/get.log"
	fi
}

# unpack ARCHIVE FILE...: files of it to $tmp/tree, and checkpatch.
unpack() {
	local tar=$1
	shift
	printf '*/%s\n' "$@" scripts/checkpatch.pl scripts/spelling.txt scripts/const_structs.checkpatch \
		>"$tmp/files"
	rm -rf "$tmp/tree"
	mkdir "$tmp/tree"
	# New files of the series are not in the archive, which tar complains about.
	tar -C "$tmp/tree" --strip-components=1 -xJf "$tar" --wildcards --no-wildcards-match-slash \
		-T "$tmp/files" 2>/dev/null
}

# Prints the patches that checkpatch complains about. Not asked: whether MAINTAINERS has the new files (it
# has their folders), and about commits by id, for which checkpatch needs the kernel's repository.
not_clean() {
	local patch ignored=FILE_PATH_CHANGES,MISSING_FIXES_TAG,UNKNOWN_COMMIT_ID
	for patch; do
		(cd "$tmp/tree" && perl scripts/checkpatch.pl --no-tree --strict --quiet --terse \
			--ignore "$ignored" - <"$patch") >"$tmp/check.log" 2>&1 ||
			{ basename "$patch"; sed 's/^/# /' "$tmp/check.log" >&2; }
	done
}

# stand_alone PATCH...: prints those that do not apply to the tree without those before them.
stand_alone() {
	local patch
	for patch; do
		patch -d "$tmp/tree" -p1 -s -F0 --dry-run <"$patch" >/dev/null 2>&1 || basename "$patch"
	done
}

for dir in kernel/stable/*/ kernel/7.3/; do
	series=${dir#kernel/} series=${series%/}
	version=${series##*/}
	sent=$tmp/sent/$series
	mkdir -p "$sent"
	run kernel/export "$sent" "$series"
	mapfile -t patches < <(printf '%s\n' "$sent"/[0-9]*.patch | grep -v /0000-)
	nr=${#patches[@]}
	wrong=0
	for i in "${!patches[@]}"; do
		n=$((i + 1))
		grep -qE "^Subject: \[PATCH .*0*$n/$nr\]" "${patches[i]}" &&
			grep -qxF "Signed-off-by: $sender" "${patches[i]}" || wrong=$n
	done
	is "$wrong" 0 "$series: patches 1 to $nr are there, numbered, and signed off by their sender"
	[ -f "$dir/0000-cover-letter.patch" ] && ! grep -q 'BLURB HERE' "$dir/0000-cover-letter.patch"
	ok $? "$series: they have a cover letter"

	if ! tar=$(fetched "$version"); then
		skip "$series: the series applies" "$(sed -n 's/^mthptop: //p' "$tmp/get.log" | tail -n 1)"
		continue
	fi
	# shellcheck disable=SC2046
	unpack "$tar" $(sed -n 's,^--- a/,,p' "${patches[@]}" | sort -u)
	# What comes after their selftests builds on them.
	fixes=()
	for patch in "${patches[@]}"; do
		! grep -q '^Subject:.*selftests/' "$patch" || break
		fixes+=("$patch")
	done
	is "$(stand_alone "${fixes[@]}")" "" "$series: each fix applies without the others"
	is "$(not_clean "${patches[@]}")" "" "$series: checkpatch --strict has no complaint"
	failed=
	for patch in "${patches[@]}"; do
		patch -d "$tmp/tree" -p1 -s -F0 <"$patch" >"$tmp/patch.log" 2>&1 ||
			{ failed=$(basename "$patch"); sed 's/^/# /' "$tmp/patch.log"; break; }
	done
	is "$failed" "" "$series: the series applies to $(basename "$tar"), patch by patch"
done
tap_done

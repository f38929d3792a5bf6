#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The BPF programs as each release of clang compiles them: this kernel's verifier accepts them, and they compute
# the same. Releases choose different instructions for the same source, and the verifier cannot follow all of them.
. "$(dirname "$0")/../../analyzer/tests/support/tap.sh"

test_policy=$OUT/bpf/tests/test_policy
[ -x "$test_policy" ] || skip_all "built without BPF"
[ "$(id -u)" = 0 ] || skip_all "not root: no BPF program can be loaded"
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES CFLAGS
load=$tmp/load
"${CC:-gcc}" -Wall -Wextra -Werror -Iinclude -O1 -g -o "$load" bpf/tests/load.c -lbpf || exit 1
run "$load" "$OUT/bpf/mthptop.bpf.o"
[ "$status" = 3 ] && skip_all "no BPF program can be loaded here: $err"

# verifier_says LOG: prints the error, without the thousands of lines before it.
verifier_says() {
	grep -E -B 12 "^processed [0-9]+ insns|^libbpf: prog .*failed to load|^load: " | tail -n 40 | sed 's/^/# /'
}

for clang in clang-14 clang-16 clang-19; do
	if ! command -v "$clang" >/dev/null; then
		skip "programs of $clang" "not installed"
		continue
	fi
	bpf=$tmp/$clang/bpf
	run make -s CLANG="$clang" OUT="$tmp/$clang" "$bpf"/{mthptop,policy_test,kernel,survey}.bpf.o
	is "$status$err" 0 "$clang compiles the programs without a warning"
	run "$load" "$bpf/mthptop.bpf.o"
	ok "$status" "$clang: the verifier accepts the programs for this kernel" || verifier_says <<<"$err"
	echo "# $out"
	for object in kernel survey; do
		run "$load" --plain "$bpf/$object.bpf.o"
		ok "$status" "$clang: the verifier accepts the programs of $object" || verifier_says <<<"$err"
	done
	run "$load" --series "$bpf/mthptop.bpf.o"
	ok "$status" "$clang: the verifier accepts the programs for a kernel that reports everything" || verifier_says <<<"$err"
	echo "# $out"
	CMOCKA_MESSAGE_OUTPUT=TAP run "$test_policy" "$bpf/policy_test.bpf.o"
	is "$status $(grep -c '^ok ' <<<"$out")" "0 3" "$clang: the policy in BPF makes the same plans" ||
		sed 's/^/# /' <<<"$out"
done
tap_done

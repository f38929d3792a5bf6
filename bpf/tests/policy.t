#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The policy and the creep rule as BPF programs: the same plans and steps as in userspace.
cd "$(dirname "$0")/../.." || exit 1
out=${OUT:-.output}
if [ ! -x "$out/bpf/tests/test_policy" ]; then
	echo "1..0 # SKIP built without BPF"
	exit 0
fi
CMOCKA_MESSAGE_OUTPUT=TAP exec "$out/bpf/tests/test_policy" "$out/bpf/policy_test.bpf.o"

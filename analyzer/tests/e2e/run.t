#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The runner itself: every fault of a test file must be reported as a failure.
. "$(dirname "$0")/../support/tap.sh"

nr=0
# try NAME BODY COUNTS STATUS: a test file with BODY makes the runner end with COUNTS and STATUS.
try() {
	local file=$tmp/$((nr++)).t
	printf '#!/bin/bash\n%s\n' "$2" >"$file"
	chmod +x "$file"
	run env MTHP_TEST_SECS=1 analyzer/tests/run "$file"
	is "$status: $(tail -n 1 <<<"$out")" "$4: $3" "$1"
}

try "passing tests" 'echo 1..2; echo ok 1 - a; echo ok 2' "2 passed, 0 failed, 0 skipped" 0
try "plan at the end" 'echo ok 1 - a; echo ok 2; echo 1..2' "2 passed, 0 failed, 0 skipped" 0
try "two groups in one program" 'echo 1..1; echo ok 1; echo 1..1; echo ok 1' \
	"2 passed, 0 failed, 0 skipped" 0
try "a failing test" 'echo 1..2; echo ok 1; echo not ok 2 - b; exit 1' \
	"1 passed, 1 failed, 0 skipped" 1
try "a failing test that hides its exit status" 'echo 1..1; echo not ok 1' \
	"0 passed, 1 failed, 0 skipped" 1
try "no plan" 'echo ok 1' "1 passed, 1 failed, 0 skipped" 1
try "no output" 'exit 0' "0 passed, 1 failed, 0 skipped" 1
try "fewer tests than planned" 'echo 1..3; echo ok 1' "1 passed, 1 failed, 0 skipped" 1
try "more tests than planned" 'echo 1..1; echo ok 1; echo ok 2' "2 passed, 1 failed, 0 skipped" 1
try "a crash after the last test" 'echo 1..1; echo ok 1; kill -SEGV $$' \
	"1 passed, 1 failed, 0 skipped" 1
try "an exit status without a reason" 'echo 1..1; echo ok 1; exit 3' \
	"1 passed, 1 failed, 0 skipped" 1
try "a test that gives up" 'echo 1..1; echo ok 1; echo "Bail out! no memory"' \
	"1 passed, 1 failed, 0 skipped" 1
try "a plan of nothing without a reason" 'echo 1..0' "0 passed, 1 failed, 0 skipped" 1
printf '#!/bin/sh\necho 1..1; echo ok 1\n' >"$tmp/fine.t"
chmod +x "$tmp/fine.t"
run analyzer/tests/run "$tmp/fine.t" "$tmp/missing.t"
is "$status: $(tail -n 1 <<<"$out")" "1: 1 passed, 1 failed, 0 skipped" "a file that is not there fails"
try "a test that hangs" 'echo 1..1; echo ok 1; exec sleep 60' "1 passed, 1 failed, 0 skipped" 1
try "a skipped test is not a passed one" 'echo 1..2; echo ok 1; echo "ok 2 - b # SKIP no swap"' \
	"1 passed, 0 failed, 1 skipped" 0
like "$out" '^  .*b: no swap$' "the reason of a skip is listed"
try "cmocka's way to skip" 'echo 1..2; echo ok 1; echo "# no swap"; echo "not ok 2 # SKIP b"' \
	"1 passed, 0 failed, 1 skipped" 0
like "$out" '^  .*b: no swap$' "its reason is listed too"
try "nothing but skips is no success" 'echo "1..0 # SKIP no kernel"' "0 passed, 0 failed, 1 skipped" 1
like "$out" 'no kernel' "a skipped file names its reason"

# A whole tree: five unit tests, of which one fails and one was not built, and one script.
tree=$tmp/tree
mkdir -p "$tree"/{,.output/}analyzer/tests/{unit/lib,support} "$tree/bpf/tests"
cp analyzer/tests/run "$tree/analyzer/tests/"
cp analyzer/tests/support/tap.awk "$tree/analyzer/tests/support/"
for name in a b c d gone; do
	touch "$tree/analyzer/tests/unit/lib/test_$name.c"
	printf '#!/bin/sh\necho 1..1; echo ok 1\n' >"$tree/.output/analyzer/tests/unit/lib/test_$name"
	chmod +x "$tree/.output/analyzer/tests/unit/lib/test_$name"
done
printf '#!/bin/sh\necho 1..1; echo not ok 1\n' >"$tree/.output/analyzer/tests/unit/lib/test_c"
rm "$tree/.output/analyzer/tests/unit/lib/test_gone"
cp "$tree/.output/analyzer/tests/unit/lib/test_a" "$tree/bpf/tests/b.t"
run env -u OUT "$tree/analyzer/tests/run"
is "$status: $(tail -n 1 <<<"$out")" "1: 4 passed, 2 failed, 0 skipped" "a whole tree is counted"
like "$out" '^failed: analyzer/tests/unit/lib/test_c analyzer/tests/unit/lib/test_gone$' "the last lines name the failed files"

# The order of files: each of these writes down its start and its end.
rm "$tree"/.output/analyzer/tests/unit/lib/test_* "$tree"/analyzer/tests/unit/lib/test_*
mkdir "$tree/analyzer/tests/e2e"
# timed WAY NAME SECONDS
timed() {
	printf '#!/bin/sh\n# run: %s\necho "%s begins" >>"%s"\nsleep %s\necho "%s ends" >>"%s"\necho 1..1; echo ok 1\n' \
		"$1" "$2" "$tree/log" "$3" "$2" "$tree/log" >"$tree/analyzer/tests/e2e/$2.t"
	chmod +x "$tree/analyzer/tests/e2e/$2.t"
}
timed alone one 0.2
timed alone two 0.2
timed anyhow beside 0.5
timed long long 1.5
sed -i 's/^sleep/[ "$(nice)" = 10 ] || exit 1\n&/' "$tree/analyzer/tests/e2e/long.t"
run env -u OUT "$tree/analyzer/tests/run"
is "$status: $(tail -n 1 <<<"$out")" "0: 5 passed, 0 failed, 0 skipped" "a long one has less priority"
is "$(grep -vx 'long begins' "$tree/log" | tr '\n' ' ')" \
	"beside begins beside ends one begins one ends two begins two ends long ends " \
	"files marked alone run last and one by one, beside the long ones"
rm "$tree/log"
run env -u OUT "$tree/analyzer/tests/run" --quick
is "$status: $(tail -n 1 <<<"$out")" "0: 4 passed, 0 failed, 0 skipped" "--quick leaves out files marked long"
rm "$tree"/analyzer/tests/e2e/*.t

# Tests in guests: a fake kernel/tests/run imitates them.
# guests PREPARE NAME...: --prepare runs PREPARE; a guest prints the contents of $tree/NAME.
guests() {
	printf '#!/bin/bash\ncd "%s"\ncase $1 in\n--prepare) %s ;;\n--list) printf "%%s\\n" %s ;;\n' \
		"$tree" "$1" "${*:2}" >"$tree/kernel/tests/run"
	printf '*) . "./$1" ;;\nesac\n' >>"$tree/kernel/tests/run"
	chmod +x "$tree/kernel/tests/run"
	run env -u OUT MTHP_GUEST_SECS=2 "$tree/analyzer/tests/run" --kernel
}

mkdir -p "$tree/kernel/tests"
echo 'echo 1..1; echo ok 1 - fine' >"$tree/fine"
echo 'echo 1..2; echo ok 1; echo not ok 2 - of it; exit 1' >"$tree/poor"
echo 'echo "# the last words"; echo ok 1; exec sleep 60' >"$tree/hung"
cp "$tree/bpf/tests/b.t" "$tree/kernel/tests/b.t"
guests true fine
is "$status: $(tail -n 1 <<<"$out")" "0: 2 passed, 0 failed, 0 skipped" "guests are counted, too"
guests true fine poor hung
is "$status: $(tail -n 1 <<<"$out")" "1: 4 passed, 2 failed, 0 skipped" "failures in guests are counted"
like "$out" "^failed: kernel/tests/poor kernel/tests/hung$" "failed guests are named"
like "$out" "the last words" "a guest that hangs shows its last lines"
guests '{ echo "mthptop: cannot start a guest: qemu: not installed" >&2; exit 3; }' fine
is "$status: $(tail -n 1 <<<"$out")" "0: 1 passed, 0 failed, 1 skipped" \
	"if no guest can run, the tests in guests are skipped"
like "$out" '^  kernel/tests: cannot start a guest: qemu: not installed$' "and the reason is listed"
guests '{ echo "mthptop: patch does not apply: 0003" >&2; exit 1; }' fine
is "$status: $(tail -n 1 <<<"$out")" "1: 1 passed, 1 failed, 0 skipped" \
	"a kernel that cannot be built is a failure"
like "$out" 'kernel/build: patch does not apply: 0003' "the reason of the failed build is shown"
tap_done

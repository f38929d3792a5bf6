#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# t_soak.sh [SECONDS [SEED]]: the soak in the guest, recorded by mthptop, on a kernel with all debugging
# options: for two minutes, by `make soak` for longer.
#
# The program is kernel/tests/soak. The trace goes to /tmp/out, if that exists, and the host checks it
# again. All random numbers come from the seed, which is printed.
#
# pci=noacpi: emulated and with KASAN, ACPI's code takes half a minute to find a device's interrupt. By then
# the kernel has given up on the device, and the host's files never appear.
#
# config: soak.config
# vm: --smp 2 --mem 3G --append page_poison=1 --append pci=noacpi
# with: soak
# args: 120

seconds=${1:-120}
seed=${2:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
dir=/tmp/out
[[ -d $dir ]] || dir=/tmp
log=$dir/soak.out

# mthptop starts the last part of the soak, the judged round, and writes JSON to stdout. The output of the
# round goes to this script's stdout.
cat >/tmp/record <<END
#!/bin/bash
exec 3>&1 >$dir/soak.json
exec ./mthptop record -o $dir/soak.mthp --json -- bash -c 'exec "\$@" >&3' - "\$@"
END
chmod 755 /tmp/record

n=0 bad=0

result() {
	n=$((n + 1))
	if [[ $1 = 0 ]]; then
		echo "ok $n $2"
	else
		bad=1
		echo "not ok $n $2"
	fi
}

# Renumbers the results of the program.
program() {
	.output/kernel/tests/soak --seconds "$seconds" --seed "$seed" -- /tmp/record 2>&1 |
		tee "$log" | grep --line-buffered -vE '^1\.\.'
	return "${PIPESTATUS[0]}"
}

# All events of one order, by result; from two sources.
told() {
	jq -r --argjson order "$1" '[.outcomes[] | select(.kind == "collapse" and .order == $order and
		.result == "succeeded") | .count] | add // 0' "$dir/soak.json"
}

counted() {
	sed -n "s/^# counters order=$1 collapse_success=\([0-9]*\) .*/\1/p" "$log"
}

check_trace() {
	local order status mine theirs
	./mthptop report "$dir/soak.mthp" --format json >"$dir/guest.json" 2>/tmp/report.err
	status=$?
	sed 's/^/# /' /tmp/report.err
	result "$status" "the trace is whole: mthptop report exits with 0 ($status)"
	cmp "$dir/guest.json" "$dir/soak.json" >&2
	result $? "the report of the trace is what mthptop counted as it recorded"
	for order in 2 3 4 5 6 7 8 9; do
		mine=$(told "$order") theirs=$(counted "$order")
		[[ $mine && $mine = "$theirs" ]]
		result $? "order $order: mthptop saw every collapse ($mine seen, $theirs counted)"
	done
	jq -r '.summary | "# mthptop: detail \(.detail), \(.events) events, \(.collapses) collapses, \(
		.failures) failures, \(.processes) processes, \(.lost) lost"' "$dir/soak.json"
	jq -r '.losses[] | select(.count > 0) | "# lost \(.name): \(.count) (\(.meaning))"' \
		"$dir/soak.json"
	jq -r '.outcomes[] | select(.kind == "collapse") |
		"# outcome \(.requester) order \(.order) \(.result): \(.count)"' "$dir/soak.json"
	echo "# trace: $(stat -c %s "$dir/soak.mthp") bytes"
}

program
n=$(grep -cE '^(not )?ok ' "$log")
grep -q '^not ok' "$log" && bad=1
# A program that died prints no plan; then this script must not print one, either.
grep -qE '^1\.\.' "$log" || exit 1
[[ ! -f $dir/soak.mthp ]] || check_trace
echo "1..$n"
exit "$bad"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The bundled sample trace still gives the numbers of its recording. A format change that breaks old traces
# fails here, on any machine.
. "$(dirname "$0")/../support/tap.sh"

command -v jq >/dev/null || skip_all "jq is not installed"
run as_user "$MTHPTOP" report analyzer/tests/data/samples/demo.mthp --format json
is "$status$err" 0 "the sample is read"
cp "$tmp/.out" "$tmp/json"

q() {
	jq -r "$1" "$tmp/json"
}

is "$(q '.summary | [.complete, .lost] | map(tostring) | join(" ")')" "true 0" \
	"it is whole, and nothing was lost"
is "$(q '[.outcomes[] | select(.kind == "collapse" or .kind == "collapse_file") | .count] | add')" \
	"$(q '[.counters[] | select(.name == "thp_collapse_alloc")][0].delta')" \
	"as many collapses as the kernel itself counted"
is "$(q '[.processes[].comm] | map(select(startswith("demo:") | not)) | length')" 0 \
	"all of its processes are the demo's"
is "$(q '[.processes[] | select(.comm == "demo:half") | .filled_bytes / .collapses] | unique[]')" \
	$((256 * 4096)) "demo:half: half of each range was filled"
for pair in empty:exceed_none_pte shared:exceed_shared_pte swapped:exceed_swap_pte uffd:pte_uffd_wp \
	cold:lack_referenced_page pinned:not_suitable_page_count; do
	is "$(q "[.processes[] | select(.comm == \"demo:${pair%:*}\") | .top_result] | unique[]")" \
		"${pair#*:}" "demo:${pair%:*}: refused because of ${pair#*:}"
done
is "$(q '[.orders[] | select(.order == 9)][0].dur_mean_ns < 100000000')" true \
	"collapses took less than a tenth of a second"
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A fleet: twenty exporters that replay traces, and this machine, behind a real Prometheus. Five incidents happen in the
# traces; their alerts fire, and clear. Every expression of the dashboard and of the rules has data, or is about what no
# kernel here reports.
#
# run: long
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP
samples=analyzer/tests/data/samples
prometheus=$(command -v prometheus) || skip_all "prometheus is not installed"
command -v curl >/dev/null || skip_all "curl is not installed"

# Families that no trace and not every machine has; an expression about one of them may have no data.
absent='mthptop_(bpf_cpu_seconds_total|cgroup_memory_bytes|khugepaged_cpu_seconds_total|memory_bytes)'

pids=()
tap_cleanup() { ((${#pids[@]})) && kill "${pids[@]}" 2>/dev/null; wait; }

# Incident 1: 100 attempts a second that fail. 2: events that the tracer lost. 3 to 5: creep, and huge pages that are split and
# collapsed again, which stalls processes for long, in traces of guests.
awk 'BEGIN {
	print "cpus=2"
	for (i = 0; i < 1500; i++)
		printf "      khugepaged-41    [001]    %.6f: mm_collapse_huge_page: mm=0xff2649b844c1ee00, isolated=0, status=pte_non_present\n", 100 + i / 100
}' >"$tmp/churn.txt"
awk 'BEGIN {
	print "cpus=2"
	for (i = 0; i < 150; i++) {
		if (i == 60)
			print "CPU:1 [LOST 12 EVENTS]"
		printf "      khugepaged-41    [001]    %.6f: mm_khugepaged_scan_pmd: mm=0xff2649b844c1ee00, scan_pfn=0x1, referenced=1, none_or_zero=0, status=pte_non_present, unmapped=0\n", 100 + i / 10
	}
}' >"$tmp/losses.txt"

# exporter NAME ARGS...
targets=()
exporter() {
	local name=$1 at
	shift
	: >"$tmp/$name.err"
	"$m" export -l 127.0.0.1:0 "$@" 2>"$tmp/$name.err" &
	pids+=($!)
	for _ in {1..200}; do
		at=$(sed -n 's/.*serving http at \([0-9.:]*\).*/\1/p' "$tmp/$name.err")
		[ "$at" ] && break
		sleep 0.05
	done
	targets+=("{\"targets\": [\"$at\"], \"labels\": {\"instance\": \"$name\"}}")
}

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
api() { curl -sG -m 20 "http://127.0.0.1:$port/api/v1/$1" "${@:2}"; }
# The rules, with seconds for minutes and hours.
sed -E 's/\[(5m|15m|1h)\]/[8s]/g; s/^( *for:) .*/\1 1s/' docs/fleet/rules.yml >"$tmp/rules.yml"
cat >"$tmp/prometheus.yml" <<END
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [$tmp/rules.yml]
scrape_configs:
  - job_name: mthptop
    file_sd_configs: [{files: [$tmp/targets.json], refresh_interval: 1s}]
END
echo '[]' >"$tmp/targets.json"
"$prometheus" --config.file="$tmp/prometheus.yml" --storage.tsdb.path="$tmp/tsdb" --log.level=warn \
	--web.listen-address="127.0.0.1:$port" >"$tmp/prometheus.log" 2>&1 &
pids+=($!)
for _ in {1..200}; do
	[ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/-/ready")" = 200 ] && break
	sleep 0.1
done
for i in 1 2 3; do
	for sample in demo fork guard mixed pinned; do
		exporter "$sample-$i" --replay "$samples/$sample.mthp" --speed 0.$((i + 1))
	done
done
exporter quiet --replay analyzer/tests/data/captures/6.18.report.gz
exporter this-machine
exporter churn --replay "$tmp/churn.txt"
exporter losses --replay "$tmp/losses.txt"
exporter splits --replay "$samples/splits.mthp" --speed 0.2
exporter creep --replay "$samples/creep.mthp" --speed 0.2
(IFS=,; echo "[${targets[*]}]") >"$tmp/targets.json.new"
mv "$tmp/targets.json.new" "$tmp/targets.json"

# firing: names and machines of the alerts that fire now.
firing() { api alerts | jq -r '.data.alerts[] | select(.state == "firing") | .labels | .alertname + " " + .instance' | sort -u; }
declare -A seen
wanted="MthptopChurn churn,MthptopCreep creep,MthptopLosses losses,MthptopPingPong splits,MthptopStall splits"
for _ in {1..60}; do
	while read -r alert; do
		[ "$alert" ] && seen[$alert]=1
	done < <(firing)
	[ "${seen[MthptopChurn churn]}${seen[MthptopCreep creep]}${seen[MthptopLosses losses]}" = 111 ] &&
		[ "${seen[MthptopPingPong splits]}${seen[MthptopStall splits]}" = 11 ] && break
	sleep 0.5
done
IFS=, read -ra wanted <<<"$wanted"
for alert in "${wanted[@]}"; do
	[ "${seen[$alert]}" ]
	ok $? "fires: $alert"
done
is "$(api query --data-urlencode 'query=count(up{job="mthptop"} == 1)' | jq -r '.data.result[0].value[1]')" 21 "all exporters are scraped"
is "$(api targets | jq -r '.data.activeTargets[].lastError' | sort -u)" "" "none with an error"

# Every family is there.
have=$(api label/__name__/values | jq -r '.data[]')
missing=
for family in $(sed -n 's/^\t{ "\([a-z_]*\)", TEXT_.*/\1/p' analyzer/export/families.c | grep -vE "^$absent\$"); do
	grep -qE "^$family(_bucket)?\$" <<<"$have" || missing="$missing $family"
done
is "$missing" "" "every family is scraped"

# query EXPR NAME
query() {
	local n
	n=$(api query --data-urlencode "query=$1" | jq -r 'if .status == "success" then .data.result | length else .error end')
	if [ "$n" = 0 ] && grep -qE "$absent" <<<"$1"; then
		ok 0 "$2: nothing reports $(grep -oE "$absent" <<<"$1" | head -n 1)"
		return
	fi
	[ "$n" -gt 0 ] 2>/dev/null
	ok $? "$2: $n series" || echo "# $1"
}
while IFS=$'\t' read -r title expr; do
	expr=${expr//\$__rate_interval/20s}
	expr=${expr//\$size/2097152}
	query "$(sed 's/\$[a-z]*/.*/g' <<<"$expr")" "panel $title"
done < <(jq -r '.panels[] | .title as $t | .targets[]? | [$t, .expr] | @tsv' docs/fleet/dashboard.json)
is "$(jq -r '.panels[].gridPos | select(.x + .w > 24)' docs/fleet/dashboard.json)" "" "no panel is out of the grid"
is "$(jq -r '[.panels[].id] | length - (unique | length)' docs/fleet/dashboard.json)" 0 "no two panels are one"
while read -r rule; do
	query "$rule" "recorded $rule"
done < <(sed -n 's/.*- record: //p' docs/fleet/rules.yml)

# It is over: nothing fires any more but what this machine has.
for _ in {1..80}; do
	still=$(firing)
	grep -qE '^Mthptop(Churn churn|Creep creep|Losses losses|(PingPong|Stall) splits)$' <<<"$still" || break
	sleep 0.5
done
for alert in "${wanted[@]}"; do
	! grep -qx "$alert" <<<"$still"
	ok $? "clears: $alert"
done
is "$(grep -v ' this-machine$' <<<"$still")" "" "nothing else fires"

# An exporter that is killed.
kill -KILL "${pids[-1]}"
for _ in {1..40}; do
	firing | grep -qx 'MthptopDown creep' && break
	sleep 0.5
done
like "$(firing)" '^MthptopDown creep$' "fires: an exporter is gone"
is "$(grep -vE 'level=(warn|info|debug)' "$tmp/prometheus.log")" "" "Prometheus has no complaint"

# The other way into Prometheus: node_exporter's textfile collector.
if node=$(command -v prometheus-node-exporter || command -v node_exporter); then
	mkdir "$tmp/text"
	"$m" export --replay "$samples/demo.mthp" --textfile "$tmp/text/mthptop.prom" 2>/dev/null &
	pids+=($!)
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	"$node" --collector.disable-defaults --collector.textfile --collector.textfile.directory="$tmp/text" \
		--web.listen-address="127.0.0.1:$port" >"$tmp/node.log" 2>&1 &
	pids+=($!)
	for _ in {1..100}; do
		text=$(curl -s -m 20 "http://127.0.0.1:$port/metrics")
		grep -q ^mthptop_build_info <<<"$text" && break
		sleep 0.1
	done
	like "$text" '^mthptop_build_info\{' "node_exporter passes the file on"
	like "$text" '^node_textfile_scrape_error 0$' "without an error"
else
	skip "node_exporter passes the file on" "prometheus-node-exporter is not installed"
fi
tap_done

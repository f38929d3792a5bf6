#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Metrics over real sockets and as a file: what is in them, who may ask for them how, and who cannot do harm.
#
# run: long
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP
samples=analyzer/tests/data/samples
clients=analyzer/tests/support/http_clients.py
command -v curl >/dev/null || skip_all "curl is not installed"

# start ARGS...: an exporter in the background, once it serves. $pid, $at (ADDRESS:PORT, or "")
start() {
	: >"$tmp/exp.err"
	"$m" export "$@" >"$tmp/exp.out" 2>"$tmp/exp.err" &
	pid=$! at=
	for _ in {1..200}; do
		grep -q 'serving http' "$tmp/exp.err" && break
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.05
	done
	at=$(sed -n 's/.*serving http at \([0-9.]*:[0-9]*\).*/\1/p' "$tmp/exp.err")
}
stop() {
	kill "${1:--TERM}" "$pid" 2>/dev/null
	wait "$pid"
	status=$?
	pid=
}
tap_cleanup() { [ "$pid" ] && kill "$pid"; }
# get [CURL'S OPTIONS] PATH
get() {
	local path=${*: -1}
	curl -s -m 20 "${@:1:$#-1}" "http://$at$path"
}
openmetrics=(-H 'Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1')
# rss: kB of the exporter
rss() { awk '/^VmRSS/ { print $2 }' "/proc/$pid/status"; }
fds() { find "/proc/$pid/fd" -mindepth 1 2>/dev/null | wc -l; }

run "$m" export --help
is "$status" 0 "--help"
like "$out" '--listen WHERE' "says what there is"

# A trace, as if it happened now.
start --replay "$samples/creep.mthp" --speed 0 -l 127.0.0.1:0
like "$at" '^127.0.0.1:[0-9]+$' "the exporter says where it serves"
get /metrics >"$tmp/m"
like "$(cat "$tmp/m")" '^mthptop_build_info\{version="[^"]+",kernel="6.12.117",machine="x86_64",detail="plans"\} 1$' \
	"it is the kernel of the trace"
"$m" report "$samples/creep.mthp" --format json >"$tmp/r.json"
is "$(awk '$1 ~ /^mthptop_collapses_total.*succeeded"}$/ { n += $2 } END { print n }' "$tmp/m")" \
	"$(jq .summary.collapses "$tmp/r.json")" "collapses are those of the report"
is "$(awk '$1 ~ /^mthptop_collapses_total/ && $1 !~ /succeeded"}$/ { n += $2 } END { print n + 0 }' "$tmp/m")" \
	"$(jq .summary.failures "$tmp/r.json")" "so are failures"
is "$(awk '$1 ~ /^mthptop_scans_total/ { n += $2 } END { print n }' "$tmp/m")" \
	"$(jq .summary.scans "$tmp/r.json")" "and scans"
is "$(awk '$1 ~ /^mthptop_collapsed_bytes_total/ { n += $2 } END { printf "%d", n }' "$tmp/m")" \
	"$(jq .summary.collapsed_bytes "$tmp/r.json")" "and bytes"
is "$(awk '$1 ~ /^mthptop_filled_bytes_total/ { n += $2 } END { printf "%d", n }' "$tmp/m")" \
	"$(jq .summary.filled_bytes "$tmp/r.json")" "and filled bytes"
is "$(awk '$1 == "mthptop_creep_steps_total" { print $2 }' "$tmp/m")" "$(jq .summary.creep_steps "$tmp/r.json")" "and creep"
is "$(awk '$1 ~ /^mthptop_cgroup_collapsed_bytes_total/ { n += $2 } END { printf "%d", n }' "$tmp/m")" \
	"$(jq .summary.collapsed_bytes "$tmp/r.json")" "and the sum over cgroups"
is "$(sed -n 's/^mthptop_block_occupancy_ratio_count{size="2097152"} //p' "$tmp/m")" \
	"$(jq '[.occupancy[] | select(.order == 9) | .complete] | add' "$tmp/r.json")" "and occupancy"
unlike "$(cat "$tmp/m")" '^(mthptop_khugepaged_cpu|mthptop_memory_bytes)' "what is of this machine is not exported as the trace's"
unlike "$(cat "$tmp/m")" '(comm|pid|mm|address)="' "no label is of a process"
is "$(get -D - -o /dev/null /metrics | tr -d '\r' | grep -i '^content-type')" \
	"Content-Type: text/plain; version=0.0.4; charset=utf-8" "the format is that of Prometheus"
get "${openmetrics[@]}" /metrics >"$tmp/om"
is "$(get "${openmetrics[@]}" -D - -o /dev/null /metrics | tr -d '\r' | grep -i '^content-type')" \
	"Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8" "OpenMetrics for who accepts it"
is "$(tail -n 1 "$tmp/om")" "# EOF" "with its end mark"
own='^(#|process_|mthptop_bpf_cpu)'
is "$(grep -vE "$own|_created" "$tmp/om")" "$(get /metrics | grep -vE "$own")" "with the same numbers"
is "$(grep -c '_created' "$tmp/om")" \
	"$(grep -cE '^mthptop_(scans|collapses|collapsed_bytes|filled_[a-z]*|vain_attempts|creep_[a-z_]*|censored_samples|losses)_total|^mthptop_[a-z_]*(ratio|seconds)_count' "$tmp/om")" \
	"each counter of the observation says when it began"
if python3 -c 'import prometheus_client.openmetrics.parser' 2>/dev/null; then
	run python3 -c 'import sys; from prometheus_client.openmetrics.parser import text_string_to_metric_families as f
print(len(list(f(open(sys.argv[1]).read()))))' "$tmp/om"
	is "$status" 0 "a strict reader takes it" || printf '%s\n' "$err" | tail -n 3 | sed 's/^/# /'
else
	skip "a strict reader takes it" "python3-prometheus-client is not installed"
fi
if command -v promtool >/dev/null; then
	is "$(promtool check metrics <"$tmp/m" 2>&1)" "" "promtool has no complaint"
else
	skip "promtool has no complaint" "prometheus is not installed"
fi
is "$(get -o /dev/null -w '%{http_code}' /-/healthy) $(get /-/healthy)" "200 ok" "/-/healthy"
like "$(get /)" 'href="/metrics"' "/ leads to the metrics"
is "$(get -o /dev/null -w '%{http_code}' /nowhere)" 404 "another path is not found"
is "$(get -o /dev/null -w '%{http_code}' -X POST -d x=1 /metrics)" 405 "POST is not allowed"
is "$(get -o /dev/null -w '%{http_code}' -X DELETE /metrics)" 405 "nor is DELETE"
is "$(get -I -o /dev/null -w '%{http_code}' /metrics)" 200 "HEAD is"
run timeout 20 "$m" export --replay "$samples/creep.mthp" -l "$at"
is "$status" 3 "a port that is taken"
like "$err" "^mthptop: cannot listen: $at: Address already in use" "is named"
stop
is "$status" 0 "SIGTERM ends it in order"

# Every family is described, and nothing else is.
is "$(grep -oE '^\| `(mthptop|process)_.*' docs/fleet.md | cut -d'|' -f2 | grep -oE '`[a-z_]*`' | tr -d '`' | sort)" \
	"$(sed -n 's/^\t{ "\([a-z_]*\)", TEXT_.*/\1/p' analyzer/export/families.c | sort)" "docs/fleet.md has the families"
for f in docs/fleet/{*rules*,prometheus*}.yml; do
	if ! command -v promtool >/dev/null; then
		skip "$f" "prometheus is not installed"
		continue
	fi
	case $f in
	*_test.yml) cmd=(test rules) ;;
	*/rules.yml) cmd=(check rules) ;;
	*-agent.yml) cmd=(check config --agent) ;;
	*) cmd=(check config) ;;
	esac
	run timeout 60 promtool "${cmd[@]}" "$f"
	is "$status" 0 "$f" || printf '%s\n' "$out" "$err" | sed 's/^/# /'
done
for alert in $(sed -n 's/.*- alert: //p' docs/fleet/rules.yml); do
	grep -q "^## $alert$" docs/fleet/runbook.md && grep -qi "runbook.md#$alert" docs/fleet/rules.yml
	ok $? "the runbook has $alert"
	is "$(sed -n "/^## $alert$/,/^## /p" docs/fleet/runbook.md | grep -oE '^- (Look|Do):' | paste -sd' ')" "- Look: - Do:" \
		"it says of $alert what to look at and what to do"
	grep -q "alertname: $alert$" docs/fleet/rules_test.yml
	ok $? "rules_test.yml has $alert"
done

# The time of a trace passes as time does.
start --replay "$samples/demo.mthp" --speed 5 -l 127.0.0.1:0
scans_now() { get /metrics | awk '$1 ~ /^mthptop_scans_total/ { n += $2 } END { print n + 0 }'; }
# risen FROM: how many once they are more than FROM.
risen() {
	local n
	for _ in {1..200}; do
		n=$(scans_now)
		[ "$n" -gt "$1" ] && break
		sleep 0.1
	done
	echo "$n"
}
one=$(scans_now)
two=$(risen "$one")
three=$(risen "$two")
"$m" report "$samples/demo.mthp" --format json >"$tmp/r.json"
[ "$one" -lt "$two" ] && [ "$two" -lt "$three" ]
ok $? "counters rise with the trace: $one, $two, $three"
all=$(jq .summary.scans "$tmp/r.json")
is "$(risen $((all - 1)))" "$all" "up to its end"
stop

# What does not go.
for bad in 127.0.0.1 127.0.0.1: 127.0.0.1:x 127.0.0.1:99999999 localhost:1 ::1:99 '[::1:9' unix: :1; do
	run timeout 20 "$m" export -l "$bad"
	is "$status" 2 "--listen $bad is a usage error"
done
run timeout 20 "$m" export --replay "$tmp/no.mthp" -l 127.0.0.1:0
is "$status" 3 "a trace that is not there"
run timeout 20 "$m" export --cgroups 257
is "$status" 2 "more cgroups than there may be"
run timeout 20 "$m" export --textfile "$tmp/no/folder.prom" --replay "$samples/demo.mthp"
is "$status" 3 "a textfile in no folder"
like "$err" "^mthptop: cannot write metrics: $tmp/no/folder.prom: No such file" "is named"
run timeout 20 "$m" export --textfile "$tmp" --replay "$samples/demo.mthp"
is "$status" 3 "a textfile that is a folder"

if [ "$(id -u)" = 0 ]; then
	mkdir "$tmp/closed"
	run as_user timeout 20 "$m" export --textfile "$tmp/closed/f.prom" --replay "$samples/demo.mthp"
	is "$status" 3 "a textfile in a folder of somebody else"
	like "$err" "^mthptop: cannot write metrics: $tmp/closed/f.prom: Permission denied" "is named"
else
	skip "a textfile in a folder of somebody else" "not root"
fi

# What a kernel does not report is absent, and never 0.
start --replay analyzer/tests/data/captures/6.12.report.gz --speed 0 -l 127.0.0.1:0
get /metrics >"$tmp/m"
is "$(sed -n 's/^mthptop_capability{what="\([a-z]*\)",source="[a-z]*"} 1$/\1/p' "$tmp/m" | paste -sd' ')" "outcome fill duration" "capabilities of a text of Linux 6.12" ||
	grep ^mthptop_capability "$tmp/m" | sed 's/^/# /'
unlike "$(cat "$tmp/m")" '^mthptop_(vain|creep|collapse_stall|splits|pingpong|thp_|vmstat|cgroup|memory)' "what it does not have is absent"
stop

# Sockets of the file system.
sock=$tmp/s
start --replay "$samples/demo.mthp" -l "unix:$sock"
like "$(curl -s --unix-socket "$sock" http://x/metrics)" '^mthptop_build_info' "a socket of the file system"
is "$(stat -c %a "$sock")" 660 "which not everybody may open"
run timeout 20 "$m" export --replay "$samples/demo.mthp" -l "unix:$sock"
is "$status" 3 "one that another exporter listens to"
like "$err" 'Address already in use' "says so"
stop
[ ! -e "$sock" ]
ok $? "goes with the exporter"
start --replay "$samples/demo.mthp" -l "unix:$sock"
stop -KILL
[ -S "$sock" ]
ok $? "a killed exporter leaves its socket"
start --replay "$samples/demo.mthp" -l "unix:$sock"
like "$(curl -s --unix-socket "$sock" http://x/metrics)" '^mthptop_build_info' "the next one takes its place"
stop
# Who connects before the exporter serves waits, and is answered. A trace that does not come holds up its start.
mkfifo "$tmp/slow"
: >"$tmp/exp.err"
"$m" export --replay "$tmp/slow" --speed 0 -l "unix:$sock" 2>"$tmp/exp.err" &
pid=$!
# 7: nobody listens yet.
for _ in {1..600}; do
	curl -s -m 120 --unix-socket "$sock" http://x/metrics >"$tmp/early"
	[ $? = 7 ] || break
	sleep 0.05
done &
client=$!
for _ in {1..200}; do [ -S "$sock" ] && break; sleep 0.05; done
sleep 0.5
is "$(cat "$tmp/exp.err")" "" "a scrape during the start comes before the exporter serves"
kill -0 $client
ok $? "and waits"
zcat analyzer/tests/data/captures/6.12.report.gz >"$tmp/slow"
wait $client
like "$(cat "$tmp/early")" '^mthptop_collapses_total\{.*succeeded"\} [1-9]' "and is answered in full"
stop
echo precious >"$tmp/file"
run timeout 20 "$m" export --replay "$samples/demo.mthp" -l "unix:$tmp/file"
is "$status $(cat "$tmp/file")" "3 precious" "a file that is no socket stays"

# Sockets of a service manager, and what it is told.
if command -v systemd-socket-activate >/dev/null; then
	systemd-socket-activate -l "$tmp/a" "$m" export --replay "$samples/demo.mthp" 2>/dev/null &
	pid=$!
	for _ in {1..100}; do [ -S "$tmp/a" ] && break; sleep 0.05; done
	like "$(curl -s -m 20 --unix-socket "$tmp/a" http://x/metrics)" '^mthptop_build_info' "a passed socket is served"
	stop
else
	skip "a passed socket is served" "systemd-socket-activate is not installed"
fi
if command -v socat >/dev/null; then
	socat -u "UNIX-RECV:$tmp/notify" "OPEN:$tmp/told,creat" &
	told=$!
	for _ in {1..100}; do [ -S "$tmp/notify" ] && break; sleep 0.05; done
	# As that of systemd: the exporter is nobody.
	chmod 777 "$tmp/notify"
	NOTIFY_SOCKET=$tmp/notify WATCHDOG_USEC=200000 start --replay "$samples/demo.mthp" -l 127.0.0.1:0
	sleep 0.5
	stop
	sleep 0.2
	kill $told
	like "$(cat "$tmp/told")" '^READY=1(WATCHDOG=1)+STOPPING=1$' "a service manager hears of start, life and end"
else
	skip "a service manager hears of start, life and end" "socat is not installed"
fi

# The file for node_exporter.
f=$tmp/prom/mthptop.prom
mkdir "$tmp/prom"
"$m" export --textfile "$f" -d 1 --replay "$samples/creep.mthp" --speed 0 2>"$tmp/exp.err" &
pid=$!
for _ in {1..100}; do [ -s "$f" ] && break; sleep 0.05; done
is "$(stat -c %a "$f")" 644 "the file can be read by all"
is "$(grep -c . <(cd "$tmp/prom" && ls -A))" 1 "nothing is beside it"
like "$(cat "$f")" '^mthptop_creep_steps_total 26$' "the metrics are in it"
unlike "$(cat "$f")" '_created|# EOF' "in the format of Prometheus"
like "$(ss -ltnp 2>/dev/null | grep -c "pid=$pid,")" '^0$' "no port is open"
run timeout 20 "$m" export --textfile "$f" --replay "$samples/demo.mthp"
is "$status" 3 "a second exporter does not write it"
like "$err" 'another exporter writes it' "and says why"
old=$(stat -c %i "$f")
sleep 1.5
[ "$(stat -c %i "$f")" != "$old" ]
ok $? "it is replaced as a whole"
stop
is "$status $(ls -A "$tmp/prom")" "0 " "and removed in the end"
small=
[ "$(id -u)" = 0 ] && mount -t tmpfs -o size=128k nodev "$tmp/prom" 2>/dev/null && small=1
tap_cleanup() {
	[ "$pid" ] && kill "$pid"
	[ "$small" ] && umount -l "$tmp/prom"
}
# A folder that can no longer be written to: said once, and the exporter goes on.
"$m" export --textfile "$f" -d 1 --replay "$samples/creep.mthp" 2>"$tmp/exp.err" &
pid=$!
for _ in {1..100}; do [ -s "$f" ] && break; sleep 0.05; done
chmod 555 "$tmp/prom"
for _ in {1..100}; do [ -s "$tmp/exp.err" ] && break; sleep 0.1; done
sleep 2.2
is "$(grep -c "cannot write metrics: $f: Permission denied" "$tmp/exp.err")" 1 "a folder that is closed later is reported, once"
old=$(stat -c %i "$f")
chmod 755 "$tmp/prom"
for _ in {1..100}; do [ "$(stat -c %i "$f")" != "$old" ] && break; sleep 0.1; done
[ "$(stat -c %i "$f")" != "$old" ]
ok $? "and written to again when it can be"
stop
is "$status $(ls -A "$tmp/prom")" "0 " "with an end in order"
echo left >"$f.tmp"
"$m" export --textfile "$f" -d 1 --replay "$samples/creep.mthp" 2>"$tmp/exp.err" &
pid=$!
for _ in {1..100}; do [ -s "$f" ] && break; sleep 0.05; done
is "$(ls -A "$tmp/prom")" mthptop.prom "one that was left half written is no obstacle"
if [ "$small" ]; then
	dd if=/dev/zero of="$tmp/prom/full" bs=4k 2>/dev/null
	sleep 2.5
	is "$(grep -c "cannot write metrics: $f: No space left" "$tmp/exp.err")" 1 "a full disk is reported, once"
	is "$(ls -A "$tmp/prom" | paste -sd' ')" "full mthptop.prom" "nothing half written stays"
	like "$(cat "$f")" '^mthptop_losses_total' "and the last whole file does"
	rm "$tmp/prom/full"
	old=$(stat -c %i "$f")
	sleep 1.5
	[ "$(stat -c %i "$f")" != "$old" ]
	ok $? "it goes on when there is room"
else
	skip "a full disk is reported" "cannot mount a small one"
fi
stop
[ "$small" ] && umount "$tmp/prom"
small=

# Who means no good: as many as will, and the exporter neither grows nor keeps anybody waiting.
start --replay "$samples/creep.mthp" --speed 0 -l 127.0.0.1:0
host=${at%:*} port=${at#*:}
get /metrics >/dev/null
before_fds=$(fds)
coproc idle { ulimit -n 4096; exec python3 "$clients" idle "$host" "$port" 1000; }
read -r -t 30 ready <&"${idle[0]}"
is "$ready" ready "a thousand idle connections"
[ "$(get -o /dev/null -w '%{time_total}' /metrics | tr -d .)" -lt 1000000 ]
ok $? "do not keep others waiting"
[ "$(rss)" -lt 65536 ]
ok $? "and cost little: $(rss) kB"
sleep 7
echo >&"${idle[1]}"
read -r -t 30 gone <&"${idle[0]}"
is "$gone" 1000 "and are closed"
wait "$idle_PID" 2>/dev/null
coproc reader { ulimit -n 4096; exec python3 "$clients" reader "$host" "$port" 300; }
read -r -t 30 ready <&"${reader[0]}"
sleep 1
[ "$(rss)" -lt 65536 ]
ok $? "clients that do not read: $(rss) kB"
python3 "$clients" loris "$host" "$port" 50 >"$tmp/loris" &
loris=$!
sleep 2
like "$(get /metrics)" '^mthptop_build_info' "clients that send a byte now and then do not hold up others"
wait $loris
is "$(cat "$tmp/loris")" 50 "and are cut off after ten seconds"
echo >&"${reader[1]}" 
wait "$reader_PID" 2>/dev/null
answered=$(python3 "$clients" garbage "$host" "$port" "${GARBAGE:-300}")
[ "$answered" -gt 50 ]
ok $? "garbage is answered: $answered times"
sleep 6
get /metrics >/dev/null
is "$(fds)" "$before_fds" "no descriptor is left open"
[ "$(rss)" -lt 65536 ]
ok $? "$(rss) kB in the end"
stop
is "$status" 0 "and it ends in order"

# The kernel of this machine.
start -l 127.0.0.1:0
if ! grep -q 'only the kernel' "$tmp/exp.err"; then
	is "$(grep -E 'Cap(Eff|Prm)' "/proc/$pid/status" | tr -d '\t' | paste -sd' ')" \
		"CapPrm:0000000000000000 CapEff:0000000000000000" "the exporter goes on without any capability"
	if [ "$(id -u)" = 0 ]; then
		like "$(tr -s '\t' ' ' <"/proc/$pid/status")" '^Uid: 65534 65534' "as nobody"
		like "$(tr -s '\t' ' ' <"/proc/$pid/status")" '^Seccomp: 2$' "with few system calls"
	fi
fi
get /metrics >"$tmp/m"
if command -v promtool >/dev/null; then
	is "$(promtool check metrics <"$tmp/m" 2>&1)" "" "promtool has no complaint about this machine"
fi
is "$(sed -n 's/^mthptop_memory_bytes{kind="anon",pages="all"} //p' "$tmp/m" | grep -c .)" 1 "memory of the machine"
[ "$(wc -c <"$tmp/m")" -lt 300000 ]
ok $? "a scrape has $(wc -c <"$tmp/m") bytes"
[ "$(rss)" -lt 24576 ]
ok $? "in $(rss) kB"
sleep 1.1
ms=$(get -o /dev/null -w '%{time_total}' /metrics)
ok 0 "and takes $ms s"
stop
# Nothing is observed: an ordinary user, or a kernel without BPF.
chmod 755 "$tmp"
: >"$tmp/exp.err"
# A function in the background would be a shell that outlives its child.
as_user=()
[ "$(id -u)" = 0 ] && as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all)
"${as_user[@]}" "$m" export -l 127.0.0.1:0 2>"$tmp/exp.err" &
pid=$!
for _ in {1..100}; do grep -q 'serving http' "$tmp/exp.err" && break; sleep 0.05; done
at=$(sed -n 's/.*serving http at \([0-9.]*:[0-9]*\).*/\1/p' "$tmp/exp.err")
like "$(cat "$tmp/exp.err")" 'only the kernel.s settings and counters are exported' "without rights the rest is exported"
get /metrics >"$tmp/m"
like "$(grep ^mthptop_cap "$tmp/m")" '^mthptop_capability\{what="outcome",source="none"\} 0$' "and the metrics say so"
like "$(cat "$tmp/m")" '^mthptop_setting_info' "settings are there"
unlike "$(cat "$tmp/m")" '^mthptop_(scans|collapses|filled|creep|losses|cgroup_collapsed)' "what was not observed is absent, not 0"
stop

# BPF is refused to root, too, in many containers.
if [ "$(id -u)" = 0 ]; then
	setpriv --bounding-set=-bpf,-perfmon,-sys_admin --inh-caps=-all "$m" export -l 127.0.0.1:0 2>"$tmp/exp.err" &
	pid=$!
	for _ in {1..200}; do grep -q 'serving http' "$tmp/exp.err" && break; sleep 0.05; done
	at=$(sed -n 's/.*serving http at \([0-9.]*:[0-9]*\).*/\1/p' "$tmp/exp.err")
	get /metrics >"$tmp/m"
	is "$(grep -c 'only the kernel.s settings and counters are exported' "$tmp/exp.err")" 1 "where BPF is refused to root, the rest is exported"
	like "$(grep ^mthptop_cap "$tmp/m")" '^mthptop_capability\{what="outcome",source="none"\} 0$' "the metrics say so"
	like "$(cat "$tmp/m")" '^mthptop_(vmstat_thp_total|memory_bytes)\{' "/proc is read"
	like "$(cat "$tmp/m")" '^mthptop_setting_info' "and /sys"
	unlike "$(cat "$tmp/m")" '^mthptop_(scans|collapses|filled|creep|losses)' "nothing is 0 that is unknown"
	stop
	is "$status" 0 "with an end in order"
else
	skip "where BPF is refused to root, the rest is exported" "not root"
fi

# Its counters are those of a recording of the same time.
${CC:-gcc} -O2 -o "$tmp/collapse" bpf/tests/collapse.c || exit 1
"$tmp/collapse" >/dev/null
group=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)/mthptop-export-$$
if [ $? = 3 ] || ! mkdir "$group" 2>/dev/null; then
	skip "counters equal a recording" "no MADV_COLLAPSE, or no cgroup v2 hierarchy to write to"
	tap_done
fi
# The kernel takes any byte but "/", NUL and a newline.
hostile=$group/$'e\e[2Jvil"} 1\r# EOF'
mkdir "$hostile" "$group/plain"
tap_cleanup() {
	[ "$pid" ] && kill "$pid"
	rmdir "$group"/*/ "$group"
}
kernel_lock
start -l 127.0.0.1:0 --cgroup "/${group##*/}"
if grep -q 'cannot observe' "$tmp/exp.err"; then
	skip "counters equal a recording" "cannot observe this kernel"
	tap_done
fi
run "$m" record -o "$tmp/t.mthp" --json --cgroup "/${group##*/}" -- bash -c '
	(echo 0 >"$1/cgroup.procs"; "$0" full 3 half 2)
	(echo 0 >"$2/cgroup.procs"; "$0" full 5)' "$tmp/collapse" "$hostile" "$group/plain"
sed -n '/^{/,$p' <<<"$out" >"$tmp/r.json"
sleep 1.1
get /metrics >"$tmp/m"
[ "$(jq .summary.collapses "$tmp/r.json")" -ge 10 ]
ok $? "a recording beside the exporter: $(jq -c '.summary | [.scans, .collapses, .failures, .filled_bytes]' "$tmp/r.json")"
sum() { awk -v name="$1" 'index($1, name "{") == 1 { n += $NF } END { printf "%d", n }' "$tmp/m"; }
is "$(sum mthptop_scans_total)" "$(jq .summary.scans "$tmp/r.json")" "counters equal a recording: scans"
is "$(sum mthptop_collapses_total)" "$(jq '.summary.collapses + .summary.failures' "$tmp/r.json")" "collapses"
is "$(sum mthptop_collapsed_bytes_total)" "$(jq .summary.collapsed_bytes "$tmp/r.json")" "bytes"
is "$(sum mthptop_filled_bytes_total)" "$(jq .summary.filled_bytes "$tmp/r.json")" "filled bytes"
is "$(sum mthptop_collapse_duration_seconds_count)" "$(jq '[.durations[].count] | add' "$tmp/r.json")" "durations"
is "$(grep -c '^mthptop_cgroup_collapsed_bytes_total' "$tmp/m")" 3 "two cgroups and the rest"
like "$(grep '^mthptop_cgroup_collapsed' "$tmp/m")" \
	'cgroup="escaped:/mthptop-export-[0-9]*/e\\\\x1b\[2Jvil\\"} 1\\\\x0d# EOF"} [1-9]' "a hostile name is escaped"
if command -v promtool >/dev/null; then
	is "$(promtool check metrics <"$tmp/m" 2>&1)" "" "and does no harm"
fi
get "${openmetrics[@]}" /metrics >"$tmp/om"
is "$(grep -c '^# EOF' "$tmp/om")" 1 "nor in OpenMetrics"
stop
tap_done

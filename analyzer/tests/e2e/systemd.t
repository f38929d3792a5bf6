#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The units: systemd understands them, they expose little, and the rights that they leave are enough.
. "$(dirname "$0")/../support/tap.sh"

command -v systemd-analyze >/dev/null || skip_all "systemd is not installed"
for unit in analyzer/systemd/*.service analyzer/systemd/*.socket; do
	sed "s,@bindir@,$(dirname "$MTHPTOP")," "$unit" >"$tmp/${unit##*/}"
done
for unit in "$tmp"/*.service "$tmp"/*.socket; do
	# The man page may not be installed here.
	is "$(systemd-analyze verify --man=no "$unit" 2>&1 | grep -F "${unit##*/}")" "" "${unit##*/} is understood"
done
for unit in "$tmp"/*.service; do
	run systemd-analyze security --offline=yes --threshold=20 "$unit"
	is "$status" 0 "${unit##*/}: $(grep -o 'Overall exposure level.*: [0-9.]*' <<<"$out" | grep -o '[0-9.]*$'), at most 2.0"
done
if systemd-sysusers --help 2>/dev/null | grep -q -- --dry-run; then
	run systemd-sysusers --dry-run "$PWD/analyzer/systemd/mthptop.sysusers"
	is "$status" 0 "the user is understood"
fi

# What the unit for metrics leaves is enough to observe.
sed -n 's/^AmbientCapabilities=//p' analyzer/systemd/mthptop-export.service | tr 'A-Z ' 'a-z\n' | sed 's/^cap_/+/' |
	paste -sd, >"$tmp/caps"
caps=$(cat "$tmp/caps")
if [ "$(id -u)" != 0 ] || ! "$MTHPTOP" record -o "$tmp/t.mthp" -d 0.1 2>/dev/null; then
	skip "the capabilities of the unit are enough" "this machine cannot be observed"
	tap_done
fi
unshare -m sh -c 'mountpoint -q /sys/kernel/tracing || mount -t tracefs nodev /sys/kernel/tracing
	exec setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps="$1" --ambient-caps="$1" --bounding-set=-all,"$1" \
	timeout 10 "$0" export -l 127.0.0.1:0' "$MTHPTOP" "$caps" 2>"$tmp/err"
like "$(cat "$tmp/err")" 'serving http' "the exporter starts as a user with $caps"
unlike "$(cat "$tmp/err")" 'cannot observe|only the kernel' "and observes"
tap_done

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

# The calls that a unit allows have all that mthptop leaves itself, and those with which it leaves the others.
group() { # NAME
	local name
	systemd-analyze syscall-filter "$1" | sed -n 's/^    \([@a-z_]\)/\1/p' | while read -r name; do
		case $name in
		@*) group "$name" ;;
		*) echo "$name" ;;
		esac
	done
}
group @system-service | sort -u >"$tmp/allowed"
for name in @resources @privileged; do group "$name"; done | sort -u | comm -23 "$tmp/allowed" - >"$tmp/left"
{
	sed -n '/^static const char \*const calls/,/^};/s/.*"\(.*\)",/\1/p' analyzer/lib/confine.c
	echo bpf perf_event_open capset landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp | tr ' ' '\n'
} | sort -u >"$tmp/needed"
for unit in record export; do
	sed -n 's/^SystemCallFilter=\([a-z].*\)/\1/p' "analyzer/systemd/mthptop-$unit.service" | tr ' ' '\n' |
		sort -u - "$tmp/left" | comm -13 - "$tmp/needed" >"$tmp/lacking"
	# Under sudo a file is given to the caller: not here.
	is "$(paste -sd' ' "$tmp/lacking")" fchown "mthptop-$unit.service: all calls that it needs are allowed"
done

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

# The command of the flight recorder, with its defaults, as this user and into its folder.
mkdir -m 750 "$tmp/state"
chown 65534:65534 "$tmp/state"
unit=analyzer/systemd/mthptop-record.service
caps=$(sed -n 's/^AmbientCapabilities=//p' "$unit" | tr 'A-Z ' 'a-z\n' | sed 's/^cap_/+/' | paste -sd,)
sed -n 's/^Environment=//p' "$unit" | tr ' ' '\n' >"$tmp/env"
# shellcheck disable=SC2046
unshare -m env $(cat "$tmp/env") STATE_DIRECTORY="$tmp/state" MTHPTOP_RECORD_OPTIONS="-d 1" bash -c '
	mountpoint -q /sys/kernel/tracing || mount -t tracefs nodev /sys/kernel/tracing
	eval "set -- \"\$1\" $(sed -n "s/^ExecStart=.bindir.\/mthptop //p" "$2")"
	caps=$1
	shift
	umask 027
	exec setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps="$caps" --ambient-caps="$caps" \
		--bounding-set=-all,"$caps" "$0" "$@"' "$MTHPTOP" "$caps" "$unit" >"$tmp/out" 2>"$tmp/err"
is "$?" 0 "the flight recorder records as a user with $caps" || sed 's/^/# /' "$tmp/err"
like "$(cat "$tmp/err")" "in 1 files, 0 old ones removed: $tmp/state/thp-\*.mthp: nothing lost" "into its state folder"
is "$(stat -c '%U %a' "$tmp/state"/thp-00000001-*.mthp)" "nobody 600" "files that only it reads"
tap_done

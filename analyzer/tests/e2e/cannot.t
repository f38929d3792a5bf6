#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Machines that cannot be observed, imitated on this one: the error names the missing part, exit status 3.
#
# run: alone
. "$(dirname "$0")/../support/tap.sh"

[ "$(id -u)" = 0 ] || skip_all "not root: other machines cannot be made out of this one"
unshare -m true 2>/dev/null || skip_all "mount namespaces are not allowed here"
run "$MTHPTOP" -b -n 1 -d 0.1
[ "$status" = 0 ] || skip_all "this machine itself cannot be observed: $err"

# hide FOLDER CMD...: runs CMD with an empty FOLDER.
hide() {
	timeout 20 unshare -m sh -c '
		[ -e "$0" ] || mount -t tracefs nodev /sys/kernel/tracing
		mount -t tmpfs none "$0" && exec "$@"' "$@"
}

# The same for the whole folder: tracefs can also be reached through debugfs.
cat >"$tmp/hide_more" <<'END'
#!/bin/sh
mount -t tmpfs none /sys/kernel/debug 2>/dev/null
exec "$@"
END
chmod +x "$tmp/hide_more"
PATH=$tmp:$PATH

# without LIST CMD...: runs CMD as root, permanently without these capabilities.
without() {
	local list=$1
	shift
	timeout 20 setpriv --bounding-set "$list" --inh-caps "$list" "$@"
}

# cannot NAME REGEX CMD...
cannot() {
	local name=$1 regex=$2
	shift 2
	run "$@"
	is "$status" 3 "$name: exit status"
	is "$(wc -l <"$tmp/.err")$out" 1 "$name: one line and no data"
	like "$err" "^mthptop: .*$regex" "$name: says what is missing" || true
}

for cmd in "-b -n 1" "record -o $tmp/t.mthp -d 0.1"; do
	cannot "no BTF ($cmd)" 'btf.*\(needs .*CONFIG_DEBUG_INFO_BTF\)' \
		hide /sys/kernel/btf "$MTHPTOP" $cmd
	cannot "no tracepoints ($cmd)" 'huge_memory.*not in this kernel \(needs ' \
		hide /sys/kernel/tracing/events/huge_memory "$MTHPTOP" $cmd
	cannot "no capability at all ($cmd)" 'needs CAP_BPF and CAP_PERFMON' \
		without -bpf,-perfmon,-sys_admin "$MTHPTOP" $cmd
	cannot "no CAP_PERFMON ($cmd)" 'needs CAP_PERFMON' \
		without -perfmon,-sys_admin "$MTHPTOP" $cmd
	cannot "no CAP_BPF ($cmd)" 'needs CAP_BPF' without -bpf,-sys_admin "$MTHPTOP" $cmd
done
[ ! -e "$tmp/t.mthp" ]
ok $? "a recording that cannot start leaves no file"

# tracefs is not mounted: mthptop mounts it privately, or names it as missing.
run hide /sys/kernel/tracing "$MTHPTOP" -b -n 1 -d 0.1
is "$status$err" 0 "root needs no mounted tracefs"
cannot "no tracefs, and no right to mount it" 'tracefs.*\(' \
	hide /sys/kernel/tracing hide_more setpriv --bounding-set -sys_admin --inh-caps -sys_admin \
	"$MTHPTOP" -b -n 1

cannot "no transparent huge pages" 'CONFIG_TRANSPARENT_HUGEPAGE' \
	hide /sys/kernel/mm/transparent_hugepage "$MTHPTOP" demo

# Settings that cannot be changed, or not be restored reliably: scenarios without them still run.
run timeout 20 unshare -m sh -c 'mount --bind /sys/kernel/mm /sys/kernel/mm &&
	mount -o remount,bind,ro /sys/kernel/mm && exec "$0" demo full full-mad' "$MTHPTOP"
is "$status" 0 "the demo runs with a read-only sysfs"
like "$out" '^full .* left out .*cannot be changed: Read-only file system' "the demo leaves out scenarios that change settings"
like "$out" '^full-mad .* ok ' "the demo runs the other scenarios"
run timeout 20 unshare -m sh -c 'mount -t tmpfs -o ro none /run && exec "$0" demo full full-mad' \
	"$MTHPTOP"
is "$status" 0 "the demo runs with a read-only /run"
like "$err" '^mthptop: cannot make sure that settings are restored: /run/.*: Read-only file system$' "says so"
like "$out" '^full .* left out .*cannot make sure that settings are restored' "the demo changes no setting"

run hide /sys/kernel/btf "$MTHPTOP" report analyzer/tests/data/samples/demo.mthp
is "$status$err" 0 "a trace is read where nothing can be observed"

if [[ -w /sys/kernel/security/lockdown ]]; then
	skip "locked-down kernel" "locking this kernel down cannot be undone"
else
	skip "locked-down kernel" "this kernel has no lockdown"
fi

# Limits and rights that are there and do not count: looked up, and named.
cannot "too few descriptors" 'Too many open files \(RLIMIT_NOFILE is 24: raise it to 128\)' \
	prlimit --nofile=24 "$MTHPTOP" -b -n 1
cannot "too little memory" 'Cannot allocate memory \(RLIMIT_DATA is 10000000: raise it\)' prlimit --data=10000000 "$MTHPTOP" -b -n 1
# However much memory there is: every call that it does not suffice for names the limit, libbpf's among them.
worked=0 mute='' loads=0
for mb in {8..40}; do
	run prlimit --data=${mb}000000 "$MTHPTOP" -b -n 1 -d 0.1
	[ "$status" = 0 ] && worked=1 && break
	[[ $err == *"cannot load BPF programs: "* ]] && ((loads++))
	[[ $err == *"(RLIMIT_DATA is ${mb}000000: raise it)" ]] || mute+="$mb MB: $err"$'\n'
done
is "$worked$mute" 1 "every limit of memory that is too small is named"
[ "$loads" -gt 0 ]
ok $? "also where it suffices for all but the loading of programs"
if unshare -U -r true 2>/dev/null; then
	cannot "root of a user namespace" 'the rights of a user namespace do not count: run outside of it' unshare -U -r "$MTHPTOP" -b -n 1
else
	skip "root of a user namespace" "there are none here"
fi
tap_done

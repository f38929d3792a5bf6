#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The DaemonSet of docs/fleet: it is what Kubernetes reads, each right in it is needed, and they are enough: the exporter runs with
# them here, in namespaces and with mounts as a container has them. And the recipes of images.
. "$(dirname "$0")/../support/tap.sh"

yml=docs/fleet/daemonset.yml
python3 -c 'import yaml' 2>/dev/null || skip_all "python3-yaml is not installed"
python3 - "$yml" >"$tmp/facts" 2>"$tmp/err" <<'END'
import sys, yaml
d = yaml.safe_load(open(sys.argv[1]))
pod = d['spec']['template']['spec']
(c,) = pod['containers']
sec = c['securityContext']
vols = {v['name']: v['hostPath'] for v in pod['volumes']}
def say(k, v): print(k, v)
say('kind', d['apiVersion'] + ' ' + d['kind'])
say('selector', d['spec']['selector']['matchLabels'] == d['spec']['template']['metadata']['labels'])
say('keys', ' '.join(sorted(set(pod) - {'containers', 'volumes', 'tolerations'})))
say('container', ' '.join(sorted(c)))
say('security', ' '.join(sorted(sec)))
say('token', pod['automountServiceAccountToken'])
say('hostpid', str(pod.get('hostPID', False)).lower())
say('args', ' '.join(c['args']))
say('port', [p['containerPort'] for p in c['ports'] if p['name'] == c['readinessProbe']['httpGet']['port']][0])
say('probe', c['readinessProbe']['httpGet']['path'])
say('uid', sec['runAsUser'])
say('safe', sec['allowPrivilegeEscalation'] is False and sec['readOnlyRootFilesystem'] is True and
    sec['seccompProfile'] == {'type': 'RuntimeDefault'} and sec['capabilities']['drop'] == ['ALL'])
say('caps', ' '.join(x.lower() for x in sec['capabilities']['add']))
say('mib', c['resources']['limits']['memory'].removesuffix('Mi'))
say('mounts', ' '.join('%s=%s' % (m['mountPath'], vols[m['name']]['path']) for m in c['volumeMounts'] if m['readOnly'] is True))
say('nr', len(c['volumeMounts']) == len(vols))
END
is "$?" 0 "the DaemonSet is read" || { sed 's/^/# /' "$tmp/err"; tap_done; }
fact() { sed -n "s/^$1 //p" "$tmp/facts"; }
is "$(fact kind) $(fact selector) $(fact nr)" "apps/v1 DaemonSet True True" "it is one, and its parts fit together"
is "$(fact keys)" "automountServiceAccountToken hostPID" "the pod has no rights but these"
is "$(fact container)" "args image name ports readinessProbe resources securityContext volumeMounts" "nor the container"
is "$(fact security)" "allowPrivilegeEscalation capabilities readOnlyRootFilesystem runAsUser seccompProfile" "of these kinds"
is "$(fact token) $(fact safe)" "False True" "no token, no further rights, nothing to write to"
is "$(fact mounts)" "/sys/kernel/tracing=/sys/kernel/tracing /sys/fs/cgroup=/sys/fs/cgroup" "it is given two folders to read"
# Each line of it is in the docs.
for word in $(fact caps | tr a-z A-Z) hostPID automountServiceAccountToken allowPrivilegeEscalation readOnlyRootFilesystem \
	seccompProfile runAsUser readinessProbe tolerations limits /sys/kernel/tracing /sys/fs/cgroup; do
	grep -q "^| .*\`[^|]*$word" docs/fleet.md
	ok $? "docs/fleet.md says why: $word"
done

# Images: what is copied lies beside the recipe, and no step needs a network.
for file in docs/fleet/Containerfile docs/fleet/Containerfile.static; do
	is "$(grep -E '^(ADD|RUN .*(apt|curl|wget|pip)|COPY .*http)' "$file")" "" "${file##*/}: nothing is downloaded"
	like "$(grep -oE '^[A-Z]+' "$file" | paste -sd' ')" '^(ARG )?FROM COPY (RUN|USER) ENTRYPOINT$' "${file##*/}: its steps"
done

[ "$(id -u)" = 0 ] && "$MTHPTOP" record -o "$tmp/t.mthp" -d 0.1 2>/dev/null || {
	skip "it runs with these rights" "this machine cannot be observed"
	tap_done
}
cgroup2=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
[ "$cgroup2" ] && unshare -mniuC true 2>/dev/null || { skip "it runs with these rights" "no namespaces, or no cgroup2"; tap_done; }
${CC:-gcc} -O2 -o "$tmp/collapse" bpf/tests/collapse.c || exit 1
install -m 755 "$MTHPTOP" "$tmp/mthptop"

# pod NAME HOSTPID CAPS MOUNTS: runs it so; its metrics are in NAME.metrics, its status in NAME.status, messages in NAME.err.
pod() {
	local ns=-mniuC
	[ "$2" = true ] || ns="${ns}pf --mount-proc"
	# shellcheck disable=SC2086
	timeout 120 unshare $ns bash -c '
		tmp=$1 name=$2 caps=$3 mounts=$4 cgroup2=$5 args=$6 probe=$7
		mount --make-rprivate /
		mount --bind "$tmp" "$tmp"
		cd "$tmp" && mkdir -p host/tracing host/cgroup || exit 1
		mountpoint -q /sys/kernel/tracing && mount --bind /sys/kernel/tracing host/tracing || mount -t tracefs none host/tracing
		mount --bind "$cgroup2" host/cgroup
		while umount -R -l /sys 2>/dev/null; do :; done
		mount -t sysfs -o ro none /sys
		mount -o remount,bind,ro /
		for m in $mounts; do
			mount --bind host/"${m##*/}" "$m" && mount -o remount,bind,ro "$m"
		done
		umount host/tracing host/cgroup
		ip link set lo up
		set -- $args
		setpriv --no-new-privs --bounding-set="-all$caps" --inh-caps=-all "$tmp/mthptop" "$@" 2>"$name.err" &
		for i in $(seq 300); do
			curl -sf "http://127.0.0.1:9925$probe" >/dev/null && break
			kill -0 $! 2>/dev/null || exit 0
			sleep 0.1
		done
		"$tmp/collapse" full 3 >/dev/null
		sleep 2
		curl -s http://127.0.0.1:9925/metrics >"$name.metrics"
		cat "/proc/$!/status" >"$name.status"
		kill $!
		wait' _ "$tmp" "$1" "$3" "$4" "$cgroup2" "$(fact args)" "$(fact probe)"
}
caps=$(fact caps | sed 's/^/ /; s/ /,+/g')
mounts=$(fact mounts | tr ' ' '\n' | cut -d= -f1 | paste -sd' ')
# What a pod reaches, in words.
reaches() {
	local f=$tmp/$1
	: >>"$f.metrics"
	: >>"$f.status"
	[ "$(sed -n 's/^mthptop_capability{what="outcome",source="[^"]*"} //p' "$f.metrics")" = 1 ] && printf 'observes '
	grep -q '^mthptop_collapsed_bytes_total' "$f.metrics" && printf 'counts '
	grep -q '^mthptop_cgroup_collapsed_bytes_total{cgroup="/' "$f.metrics" && printf 'cgroups '
	grep -q '^mthptop_khugepaged_cpu_seconds_total' "$f.metrics" && printf 'khugepaged '
	grep -qE '^Uid:.65534.65534.65534.65534$' "$f.status" && printf 'user '
	grep -qE '^Gid:.65534.65534.65534.65534$' "$f.status" && printf 'group '
	grep -qE '^CapBnd:.0+$' "$f.status" && printf 'bounding '
	grep -qE '^CapPrm:.0+$' "$f.status" && printf 'none'
	echo
}
pod all "$(fact hostpid)" "$caps" "$mounts"
all="observes counts cgroups khugepaged user group bounding none"
is "$(reaches all)" "$all" "its rights are enough, and it gives them up" || sed 's/^/# /' "$tmp/all.err"
unlike "$(cat "$tmp/all.err")" 'cannot' "without a complaint"
rss=$(awk '/^VmHWM/ { print $2 }' "$tmp/all.status")
((rss > 0 && rss < $(fact mib) * 1024))
ok $? "$rss KiB of memory, of $(fact mib) MiB" || sed 's/^/# /' "$tmp/all.status"
# Each of them is needed: for what, without it.
declare -A lacks=(
	[bpf]="observes counts cgroups" [perfmon]="observes counts cgroups" [setuid]="user" [setgid]="user group" [setpcap]="bounding"
	[/sys/kernel/tracing]="observes counts cgroups" [/sys/fs/cgroup]="cgroups"
)
# less WORDS: what is left without them.
less() { tr ' ' '\n' <<<"$all" | grep -vxF "$(tr ' ' '\n' <<<"$1")" | paste -sd' '; }
for cap in $(fact caps); do
	pod "no-$cap" "$(fact hostpid)" "$(sed "s/,+$cap\$//; s/,+$cap,/,/" <<<"$caps")" "$mounts"
	is "$(reaches "no-$cap")" "$(less "${lacks[$cap]}")" "without $cap: not ${lacks[$cap]}"
done
for mount in $mounts; do
	name=no-${mount##*/}
	pod "$name" "$(fact hostpid)" "$caps" "$(tr ' ' '\n' <<<"$mounts" | grep -vx "$mount")"
	is "$(reaches "$name")" "$(less "${lacks[$mount]}")" "without $mount: not ${lacks[$mount]}"
done
pod no-hostpid false "$caps" "$mounts"
is "$(reaches no-hostpid)" "$(less khugepaged)" "without hostPID: only khugepaged's CPU time is unknown"
tap_done

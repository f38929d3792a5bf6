#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The packages on a bare Debian 13: built in one, installed in another with apt, and purged again. A mirror of Debian and
# debootstrap make both; they are kept for the next run. MTHP_DEBIAN=FOLDER: where.
#
# run: long
. "$(dirname "$0")/../support/tap.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root"
command -v debootstrap >/dev/null || skip_all "debootstrap is not installed"
mirror=$(apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | sed -n 's/^Debian|//p' | head -n 1)
[ "$mirror" ] || skip_all "apt knows no mirror of Debian"
store=${MTHP_DEBIAN:-${XDG_CACHE_HOME:-$HOME/.cache}/mthptop/trixie}
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
tap_cleanup() { umount -l "$tmp"/*/proc "$tmp"/*/sys 2>/dev/null; }

mkdir -p "$store"
exec 7>"$store/.lock" && flock 7
if [ ! -d "$store/base" ]; then
	rm -rf "$store/part"
	debootstrap --variant=minbase trixie "$store/part" "$mirror" >"$store/log" 2>&1 ||
		skip_all "no bare Debian 13 can be made: $(tail -n 1 "$store/log")"
	mv "$store/part" "$store/base"
fi
build_needs=$(sed -n '/^Build-Depends:/,/^$/p' debian/control | sed -n 's/^ \([a-z0-9-]*\).*/\1/p')
if [ ! -d "$store/build" ]; then
	rm -rf "$store/part"
	cp -a "$store/base" "$store/part"
	# shellcheck disable=SC2086
	chroot "$store/part" sh -c 'apt-get update -q && apt-get install -y -q --no-install-recommends "$@"' _ \
		build-essential $build_needs >"$store/log" 2>&1 || skip_all "what builds it cannot be installed: $(tail -n 1 "$store/log")"
	mv "$store/part" "$store/build"
fi
# Copies: what this test does to them is not kept.
cp -a "$store/base" "$tmp/bare"
cp -a "$store/build" "$tmp/build"
mkdir "$tmp/build/src"
git -c safe.directory="$PWD" ls-files -co --exclude-standard -z | tar -cf - --null --no-recursion -T - | tar -C "$tmp/build/src" -xf -
for dir in bare build; do mount --bind /proc "$tmp/$dir/proc"; done
mount --bind /sys "$tmp/bare/sys"
run env -u MAKEFLAGS chroot "$tmp/build" sh -c 'cd /src && analyzer/make-deb .output'
ok "$status" "packages are built on Debian 13" || { printf '%s\n' "$err" | sed 's/^/# /'; tap_done; }
cp "$tmp"/build/src/.output/deb/*.deb "$tmp/bare/root"
is "$(find "$tmp/build/src/.output/deb" -name '*.buildinfo' | wc -l)" 1 "the versions of what built them are beside them"

# No service is started by a package here.
printf '#!/bin/sh\nexit 101\n' >"$tmp/bare/usr/sbin/policy-rc.d"
chmod +x "$tmp/bare/usr/sbin/policy-rc.d"
in_bare() { run chroot "$tmp/bare" "$@"; }
# What is there of it: not what apt and dpkg say in their logs.
rest() {
	find "$tmp/bare" -xdev \( -path '*/proc' -o -path '*/sys' -o -path '*/root' -o -path '*/var/log' -o -path '*/var/cache' \) -prune \
		-o -name '*mthptop*' -print | sed "s,^$tmp/bare,,"
}
is "$(rest)" "" "nothing of it is there"
in_bare sh -c 'apt-get update -q && cd /root && apt-get install -y -q --no-install-recommends ./mthptop_*.deb ./mthptop-export_*.deb'
ok "$status" "apt installs them with what they need" || printf '%s\n' "$err" "$out" | tail -n 20 | sed 's/^/# /'
in_bare mthptop --version
is "$out" "mthptop $(cat VERSION)" "the program runs"
in_bare mthptop info
is "$status" 0 "info"
like "$out" '^Settings, and what they do' "says something"
cp analyzer/tests/data/samples/demo.mthp "$tmp/bare/root/"
is "$(chroot "$tmp/bare" mthptop report /root/demo.mthp --format json | md5sum)" \
	"$("$MTHPTOP" report analyzer/tests/data/samples/demo.mthp --format json | md5sum)" "a report says what it says elsewhere"
like "$(zcat "$tmp/bare/usr/share/man/man1/mthptop.1.gz")" '^\.TH MTHPTOP 1' "the man page"
bash -n "$tmp/bare/usr/share/bash-completion/completions/mthptop"
ok $? "completion"
like "$(chroot "$tmp/bare" getent passwd mthptop)" '^mthptop:' "the user of the services"
# The command of the service, as its user, with a trace.
exec_start=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$tmp/bare"/usr/lib/systemd/system/mthptop-export.service)
is "$exec_start" /usr/bin/mthptop "the service's program is where its unit says"
cp "$tmp/bare/root/demo.mthp" "$tmp/bare/tmp/"
chroot "$tmp/bare" setpriv --reuid=mthptop --regid=mthptop --clear-groups "$exec_start" export -l 127.0.0.1:0 --replay /tmp/demo.mthp --speed 0 \
	2>"$tmp/err" &
for ((i = 0; i < 100; i++)); do
	at=$(sed -n 's/.*serving http at \([0-9.:]*\).*/\1/p' "$tmp/err")
	[ "$at" ] && break
	sleep 0.1
done
like "$(curl -s -m 20 "http://$at/metrics")" '^mthptop_build_info' "it serves"
kill $!
wait $! 2>/dev/null
# shellcheck disable=SC2016
in_bare sh -c 'mkdir -p /var/lib/mthptop && touch /var/lib/mthptop/thp-x.mthp && apt-get purge -y -q mthptop mthptop-export'
is "$status" 0 "purged"
is "$(rest)" "" "nothing of it is left"
tap_done

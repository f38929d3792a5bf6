#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The Debian packages: built twice, in different folders, they are identical; they hold what they should; lintian has no
# complaint.
#
# run: long
. "$(dirname "$0")/../support/tap.sh"

command -v dpkg-buildpackage >/dev/null && command -v dh >/dev/null || skip_all "debhelper is not installed"
missing=$(dpkg-checkbuilddeps debian/control 2>&1) || skip_all "${missing##*error: }"
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES CFLAGS CC OUT
# A compiler cache would return the first objects.
export CCACHE_DISABLE=1

run analyzer/make-deb "$tmp/one"
is "$status" 0 "packages are built" || { printf '%s\n' "$err" | sed 's/^/# /'; tap_done; }
run analyzer/make-deb "$tmp/one/more"
is "$status" 0 "and again, in another folder"
for deb in "$tmp"/one/deb/*.deb; do
	cmp "$deb" "$tmp/one/more/deb/${deb##*/}"
	ok $? "${deb##*/} does not depend on folder and time"
done
# holds PACKAGE: its files
holds() { dpkg-deb -c "$tmp"/one/deb/"$1"_*.deb | awk '$1 !~ /^d/ { print $6 }' | sed 's,^\./,,'; }
like "$(holds mthptop)" '^usr/bin/mthptop$' "mthptop: the program"
like "$(holds mthptop)" '^usr/share/man/man1/mthptop.1.gz$' "its man page"
like "$(holds mthptop)" '^usr/share/bash-completion/completions/mthptop$' "its completion"
like "$(holds mthptop)" '^usr/share/zsh/vendor-completions/_mthptop$' "for zsh"
like "$(holds mthptop)" '^usr/share/fish/vendor_completions.d/mthptop.fish$' "for fish"
for unit in mthptop-export.service mthptop-export.socket mthptop-record.service; do
	like "$(holds mthptop-export)" "lib/systemd/system/$unit\$" "mthptop-export: $unit"
done
like "$(holds mthptop-export)" 'fleet/rules.yml$' "rules as they are"
unlike "$(holds mthptop; holds mthptop-export)" '^(usr/local|etc/|var/)' "nothing where it does not belong"
mkdir "$tmp/root"
dpkg-deb -x "$tmp"/one/deb/mthptop_*.deb "$tmp/root"
run "$tmp/root/usr/bin/mthptop" --version
is "$out" "mthptop $(cat VERSION)" "the program runs"
is "$(dpkg-parsechangelog -S Version)" "$(cat VERSION)" "debian/changelog has the version of the program"
if command -v lintian >/dev/null; then
	run lintian --fail-on error,warning "$tmp"/one/deb/*.changes
	is "$status" 0 "lintian has no complaint" || printf '%s\n' "$out" | sed 's/^/# /'
else
	skip "lintian has no complaint" "lintian is not installed"
fi
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make static: a program that reads traces where nothing is installed, and says of each trace what the other one says.
#
# run: long
. "$(dirname "$0")/../support/tap.sh"

unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES CFLAGS CC
run make -j"$(nproc)" WERROR=1 OUT="$OUT" static
is "$status" 0 "it is built" || { printf '%s\n' "$out" "$err" | tail -n 20 | sed 's/^/# /'; tap_done; }
is "$(grep -i warning <<<"$err")" "" "without a warning of the linker"
static=$OUT/static/mthptop
like "$(readelf -h "$static")" 'Type: +(EXEC|DYN)' "it is a program"
is "$(readelf -ld "$static" | grep -E 'INTERP|NEEDED')" "" "that needs no library, and no loader"
! ldd "$static" >"$tmp/ldd" 2>&1
ok $? "ldd says so, too" || sed 's/^/# /' "$tmp/ldd"
if command -v file >/dev/null; then
	like "$(file -L "$static")" 'statically linked|static-pie linked' "and file"
else
	skip "and file" "not installed"
fi

# A folder with this program and nothing else, for a user without rights.
root=$tmp/root
mkdir -m 755 "$root"
install -m 755 "$static" "$root/mthptop"
there() {
	if [ "$(id -u)" = 0 ]; then
		chroot --userspec=65534:65534 "$root" /mthptop "$@"
	else
		unshare -r chroot "$root" /mthptop "$@"
	fi
}
run there --version
is "$status $out" "0 mthptop $(analyzer/version)" "it runs where nothing else is" || {
	[ "$(id -u)" != 0 ] && skip "the rest" "chroot needs root, or a namespace of users" && tap_done
}
for trace in analyzer/tests/data/samples/*.mthp; do
	name=${trace##*/}
	for form in text json csv html; do
		there report - --format $form <"$trace" >"$tmp/there" 2>/dev/null
		"$MTHPTOP" report - --format $form <"$trace" >"$tmp/here" 2>/dev/null
		cmp "$tmp/here" "$tmp/there"
		ok $? "$name: the same report as $form"
	done
done
# What it imports: all packings, and texts of all tools.
for trace in analyzer/tests/data/captures/*.{mthp,report,trace,pipe,perf}.gz; do
	there import -o - - <"$trace" >"$tmp/t.mthp" 2>"$tmp/err"
	status=$?
	"$MTHPTOP" import -o - - <"$trace" >"$tmp/u.mthp" 2>"$tmp/err2"
	is "$status" "$?" "${trace##*/}: imports as the other"
	is "$("$MTHPTOP" report "$tmp/t.mthp" --format json 2>/dev/null | md5sum)" \
		"$("$MTHPTOP" report "$tmp/u.mthp" --format json 2>/dev/null | md5sum)" "and has the same numbers"
done
for pack in gzip xz zstd bzip2; do
	command -v $pack >/dev/null || { skip "packed with $pack" "not installed"; continue; }
	$pack -c <analyzer/tests/data/samples/demo.mthp >"$tmp/packed"
	is "$(there report - --format json <"$tmp/packed" 2>/dev/null | md5sum)" \
		"$("$MTHPTOP" report analyzer/tests/data/samples/demo.mthp --format json | md5sum)" "packed with $pack"
done

# What it cannot do, it says.
zcat analyzer/tests/data/captures/6.12.dat.gz >"$tmp/t.dat"
there report - <"$tmp/t.dat" >/dev/null 2>"$tmp/err"
is "$?" 3 "a trace.dat: status 3"
like "$(cat "$tmp/err")" 'built without libtracecmd' "and why"
run there record -o /t.mthp -d 1
is "$status" 3 "a recording: status 3"
like "$err" 'BPF' "and why"
run there export
is "$status" 3 "HTTP: status 3"
like "$err" 'without libmicrohttpd .*--textfile' "and why"
tap_done

# SPDX-License-Identifier: GPL-2.0-only
# TAP for shell tests: source this, call ok/is/like/run, end with tap_done.
#
# $tmp is a directory of the test's own, removed when the test ends. run CMD... leaves $status,
# $out and $err (text of both streams). Tests run at the top of the tree; $MTHPTOP is the program.
# shellcheck shell=bash

tap_n=0 tap_bad=0
cd "$(dirname "${BASH_SOURCE[0]}")/../../.." || exit 1
top=$PWD
MTHPTOP=${MTHPTOP:-$top/mthptop}
OUT=${OUT:-$top/.output}
tmp=$(mktemp -d) || exit 1
chmod 755 "$tmp"
tap_cleanup() { :; }
trap 'tap_cleanup; rm -rf "$tmp"' EXIT

# ok STATUS NAME: passes if STATUS is 0.
ok() {
	tap_n=$((tap_n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tap_n - $2"
		return 0
	fi
	tap_bad=$((tap_bad + 1))
	echo "not ok $tap_n - $2"
	return 1
}

# is GOT WANT NAME
is() {
	[ "$1" = "$2" ]
	ok $? "$3" && return
	case $1$2 in
	*$'\n'*) diff -U 2 --label wanted --label got <(printf '%s\n' "$2") <(printf '%s\n' "$1") ;;
	*) printf '%s\n' "wanted: $2" "got: $1" ;;
	esac | sed 's/^/# /'
}

# like TEXT EXTENDED_REGEX NAME: at least one line matches.
like() {
	printf '%s\n' "$1" | grep -Eq -- "$2"
	ok $? "$3" || printf '%s\n' "wanted a match of: $2" "got: $1" | sed 's/^/# /'
}

unlike() {
	! printf '%s\n' "$1" | grep -Eq -- "$2"
	ok $? "$3" || printf '%s\n' "wanted no match of: $2" "got: $1" | sed 's/^/# /'
}

# skip NAME REASON
skip() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

# skip_all REASON: skips the whole file.
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

run() {
	"$@" >"$tmp/.out" 2>"$tmp/.err" </dev/null
	status=$?
	out=$(tr -d '\0' <"$tmp/.out")
	err=$(tr -d '\0' <"$tmp/.err")
}

# Takes the machine's huge page settings for this test: one test at a time, also if the tests of several
# trees run at once. The wait has a limit, because a test that hangs reports less.
kernel_lock() {
	[ "$(id -u)" = 0 ] || return 0
	exec 8>/run/lock/mthptop-test.lock && flock -w 240 8
}

# kernel_source [VERSION]: a folder with the kernel's source, or at least with the files that tests use: KERNEL_SRC
# if no other VERSION is required, else the one that kernel/build unpacked, else one that is unpacked here, once.
kernel_source() {
	local tar dir
	if [ ! "$1" ] && [ -f "$KERNEL_SRC/mm/khugepaged.c" ]; then
		echo "$KERNEL_SRC"
		return
	fi
	tar=$(printf '%s\n' /usr/src/linux-source-${1:-*}.tar.xz | sort -V | tail -n 1)
	[ -f "$tar" ] || return 1
	dir=${tar##*-source-}
	dir=$(stat -c %s-%Y "$tar")-${dir%.tar.xz}
	[ ! -d "${XDG_CACHE_HOME:-$HOME/.cache}/mthptop/src/$dir" ] || {
		echo "${XDG_CACHE_HOME:-$HOME/.cache}/mthptop/src/$dir"
		return
	}
	dir=$OUT/linux/$dir
	mkdir -p "$OUT/linux" && (
		flock 7
		[ -d "$dir" ] && exit
		rm -rf "$dir.part" && mkdir "$dir.part" &&
			tar -C "$dir.part" --strip-components=1 -xJf "$tar" --wildcards \
				--no-wildcards-match-slash "linux-*"/{mm,include/linux,include/trace} \
				"linux-*"/scripts/{checkpatch.pl,spelling.txt,const_structs.checkpatch} \
				"linux-*"/tools/{mm,testing/selftests} "linux-*"/Documentation/admin-guide/mm && mv "$dir.part" "$dir"
	) 7>"$OUT/linux/.lock" && echo "$dir"
}

# Runs the rest as an ordinary user, with no capability, in no group of root's.
as_user() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all "$@"
	else
		"$@"
	fi
}

tap_done() {
	echo "1..$tap_n"
	[ "$tap_bad" = 0 ]
	exit
}

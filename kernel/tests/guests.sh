# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# What kernel/tests/run and kernel/tests/stock.sh share: tests are compiled, and their KTAP and the kernel's log
# become results of one TAP.
#
# Set before: $here (kernel/tests), $CC, $bin (where programs go), $logs. cflags: more options for the compiler.

warn=(-std=gnu11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings
	-Wundef -Wvla -Werror)
splat='(WARNING|BUG|INFO|KASAN|UBSAN|KCSAN): |Kernel panic|general protection|Oops|unreferenced object'

# comment FILE KEY: the value of the comment "KEY: ..." in a test's file.
comment() {
	sed -n "s/^\( \*\|#\) $2: //p" "$1" | head -n 1
}

# compile FILE PROGRAM: FILE may be a folder, for a program of several files.
compile() {
	local lib=() f
	for f in "$here"/*.c; do
		[[ ${f##*/} = [stw]_* ]] || lib+=("$f")
	done
	if [[ -d $here/$1 ]]; then
		lib+=(-I"$here/$1" "$here/$1"/*.c)
	else
		lib+=("$here/$1")
	fi
	"$CC" "${warn[@]}" -O2 -g -static -D_GNU_SOURCE -pthread -I"$here" -Iinclude \
		"${cflags[@]}" -o "$bin/$2" "${lib[@]}"
}

cflags=()
n=0 bad=0

result() {
	n=$((n + 1))
	if [[ $1 = 0 ]]; then
		echo "ok $n - $2"
	else
		bad=$((bad + 1))
		echo "not ok $n - $2"
	fi
}

# Renumbers one program's KTAP; a truncated output or a wrong plan is a failure.
renumber() {
	local name=$1 line text seen=0 plan=-1
	while IFS= read -r line; do
		case $line in
		"KTAP version"*) ;;
		1..*) plan=${line#1..} ;;
		"ok "* | "not ok "*)
			seen=$((seen + 1))
			n=$((n + 1))
			text=${line#not }
			text=${text#ok }
			[[ $line = not* ]] && bad=$((bad + 1))
			echo "${line%%ok *}ok $n - $name: ${text#* }"
			;;
		"#"*) echo "$line" ;;
		"= "*) ;;
		*) echo "# $line" ;;
		esac
	done
	[[ $plan = "$seen" ]] || result 1 "$name: came to its end ($seen results, plan ${plan/#-1/none})"
}

check_log() {
	local found
	found=$(tr -d '\r' <"$2" | grep -nE -A 12 "$splat" | head -n 40)
	[[ $found ]] && echo "# ${found//$'\n'/$'\n'# }"
	result "$([[ $found ]] && echo 1 || echo 0)" "$1: nothing wrong in the kernel's log"
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What -o does to files: no input is ever an output, an older file stays until the new one is whole, nothing is
# written where there is nothing to write, and closed pipes end commands quietly with their own status.
. "$(dirname "$0")/../support/tap.sh"

m=$MTHPTOP
samples=analyzer/tests/data/samples
cd "$tmp" || exit 1
cp "$top/$samples/creep.mthp" a.mthp
cp "$top/$samples/guard.mthp" b.mthp
echo 'scans >= 1' >r
echo 'scans >= 1000000000' >fails
"$m" script a.mthp >/dev/null || exit 1

# intact NAME FILE WANTED_STATUS CMD...: CMD refuses, says which file, and FILE is what it was.
intact() {
	local name=$1 file=$2 want=$3 sum
	shift 3
	sum=$(cksum <"$file")
	run "$@"
	is "$status $(cksum <"$file")" "$want $sum" "$name: refused, and the file is intact"
	like "$err" '^mthptop: cannot write: .*it is read, too' "$name: says so"
}

ln a.mthp hard.mthp
ln -s a.mthp soft.mthp
mkdir sub
for form in text json csv html; do
	intact "report $form" a.mthp 2 "$m" report a.mthp --format $form -o a.mthp
done
intact "report, a hard link" a.mthp 2 "$m" report a.mthp -o hard.mthp
intact "report, a symbolic link" a.mthp 2 "$m" report a.mthp -o soft.mthp
intact "report of a link" a.mthp 2 "$m" report soft.mthp -o a.mthp
intact "report, another spelling" a.mthp 2 "$m" report a.mthp -o sub/../a.mthp
intact "diff, the first" a.mthp 2 "$m" diff a.mthp b.mthp -o a.mthp
intact "diff, the second" b.mthp 2 "$m" diff a.mthp b.mthp -o b.mthp
intact "check, the trace" a.mthp 2 "$m" check -f r a.mthp -o a.mthp
intact "check, the rules" r 2 "$m" check -f r a.mthp -o r
intact "check --suggest" a.mthp 2 "$m" check --suggest a.mthp -o a.mthp
intact "whatif" a.mthp 2 "$m" whatif a.mthp -o a.mthp
intact "script >>" a.mthp 2 sh -c '"$1" script a.mthp >>a.mthp' sh "$m"
cp "$top/analyzer/tests/data/captures/6.1.trace.gz" in.txt
intact "import" in.txt 2 "$m" import in.txt -o in.txt

# Nothing to write: an older file stays.
sleep 0 &
gone=$!
wait $gone
echo good >good
kept() {
	local name=$1 want=$2
	shift 2
	run "$@"
	is "$status $(cat good)" "$want good" "$name: the older file stays"
}
kept "report of a missing trace" 3 "$m" report nosuch -o good
kept "report of no trace" 4 "$m" report r -o good
kept "whatif of a missing trace" 3 "$m" whatif nosuch -o good
kept "diff with a missing trace" 3 "$m" diff a.mthp nosuch -o good
kept "check of a missing trace" 4 "$m" check -f r nosuch -o good
kept "check with missing rules" 3 "$m" check -f nosuch a.mthp -o good
kept "check with wrong rules" 2 sh -c 'echo "scans >" >wrong; "$1" check -f wrong a.mthp -o good' sh "$m"
kept "check --suggest of a missing trace" 3 "$m" check --suggest nosuch -o good
kept "import of a missing trace" 3 "$m" import nosuch -o good
kept "import of no trace" 4 "$m" import r -o good
kept "survey of no process" 3 "$m" survey -p $gone -o good
kept "survey --record of no process" 3 "$m" survey -p $gone --record good
kept "an unknown format" 2 "$m" report a.mthp --format pdf -o good
# A report of the traces that could be read is one.
run "$m" check -f r a.mthp nosuch -o some
is "$status" 4 "check of one trace that can be read and one that cannot"
like "$(cat some)" a.mthp "writes what it found of the first"
is "$(ls -A | grep -c '^\.mthptop')" 0 "nothing is left beside the outputs"

# The disk is full.
if [ "$(id -u)" = 0 ] && mkdir full && mount -t tmpfs -o size=16k none full 2>/dev/null; then
	tap_cleanup() { umount "$tmp/full"; }
	echo good >full/good
	head -c 12k /dev/zero >full/rest
	for cmd in "report a.mthp --format html" "diff a.mthp b.mthp --format html" "whatif a.mthp --format html" \
		"import in.txt"; do
		# shellcheck disable=SC2086
		run "$m" $cmd -o full/good
		is "$status $(cat full/good) $(ls -A full | wc -l)" "3 good 2" "full disk, $cmd: the older file stays, alone"
		like "$err" '^mthptop: cannot write.*: full/good: No space left on device' "full disk, $cmd: says so"
	done
	umount full
	tap_cleanup() { :; }
else
	skip "full disk" "needs root and tmpfs"
fi

# Modes.
umask 000
run "$m" report a.mthp -o new
is "$(stat -c %a new)" 600 "a new report is for its owner"
chmod 644 new
run "$m" report a.mthp -o new
is "$(stat -c %a new)" 644 "an older one keeps its mode"
run "$m" import in.txt -o new.mthp
is "$status $(stat -c %a new.mthp)" "0 600" "a new trace is for its owner"

# Killed half way: the older file stays, and nothing is left beside it.
mkfifo slow
echo good >good
"$m" report - -o good <slow 2>/dev/null &
exec 9>slow
head -c 4000 a.mthp >&9
sleep 0.3
kill -9 $!
wait $! 2>/dev/null
exec 9>&-
is "$(cat good) $(ls -A | grep -c '^\.mthptop')" "good 0" "killed half way: the older file stays, alone"

# Closed pipes. pipefail's status is that of mthptop.
closed() {
	local name=$1 want=$2
	shift 2
	"$@" 2>"$tmp/.err" | head -n 1 >/dev/null
	status=${PIPESTATUS[0]}
	is "$status $(cat "$tmp/.err")" "$want " "$name | head -n 1: quiet, status $want"
}
for i in 1 2 3 4 5; do cat fails; done >many
for i in $(seq 400); do cat many; done >more
for form in text ktap junit; do
	[ $form = ktap ] && want=1 || want=1
	closed "check --format $form" $want "$m" check -f more --format $form a.mthp
done
for i in $(seq 2000); do echo 'scans >= 1'; done >passes
closed "check that passes" 0 "$m" check -f passes a.mthp
closed "script" 0 "$m" script a.mthp
closed "report" 0 "$m" report a.mthp --format html
closed "report --fields" 0 "$m" report --fields
closed "diff" 0 "$m" diff a.mthp b.mthp --format html
closed "whatif" 0 "$m" whatif a.mthp --format html
for shell in bash zsh fish; do
	closed "completion of $shell" 0 "$m" completion $shell
done
closed "info" "$("$m" info >/dev/null 2>&1; echo $?)" "$m" info
run sh -c '"$1" --version >/dev/full' sh "$m"
is "$status" 3 "--version to a full disk is an error"
run sh -c '"$1" --help >/dev/full' sh "$m"
is "$status" 3 "--help to a full disk is an error"
tap_done

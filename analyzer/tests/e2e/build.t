#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The other ways to build: with clang, without BPF, and installed somewhere.
#
# run: long
. "$(dirname "$0")/../support/tap.sh"

sample=analyzer/tests/data/samples/demo.mthp
# This test runs below make; its own builds are not part of that make.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES CFLAGS CC

build() {
	run make -j"$(nproc)" WERROR=1 "$@"
	ok "$status" "$name" || printf '%s\n' "$out" "$err" | tail -n 20 | sed 's/^/# /'
}

# Each release of clang has other warnings. The default clang also compiles BPF, for the skeleton.
for clang in clang-14 clang-16 clang-19; do
	name="$clang compiles all of it without a warning"
	if command -v "$clang" >/dev/null; then
		build CC="$clang" CFLAGS="-O0 -fsyntax-only" OUT="$tmp/$clang" objects
		rm -rf "${tmp:?}/$clang"
	else
		skip "$name" "not installed"
	fi
done

# Builds the same sources twice, in folders of other names. A compiler cache would return the first objects.
export CCACHE_DISABLE=1
for dir in here elsewhere/than-there; do
	mkdir -p "$tmp/$dir"
	tar -cf - --exclude=tests Makefile VERSION analyzer include bpf vmlinux.h | tar -C "$tmp/$dir" -xf -
	name="a build in a folder of its own ($dir)"
	build -C "$tmp/$dir" CPPFLAGS=-DMTHP_OF_THE_TEST CFLAGS="-O0 -g"
done
cmp "$tmp/here/mthptop" "$tmp/elsewhere/than-there/mthptop"
ok $? "does not depend on the folder"
is "$(strings -a "$tmp/here/mthptop" | grep -F "$tmp")" "" "the program does not contain the folder's name"
readelf -wi "$tmp/here/mthptop" 2>/dev/null | grep -q 'DW_AT_comp_dir.*: \.$'
ok $? "though it can be debugged"
is "$("$tmp/here/mthptop" --version)" "mthptop $(cat VERSION)" "outside of git the version is that of the file VERSION"
unset CCACHE_DISABLE
rm -rf "$tmp/here" "$tmp/elsewhere"

run make -s dead OUT="$OUT"
is "$status: $(grep '()$' <<<"$out")" "0: " "the program calls each of its functions"

name="NO_BPF=1 builds without clang, bpftool and libbpf"
build NO_BPF=1 CLANG=false BPFTOOL=false CFLAGS=-O0 OUT="$OUT/nobpf" "$OUT/nobpf/mthptop"
unlike "$(ldd "$OUT/nobpf/mthptop")" 'libbpf|libelf' "and links no library of BPF"
run as_user "$OUT/nobpf/mthptop" report "$sample"
is "$status" 0 "its report reads the sample trace"
like "$out" '^Orders|2M' "and says something"
run "$OUT/nobpf/mthptop" record -o "$tmp/t.mthp"
is "$status" 3 "its record cannot run"
like "$err" '^mthptop: .*BPF' "and says why"

name="NO_TRACECMD=1 builds without libtracecmd"
build NO_BPF=1 NO_TRACECMD=1 CLANG=false BPFTOOL=false CFLAGS=-O0 OUT="$OUT/notrace" "$OUT/notrace/mthptop"
unlike "$(ldd "$OUT/notrace/mthptop")" 'libtrace' "and links no library of trace-cmd"
run "$OUT/notrace/mthptop" report analyzer/tests/data/captures/6.12.report.gz
is "$status" 0 "its report reads text"
run "$OUT/notrace/mthptop" report analyzer/tests/data/captures/6.12.dat.gz
is "$status" 3 "and no trace.dat"
like "$err" '6.12.dat.gz: .*without libtracecmd .*trace-cmd report' "and says why"

name="NO_HTTP=1 builds without libmicrohttpd"
build NO_BPF=1 NO_HTTP=1 CLANG=false BPFTOOL=false CFLAGS=-O0 OUT="$OUT/nohttp" "$OUT/nohttp/mthptop"
unlike "$(ldd "$OUT/nohttp/mthptop")" 'libmicrohttpd' "and links no HTTP server"
run timeout 20 "$OUT/nohttp/mthptop" export --replay "$sample" -l 127.0.0.1:0
is "$status" 3 "its exporter serves nothing"
is "$err" "mthptop: cannot serve HTTP: this mthptop was built without libmicrohttpd (use --textfile)" "and says what it does instead"
timeout -s TERM 1 "$OUT/nohttp/mthptop" export --replay "$sample" --textfile "$tmp/m.prom" &
sleep 0.5
like "$(cat "$tmp/m.prom")" '^mthptop_build_info' "which is to write a file"
wait

name="make install puts all of it below DESTDIR and PREFIX"
build install DESTDIR="$tmp/root" PREFIX=/opt/m
run "$tmp/root/opt/m/bin/mthptop" --version
is "$status" 0 "the installed program runs"
is "$out" "mthptop $(analyzer/version)" "and says which version it is"

# A repository with four states: a commit, a changed tree, a release, a commit after the release.
repo=$tmp/repo
mkdir -p "$repo/analyzer"
cp analyzer/version "$repo/analyzer/"
echo 1.5 >"$repo/VERSION"
git_() {
	git -C "$repo" -c user.name=t -c user.email=t@example.org "$@" >/dev/null
}
git_ init -q && git_ add . && git_ commit -qm one
like "$("$repo/analyzer/version")" '^1\.5-g[0-9a-f]+$' "a commit is in the version"
echo more >"$repo/analyzer/more"
git_ add . && like "$("$repo/analyzer/version")" '^1\.5-g[0-9a-f]+-dirty$' "and that something was changed"
git_ commit -qm two && git_ tag -am 'release' v1.5
is "$("$repo/analyzer/version")" 1.5 "a tag is a release"
git_ commit -qm three --allow-empty
like "$("$repo/analyzer/version")" '^1\.5-1-g[0-9a-f]+$' "behind which commits are counted"
is "$(cd "$tmp/root" && find . -type f | sort | tr '\n' ' ')" \
	"./opt/m/bin/mthptop ./opt/m/share/bash-completion/completions/mthptop $(:
	)./opt/m/share/fish/vendor_completions.d/mthptop.fish ./opt/m/share/man/man1/mthptop.1 $(:
	)./opt/m/share/zsh/site-functions/_mthptop " "install copies the program, its man page and its completions"

page=$tmp/root/opt/m/share/man/man1/mthptop.1
missing=
for cmd in $("$MTHPTOP" --help | sed -n '/^Commands:/,$s/^  \([a-z]*\) .*/\1/p'); do
	grep -q "^\.SS $cmd\$" "$page" || missing+=" $cmd"
	for opt in $("$MTHPTOP" "$cmd" --help | sed '/^Examples:/,$d' | grep -o -- '^ .*--[a-z-]*' |
		grep -o -- '--[a-z-]*'); do
		sed -n "/^\.SS $cmd\$/,/^\.S/p" "$page" | grep -Fq -- "${opt//-/\\-}" ||
			missing+=" $cmd:$opt"
	done
done
is "$missing" "" "the man page names every command and option"
if command -v man >/dev/null; then
	run env MANROFFOPT=-ww LC_ALL=C man --warnings=w -l "$page"
	is "$err" "" "and is a man page without a fault"
else
	skip "the man page is without a fault" "man is not installed"
fi

. "$tmp/root/opt/m/share/bash-completion/completions/mthptop"
# complete_ WORDS...: prints the completions of the last word.
complete_() {
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	_mthptop
	echo "${COMPREPLY[*]}"
}
is "$(complete_ mthptop rep)" "replay report" "commands are completed"
is "$(complete_ mthptop report --form)" "--format" "options are completed"
is "$(complete_ mthptop report --format j)" "json" "words of a choice are completed"
is "$(complete_ mthptop report -f '')" "text json csv html" "also after a letter"
is "$(complete_ mthptop report READ)" "README.md" "files are completed"
is "$(complete_ mthptop --del)" "--delay" "options without a command are completed"

if command -v fish >/dev/null; then
	# fish_ LINE: what fish would complete it to, one after the other.
	fish_() {
		fish -c 'source $argv[1]; complete -C $argv[2]' "$tmp/root/opt/m/share/fish/vendor_completions.d/mthptop.fish" "$1" |
			cut -f1 | sort | tr '\n' ' '
	}
	is "$(fish_ 'mthptop rep')" "replay report " "fish: commands"
	is "$(fish_ 'mthptop report --form')" "--format " "fish: options"
	is "$(fish_ 'mthptop report --format ')" "csv html json text " "fish: words of a choice"
	is "$(fish_ 'mthptop --del')" "--delay " "fish: options without a command"
	is "$(fish_ 'mthptop report READ')" "README.md " "fish: files"
else
	skip "completion for fish" "fish is not installed"
fi
if command -v zsh >/dev/null; then
	zsh -n "$tmp/root/opt/m/share/zsh/site-functions/_mthptop"
	ok $? "zsh: the completion is a script of zsh"
	# Its option rows, as zsh itself splits them: each begins with an option, and choices have their words.
	cat >"$tmp/rows.zsh" <<'END'
_arguments() { print -rl -- "${(@)argv[2,-2]}"; }
_describe() { print -rl -- "${(@P)2}"; }
_files() { :; }
source $1
END
	zsh_() { # CURRENT WORDS...: what the completion gives to zsh's own functions
		zsh -c 'CURRENT=$2; words=("${@:3}"); source $0 $1' "$tmp/rows.zsh" "$tmp/root/opt/m/share/zsh/site-functions/_mthptop" "$@"
	}
	like "$(zsh_ 2 mthptop '')" '^report:print a whole trace' "zsh: commands"
	like "$(zsh_ 3 mthptop report '')" '^\(-f --format\)--format=\[.*\]:word:\(text json csv html\)$' "zsh: words of a choice"
	like "$(zsh_ 2 mthptop -)" '^\(-d --delay\)-d\+\[' "zsh: options without a command"
	unlike "$(zsh_ 3 mthptop report '')" "^[^-(*]" "zsh: each row is an option"
else
	skip "completion for zsh" "zsh is not installed"
fi
tap_done

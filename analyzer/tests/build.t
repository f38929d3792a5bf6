#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The other ways to build: with clang, without BPF, and installed somewhere.
. "$(dirname "$0")/tap.sh"

sample=analyzer/tests/sample/demo.mthp
# This runs below make: the builds here are not part of that one.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES CFLAGS CC

build() {
	run make -j"$(nproc)" WERROR=1 "$@"
	ok "$status" "$name" || printf '%s\n' "$out" "$err" | tail -n 20 | sed 's/^/# /'
}

name="clang compiles all of it without a warning"
if command -v clang >/dev/null; then
	build CC=clang CFLAGS=-O0 OUT="$OUT/clang" objects
else
	skip "$name" "clang is not installed"
fi

name="NO_BPF=1 builds without clang, bpftool and libbpf"
build NO_BPF=1 CLANG=false BPFTOOL=false CFLAGS=-O0 OUT="$OUT/nobpf" "$OUT/nobpf/mthptop"
unlike "$(ldd "$OUT/nobpf/mthptop")" 'libbpf|libelf' "and links no library of BPF"
run as_user "$OUT/nobpf/mthptop" report "$sample"
is "$status" 0 "its report reads the sample trace"
like "$out" '^Orders|2M' "and says something"
run "$OUT/nobpf/mthptop" record -o "$tmp/t.mthp"
is "$status" 3 "its record cannot run"
like "$err" '^mthptop: .*BPF' "and says why"

name="make install puts all of it below DESTDIR and PREFIX"
build install DESTDIR="$tmp/root" PREFIX=/opt/m
run "$tmp/root/opt/m/bin/mthptop" --version
is "$status" 0 "the installed program runs"
is "$(cd "$tmp/root" && find . -type f | sort | tr '\n' ' ')" \
	"./opt/m/bin/mthptop ./opt/m/share/bash-completion/completions/mthptop ./opt/m/share/man/man1/mthptop.1 " \
	"and what is installed is the program, its man page and its completion"
tap_done

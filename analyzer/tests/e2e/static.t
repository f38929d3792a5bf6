#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The tree's own rules: formatting and lint, and that lint sees what it is there to see.
. "$(dirname "$0")/../support/tap.sh"

if command -v clang-format-14 clang-format >/dev/null; then
	run env -u MAKEFLAGS make -s fmt-check
	ok "$status" "the tree is formatted (else: make fmt)" ||
		grep -o '^[^ ]*: error' <<<"$err" | cut -d: -f1 | sort | uniq -c | sed 's/^/# /'
else
	skip "the tree is formatted" "clang-format is not installed"
fi
run analyzer/tests/lint
ok "$status" "lint finds nothing" || sed 's/^/# /' <<<"$out"

# A tree with one fault at a time.
tree=$tmp/tree
mkdir -p "$tree/analyzer/tests" "$tree/include/mthp"
cp analyzer/tests/lint "$tree/analyzer/tests/"
spdx='// SPDX-License-Identifier: GPL-2.0-only'
printf '# SPDX-License-Identifier: GPL-2.0-only\nbpf_only := analyzer/source/src_live.c\n' >"$tree/Makefile"
git -C "$tree" init -q

# fault FILE TEXT MESSAGE NAME
fault() {
	printf '%b\n' "$2" >"$tree/$1"
	run "$tree/analyzer/tests/lint"
	is "$status" 1 "$4: fails"
	like "$out" "$3" "$4: says so"
	rm "$tree/$1"
}

run "$tree/analyzer/tests/lint"
is "$status$out" 0 "a clean tree passes"
fault analyzer/a.c 'int a;' 'analyzer/a.c: no SPDX line' "no licence"
fault analyzer/a.c "$spdx$(printf '\\n%.0s' {1..501})" 'a.c: 502 lines' "a long file"
fault analyzer/a.c "$spdx\nint a(void)\n{$(printf '\\n\ta();%.0s' {1..101})\n}" \
	'a.c:3: a\(\) has 101 lines' "a long function"
fault analyzer/scr_a.c "$spdx\n#include \"model/source.h\"" 'scr_a.c:2: a view' "a view that knows sources"
fault analyzer/view_a.c "$spdx\n#include <ncurses.h>" 'view_a.c:2: only tui/term.c' "curses in a view"
fault analyzer/model/model.c "$spdx\n#include \"view/view.h\"" 'model/model.c:2: the model' "a model that knows views"
fault analyzer/a.c "$spdx\n#include <bpf/libbpf.h>" 'a.c:2: only bpf_only' "libbpf where it is not"
fault include/mthp/a.h "$spdx\n#include <stdio.h>" 'a.h:2: include/' "a header with dependencies"
printf '%b\n' "$spdx\n#include <bpf/libbpf.h>" >"$tree/analyzer/source/src_live.c"
run "$tree/analyzer/tests/lint"
is "$status$out" 0 "libbpf where it belongs passes"
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The rules of the tree: formatting and lint; and lint detects each fault that it is made for.
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
mkdir -p "$tree"/analyzer/{tests,model,source,tui,view,other} "$tree/include/mthp"
cp analyzer/tests/lint "$tree/analyzer/tests/"
spdx='// SPDX-License-Identifier: GPL-2.0-only'
printf '# SPDX-License-Identifier: GPL-2.0-only\nbpf_only := analyzer/source/live.c\n' >"$tree/Makefile"
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
fault analyzer/view/a.c 'int a;' 'view/a.c: no SPDX line' "no licence"
fault analyzer/view/a.c "$spdx$(printf '\\n%.0s' {1..701})" 'a.c: 702 lines' "a long file"
fault analyzer/view/a.c "$spdx\nint a(void)\n{$(printf '\\n\ta();%.0s' {1..101})\n}" \
	'a.c:3: a\(\) has 101 lines' "a long function"
fault analyzer/view/a.c "$spdx\n#include <ncurses.h>" 'view/a.c:2: only tui/term.c' "curses in a view"
fault analyzer/view/a.c "$spdx\n#include <bpf/libbpf.h>" 'view/a.c:2: only bpf_only' "libbpf where it is not"
fault analyzer/a.c "$spdx" 'analyzer/a.c: only main.c' "a file outside the folders"
fault analyzer/other/a.c "$spdx" 'other/ is not in the table' "a folder that is no layer"
fault analyzer/view/view_a.c "$spdx" "does not repeat its folder's name" "a name that repeats its folder's"

# Each layer includes a header of each other one: the table has the allowed pairs.
printf '%b\n' "$spdx" | tee "$tree"/analyzer/{model,view,source}/{a,a_priv}.h >/dev/null
fault analyzer/model/a.c "$spdx\n#include \"view/a.h\"" 'model/a.c:2: model/ may not include view/' \
	"a model that knows views"
fault analyzer/view/a.c "$spdx\n#include \"source/a.h\"" 'view/a.c:2: view/ may not include source/' \
	"a view that knows sources"
fault analyzer/model/a.c "$spdx\n#include <view/a.h>" 'model/a.c:2: write #include "view/a.h"' \
	"an include in the other form"
fault analyzer/model/a.c "$spdx\n# include \"view/a.h\"" 'model/a.c:2: write #include "view/a.h"' \
	"an include with blanks"
fault analyzer/tui/a.c "$spdx\n#include \"model/a_priv.h\"" 'model/a_priv.h is private to model/' \
	"a header of another folder's own"
fault analyzer/view/a.c "$spdx\n#include \"a.h\"" 'include by the path' "an include without its folder"
fault analyzer/view/a.c "$spdx\n#include \"model/gone.h\"" 'include by the path' "an include of nothing"
printf '%b\n' "$spdx" '#include "model/a.h"' '#include "source/a.h"' >"$tree/analyzer/tui/all.c"
run "$tree/analyzer/tests/lint"
is "$status: $out" "1: lint: analyzer/view/a.h: only view/ includes it: its name ends in _priv.h" \
	"a header that no other folder includes"
printf '%b\n' "$spdx" '#include "view/a.h"' >>"$tree/analyzer/tui/all.c"
fault include/mthp/a.h "$spdx\n#include <stdio.h>" 'a.h:2: include/' "a header with dependencies"

# Three files that call each other in a circle; two files that call a common third one are no circle.
circle() { # A B C: the file that each one calls
	local f
	mkdir -p "$tree/.output/analyzer/model"
	for f in a b c; do
		printf '%b\n' "$spdx\nvoid $1(void);\nvoid $f(void);\nvoid $f(void)\n{\n\t$1();\n}" \
			>"$tree/analyzer/model/$f.c"
		cc -c -o "$tree/.output/analyzer/model/$f.o" "$tree/analyzer/model/$f.c"
		shift
	done
	run env OUT=.output "$tree/analyzer/tests/lint"
	rm "$tree"/analyzer/model/[abc].c
}
circle b c a
is "$status: $out" "1: lint: analyzer/model: call each other in a circle: a.c b.c c.c" "a circle of calls"
circle c c abort
is "$status$out" 0 "calls in one direction pass"

printf '%b\n' "$spdx\n#include <bpf/libbpf.h>" >"$tree/analyzer/source/live.c"
run "$tree/analyzer/tests/lint"
is "$status$out" 0 "libbpf where it belongs passes"
tap_done

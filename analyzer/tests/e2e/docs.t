#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The documents agree with the program.
. "$(dirname "$0")/../support/tap.sh"

run "$MTHPTOP" report --fields
is "$(sed -n '/^## summary/,$p' docs/json.md)" "$out" "docs/json.md lists the fields as they are"

# Every file that a document links to exists.
broken=
for doc in *.md docs/*.md analyzer/tests/data/samples/README.md; do
	while read -r link; do
		[ -e "$(dirname "$doc")/${link%%#*}" ] || broken="$broken $doc:$link"
	done < <(grep -o '](\([^)]*\))' "$doc" | sed 's/^](//; s/)$//' | grep -v '^[a-z]*:' | grep -v '^#')
done
is "$broken" "" "no document links to a missing file"

# Every file that a document names exists: `tui/screen.c`, `kernel/tests/t_*.c`, from the top or the page's topic.
missing=
while IFS=: read -r doc name; do
	for dir in . analyzer analyzer/tests analyzer/tests/e2e analyzer/tests/unit/* include/mthp kernel kernel/tests kernel/tests/soak \
		kernel/bench.d docs; do
		compgen -G "$dir/$name" >/dev/null && continue 2
	done
	missing="$missing $doc:$name"
done < <(grep -oE '`[a-z0-9_/.*-]+\.(c|h|t|sh|awk|md|in)`' README.md CONTRIBUTING.md docs/*.md analyzer/tests/data/samples/README.md |
	tr -d '`' | sort -u | grep -vE ':(mm/khugepaged\.c|_priv\.h|\.[a-z]*)$')
is "$missing" "" "no document names a missing file"

# Layers: "folder: the folders that it may include", from the page and from the lint.
is "$(sed -n 's,^| `\([a-z]*\)/` |.*| \([a-z –]*\) |$,\1: \2,p' docs/architecture.md | sed 's/ –//; s/: all$/:/')" \
	"$(sed -n "/^done <<'END'/,/^END/p" analyzer/tests/lint | sed '1d; $d; s/^cmd .*/cmd/; s/^\([a-z]*\)/\1:/')" \
	"docs/architecture.md has the lint's table of layers"

# Every command is in the help text, and every option in the table of its own --help.
run "$MTHPTOP" --help
for cmd in $(sed -n 's/^\tX(\([a-z]*\)).*/\1/p' analyzer/cmd/commands.h | grep -v '^top$'); do
	like "$out" "^  $cmd " "--help names $cmd"
done

# And every screen is in its document.
run "$MTHPTOP" --dump-screen nowhere
for screen in $(sed 's/.*(use one of: //; s/)$//; s/,//g' <<<"$err"); do
	grep -qi "\\b$screen\\b" docs/live-view.md
	ok $? "docs/live-view.md has the screen $screen"
done
tap_done

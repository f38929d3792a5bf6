#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the documents say about the program is what the program says.
. "$(dirname "$0")/../support/tap.sh"

run "$MTHPTOP" report --fields
is "$(sed -n '/^## summary/,$p' docs/json.md)" "$out" "docs/json.md lists the fields as they are"

# Every file that a document links to is there.
broken=
for doc in README.md docs/*.md; do
	while read -r link; do
		[ -e "$(dirname "$doc")/${link%%#*}" ] || broken="$broken $doc:$link"
	done < <(grep -o '](\([^)]*\))' "$doc" | sed 's/^](//; s/)$//' | grep -v '^[a-z]*:' | grep -v '^#')
done
is "$broken" "" "no document links to a file that is not there"

# Every command is in the help text, and every option in the table of its own --help.
run "$MTHPTOP" --help
for cmd in $(sed -n 's/^\tX(\([a-z]*\)).*/\1/p' analyzer/cmd/commands.h | grep -v '^top$'); do
	like "$out" "^  $cmd " "--help names $cmd"
done
tap_done

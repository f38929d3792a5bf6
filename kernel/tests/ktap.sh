# SPDX-License-Identifier: GPL-2.0-only
# For scripts in guests: a temporary folder $tmp; results, counted in $nr; $bad is set if one failed.
# shellcheck shell=bash disable=SC2034
tmp=$(mktemp -d) nr=0 bad=0
trap 'rm -rf "$tmp"' EXIT

ok() { # STATUS TEXT
	local not=
	nr=$((nr + 1))
	[[ $1 = 0 ]] || { not="not " && bad=1; }
	echo "${not}ok $nr $2"
	return "$1"
}

# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Packages of another suite of Debian, or of another architecture, for scripts that source this file.
#
# They come from the mirror that this machine's apt uses, with apt state of their own, which is removed
# afterwards: apt's own sources, lists and packages do not change, and nothing is installed. Every
# package has to be signed with a key of Debian's keyring on this machine (package
# debian-archive-keyring), or it is refused.
#
# Set before: $what (what is fetched, for messages), $hint (what else may help).
# Exit status of all failures: 3.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/mthptop
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

die() {
	local status=$1
	shift
	echo "mthptop: $*" >&2
	exit "$status"
}

# debian_open SUITE [ARCH]: makes the state in $dir, below the cache, and reads the suite's lists.
debian_open() {
	local mirror label=Debian suite=$1 arch=${2:-$(dpkg --print-architecture 2>/dev/null)}
	command -v apt-get >/dev/null || die 3 "cannot fetch $what: no apt-get here ($hint)"
	[[ -r $keyring ]] ||
		die 3 "cannot fetch $what: $keyring: not there (run: apt-get install debian-archive-keyring)"
	# Security updates have a mirror of their own.
	[[ $suite != *-security ]] || label=Debian-Security
	# shellcheck disable=SC2016
	mirror=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages' |
		sed -n "s/^Debian|$label|//p" | head -n 1)
	[[ $mirror ]] || die 3 "cannot fetch $what: apt knows no mirror of ${label/-/ } (run: apt-get update)"
	mkdir -p "$cache" || die 3 "cannot write: $cache (set XDG_CACHE_HOME)"
	dir=$(mktemp -d "$cache/.get.XXXXXX") || exit 3
	trap 'rm -rf "$dir"' EXIT
	trap 'exit 130' INT TERM
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	cat >"$dir/suite.sources" <<-SOURCES
		Types: deb deb-src
		URIs: $mirror
		Suites: $suite
		Components: main
		Architectures: $arch
		Signed-By: $keyring
	SOURCES
	own_state=(-qq -o Dir::Etc::sourcelist="$dir/suite.sources" -o Dir::Etc::sourceparts=/dev/null
		-o Dir::State::lists="$dir/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$dir/cache"
		-o Acquire::Languages=none -o Acquire::AllowInsecureRepositories=false
		-o APT::Get::AllowUnauthenticated=false -o APT::Update::Error-Mode=any
		-o APT::Architecture="$arch" -o APT::Architectures::="$arch" -o APT::Sandbox::User=root)
	apt update || fetch_failed "$suite: no answer from the mirror that apt uses"
}

apt() {
	(cd "$dir" && apt-get "${own_state[@]}" "$@") 2>"$dir/log"
}

apt_cache() {
	apt-cache "${own_state[@]}" "$@" 2>"$dir/log"
}

fetch_failed() {
	sed 's/^/  apt: /' "$dir/log" >&2
	if grep -q 'NO_PUBKEY\|not signed\|EXPKEYSIG' "$dir/log"; then
		die 3 "cannot fetch $what: its signature cannot be checked with $keyring" \
			"(install a newer debian-archive-keyring)"
	fi
	die 3 "cannot fetch $what: $1 (apt's message is above; $hint)"
}

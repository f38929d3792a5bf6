# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# Debian's own kernels, as users run them: run_stock VERSION[/NAME] boots one and runs every test s_*.sh in it,
# or the one of that name. VERSION-arm64 is one of arm64, emulated, with everything built for it (kernel/cross);
# VERSION-arm64-16k has pages of 16 KiB. A version whose image cannot be fetched, or for which nothing can be built here, is skipped, with the reason.
#
# A test is a script, kernel/tests/s_NAME.sh, that prints KTAP in the guest. With it in the guest, in one folder: the
# scripts of kernel/tests, each s_*.c as a static program, mthptop, bash and jq. There are no files of the host:
# these kernels have no 9p. Tests of one version share a guest, one after the other. If the guest dies, its
# later tests fail. Comments in the file declare what else a test needs:
#
#   kernels: 7.2 7.3    only on these, as stock_versions has them (default: all)
#   by name: 7.1        also on these, where they test nothing new, if the test is asked for by its name
#   vm: --smp 2         a guest of its own, with these options of kernel/vm (default --smp 1)

stock_versions=(6.1 6.12 6.18 7.1 7.2 7.3 6.12-arm64 7.3-arm64 6.12-arm64-16k)

# What a guest of the version gets, in one folder: $bin/stock-VERSION.
prepare_stock() {
	local f dir=stock-$1
	rm -rf "${bin:?}/$dir" && mkdir -p "$bin/$dir" && cp "$here/ktap.sh" "$here"/s_*.sh "$bin/$dir/" ||
		return
	for f in "$here"/s_*.c; do
		f=${f##*/}
		compile "$f" "$dir/${f%.c}" || return
	done
}

# stock_tests VERSION [NAME]: "OPTIONS OF VM|NAME" of each test, or of that one.
stock_tests() {
	local f kernels
	for f in "$here"/s_${2:-*}.sh; do
		[[ -f $f ]] || continue
		kernels=$(comment "$f" kernels)
		[[ ! $2 || ! $kernels ]] || kernels+=" $(comment "$f" 'by name')"
		[[ ! $kernels || " $kernels " = *" $1 "* ]] || continue
		f=${f##*/s_}
		echo "$(comment "$here/s_$f" vm)|${f%.sh}"
	done
}

# boot_stock VERSION IMAGE OPTIONS NAME...: one guest, and the results of its tests.
boot_stock() {
	local t version=$1 log=stock-$1-$4 command=
	for t in "${@:4}"; do
		command+="echo '@ $t'; bash ./s_$t.sh; "
	done
	# shellcheck disable=SC2086
	kernel/vm --kernel "$2" ${arch:+--arch "$arch"} --pack --program bash --program jq --add "$bin/stock-$version" \
		--console "$logs/$log.console" --timeout 900 --smp 1 $3 $VM_ARGS "$command" \
		>"$logs/$log.out" 2>&1
	for t in "${@:4}"; do
		renumber "$version: $t" < <(tr -d '\r' <"$logs/$log.out" |
			awk -v t="$t" '/^@ / { on = $2 == t; next } on')
	done
	check_log "$version" "$logs/$log.console"
}

# skip_stock VERSION LOG: the last message of a script in LOG is the reason.
skip_stock() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $(sed -n 's/^mthptop: //p' "$2" | tail -n 1)"
}

run_stock() {
	local version=${1%%/*} only='' arch='' image options tests status log CC=$CC cflags=()
	[[ $1 != */* ]] || only=${1#*/}
	log=$logs/stock-$version.get
	[[ $version != *-arm64* ]] || arch=${version#*-} CC=aarch64-linux-gnu-gcc
	[[ $version != *-16k ]] || cflags=(-DTEST_PAGE_SHIFT=14)
	image=$(ARCH=${arch:-amd64} kernel/get-image "${version%%-*}" 2>"$log") ||
		{ skip_stock "$version" "$log"; return; }
	echo "# $version: ${image##*/}"
	arch=${arch%%-*}
	if [[ $arch ]]; then
		kernel/cross "$arch" >"$log" 2>&1
		status=$?
		((status != 3)) || { skip_stock "$version" "$log"; return; }
		((status == 0)) || { sed 's/^/# /' "$log"; result 1 "$version: mthptop compiles"; return; }
	fi
	prepare_stock "$version" || { result 1 "$version: the programs of its tests compile"; return; }
	while read -r options; do
		mapfile -t tests < <(stock_tests "$version" "$only" | awk -F'|' -v o="$options" '$1 == o { print $2 }')
		boot_stock "$version" "$image" "$options" "${tests[@]}"
	done < <(stock_tests "$version" "$only" | cut -d'|' -f1 | sort -u)
}

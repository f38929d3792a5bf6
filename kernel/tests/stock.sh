# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
# Debian's own kernels, as users run them: run_stock VERSION[-NAME] boots one and runs every test s_*.sh in it,
# or the one of that name. A version whose image cannot be fetched is skipped, with the reason.
#
# A test is a script, kernel/tests/s_NAME.sh, that prints KTAP in the guest. With it in the guest, in one folder: the
# scripts of kernel/tests, each s_*.c as a static program, mthptop, bash and jq. There are no files of the host:
# these kernels have no 9p. Tests of one version share a guest, one after the other. If the guest dies, its
# later tests fail. Comments in the file declare what else a test needs:
#
#   kernels: 7.2 7.3    only on these (default: all)
#   vm: --smp 2         a guest of its own, with these options of kernel/vm (default --smp 1)

stock_versions=(6.1 6.12 6.18 7.1 7.2 7.3)

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

# stock_tests VERSION: "OPTIONS OF VM|NAME" of each test.
stock_tests() {
	local f kernels
	for f in "$here"/s_*.sh; do
		kernels=$(comment "$f" kernels)
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
	kernel/vm --kernel "$2" --pack --program bash --program jq --add "$bin/stock-$version" \
		--console "$logs/$log.console" --timeout 900 --smp 1 $3 $VM_ARGS "$command" \
		>"$logs/$log.out" 2>&1
	for t in "${@:4}"; do
		renumber "$version: $t" < <(tr -d '\r' <"$logs/$log.out" |
			awk -v t="$t" '/^@ / { on = $2 == t; next } on')
	done
	check_log "$version" "$logs/$log.console"
}

run_stock() {
	local version=${1%%-*} only='' image options tests
	[[ $1 != *-* ]] || only=${1#*-}
	if ! image=$(kernel/get-image "$version" 2>"$logs/stock-$version.get"); then
		n=$((n + 1))
		echo "ok $n - $version # SKIP $(sed -n 's/^mthptop: //p' "$logs/stock-$version.get" | tail -n 1)"
		return
	fi
	echo "# $version: ${image##*/}"
	prepare_stock "$version" || { result 1 "$version: the programs of its tests compile"; return; }
	while read -r options; do
		mapfile -t tests < <(stock_tests "$version" | awk -F'|' -v o="$options" -v only="$only" \
			'$1 == o && (only == "" || $2 == only) { print $2 }')
		((${#tests[@]} == 0)) || boot_stock "$version" "$image" "$options" "${tests[@]}"
	done < <(stock_tests "$version" | cut -d'|' -f1 | sort -u)
}

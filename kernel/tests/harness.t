#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Messages of kernel/build and kernel/vm if something is missing. Builds and boots nothing.
. "$(dirname "$0")/../../analyzer/tests/support/tap.sh"

unset KERNEL_SRC KERNEL_BUILD KERNEL_CONFIG QEMU VM_ACCEL
export XDG_CACHE_HOME=$tmp/cache
mkdir -p "$tmp/empty" "$tmp/bin"

run kernel/build --faster
is "$status" 2 "an unknown option: exit status"
like "$err" "unknown option: --faster" "an unknown option: message"

KERNEL_BUILD=$tmp/empty run kernel/build
is "$status" 3 "KERNEL_BUILD without a kernel: exit status"
like "$err" "no kernel in KERNEL_BUILD: .*bzImage.*build it" "KERNEL_BUILD without a kernel: message"

touch "$tmp/bzImage"
KERNEL_BUILD=$tmp run kernel/build
is "$status$out" "0$tmp" "KERNEL_BUILD with a kernel is taken as it is"

run kernel/build 9.99
is "$status" 3 "a version without patches: exit status"
like "$err" "no series: .*9.99" "a version without patches: message"

KERNEL_SRC=$tmp/empty run kernel/build
is "$status" 3 "KERNEL_SRC without a kernel: exit status"
like "$err" "no kernel source in KERNEL_SRC|not installed" "KERNEL_SRC without a kernel: message"

printf '#!/bin/sh\necho aarch64\n' >"$tmp/bin/uname"
chmod +x "$tmp/bin/uname"
PATH=$tmp/bin:$PATH run kernel/build
is "$status" 3 "another architecture: exit status"
like "$err" "this machine is aarch64" "another architecture: message"
rm "$tmp/bin/uname"

# Packages that cannot be installed: an error if the program needs them, not if only the kernel does.
mkdir -p "$tmp/apt"
printf '#!/bin/sh\nexit 1\n' | tee "$tmp/apt/dpkg-query" "$tmp/apt/apt-get" >"$tmp/apt/sudo"
chmod +x "$tmp/apt/"*
PATH=$tmp/apt:$PATH run analyzer/install-deps no-such-package
is "$status" 3 "a package that cannot be installed: exit status"
PATH=$tmp/apt:$PATH run analyzer/install-deps --try no-such-package
is "$status" 0 "with --try: goes on"
like "$err" "cannot install packages: no-such-package" "with --try: names it all the same"

run kernel/build --unpatched 9.99
is "$status" 3 "no source package: exit status"
like "$err" "apt-get install" "no source package: says what to install"

printf '#!/bin/sh\nprintf "a b c Available\\n/dev/x 1 1 100\\n"\n' >"$tmp/bin/df"
chmod +x "$tmp/bin/df"
mkdir -p "$tmp/tree/mm"
printf 'VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 1\n' >"$tmp/tree/Makefile"
printf 'int khugepaged;\n' >"$tmp/tree/mm/khugepaged.c"
PATH=$tmp/bin:$PATH KERNEL_SRC=$tmp/tree run kernel/build
is "$status" 3 "too little disk: exit status"
like "$err" "not enough disk: .* 100 MB free, [0-9]+ MB needed" "too little disk: message"

printf '#!/bin/sh\nprintf "a b c Available\\n/dev/x 1 1 99999\\n"\n' >"$tmp/bin/df"
PATH=$tmp/bin:$PATH KERNEL_SRC=$tmp/tree run kernel/build
is "$status" 1 "a tree that the series does not fit: exit status"
like "$err" "patch does not apply: 0001-.*: to 6.12.1 \(.*KERNEL_SRC\)" \
	"a tree that the series does not fit: names patch and version"
is "$(cat "$tmp/tree/mm/khugepaged.c")" "int khugepaged;" "KERNEL_SRC is not written to"

touch "$tmp/tree/.config"
PATH=$tmp/bin:$PATH KERNEL_SRC=$tmp/tree run kernel/build
is "$status" 3 "a tree that was built in: exit status"
like "$err" "was built in place \(run: make -C .* mrproper\)" "a tree that was built in: message"

QEMU=no-such-qemu run kernel/vm --kernel "$tmp/bzImage" true
is "$status" 3 "no qemu: exit status"
like "$err" "no-such-qemu: not installed \(run: apt-get install qemu-system-x86\)" "no qemu: message"

QEMU=no-such-qemu run kernel/vm --check
is "$status" 3 "no qemu: --check says so, too"
QEMU=no-such-qemu run kernel/tests/run --prepare
is "$status" 3 "no qemu: the tests cannot run, exit status"
like "$err" "no-such-qemu: not installed" "no qemu: the tests say why, before anything is built"
KERNEL_BUILD=$tmp/empty run kernel/tests/run --prepare
is "$status" 3 "no kernel: the tests cannot run, exit status"
like "$err" "no kernel in KERNEL_BUILD" "no kernel: the tests say why"
run kernel/tests/run --list
is "$(tr ' ' '\n' <<<"$out" | sort | uniq -d)" "" "no test is listed twice"
is "$(grep -c '^stock-[67]\.' <<<"$out")" 9 "each of Debian's kernels is listed"
is "$(sort <<<"$out" | grep -vx 'upstream\|stock-.*')" \
	"$(cd kernel/tests && printf '%s\n' t_*.c t_*.sh | sed -n 's/^t_\([a-z0-9_]*\)\.[a-z]*$/\1/p' | sort)" \
	"and each of kernel/tests is"

run kernel/vm --mem
is "$status" 2 "an option without its value: exit status"

run kernel/vm --kernel "$tmp/nothing" true
is "$status" 3 "no such kernel: exit status"
like "$err" "no kernel: .*nothing" "no such kernel: message"

# A guest that prints a few words on its console and dies, played by a fake qemu.
cat >"$tmp/bin/dies" <<'DIES'
#!/bin/sh
[ "$1" = --version ] && exit
for a; do
	case $a in file:*) echo 'Kernel panic - not syncing: of this test' >"${a#file:}" ;; esac
done
DIES
cat >"$tmp/bin/hangs" <<'HANGS'
#!/bin/sh
[ "$1" = --version ] && exit
for a; do
	case $a in file:*) echo 'the last words' >"${a#file:}" ;; esac
done
exec sleep 1000
HANGS
cat >"$tmp/bin/threads" <<'THREADS'
#!/bin/sh
[ "$1" = --version ] && echo "QEMU emulator version $VERSION (of this test)" && exit
printf 'mthp-vm: ready\n%s\nmthp-vm: exit 0\n' "$2"
THREADS
cat >"$tmp/bin/works" <<'WORKS'
#!/bin/sh
printf 'mthp-vm: ready\r\nhello\r\nmthp-vm: exit 42\r\n'
WORKS
chmod +x "$tmp/bin/dies" "$tmp/bin/hangs" "$tmp/bin/works" "$tmp/bin/threads"
export VM_ACCEL=tcg
QEMU=$tmp/bin/dies run kernel/vm --kernel "$tmp/bzImage" true
is "$status" 125 "a guest that dies: exit status"
like "$err" "guest failed: .*ended before the command did" "a guest that dies: message"
like "$err" "Kernel panic - not syncing: of this test" "a guest that dies: its last words"
QEMU=$tmp/bin/hangs run kernel/vm --kernel "$tmp/bzImage" --timeout 2 true
is "$status" 125 "a guest that hangs: exit status"
like "$err" "still running after 2 s" "a guest that hangs: message"
like "$err" "the last words" "a guest that hangs: its last words"
QEMU=$tmp/bin/works run kernel/vm --kernel "$tmp/bzImage" true
is "$status" 42 "a command's exit status is passed on"
like "$out" "^hello$" "and what it printed"
for version in 7.2.22:single 8.0.9:single 8.1.0:multi 10.0.2:multi; do
	VERSION=${version%:*} QEMU=$tmp/bin/threads run kernel/vm --kernel "$tmp/bzImage" true
	like "$out" "^tcg,thread=${version#*:}\$" "qemu ${version%:*}: threads"
done

# Debian's kernels: one that cannot be fetched is skipped, and a guest that dies fails.
printf '#!/bin/sh\n' >"$tmp/bin/apt-get"
chmod +x "$tmp/bin/apt-get"
PATH=$tmp/bin:$PATH run kernel/tests/run stock-7.3
is "$status" 0 "no image: exit status"
like "$out" "^ok 1 - 7.3 # SKIP cannot fetch Debian's kernel 7.3 " "no image: skipped, with the reason"
mkdir -p "$tmp/cache/mthptop/images/amd64"
touch "$tmp/cache/mthptop/images/amd64/7.3.1-cloud-amd64"
if command -v bash jq cpio >/dev/null && [ -x "$OUT/mthptop" ]; then
	mkdir "$tmp/built"
	cp "$OUT/mthptop" "$tmp/built/"
	OUT=$tmp/built QEMU=$tmp/bin/dies run kernel/tests/run stock-7.3
	is "$status" 1 "Debian's kernel dies: exit status"
	like "$out" "^not ok .* - 7.3: basic: came to its end \(0 results, plan none\)" "Debian's kernel dies: its tests failed"
	like "$out" "^not ok .* - 7.3: nothing wrong in the kernel's log" "Debian's kernel dies: its log is read"
else
	skip "Debian's kernel dies" "no jq or cpio here, or nothing is built"
fi
VM_ACCEL=fast run kernel/vm --kernel "$tmp/bzImage" true
is "$status" 3 "an unknown VM_ACCEL: exit status"

# A machine on which guests hang under KVM: the probe ends, and its result is kept.
unset VM_ACCEL
if [ -r /dev/kvm ] && [ -w /dev/kvm ]; then
	cat >"$tmp/bin/kvm-hangs" <<'KVM'
#!/bin/sh
case $* in
*"-accel kvm"*) exec sleep 1000 ;;
esac
printf 'mthp-vm: ready\nmthp-vm: exit 0\n'
KVM
	chmod +x "$tmp/bin/kvm-hangs"
	start=$SECONDS
	QEMU=$tmp/bin/kvm-hangs run kernel/vm --kernel "$tmp/bzImage" true
	is "$status" 0 "where KVM hangs, the guest runs without"
	like "$out" "\(tcg\)" "and says so"
	[ $((SECONDS - start)) -lt 20 ]
	ok $? "the probe does not hang"
	start=$SECONDS
	QEMU=$tmp/bin/kvm-hangs run kernel/vm --kernel "$tmp/bzImage" true
	[ $((SECONDS - start)) -lt 5 ]
	ok $? "and is not made twice"
fi
tap_done

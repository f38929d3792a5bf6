#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernel/get-image with an apt that has the packages of this test; and what kernel/vm --pack puts into the
# guest. Fetches and boots nothing.
. "$(dirname "$0")/../../analyzer/tests/support/tap.sh"

unset ARCH QEMU
export XDG_CACHE_HOME=$tmp/cache VM_ACCEL=tcg
images=$tmp/cache/mthptop/images
mkdir -p "$tmp/bin" "$tmp/debs"

run kernel/get-image six
is "$status" 2 "get-image: not a version: exit status"
like "$err" "not a version and a suite: six .*usage" "get-image: not a version: message"
ARCH=../x run kernel/get-image 7.3
is "$status" 2 "get-image: not an architecture: exit status"

# deb PACKAGE [FILE TEXT]: makes the package of one file, or of none.
deb() {
	rm -rf "$tmp/deb"
	mkdir -p "$tmp/deb/DEBIAN"
	printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: n\nDescription: d\n' \
		"$(tr -dc 'a-z0-9.+-' <<<"$1")" >"$tmp/deb/DEBIAN/control"
	if [ "$2" ]; then
		mkdir -p "$tmp/deb${2%/*}"
		echo "$3" >"$tmp/deb$2"
	fi
	dpkg-deb -b "$tmp/deb" "$tmp/debs/$1_1_all.deb" >/dev/null
}

pack_tests() {
	local lib packed
	touch "$tmp/bzImage"
	# Keeps the list of the image's files, and plays a guest.
	cat >"$tmp/bin/qemu" <<-QEMU
		#!/bin/sh
		[ "\$1" = --version ] && exit
		while [ "\$1" != -initrd ]; do shift; done
		cpio -t --quiet <"\$2" >$tmp/packed
		printf 'mthp-vm: ready\nmthp-vm: exit 0\n'
	QEMU
	chmod +x "$tmp/bin/qemu"
	if ! QEMU=true kernel/vm --check 2>/dev/null; then
		skip "kernel/vm --pack" "no static busybox, or no cpio here"
		return
	fi
	mkdir "$tmp/out"
	cp "$(command -v env)" "$tmp/out/mthptop"
	OUT=$tmp/out QEMU=$tmp/bin/qemu run kernel/vm --kernel "$tmp/bzImage" --pack true
	is "$status" 0 "--pack: exit status"
	packed=$(sed 's,^,/,' "$tmp/packed")
	is "$(grep -x '.*/mthptop' <<<"$packed")" /bin/mthptop "--pack: the program is in the guest"
	lib=$(ldd "$tmp/out/mthptop" | grep -o '/[^ ]*' | sort)
	is "$(grep -Fx -- "$lib" <<<"$packed" | sort)" "$lib" "--pack: and the libraries that ldd names, with their paths"

	cp "$(command -v busybox)" "$tmp/out/mthptop"
	OUT=$tmp/out QEMU=$tmp/bin/qemu run kernel/vm --kernel "$tmp/bzImage" --pack true
	is "$status" 0 "--pack: a static program needs no library"

	# ldd also decides whether busybox is static.
	printf '#!/bin/sh\ncase $1 in *busybox) exit 1 ;; esac\nprintf "\\tlibgone.so.1 => not found\\n"\n' \
		>"$tmp/bin/ldd"
	chmod +x "$tmp/bin/ldd"
	OUT=$tmp/out PATH=$tmp/bin:$PATH QEMU=$tmp/bin/qemu run kernel/vm --kernel "$tmp/bzImage" --pack true
	is "$status" 3 "--pack: a library is not there: exit status"
	like "$err" "cannot pack .*/out/mthptop: libgone.so.1: not found here" "--pack: a library is not there: message"

	QEMU=$tmp/bin/qemu run kernel/vm --kernel "$tmp/bzImage" --program env true
	is "$status$(grep -cx bin/env "$tmp/packed")$(grep -c 'libc\.so' "$tmp/packed")" 011 "--program: the program and its library"
	QEMU=$tmp/bin/qemu run kernel/vm --kernel "$tmp/bzImage" --program no-such-program true
	is "$status" 3 "--program: it is not installed: exit status"
	like "$err" "nothing to pack: no-such-program: not installed" "--program: it is not installed: message"

	OUT=$tmp/empty QEMU=$tmp/bin/qemu run kernel/vm --kernel "$tmp/bzImage" --pack true
	is "$status" 3 "--pack: nothing was built: exit status"
	like "$err" "nothing to pack: .*not built" "--pack: nothing was built: message"
	QEMU=$tmp/bin/qemu run kernel/vm --kernel "$tmp/bzImage" --pack --host true
	is "$status" 2 "--pack with --host: exit status"
	QEMU=$tmp/bin/qemu run kernel/vm --kernel "$tmp/bzImage" --mem lots true
	is "$status" 2 "--mem without a size: exit status"

	truncate -s 33M "$tmp/large"
	QEMU=$tmp/bin/qemu run kernel/vm --kernel "$tmp/bzImage" --mem 128M --add "$tmp/large" true
	is "$status" 3 "more than the guest can hold: exit status"
	like "$err" "larger than a quarter of its memory, 128M" "more than the guest can hold: message"
	QEMU=$tmp/bin/qemu run kernel/vm --kernel "$tmp/bzImage" --mem 256M --add "$tmp/large" true
	is "$status" 0 "and with more memory it can"
}
pack_tests

# Programs of another architecture come from a folder that has the packages of it, with what they need.
arch_tests() {
	local sysroot=$tmp/cache/mthptop/sysroot/arm64 file
	run kernel/cross vax
	is "$status" 2 "cross: an unknown architecture: exit status"
	run kernel/vm --arch vax true
	is "$status" 2 "--arch: an unknown architecture: exit status"
	run kernel/vm --arch arm64 --host true
	is "$status" 2 "--arch with --host: exit status"
	QEMU=no-such-qemu run kernel/vm --arch arm64 true
	like "$err" "no-such-qemu: not installed \(run: apt-get install qemu-system-arm\)" "--arch: no qemu: message"
	printf '#!/bin/sh\n' >"$tmp/bin/apt-get"
	chmod +x "$tmp/bin/apt-get"
	PATH=$tmp/bin:$PATH run kernel/cross arm64
	is "$status" 3 "cross: no mirror: exit status"
	like "$err" "cannot fetch libraries for arm64: " "cross: no mirror: message"
	if ! command -v readelf >/dev/null; then
		skip "--arch" "no readelf here"
		return
	fi
	mkdir -p "$sysroot/bin" "$sysroot/usr/lib"
	echo "$(make -s dev-packages) busybox-static bash jq" >"$sysroot/packages"
	cp "$(command -v env)" "$sysroot/bin/env"
	cp "$(command -v busybox)" "$sysroot/bin/busybox"
	for file in $(ldd "$sysroot/bin/env" | grep -o '/[^ ]*'); do
		mkdir -p "$sysroot${file%/*}"
		cp "$file" "$sysroot$file"
	done
	# Found by its name, below lib and usr/lib, and its own libraries, too.
	QEMU=$tmp/bin/qemu run kernel/vm --arch arm64 --kernel "$tmp/bzImage" --program env true
	is "$status" 0 "--arch: exit status"
	is "$(grep -E '^(bin/env|.*/ld-.*|.*/libc\.so\..*)$' "$tmp/packed" | sort)" \
		"$( (echo bin/env; ldd "$sysroot/bin/env" | grep -o '/[^ ]*' | sed 's,^/,,') | sort)" \
		"--arch: a program, its library and its linker are packed"
	rm "$sysroot"/lib/*/libc.so.*
	QEMU=$tmp/bin/qemu run kernel/vm --arch arm64 --kernel "$tmp/bzImage" --program env true
	like "$err" "cannot pack .*/env: libc.so.6: not found here" "--arch: a library is not there: message"
	QEMU=$tmp/bin/qemu run kernel/vm --arch arm64 --kernel "$tmp/bzImage" --program nothing true
	like "$err" "nothing to pack: nothing: not installed in .*/sysroot/arm64" "--arch: no such program: message"
	rm -r "$tmp/cache/mthptop"
}
if QEMU=true kernel/vm --check 2>/dev/null; then
	arch_tests
else
	skip "kernel/vm --arch" "no static busybox, or no cpio here"
fi

if ! command -v dpkg-deb >/dev/null || [ ! -r /usr/share/keyrings/debian-archive-keyring.gpg ]; then
	skip "get-image" "no dpkg-deb, or no keyring of Debian here"
	tap_done
	exit
fi
cat >"$tmp/bin/apt-get" <<APT
#!/bin/sh
case "\$*" in
indextargets*) echo "Debian|Debian|http://mirror.invalid/" ;;
*" update") exit 0 ;;
*" download "*)
	for package; do :; done
	cp "$tmp/debs/\${package}_1_all.deb" . || { echo "E: gone: \$package" >&2; exit 100; }
	;;
esac
APT
printf '#!/bin/sh\ncat "%s"\n' "$tmp/names" >"$tmp/bin/apt-cache"
chmod +x "$tmp/bin/apt-get" "$tmp/bin/apt-cache"

# The newest one by number is neither the last by letters nor the first of the list.
cat >"$tmp/names" <<NAMES
linux-image-7.3.10+deb13-cloud-amd64
linux-binary-7.3.10+deb13-cloud-amd64
linux-image-7.3.9+deb13-cloud-amd64
linux-image-7.3.11+deb13-cloud-amd64-unsigned
linux-image-7.3.12+deb13-cloud-amd64-dbg
linux-image-7.3.13+deb13-amd64
linux-image-7.30.1+deb13-cloud-amd64
linux-image-6.18.15+deb13-cloud-amd64
linux-image-6.19.1+deb13-cloud-amd64
linux-image-7.2.1+deb13-cloud-amd64
linux-image-7.3.77+deb13-cloud-arm64
linux-image-7.3.66+deb13-arm64-16k
linux-image-7.3.67+deb13-rt-arm64-16k
linux-image-cloud-amd64
NAMES
deb linux-binary-7.3.10+deb13-cloud-amd64 /usr/lib/modules/7.3.10+deb13-cloud-amd64/vmlinuz new
deb linux-image-7.3.10+deb13-cloud-amd64
deb linux-image-6.18.15+deb13-cloud-amd64 /boot/vmlinuz-6.18.15+deb13-cloud-amd64 old
deb linux-image-7.2.1+deb13-cloud-amd64
deb linux-image-7.3.66+deb13-arm64-16k /boot/vmlinuz-7.3.66+deb13-arm64-16k 16k

PATH=$tmp/bin:$PATH run kernel/get-image 7.3
is "$out" "$images/amd64/7.3.10+deb13-cloud-amd64" "get-image: the newest one of the version"
is "$(cat "$out")" new "get-image: vmlinuz of a linux-binary package"
PATH=$tmp/bin:$PATH run kernel/get-image 6.18
is "$(cat "$out")" old "get-image: vmlinuz of a linux-image package"
ARCH=arm64-16k PATH=$tmp/bin:$PATH run kernel/get-image 7.3
is "$out" "$images/arm64-16k/7.3.66+deb13-arm64-16k" "get-image: a kernel with larger pages"

rm -f "$tmp/debs/"*6.18*
PATH=$tmp/bin:$PATH run kernel/get-image 6.18
is "$status$out" "0$images/amd64/6.18.15+deb13-cloud-amd64" "get-image: one that is there is not fetched again"

PATH=$tmp/bin:$PATH run kernel/get-image 7.0
is "$status" 3 "get-image: a version that the suite no longer has: exit status"
like "$err" "Debian's kernel 7.0 .*trixie-backports has no such kernel, or no longer; it has 6.18 6.19 7.2 7.3 7.30 \(" \
	"get-image: a version that the suite no longer has: message"
ARCH=riscv64 PATH=$tmp/bin:$PATH run kernel/get-image 7.3
like "$err" "it has none \\(" "get-image: an architecture without such kernels: message"

PATH=$tmp/bin:$PATH run kernel/get-image 7.2
is "$status" 3 "get-image: packages without a kernel: exit status"
like "$err" "have no vmlinuz" "get-image: packages without a kernel: message"
PATH=$tmp/bin:$PATH run kernel/get-image 6.19
is "$status" 3 "get-image: a download that breaks: exit status"
like "$err" "apt: E: gone: linux-image-6.19.1" "get-image: a download that breaks: apt's message"
PATH=$tmp/bin:$PATH run kernel/get-image 7.3 trixie-security
like "$err$out" "$images/amd64/7.3.10" "get-image: a kernel that is there, from whatever suite"
rm "$images/amd64/7.3.10"*
PATH=$tmp/bin:$PATH run kernel/get-image 7.3 trixie-security
like "$err" "apt knows no mirror of Debian Security" "get-image: updates for security come from their own mirror"

head -c 5000 "$tmp/debs/linux-binary-7.3.10+deb13-cloud-amd64_1_all.deb" | head -c 300 >"$tmp/broken"
mv "$tmp/broken" "$tmp/debs/linux-binary-7.3.10+deb13-cloud-amd64_1_all.deb"
PATH=$tmp/bin:$PATH run kernel/get-image 7.3
is "$status" 3 "get-image: a broken package: exit status"
is "$(ls "$images/amd64"; ls -A "$tmp/cache/mthptop")" "6.18.15+deb13-cloud-amd64"$'\n'images \
	"get-image: failures leave nothing behind"
tap_done

# SPDX-License-Identifier: GPL-2.0-only
# Traces made by hand after docs/trace-format.md, which no recorder would write. Source this file.
# shellcheck shell=bash

# le NR_BYTES NUMBER: the number, little-endian, as printf escapes.
le() {
	local i
	for ((i = 0; i < $1; i++)); do
		printf '\\x%02x' $((($2 >> (8 * i)) & 255))
	done
}

# CRC-32 of stdin, little-endian: gzip ends with it.
crc() {
	gzip -c | tail -c 8 | head -c 4
}

# forge_head MAJOR BYTE_ORDER_MARK
forge_head() {
	printf '\x89MTHP\r\n\x1a'"$(le 2 "$1")$(le 2 0)$(le 4 "$2")$(le 4 32)$(le 8 0)" >"$tmp/.head"
	cat "$tmp/.head"
	crc <"$tmp/.head"
}

# forge_block TYPE SEQUENCE, payload on stdin
forge_block() {
	local size
	cat >"$tmp/.payload"
	size=$(stat -c %s "$tmp/.payload")
	{
		printf "TM\x0c\xb1$(le 2 "$1")$(le 2 0)$(le 4 "$size")$(le 4 "$size")$(le 4 "$2")$(le 12 0)"
		crc <"$tmp/.payload"
	} >"$tmp/.blockhead"
	cat "$tmp/.blockhead"
	crc <"$tmp/.blockhead"
	cat "$tmp/.payload"
}

# forge_trace PAGE_SIZE PMD_ORDER: a whole trace without events.
forge_trace() {
	forge_head 1 $((0x01020304))
	printf 'release=forged\npage_size=%d\npmd_order=%d\nstart_ns=1\n' "$1" "$2" | forge_block 1 0
	printf 'end_ns=1000000000\ncomplete=1\nevents=0\n' | forge_block 5 1
}

# SPDX-License-Identifier: GPL-2.0-only
"""hostile.py TRACE OUT: the trace with names that attack whoever prints them, and right CRCs (trace-format.md)."""
import struct
import sys
import zlib

ESC = b'\x1b[31mRED\x1b]0;title\x07'
NASTY = [ESC, b'=1+cmd|x', b'+1', b'@SUM(A1)', b'-2+3', b'\xe2\x80\xae\xe2\x80\x8bRLO', b'\xff\xfe\xc3', b'\x7f\xc2\x9b31m',
         b'<b>"\'&</b>', b'\nnot ok 1', b'\\x1b', b'a,b;c\td', b'\xf3\xa0\x81\x81tag', b'\xe2\x80\xa8line', b'$(id)`id`', b'%s%n',
         b'\xef\xbc\x9d1', b'# SKIP']


def esc(name):
    """As the format writes bytes of names and values."""
    return b''.join(b'\\x%02x' % c if c < 32 or c in (0x7f, 0x5c, 0x3d) else bytes([c]) for c in name)


def hostile_meta(body):
    out, n = [], 0
    for line in body.splitlines():
        name = line.split(b'=')[0]
        if name in (b'release', b'machine', b'origin', b'clock', b'writer') or name.startswith((b'result.', b'setting.')):
            if name.startswith(b'setting.') and line.split(b'=')[1].isdigit():
                out.append(line)
                continue
            out.append(name + b'=' + esc(NASTY[n % len(NASTY)] + b'%d' % n))
            n += 1
        else:
            out.append(line)
    return b'\n'.join(out) + b'\n'


def hostile_events(body):
    body = bytearray(body)
    _, _, size, owners, _ = struct.unpack_from('<IHHII', body, 0)
    for i in range(owners):
        at = 24 + i * size + 24
        mm = body[at - 24]
        body[at:at + 16] = NASTY[(mm + i) % len(NASTY)][:15].ljust(16, b'\0')
    return bytes(body)


def hostile_cgroups(body):
    lines = body.splitlines()
    return b''.join(l.split(b'=')[0] + b'=/' + esc(NASTY[i % len(NASTY)]) + b'\n' for i, l in enumerate(lines))


REWRITE = {1: hostile_meta, 2: hostile_events, 6: hostile_cgroups}


def main():
    data = open(sys.argv[1], 'rb').read()
    out, at = bytearray(data[:32]), 32
    while at < len(data):
        magic, kind, flags, stored, raw, seq, events, before = struct.unpack_from('<IHHIIIIQ', data, at)
        body = data[at + 40:at + 40 + stored]
        body = zlib.decompress(body, -15) if flags & 1 else body
        body = REWRITE.get(kind, bytes)(body)
        head = struct.pack('<IHHIIIIQI', magic, kind, 0, len(body), len(body), seq, events, before, zlib.crc32(body))
        out += head + struct.pack('<I', zlib.crc32(head)) + body
        at += 40 + stored
    open(sys.argv[2], 'wb').write(out)


main()

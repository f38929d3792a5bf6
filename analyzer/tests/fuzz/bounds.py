# SPDX-License-Identifier: GPL-2.0-only
"""bounds.py MTHPTOP TMP [EVERY]: does any input of 1 MB take more than 2 s of CPU time or 64 MiB?

Runs a plain build on inputs of 1 MB: each EVERYth of the fuzzers' corpora, repeated as often as it fits, and made ones
that are many of one kind. Prints one TAP line for each kind of input; the worst of each is in it. What goes over a
limit must say what was given up.
"""
import glob
import gzip
import itertools
import os
import random
import re
import struct
import subprocess
import sys
import threading
import zlib

MB = 1 << 20
SECONDS, MIB = 2.0, 64
GAVE_UP = re.compile(rb'too many|too long|more than|is not read|are not read|left out|at most|judgements|out of memory')
CORPUS = 'analyzer/tests/data/corpus'
SAMPLE = 'analyzer/tests/data/samples/demo.mthp'
SCAN = ('%s-%d [%03d] %d.%06d: mm_khugepaged_scan_pmd: mm=%016x, scan_pfn=0x%x, writable=1, referenced=1, '
        'none_or_zero=%d, status=%s, unmapped=0\n')


def filled(data, size=MB):
    return (data * (size // max(1, len(data)) + 1))[:size] if data else data


def whole_lines(make):
    out, n = [], 0
    while n < MB - 400:
        out.append(make(len(out)))
        n += len(out[-1])
    return ''.join(out).encode()


def block(kind, seq, body, events=0, before=0, packed=True):
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    stored = z.compress(body) + z.flush() if packed else body
    head = struct.pack('<IHHIIIIQI', 0xb10c4d54, kind, packed, len(stored), len(body), seq, events, before, zlib.crc32(stored))
    return head + struct.pack('<I', zlib.crc32(head)) + stored


def made_traces():
    """As docs/trace-format.md has them, with right checksums."""
    head = b'\x89MTHP\r\n\x1a' + struct.pack('<HHIIII', 1, 0, 0x01020304, 32, 0, 0)
    head += struct.pack('<I', zlib.crc32(head))
    meta = block(1, 0, b'release=forged\npage_size=4096\npmd_order=9\nstart_ns=1\n')
    lines = b''.join(b'%d=/%s\n' % (i, b'x' * 4000) for i in range(1, 16))
    equal = struct.pack('<IHHIIQ', 4096, 156, 40, 0, 0, 1) + bytes([1]) * 4096 + bytes(40)
    yield 'heads', filled(head)
    yield 'heads and meta', filled(head + meta)
    yield 'magics of blocks', head + meta + filled(b'TM\x0c\xb1')
    yield 'magics of traces', head + meta + filled(head[:8])
    yield 'heads of blocks', head + meta + filled(block(2, 1, equal, 4096)[:40])
    yield 'torn blocks', head + meta + filled(block(2, 1, equal, 4096)[:-1] + b'?')
    yield 'meta', head + filled(meta)
    for name, kind, body in (('equal events', 2, equal), ('cgroups', 6, lines), ('unknown', 99, bytes(4 << 20)), ('losses', 4, b'ring=1\n'),
                             ('long meta', 1, lines), ('settings', 1, b''.join(b'setting.%d=%d\n' % (i, i) for i in range(4000)))):
        data, nr = bytearray(head + meta), 0
        while len(data) < MB:
            data += block(kind, nr + 1, body, 4096 * (kind == 2), 4096 * nr * (kind == 2))
            nr += 1
        yield name, bytes(data[:MB])


def dat_files():
    for f in sorted(glob.glob('analyzer/tests/data/*/*.dat.gz')):
        yield os.path.basename(f), gzip.open(f).read()[:MB]


def made_texts():
    yield 'one line', b'a' * MB
    yield 'zeroes', bytes(MB)
    yield 'noise', random.Random(1).randbytes(MB)
    yield 'line ends', b'\n' * MB
    yield 'one process each', whole_lines(lambda n: SCAN % ('p%d' % n, n + 2, 0, n, 0, n, n, 3, 'succeeded'))
    yield 'one result each', whole_lines(lambda n: SCAN % ('khugepaged', 47, 0, n, 0, 1, n, 3, 'r%d' % n))
    yield 'one moment', whole_lines(lambda n: SCAN % ('khugepaged', 47, n % 999, 1, 0, n, 1, 3, 'pmd_null'))
    yield 'far apart', whole_lines(lambda n: SCAN % ('khugepaged', 47, 0, n << 40, 0, n, 1, 3, 'pmd_null'))
    yield 'one event each', whole_lines(lambda n: 'a-1 [000] %d.000000: mm_collapse_%d: mm=%x, order=%d\n' % (n, n, n, n))
    yield 'a long name', b'x' * (MB // 2) + b'-1 [000] 1.000000: mm_collapse_huge_page: mm=1, isolated=1, status=' + b'y' * (MB // 2 - 100)
    yield 'commas', b'a-1 [000] 1.000000: mm_khugepaged_scan_pmd: ' + b'a=1, ' * (MB // 5 - 20)
    yield 'quoted', b'mm_khugepaged_scan_pmd=3D=\n' * (MB // 27)
    yield 'brackets', b'[000] 1.0: ' * (MB // 11)


def made_rules():
    yield 'one scope each', whole_lines(lambda n: 'for comm "p%d": scans >= %d\n' % (n, n))
    yield 'one scope', whole_lines(lambda n: 'scans >= %d\n' % n)
    yield 'windows', whole_lines(lambda n: 'for every %dms: occupancy bimodal\n' % (n + 1))
    yield 'errors', whole_lines(lambda n: 'scanz(%d >= \n' % n)
    yield 'one line', b'scans >= 1 and ' * (MB // 15)
    yield 'brackets', b'(' * MB
    yield 'a string', b'release == "' + b'*' * (MB - 20) + b'"\n'
    yield 'patterns', whole_lines(lambda n: 'for comm "%s": scans >= 0\n' % ('*a' * 2000))
    yield 'results', whole_lines(lambda n: 'outcome(nosuch_%d) <= 0%%\n' % n)
    yield 'bases', whole_lines(lambda n: 'scans >= baseline "%s"\n' % os.path.abspath(SAMPLE))


def corpus(kind, every):
    for f in sorted(glob.glob('%s/%s/*' % (CORPUS, kind)))[::every]:
        data = open(f, 'rb').read()
        # The frames that the fuzzer of trace.dat has are no files.
        if kind != 'dat' or data[:1] != b'F':
            yield os.path.basename(f), filled(data)


class Worst:
    """The slowest and the largest of one kind of inputs."""

    def __init__(self):
        self.cpu, self.rss, self.runs, self.bad = (0.0, ''), (0, ''), 0, []

    def run(self, name, cmd):
        p = subprocess.Popen(cmd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        timer = threading.Timer(60, p.kill)
        timer.start()
        said = p.stderr.read()
        _, status, used = os.wait4(p.pid, 0)
        timer.cancel()
        p.returncode = status
        cpu, rss = used.ru_utime + used.ru_stime, used.ru_maxrss // 1024
        self.runs += 1
        self.cpu, self.rss = max(self.cpu, (cpu, name)), max(self.rss, (rss, name))
        if os.WIFSIGNALED(status) or os.WEXITSTATUS(status) > 4:
            self.bad.append('%s: wait status %d' % (name, status))
        elif (cpu > SECONDS or rss > MIB) and not GAVE_UP.search(said):
            self.bad.append('%s: %.1f s, %d MiB, and it says nothing of it' % (name, cpu, rss))


def main():
    mthptop, tmp, every = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1
    # One at a time: a child begins with the size of its parent.
    kinds = (('trace', made_traces()), ('text', made_texts()), ('dat', dat_files()), ('rules', made_rules()))
    path = os.path.join(tmp, 'input')
    for nr, (kind, made) in enumerate(kinds):
        worst = Worst()
        for name, data in itertools.chain(corpus(kind, every), made):
            open(path, 'wb').write(data)
            del data
            if kind == 'rules':
                worst.run(name, [mthptop, 'check', '-f', path, SAMPLE])
                continue
            for args in (['report', path, '--format', 'json'], ['script', path]) + ((['whatif', path],) if kind == 'trace' else ()):
                worst.run('%s %s' % (args[0], name), [mthptop] + args)
        print('%s %d - %s: %d runs; at most %.2f s (%s) and %d MiB (%s)' % (
            'not ok' if worst.bad else 'ok', nr + 1, kind, worst.runs, *worst.cpu, *worst.rss))
        for bad in worst.bad[:20]:
            print('# ' + bad)
    print('1..%d' % len(kinds))
    return 0


sys.exit(main())

# SPDX-License-Identifier: GPL-2.0-only
"""http.py PROGRAM SECONDS FINDINGS [SEED]: sends broken requests to `mthptop export`, over a socket of the file system
and over loopback, for so many seconds. PROGRAM is a build with sanitizers, FINDINGS the folder and prefix of what is kept.

A finding is: the exporter ends, or does not answer an honest request, or answers with what is no HTTP, or with
metrics that are not whole, or keeps descriptors or memory. The last requests before it are written to FINDINGS-http-N.
Exit status 0: none. The same SEED (the time, if there is none) sends the same requests in the same order.
"""
import collections
import os
import random
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

program, seconds, findings = sys.argv[1], float(sys.argv[2]), sys.argv[3]
seed = int(sys.argv[4]) if len(sys.argv) > 4 else int(time.time())
rnd = random.Random(seed)
REPLAY = "analyzer/tests/data/samples/creep.mthp"
OPEN_MAX = 200          # connections that are left open
RSS_MAX = 256 << 10     # kB, mostly ASan's own

SEEDS = [
    b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5,*/*;q=0.1\r\n\r\n",
    b"HEAD /metrics HTTP/1.0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\nGET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
    b"GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n",
    b"GET /metrics?a=b&c=%00%ff%zz HTTP/1.1\r\nHost: x\r\nCookie: a=b; c=\"d\r\n\r\n",
    b"PUT /metrics HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n",
    b"GET http://x:1/metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YTpi\r\nUpgrade: h2c\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 30\r\n\r\n--b\r\n\r\nx",
]
WORDS = [b"\r\n", b"\n", b"\r", b"\0", b"\r\n\r\n", b" ", b"\t", b":", b";", b",", b"=", b"q=", b"q=-1", b"q=1e999", b"*/*", b"%",
         b"HTTP/1.1", b"HTTP/0.9", b"HTTP/9.9", b"0", b"-1", b"18446744073709551616", b"ffffffffffffffffff", b"\xff\xfe", b"\"",
         b"Content-Length: ", b"Transfer-Encoding: chunked\r\n", b"Accept: ", b"application/openmetrics-text", b"version=",
         b"text/plain", b"Host: x\r\n", b" folded\r\n", b"A" * 5000, b"X: y\r\n" * 300, b"../" * 50, b"{}%n%s"]


def mutated():
    data = bytearray(rnd.choice(SEEDS))
    for _ in range(rnd.choice((0, 1, 1, 2, 3, 5, 9))):
        at = rnd.randrange(len(data) + 1)
        what = rnd.randrange(7)
        if what == 0 and data:
            data[at % len(data)] ^= 1 << rnd.randrange(8)
        elif what == 1:
            data[at:at] = rnd.choice(WORDS)
        elif what == 2:
            del data[at:at + rnd.choice((1, 1, 2, 4, 30))]
        elif what == 3:
            data[at:at + rnd.randrange(4)] = rnd.randbytes(rnd.randrange(5))
        elif what == 4:
            other = rnd.choice(SEEDS)
            data[at:] = other[rnd.randrange(len(other)):]
        elif what == 5:
            data[at:at] = data[at:at + 40] * rnd.choice((1, 2, 50))
        else:
            data = data[:at]
    return bytes(data)


class Finding(Exception):
    pass


def start(folder):
    err = open(folder + "/err", "wb")
    env = dict(os.environ, ASAN_OPTIONS="detect_leaks=0:quarantine_size_mb=8:abort_on_error=1",
               UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1")
    child = subprocess.Popen([program, "export", "--replay", REPLAY, "--speed", "0", "--listen", "unix:" + folder + "/sock",
                              "--listen", "127.0.0.1:0"], env=env, stdout=err, stderr=err)
    end = time.time() + 120
    while time.time() < end and child.poll() is None:
        at = re.search(rb"serving http at 127\.0\.0\.1:(\d+)", open(folder + "/err", "rb").read())
        if at:
            return child, [folder + "/sock", ("127.0.0.1", int(at[1]))]
        time.sleep(0.05)
    sys.stderr.buffer.write(open(folder + "/err", "rb").read())
    sys.exit("http.py: the exporter does not start")


def connect(where):
    s = socket.socket(socket.AF_UNIX if isinstance(where, str) else socket.AF_INET, socket.SOCK_STREAM)
    s.settimeout(60)
    s.connect(where)
    return s


def check(answer):
    """An answer that is not cut off by us, to a request that may be anything."""
    # An error in the first line of a request is answered without more; nothing at all is an answer, too.
    if not answer:
        return None
    head, _, body = answer.partition(b"\r\n\r\n")
    line = head.split(b"\r\n")[0]
    if not re.fullmatch(rb"HTTP/1\.[01] (100|[245]\d\d) [ -~]*", line):
        raise Finding(f"no status line: {line[:80]}")
    if b" 100 " in line:
        return check(body)
    if not re.search(rb"(?m)^\r?(?:[A-Za-z-]+: [ -~]*\r?\n?)*\Z", head[len(line) + 1:]):
        raise Finding(f"no header: {head[:300]}")
    return line


def honest(where):
    s = connect(where)
    s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    got = b""
    while True:
        part = s.recv(1 << 16)
        if not part:
            break
        got += part
    s.close()
    line = check(got)
    head, _, body = got.partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    if not line or b" 200 " not in line:
        raise Finding(f"an honest request: {line}")
    if not length or int(length[1]) != len(body) or b"\nmthptop_creep_steps_total 26\n" not in body:
        raise Finding(f"metrics that are not whole: {len(body)} bytes")


def send(where, data):
    """Sends @data in one of many ways; the socket if it is left open."""
    s = connect(where)
    way = rnd.randrange(8)
    try:
        if way == 0 and data:
            cut = rnd.randrange(len(data))
            s.sendall(data[:cut])
            if rnd.random() < 0.3:
                time.sleep(0.001)
            s.sendall(data[cut:])
        else:
            s.sendall(data)
        if way == 1:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            s.close()
            return None
        if way == 2:
            s.close()
            return None
        if way in (3, 4):
            s.shutdown(socket.SHUT_WR)
        if way == 5:
            return s
        s.settimeout(0.01)
        got = b""
        while len(got) < 1 << 20:
            part = s.recv(1 << 16)
            if not part:
                break
            got += part
        check(got)
    except OSError:
        pass
    s.close()
    return None


def proc(child):
    status = open(f"/proc/{child.pid}/status").read()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]), len(os.listdir(f"/proc/{child.pid}/fd"))


def fuzz(child, places, last):
    sent, left = 0, collections.deque()
    for where in places:
        honest(where)
    fds = proc(child)[1]
    end = time.time() + seconds
    while time.time() < end:
        data = mutated()
        last.append(data)
        s = send(places[sent % 2], data)
        sent += 1
        if s:
            left.append(s)
        while len(left) > OPEN_MAX:
            left.popleft().close()
        if child.poll() is not None:
            raise Finding(f"the exporter has ended: {child.returncode}")
        if sent % 500 == 0:
            honest(places[sent // 500 % 2])
    for s in left:
        s.close()
    # A connection lasts ten seconds at most; on a machine under load, somewhat longer.
    for _ in range(60):
        honest(places[0])
        rss, now = proc(child)
        if now <= fds:
            break
        time.sleep(0.5)
    print(f"stat::number_of_executed_units: {sent}\nresident: {rss} kB, descriptors: {now} (before: {fds}), seed: {seed}",
          file=sys.stderr)
    if now > fds:
        raise Finding(f"{now - fds} descriptors more than before")
    if rss > RSS_MAX:
        raise Finding(f"resident memory: {rss} kB")
    child.send_signal(signal.SIGTERM)
    if child.wait(60):
        raise Finding(f"it ends with status {child.returncode}")


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    last = collections.deque(maxlen=1000)
    with tempfile.TemporaryDirectory() as folder:
        child, places = start(folder)
        try:
            fuzz(child, places, last)
            return 0
        except (Finding, OSError) as what:
            child.kill() if child.poll() is None else None
            name = f"{findings}-http-{seed}"
            with open(name, "wb") as out:
                for data in last:
                    out.write(repr(data).encode() + b"\n")
            print(f"http.py: {what} (seed {seed}; the last requests are in {name})", file=sys.stderr)
            sys.stderr.buffer.write(open(folder + "/err", "rb").read()[-4000:])
            return 1


sys.exit(main())

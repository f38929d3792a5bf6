# SPDX-License-Identifier: GPL-2.0-only
"""Clients that no server wishes for. http_clients.py KIND HOST PORT [N]: prints what became of them.

idle N		N connections that say nothing; stays until a line comes on standard input
loris N		N connections that send one byte of a request every half second, for 14 seconds
reader N	N connections that ask for the metrics and never read them; stays as idle does
scrapes N	N scrapes, a hundred a second; prints how many were answered in full
garbage N	N requests of random bytes, half of them beginning like a request
"""
import os
import random
import socket
import sys
import time

kind, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
nr = int(sys.argv[4]) if len(sys.argv) > 4 else 1


def connect():
    s = socket.create_connection((host, port), timeout=20)
    return s


def many():
    return [connect() for _ in range(nr)]


def closed(s):
    s.setblocking(False)
    try:
        return s.recv(65536) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


if kind == "idle":
    socks = many()
    print("ready", flush=True)
    sys.stdin.readline()
    print(sum(closed(s) for s in socks))
elif kind == "reader":
    socks = many()
    for s in socks:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
    print("ready", flush=True)
    sys.stdin.readline()
elif kind == "loris":
    socks = many()
    head = b"GET /metrics HTTP/1.1\r\nHost: " + b"x" * 100
    gone = set()
    for i in range(28):
        for s in socks:
            try:
                s.send(head[i:i + 1])
            except OSError:
                gone.add(s)
        time.sleep(0.5)
    print(len(gone))
elif kind == "scrapes":
    whole = 0
    begun = time.monotonic()
    for i in range(nr):
        time.sleep(max(0, begun + i / 100 - time.monotonic()))
        s = connect()
        s.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        got = b""
        while part := s.recv(1 << 16):
            got += part
        s.close()
        head, _, body = got.partition(b"\r\n\r\n")
        length = [line for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")]
        whole += head.startswith(b"HTTP/1.1 200 ") and length == [b"Content-Length: %d" % len(body)]
    print(whole)
elif kind == "garbage":
    rnd = random.Random(1)
    answered = 0
    starts = [b"GET ", b"GET /metrics HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
              b"HEAD /metrics HTTP/1.0\r\nAccept: ", b"GET /" + b"a" * 20000, b"\x16\x03\x01", b"GET / HTTP/9.9\r\n\r\n",
              b"GET /metrics HTTP/1.1\r\nAccept: application/openmetrics-text;q=", b"OPTIONS * HTTP/1.1\r\n\r\n",
              b"GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"]
    end = time.time() + float(os.environ.get("GARBAGE_SECONDS", "1e9"))
    for i in range(nr):
        if time.time() > end:
            break
        s = connect()
        data = (starts[rnd.randrange(len(starts))] if rnd.random() < 0.5 else b"") + rnd.randbytes(rnd.randrange(300))
        if rnd.random() < 0.5:
            data += b"\r\n\r\n"
        try:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
            s.settimeout(0.3)
            if s.recv(64).startswith(b"HTTP/1."):
                answered += 1
        except OSError:
            pass
        s.close()
    print(answered)

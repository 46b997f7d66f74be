#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Clients that ask a server without pause, and doubt every reply.

swarm.py ADDRESS CLIENTS REQUEST...

Each client sends the requests in turn, one at a time, until standard input
ends.  A reply must be whole, must be the one to its request (by tag), and an
OK must be the same as the first one for that request and revision, took_us
aside.  A connection that ends is opened anew.  At the end it prints one line:

    replies=N ok=N CODE=N... bye=REASON:N... torn=N wrong=N lost=N refused=N

torn: the connection ended inside a reply.  wrong: another reply than before,
or to another request.  lost: it ended, without BYE, where a reply should have
begun.  refused: could not connect.
"""
import collections
import re
import sys
import threading

from wire import Torn, connect, read_reply

count = collections.Counter()
seen = {}
lock = threading.Lock()
over = threading.Event()


def note(key):
    with lock:
        count[key] += 1


def judge(request, tag, line, body):
    if not line.startswith(b"#" + tag + b" "):
        note("wrong")
        return
    line = line[len(tag) + 2:]
    note("replies")
    if line.startswith(b"ERR "):
        note(line.split()[1].decode())
        return
    note("ok")
    rev = re.search(rb" rev=(\S+)", line)
    key = (request, rev.group(1) if rev else b"")
    answer = (re.sub(rb"took_us=\d+", b"", line), body)
    with lock:
        if seen.setdefault(key, answer) != answer:
            count["wrong"] += 1


def converse(s, f, requests, name):
    f.readline()
    n = 0
    while not over.is_set():
        request = requests[n % len(requests)]
        tag = b"%d-%d" % (name, n)
        s.sendall(b"#" + tag + b" " + request.encode() + b"\n")
        reply = read_reply(f)
        n += 1
        if reply is None:
            note("lost")
            return
        if reply[0].startswith(b"* BYE"):
            note("bye=" + reply[0][6:].decode())
            return
        judge(request, tag, *reply)


def client(address, requests, name):
    while not over.is_set():
        try:
            s, f = connect(address)
        except OSError:
            note("refused")
            over.wait(0.02)
            continue
        try:
            converse(s, f, requests, name)
        except Torn:
            note("torn")
        except (ConnectionError, BrokenPipeError):
            note("lost")
        finally:
            f.close()
            s.close()


def main():
    address, clients = sys.argv[1], int(sys.argv[2])
    threads = [
        threading.Thread(target=client, args=(address, sys.argv[3:], i))
        for i in range(clients)
    ]
    for t in threads:
        t.start()
    sys.stdin.read()
    over.set()
    for t in threads:
        t.join()
    for key in ("torn", "wrong", "lost", "refused", "replies", "ok"):
        count.setdefault(key, 0)
    print(" ".join(f"{k}={v}" if "=" not in k else f"{k}:{v}"
                   for k, v in sorted(count.items())))


main()

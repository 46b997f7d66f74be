#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Clients that no server wishes for.  hostile.py UNIX TCP TOKEN LOG

Prints "ok NAME" or "not ok NAME" for each test, "# " lines say why.

UNIX: a server with one worker, max-connections 8, max-waiting 2, timeout 10s,
request-timeout 1s, idle-timeout 1s, unread-timeout 1s, over the sample corpus.
TCP: another, that asks for TOKEN and writes LOG (JSON).
"""
import json
import os
import re
import select
import signal
import socket
import struct
import sys
import time

from wire import SECONDS, Torn, ask, connect, read_reply, stats

UNIX, TCP, TOKEN, LOG = sys.argv[1:]


def ok(good, name, *why):
    print("ok" if good else "not ok", name, flush=True)
    if not good:
        for line in why:
            print("#  ", repr(line)[:600])


def rest(f):
    """All that is still sent, until the connection ends."""
    try:
        return f.read()
    except ConnectionError:
        return b"(reset)"


def opened(address=UNIX):
    s, f = connect(address)
    f.readline()
    return s, f


def until(what, seconds=60):
    """Wait for what() to be true: the event, not a time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.01)
    return False


def event(name):
    return sum(x["count"] for x in stats(UNIX) if x.get("event") == name)


def settled():
    """Whoever went before has been let go: this connection is the only one."""
    def alone():
        try:
            return [x for x in stats(UNIX) if "server" in x][0]["server"][
                "connections"] == 1
        except (ConnectionError, AssertionError, TypeError, Torn):
            return False  # refused, as those before still count
    return until(alone)


def worker_pid():
    pids = [x["worker"]["pid"] for x in stats(UNIX) if "worker" in x]
    return pids[0] if pids else 0


# ------------------------------------------------------------- connections
def half_close():
    s, f = opened()
    s.sendall(b"#a SEARCH limit=1 :flood\n#b PING")
    s.shutdown(socket.SHUT_WR)
    first = read_reply(f)
    tail = rest(f)
    ok(first and first[0].startswith(b"#a OK SEARCH n=1 "),
       "half-closed: what was asked is answered", first, tail)
    ok(b"OK PING" not in tail, "half-closed: half a line is no request", tail)
    ok(tail.endswith(b"* BYE closed\r\n"), "half-closed: BYE", tail)


def reset_mid_reply():
    for _ in range(20):
        s, f = opened()
        s.sendall(b"SEARCH snippets=5 :the flood strike\n" * 20)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                     struct.pack("ii", 1, 0))
        f.close()
        s.close()
    ok(settled(), "reset in a reply: all are let go")
    ok(ask(UNIX, "PING")[0] == b"OK PING", "reset in a reply: it goes on")


def never_whole():
    s, f = opened()
    s.sendall(b"#t SEA")
    tail = rest(f)
    ok(re.match(rb"(#t )?ERR 408 timeout .*\r\n\* BYE timeout\r\n$", tail),
       "a request that never ends: 408, BYE", tail)
    s, f = opened()
    try:
        for c in b"SEARCH :a" + 300 * b"h":
            s.sendall(bytes([c]))
            s.settimeout(0.1)
            try:
                if s.recv(1, socket.MSG_PEEK):
                    break
            except TimeoutError:
                pass
        s.settimeout(SECONDS)
        tail = rest(f)
    except ConnectionError:
        tail = b"(reset)"
    ok(b"ERR 408 timeout" in tail, "a byte now and then: 408", tail)


def idle():
    s, f = opened()
    tail = rest(f)
    ok(tail == b"* BYE idle\r\n", "nothing asked: BYE idle", tail)


def never_reads():
    before = event("unread_timeout")
    s, f = opened()
    s.setblocking(False)
    line = b"SEARCH limit=50 snippets=5 :the a of to in\n"
    try:
        for _ in range(20000):
            s.send(line)
    except BlockingIOError:
        pass
    ok(until(lambda: event("unread_timeout") > before),
       "who does not read is let go")
    ok(ask(UNIX, "PING")[0] == b"OK PING", "and others are answered")
    f.close()
    s.close()


def one_more():
    """What is said to one beside eight; were they still there?"""
    settled()
    held = [opened() for _ in range(8)]
    s, f = connect(UNIX)
    tail = rest(f)
    there = not select.select([h for h, g in held], [], [], 0)[0]
    for h, g in held:
        g.close()
        h.close()
    return tail, there


def too_many():
    there = False
    while not there:  # a slow machine: the first had been idle too long
        tail, there = one_more()
    ok(re.search(rb"ERR 421 busy [^\r]*max-connections=8[^\r]*\r\n"
                 rb"\* BYE busy\r\n$", tail),
       "one connection too many: 421, with the limit's name", tail)
    ok(until(lambda: answers()), "and when they have gone, it is let in")


def answers():
    try:
        return ask(UNIX, "PING")[0] == b"OK PING"
    except (ConnectionError, TypeError, Torn):
        return False


def pipeline():
    s, f = opened()
    n = 20000
    s.setblocking(True)
    pid = os.fork()
    if pid == 0:
        s.sendall(b"".join(b"#%d PING\n" % i for i in range(n)))
        os._exit(0)
    good = all(f.readline() == b"#%d OK PING\r\n" % i for i in range(n))
    os.waitpid(pid, 0)
    ok(good, f"{n} requests at once: as many replies, in order")


# ----------------------------------------------------- workers that stand still
def stopped_worker():
    if not until(worker_pid):
        raise TimeoutError("no worker")
    pid = worker_pid()
    os.kill(pid, signal.SIGSTOP)
    conns = []
    for i in range(4):
        s, f = opened()
        conns.append((s, f))
        s.sendall(b"#%d SEARCH timeout=2000 limit=1 :flood\n" % i)
        # The next one comes when this one is with the worker or waits.
        until(lambda: sum(x["server"]["busy"] + x["server"]["waiting"]
                          for x in stats(UNIX) if "server" in x) > min(i, 2))
    first = [read_reply(f)[0] for s, f in conns]
    for s, f in conns:
        f.close()
        s.close()
    ok(re.match(rb"#3 ERR 421 busy .*max-waiting", first[3]),
       "the waiting list is full: 421 at once, with its name", first)
    ok(first[0].startswith(b"#0 ERR 408 timeout"),
       "a worker past the deadline: 408", first)
    ok(all(x.split(b" ", 1)[1][:7] in (b"ERR 408", b"OK SEAR")
           for x in first[1:3]), "who waited is answered", first)
    ok(until(lambda: worker_pid() not in (0, pid)), "it is replaced")
    ok(ask(UNIX, "SEARCH limit=1 :flood")[0].startswith(b"OK SEARCH"),
       "the new one answers")
    ok(event("workers_killed") >= 1, "it is counted")


def hostile_queries():
    deep = "(a OR (a AND " * 400 + "a" + "))" * 400
    cases = {
        "deep nesting": (deep, b"ERR 506"),
        "17 brackets": ("(" * 17 + "flood" + ")" * 17, b"ERR 506"),
        "65 words": (" ".join(f"w{i}" for i in range(65)), b"ERR 506"),
        "33 words of a phrase": ('"' + " ".join("abcdefghij"[i % 10] * 3
                                 for i in range(33)) + '"', b"ERR 506"),
        "five prefixes": ("fl* st* ha* co* re*", b"ERR 506"),
        "a prefix of one letter is text": ("w*", b"OK SEARCH n=0 "),
        "a window too wide": ('"a b"~5000', b"(ERR 506|OK)"),
        "4,097 bytes": ("x" * 4097, b"ERR 506"),
        "XOR": ("a XOR (b XOR (c XOR d))", b"OK"),
        "64 common words": (" ".join(["the", "of", "to", "and"] * 16), b"OK"),
    }
    for name, (query, wanted) in cases.items():
        line, _ = ask(UNIX, "SEARCH limit=1 :" + query)
        ok(re.match(wanted, line), f"hostile query, {name}", line)


# ------------------------------------------------------------ wrong protocols
def strangers():
    cases = {
        "HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\nPING\r\n",
        "HTTP POST": b"POST / HTTP/1.1\r\n\r\nPING\r\nRELOAD\r\n",
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00PING\r\n",
        "SSH": b"SSH-2.0-OpenSSH_9.2\r\nPING\r\n",
        "RESP": b"*1\r\n$4\r\nPING\r\nPING\r\n",
        "memcached": b"\x80\x0a\x00\x00PING\r\n",
    }
    for name, data in cases.items():
        s, f = opened()
        s.sendall(data)
        tail = rest(f)
        ok(re.match(rb"ERR 512 wrong-protocol [^\r]*\r\n"
                    rb"\* BYE wrong-protocol\r\n$", tail),
           f"first bytes of {name}: 512, and nothing behind them", tail)


# ----------------------------------------------------------------- the token
def talk(address, *lines):
    s, f = connect(address)
    with s, f:
        greeting = f.readline()
        s.sendall(b"".join(x.encode() + b"\n" for x in lines))
        s.shutdown(socket.SHUT_WR)
        return greeting, rest(f)


def token():
    greeting, tail = talk(TCP, "SEARCH :flood", "INFO", "RELOAD", "HELP")
    ok(b"auth=required" in greeting and b"indexes" not in greeting,
       "before AUTH the greeting names no index", greeting)
    ok(tail.count(b"ERR 513 auth-required") == 4, "before AUTH: 513", tail)
    greeting, tail = talk(TCP, *["AUTH :wrong-token-number-%d" % i
                                 for i in range(5)], "PING")
    ok(tail.count(b"ERR 514 auth-failed") == 3 and
       tail.endswith(b"* BYE auth-failed\r\n"), "three wrong tokens", tail)
    greeting, tail = talk(TCP, "PING " + "x" * 300, "AUTH :" + TOKEN, "PING",
                          "RELOAD", "SEARCH limit=1 :flood")
    ok(tail.startswith(b"ERR 510 line-too-long"),
       "before AUTH: lines of 256 bytes", tail)
    ok(b"OK AUTH\r\nOK PING\r\nOK RELOAD\r\nOK SEARCH n=1" in tail,
       "the right one", tail)


def query_log():
    def lines():
        with open(LOG, "rb") as f:
            return f.read().splitlines()
    talk(TCP, "AUTH :" + TOKEN, "SEARCH limit=1 :caf\u00e9 \u202e\"quoted\" end")
    ok(until(lambda: any(b"caf" in x for x in lines())),
       "the query log has the request")
    log = lines()
    ok(all(json.loads(x) for x in log), "each line of it is JSON")
    ok(all(x.decode().isprintable() for x in log), "and printable", *log)
    ok(not any(TOKEN.encode() in x or b"wrong-token" in x for x in log),
       "no token in it", *log)
    ok(os.stat(LOG).st_mode & 0o777 == 0o600, "it is private")


for test in (half_close, reset_mid_reply, never_whole, idle, never_reads,
             too_many, pipeline, stopped_worker, hostile_queries, strangers,
             token, query_log):
    try:
        settled()
        test()
    except Exception as e:  # a server that goes away must not hide the rest
        ok(False, f"{test.__name__}: {type(e).__name__}: {e}")

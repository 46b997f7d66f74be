#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What an attacker sends to be understood in two ways.  http_probe.py HOST:PORT

Prints "ok NAME" or "not ok NAME" for each probe, "# " lines say why.

The server: trawld with http-hosts=a and request-timeout=1s, over the sample
corpus.  Behind the bytes of each probe there is one more request, SENTINEL: it
is answered after those that the probe deserves, or not at all when the server
has refused something before it.  So a probe that is understood in another way,
or in part, shows in how many answers there are.
"""
import json
import re
import select
import socket
import sys
import time

from wire import SECONDS, dial

ADDRESS = sys.argv[1]
OPEN, CLOSED = "open", "closed"
SENTINEL = b"GET /sentinel HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
PIECES_MAX = 4000  # bytes of a probe that is also sent a byte at a time

HOST = b"Host: a\r\n"
FORM = HOST + b"Content-Type: application/x-www-form-urlencoded\r\n"
JSON = HOST + b"Content-Type: application/json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


def get(target=b"/healthz", fields=HOST, method=b"GET", version=b"HTTP/1.1"):
    return method + b" " + target + b" " + version + b"\r\n" + fields + b"\r\n"


def line(first):
    return first + b"\r\n" + HOST + b"\r\n"


def field(text):
    return get(fields=HOST + text + b"\r\n")


def post(fields, body=b""):
    return get(b"/search", FORM + fields, b"POST") + body


def length(text, body=b"q=lak"):
    return post(b"Content-Length: " + text + b"\r\n", body)


def chunks(body):
    return post(CHUNKED, body)


def sized(body, fields=FORM):
    return get(b"/search", fields + b"Content-Length: %d\r\n" % len(body),
               b"POST") + body


def shown(data):
    return "".join(chr(c) if 32 <= c < 127 and c != 92 else "^%02x" % c
                   for c in data) or "empty"


# ------------------------------------------------------------------- answers
class Bad(Exception):
    pass


def converse(data, step, half_close):
    """Send it, step bytes at a time, and read all until the server ends."""
    s = dial(ADDRESS)
    s.setblocking(False)
    out, at, end = b"", 0, time.monotonic() + SECONDS
    data = memoryview(data)
    with s:
        while True:
            wish = [s] if at < len(data) else []
            can_read, can_write, _ = select.select(
                [s], wish, [], end - time.monotonic())
            if not can_read and not can_write:
                raise Bad("it neither answers nor closes", out[-200:])
            if can_read:
                try:
                    more = s.recv(1 << 16)
                except ConnectionError:
                    raise Bad("reset, not closed", out[-200:]) from None
                if not more:
                    return out
                out += more
            elif can_write:
                try:
                    at += s.send(data[at:at + step])
                except BlockingIOError:
                    continue
                except ConnectionError:
                    at = len(data)  # what it said before is read, still
                    continue
                if at == len(data) and half_close:
                    s.shutdown(socket.SHUT_WR)


HEAD = re.compile(rb"HTTP/1\.1 (\d{3}) [ -~]+\r\n((?:[!-9;-~]+: [^\r\n]*\r\n)+)"
                  rb"\r\n")


def check_error(status, fields, body):
    if b"application/json" not in fields.get(b"content-type", b""):
        return
    error = json.loads(body)["error"]
    if set(error) - {"code", "slug", "message", "param"} or \
            not error["message"].isprintable():
        raise Bad("an error of another shape", body)
    if status == 405 and b"GET" not in fields.get(b"allow", b""):
        raise Bad("405 without Allow", fields)


def answers(raw, bodiless):
    """[(status, fields, body)]; bodiless: the first is HEAD's."""
    out = []
    while raw:
        m = HEAD.match(raw)
        if not m:
            raise Bad("no response", raw[:200])
        status = int(m[1])
        fields = {k.lower(): v for k, v in
                  (x.split(b": ", 1) for x in m[2].splitlines())}
        n = 0 if status == 204 or (bodiless and not out) else \
            int(fields[b"content-length"])
        body = raw[m.end():m.end() + n]
        if len(body) < n:
            raise Bad("a body is cut short", raw[:200])
        if status >= 400 and n:
            check_error(status, fields, body)
        out.append((status, fields, body))
        raw = raw[m.end() + n:]
    return out


def verdict(data, wanted, end, bodiless, step):
    got = answers(converse(data + SENTINEL, step, False), bodiless)
    statuses = [x[0] for x in got]
    expected = list(wanted) + ([404] if end == OPEN else [])
    if statuses != expected:
        raise Bad(f"answers {statuses}, wanted {expected}",
                  *[x[2][:200] for x in got])
    if end == OPEN and b"/sentinel" not in got[-1][2]:
        raise Bad("the last answer is not the sentinel's", got[-1])
    said = [x[1].get(b"connection", b"") == b"close" for x in got]
    if said != [False] * (len(got) - 1) + [True]:
        raise Bad("Connection: close is on the last answer alone", said)


def report(name, test, *args):
    try:
        test(*args)
        print("ok", name, flush=True)
    except (Bad, OSError, KeyError, ValueError) as e:
        print("not ok", name, flush=True)
        for why in e.args:
            print("#  ", repr(why)[:600])


def probe(name, data, wanted, end, bodiless=False):
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    report(name, verdict, data, wanted, end, bodiless, len(data) + 200)
    if len(data) <= PIECES_MAX:
        report(name + ", in pieces", verdict, data, wanted, end, bodiless, 1)


# ------------------------------------------------- those that others fell for
def known():
    probe("ok", get(), 200, OPEN)
    probe("TE and CL", post(b"Content-Length: 4\r\n" + CHUNKED,
                            b"0\r\n\r\n" + SMUGGLED), 400, CLOSED)
    probe("TE gzip, chunked and CL",
          post(b"Content-Length: 5\r\nTransfer-Encoding: gzip, chunked\r\n",
               b"0\r\n\r\n" + SMUGGLED), 400, CLOSED)
    probe("TE xchunked", post(b"Transfer-Encoding: xchunked\r\n", SMUGGLED),
          400, CLOSED)
    probe("two CL that differ", length(b"0\r\nContent-Length: 5"), 400, CLOSED)
    for text in (b"+5", b"-1", b"5,5", b"0x5", b"99999999999999999999"):
        probe("CL " + text.decode(), length(text), 400, CLOSED)
    for size in (b"0x5", b"-1", b"+5", b"5 zz"):
        probe("chunk " + size.decode(),
              chunks(size + b"\r\nq=lak\r\n0\r\n\r\n"), 400, CLOSED)
    probe("chunk 5;ext", chunks(b"5;a=b\r\nq=lak\r\n0\r\n\r\n"), 200, OPEN)
    probe("chunk with a bad end", chunks(b"5\r\nq=lakXX0\r\n\r\n"), 400, CLOSED)
    probe("bare LF", b"GET / HTTP/1.1\nHost: a\n\n", 400, CLOSED)
    probe("blank before a colon", get(fields=b"Host : a\r\n"), 400, CLOSED)
    probe("blank before CL's colon", post(b"Content-Length : 5\r\n", b"q=lak"),
          400, CLOSED)
    probe("a folded field", field(b"X: b\r\n c"), 400, CLOSED)
    probe("NUL in a field", field(b"X: b\0c"), 400, CLOSED)
    probe("NUL in a target", line(b"GET /a\0b HTTP/1.1"), 400, CLOSED)
    probe("no Host", get(fields=b""), 400, CLOSED)
    probe("two Hosts", get(fields=b"Host: a\r\nHost: b\r\n"), 400, CLOSED)
    probe("HTTP/9.9", line(b"GET / HTTP/9.9"), 505, CLOSED)
    probe("HTTP/0.9", b"GET /\r\n\r\n", 505, CLOSED)
    probe("an unknown method", line(b"FOO / HTTP/1.1"), 501, CLOSED)
    probe("two blanks in a request line", line(b"GET  / HTTP/1.1"), 400, CLOSED)
    probe("tabs in a request line", line(b"GET\t/\tHTTP/1.1"), 400, CLOSED)
    probe("a control in a field's name", field(b"X\x01Y: b"), 400, CLOSED)
    probe("a field without a name", field(b": b"), 400, CLOSED)
    probe("a bare CR in a field", field(b"X: b\rY: c"), 400, CLOSED)
    probe("CR CR LF", line(b"GET / HTTP/1.1\r"), 400, CLOSED)
    probe("a field of 1 MB", field(b"X: " + b"a" * (1 << 20)), 431, CLOSED)
    probe("100,000 fields", field(b"X: y\r\n" * 100000 + b"X: y"), 431, CLOSED)
    probe("a body of 20 MB", sized(b"z" * 20000000), 413, CLOSED)
    probe("a trailer", chunks(b"5\r\nq=lak\r\n0\r\nContent-Length: 9\r\n\r\n"),
          200, OPEN)
    probe("an absolute target", get(b"http://evil/"), 421, OPEN)
    probe("three at once", get() * 3, (200, 200, 200), OPEN)
    probe("Expect: 100-continue",
          post(b"Expect: 100-continue\r\nContent-Length: 5\r\n", b"q=lak"),
          200, OPEN)


# ------------------------------------------------------------ and some of ours
def other_lines():
    probe("HEAD", get(method=b"HEAD"), 200, OPEN, True)
    probe("OPTIONS", get(b"/search", method=b"OPTIONS"), 204, OPEN)
    probe("OPTIONS *", get(b"*", method=b"OPTIONS"), 400, CLOSED)
    probe("POST where there is none", get(method=b"POST"), 405, OPEN)
    for method in (b"PUT", b"DELETE", b"PATCH", b"TRACE"):
        probe(method.decode(), get(method=method), 405, CLOSED)
    probe("CONNECT", get(b"a:443", method=b"CONNECT"), 405, CLOSED)
    probe("a method in lower case", get(method=b"get"), 501, CLOSED)
    probe("HTTP/1.0", get(version=b"HTTP/1.0"), 200, CLOSED)
    probe("HTTP/1.0 without Host", get(fields=b"", version=b"HTTP/1.0"),
          200, CLOSED)
    probe("HTTP/1.0 that stays", get(fields=b"Connection: keep-alive\r\n",
                                     version=b"HTTP/1.0"), 200, OPEN)
    probe("HTTP/1.0 with chunks",
          get(b"/search", FORM + CHUNKED, b"POST", b"HTTP/1.0") +
          b"0\r\n\r\n" + SMUGGLED, 400, CLOSED)
    probe("HTTP/1.2", line(b"GET / HTTP/1.2"), 505, CLOSED)
    probe("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, CLOSED)
    probe("http/1.1", line(b"GET / http/1.1"), 400, CLOSED)
    probe("a blank behind the version", line(b"GET / HTTP/1.1 "), 400, CLOSED)
    probe("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, CLOSED)
    probe("SSH", b"SSH-2.0-OpenSSH_9.2\r\n", 400, CLOSED)
    probe("the line protocol", b"SEARCH :lake\r\nPING\r\n", 400, CLOSED)
    probe("two empty lines first", b"\r\n\r\n" + get(), 200, OPEN)
    probe("many empty lines first", b"\r\n" * 20 + get(), 400, CLOSED)
    probe("an empty line between", get() + b"\r\n" + get(), (200, 200), OPEN)
    probe("good, bad, good", get() + line(b"GET  / HTTP/1.1") + SMUGGLED,
          (200, 400), CLOSED)
    probe("a target of 9 KB", get(b"/" + b"x" * 9000), 414, CLOSED)


def other_targets():
    probe("an unknown path", get(b"/nowhere"), 404, OPEN)
    probe("//", get(b"//a/healthz"), 404, OPEN)
    for target in (b"/../etc/passwd", b"/%2e%2E/x", b"/doc/..", b"/a/./b",
                   b"/%00", b"/%zz", b"/%4", b"/a%0d%0aX:y", b"/a#b", b"*",
                   b"healthz", b"/\xff", b"https://a/", b"http://u@a/",
                   b"http:///x"):
        probe("target " + shown(target), get(target), 400, CLOSED)
    probe("a target's host, and another Host",
          get(b"http://a/healthz", b"Host: evil\r\n"), 200, OPEN)
    probe("a target's host, and no Host", get(b"http://a/healthz", b""),
          400, CLOSED)


def other_fields():
    probe("Host: evil", get(fields=b"Host: evil\r\n"), 421, OPEN)
    for host in (b"a:80", b"127.0.0.1:7780", b"[::1]", b"LOCALHOST"):
        probe("Host: " + shown(host), get(fields=b"Host: " + host + b"\r\n"),
              200, OPEN)
    for host in (b"", b"a, b", b"a b", b"a/b", b"u@a", b"a:", b"[::1", b"a%00"):
        probe("Host: " + shown(host), get(fields=b"Host: " + host + b"\r\n"),
              400, CLOSED)
    probe("the same Host twice", get(fields=HOST + HOST), 400, CLOSED)
    probe("Connection: close", field(b"Connection: close"), 200, CLOSED)
    probe("Upgrade: h2c",
          field(b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                b"HTTP2-Settings: AAMAAABkAAQAAP__"), 200, OPEN)
    probe("Upgrade: websocket",
          field(b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
                b"Sec-WebSocket-Key: eA=="), 200, OPEN)
    probe("bytes over 127 in a value", field(b"X: \xff\xfe"), 200, OPEN)
    probe("64 fields", get(fields=HOST + b"X: y\r\n" * 63), 200, OPEN)
    probe("65 fields", get(fields=HOST + b"X: y\r\n" * 64), 431, CLOSED)
    probe("a line that begins with a blank", get(fields=b" X: y\r\n" + HOST),
          400, CLOSED)
    probe("Authorization twice",
          field(b"Authorization: Bearer a\r\nAuthorization: Bearer b"),
          400, CLOSED)
    probe("Expect: something else", field(b"Expect: 200-ok"), 417, CLOSED)


def other_bodies():
    probe("a request inside a body", length(b"%d" % (len(SMUGGLED) + 7),
                                            b"q=lake&" + SMUGGLED), 400, OPEN)
    probe("no length, no body", post(b""), 400, OPEN)
    probe("the same CL twice", length(b"5\r\nContent-Length: 5"), 400, CLOSED)
    probe("CL with blanks around", length(b"  5\t"), 200, OPEN)
    for text in (b"05", b"5 5", b"", b"5.0", b"18446744073709551621"):
        probe("CL " + shown(text), length(text), 400, CLOSED)
    probe("CL over 1 MB", length(b"1048577"), 413, CLOSED)
    probe("CL of 1 MB", sized(b"q=" + b"x" * ((1 << 20) - 2)), 400, OPEN)
    probe("GET with a body", get(fields=HOST + b"Content-Length: 5\r\n") +
          b"q=lak", 400, CLOSED)
    probe("GET with chunks", get(fields=HOST + CHUNKED) + b"0\r\n\r\n",
          400, CLOSED)
    probe("HEAD with a body", get(fields=HOST + b"Content-Length: 1\r\n",
                                  method=b"HEAD") + b"x", 400, CLOSED)
    probe("Content-Encoding: gzip",
          post(b"Content-Encoding: gzip\r\nContent-Length: 5\r\n", b"q=lak"),
          415, CLOSED)
    probe("text/plain", sized(b"q=lak", HOST + b"Content-Type: text/plain\r\n"),
          415, OPEN)
    probe("no Content-Type", sized(b"q=lak", HOST), 415, OPEN)


def other_chunks():
    probe("chunks", chunks(b"2\r\nq=\r\n0003\r\nlak\r\n0\r\n\r\n"), 200, OPEN)
    for te in (b"chunked, chunked", b"identity", b"chunked;q=1", b"\"chunked\"",
               b"", b"\x0bchunked", b"chunked\r\nTransfer-Encoding: chunked",
               b"\r\n chunked"):
        probe("TE " + shown(te),
              post(b"Transfer-Encoding: " + te + b"\r\n",
                   b"0\r\n\r\n" + SMUGGLED), 400, CLOSED)
    for name, body in (("17 digits", b"00000000000000005\r\nq=lak\r\n"),
                       ("a blank before", b" 5\r\nq=lak\r\n"),
                       ("a blank behind", b"5 \r\nq=lak\r\n"),
                       ("no digit", b"\r\nq=lak\r\n"),
                       ("a bare LF", b"5\nq=lak\r\n"),
                       ("a bare LF in an extension", b"5;a\nb\r\nq=lak\r\n"),
                       ("an extension of 300 bytes",
                        b"5;" + b"x" * 300 + b"\r\nq=lak\r\n"),
                       ("one byte more than said", b"5\r\nq=lake\r\n"),
                       ("one byte less than said", b"5\r\nq=la\r\n"),
                       ("LF alone at its end", b"5\r\nq=lak\n")):
        probe("chunk, " + name, chunks(body + b"0\r\n\r\n" + SMUGGLED),
              400, CLOSED)
    probe("chunk ffffffffffffffff",
          chunks(b"ffffffffffffffff\r\n" + SMUGGLED), 413, CLOSED)
    probe("chunk over 1 MB", chunks(b"100001\r\n" + SMUGGLED), 413, CLOSED)
    probe("chunks without end", chunks(
        (b"1000\r\n" + b"x" * 4096 + b"\r\n") * 1000), 413, CLOSED)
    probe("chunks of one byte without end", chunks(b"1\r\nx\r\n" * 600000),
          413, CLOSED)
    probe("trailers of 2 KB", chunks(b"0\r\nX: " + b"y" * 2048 + b"\r\n\r\n"),
          431, CLOSED)
    probe("a request as a trailer", chunks(b"0\r\n" + SMUGGLED), 400, CLOSED)


def json_bodies():
    probe("JSON", sized(b'{"q":"lake","limit":1}', JSON), 200, OPEN)
    for name, body in (("nothing", b""),
                       ("a byte order mark", b'\xef\xbb\xbf{"q":"a"}'),
                       ("bytes behind it", b'{"q":"a"} x'),
                       ("a key twice", b'{"q":"a","q":"b"}'),
                       ("nested", b'{"q":["a"]}'),
                       ("70 deep", b"[" * 70 + b"]" * 70),
                       ("a lone surrogate", b'{"q":"\\ud800"}'),
                       ("NUL", b'{"q":"\\u0000"}'),
                       ("NaN", b'{"q":"a","limit":NaN}'),
                       ("1e999", b'{"q":"a","limit":1e999}'),
                       ("bad UTF-8", b'{"q":"\xff"}')):
        probe("JSON, " + name, sized(body, JSON), 400, OPEN)


def parameters():
    for query in (b"", b"?q=a&q=b", b"?q=a&limit=abc", b"?q=a&foo=1", b"?q=%zz",
                  b"?q=%00", b"?q=%ff", b"?q=a&limit", b"?q=a&limit=007"):
        probe("/search" + query.decode(), get(b"/search" + query), 400, OPEN)
    probe("UTF-8 in a query, not encoded",
          get(b"/search?q=caf\xc3\xa9"), 200, OPEN)


# -------------------------------------------------------------- never whole
def no_answer(data):
    raw = converse(data, len(data), True)
    if raw:
        raise Bad("an answer to half a request", raw[:200])


def late(data):
    got = answers(converse(data, len(data), False), False)
    if [x[0] for x in got] != [408] or got[0][1][b"connection"] != b"close":
        raise Bad("408 and an end is wanted", got)


def unfinished():
    for name, data in (
            ("a line", b"GET /healthz HT"),
            ("a head", b"GET /healthz HTTP/1.1\r\nHost: a\r\n"),
            ("a body", length(b"50")),
            ("chunks", chunks(b"5\r\nq=lak\r\n0\r\n"))):
        report(f"half of {name}, and no more can come", no_answer, data)
        report(f"half of {name}, and no more comes", late, data)


def wait_until_ready():
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        s = dial(ADDRESS)
        with s, s.makefile("rb") as f:
            s.sendall(get(b"/readyz", HOST + b"Connection: close\r\n"))
            if b" 200 " in f.readline():
                return
        time.sleep(0.05)
    raise Bad("not ready")


report("the server is ready", wait_until_ready)
for part in (known, other_lines, other_targets, other_fields, other_bodies,
             other_chunks, json_bodies, parameters, unfinished):
    part()

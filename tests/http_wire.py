#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""HTTP against a real server, beside the line protocol.

    http_wire.py UNIX HTTP              every route, and what shapes an answer
    http_wire.py load HTTP              requests until the server ends

UNIX and HTTP are addresses of one server over the sample corpus.  Prints
"ok NAME" or "not ok NAME" for each test, "# " lines say why.
"""
import gzip
import json
import re
import socket
import sys
import urllib.parse
import xml.etree.ElementTree as xml

from wire import SECONDS, Torn, ask, dial

ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def ok(good, name, *why):
    print("ok" if good else "not ok", name, flush=True)
    if not good:
        for line in why:
            print("#  ", repr(line)[:600])


class Answer:
    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    def __getitem__(self, name):
        return self.fields.get(name.lower(), "")

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.fields} {self.body[:300]!r}"


class Client:
    """A connection that is kept; head: no body is to come."""

    def __init__(self, address):
        self.address = address
        self.s = dial(address)
        self.f = self.s.makefile("rb")

    def send(self, target, method="GET", body=b"", **fields):
        lines = [f"{method} {target} HTTP/1.1"]
        fields.setdefault("Host", self.address)
        if body:
            fields["Content-Length"] = len(body)
        lines += [f"{k.replace('_', '-')}: {v}" for k, v in fields.items()]
        self.s.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def receive(self, head=False):
        """None: the server has closed, between two answers."""
        line = self.f.readline()
        if not line:
            return None
        match = re.fullmatch(rb"HTTP/1\.1 (\d\d\d) [A-Z][A-Za-z -]+\r\n", line)
        if not match:
            raise Torn(line)
        fields = {}
        while (line := self.f.readline()) != b"\r\n":
            if not line.endswith(b"\r\n"):
                raise Torn(line)
            name, _, value = line.decode().partition(":")
            fields[name.lower()] = value.strip()
        status = int(match[1])
        n = int(fields.get("content-length", 0))
        body = b""
        if not head and status not in (204, 304):
            body = self.f.read(n)
            if len(body) < n:
                raise Torn(body)
        return Answer(status, fields, body)

    def ask(self, target, method="GET", body=b"", **fields):
        self.send(target, method, body, **fields)
        return self.receive(method == "HEAD")

    def ended(self):
        return self.f.read() == b""


def url(path, **options):
    return path + ("?" + urllib.parse.urlencode(options) if options else "")


def quoted(s):
    return "".join(c if re.match(r"[A-Za-z0-9_.-]", c) else
                   "".join("%%%02X" % b for b in c.encode()) for c in s)


def lines(unix, verb, **options):
    """The line protocol's answer: (keys, objects or bytes)."""
    request = verb + "".join(f" {k}={quoted(v)}" for k, v in options.items())
    status, body = ask(unix, request)
    keys = dict(re.findall(r" ([a-z_]+)=(\S*)", status.decode()))
    if "n" in keys:
        return keys, [json.loads(x) for x in body.split(b"\r\n")[:-2]]
    return keys, body


# -------------------------------------------------- the same, in two protocols

QUERIES = ["wolf", "rail strike", '"rail strike"', "title:lake", "lake -boat",
           "nosuchwordatall", "the", "harbour*", "caf\u00e9 \u2019quoted\u2019",
           "100% sure", "a+b & c=d # ?", "source:Harbour*"]


def same_answers(unix, http):
    for q in QUERIES:
        for options in ({}, {"limit": "3", "facets": "source",
                             "timeline": "month", "explain": "1"},
                        {"sort": "-date", "snippets": "0", "offset": "2"}):
            keys, objects = lines(unix, "SEARCH", **options, q=q)
            got = http.ask(url("/search", q=q, **options)).json()
            body = got.pop("results", []) + got.pop("facets", [])
            if "timeline" in got:
                body.append(got.pop("timeline"))
            for k in ("n", "took_us"):
                keys.pop(k, None)
            got.pop("took_us")
            given = {k: quoted(str(v)) for k, v in got.items()}
            keys = {k: quoted(urllib.parse.unquote(v)) for k, v in keys.items()}
            ok(body == objects and given == keys,
               f"SEARCH {q} {' '.join(options)}: the same over both",
               body[:2], objects[:2], given, keys)


def same_others(unix, http):
    for verb, path, options in (
            ("COUNT", "/count", {"q": "wolf"}),
            ("SUGGEST", "/suggest", {"q": "wo", "limit": "5"}),
            ("SPELL", "/spell", {"q": "wollf"}),
            ("INFO", "/info", {})):
        keys, objects = lines(unix, verb, **options)
        got = http.ask(url(path, **options)).json()
        if "n" in keys:
            ok(got["results"] == objects, f"{verb}: the same over both", got,
               objects)
        else:
            ok(got["total"] == int(keys["total"]),
               f"{verb}: the same over both", got, keys)


def documents(unix, http):
    _, hits = lines(unix, "SEARCH", limit="5", q="wolf")
    for hit in hits:
        path = urllib.parse.quote(hit["id"])
        _, text = lines(unix, "GET", id=hit["id"])
        got = http.ask("/doc/" + path)
        ok(got.status == 200 and got.body + b"\r\n" == text and
           got["Content-Type"].startswith("text/plain") and
           got["X-Content-Type-Options"] == "nosniff",
           f"/doc/{hit['id']}: its text", got, text)
        got = http.ask("/doc/" + path + "?fmt=json")
        ok(got.json()["text"].encode() + b"\r\n" == text and
           got.json()["id"] == hit["id"], f"/doc/{hit['id']}: as JSON", got)
    path = urllib.parse.quote(hits[0]["id"])
    keys, similar = lines(unix, "SIMILAR", id=hits[0]["id"])
    ok(http.ask("/similar/" + path).json()["results"] == similar and similar,
       "/similar/ID: the same over both")
    keys, why = lines(unix, "EXPLAIN", id=hits[0]["id"], q="wolf")
    ok(http.ask("/explain/" + path + "?q=wolf").json()["results"] == why and
       why[0]["explain"], "/explain/ID: the same over both")
    return hits[0]["id"]


# ----------------------------------------------------------- what shapes them

def formats(unix, http):
    keys, objects = lines(unix, "SEARCH", q="wolf")
    ids = [x["id"] for x in objects]
    got = http.ask("/search?q=wolf&fmt=ndjson")
    rows = [json.loads(x) for x in got.body.splitlines()]
    ok(rows[0]["total"] == int(keys["total"]) and rows[1:] == objects,
       "fmt=ndjson: the keys, then a line each", rows[:2])
    got = http.ask("/search?q=wolf&fmt=id")
    ok(got.body.decode().split("\n") == ids + [""], "fmt=id", got)
    got = http.ask("/search?q=wolf&fmt=tsv")
    ok([x.split("\t")[1] for x in got.body.decode().splitlines()] == ids,
       "fmt=tsv", got)
    got = http.ask("/search?q=wolf&fmt=atom")
    feed = xml.fromstring(got.body)
    dates = [e.findtext(ATOM + "updated") for e in feed.iter(ATOM + "entry")]
    ok(feed.tag == ATOM + "feed" and len(dates) == len(ids) and
       dates == sorted(dates, reverse=True), "fmt=atom: newest first", dates)
    ok(any(e.get("href", "").startswith("http://" + http.address)
           for e in feed.iter(ATOM + "link")), "whose links are whole")
    got = xml.fromstring(http.ask("/opensearch.xml").body)
    ok(got.find(OPENSEARCH + "Url").get("template").startswith(
        "http://" + http.address), "/opensearch.xml")


ROUTES = ["/", "/?q=wolf", "/search?q=wolf", "/count?q=wolf", "/suggest?q=w",
          "/spell?q=wollf", "/info", "/stats", "/metrics", "/healthz",
          "/readyz", "/openapi.json", "/opensearch.xml", "/page.css",
          "/page.js", "/icon.svg", "/favicon.ico", "/nothing", "/search"]
CHANGING = ("/stats", "/metrics")
ALIVE = ("/stats", "/metrics", "/healthz", "/readyz", "/nothing", "/search")


def every_route(http, an_id):
    routes = ROUTES + [p + urllib.parse.quote(an_id) for p in
                       ("/doc/", "/view/", "/similar/", "/explain/")]
    for target in routes:
        got = http.ask(target)
        ok(got.status == (404 if target == "/nothing" else
                          400 if target == "/search" else 200) and
           got["Date"] and got["X-Content-Type-Options"] == "nosniff" and
           "set-cookie" not in got.fields, target, got)
        head = http.ask(target, "HEAD")
        # took_us has as many digits as it likes.
        ok(head.status == got.status and head["Content-Type"] ==
           got["Content-Type"] and head["Content-Length"] != "" and
           (head["ETag"] == got["ETag"]), target + ": HEAD", head, got)
        small = http.ask(target, Accept_Encoding="gzip")
        if small["Content-Encoding"] == "gzip":
            small.body = gzip.decompress(small.body)
        ok(timeless(small.body) == timeless(got.body) or target in CHANGING,
           target + ": gzip", small)
        ok("accept-encoding" in got["Vary"].lower(), target + ": Vary", got)
        if target in ALIVE:
            ok(not got["ETag"] and got["Cache-Control"] == "no-store",
               target + ": is not to be kept", got)
            continue
        again = http.ask(target, If_None_Match=got["ETag"])
        ok(got["ETag"] and again.status == 304 and not again.body,
           target + ": 304", again, got)


def timeless(body):
    body = re.sub(rb"took_us\":\d+", b"took_us\":N", body)
    return re.sub(rb"class=\"took\">in [a-z0-9. ]+<", b"class=\"took\"><", body)


def pipelining(http):
    """Ten in one write."""
    targets = ["/count?q=wolf", "/healthz", "/search?q=lake&fmt=id",
               "/nothing", "/doc/none", "/count?q=lake", "/page.css",
               "/?q=wolf", "/suggest?q=w", "/readyz"]
    alone = [http.ask(t) for t in targets]
    http.s.sendall(b"".join(
        f"GET {t} HTTP/1.1\r\nHost: {http.address}\r\n\r\n".encode()
        for t in targets))
    got = [http.receive() for _ in targets]
    ok([(a.status, timeless(a.body)) for a in got] ==
       [(a.status, timeless(a.body)) for a in alone],
       "ten requests in one write", got)


def long_queries(http):
    q = " ".join(f"word{i}" for i in range(60)) + " wolf"
    form = urllib.parse.urlencode({"q": q}).encode()
    got = http.ask("/search", "POST", form,
                   Content_Type="application/x-www-form-urlencoded")
    ok(got.status == 200 and got.json()["total"] > 0, "POST, as a form", got)
    body = json.dumps({"q": q, "limit": 1, "explain": True}).encode()
    got = http.ask("/search", "POST", body, Content_Type="application/json")
    ok(got.status == 200 and len(got.json()["results"]) == 1 and
       got.json()["results"][0]["explain"], "POST, as JSON", got)
    got = http.ask("/count?q=" + 8192 * "x")
    ok(got.status == 414 and got["Connection"] == "close" and http.ended(),
       "too long an address is the end", got)


def many(http):
    """One connection, many requests."""
    for i in range(300):
        got = http.ask(f"/count?q=wolf&limit={i}")
        if got.status != 400:
            break
    ok(got.status == 400 and got.json()["error"]["param"] == "limit",
       "300 errors on one connection", got)


def all_routes(unix, address):
    http = Client(address)
    same_answers(unix, http)
    same_others(unix, http)
    an_id = documents(unix, http)
    formats(unix, http)
    every_route(http, an_id)
    pipelining(http)
    many(http)
    long_queries(http)


# ---------------------------------------------------------------------- an end

def load(address):
    """Ask until the server ends: each answer is whole, or is not there."""
    try:
        http, n = Client(address), 0
        print("# begun", flush=True)
        while True:
            for _ in range(5):
                http.send("/search?q=wolf+lake&limit=100&snippets=3")
            for _ in range(5):
                got = http.receive()
                if got is None:
                    raise ConnectionError
                if got.status == 503 and got["Connection"] == "close":
                    ok(http.ended(), "the last answer says so")
                    raise ConnectionError
                if got.status != 200:
                    ok(False, "an answer", got)
                json.loads(got.body)
                n += 1
    except ConnectionError:
        ok(n > 0, "all that came was whole", n)
    except (Torn, ValueError) as e:
        ok(False, "all that came was whole", e)


if __name__ == "__main__":
    socket.setdefaulttimeout(SECONDS)
    if sys.argv[1] == "load":
        load(sys.argv[2])
    else:
        all_routes(sys.argv[1], sys.argv[2])

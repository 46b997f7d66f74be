#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The line protocol for tests, as doc/protocol.md has it and no more."""
import json
import re
import socket


class Torn(Exception):
    """The connection ended inside a reply."""


SECONDS = 60  # that anything may take


def dial(address):
    """A socket; address: unix:PATH or HOST:PORT."""
    if address.startswith("unix:"):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(SECONDS)
        s.connect(address[5:])
    else:
        host, port = address.rsplit(":", 1)
        s = socket.create_connection((host, int(port)), SECONDS)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def connect(address):
    """A socket, and a file to read it by."""
    s = dial(address)
    return s, s.makefile("rb")


def read_exactly(f, n):
    data = f.read(n)
    if len(data) < n:
        raise Torn
    return data


def read_reply(f):
    """(status line, body), or None when the connection has ended."""
    line = f.readline()
    if not line:
        return None
    if not line.endswith(b"\r\n"):
        raise Torn
    body = b""
    keys = dict(re.findall(rb" (n|bytes)=(\d+)", line))
    if b" OK " in b" " + line:
        if b"bytes" in keys:
            body = read_exactly(f, int(keys[b"bytes"]) + 2)
        elif b"n" in keys:
            for _ in range(int(keys[b"n"]) + 1):
                body += f.readline()
                if not body.endswith(b"\r\n"):
                    raise Torn
            if not body.endswith(b"END\r\n"):
                raise Torn
    return line.rstrip(b"\r\n"), body


def ask(address, request):
    """One request over a connection of its own: (status line, body)."""
    s, f = connect(address)
    with s, f:
        f.readline()
        s.sendall(request.encode() + b"\n")
        return read_reply(f)


def stats(address):
    """The objects of STATS."""
    line, body = ask(address, "STATS")
    assert line.startswith(b"OK STATS"), line
    return [json.loads(x) for x in body.splitlines()[:-1]]

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""protocol.py - bytes to a trawld, and whether the right ones come back

    protocol.py doc FILE SOURCE SETUP=ADDRESS...  doc/protocol.md: its examples
                                            and, against daemon/, its lists
    protocol.py transcripts ADDRESS FILE.in...  FILE.out holds the bytes wanted

Prints "ok NAME" or "not ok NAME" for each, "# " lines say why; with --rewrite
first, transcripts are written anew.  ADDRESS: unix:PATH or HOST:PORT.
"""
import fcntl
import os
import re
import socket
import struct
import sys
import termios
import time

from wire import SECONDS, dial

SPLIT_MAX = 100  # of an input up to here every split is tried
SPLITS = 24      # of a longer one this many


def wait_until_read(s):
    """The server has taken all that was sent, so the next bytes come apart."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        left = fcntl.ioctl(s, termios.TIOCOUTQ, b"\0\0\0\0")
        if struct.unpack("i", left)[0] == 0:
            return
        os.sched_yield()


def exchange(address, pieces, half_close=True):
    """Send the pieces, one after the other; all that comes until it closes."""
    got = b""
    with dial(address) as s:
        try:
            for i, piece in enumerate(pieces):
                if i:
                    wait_until_read(s)
                s.sendall(piece)
            if half_close:
                s.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has closed already, and has said why
        while True:
            try:
                more = s.recv(1 << 16)
            except ConnectionResetError:
                break
            if not more:
                break
            got += more
    return got


def report(name, problem):
    print(("not ok " if problem else "ok ") + name)
    for line in problem or []:
        print("# " + line)


# ------------------------------------------------------------- transcripts

def rounded(reply):
    """Scores with three decimals, as a document shows them."""
    return re.sub(rb'("score":|\t)(\d+\.\d{3})\d+',
                  lambda m: m[1] + b"%.3f" % float(m[0][len(m[1]):]), reply)


def masked(reply):
    """Without what varies: time, bytes on disk, and where that is."""
    reply = rounded(reply)
    reply = re.sub(rb"took_us=\d+", b"took_us=N", reply)
    reply = re.sub(rb" size=\d+", b" size=N", reply)
    return re.sub(rb'"bytes":\d+', b'"bytes":N', reply)


def splits(data):
    yield [data]
    if len(data) <= SPLIT_MAX:
        at = range(1, len(data))
    else:
        at = range(1, len(data), len(data) // SPLITS)
    for i in at:
        yield [data[:i], data[i:]]
    yield [data[i:i + 1] for i in range(len(data))]


def transcript(address, path, rewrite):
    name = os.path.basename(path)[:-3]
    with open(path, "rb") as f:
        data = f.read()
    out = path[:-3] + ".out"
    if rewrite:
        with open(out, "wb") as f:
            f.write(masked(exchange(address, [data])))
    with open(out, "rb") as f:
        wanted = f.read()
    problem = None
    for pieces in splits(data):
        got = masked(exchange(address, pieces))
        if got != wanted:
            problem = ["in %d pieces, the first of %d bytes" %
                       (len(pieces), len(pieces[0])),
                       "got:    %r" % got, "wanted: %r" % wanted]
            break
    report(name, problem)


# ------------------------------------------------------------------- document

STATUS = re.compile(
    rb"(#[A-Za-z0-9_.-]{1,32} )?"
    rb"(OK [A-Z]+( [a-z_]+=[^ ]*)*|ERR \d\d\d [a-z-]+ .+)$|\* (READY|BYE) .+$")


def blocks(path):
    """The examples: (line number, set-up, [line])."""
    where, setup, lines = 0, None, []
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.rstrip("\n")
            if setup is None and re.match(r"```trawl( |$)", line):
                where, setup, lines = number, line[8:].strip() or "news", []
            elif setup is not None and line == "```":
                yield where, setup, lines
                setup = None
            elif setup is not None:
                lines.append(line)


def sent(text):
    """\\xFF is that byte, <70000 times x> so many of them."""
    text = re.sub(r"<(\d+) times (.)>", lambda m: int(m[1]) * m[2], text)
    parts = re.split(r"\\x([0-9A-F]{2})", text)
    for i, part in enumerate(parts):
        parts[i] = bytes.fromhex(part) if i % 2 else part.encode()
    return b"".join(parts)


def pattern(text):
    """As it stands, but for "...", "~", <N bytes> and what may vary."""
    if text == "~":
        return rb"(?:[^\r\n]*\r\n)*?"
    if re.fullmatch(r"<\d+ bytes>", text):
        return rb"(?s:.{%d})\r\n" % int(text[1:].split()[0])
    text = re.escape(text).replace(r"\.\.\.", "[^\r\n]*")
    text = re.sub(r"took_us=\d+", r"took_us=\\d+", text)
    return text.encode() + rb"\r\n"


def example(address, lines, greeted=True):
    send, want = b"", b""
    for line in lines:
        if line.startswith("C: "):
            send += sent(line[3:]) + b"\n"
        elif line.startswith("C| "):  # without a line end
            send += sent(line[3:])
        elif line.startswith("S: "):
            want += pattern(line[3:])
        else:
            return ["neither C: nor S: " + line], b""
    if greeted and not lines[0].startswith("S: * READY"):
        want = pattern("* READY trawl/1 ...") + want
    ends = lines[-1].startswith("S: * BYE")
    if not ends:
        want += pattern("* BYE closed")
    # A line that is not whole, with the connection open: until time is up.
    half_close = not ends or lines[-1] == "S: * BYE closed"
    got = exchange(address, [send], half_close)
    if re.fullmatch(want, rounded(got)):
        return None, got
    return ["got: " + line for line in
            got.decode("utf-8", "backslashreplace").split("\r\n")], got


def shaped(lines):
    """What cannot be provoked is at least well formed."""
    for line in lines:
        if line.startswith("S: ") and not STATUS.match(line[3:].encode()):
            return ["no status line: " + line]
    return None


def keys_of(reply):
    for line in reply.split(b"\r\n"):
        if STATUS.match(line) and b" OK " in b" " + line[:40]:
            for key in re.findall(rb" ([a-z_]+)=", line):
                yield key.decode()


def sections(text, level):
    """Heading: what is below it, up to the next of its level or above."""
    parts = re.split(r"^(#{2,%d}) (.*)\n" % level, text, flags=re.M)
    return {parts[i + 1]: parts[i + 2] for i in range(1, len(parts), 3)
            if len(parts[i]) == level}


def keys_in(section):
    return sorted(re.findall(r"\*\*`([a-z_]+)=`\*\*", section))


def differ(what, documented, wanted):
    """The same names, each once."""
    documented, wanted = sorted(documented), sorted(wanted)
    report(what, None if documented == wanted else
           ["documented: " + " ".join(documented),
            "there are:  " + " ".join(wanted)])


def ask_help(address, verb=""):
    got = exchange(address, [b"HELP :%b\n" % verb.encode()]).decode()
    return got.split("\r\n")[2:-3]


def verbs_agree(parts, address):
    verbs = [line.split()[0] for line in ask_help(address)]
    differ("verbs", [v for v in parts if v.isupper()], verbs)
    for verb in verbs:
        usage, summary = ask_help(address, verb)[:2]
        section = parts.get(verb, "")
        differ("options of " + verb, keys_in(section),
               re.findall(r"([a-z]+)=", usage))
        report("summary of " + verb,
               None if section.startswith("\n%s\n" % summary) else [summary])
        if " :" in usage or "[:" in usage:
            text = re.search(r":([a-z]+)", usage)[1]
            report("text of " + verb,
                   None if text in section else [text])


def errors_agree(parts, source):
    with open(source + "/verb.h", encoding="utf-8") as f:
        codes = dict(re.findall(r"(ERROR_[A-Z_]+) = (\d{3})", f.read()))
    with open(source + "/verb.c", encoding="utf-8") as f:
        rows = re.findall(r'\{ (ERROR_\w+), "([a-z-]+)",\s+"([^"]*)"',
                          f.read())
    slugs = {"%s %s" % (codes[r[0]], r[1]): r[2] for r in rows}
    differ("errors", [p for p in parts if re.match(r"\d{3} ", p)], slugs)
    report("the table has every code",
           None if len(slugs) == len(codes) > 20 else [repr(codes)])
    for name, meaning in slugs.items():
        section = parts.get(name, "")
        report("error " + name,
               None if section.startswith("\n%s\n" % meaning) and
               re.search("^S: (#[a-z]+ )?ERR %s " % name, section, re.M)
               else [meaning])


def reasons_agree(text, source):
    reasons = set()
    for name in os.listdir(source):
        if name.startswith("conn") and name.endswith(".c"):
            with open(os.path.join(source, name), encoding="utf-8") as f:
                for call in re.findall(r"conn_(?:leave|end)\(([^;]*);", f.read()):
                    reasons.update(re.findall(r'"([a-z-]+)"', call))
    differ("reasons of BYE", re.findall(r"^- \*\*`([a-z-]+)`\*\*",
                                        sections(text, 3)["Notices"], re.M),
           reasons)


def document(path, source, addresses):
    keys, count = set(), 0
    for where, setup, lines in blocks(path):
        name = "example in line %d" % where
        if setup == "shape":
            report(name, shaped(lines))
        elif setup == "full":
            with dial(addresses["narrow"]) as first:
                first.recv(1)
                report(name, example(addresses["narrow"], lines, False)[0])
        else:
            problem, got = example(addresses[setup], lines)
            report(name, problem)
            keys.update(keys_of(got))
            count += 1
    report("there are examples", None if count > 30 else ["%d" % count])
    with open(path, encoding="utf-8") as f:
        text = f.read()
    parts = sections(text, 3)
    report("status keys",
           None if keys <= set(keys_in(parts["Status keys"])) else
           sorted(keys - set(keys_in(parts["Status keys"]))))
    verbs_agree(parts, addresses["news"])
    errors_agree(parts, source)
    reasons_agree(text, source)


def main(args):
    rewrite = args and args[0] == "--rewrite"
    if rewrite:
        args = args[1:]
    if len(args) > 3 and args[0] == "doc":
        document(args[1], args[2], dict(a.split("=", 1) for a in args[3:]))
    elif len(args) > 2 and args[0] == "transcripts":
        for path in args[2:]:
            transcript(args[1], path, rewrite)
    else:
        sys.exit(__doc__)


main(sys.argv[1:])

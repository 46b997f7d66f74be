#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""http_doc.py - doc/http.md, /openapi.json, the tables and the behaviour agree

    http_doc.py ROOT UNIX SETUP=HOST:PORT...

UNIX is the line protocol's address of the server "news".  Prints "ok NAME" or
"not ok NAME" for each; "# " lines say why.
"""
import gzip
import json
import os
import re
import socket
import sys
import urllib.parse
import xml.etree.ElementTree as xml

from wire import SECONDS, ask, dial

TOKEN = "correct-horse-battery"


def report(name, problem):
    print(("not ok " if problem else "ok ") + name)
    for line in problem or []:
        print("# " + line)


def differ(what, documented, wanted):
    """The same names, each once."""
    documented, wanted = sorted(documented), sorted(wanted)
    report(what, None if documented == wanted else
           ["documented: " + " ".join(documented),
            "there are:  " + " ".join(wanted)])


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


# ------------------------------------------------------------------- requests

class Reply:
    """What came until the server closed; status 0: nothing that is HTTP."""

    def __init__(self, data):
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode("utf-8", "backslashreplace").split("\r\n")
        match = re.fullmatch(r"HTTP/1\.1 (\d\d\d) (.*)", lines[0])
        self.raw = data
        self.status = int(match[1]) if match else 0
        self.reason = match[2] if match else ""
        self.fields = [line.split(": ", 1) for line in lines[1:] if ": " in line]
        self.body = body
        if "gzip" in self.all("Content-Encoding") and body:
            self.body = gzip.decompress(body)

    def all(self, name):
        return [v for k, v in self.fields if k.lower() == name.lower()]

    def get(self, name):
        return (self.all(name) or [""])[0]

    def type(self):
        return self.get("Content-Type").split(";")[0]

    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def error(self):
        found = self.json()
        return found.get("error", {}) if isinstance(found, dict) else {}


def exchange(address, data):
    got = b""
    with dial(address) as s:
        try:
            s.sendall(data)
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
    return Reply(got)


def request(address, method, target, fields=(), body=b""):
    """The bytes; fields that every request needs are added."""
    names = [name.lower() for name, _ in fields]
    lines = ["%s %s%s" % (method, target,
                          "" if " " in target else " HTTP/1.1")]
    if "host" not in names:
        lines.append("Host: " + address)
    lines += ["%s: %s" % f for f in fields]
    if body and "content-length" not in names:
        lines.append("Content-Length: %d" % len(body))
    if "connection" not in names:
        lines.append("Connection: close")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def fetch(address, target, method="GET", fields=(), body=b""):
    return exchange(address, request(address, method, target, fields, body))


# ------------------------------------------------------------------- examples

def blocks(path):
    """(line number, set-up, lines) of each example."""
    where, setup, lines = 0, None, []
    for number, line in enumerate(read(path).split("\n"), 1):
        if setup is None and re.match(r"```http( |$)", line):
            where, setup, lines = number, line[7:].strip() or "news", []
        elif setup is not None and line == "```":
            yield where, setup, lines
            setup = None
        elif setup is not None:
            lines.append(line)


def sent(text):
    """<9000 times x> is so many of them."""
    return re.sub(r"<(\d+) times (.)>", lambda m: int(m[1]) * m[2], text)


def halves(lines, sign):
    """First line, fields, body or None of the lines with this sign."""
    lines = [line[2:] for line in lines if line.startswith(sign)]
    body = None
    if "" in lines:
        at = lines.index("")
        lines, body = lines[:at], "\n".join(lines[at + 1:])
    fields = [tuple(line.split(": ", 1)) for line in lines[1:]]
    return (lines or [""])[0], fields, body


def squeezed(text):
    """JSON without the blanks that mean nothing."""
    out, quoted, escaped = [], False, False
    for c in text:
        if quoted or not c.isspace():
            out.append(c)
        if c == '"' and not escaped:
            quoted = not quoted
        escaped = quoted and c == "\\" and not escaped
    return "".join(out)


def pattern(text):
    if re.fullmatch(r"<\d+ bytes>", text):
        return r"(?s:.{%d})" % int(text[1:].split()[0])
    text = re.escape(text).replace(r"\.\.\.", ".*?")
    return re.sub(r'("took_us":)\d+', r"\1\\d+", text)


def rounded(text):
    """Scores with three decimals, as the document shows them."""
    return re.sub(r'("score":|\t)(\d+\.\d{3})\d+',
                  lambda m: m[1] + "%.3f" % float(m[0][len(m[1]):]), text)


def body_differs(reply, want):
    if re.fullmatch(r"<\d+ bytes>", want):
        n = int(want[1:].split()[0])
        return None if len(reply.body) == n else "%d bytes" % len(reply.body)
    got = rounded(reply.body.decode("utf-8", "backslashreplace"))
    if reply.type() == "application/json":
        return None if re.fullmatch(pattern(squeezed(want)), squeezed(got),
                                    re.S) else got
    return None if re.fullmatch(pattern(want), got.rstrip("\n")) else got


def compare(reply, lines):
    """What the example says of the reply, and is not so."""
    status, fields, body = halves(lines, "<")
    if status != "%d %s" % (reply.status, reply.reason):
        return ["got: " + line for line in
                reply.raw[:600].decode("utf-8", "replace").split("\r\n")]
    problem = []
    for name, value in fields:
        if not any(re.fullmatch(pattern(value), v) for v in reply.all(name)):
            problem.append("%s: %s" % (name, reply.all(name)))
    differs = body_differs(reply, body) if body is not None else None
    if differs is not None:
        problem.append("body: " + differs[:2000])
    return problem or None


def replay(address, lines, etag):
    first, fields, body = halves(lines, ">")
    method, target = sent(first).split(" ", 1)
    fields = [(name, etag if value == "<the ETag above>" else sent(value))
              for name, value in fields]
    return fetch(address, target, method, fields, (body or "").encode())


def shaped(lines):
    """What cannot be provoked is at least well formed."""
    status, _, body = halves(lines, "<")
    error = json.loads(body)["error"]
    good = re.fullmatch(r"\d\d\d [A-Z][A-Za-z ]+", status) and \
        re.fullmatch(r"[a-z-]+", error["slug"]) and error["message"]
    return None if good else ["no error: " + body]


def code_of(lines):
    """(status, code, slug) of an example of an error."""
    status, _, body = halves(lines, "<")
    found = re.search(r'"error":\{"code":(\d+),"slug":"([a-z-]+)"', body or "")
    return found and (status[:3], found[1], found[2])


def examples(path, addresses, api):
    """Replay all; the errors that they show."""
    shown, count, etag = set(), 0, ""
    for where, setup, lines in blocks(path):
        name = "example in line %d" % where
        if code_of(lines):
            shown.add(code_of(lines))
        if setup == "shape":
            report(name, shaped(lines))
            continue
        reply = replay(addresses.get(setup, addresses["news"]), lines, etag)
        etag = reply.get("ETag")
        report(name, compare(reply, lines))
        method, target = halves(lines, ">")[0].split(" ")[:2]
        report(name + " is described", api.check(method, target, reply))
        count += 1
    report("there are examples", None if count > 40 else ["%d" % count])
    return shown


# -------------------------------------------------------------------- OpenAPI

class Api:
    """/openapi.json, and whether replies are as it says."""

    def __init__(self, text):
        self.spec = json.loads(text)
        self.used = set()

    def resolve(self, node):
        while "$ref" in node:
            self.used.add(node["$ref"])
            at = self.spec
            for part in node["$ref"].lstrip("#/").split("/"):
                at = at[part]
            node = at
        return node

    def operations(self):
        for path, methods in self.spec["paths"].items():
            for method, operation in methods.items():
                yield path, method, operation

    def parameters(self, operation):
        return [self.resolve(p) for p in operation.get("parameters", [])]

    def find(self, method, target):
        """The operation of a request, or None."""
        path = target.split("?")[0]
        method = "get" if method == "HEAD" else method.lower()
        for template, methods in self.spec["paths"].items():
            want = re.escape(template).replace(r"\{id\}", ".+")
            if method in methods and re.fullmatch(want, path):
                return methods[method]
        return None

    def check(self, method, target, reply):
        """Problems of a reply, or None."""
        operation = self.find(method, target)
        if not operation:
            return None if reply.status in (204, 404, 405, 501) or \
                target in ("/search?id=", "/favicon.ico") else \
                ["no operation: %s %s" % (method, target)]
        responses = operation["responses"]
        described = responses.get(str(reply.status),
                                  responses.get("default"))
        if not described:
            return ["status %d is not described" % reply.status]
        if reply.status == 304 or method == "HEAD":
            return None
        content = self.resolve(described).get("content", {})
        if reply.type() not in content:
            return ["%s is not described: %s" % (reply.type(), target[:80])]
        if reply.type() != "application/json":
            return None
        return self.differs(reply.json(),
                            content[reply.type()]["schema"], "") or None

    # The part of JSON Schema that the description uses; a member that is not
    # described is a problem, too.
    def differs(self, value, schema, where):
        schema = self.resolve(schema)
        kinds = {"object": dict, "array": list, "string": str,
                 "integer": int, "number": (int, float), "boolean": bool}
        kind = schema.get("type")
        if isinstance(kind, str) and (not isinstance(value, kinds[kind]) or
                                      isinstance(value, bool) != (kind == "boolean")):
            return ["%s is no %s: %.200r" % (where or "the body", kind, value)]
        if "enum" in schema and value not in schema["enum"]:
            return ["%s: %r is not among %r" % (where, value, schema["enum"])]
        if isinstance(value, dict):
            return self.object_differs(value, schema, where)
        if isinstance(value, list):
            items = schema.get("prefixItems") or \
                [schema.get("items", {})] * len(value)
            if not schema.get("minItems", len(items)) <= len(value) <= \
                    len(items):
                return ["%s has %d items" % (where, len(value))]
            return [p for i, v in enumerate(value)
                    for p in self.differs(v, items[i], "%s[%d]" % (where, i))]
        return []

    def object_differs(self, value, schema, where):
        known = schema.get("properties", {})
        problem = ["%s.%s is missing" % (where, name)
                   for name in schema.get("required", []) if name not in value]
        for name, member in value.items():
            if name in known:
                problem += self.differs(member, known[name],
                                        "%s.%s" % (where, name))
            elif known and not schema.get("additionalProperties"):
                problem.append("%s.%s is not described" % (where, name))
        return problem


def sound(api):
    """What any reader of OpenAPI would complain of."""
    problem, ids = [], []

    def walk(node, where):
        if isinstance(node, dict):
            if "$ref" in node:
                try:
                    api.resolve(node)
                except KeyError:
                    problem.append("%s: %s" % (where, node["$ref"]))
            for name, member in node.items():
                walk(member, where + "/" + name)
        elif isinstance(node, list):
            for member in node:
                walk(member, where)

    walk(api.spec, "")
    for path, method, operation in api.operations():
        ids.append(operation["operationId"])
        names = [(p["name"], p["in"]) for p in api.parameters(operation)]
        if len(names) != len(set(names)):
            problem.append("%s %s: a parameter twice" % (method, path))
        if set(re.findall(r"\{(\w+)\}", path)) != \
                {name for name, place in names if place == "path"}:
            problem.append("%s %s: its path" % (method, path))
    if len(ids) != len(set(ids)):
        problem.append("an operationId twice")
    for kind, members in api.spec["components"].items():
        for name in members:
            # All statuses are there, those that no client of GET meets, too.
            if "#/components/%s/%s" % (kind, name) not in api.used and \
                    kind not in ("securitySchemes", "responses"):
                problem.append("unused: %s/%s" % (kind, name))
    return problem or None


# --------------------------------------------------- routes and their parameters

def routes_of(root):
    """(path, verb or None, flags, summary) of daemon/http_route.c."""
    text = read(root + "/daemon/http_route.c").replace('" ID', '{id}"')
    rows = re.findall(r'\[ROUTE_\w+\] = \{ "([^"]+)", (\w+),\s*([^"]*?),\s*"([^"]*)"',
                      text)
    return [(path, None if verb == "VERBS" else verb[5:],
             set(flags.replace(" ", "").split("|")) - {"0"}, summary)
            for path, verb, flags, summary in rows]


def table(text, heading):
    """The cells of the first table below a heading."""
    section = text.split("\n" + heading + "\n", 1)[1]
    rows = re.search(r"(?:^\|.*\n)+", section, re.M)[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")]
            for row in rows]


def section(text, path):
    found = re.search(r"^### %s\n(.*?)(?=^###? )" % re.escape(path), text,
                      re.M | re.S)
    return found[1] if found else ""


def parameters_in(part):
    """Those of "Parameters: `q` `in`", up to the end of the paragraph."""
    found = re.search(r"^Parameters: (.*?)\n\n", part + "\n\n", re.M | re.S)
    return re.findall(r"`([a-z]+)`", found[1]) if found else ["?"]


def options_of(unix, verb):
    """What HELP says that a verb takes."""
    usage = ask(unix, "HELP :" + verb)[1].decode().split("\r\n")[0]
    return re.findall(r"([a-z]+)=", usage) + (["q"] if ":" in usage else [])


def routes_agree(root, unix, text, api):
    routes = routes_of(root)
    report("the table of routes is read",
           None if len(routes) == len(re.findall(
               r"^\t\[ROUTE_", read(root + "/daemon/http_route.c"), re.M)) > 15
           else ["%d" % len(routes)])
    rows = {row[0].strip("`"): row for row in table(text, "## Routes")}
    differ("routes in the document", rows, [r[0] for r in routes])
    differ("sections of routes",
           re.findall(r"^### (/.*)$", text, re.M), [r[0] for r in routes])
    paths = {}
    for path, method, operation in api.operations():
        paths.setdefault(path, {})[method] = operation
    # A POST without an id is a path of its own.
    bare = [r[0][:-5] for r in routes
            if "ROUTE_POST" in r[2] and r[0].endswith("/{id}")]
    differ("routes in openapi.json", paths, [r[0] for r in routes] + bare)
    for path, verb, flags, summary in routes:
        route_agrees(path, verb, flags, summary, rows.get(path), paths, text)
        params = {p["name"] for p in api.parameters(paths[path]["get"])}
        differ("parameters of %s in the document" % path,
               parameters_in(section(text, path)), params)
        if verb and verb != "STATS" and path not in ("/", "/view/{id}"):
            differ("parameters of %s in openapi.json" % path, params,
                   options_of(unix, verb))


def route_agrees(path, verb, flags, summary, row, paths, text):
    operation = paths[path]["get"]
    posts = path if not path.endswith("/{id}") else path[:-5]
    has_post = "post" in paths.get(posts, {})
    problem = []
    if operation["summary"] != summary:
        problem.append("openapi.json: " + operation["summary"])
    if not row or not row[2].startswith(summary):
        problem.append("http.md: %s" % row)
    if row and row[1] != (verb or ""):
        problem.append("its verb is " + str(verb))
    if has_post != ("ROUTE_POST" in flags) or \
            (row and ("Also POST." in row[2]) != has_post):
        problem.append("POST")
    is_open = operation.get("security") == [{}]
    if is_open != ("ROUTE_OPEN" in flags) or \
            (row and ("Without token." in row[2]) != is_open):
        problem.append("token")
    report("route " + path, problem or None)


def names_agree(text, api):
    """The table of parameters has the description's names and defaults."""
    rows = {}
    for row in table(text, "### Parameters"):
        for name in re.findall(r"`([a-z]+)`", row[0]):
            rows[name] = row
    known = {}
    for _, _, operation in api.operations():
        for p in api.parameters(operation):
            known.setdefault(p["name"], []).append(api.resolve(p["schema"]))
    differ("the table of parameters", rows, known)
    for name, schemas in known.items():
        problem = []
        for schema in schemas:
            values = rows.get(name, ["", ""])[1]
            for value in schema.get("enum", []):
                if "`%s`" % value not in values:
                    problem.append("value %s" % value)
            for key in ("minimum", "maximum"):
                if key in schema and not re.search(
                        r"\b%d\b" % schema[key], values):
                    problem.append("%s %d" % (key, schema[key]))
            default = schema.get("default")
            if default is not None and name != "fmt" and \
                    rows.get(name, ["", "", ""])[2].strip("`") != str(default):
                problem.append("default %s" % default)
        report("the document has the values of " + name, problem or None)


# ------------------------------------------------------------------ behaviour

def address_of(path, operation, api, extra=()):
    """A good request of an operation, with these parameters, too."""
    query = []
    for p in api.parameters(operation):
        if p["in"] == "path":
            path = path.replace("{id}", p["example"])
        elif p.get("required") or path == "/" and p["name"] == "q":
            query.append((p["name"], p["example"]))
    names = [name for name, _ in extra]
    query = [q for q in query if q[0] not in names] + list(extra)
    return path + ("?" + urllib.parse.urlencode(query) if query else "")


def good_values(schema, rev):
    if "enum" in schema:
        return schema["enum"]
    if "minimum" in schema:
        return [schema["minimum"], schema["maximum"]]
    if schema.get("pattern", "").startswith("^[0-9]+"):
        return [rev]
    return schema.get("examples", [])


def bad_values(schema):
    if "enum" in schema:
        return ["nonsense", "2"]
    if "minimum" in schema:
        return [schema["minimum"] - 1, schema["maximum"] + 1, "x", "1x",
                "0x1", "+1", "1.0"]
    return ["nonsense", "-"] if "pattern" in schema else []


def values_hold(address, path, operation, api, rev):
    html = "page" in operation["tags"]
    for p in api.parameters(operation):
        if p["in"] == "path":
            continue
        schema, name, problem = api.resolve(p["schema"]), p["name"], []

        def tried(value, status):
            target = address_of(path, operation, api, [(name, value)])
            reply = fetch(address, target)
            if reply.status != status:
                problem.append("%s: %d" % (target, reply.status))
            elif status == 400 and not html and \
                    reply.error().get("param") != name:
                problem.append("%s: %s" % (target, reply.error()))
            problem.extend(api.check("GET", target, reply) or [])

        for value in good_values(schema, rev):
            tried(value, 200)
        for value in bad_values(schema):
            tried(value, 400)
        report("%s: values of %s" % (path, name), problem or None)


def refusals_hold(address, path, operation, api):
    """What no route takes."""
    html = "page" in operation["tags"]
    names = [p["name"] for p in api.parameters(operation) if p["in"] == "query"]
    loose = html or not set(names) - {"v"} and path != "/stats"
    cases = [([("nosuch", "1")], 502, "nosuch")]
    cases += [([(name, "1"), (name, "1")], 503, name) for name in names]
    problem = []
    for extra, code, param in cases:
        target = address_of(path, operation, api, extra)
        reply = fetch(address, target)
        error = reply.error()
        if reply.status != 400 or not loose and \
                (error.get("code"), error.get("param")) != (code, param):
            problem.append("%s: %d %s" % (target, reply.status, error))
    report("%s: what is refused" % path, problem or None)


def methods_hold(address, path, operation, posts, api):
    target = address_of(path, operation, api)
    get, head = fetch(address, target), fetch(address, target, "HEAD")
    problem = []
    if get.status != 200 or head.status != 200 or head.body or \
            head.type() != get.type() or head.get("ETag") != get.get("ETag"):
        problem.append("GET %d, HEAD %d, %d bytes" %
                       (get.status, head.status, len(head.body)))
    problem += api.check("GET", target, get) or []
    wanted = {"GET", "HEAD", "OPTIONS"} | ({"POST"} if posts else set())
    options = fetch(address, target, "OPTIONS")
    if options.status != 204 or \
            set(options.get("Allow").split(", ")) != wanted:
        problem.append("OPTIONS %d %s" % (options.status,
                                          options.get("Allow")))
    refused = fetch(address, target, "DELETE")
    if refused.status != 405 or not refused.get("Allow"):
        problem.append("DELETE %d" % refused.status)
    if not posts:
        refused = fetch(address, target, "POST")
        if refused.status != 405 or \
                set(refused.get("Allow").split(", ")) != wanted:
            problem.append("POST %d %s" % (refused.status,
                                           refused.get("Allow")))
    report("%s: methods" % path, problem or None)


def caching_holds(address, path, operation, api):
    """304 is described, and comes, where there is an ETag; else no-store."""
    target = address_of(path, operation, api)
    reply = fetch(address, target)
    etag, problem = reply.get("ETag"), []
    if bool(etag) != ("304" in operation["responses"]):
        problem.append("ETag: " + etag)
    if not etag and reply.get("Cache-Control") != "no-store":
        problem.append("Cache-Control: " + reply.get("Cache-Control"))
    if etag:
        again = fetch(address, target, fields=[("If-None-Match", etag)])
        if again.status != 304 or again.body or again.get("ETag") != etag:
            problem.append("304: %d" % again.status)
        other = fetch(address, target, fields=[("If-None-Match", 'W/"x"')])
        if other.status != 200:
            problem.append("200: %d" % other.status)
    if reply.get("X-Content-Type-Options") != "nosniff":
        problem.append("nosniff")
    if reply.all("Set-Cookie"):
        problem.append("a cookie")
    report("%s: caching" % path, problem or None)


def token_holds(address, path, operation, api):
    target = address_of(path, operation, api)
    bare = fetch(address, target).status
    shown = fetch(address, target,
                  fields=[("Authorization", "Bearer " + TOKEN)]).status
    is_open = operation.get("security") == [{}]
    report("%s: token" % path,
           None if (bare, shown) == (200 if is_open else 401, 200) else
           ["without %d, with %d" % (bare, shown)])


def posts_hold(address, api):
    """In a body the same parameters mean the same."""
    forms = [("application/x-www-form-urlencoded",
              lambda v: urllib.parse.urlencode(v).encode()),
             ("application/json", lambda v: json.dumps(v).encode())]
    for path, method, operation in api.operations():
        if method != "post":
            continue
        value = {"q": "rail strike"}
        if path == "/explain":
            value["id"] = "nw-2032-0203-05"
        problem = []
        for kind, encode in forms:
            reply = fetch(address, path, "POST", [("Content-Type", kind)],
                          encode(value))
            problem += ["%s: %d %s" % (kind, reply.status, reply.body[:200])] \
                if reply.status != 200 else []
            problem += api.check("POST", path, reply) or []
            reply = fetch(address, path, "POST", [("Content-Type", kind)],
                          encode(dict(value, nosuch="1")))
            if reply.error().get("param") != "nosuch":
                problem.append("%s: %s" % (kind, reply.body[:200]))
        report("POST " + path, problem or None)


def behaviour(addresses, api):
    address = addresses["news"]
    rev = fetch(address, "/info").json()["rev"]
    for path, method, operation in api.operations():
        if method != "get":
            continue
        posts = any("post" in api.spec["paths"].get(p, {})
                    for p in (path, path.replace("/{id}", "")))
        methods_hold(address, path, operation, posts, api)
        values_hold(address, path, operation, api, rev)
        refusals_hold(address, path, operation, api)
        caching_holds(address, path, operation, api)
        token_holds(addresses["token"], path, operation, api)
    posts_hold(address, api)
    for target, status, param in (
            ("/search?q=lake&sort=nosuch", 400, "sort"),
            ("/search?q=lake&in=nosuch", 404, "in"),
            ("/search?q=lake&fmt=tsv&facets=source", 400, "facets"),
            ("/search?q=lake&fmt=atom&timeline=day", 400, "timeline"),
            ("/search?q=lake&offset=9990&limit=20", 400, "offset"),
            ("/search?q=lake&since=", 400, "since"), ("/?q=lake&since=&in=", 200, None),
            ("/search?q=&fields=", 200, None), ("/count?q=", 200, None),
            ("/count", 400, "q"), ("/suggest", 400, "q"), ("/suggest?q=", 400, "q"), ("/spell", 400, "q"),
            ("/similar", 400, "id"), ("/doc", 400, "id"), ("/doc/", 400, "id"),
            ("/explain?q=lake", 400, "id"),
            ("/doc/a?id=b", 400, "id"), ("/doc?id=nobody", 404, "id")):
        reply = fetch(address, target)
        report(target, None if reply.status == status and
               reply.error().get("param") == param else
               ["%d %s" % (reply.status, reply.body[:300])])


# --------------------------------------------------------------------- errors

def errors_agree(root, text, api, shown):
    codes = dict(re.findall(r"(ERROR_[A-Z_]+) = (\d{3})",
                            read(root + "/daemon/verb.h")))
    slugs = re.findall(r'\{ (ERROR_\w+), "([a-z-]+)",',
                       read(root + "/daemon/verb.c"))
    rows = {(row[0], *row[1].split()) for row in table(text, "## Errors")}
    differ("codes in the table of errors", {"%s %s" % r[1:] for r in rows},
           ["%s %s" % (codes[name], slug) for name, slug in slugs])
    differ("each error has an example",
           {" ".join(e) for e in shown}, [" ".join(r) for r in rows])
    described = {s for s in api.spec["components"]["responses"]
                 if s.isdigit() and s != "304"}
    differ("statuses in openapi.json", described, {r[0] for r in rows})
    for status, code, slug in sorted(rows):
        of_status = api.spec["components"]["responses"].get(status, {})
        report("%s names %s" % (status, slug),
               None if "%s %s" % (code, slug) in
               of_status.get("description", "") or
               slug in of_status.get("description", "") else [str(of_status)])
    counted = re.findall(r"\d{3}", re.search(
        r"statuses\[STATS_STATUSES\] = \{(.*?)\}",
        read(root + "/daemon/stats.c"), re.S)[1])
    report("all statuses are counted",
           None if {r[0] for r in rows} <= set(counted) else [str(counted)])


# -------------------------------------------------------------------- metrics

def metrics_agree(address, text):
    body = fetch(address, "/metrics").body.decode()
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", body, re.M))
    rows = {row[0].strip("`"): row for row in table(text, "## Monitoring")}
    differ("metrics", rows, kinds)
    labels = {}
    for name, inside in re.findall(r"^(trawl_\w+?)(?:_bucket|_sum|_count)?"
                                   r"(?:\{(.*)\})? \S+$", body, re.M):
        labels.setdefault(name, set()).update(
            re.findall(r'(\w+)="', inside) or [])
    for name, kind in kinds.items():
        row = rows.get(name, [name, "", ""])
        wanted = set(re.findall(r"`(\w+)`", row[2]))
        got = labels.get(name, set()) - {"le"}
        report("metric " + name, None if row[1] == kind and wanted == got else
               ["%s %s" % (kind, sorted(got))])


# ----------------------------------------------------- feeds and search engines

ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def feed_holds(address):
    reply = fetch(address, "/search?q=strike&fmt=atom&limit=5")
    feed = xml.fromstring(reply.body)
    entries = feed.findall(ATOM + "entry")
    ids = [e.findtext(ATOM + "id") for e in entries]
    problem = []
    if feed.tag != ATOM + "feed" or len(entries) != 5 or \
            len(set(ids)) != 5 or None in ids:
        problem.append(str(ids))
    for node in [feed] + entries:
        for name in ("id", "title", "updated"):
            if not node.findtext(ATOM + name):
                problem.append("no %s in %s" % (name, node.tag))
    newest = fetch(address, "/search?q=strike&limit=5&sort=-date").json()
    titles = [h.get("title") for h in newest["results"]]
    got = [e.findtext(ATOM + "title") for e in entries]
    if [t for t in titles if t] != \
            [g for g, t in zip(got, titles) if t]:
        problem.append("%s, not %s" % (got, titles))
    report("the feed", problem or None)


def engine_holds(address, base):
    """Every address that a browser would make of it answers as it says."""
    reply = fetch(address, "/opensearch.xml")
    root = xml.fromstring(reply.body)
    problem = [] if root.tag == OPENSEARCH + "OpenSearchDescription" and \
        0 < len(root.findtext(OPENSEARCH + "ShortName")) <= 16 else ["root"]
    for url in root.findall(OPENSEARCH + "Url"):
        target = url.get("template").replace("{searchTerms}", "rail+strike")
        if not target.startswith(base + "/") or "{" in target:
            problem.append(target)
            continue
        answer = fetch(address, target[len(base):])
        if answer.status != 200 or answer.type() != url.get("type"):
            problem.append("%s: %d %s" % (target, answer.status,
                                          answer.type()))
    report("the search engine at " + re.sub(r":\d+$", "", base),
           problem or None)


def main(root, unix, *setups):
    addresses = dict(s.split("=", 1) for s in setups)
    news = addresses["news"]
    path = root + "/doc/http.md"
    text = read(path)
    served = fetch(news, "/openapi.json")
    api = Api(served.body)
    report("it is served as it is", None if served.body.decode() ==
           read(root + "/daemon/web/openapi.json") else ["another file"])
    report("openapi.json is sound", sound(api))
    routes_agree(root, unix, text, api)
    names_agree(text, api)
    shown = examples(path, addresses, api)
    errors_agree(root, text, api, shown)
    behaviour(addresses, api)
    metrics_agree(news, text)
    feed_holds(news)
    engine_holds(news, "http://" + news)
    engine_holds(addresses["site"], "https://search.example.org")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])

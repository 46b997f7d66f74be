# SPDX-License-Identifier: GPL-2.0-or-later
"""xapian_search.py DATABASE QUERIES IDS: bench/queries' file against
scriptindex' database, through Xapian's own QueryParser.

After https://getting-started-with-xapian.readthedocs.io (searching, stemming,
value ranges, snippets) and the documentation of QueryParser: STEM_SOME, as
scriptindex has indexed; FLAG_PHRASE and FLAG_WILDCARD; the stopwords of
Omega's query.cc.  BM25 with k1 1.2 and b 0.75, as the others have it.  Ids and texts are read
from the documents' data.  Python's part is in the figures: it is small beside
the matching, but for queries of rare words.
"""
import array
import json
import sys
import time

import xapian

TOP = 10
DATE = 0  # value slot
SNIPPET_BYTES = 300
STOPWORDS = """a about an and are as at be by en for from how i in is it of on
or that the this to was what when where which who why will with""".split()
FLAGS = xapian.QueryParser.FLAG_PHRASE | xapian.QueryParser.FLAG_WILDCARD


def field(data, name):
    """Of a document's data: a line for each field, in the order of names."""
    at = 0 if data.startswith(name) else data.index(b"\n" + name) + 1
    return data[at + len(name):data.index(b"\n", at)]


class Searcher:
    def __init__(self, path):
        self.db = xapian.Database(path)
        self.stemmer = xapian.Stem("english")
        self.stopper = xapian.SimpleStopper()
        for word in STOPWORDS:
            self.stopper.add(word)
        self.any = self.parser(xapian.Query.OP_OR)
        self.all = self.parser(xapian.Query.OP_AND)
        self.enquire = xapian.Enquire(self.db)
        self.enquire.set_weighting_scheme(
            xapian.BM25Weight(1.2, 0, 1, 0.75, 0))

    def parser(self, operator):
        parser = xapian.QueryParser()
        parser.set_database(self.db)
        parser.set_stemmer(self.stemmer)
        parser.set_stemming_strategy(xapian.QueryParser.STEM_SOME)
        parser.set_stopper(self.stopper)
        parser.set_default_op(operator)
        return parser

    def query(self, case, words, since, until):
        if case in ("all", "all-snippets"):
            return self.all.parse_query(words, FLAGS)
        if case == "prefix":
            return self.all.parse_query(words + "*", FLAGS)
        if case == "phrase":
            return self.any.parse_query('"' + words + '"', FLAGS)
        query = self.any.parse_query(words, FLAGS)
        if since:
            # The day itself and every time in it: ~ is behind all of them.
            days = xapian.Query(xapian.Query.OP_VALUE_RANGE, DATE, since,
                                until + "~")
            query = xapian.Query(xapian.Query.OP_FILTER, query, days)
        return query

    def ask(self, case, words, since, until):
        self.enquire.set_query(self.query(case, words, since, until))
        matches = self.enquire.get_mset(0, TOP)
        ids = []
        for match in matches:
            data = match.document.get_data()
            ids.append(field(data, b"id="))
            if case.endswith("-snippets"):
                matches.snippet(field(data, b"text="), SNIPPET_BYTES,
                                self.stemmer)
        return ids


def measure(searcher, lines, ids):
    took = array.array("Q", [0] * len(lines))
    for i, line in enumerate(lines):
        found = searcher.ask(*line)
        if ids:
            ids.write("%s\t%d\t%s\n" % (line[0], i + 1,
                                        b" ".join(found).decode()))
    hits = 0
    cpu = time.thread_time()
    for i, line in enumerate(lines):
        start = time.perf_counter_ns()
        found = searcher.ask(*line)
        took[i] = time.perf_counter_ns() - start
        hits += len(found)
    cpu = time.thread_time() - cpu
    order = sorted(took)
    figures = {"group": "search", "engine": "xapian", "case": lines[0][0],
               "queries": len(lines), "seconds": sum(took) / 1e9,
               "cpu_seconds": round(cpu, 6)}
    for percent in 50, 90, 99:
        at = len(lines) * percent // 100
        figures["p%d_us" % percent] = order[at] / 1e3
    figures["hits"] = hits
    print(json.dumps(figures, separators=(",", ":")), flush=True)


def main():
    database, queries, ids_path = sys.argv[1:]
    searcher = Searcher(database)
    ids = None if ids_path == "-" else open(ids_path, "w", encoding="utf-8")
    blocks = {}
    with open(queries, encoding="utf-8") as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            blocks.setdefault(fields[0], []).append(fields)
    for lines in blocks.values():
        measure(searcher, lines, ids)
    if ids:
        ids.close()


main()

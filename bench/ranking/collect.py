#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""collect.py manuals|packages DIRECTORY - test collections of what is installed

manuals: English pages of /usr/share/man, as mandoc prints them, without their
NAME section: its description is the query, and finds the page.  Of pages whose
names begin with the same word the first 100, as some programs have thousands.
packages: descriptions of /var/lib/dpkg/status and of apt's lists: the short one
is the query, and finds the package whose long one is the text.

What has the same short form is relevant, too.  At most QUERIES of a kind, evenly
chosen.  DIRECTORY gets docs.jsonl, qrels.txt and four files of queries:
queries-full.tsv, the short form; queries-10.tsv, the first ten words of those
that have ten; queries-2.tsv and queries-1.tsv, the two and the one of its words
that are in the fewest documents, but in three at least (of words in as many, the
earlier one; in the order of the text).
"""
import glob
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

QUERIES = 1000
SAME_PREFIX = 100
SECTION = re.compile(r'^(?=\S)', re.M)
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def printed(path):
    """The page as text, without header and footer; '' when it cannot be."""
    with gzip.open(path) if path.endswith('.gz') else open(path, 'rb') as f:
        page = f.read()
    if page.lstrip().startswith(b'.so '):
        return ''
    out = subprocess.run(['mandoc', '-T', 'utf8', '-O', 'width=78'], input=page,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    text = re.sub('.\b', '', out.stdout.decode('utf-8', 'replace'))
    return '\n'.join(text.strip('\n').split('\n')[1:-1])


def manual(path):
    """(short form, text) of a page, or None."""
    sections = SECTION.split(printed(path))
    for i, section in enumerate(sections):
        head, _, body = section.partition('\n')
        if head.strip() == 'NAME':
            found = re.search(r'\s[-–—]{1,2}\s+(.*)', ' '.join(body.split()))
            rest = ''.join(sections[:i] + sections[i + 1:]).strip()
            return (found.group(1), rest) if found and rest else None
    return None


def manual_paths():
    """One path a page, in an order of their own."""
    seen, count = set(), Counter()
    for path in sorted(glob.glob('/usr/share/man/man[1-8]*/*')):
        real = os.path.realpath(path)
        prefix = re.split(r'[-_.:\d]', os.path.basename(path))[0]
        if real in seen or not os.path.isfile(real) or count[prefix] == SAME_PREFIX:
            continue
        seen.add(real)
        count[prefix] += 1
        yield real


def manuals():
    paths = list(manual_paths())
    with ThreadPoolExecutor(2) as pool:
        for path, found in zip(paths, pool.map(manual, paths)):
            if found:
                yield (os.path.basename(path).removesuffix('.gz'), *found)


def stanzas(path):
    if path.endswith('.lz4') and not shutil.which('lz4cat'):
        return []
    if path.endswith('.lz4'):
        text = subprocess.run(['lz4cat', path], stdout=subprocess.PIPE).stdout
    else:
        with gzip.open(path) if path.endswith('.gz') else open(path, 'rb') as f:
            text = f.read()
    return text.decode('utf-8', 'replace').split('\n\n')


def packages():
    lists = '/var/lib/apt/lists/*'
    seen = set()
    for path in ['/var/lib/dpkg/status', *sorted(glob.glob(lists + '_Packages*') +
                 glob.glob(lists + '_Translation-en*'))]:
        for stanza in stanzas(path):
            name = re.search(r'^Package: (\S+)', stanza, re.M)
            found = re.search(r'^Description(?:-en)?: (.*)\n((?: .*(?:\n|$))+)',
                              stanza, re.M)
            if name and found and name.group(1) not in seen:
                seen.add(name.group(1))
                text = re.sub(r'^ \.?', '', found.group(2), flags=re.M)
                yield name.group(1), found.group(1), text.strip()


def words(text):
    return [word.lower() for word in WORD.findall(text)]


def rarest(short, n, documents):
    """n words of a short form, in its order; None when it has not so many."""
    mine = [w for w in dict.fromkeys(words(short)) if documents[w] >= 3]
    best = sorted(mine, key=lambda w: documents[w])[:n]
    return ' '.join(w for w in mine if w in best) if len(best) == n else None


def first(short, n):
    mine = WORD.findall(short)
    return ' '.join(mine[:n]) if len(mine) >= n else None


def evenly(rows):
    step = max(1, -(-len(rows) // QUERIES))
    return rows[::step]


def write(rows, directory):
    documents = Counter(w for _, _, text in rows for w in set(words(text)))
    same = {}
    for name, short, _ in rows:
        same.setdefault(short.lower(), []).append(name)
    kinds = {'full': lambda s: ' '.join(s.split()), '10': lambda s: first(s, 10),
             '2': lambda s: rarest(s, 2, documents),
             '1': lambda s: rarest(s, 1, documents)}
    with open(f'{directory}/docs.jsonl', 'w') as f:
        for name, _, text in rows:
            f.write(json.dumps({'id': name, 'text': text}) + '\n')
    with open(f'{directory}/qrels.txt', 'w') as f:
        for names in same.values():
            f.writelines(f'{names[0]} 0 {name} 1\n' for name in names)
    for kind, cut in kinds.items():
        # One query for each short form, of the first that has it.
        queries = [(name, cut(short)) for name, short, _ in rows
                   if same[short.lower()][0] == name]
        with open(f'{directory}/queries-{kind}.tsv', 'w') as f:
            f.writelines(f'{name}\t{query}\n' for name, query in
                         evenly([q for q in queries if q[1]]))


def main():
    what, directory = sys.argv[1:]
    rows = {'manuals': manuals, 'packages': packages}[what]()
    # An id stands between blanks.
    write([row for row in rows if not re.search(r'\s', row[0])], directory)


main()

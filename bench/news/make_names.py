#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""make_names.py make HALF BASE [one|many [SEED]] - names in several spellings
   make_names.py plain BASE - bbc_news and chronam_1916 as they are
   make_names.py read BASE < GROUPS - 100 mined pairs, with where they stand

HALF: 0 to choose settings on, 1 to measure on; a person is in one of them.
$CORPORA has names/name_variants.tsv and bbc_news/docs.jsonl.  600 persons with 16
documents each; a document is an article with one spelling of the person (of up
to four) put into four places: twice whole, twice by its last word.  With "one"
a person has an article of its own, with "many" another one each time, so that
nothing but names speaks for what is one.

BASE.txt: documents, a form feed after each.  BASE.pairs: pairs of words that
are listed as one name and stand with a capital three times or more, with the
numbers of uses.  BASE.same: pairs of words at one place in two spellings of a
person.  BASE.apart: the 200 commonest pairs of words at edit distance one, and
some names that are two.  "names --made BASE" prints GROUPS.
"""
import collections
import itertools
import json
import lzma
import os
import random
import re
import sys
import unicodedata

PERSONS, DOCUMENTS, SPELLINGS, PLACES = 600, 16, 4, 4
WORDS, READ, CONTEXT = 200, 100, 50
TWO = [('iraq', 'iraqi'), ('angola', 'anguilla'), ('austin', 'austen'),
       ('niger', 'nigeria'), ('eric', 'erik'), ('clark', 'clarke')]


def corpora(path):
    return os.path.join(os.environ['CORPORA'], path)


def fold(word):
    word = unicodedata.normalize('NFKD', word).casefold().replace('’', "'")
    return ''.join(c for c in word if not unicodedata.combining(c))


def words(text):
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text)


def spelled(name):
    """As a newspaper prints it: upper-case words as names."""
    return re.sub(r"[^\W\d_]{3,}", lambda m: m[0].capitalize()
                  if m[0].isupper() else m[0], name)


def persons(half):
    with open(corpora('names/name_variants.tsv'), encoding='utf-8') as f:
        lines = f.read().splitlines()[1:]
    for line in lines:
        field = line.split('\t')
        names = [spelled(field[2])] + [spelled(v) for v in
                                       field[3].split('|') if v]
        names = list(dict.fromkeys(names))[:SPELLINGS]
        if len(names) > 1 and sum(map(ord, field[1])) % 2 == half:
            yield names


def put_in(text, name, draw):
    """The whole name or its last word, behind a lower-case word."""
    text = text.split(' ')
    place = [i for i in range(1, len(text))
             if text[i - 1].isalpha() and text[i - 1].islower()
             and '\n' not in text[i]]
    for nth, at in enumerate(sorted(draw.sample(place, min(PLACES, len(place))),
                                    reverse=True)):
        text.insert(at, name.split()[-1] if nth < PLACES // 2 else name)
    return ' '.join(text)


def common_pairs(articles):
    """By the rarer word.  What two words one letter apart have in common is
    what is left when one is taken out."""
    uses = collections.Counter(w for text in articles for w in words(text)
                               if w.isalpha() and w.islower() and len(w) > 3)
    left = collections.defaultdict(set)
    for word in uses:
        left[word].add(word)
        for i in range(len(word)):
            left[word[:i] + '.' + word[i + 1:]].add(word)
            if word[:i] + word[i + 1:] in uses:
                left[word[:i] + word[i + 1:]].add(word)
    pairs = {p for some in left.values()
             for p in itertools.combinations(sorted(some), 2)
             if abs(len(p[0]) - len(p[1])) < 2}
    pairs = sorted(pairs, key=lambda p: (-min(uses[p[0]], uses[p[1]]), p))
    return pairs[:WORDS]


def same_place(used, same):
    for one, other in itertools.permutations(set(used), 2):
        a, b = words(fold(one)), words(fold(other))
        if len(a) == len(b):
            same.update((x, y) for x, y in zip(a, b) if x < y)


def write(path, text):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)


def bbc_news():
    with open(corpora('bbc_news/docs.jsonl'), encoding='utf-8') as f:
        return [json.loads(line)['text'] for line in f]


def make(half, base, articles_each='many', seed=7):
    draw = random.Random(int(seed))
    articles = bbc_news()
    chosen = list(persons(int(half)))
    draw.shuffle(chosen)
    same, texts = set(), []
    for names in chosen[:PERSONS]:
        used = [draw.choice(names) for _ in range(DOCUMENTS)]
        if articles_each == 'one':
            article = [draw.choice(articles)] * DOCUMENTS
        else:
            article = draw.sample(articles, DOCUMENTS)
        texts += [put_in(text, name, draw) for text, name in zip(article, used)]
        same_place(used, same)
    draw.shuffle(texts)
    uses = collections.Counter(fold(w) for text in texts for w in words(text)
                               if w[0].isupper())
    listed = []
    with open(corpora('names/token_variant_pairs.tsv'), encoding='utf-8') as f:
        for line in f:
            a, b = sorted(map(fold, line.split('\t')[:2]))
            if min(uses[a], uses[b]) >= 3:
                listed.append('%s\t%s\t%d\t%d\n' % (a, b, uses[a], uses[b]))
    write(base + '.txt', '\f'.join(texts) + '\f')
    write(base + '.pairs', ''.join(listed))
    write(base + '.same', ''.join('%s\t%s\n' % p for p in sorted(same)))
    write(base + '.apart', ''.join('%s\t%s\n' % p for p in
                                   common_pairs(articles) + TWO))


def plain(base):
    write(base + '.bbc.txt', '\f'.join(bbc_news()) + '\f')
    path = corpora('chronam_1916/jan_feb.jsonl.xz')
    with lzma.open(path, 'rt', encoding='utf-8') as f:
        write(base + '.chronam.txt', ''.join(
            json.loads(line)['text'].replace('\f', '\n') + '\f' for line in f))


def pairs_of(path):
    if not os.path.exists(path):
        return set()
    with open(path, encoding='utf-8') as f:
        return {tuple(line.rstrip('\n').split('\t')[:2]) for line in f}


def read(base):
    mined = []
    for line in sys.stdin:
        field = line.rstrip('\n').split('\t')
        if field[0] == 'group':
            spelling = sorted(s.split(' ')[0] for s in field[2:-1])
            mined += [(a, b, field[-1]) for a, b in
                      itertools.combinations(spelling, 2)]
    with open(base + '.txt', encoding='utf-8') as f:
        text = f.read().replace('\n', ' ').replace('\f', ' ')
    low = fold(text) if len(fold(text)) == len(text) else text.lower()
    listed, same = pairs_of(base + '.pairs'), pairs_of(base + '.same')
    print('mined pairs\t%d' % len(mined))
    for a, b, why in random.Random(1).sample(mined, min(READ, len(mined))):
        known = 'listed' if (a, b) in listed else \
                'one person' if (a, b) in same else '-'
        print('%s\t%s\t%s\t%s' % (a, b, known, why))
        for word in a, b:
            found = re.search(r'\b%s\b' % re.escape(word), low)
            if found:
                print('\t...%s...' % text[max(0, found.start() - CONTEXT):
                                          found.end() + CONTEXT])


if len(sys.argv) > 1 and sys.argv[1] in ('make', 'plain', 'read'):
    {'make': make, 'plain': plain, 'read': read}[sys.argv[1]](*sys.argv[2:])
else:
    sys.exit(__doc__)

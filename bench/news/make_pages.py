#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""make_pages.py layouts|ecbplus|clean [SEED] - pages with a known title and date

Prints JSON Lines for bench/news/articles: text, title, date; null is for none.
$CORPORA has bbc_news/docs.jsonl and ecbplus/docs.jsonl.

layouts: each article of bbc_news in one of twelve pages of our own making, with
a date that is made up.  ecbplus: the pages that ecbplus_labels.tsv names, which
were read by a person: id, title or -, date or -.  clean: bbc_news as it is,
articles without titles and dates.
"""
import datetime
import json
import os
import random
import sys

MONTHS = ('January February March April May June July August September '
          'October November December').split()
DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split()
NAMES = ['Ada Marlowe', 'Ruben Castellan', 'Ingrid van Hoorn', 'Tomas Ferrer',
         'Nell Ashdown', 'Piotr Zielony']
SITES = ['Harbour Post', 'The Corran Ledger', 'Inland Daily', 'Northern Wire',
         'Estmere Standard']
FOOT = ('\n\nThis website uses cookies to improve your experience.\n'
        'Sign up for our newsletter\nHome\nNews\nSport\nSearch\n')


def day_name(d):
    return DAYS[d.weekday()]


def month_day(d):
    return f'{MONTHS[d.month - 1]} {d.day}, {d.year}'


def day_month(d):
    return f'{d.day} {MONTHS[d.month - 1]} {d.year}'


def middle_line(body):
    """Some words out of the middle, as a standfirst would have them."""
    words = body[len(body) // 2:].split()[3:15]
    return ' '.join(words).strip('.,;:"\' ').capitalize()


class Pages:
    def __init__(self, docs, draw):
        self.docs, self.draw = docs, draw

    def others(self, n):
        return [self.draw.choice(self.docs)['title'] for _ in range(n)]

    def clean(self, t, b, d, who, site):
        return f'{t}\n\n{b}\n', t, None

    def menu(self, t, b, d, who, site):
        return (f'Skip to content\nHome\nNews\nSport\n\n{t}\n\nBy {who}\n'
                f'{month_day(d)}\n\nPicture: {site}\n\n{b}{FOOT}'
                f'Copyright {d.year} {site}. All rights reserved.\n'), t, d

    def twice(self, t, b, d, who, site):
        return (f'News Feed\n\n{t}\n\n3 min read\n{t}\nA street at dawn. '
                f'(Jo Doe/Getty Images)\n\n{b}{FOOT}'), t, None

    def untitled(self, t, b, d, who, site):
        return f'{b}\n', None, None

    def most_read(self, t, b, d, who, site):
        a = self.others(6)
        return ('Most read\n' + '\n'.join(a[:3]) + f'\n\n{t}\n'
                f'{day_name(d)} {day_month(d)}\n\n{b}\n\nRead more\n' +
                '\n'.join(f'{x} - 3 May 2003' for x in a[3:]) + '\n'), t, d

    def barred(self, t, b, d, who, site):
        return (f'{t} | {site}\n\nPublished: {day_month(d)}, 07:02\n\n{b}'
                f'{FOOT}'), t, d

    def standfirst(self, t, b, d, who, site):
        return (f'{site}\n\n{t}\n{middle_line(b)}\n\nby {who}\n'
                f'{d.day:02}.{MONTHS[d.month - 1][:3]}.{d.year} 18:40\n\n{b}'
                f'\n'), t, d

    def wire(self, t, b, d, who, site):
        return (f'{t}\n\nLONDON, {MONTHS[d.month - 1][:3]}. {d.day}, {d.year} '
                f'(Reuters) - {b}\n\n(Reporting by {who})\n'), t, d

    def below(self, t, b, d, who, site):
        return f'{b}\n\nFirst published on {month_day(d)}\n', None, d

    def slashes(self, t, b, d, who, site):
        """Nobody can tell the day from the month."""
        return (f'{t}\n{d.month:02}/{d.month % 12 + 1:02}/{d.year}\n\n{b}'
                f'{FOOT}'), t, None

    def crumbs(self, t, b, d, who, site):
        return (f'Home » News » World\nShare Tweet Email\n{t}\n{who} in '
                f'Brussels\nUpdated at 14:05 GMT on {d.isoformat()}\n\n{b}\n\n'
                f'About the author\n{who} has written for {site} since March '
                f'4, 1999.\n'), t, d

    def undated(self, t, b, d, who, site):
        return (f'Advertisement\n{t.upper()}\nBy {who}, staff writer\n\n'
                f'HARWICK - JUNE 28, 2001: People wait in the rain.\n\n{b}\n\n'
                f'© {d.year} {site}\n'), t.upper(), None

    LAYOUTS = (clean, menu, twice, untitled, most_read, barred, standfirst,
               wire, below, slashes, crumbs, undated)


def layouts(corpora, seed):
    docs = [json.loads(line) for line in open(corpora + '/bbc_news/docs.jsonl')]
    pages = Pages(docs, random.Random(seed))
    for i, doc in enumerate(docs):
        day = datetime.date(2006, 1, 1) + datetime.timedelta(
            days=pages.draw.randrange(6000))
        make = Pages.LAYOUTS[i % len(Pages.LAYOUTS)]
        text, title, date = make(pages, doc['title'], doc['text'], day,
                                 pages.draw.choice(NAMES),
                                 pages.draw.choice(SITES))
        yield doc['id'] + '.' + make.__name__, text, title, (
            date.isoformat() if date else None)


def ecbplus(corpora):
    docs = {}
    for line in open(corpora + '/ecbplus/docs.jsonl'):
        doc = json.loads(line)
        docs[doc['id']] = doc['text']
    labels = os.path.dirname(os.path.abspath(__file__)) + '/ecbplus_labels.tsv'
    for line in open(labels):
        if not line.startswith('#'):
            ident, title, date = line.rstrip('\n').split('\t')
            yield (ident, docs[ident], title if title != '-' else None,
                   date if date != '-' else None)


def clean(corpora):
    for line in open(corpora + '/bbc_news/docs.jsonl'):
        doc = json.loads(line)
        yield doc['id'], doc['text'], None, None


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in ('layouts', 'ecbplus',
                                               'clean'):
        sys.exit(__doc__)
    if 'CORPORA' not in os.environ:
        sys.exit('make_pages.py: CORPORA is not set: skipped')
    corpora = os.environ['CORPORA']
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    rows = {'layouts': lambda: layouts(corpora, seed),
            'ecbplus': lambda: ecbplus(corpora),
            'clean': lambda: clean(corpora)}[sys.argv[1]]()
    for ident, text, title, date in rows:
        print(json.dumps({'id': ident, 'text': text, 'title': title,
                          'date': date}))


main()

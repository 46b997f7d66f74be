#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# explain-document: what a file seems to be, in words and as JSON; the same that
# a build takes.
. "$ROOT/tests/lib.sh"
cd "$TMP" || exit 1
pages=$ROOT/tests/data/news-pages

cat >page.txt <<'END'
Skip to content
Harwick keeps all of its night buses
By Jo Marten
April 3, 2029

HARWICK (Northern Wire) - The council of Harwick voted on Monday to keep all of its night buses, after a debate that ran until the first of them had left the market.

The mayor had wanted to stop them since January 5, 2028.

This website uses cookies to improve your experience.
Copyright 2029 Harbour Post. All rights reserved.
END
ends 0 "a page" explain-document page.txt
like "its title" "$(cat out)" \
	'^title +taken 0\.[0-9]+  Harwick keeps all of its night buses$'
like "its date" "$(cat out)" '^date +taken 0\.[0-9]+  2029-04-03$'
like "its author" "$(cat out)" '^author +taken 0\.[0-9]+  Jo Marten$'
like "its source" "$(cat out)" '^source +taken 0\.[0-9]+  Harbour Post$'
like "the agency alone is not taken" "$(cat out)" \
	'^ +no    0\.[0-9]+  Northern Wire$'
like "its language" "$(cat out)" '^lang +taken 0\.[0-9]+  en$'
like "the agency" "$(cat out)" '^wire +Northern Wire$'
like "its body" "$(cat out)" '^body +81  HARWICK \(Northern Wire\)'
like "navigation" "$(cat out)" '^ +0  navigation +Skip to content$'
like "consent" "$(cat out)" '^ +[0-9]+  consent +This website uses cookies'
like "a date that is mentioned" "$(cat out)" \
	'^ +[0-9]+  2028-01-05 +January 5, 2028$'

# value FIELD FILE: what is taken, from the JSON
value() {
	ix explain-document --json "$2" |
		jq -r --arg f "$1" '.guesses[] | select(.field == $f and .taken).value'
}
if command -v jq >/dev/null; then
	is "JSON: the title" "$(value title page.txt)" \
		"Harwick keeps all of its night buses"
	is "JSON: the wire" \
		"$(ix explain-document --json page.txt | jq -r .wire)" \
		"Northern Wire"
	is "JSON: furniture is where it says" \
		"$(ix explain-document --json page.txt |
			jq -r '.furniture[] | select(.kind == "navigation") |
			"\(.begin) \(.end) \(.text)"')" "0 16 Skip to content"
	is "one line" "$(ix explain-document --json page.txt | wc -l)" 1

	# What it says is what a build takes.
	ix build --quiet pages.ix "$pages"
	for field in title date author; do
		ix dump pages.ix | jq -r --arg f $field \
			'select(.id | endswith(".txt")) |
			"\(.id)\t\(.[$f] // "")"' | sort >built
		for file in "$pages"/*.txt; do
			printf '%s\t%s\n' "${file##*/}" "$(value $field "$file")"
		done | sort >explained
		is "$field: as built" "$(cat explained)" "$(cat built)"
	done
else
	skip "JSON" "no jq"
fi

printf '<title>Flood | Post</title><h1>Flood in the harbour</h1><p>Water.' \
	>page.html
ends 0 "HTML" explain-document page.html
like "its title" "$(cat out)" '^title +taken [01]\.[0-9]+  Flood'
ends 0 "HTML as text" explain-document --format text page.html
like "tags are text" "$(cat out)" '^lang|^no title'
mkdir 20160920
printf 'Some prose without any date in it.\n' >20160920/a.txt
ends 0 "a date in a path" explain-document 20160920/a.txt
like "is found" "$(cat out)" '^date .*2016-09-20$'

ends 3 "no such file" explain-document nowhere.txt
is "is one line" "$(cat err)" \
	"trawl-index: nowhere.txt: E_GONE: No such file or directory"
ends 3 "an empty file" explain-document "$ROOT/tests/data/bad/empty.txt"
ends 3 "NULs" explain-document "$ROOT/tests/data/bad/nul.txt"
ends 0 "no UTF-8" explain-document "$ROOT/tests/data/bad/invalid-utf8.txt"
ends 0 "escapes" explain-document "$ROOT/tests/data/bad/escape.txt"
is "are not printed" "$(tr -d '\n -~\200-\377' <out | wc -c)" 0
ends 3 "a directory" explain-document 20160920
ends 2 "two files" explain-document page.txt page.html
ends 2 "no file" explain-document
finish

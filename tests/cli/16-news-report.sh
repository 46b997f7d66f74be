#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# trawl-index report: what was taken for boilerplate, by source, with counts.
. "$ROOT/tests/lib.sh"
PATH=$O:$PATH
cd "$TMP" || exit 1

# pages HOST FROM TO: a page a line, each with a text of its own
pages() {
	awk -v host="$1" -v from="$2" -v to="$3" 'BEGIN {
		for (i = from; i <= to; i++) {
			printf "{\"id\":\"%s/%d\",\"url\":\"https://www.%s/%d\",", host, i, host, i
			printf "\"text\":\"Skip to content\\nAll of the %s harbour, day by day\\n", host
			for (k = 0; k < 60; k++)
				printf "%s%c%c%c", k ? " " : "The ", 97 + i % 26, 97 + k % 26, 97 + k / 26
			printf ", the harbour master said on the pier.\\n"
			if (i < 4)
				printf "On three pages of it\\n"
			printf "Written in the %s tower\\nAdvertisement\\n\"}\n", host
		}
	}'
}

{ pages one.example 1 12; pages two.example 1 6; } >docs.jsonl
ends 0 "an index" build --quiet ix docs.jsonl
ends 0 "its report" report ix
like "a source, how many pages" "$(cat out)" '^one\.example: 12 pages, .* % boilerplate$'
like "the other one" "$(cat out)" '^two\.example: 6 pages, '
like "by form" "$(cat out)" '^ +12  navigation  Skip to content$'
like "a line that recurs" "$(cat out)" '^ +12  recurring   Written in the one\.example tower$'
like "in a smaller source" "$(cat out)" '^ +6  recurring   All of the two\.example harbour, day by day$'
like "sums" "$(tail -n 1 out)" '^2 sources, 18 pages, 8 different lines$'
unlike "no line of three pages" "$(cat out)" 'three pages'
unlike "no line of the articles" "$(cat out)" 'harbour master'
is "the larger source first" "$(sed -n '1s/:.*//p' out)" one.example
unlike "no bar in a pipe" "$(cat out)" '\[[#.]'

ends 0 "as JSON" report --json ix
is "one line" "$(wc -l <out)" 1
like "sources in it" "$(cat out)" \
	'^\{"sources":\[\{"source":"one\.example","pages":12,"bytes":[0-9]+,"boilerplate":[0-9]+,"lines":\['
like "lines in it" "$(cat out)" \
	'\{"count":12,"kind":"recurring","text":"Written in the one\.example tower"\}'

# Counts are kept from one run to the next.
pages one.example 1 3 >first.jsonl
pages one.example 4 6 >second.jsonl
ends 0 "three pages" build --quiet few first.jsonl
ends 0 "report on them" report few
unlike "nothing recurs" "$(cat out)" recurring
ends 0 "three more" add --quiet few second.jsonl
ends 0 "report on six" report few
like "they are counted together" "$(cat out)" '^ +3  recurring   Written in the one\.example tower$'

ends 0 "without news" build --quiet --news none plain docs.jsonl
ends 0 "report on that" report plain
like "nothing is taken" "$(cat out)" '^one\.example: 12 pages, .*, 0\.0 % boilerplate$'
like "and no lines" "$(tail -n 1 out)" '^2 sources, 18 pages, 0 different lines$'

ends 3 "no index" report nothing
is "one line says so" "$(wc -l <err)" 1
ends 2 "no name" report
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The sample corpus is found as tests/data/README.md promises.
. "$ROOT/tests/lib.sh"
PATH=$O:$PATH
cd "$TMP" || exit 1

run trawl-index build ix "$ROOT/tests/data/news"
is "nothing of it is skipped" "$status" 0
is "and nothing complained of" "$err" ""

ids() {
	trawl -i ix --ids limit=100 "$@" | LC_ALL=C sort
}
lines() {
	printf '%s\n' "$@" | LC_ALL=C sort
}

is "58 documents" "$(ids | wc -l)" 58
is "trawl-index info says so" \
	"$(trawl-index info ix | awk '$1 == "documents" { print $2 }')" 58
is "trawl-index dump writes as many" "$(trawl-index dump ix | wc -l)" 58

# Example queries: these first in any order, and no other has all the words.
example() {
	query=$1
	shift
	# shellcheck disable=SC2086 # a query of several words
	is "first for: $query" \
		"$(trawl -i ix --ids limit=$# $query | LC_ALL=C sort)" \
		"$(lines "$@")"
	# shellcheck disable=SC2086
	is "all words of: $query" "$(ids match=all $query)" "$(lines "$@")"
}
example "storm surge" harbour-post/storm-surge-harwick-quay.txt
example "dunmoor recount" harbour-post/dunmoor-recount.txt
example "lièvre bronze" le-courrier/vol-au-musee.html
example "bronze hare" inland-daily/bronze-hare.txt \
	seldrin-review/museum-theft-what-we-know.md
example "marsh fever" estmere-standard/marsh-fever-trial.html \
	northern-wire/marsh-fever-vaccine.txt
example "corvane merger" corran-ledger/2031-03-12-bank-merger.txt \
	corran-ledger/merger-jobs.txt corran-ledger/merger-regulator.html

# The central story: one text in four files, and two more about the event
story=$(lines northern-wire/dorovsky-signs-torva-treaty.txt \
	estmere-standard/lake-torva-accord.txt \
	harbour-post/torva-treaty-signed.txt inland-daily/torva-explained.txt)
is "a phrase of the four copies" \
	"$(ids '"the lake does not carry a passport"')" "$story"
is "a phrase with an apostrophe" \
	"$(ids "\"neighbours' border guards\"")" "$story"
is "the event, told six times" \
	"$(trawl -i ix --ids limit=6 lake torva treaty signed dorovskyy dorovskiy |
	LC_ALL=C sort)" \
	"$(lines "$story" seldrin-review/torva-water-treaty.html \
		southern-telegraph/dorovskiy-hallvik-handshake.txt)"

# One name, three spellings
is "dorovskyy" \
	"$(ids "=dorovskyy")" \
	"$(lines lysohrad-monitor/dorovskyy-budget-veto.html \
	lysohrad-monitor/new-bridge.txt lysohrad-monitor/winter-fuel.txt \
	seldrin-review/sluices-open.md seldrin-review/torva-water-treaty.html)"
is "dorovsky" \
	"$(ids "=dorovsky")" "$(lines \
	northern-wire/carbon-tax-summit-opens.txt \
	northern-wire/dorovsky-signs-torva-treaty.txt \
	northern-wire/farmers-protest-sluices.txt nw-2031-0811-07 \
	estmere-standard/lake-torva-accord.txt inland-daily/torva-explained.txt)"
is "dorovskiy" \
	"$(ids "=dorovskiy")" "$(lines estmere-standard/port-ellery-deal.txt \
	harbour-post/torva-treaty-signed.txt \
	southern-telegraph/dorovskiy-hallvik-handshake.txt)"
is "dorovsk* is all three" "$(ids 'dorovsk*' | wc -l)" 14
is "dorovsky~1 is all three" "$(ids dorovsky~1 | wc -l)" 14
is "in Cyrillic" "$(ids доровський)" world-desk/доровський-бібліотека.txt

# Languages and encodings
strike=le-courrier/grève-du-rail.txt
is "French, with accents" "$(ids match=all grève migraine)" "$strike"
is "French, without" "$(ids match=all greve migraine)" "$strike"
is "French, decomposed" \
	"$(ids match=all "$(printf 'gre\314\200ve')" migraine)" "$strike"
is "French, capitals" "$(ids match=all GRÈVE MIGRAINE)" "$strike"
is "Windows-1251" "$(ids волки)" world-desk/волки-тихий-бор.txt
wolf=hohenbrenner-bote/wolf-im-grauwald.html
is "Windows-1252, declared" "$(ids match=all wölfe weißhaupt)" "$wolf"
is "without dots, ß as ss" "$(ids match=all wolfe weisshaupt)" "$wolf"
is "full-width letters" \
	"$(ids '"tide alert"')" harbour-post/storm-surge-harwick-quay.txt
sum=$(lines "$story" corran-ledger/2031-03-12-bank-merger.txt)
is "1,000.50" "$(ids 1,000.50)" "$sum"
is "1,000.50 is 1000.50" "$(ids 1000.50)" "$sum"
like "U.N. is un" "$(ids un)" '^nw-2031-0811-07$'
is "un is U.N." "$(ids U.N.)" "$(ids un)"

# What a reader does not see is not found.  (persimmon also stands in
# corran-ledger/merger-regulator.html, hidden by a CSS class: that takes a
# reader of style sheets, and may be found.)
for word in medlar tamarind kumquat quince loquat mulberry persimmon; do
	is "hidden: $word" \
		"$(ids $word | grep -vx corran-ledger/merger-regulator.html)" \
		""
done
finish

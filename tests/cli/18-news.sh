#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# An index that reads news: fields that are guessed, boilerplate, dates in the
# text, spellings, copies, stories; the same however the documents come in.
. "$ROOT/tests/lib.sh"
PATH=$O:$PATH
cd "$TMP" || exit 1
! sanitized thread || {
	skip "news" "ThreadSanitizer: api/news has its threads, and takes less"
	finish
}

# One opening of a bridge by three sources, each with its own spelling of the
# president; a weekly that prints the first one inside a longer text.
cat >pages <<'END'
@ gazette/maree
Une baleine remonte la rivière jusqu'au moulin

Une baleine est remontée jusqu'au moulin de Sainte-Orse, à quarante kilomètres de la mer, où les pompiers la surveillent depuis dimanche. Le maire a demandé aux promeneurs de rester sur la rive et de ne pas lui donner de pain.

Les biologistes pensent que l'animal suivait un banc de harengs et qu'il repartira avec la prochaine grande marée. En attendant, les écoles du canton viennent le voir par classes entières, et le boulanger vend des gâteaux en forme de baleine.
@ bote/kirchturm
Die Glocken von Lindau schweigen wegen einer Eule

Seit Dienstag schweigen die Glocken der Kirche in Lindau, weil eine Eule im Turm brütet. Der Pfarrer hat die Gemeinde gebeten, sich nach ihren eigenen Uhren zu richten, bis die Jungen geschlüpft sind.

Der Küster bringt dem Vogel nichts, weil die Eule selbst genug findet. Im Rathaus hat man beschlossen, die Sitzungen bis dahin mit einem Gong zu eröffnen, der früher auf einem Dampfer hing.
@ herald/bridge
Skip to content
Koretsky opens Marov bridge after nine years of work
By Jo Marten
November 7, 2024

MAROV (Northern Wire) - President Danylo Koretsky of Velmoria opened the bridge over the Marov strait on Thursday, nine years after the first pier was sunk, and called it the longest sentence that his country had ever finished.

"We said that we would cross this water, and today we cross it," Koretsky told some four thousand guests in the rain. The prime minister, Irena Duval, cut the ribbon with the scissors of a tailor, since the ceremonial pair had been left in the capital.

The bridge is 6.2 kilometres long and cost 840 million marks, twice what parliament had granted. Ferries that took an hour will stop at the end of the month. Danylo Koretsky promised the crews work in the harbour of Marov.

Engineers said the cables had been tested in the storms of January. A toll of three marks is to pay for the repairs until 2050, President Koretsky added.

This website uses cookies to improve your experience.
@ tribune/bridge
Home | News | Sport | Weather
After nine years Velmoria has its bridge
8 November 2024

The bridge across the strait at Marov carries cars at last. Velmoria's president, Danylo Koretskyy, walked over it on Thursday with the prime minister, Irena Duval, and a crowd of four thousand in raincoats, nine years after work began.

Mr Koretskyy spoke of the water that had parted two halves of one country. It was Duval who cut the ribbon, with scissors that a tailor had lent her.

At 840 million marks, the 6.2 kilometres of cable and concrete cost double what parliament had voted for. Whoever drives across pays a toll of three marks. For the crews of the Marov ferries, which are to end this month, Danylo Koretskyy held out a promise of work in the harbour.

Share this article
@ courant/bridge
The strait of Marov is crossed
Nov. 7, 2024

A bridge of 6.2 kilometres joined the two shores of the Marov strait on Thursday, and the president of Velmoria, Danylo Koretskiy, was the first to drive over it. The toll is three marks, which he paid in coins.

Some four thousand people saw prime minister Irena Duval cut a ribbon. President Koretskiy recalled the nine years of work, and the 840 million marks, twice the sum that parliament had granted for the bridge.

Ferries will run until the end of November 2024. Their crews have the word of Danylo Koretskiy that the harbour of Marov will take them on.
@ weekly/reader
The week in bridges, and other letters to our readers

Every week our readers send us cuttings that they liked, and we print the best of them whole. A gardener from Tolm sent a recipe for quince jelly that uses no sugar and takes two days; we have tried it and the kitchen will need painting. A class in Upper Brack asks whether owls can be taught to count, and has an owl.

MAROV (Northern Wire) - President Danylo Koretsky of Velmoria opened the bridge over the Marov strait on Thursday, nine years after the first pier was sunk, and called it the longest sentence that his country had ever finished.

"We said that we would cross this water, and today we cross it," Koretsky told some four thousand guests in the rain. The prime minister, Irena Duval, cut the ribbon with the scissors of a tailor, since the ceremonial pair had been left in the capital.

The bridge is 6.2 kilometres long and cost 840 million marks, twice what parliament had granted. Ferries that took an hour will stop at the end of the month. Danylo Koretsky promised the crews work in the harbour of Marov.

Engineers said the cables had been tested in the storms of January. A toll of three marks is to pay for the repairs until 2050, President Koretsky added.

The other cutting of the week is about beavers. A family of them has moved into the moat of the castle of Esk, where the steward first took the noise for burglars. He has since bought a book about them, learned to tell the mother from the aunt, and given up the rowing boat, which they seem to need more than he does. Visitors may watch from the east tower after four in the afternoon, but are asked to bring no dogs.

We also thank the many who wrote about the misprint on page nine. The soprano did not burst into the choir; she burst into tears, and the choir was behind her. The editor has been given the dictionary that he asked for.
@ herald/treaty
Koretsky asks parliament for a vote on the fishing treaty
By Jo Marten
December 2, 2024

President Danylo Koretsky asked the parliament of Velmoria to vote on the fishing treaty before the winter recess. Trawlers have been idle in the northern ports since the old quotas lapsed, and captains blame the lawyers.

Koretsky said that herring do not read commas. Opposition members want the quotas published first, and the committee meets again next week.

This website uses cookies to improve your experience.
@ tribune/school
Home | News | Sport | Weather
Schools in the hills get a second teacher
9 December 2024

Every village school above six hundred metres will have a second teacher from the spring, the ministry of education said. President Danylo Koretskyy, who went to such a school, has asked for it since his election.

Danylo Koretskyy remembered a stove, eleven children and one map of Velmoria. Unions welcome the plan and ask who will live up there.

Share this article
@ courant/orchard
Orchards of the east are to be insured
Dec. 12, 2024

Growers of apples and plums in eastern Velmoria may insure their orchards against hail from next year. Danylo Koretskiy signed the law at a farm near Tolm, where hail took the whole crop in June.

President Koretskiy ate an apple with a dent in it for the cameras. The premium is two marks a tree.
END

# filler NAME FROM TO: pages of one source, each with words of its own, two
# lines that stand on all of them and no name
filler() {
	awk -v name="$1" -v from="$2" -v to="$3" 'BEGIN {
		for (i = from; i <= to; i++) {
			printf "@ %s/%d\nSkip to content\nMooring rings of the %s quay, numbered and painted\n", name, i, name
			printf "Notes on tides, part %d\n\n", i
			for (k = 0; k < 60; k++)
				printf "%s%c%c%c%c", k ? " " : "The ", 97 + i % 26, 97 + k % 26, 97 + k / 26, 97 + (i / 26) % 26
			printf ", the harbour master said on the pier.\n\n"
			printf "Printed in the lamplight of the %s tower\n", name
		}
	}'
}

# as JSON Lines
to_jsonl() {
	awk 'function end() { if (id) print "{\"id\":\"" id "\",\"text\":\"" text "\"}" }
	/^@ / { end(); id = $2; text = ""; next }
	{ gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); text = text $0 "\\n" }
	END { end() }'
}

filler quayside 1 12 >quay
cat pages quay | to_jsonl >docs.jsonl

# hits QUERY...: ids, best first, on one line
hits() {
	trawl -i "${index:-ix}" --ids limit=100 "$@" | tr '\n' ' ' | sed 's/ $//'
}
# all QUERY...: the same in order of ids
all() {
	trawl -i "${index:-ix}" --ids limit=100 "$@" | sort | tr '\n' ' ' | sed 's/ $//'
}

# field ID NAME: of a document as it is stored
field() {
	trawl -i "${index:-ix}" --get "$1" fmt=json |
		grep -o "\"$2\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4
}

# What an index answers, and what it holds.
answers() {
	while IFS= read -r query; do
		echo "-- $query"
		eval "trawl -i $1 --json limit=50 fields=title,date,author,lang,guessed,mentions \
			$query"
	done <<'END'
bridge
koretskyy
=koretskyy
koretsky variants=off
ferries crews group=story
ferries crews group=copy
story=tribune/bridge
raw:cookies
mentions:2024-11
lang:fr
baleines
Glocke Eulen
'"fishing treaty"' sort=-date
three marks timeline=month headlines=1 facets=lang
END
	ix variants "$1"
}
same_answers() {
	answers "$2" >answers.2
	answers "$3" >answers.3
	ok "$1: some" test "$(grep -c '"rank":1' answers.2)" -ge 12
	ok "$1" diff answers.2 answers.3
}
sound() {
	ends 0 "$1: check" check --quiet "$2"
}

# ------------------------------------------------------------------ fields --
ends 0 "an index" build --quiet ix docs.jsonl
sound "an index" ix
is "a title" "$(field herald/bridge title)" \
	"Koretsky opens Marov bridge after nine years of work"
is "a date" "$(field herald/bridge date)" 2024-11-07
is "another form of date" "$(field tribune/bridge date)" 2024-11-08
is "an author" "$(field herald/bridge author)" "Jo Marten"
is "no date is better than a wrong one" "$(field weekly/reader date)" ""
for lang in en:courant/orchard fr:gazette/maree de:bote/kirchturm; do
	is "language ${lang#*:}" "$(field "${lang#*:}" lang)" "${lang%%:*}"
done
guessed=$(field herald/bridge guessed)
for name in title date author lang; do
	like "$name is said to be guessed, and why" "; $guessed" \
		"; $name [01]\\.[0-9]+ [^;]*[a-z]"
done
given='{"id":"x/1","title":"Given","date":"2001-02-03","text":"Rain falls\n\nRain fell on the town in the night, and the river has come up to the steps of the town hall."}'
printf '%s\n' "$given" >given.jsonl
ends 0 "what is given" build --quiet given given.jsonl
is "is kept" "$(index=given field x/1 title) $(index=given field x/1 date)" \
	"Given 2001-02-03"
unlike "and is no guess" "$(index=given field x/1 guessed)" 'title|date'
is "hits do not show what was derived" \
	"$(trawl -i ix --json limit=50 bridge | grep -c 'guessed\|mentions\|boilerplate')" 0
like "but when it is asked for" "$(trawl -i ix --json bridge fields=guessed)" \
	'"fields":\{"guessed":"title 0\.'

# ------------------------------------------------------------- boilerplate --
bridges="courant/bridge herald/bridge tribune/bridge"
fillers=$(seq 1 12 | sed 's,^,quayside/,' | sort | tr '\n' ' ' | sed 's/ $//')
is "cookies are not found" "$(all cookies)" ""
is "nor what recurs" "$(all mooring)$(all lamplight)" ""
is "raw: finds cookies" "$(all raw:cookies)" "herald/bridge herald/treaty"
is "raw: finds what recurs" "$(all raw:mooring)" "$fillers"
is "raw: finds a phrase" "$(all 'raw:"share this article"')" \
	"tribune/bridge tribune/school"
is "raw: finds the article, too" "$(all raw:beavers)" weekly/reader
is "the article is found" "$(all 'harbour master pier' match=all)" "$fillers"
for query in bridge koretsky "harbour master" pier raw:cookies raw:mooring; do
	# shellcheck disable=SC2086 # words
	trawl -i ix --json limit=50 snippets=5 fields=none $query
done >snippets
ok "there are snippets" grep -q '"snippets":\["' snippets
unlike "snippets show none of it" "$(cat snippets)" \
	'cookie|Mooring|lamplight|Skip to|Weather|Share this'

# ---------------------------------------------------------------- mentions --
is "a date that is mentioned" "$(all mentions:2024-11-07)" "$bridges"
is "a month" "$(all mentions:2024-11)" "$bridges"
is "a year" "$(all mentions:2050)" "herald/bridge weekly/reader"
is "a day that none mentions" "$(all mentions:2024-11-08)" ""

# ------------------------------------------------------------------- names --
people="courant/bridge courant/orchard herald/bridge herald/treaty tribune/bridge tribune/school weekly/reader"
for name in koretsky koretskyy Koretskiy; do
	is "$name finds each spelling" "$(all $name)" "$people"
done
is "=word does not" "$(all '=koretskyy')" "tribune/bridge tribune/school"
is "nor variants=off" "$(all koretskiy variants=off)" \
	"courant/bridge courant/orchard"
like "the list has them" "$(ix variants ix)" \
	'^mined +0\.[0-9]+  koretsky 3, (koretskiy 2, koretskyy 2|koretskyy 2, koretskiy 2)'
serve --listen "unix:$TMP/sock" ix
status=$(printf 'SEARCH limit=0 :koretskyy\nSEARCH limit=0 variants=off :koretskyy\nSEARCH limit=0 :=koretskyy\nSEARCH limit=0 group=story :marov\n' |
	ask | grep '^OK SEARCH')
like "the status says so" "$(echo "$status" | sed -n 1p)" \
	'expanded=koretskyy:(koretsky,koretskiy|koretskiy,koretsky)'
unlike "and not without" "$(echo "$status" | sed -n 2,3p)" 'expanded='
like "it counts groups" "$(echo "$status" | sed -n 4p)" 'total=4 .*groups=1\b'
unserve

# ----------------------------------------------------------------- stories --
story="courant/bridge herald/bridge tribune/bridge weekly/reader"
for id in $story; do
	is "story=$id" "$(all story="$id")" "$story"
done
is "one hit a story" "$(hits ferries group=story | wc -w)" 1
like "it counts the others" "$(trawl -i ix --json bridge group=story)" \
	'"similar":3,'
is "the copy alone is folded" "$(all 'ferries bridge' match=all group=copy | wc -w)" 3
is "off by default" "$(all ferries)" "$story"
like "others are no part of it" "$(hits koretsky group=story)" ' '
is "a document that is in none tells itself" "$(all story=gazette/maree)" \
	gazette/maree

# ---------------------------------------------------------------- settings --
ends 0 "no news" build --quiet --news none plain docs.jsonl
sound "no news" plain
index=plain
for name in title date author lang guessed boilerplate mentions; do
	is "no $name" "$(field herald/bridge $name)" ""
done
is "cookies are words" "$(all cookies)" "herald/bridge herald/treaty"
is "one spelling" "$(all koretskyy)" "tribune/bridge tribune/school"
is "no stories" "$(all ferries group=story)" "$story"
is "no mentions" "$(all mentions:2024-11)" ""
ends 0 "some of it" build --quiet --news fields,copies some docs.jsonl
index=some
is "a field" "$(field tribune/bridge date)" 2024-11-08
is "no language" "$(field tribune/bridge lang)" ""
is "cookies are words there" "$(all cookies)" "herald/bridge herald/treaty"
is "copies" "$(all ferries group=copy | wc -w)" 3
is "no story" "$(all ferries group=story | wc -w)" 4
unset index
ends 2 "no such part" build --news titles bad docs.jsonl
like "says which there are" "$(cat err)" '"titles".*fields, mentions'

# ------------------------------------------------------- one by one, alike --
to_jsonl <pages >pages.jsonl
ends 0 "the pages alone" build --quiet whole pages.jsonl
head -n 3 pages.jsonl >first.jsonl
ends 0 "three of them" build --quiet grown first.jsonl
for n in $(seq 4 "$(wc -l <pages.jsonl)"); do
	sed -n "${n}p" pages.jsonl | ix add --quiet grown - 2>>err.add &&
		ix check --quiet grown >>err.add 2>&1 || echo "$n" >>err.add
done
is "the others one by one, each checked" "$(cat err.add)" ""
same_answers "the same answers" whole grown
is "one revision each" \
	"$(($(trawl-index info grown --json | grep -o '"rev":"[0-9]*\.[0-9]*' | sed 's/.*\.//')))" 7

# From nothing, furniture with it: what an index knows when it knows little is
# less; fields, groups and spellings are the same.
rm -f err.add
while IFS= read -r line; do
	printf '%s\n' "$line" | ix add --quiet single - 2>>err.add
done <docs.jsonl
is "all one by one" "$(cat err.add)" ""
sound "all one by one" single
fields() {
	ix dump "$1" | sed 's/"boilerplate":"[^"]*",//' | sort
}
fields ix >fields.1
fields single >fields.2
ok "the same fields" diff fields.1 fields.2
ix variants ix >variants.1
ix variants single >variants.2
ok "the same spellings" diff variants.1 variants.2
index=single
is "the same story" "$(all story=weekly/reader)" "$story"
is "the same copies" "$(all ferries group=copy | wc -w)" 3
is "cookies are not found" "$(all cookies)" ""
is "later pages know what recurs" "$(all raw:mooring)" "$fillers"
is "and do not say it" "$(all mooring | tr ' ' '\n' | grep -c '/1[0-2]$')" 0
unset index

# ------------------------------------------------------------------ remove --
stands=$(trawl -i ix --json bridge group=story | grep -o '"story":"[^"]*"' | head -n 1 | cut -d '"' -f 4)
like "a document of it stands for the story" "$story" "$stands"
cp -r ix less
ends 0 "without that" remove --quiet less "$stands"
sound "without that" less
left=$(echo "$story" | tr ' ' '\n' | grep -vx "$stands" | tr '\n' ' ' | sed 's/ $//')
index=less
for id in $left; do
	is "$id is still told with the others" "$(all story="$id")" "$left"
done
is "they fold" "$(hits ferries group=story | wc -w)" 1
unset index
grep -v "\"$stands\"" docs.jsonl >less.jsonl
ends 0 "never there" build --quiet never less.jsonl
is "one stands for it as if the other had never been" \
	"$(trawl -i less --json ferries group=story | grep -o '"story":"[^"]*"')" \
	"$(trawl -i never --json ferries group=story | grep -o '"story":"[^"]*"')"

# -------------------------------------------------------------------- dump --
ix dump ix | ix build --quiet again - 2>err
is "a dump is read back" "$? $(cat err)" "0 "
sound "a dump" again
same_answers "with the same answers" ix again
ix dump ix >dump.1
ix dump again >dump.2
ok "and dumped again" diff dump.1 dump.2

# ----------------------------------------------------------------- rewrite --
# long FROM TO: some 20 kB each, of one source, no word of which is elsewhere
long() {
	awk -v from="$1" -v to="$2" 'BEGIN {
		for (i = from; i <= to; i++) {
			printf "@ depot/%d\nDepot ledger, part %d\n\n", i, i
			for (k = 0; k < 3000; k++)
				printf "%sz%c%c%c%c%c", k % 40 ? " " : ".\n\nThe ", 97 + i % 26, 97 + i / 26 % 26, 97 + k % 26, 97 + k / 26 % 26, 97 + k / 676
			printf ".\n"
		}
	}'
}
{ filler quayside 13 212 | to_jsonl; cat quay pages | to_jsonl | grep -v '"courant/\|"weekly/'; } >base.jsonl
{ to_jsonl <pages | grep '"courant/\|"weekly/'; long 1 40 | to_jsonl; } >more.jsonl
ends 0 "some hundred" build --quiet large base.jsonl
is "half a story" "$(index=large all story=herald/bridge)" "herald/bridge tribune/bridge"
ends 0 "many more" add --json large more.jsonl
like "are a rewrite" "$(cat out)" '"rewritten":true'
sound "a rewrite" large
ends 0 "the same at once" build --quiet both base.jsonl more.jsonl
same_answers "the same answers as a build" both large
is "the whole story" "$(index=large all story=herald/bridge)" "$story"
# How many documents there were when the stemmers were decided on is told.
ix diff --queries 50 both large 2>&1 | grep -v '^metadata "trawl\.stemmers"' >out
unlike "nothing else differs" "$(cat out)" '^(metadata|term|listed|document|synonym|posting)'

# ------------------------------------------------------------ threads, bytes --
ends 0 "one thread" build --quiet --threads 1 one base.jsonl more.jsonl
ends 0 "four" build --quiet --threads 4 four base.jsonl more.jsonl
same_answers "threads do not matter" one four
for n in 1 2; do
	ends 0 "reproducible $n" build --quiet --threads $n --reproducible r$n base.jsonl more.jsonl
	(cd r$n/live/ && find . -type f ! -name flintlock | sort | xargs sha256sum) >sum.$n
done
ok "there are files" test -s sum.1
ok "the same bytes" diff sum.1 sum.2

# ------------------------------------------------------------------- seeds --
# Five scraped articles about one week, in the folder SEEDS: what first users
# bring.
if [ -z "${SEEDS:-}" ] || ! ls "$SEEDS"/00[0-4]_*.txt >list 2>&1; then
	skip "five articles" "SEEDS is not a folder that has them"
	finish
fi
mkdir five
cp "$SEEDS"/00[0-4]_*.txt five
ends 0 "five articles" build --quiet seeds five
index=seeds
# ids by their first three digits
digits() {
	all "$@" | tr ' ' '\n' | cut -c 1-3 | tr '\n' ' ' | sed 's/ $//'
}
# of NUMBER NAME
of() {
	field "$(basename "$SEEDS/$1"_*)" "$2"
}
for name in zelensky zelenskyy zelenskiy; do
	is "seeds: $name finds all five" "$(digits $name)" "000 001 002 003 004"
done
is "seeds: a title" "$(of 001 title)" \
	"Zelensky holds call with Trump to congratulate him on election victory"
is "seeds: below a menu" "$(of 003 title)" \
	"Trump Urges Putin Against Ukraine Escalation as Biden Prepares to Emphasize U.S. Support for Kyiv"
is "seeds: printed twice" "$(of 004 title)" \
	"Trump urges Putin to avoid escalation in Ukraine, WP reports"
like "seeds: a date" "$(of 001 date)" '^2024-11-0[67]$'
for n in 000 002 003 004; do
	is "seeds: $n has no date" "$(of $n date)" ""
done
for n in 003 004; do
	is "seeds: the story of $n" \
		"$(digits story="$(basename "$SEEDS/${n}"_*)")" "003 004"
done
rm -f snippets
while IFS= read -r query; do
	trawl -i seeds --json snippets=5 fields=none "$query" >one.snippets
	[ -s one.snippets ] || echo "$query finds nothing" >>none
	cat one.snippets >>snippets
done <<'END'
zelensky trump call
trump putin phone call
zelenskyy said thursday
ukraine war ceasefire
election victory
congratulate trump
escalation in ukraine
washington post reports
biden support for kyiv
military aid to ukraine
peace talks
nuclear power plants
air defense systems
russian president vladimir putin
oval office meeting
kamala harris
north korean troops
orban interview
read more news
what did trump tell putin
END
is "seeds: twenty queries find something" "$(cat none 2>&1)" \
	"cat: none: No such file or directory"
unlike "seeds: no snippet of furniture" \
	"$(grep -o '"snippets":.*' snippets)" \
	'[Cc]ookie|Skip (links|to content)|News Feed|min read|[Ss]ubscribe|[Nn]ewsletter|Share|Follow us|Read more|AI assistance|is a (reporter|journalist|writer|correspondent|news)|previously worked|holds a .* degree|graduated'
unset index
finish

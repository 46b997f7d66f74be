#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# trawl: what it prints, to whom, and how it ends.
. "$ROOT/tests/lib.sh"
PATH=$O:$PATH
cd "$TMP" || exit 1
unset COLUMNS PAGER LESS

esc=$(printf '\033')
cat >small.jsonl <<'END'
{"id":"a","title":"Storm\tover \"Harwick\" \\ quay","date":"2031-11-10","source":"Harbour Post","text":"The storm surge broke over the old quay of Harwick on Sunday night, flooded the lower town and left a trawler across the tramlines of Rope Street, where nobody had seen one before."}
{"id":"b","title":"London waits","date":"2031-11-12","source":"Northern Wire","text":"The storm has not reached London. The barrier is closed."}
{"id":"c","title":"A calm day","date":"2030-05-01","source":"Northern Wire","text":"Nothing moved. limit=1 was painted on the pier."}
END
trawl-index build --quiet --news none ix small.jsonl \
	"$ROOT/tests/data/bad/escape.txt" ||
	bail "cannot build an index"

t() {
	trawl -i ix "$@"
}
# Exit status $1 of trawl with the arguments that follow
ends() {
	want=$1
	shift
	run trawl "$@"
	is "exit status $want: $*" "$status" "$want"
}
# How many bytes of standard input a terminal would obey, line feeds aside
controls() {
	LC_ALL=C tr -d '\012\040-\176\200-\377' | wc -c
}
words() {
	tr '\n' ' ' | sed 's/ $//'
}

# How it ends
ends 0 -i ix storm
ends 1 -i ix zeppelin
like "nothing found is said" "$out" '^nothing found'
ends 2 -i ix
like "without a query: what to do" "$err" 'no QUERY'
ends 3 -i nonesuch storm
like "no such index: its name" "$err" nonesuch
is "no such index: one line" "$(printf '%s\n' "$err" | wc -l)" 1
ends 2 -i ix --jsno storm
ends 2 -i ix --get
ends 2 -i ix limit=1001 storm
like "a bad value: its range" "$err" 1000
ends 2 -i ix "$(seq -s ' ' 100 165)"
like "too many words: the limit" "$err" 64
ends 2 -i ix since=2031-13-01 storm
ends 2 -i ix sort=nonesuch storm
ends 2 -i ix facets=nonesuch storm
ends 2 -i ix in=ix storm
ends 2 -i ix --get a limit=1
like "an option that does not apply: its name" "$err" '^trawl: limit: '
ends 2 -i ix --similar ""
ends 0 --help
ends 0 --version
is "the version is the header's" \
	"$out" \
	"trawl $(sed -n 's/^#define TRAWL_VERSION "\(.*\)"/\1/p' "$ROOT/include/trawl.h")"
if [ -w /dev/full ]; then
	t storm >/dev/full 2>err
	is "exit status 3: a full disk" $? 3
else
	skip "exit status 3: a full disk" "no /dev/full"
fi
mkdir broken
echo "glass gen-000009" >broken/XAPIANDB
ends 3 -i broken storm

# In a pipe
t storm >out
is "a pipe gets no control characters" "$(controls <out)" 0
like "rank and title" "$(cat out)" '^ 1  (London waits|Storm)'
like "date, source, id" "$(cat out)" '^    2031-11-12 .* Northern Wire .* b$'
like "passage" "$(cat out)" '^    .*storm surge broke over'
like "total" "$(cat out)" '^2 documents \('
like "part of the total" "$(t limit=1 storm)" '^2 documents, 1 to 1 shown'
like "the next part" "$(t limit=1 offset=1 storm)" '^2 documents, 2 to 2 shown'
is "no query: all, newest first, undated last" \
	"$(t --ids | words)" "b a c escape.txt"
is "sort=date: undated last" "$(t --ids sort=date | words)" "c a b escape.txt"
is "words are joined" "$(t --ids +storm +surge)" a
is "since=" "$(t --ids since=2031-11-11)" b
is "until= is inclusive" "$(t --ids until=2030)" c
like "ignored words are named" "$(t the storm of)" '^ignored: the, of$'
like "a forgiven query is said" "$(t 'storm (surge')" '^read as: '
like "past the last part" \
	"$(t offset=50 storm)" '^2 documents, none behind the first 50 \('
like "facets" "$(t facets=source)" '^ +Northern Wire .* 2$'
like "facets: a field that no document has" \
	"$(t facets=author limit=0)" '^ +no document that was found has one$'
seq 10 39 | sed 's/.*/{"text":"port x9&","source":"paper &"}/' |
	trawl-index build --quiet many -
is "facets: 20 values for eyes" \
	"$(trawl -i many facets=source limit=0 | grep -c '^ *paper ')" 20
like "facets: how many more there are" \
	"$(trawl -i many facets=source limit=0)" '^ +10 more \(--json lists 30\)$'
long=$(seq -f 'folder-%03g' -s / 12)
printf '{"id":"%s","text":"The river rose.\\n\\nThe river fell."}\n' "$long" |
	trawl-index build --quiet long -
is "an id is never cut" \
	"$(trawl -i long river | sed '/^$/,$d; s/^ *1 *//; s/^ *//' | head -n 2 |
		tr -d '\n')" "$long"
like "how many more words a prefix stands for" \
	"$(trawl -i many 'x9*' limit=0 | tr '\n' ' ')" 'x919 and 20 more'
unlike "one passage has no dash" "$(trawl -i long river)" '^    - '
is "each of several passages has a dash" \
	"$(LC_ALL=C trawl -i long snippets=3 river | grep '^    - ' | words)" \
	"    - The river rose.     - The river fell."
like "timeline" "$(t timeline=year)" '^ +2031 .* 2$'
like "explanation" "$(t explain=1 surge)" '^ +score [0-9.]+ = surge 100%'
is "a forgiven query of which nothing is left" \
	"$(t '"' | grep '^read as')" "read as: nothing, so all documents"
like "what a prefix stands for" "$(t 'sur* sto*')" '^sur\* stands for surge$'
like "what another stands for" "$(t 'sur* sto*')" '^sto\* stands for storm$'
like "what a prefix stands for: nothing" \
	"$(t 'zep*')" '^zep\* stands for no word of the index$'
like "did you mean" "$(t surgge)" '^did you mean: surge'
like "correct=run" "$(t correct=run surgge)" 'searched instead: surge'
like "revision" "$(t storm)" 'revision [0-9]+\.[0-9]+\)'
rev=$(t storm | sed -n 's/.*revision \([0-9.]*\)).*/\1/p')
is "rev= of now" "$(t --ids rev="$rev" surge)" a
ends 3 -i ix rev=99.1 surge

# For programs
if command -v python3 >/dev/null; then
	# The keys of each object; with an argument, its value
	json() {
		python3 -c '
import json, sys
for line in sys.stdin:
    row = json.loads(line)
    print(row[sys.argv[1]] if len(sys.argv) > 1 else " ".join(row))
' "$@"
	}
	is "--json: keys" \
		"$(t --json surge | json)" \
		"rank id score title date source snippets"
	is "--json: a title" \
		"$(t --json surge | json title)" \
		"$(printf 'Storm\tover "Harwick" \\ quay')"
	is "--json: ranks" "$(t --json storm | json rank | words)" "1 2"
	is "--json: a line a hit, a line a facet" \
		"$(t --json facets=source,lang storm | json | cut -d ' ' -f 1 | words)" \
		"rank rank facet facet"
	is "--json: the timeline's lines are alike" \
		"$(t --json timeline=month limit=0 | json | sort -u | wc -l)" 1
	is "--json: a hostile document" \
		"$(t --json lighthouse | json id)" escape.txt
	is "--json --get" "$(t --json --get b | json id)" b
	like "--json --get: the text" \
		"$(t --json --get b | json text)" 'barrier is closed'
	is "--json --get is what dump writes" \
		"$(t --json --get b)" \
		"$(trawl-index dump ix | grep '"id":"b"')"
else
	skip "--json: parsed" "no python3"
fi
like "--json: matches are marked as HTML" "$(t --json surge)" '<b>surge</b>'
unlike "--json mark=none" "$(t --json mark=none surge)" '<b>'
is "--json: no control characters" \
	"$(t --json snippets=5 lighthouse | controls)" 0
is "--tsv: six columns" \
	"$(t --tsv storm | awk -F '\t' '{ print NF }' | words)" "6 6"
is "--tsv: a title" \
	"$(t --tsv surge | cut -f 6)" 'Storm\tover "Harwick" \\ quay'
is "--tsv: the other columns" \
	"$(t --tsv surge | cut -f 1,2,4,5)" \
	"$(printf '1\ta\t2031-11-10\tHarbour Post')"
is "fmt=id is --ids" "$(t fmt=id surge)" a
is "fmt=tsv is --tsv" "$(t fmt=tsv surge)" "$(t --tsv surge)"
is "--ids behind the query" "$(t surge --ids)" a
is "--get" "$(t --get b | sed -n 's/^title: //p')" "London waits"
ends 1 -i ix --get nonesuch
like "--get of nothing: its name" "$err" nonesuch
ends 0 -i ix --ids --similar a
unlike "--similar leaves itself out" "$out" '^a$'
ends 1 -i ix --similar nonesuch
like "--suggest" "$(t --suggest 'storm su')" '(^|storm )surge$'
like "--spell" "$(t --spell surgee)" '^surge$'
ends 1 -i ix --spell qqqqqqqqqq

# What is an option and what is text
is "NAME=VALUE is an option" "$(t --ids limit=1 storm | wc -l)" 1
is "behind the query, too" "$(t --ids storm limit=1 | wc -l)" 1
is "another NAME=VALUE is text" "$(t --ids colour=blue surge)" a
is "behind --, all is text" "$(t --ids match=all -- painted limit=1)" c
is "-word behind a word" "$(t --ids storm -london)" a
ends 2 -i ix -london +storm
like "-word as the first word: what to do" "$err" 'write --'
is "-word behind --" "$(t --ids -- -london +storm)" a

# --parse
ends 0 -i ix --parse zeppelin
is "--parse searches nothing" "$out" zeppelin
first=$(t --parse 'title:storm +surge -"old quay" harw* (a OR b)')
like "--parse shows fields" "$first" 'title:storm'
is "--parse reads what it has written" "$(t --parse -- "$first")" "$first"

# strict=1: the caret stands below the place.
caret() {
	printf '%s\n' "$err" | LC_ALL=C awk '/^ *\^$/ { print length($0) - 2 }'
}
ends 2 -i ix strict=1 'storm "surge'
like "strict: the query is shown" "$err" '^  storm "surge$'
is "strict: the caret is below the quote" "$(caret)" 7
ends 2 -i ix strict=1 'grève "surge'
is "strict: behind an accent as well" "$(caret)" 7
ends 2 -i ix strict=1 "$(seq -s ' ' 40) (storm $(seq -s ' ' 41 60)"
shown=$(printf '%s\n' "$err" | sed -n '2s/…/./gp')
is "strict: as much of a long query as fits a line" "${#shown}" 79
is "strict: the caret is below the bracket of a long query" \
	"$(printf '%s\n' "$shown" | cut -c "$(($(caret) + 2))-$(($(caret) + 7))")" \
	"(storm"
ends 0 -i ix strict=1 '"storm surge"'

# Width, of all lines but the last ones
widest() {
	sed '/^[0-9]* document/,$d' | awk '{ if (length($0) > w) w = length($0) }
		END { print w + 0 }'
}
narrow=$(COLUMNS=40 t storm | widest)
[ "$narrow" -gt 20 ] && [ "$narrow" -le 40 ]
is "COLUMNS=40 wraps: $narrow" $? 0
wide=$(COLUMNS=150 t storm | widest)
[ "$wide" -gt 80 ] && [ "$wide" -le 150 ]
is "COLUMNS=150 uses more: $wide" $? 0

# Control characters of documents, in a pipe
for how in "snippets=5 lighthouse" "--get escape.txt" "--tsv lighthouse" \
	"explain=1 lighthouse" "--suggest lighth" "--similar a"; do
	# shellcheck disable=SC2086 # several words
	t $how >out
	is "no control characters: $how" "$(tr -d '\011' <out | controls)" 0
	is "no C1 controls: $how" \
		"$(LC_ALL=C grep -c "$(printf '\302[\200-\237]')" out)" 0
	is "no direction override: $how" \
		"$(grep -c "$(printf '\342\200\256')" out)" 0
done

# On a terminal.  script(1) makes one, of no size unless stty gives it one.
if ! script -qec true /dev/null </dev/null >/dev/null 2>&1; then
	skip "on a terminal" "no script(1) of util-linux"
	finish
fi
tty() {
	TERM=xterm PAGER=false script -qec "$1" /dev/null </dev/null | tr -d '\r'
}
# Control characters that are left when trawl's own sequences are out
foreign() {
	sed "s/$esc\\[1m//g; s/$esc\\[2m//g; s/$esc\\[0m//g; s/$esc\\[1;36m//g" |
		tr -d '\011' | controls
}
tty "trawl -i ix surge" >out
like "terminal: bold matches" \
	"$(cat out)" "storm $esc\\[1msurge$esc\\[0m broke"
like "terminal: coloured titles" "$(cat out)" "$esc\\[1;36mStorm"
is "terminal: nothing else" "$(foreign <out)" 0
tty "NO_COLOR=1 trawl -i ix surge" >out
unlike "NO_COLOR: no colour" "$(cat out)" "$esc\\[(1;36|2)m"
like "NO_COLOR: bold matches all the same" "$(cat out)" "$esc\\[1msurge"
like "NO_COLOR, empty: colour" \
	"$(tty "NO_COLOR= trawl -i ix surge")" "$esc\\[1;36m"
is "TERM=dumb is a pipe" "$(tty "TERM=dumb trawl -i ix surge" | controls)" 0
is "terminal: --json is as in a pipe" \
	"$(tty "trawl -i ix --json surge")" "$(t --json surge)"
for how in "snippets=5 lighthouse" "--get escape.txt" "explain=1 lighthouse" \
	"mark=none lighthouse" "--similar a" "--suggest lighth"; do
	is "terminal: a hostile document: $how" \
		"$(tty "trawl -i ix $how" | foreign)" 0
done
is "terminal: a hostile query" \
	"$(tty "trawl -i ix strict=1 '${esc}[31mstorm ('" | foreign)" 0

sized() {
	TERM=xterm PAGER="sed s/^/paged:/" \
		script -qec "stty rows $1 cols 50; $2" /dev/null </dev/null |
		tr -d '\r'
}
sized 5 "trawl -i ix storm" >out
is "long output is paged" "$(grep -c '^paged:' out)" "$(wc -l <out)"
unlike "short output is not" "$(sized 50 "trawl -i ix surge")" '^paged:'
is "the terminal's width is used" \
	"$(sized 50 "NO_COLOR=1 trawl -i ix mark=none surge" | sed "s/$esc\\[0m//" |
	widest)" "$(COLUMNS=50 t surge | widest)"
finish

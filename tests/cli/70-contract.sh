#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What programs rely on, to the letter: the lines of hits, their order, the
# limits by name, and what is said when an answer is not all there is.
. "$ROOT/tests/lib.sh"
PATH=$O:$PATH
cd "$TMP" || exit 1

t() {
	trawl -i ix "$@"
}
ids() {
	t --ids limit=50 "$@" | tr '\n' ' ' | sed 's/ $//'
}
# How many bytes of standard input a terminal would obey, tabs and ends aside
controls() {
	LC_ALL=C sed 's/\xC2[\x80-\x9F]/\x01/g' |
		LC_ALL=C tr -d '\011\012\040-\176\200-\377' | wc -c
}

cat >docs.jsonl <<'END'
{"id":"b","title":"Same","text":"tide"}
{"id":"a","title":"Same","text":"tide"}
{"id":"Z","title":"Same","text":"tide"}
{"id":"old","title":"Same","text":"tide","date":"2030-01-02"}
{"id":"new-b","title":"Same","text":"tide","date":"2031-05"}
{"id":"new-a","title":"Same","text":"tide","date":"2031-05-01"}
{"id":"nov","text":"first of a period","date":"2031-11"}
{"id":"jan","text":"last of a period","date":"2032-01-31T23:59:59Z"}
{"id":"feb","text":"after a period","date":"2032-02-01T00:00:00Z"}
{"id":"zone","text":"after it in UTC alone","date":"2032-01-31T23:30:00-05:00"}
{"id":"gap","title":"alpha beta","text":"gamma delta\n\nepsilon zeta. U.S. and U.S.A. ports"}
{"source":"P","x":1,"lang":"en","date":"2029","title":"T","id":"full","text":"dated"}
{"id":"esc","title":"red\u001b[31m\u0007\u009b0m\u007f\tx","source":"S\u001b]0;t\u0007","text":"wire \u001b[31m\u009b0m fraud"}
END
trawl-index build --quiet ix docs.jsonl || bail "cannot build an index"

# Order: score, then newer first, then id bytewise; undated last both ways
is "ties" "$(ids tide)" "new-a new-b old Z a b"
is "sort=-date" "$(ids sort=-date tide)" "new-a new-b old Z a b"
is "sort=date" "$(ids sort=date tide)" "old new-a new-b Z a b"
is "no query: newest first" "$(ids limit=3)" "zone feb jan"
is "pages are parts of one order" \
	"$(ids limit=2 tide) $(ids limit=2 offset=2 tide) $(ids offset=4 tide)" \
	"$(ids tide)"

# Both ends of a period belong to it
is "a range of months" "$(ids 'date:2031-11..2032-01')" "jan nov"
is "since and until" "$(ids since=2031-11 until=2032-01)" "jan nov"
is "not before" "$(ids -- '-date:..2031-10' | tr ' ' '\n' | sort | tr '\n' ' ')" \
	"Z a b esc feb gap jan nov zone "

# Positions
is "no phrase from the title into the text" "$(ids '"beta gamma"')" ""
is "no phrase over a paragraph" "$(ids '"delta epsilon"')" ""
is "nor the widest" "$(ids '"delta epsilon"~1000')" ""
is "nor NEAR" "$(ids 'delta NEAR/1000 epsilon')" ""
is "one within" "$(ids '"gamma delta"')" "gap"
awk 'BEGIN {
	printf "{\"id\":\"blank\",\"title\":\"zebra\",\"text\":\""
	for (i = 0; i < 4000000; i++) printf "\\n"
	print "A\"}"
}' >"$TMP/blank.jsonl"
"$O/trawl-index" build --quiet "$TMP/blank.ix" "$TMP/blank.jsonl"
like "four million empty lines do not hang a search" \
	"$(timeout 20 "$O/trawl" -i "$TMP/blank.ix" --json zebra)" '"id":"blank"'
is "U.S. is us" "$(ids us)" "gap"
is "U.S.A. is usa" "$(ids usa)" "gap"

# Lines
is "keys of a hit, in order" \
	"$(t --json explain=1 limit=1 wire | sed 's/"explain":\[.*/"explain":/' |
		grep -oE '"[a-z]+":' | tr -d '":\n')" \
	"rankidscoretitlesourcesnippetsexplain"
is "and the date before the source" \
	"$(t --json limit=1 dated snippets=0 | sed 's/[0-9]\.[0-9]*/S/')" \
	'{"rank":1,"id":"full","score":S,"title":"T","date":"2029","source":"P","fields":{"x":1,"lang":"en"}}'
is "tsv: rank id score date source title" \
	"$(t --tsv 'title:same' limit=1 | sed 's/	/|/g; s/[0-9]\.[0-9]*/S/')" \
	"1|new-a|S|2031-05-01||Same"
is "tsv: a tab is escaped, other controls are blanks" \
	"$(t --tsv wire | cut -f 5,6)" "S ]0;t 	red [31m  0m \\tx"
is "tsv: nothing that a terminal obeys" "$(t --tsv wire | controls)" 0
is "json: nothing that a terminal obeys" "$(t --json wire | controls)" 0
like "json: U+009B is escaped" "$(t --json wire)" 'u0007\\u009b0m\\u007f'
is "a document as JSON: nothing either" "$(t --get esc --json | controls)" 0
is "dump: nothing either" "$(trawl-index dump ix | controls)" 0
trawl-index dump ix >one.jsonl
trawl-index build --quiet again - <one.jsonl
trawl-index dump again >two.jsonl
ok "dump reads back as the same" cmp one.jsonl two.jsonl

# Limits by their names
limit() {
	run trawl -i ix "$2"
	is "limit $1: usage" "$status" 2
	like "limit $1: named" "$err" "\\(limit $1\\)"
}
limit query "$(printf '%04097d' 0)"
limit words "$(seq -s ' ' 65)"
limit words "$(seq -s - 65)"
limit phrase "\"$(seq -s ' ' 33)\""
limit phrase "\"$(seq -s - 33)\""
limit nesting "(((((((((((((((((a)))))))))))))))))"
limit window '"a b"~1001'
limit window 'a NEAR/1001 b'
limit patterns 'aa* bb* cc* dd~1 ee*'
run trawl -i ix offset=9991 tide
is "offset + limit over 10,000: usage" "$status" 2
like "offset + limit: both are named" "$err" 'offset=9991 and limit=10'
run trawl -i ix offset=9990 tide
is "offset + limit of 10,000: allowed, and none there" "$status $err" "1 "
run trawl -i ix limit=0 tide
is "limit=0 asks whether there are any" "$status" 0
run trawl -i ix limit=0 zeppelin
is "limit=0, and there are none" "$status" 1

# What is not all there is, and why
# n words that begin with ww
words() {
	seq -f 'ww%04g' "$1" | tr '\n' ' ' | sed 's/.*/{"text":"&"}/' >"words.jsonl"
	trawl-index build --quiet "words$1" words.jsonl
}
words 1000
words 1001
run trawl -i words1000 'w*'
is "one letter is no prefix" "$status" 1
run trawl -i words1000 'ww*'
unlike "1,000 words: all of them" "$out" incomplete
run trawl -i words1001 'ww*'
like "1,001 words: the answer says so" "$out" '^incomplete: expansion'
run trawl -i words1001 --ids 'ww*'
is "in lines for programs it is said beside them" \
	"$out|$err" "words.jsonl#1|trawl: incomplete: expansion"

# Another analyzer's index, another format's
if command -v xapian-metadata >/dev/null; then
	printf '[place]\ntype = text\n' >schema
	echo '{"id":"1","text":"uno","place":"Porto"}' |
		trawl-index build --quiet --language spanish --schema schema st -
	ours=$(xapian-metadata get st/live trawl.fingerprint)
	xapian-metadata set st/live trawl.fingerprint 'spanish 0'
	run trawl -i st --ids uno
	is "readers open it" "$status $out" "0 1"
	like "and warn" "$err" '^trawl: st: made by another analyzer'
	is "once" "$(printf '%s\n' "$err" | wc -l)" 1
	run trawl-index add st docs.jsonl
	is "writers refuse" "$status" 3
	like "naming both sides" "$err" "spanish 0, ours is $ours"
	like "and the way out, with what it needs" "$err" \
		'dump INDEX \| trawl-index build --language spanish --schema FILE'
	printf '[title]\nweight = 3\n' >heavy
	echo '{"id":"1","title":"Tide"}' |
		trawl-index build --quiet --schema heavy hv -
	run trawl-index check hv
	is "check" "$status" 0
	xapian-metadata set hv/live trawl.schema ''
	run trawl-index check hv
	is "check: documents that are not as the schema has them" "$status" 3
	like "which term, and no byte behind it" "$out" \
		'^document 1: term Ztide: counted 3 times, should be [0-9]$'
	xapian-metadata set st/live trawl.format 99
	run trawl -i st uno
	is "another format" "$status" 3
	like "which index that is" "$err" '^trawl: st: format 99'
	xapian-metadata set st/live trawl.format ''
	run trawl -i st uno
	like "no format: which index" "$err" '^trawl: st: no trawl.format'
else
	skip "another analyzer" "not installed (xapian-tools)"
fi
: >ix/live/iamglass
run trawl -i ix tide
is "a damaged index" "$status" 3
like "a damaged index: which, and what to do" "$err" '^trawl: ix: .*rebuild'
finish

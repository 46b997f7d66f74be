#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the bench says of figures, on results made by hand: medians, ratios,
# exponents and noise; that it does not measure on a busy machine; and that its
# queries are of the corpus.  No time is tested.
. "$ROOT/tests/lib.sh"

before=$ROOT/tests/data/bench/before.json
after=$ROOT/tests/data/bench/after.json

# row NAME TABLE CELL...: TABLE has a row that begins with the cells
row() {
	name=$1 table=$2
	shift 2
	wanted=$(printf '| %s ' "$@")
	printf '%s\n' "$table" >"$TMP/table"
	ok "$name" grep -qF -- "$wanted|" "$TMP/table"
}

reports() {
	table=$("$ROOT/bench/report" "$before")
	is "report: exit status" $? 0
	row "median of three rates, lowest and highest" "$table" \
		lucene 4.00 "3.75 to 5.00" 667
	row "ratios are of the same round, and then their median" "$table" \
		lucene 4.00 "3.75 to 5.00" 667 3.00 "2.00 to 4.00"
	row "a sample is compared by its rate" "$table" \
		"scriptindex (100 documents)" 0.60 "0.60 to 0.60" 100 20.0
	row "median of two" "$table" any trawl 2250 "2000 to 2500"
	row "where trawl loses" "$table" phrase "0.50 (0.50 to 0.50)"
	row "adding: seconds, and trawl beside them" "$table" \
		"add 1 %" lucene 10 0.10 "0.10 to 0.10" 0.50
	row "agreement" "$table" any "0.88, 0.50, 0.90"
	row "closed loop: requests" "$table" closed-8-any sphinx 1000 \
		"1000 to 1000" 100 200 800 2.00
	row "open loop: the slow end" "$table" open-50-any sphinx 500 \
		"500 to 500" 100 200 1200 3.00
	row "exponent of a root, through medians" "$table" \
		"build, time" trawl s 2.00 4.00 8.00 0.50
	row "and of a line, of what was measured" "$table" \
		"any, time" trawl "us a query" 1000 4000 - 1.00
	sed -n '/"group":"search"/{s/"group"/"corpus":"other","group"/
		s/"seconds":[0-9.]*/"seconds":0.001/;p}' "$before" >"$TMP/other"
	ok "there are lines of search to copy" test -s "$TMP/other"
	sed "/\"lines\"/r $TMP/other" "$before" >"$TMP/two.json"
	table=$("$ROOT/bench/report" "$TMP/two.json" |
		sed -n '/^### Searching/,/^### .*other/p')
	row "a corpus has its own tables" "$table" any trawl 2250 \
		"2000 to 2500"
	unlike "and no other's rows" "$table" 500000
	table=$("$ROOT/bench/report" "$before")
	unlike "nothing is said of others below a tenth" "$table" 'worth little'
	sed 's/"others":1.5/"others":10.5/' "$before" >"$TMP/busy.json"
	like "and above it is" "$("$ROOT/bench/report" "$TMP/busy.json")" \
		'10\.5 % .*worth little'
}

compares() {
	table=$("$ROOT/bench/compare" "$before" "$after")
	is "compare: exit status" $? 0
	row "a change within the rounds' spread is noise" "$table" \
		build lucene whole 1000 seconds 1.50 1.56 +4.0 26.7 26.7 noise
	row "more a second is better" "$table" search trawl phrase 1000 \
		"a second" 1000 2000 +100.0 0.0 0.0 "**better**"
	row "less is worse" "$table" search lucene phrase 1000 \
		"a second" 2000 1600 -20.0 0.0 0.0 "**worse**"
	row "of one round each nothing is known" "$table" add trawl whole 10 \
		seconds 0.20 0.10 -50.0 0.0 0.0 "one round"
	like "counted" "$table" \
		'1 better, 1 worse, 1 noise, .* 1 of one round; 0 only after, 2 only'
	like "another machine is said" "$table" \
		'^Not the same processor: A processor and Another\.$'
	like "a result beside itself: nothing has changed" \
		"$("$ROOT/bench/compare" "$before" "$before")" \
		' 0 better, 0 worse, 0 noise, '
	run "$ROOT/bench/compare" "$before" "$TMP/none.json"
	is "compare: no such file: exit status" "$status" 1
	is "compare: one line" "$err" \
		"bench/compare: cannot read $TMP/none.json"
}

fills_a_page() {
	printf '%s\n' above '<!-- bench -->' old '<!-- /bench -->' below \
		>"$TMP/page.md"
	"$ROOT/bench/report" --page "$TMP/page.md" "$before"
	is "a page: exit status" $? 0
	cp "$TMP/page.md" "$TMP/once.md"
	"$ROOT/bench/report" --page "$TMP/page.md" "$before"
	ok "a page filled twice is the same" cmp "$TMP/page.md" "$TMP/once.md"
	is "what is around it stays" \
		"$(sed -n '1,2p' "$TMP/page.md"; tail -n 2 "$TMP/page.md")" \
		"$(printf '%s\n' above '<!-- bench -->' '<!-- /bench -->' below)"
	unlike "what was in it does not" "$(cat "$TMP/page.md")" '^old$'
	like "the tables are in it" "$(cat "$TMP/page.md")" '^\| lucene \| 4\.00 '
	echo none >"$TMP/bare.md"
	run "$ROOT/bench/report" --page "$TMP/bare.md" "$before"
	is "no place for it: exit status" "$status" 1
	is "no place for it: the page stays" "$(cat "$TMP/bare.md")" none
	is "the page of this tree has one" "$(grep -cE '^<!-- /?bench -->$' \
		"$ROOT/doc/performance.md")" 2
}

plots() {
	(cd "$TMP" && "$ROOT/bench/report" "$before" plots >plots.md 2>plots.err)
	is "plots: exit status" $? 0
	is "plots: no warning" "$(cat "$TMP/plots.err")" ""
	sed -n 's/^!.*(\(.*\))$/\1/p' "$TMP/plots.md" | sort >"$TMP/named"
	is "each plot is named, and there" "$(cat "$TMP/named")" \
		"$(cd "$TMP" && find plots -name '*.svg' | LC_ALL=C sort)"
	is "seven of them" "$(wc -l <"$TMP/named")" 7
	is "all on white" "$(cd "$TMP" && xargs grep -liE \
		'<rect[^>]*fill="(#ffffff|white)"' <named | wc -l)" 7
}

# drawn CASE: the words of its queries, a query a line
drawn() {
	awk -F'\t' -v of="$1" '$1 == of { print $2 }' "$TMP/queries"
}

draws() {
	"$O/bench/generate" 300 >"$TMP/300.jsonl"
	"$O/bench/queries" -n 50 "$TMP/300.jsonl" >"$TMP/queries"
	is "queries: exit status" $? 0
	# Each text a line of its words, a blank around each
	jq -r '.title, .text | split("\n") | join(" ")' "$TMP/300.jsonl" |
		tr '[:upper:]' '[:lower:]' | tr -c 'a-z0-9\n' ' ' | tr -s ' ' |
		sed 's/^ */ /; s/ *$/ /' >"$TMP/texts"
	tr ' ' '\n' <"$TMP/texts" | sort -u >"$TMP/words"
	for case in any all phrase date verbose common rare; do
		is "$case: fifty of them" "$(drawn $case | wc -l)" 50
		is "$case: words of the corpus" "$(drawn $case | tr ' ' '\n' |
			sort -u | comm -23 - "$TMP/words")" ""
	done
	is "phrase: they stand side by side" "$(drawn phrase |
		while read -r words; do
			grep -qF " $words " "$TMP/texts" || echo "$words"
		done)" ""
	is "prefix: words begin with it" "$(drawn prefix | sed 's/.* //' |
		while read -r prefix; do
			grep -q "^$prefix" "$TMP/words" || echo "$prefix"
		done)" ""
	"$O/bench/queries" -n 50 "$TMP/300.jsonl" >"$TMP/again"
	ok "the same once more" cmp "$TMP/queries" "$TMP/again"
	"$O/bench/queries" -n 50 "$TMP/300.jsonl" 2 >"$TMP/again"
	ok "others from another seed" test -n \
		"$(cmp "$TMP/queries" "$TMP/again" 2>&1)"
}

refuses() {
	run timeout 30 env BENCH_BUSY=-1 BENCH_BUSY_SECONDS=0.1 BENCH_FORCE= \
		BENCH_RESULTS="$TMP/results" "$ROOT/bench/run" "$O" quick
	is "a busy machine: exit status" "$status" 1
	is "a busy machine: one line" "$(printf '%s\n' "$err" | wc -l)" 1
	like "a busy machine: what, and what to do" "$err" \
		'^bench/run: the machine is busy: .*BENCH_FORCE=1$'
	is "a busy machine: nothing is measured" "$out$(ls "$TMP/results" \
		2>/dev/null)" ""
	run "$ROOT/bench/run" "$O" slowly
	is "no such way to run: exit status" "$status" 2
}

# One document for each query, and a word that all have: the title decides.
ranks() {
	mkdir -p "$TMP/corpora/tiny" "$TMP/corpora/silent"
	for n in 1 2 3 4; do
		printf '{"id":"d%s","title":"heron %s0","text":"quiet water %s1"}\n' \
			$n $n $n >>"$TMP/corpora/tiny/docs.jsonl"
		printf 'q%s\twater %s0\n' $n $n >>"$TMP/corpora/tiny/queries.all.tsv"
		printf 'q%s\twater %s0\n' $n $n \
			>>"$TMP/corpora/tiny/queries_headline.tsv"
		printf 'q%s 0 d%s 1\n' $n $n >>"$TMP/corpora/tiny/qrels.txt"
	done
	touch "$TMP/corpora/silent/docs.jsonl"
	printf '%s\n' before '<!-- bench-rank begin -->' old \
		'<!-- bench-rank end -->' after >"$TMP/ranking.md"
	run env CORPORA="$TMP/corpora" PAGE="$TMP/ranking.md" BENCH_DIR= \
		"$ROOT/bench/rank" "$O" tiny silent
	is "rank: exit status" "$status" 0
	# Without the titles all have one score: (1 + 1/2 + 1/3 + 1/4) / 4
	like "rank: a table" "$out" \
		'^tiny-all +4 MRR +(1\.000|-) +1\.000 +1\.000 '
	like "rank: titles that are the queries are not searched" "$out" \
		'^tiny-headline +4 MRR +(\.521|-) +\.521 +\.521 '
	like "rank: says what it skips" "$err" \
		'^bench/rank: skipped silent: it has no queries$'
	is "rank: the page around its table" \
		"$(grep -v '^|' "$TMP/ranking.md" | grep -v -e '^$' -e '^Better' -e '^Lucene')" \
		"$(printf '%s\n' before '<!-- bench-rank begin -->' \
			'<!-- bench-rank end -->' after)"
	like "rank: the table in the page" "$(cat "$TMP/ranking.md")" \
		'^\| tiny-all \| 4 \| MRR \| (1\.000|-) \| 1\.000 \| '
	run env CORPORA= BENCH_DIR= "$ROOT/bench/rank" "$O" tiny
	is "rank: nothing to measure" "$status" 1
	like "rank: why" "$err" 'skipped collections: CORPORA is not set'
}

if command -v jq >/dev/null; then
	reports
	compares
	fills_a_page
	draws
	if command -v gnuplot >/dev/null; then
		plots
	else
		skip "plots" "no gnuplot (make bench-deps)"
	fi
else
	skip "tables, comparisons, plots, queries" "no jq (make bench-deps)"
fi
refuses
ranks
finish

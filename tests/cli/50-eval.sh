#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# trawl-eval: figures that were worked out by hand, and known collections.
. "$ROOT/tests/lib.sh"
PATH=$O:$PATH
cd "$TMP" || exit 1

# Texts of one length, so that the order is that of the counts
cat >docs.jsonl <<'END'
{"id":"d1","text":"osprey osprey osprey"}
{"id":"d2","text":"osprey osprey heron"}
{"id":"d3","text":"osprey heron heron"}
{"id":"d4","text":"plover plover plover"}
{"id":"d5","text":"dunlin curlew curlew"}
END
trawl-index build --quiet ix docs.jsonl || bail "cannot build an index"

# q1 finds d1 d2 d3 with gains - 2 1, and misses d4, gain 1:
#   DCG = 2/log2(3) + 1/log2(4) = 1.76186, ideal 2 + 1/log2(3) + 1/log2(4)
#   = 3.13093; AP = (1/2 + 2/3) / 3; P@10 = 2/10; RR = 1/2
# q2 finds d3 d2, and d3 is relevant: all 1, P@10 = 1/10
# q3 finds nothing: all 0
# q4 has no relevant document: left out
# q5 would find nothing if the hyphen were an operator: as q2
printf '%s\t%s\n' q1 'Osprey?' q2 '(heron' q3 avocet q4 osprey \
	q5 'dunlin -curlew' >queries
cat >qrels <<'END'
q1 0 d2 2
q1 0 d3 1
q1 0 d4 1
q1 0 d1 -1
q2 0 d3 1
q3 0 d1 1
q4 0 d1 0
q5 Q0	d5   3
END

run trawl-eval ix queries qrels
is "exit status" "$status" 0
is "means" \
	"$out" \
	"$(printf 'nDCG@10\t0.6407\nMAP\t0.5972\nP@10\t0.1000\nMRR\t0.6250')"
run trawl-eval --per-query ix queries qrels
query() {
	is "--per-query: $1" \
		"$(printf '%s\n' "$out" | sed -n "s/^$1\t//p" | tr '\t\n' '= ')" \
		"$2"
}
query q1 "nDCG@10=0.5627 MAP=0.3889 P@10=0.2000 MRR=0.5000 "
query q2 "nDCG@10=1.0000 MAP=1.0000 P@10=0.1000 MRR=1.0000 "
query q3 "nDCG@10=0.0000 MAP=0.0000 P@10=0.0000 MRR=0.0000 "
query q4 ""
query q5 "nDCG@10=1.0000 MAP=1.0000 P@10=0.1000 MRR=1.0000 "
query all "nDCG@10=0.6407 MAP=0.5972 P@10=0.1000 MRR=0.6250 "
run trawl-eval ix queries qrels limit=2
like "NAME=VALUE" "$out" '^MAP	0.5417$'

# Exit status $1 and words $2 in the error of what follows
fails() {
	want=$1 what=$2
	shift 2
	run "$@"
	is "exit status $want: $*" "$status" "$want"
	like "it says $what" "$err" "$what"
}
fails 3 nonesuch trawl-eval ix queries nonesuch
fails 3 nonesuch trawl-eval ix nonesuch qrels
fails 3 nonesuch trawl-eval nonesuch queries qrels
echo "q1 0 d1" >short
fails 3 short:1: trawl-eval ix queries short
echo "q1 heron" >notab
fails 3 notab:1: trawl-eval ix notab qrels
fails 3 'no query' trawl-eval ix /dev/null qrels
fails 2 QRELS trawl-eval ix queries
fails 2 matsch trawl-eval ix queries qrels matsch=all
fails 2 perquery trawl-eval --perquery ix queries qrels

# Another program's ranking, and the same of it beside the index:
#   q1 d3 d2 d4: gains 1 2 1, nDCG = 2.76186 / 3.13093, AP = 1, RR = 1
#   q2 d2 d3: 1/log2(3), 1/2, 1/2; q3, q5: all 1
# p of nDCG@10: of +-0.3194 +-0.3691 + 1, 3 in 4 reach the observed 0.9503
cat >run <<'END'
q1 Q0 d3 1 3.5 other
q1 Q0 d2 2 2.5 other
q1 Q0 d4 3 1.5 other
q2 Q0 d2 1 3 other
q3 Q0 d1 1 3 other
q2 Q0 d3 2 2 other
q5 Q0 d5 1 3 other
END
lines() {
	printf '%s\n' "$@" | tr ' ' '\t'
}
run trawl-eval run queries qrels
is "a ranking in a file" "$out" \
	"$(lines 'nDCG@10 0.8783' 'MAP 0.8750' 'P@10 0.1500' 'MRR 0.8750')"
run trawl-eval run queries qrels limit=1
like "a ranking in a file, cut by limit=" "$out" '^MRR	0.7500$'
run trawl-eval --compare ./ix run queries qrels
is "--compare: exit status" "$status" 0
is "--compare: measures" "$(printf '%s\n' "$out" | sed -n 1,5p)" "$(lines \
	'measure A B B-A p won lost tied' \
	'nDCG@10 0.6407 0.8783 +0.2376 0.75000 2 1 1' \
	'MAP 0.5972 0.8750 +0.2778 0.50000 2 1 1' \
	'P@10 0.1000 0.1500 +0.0500 0.50000 2 0 2' \
	'MRR 0.6250 0.8750 +0.2500 0.75000 2 1 1')"
changed=$(lines 'won q3 0.0000 1.0000 +1.0000 avocet' \
	'won q1 0.5627 0.8821 +0.3194 Osprey?' \
	'lost q2 1.0000 0.6309 -0.3691 (heron')
is "--compare: queries that changed" "$(printf '%s\n' "$out" | sed 1,7d)" \
	"$changed"
run trawl-eval --per-query --compare ix run queries qrels
like "--compare --per-query: the others, too" "$out" \
	'^tied	q5	1.0000	1.0000	[+]0.0000	dunlin -curlew$'
# q1 alone is something else when one document is found
run trawl-eval --compare '' limit=1,variants=off ix queries qrels limit=5
like "--compare of options" "$out" '^MRR	0.6250	0.5000	-0.1250	1.00000	0	1	3$'
run trawl-eval --compare limit=1 run ix queries qrels
like "--compare of options and a ranking" "$out" '^MRR	0.5000	0.8750	[+]0.3750	0.50000	'
run trawl-eval --compare ix ix queries qrels
is "--compare: no query changed" "$(printf '%s\n' "$out" | sed 1,7d)" ""
fails 2 'A and B' trawl-eval --compare ix
fails 2 'two indexes' trawl-eval --compare ix ix queries
fails 2 INDEX trawl-eval --compare limit=1 ix queries qrels
fails 2 matsch trawl-eval --compare matsch=all limit=1 ix queries qrels
fails 3 short:1: trawl-eval --compare ix short queries qrels

# Known collections: at least what Lucene 8's English analyzer gives there
collection() {
	name=$1 least=$2 want=$3 skipped=$4
	run trawl-index build "$name.index" "$CORPORA/$name/docs.jsonl"
	is "$name: exit status of build" "$status" "$want"
	is "$name: documents skipped and named" \
		"$(printf '%s\n' "$err" | grep -c ': E_[A-Z]*: ')" "$skipped"
	run trawl-eval "$name.index" "$CORPORA/$name/queries.tsv" \
		"$CORPORA/$name/qrels.txt"
	got=$(printf '%s\n' "$out" | sed -n 's/^nDCG@10\t//p')
	awk -v got="$got" -v least="$least" \
		'BEGIN { exit !(got != "" && got + 0 >= least) }'
	is "$name: nDCG@10 is $got, at least $least" $? 0
}
if [ -d "${CORPORA:-/nonexistent}/cranfield" ]; then
	collection cranfield 0.35 1 2
	sanitized || collection medline 0.68 0 0
else
	skip "cranfield and medline" "CORPORA is not set"
fi
finish

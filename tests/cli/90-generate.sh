#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The documents of bench/generate: like news, the same everywhere, and read by
# trawl-index without a complaint.
. "$ROOT/tests/lib.sh"

N=10000
generate() {
	"$O/bench/generate" "$@"
}

figures=$(generate --figures $N)
is "$N documents: every figure within a tenth of news" $? 0
unlike "no figure is said to be off" "$figures" 'tenth off'
is "all that was measured is held" \
	"$(printf '%s\n' "$figures" | awk 'NF && $NF ~ /^[01]\.[0-9]+$/' | wc -l)" 14
printf '%s\n' "$figures" | sed 's/^/# /'

# A ratio of its own, for a test that cannot fail says nothing.
few=$(generate --figures 5)
is "five documents are not like the news" $? 1
like "and which figure is off is said" "$few" 'tenth off'

generate 500 >"$TMP/a.jsonl"
generate 500 1 >"$TMP/b.jsonl"
generate 500 2 >"$TMP/c.jsonl"
generate 100 >"$TMP/d.jsonl"
is "one a line" "$(wc -l <"$TMP/a.jsonl")" 500
ok "the same from the same seed" cmp -s "$TMP/a.jsonl" "$TMP/b.jsonl"
ok "other from another" test -n "$(cmp "$TMP/a.jsonl" "$TMP/c.jsonl" 2>&1)"
is "the first hundred do not depend on how many follow" \
	"$(head -n 100 "$TMP/a.jsonl" | cksum)" "$(cksum <"$TMP/d.jsonl")"
is "the same everywhere" "$(cksum <"$TMP/a.jsonl")" "2169926955 3170805"

generate 2>/dev/null
is "no number: usage" $? 2
generate 10 x 2>/dev/null
is "no seed: usage" $? 2
generate 100000 >/dev/full 2>"$TMP/err"
is "no room for the output: exit status" $? 3
like "no room for the output is said" "$(cat "$TMP/err")" 'No space left'

ends 0 "build" build --quiet "$TMP/g.index" "$TMP/a.jsonl"
is "no warning" "$(cat "$TMP/err")" ""
like "all are in the index" "$(ix info "$TMP/g.index")" '(^| )500( |$)'
finish

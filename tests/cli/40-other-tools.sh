#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The index is an ordinary Xapian database: others open it and agree.
. "$ROOT/tests/lib.sh"
PATH=$O:$PATH
cd "$TMP" || exit 1

trawl-index build --quiet ix "$ROOT/tests/data/news" || bail "cannot build an index"

# trawl-index with the arguments, then xapian-check
check_after() {
	run trawl-index "$@"
	is "trawl-index $1" "$status $err" "0 "
	run xapian-check ix/live
	is "xapian-check after $1" "$status" 0
	like "it says so after $1" "$out" '^No errors found'
}
if command -v xapian-check >/dev/null; then
	echo '{"id":"late","text":"A late arrival about ospreys."}' >late.jsonl
	check_after build ix "$ROOT/tests/data/news"
	check_after add ix late.jsonl
	check_after remove ix late
	check_after compact ix
else
	skip "xapian-check" "not installed (xapian-tools)"
fi

if command -v quest >/dev/null; then
	run quest -d ix -m 1 'storm surge'
	like "quest" "$out" 'harbour-post/storm-surge-harwick-quay.txt'
	run quest -d ix -c 100 '"does not carry a passport"'
	like "quest, a phrase" "$out" '^Exactly 4 matches'
	run quest -d ix -p title:S 'title:inquiries'
	like "quest, a field" "$out" 'corran-ledger/merger-regulator.html'
	run quest -d ix -b id:Q 'id:nw-2031-0811-07'
	like "quest, a filter" "$out" '"id":"nw-2031-0811-07"'
else
	skip "quest" "not installed (xapian-tools)"
fi

python=
for p in python3 /usr/bin/python3; do
	[ -n "$python" ] || ! $p -c 'import xapian' 2>/dev/null || python=$p
done
if [ -z "$python" ]; then
	skip "Python" "no module xapian (python3-xapian)"
	finish
fi
cat >ask.py <<'END'
import json, sys, xapian

db = xapian.Database("ix")
enquire = xapian.Enquire(db)
for term in sys.argv[1:]:
    enquire.set_query(xapian.Query(term))
    matches = enquire.get_mset(0, 1, db.get_doccount())
    for match in matches:
        head, _, text = match.document.get_data().partition(b"\n")
        text.decode()
        print(matches.get_matches_estimated(), json.loads(head)["id"])
print(db.get_doccount(), db.get_metadata("trawl.format").decode(),
      db.get_metadata("trawl.language").decode())
END
# What trawl says in the same form
best() {
	echo "$(trawl -i ix --ids limit=1000 "$1" | wc -l)" \
		"$(trawl -i ix --ids limit=1 "$1")"
}
run $python ask.py Zsurg Zrecount Zvaccin Qnw-2031-0811-07 ZSinquiri
n=0
for query in surge recounts vaccines id:nw-2031-0811-07 title:inquiries; do
	n=$((n + 1))
	is "Python, as many and the same first: $query" \
		"$(printf '%s\n' "$out" | sed -n ${n}p)" "$(best $query)"
done
is "Python, documents, format, language" \
	"$(printf '%s\n' "$out" | tail -n 1)" "58 1 english"
finish

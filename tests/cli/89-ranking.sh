#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ranking=: the library, the line protocol, HTTP and the page put hits in the
# same order; what a server does by itself is configured.
. "$ROOT/tests/lib.sh"
cd "$TMP" || exit 1

# "late" has the word twice, behind a hundred others; "early" once, in front.
words() { # N WORD
	seq "$1" | sed "s/.*/$2/" | tr '\n' ' '
}
{
	printf '{"id":"early","date":"2024","text":"Zebra crosses the river at night. %s"}\n' \
		"$(words 100 grass)"
	printf '{"id":"late","date":"2023","text":"%s A zebra is not another zebra."}\n' \
		"$(words 100 grass)"
	for i in 1 2 3 4 5 6 7 8 9; do
		printf '{"id":"%s","text":"The river rose in spring. %s"}\n' \
			"$i" "$(words 100 grass)"
	done
} >pages.jsonl
ix build --quiet --news none pages pages.jsonl || bail "no index"
by_bm25="late early" by_trawl="early late"

# ------------------------------------------------------------- the library
found() { # QUERY OPTION...
	"$O/trawl" -i pages --ids "$@" | xargs
}
is "trawl: BM25" "$(found zebra ranking=bm25)" "$by_bm25"
is "trawl: how they begin" "$(found zebra ranking=trawl)" "$by_trawl"
is "trawl: by itself" "$(found zebra)" "$by_trawl"
is "trawl: oldest first" "$(found zebra sort=date ranking=trawl)" "late early"
is "trawl: newest first" "$(found zebra sort=-date ranking=bm25)" "early late"
run "$O/trawl" -i pages zebra ranking=lucene
is "trawl: no such ranking" "$status $err" \
	"2 trawl: ranking=lucene: must be trawl, bm25 or trawl2 (trawl --help lists what there is)"
run "$O/trawl" -i pages zebra explain=1 limit=1 snippets=0
like "trawl: why" "$out" '= zebra 100% \(1 time: zebra; [1-9][0-9]*% for being word 1\)'
run "$O/trawl" -i pages zebra explain=1 limit=1 snippets=0 ranking=bm25
unlike "trawl: not for its place" "$out" 'for being'

# ----------------------------------------------------------------- a server
asked() { # LINE: the ids of what comes back
	printf '%s\nQUIT\n' "$1" | ask | tr -d '\r' | sed '1d; /^OK /d; /^END$/d; /^\*/d' |
		xargs
}
http() {
	printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n' "$1" \
		"$server_http" "${2:+$2
}" | sed 's/\r*$/\r/' | nc "${server_http%:*}" "${server_http##*:}" | tr -d '\r'
}
ids() { # TARGET
	http "$1" | sed '1,/^$/d' | xargs
}
etag() {
	http "$1" | sed -n 's/^ETag: //p'
}
cat >trawld.conf <<END
[server]
listen = unix:$TMP/trawl.sock
http = 127.0.0.1:0
workers = 1
[indexes]
pages = $TMP/pages
END
listeners=2 serve -c trawld.conf
is "socket: by itself" "$(asked 'SEARCH fmt=id :zebra')" "$by_trawl"
is "socket: BM25" "$(asked 'SEARCH fmt=id ranking=bm25 :zebra')" "$by_bm25"
is "socket: how they begin" "$(asked 'SEARCH fmt=id ranking=trawl :zebra')" \
	"$by_trawl"
is "socket: what resembles the best" "$(asked 'SEARCH fmt=id ranking=trawl2 :river')" \
	"$(found river ranking=trawl2)"
is "trawl: of a server" \
	"$("$O/trawl" -s "unix:$TMP/trawl.sock" --ids zebra ranking=bm25 | xargs)" \
	"$by_bm25"
is "HTTP: by itself" "$(ids '/search?q=zebra&fmt=id')" "$by_trawl"
is "HTTP: BM25" "$(ids '/search?q=zebra&fmt=id&ranking=bm25')" "$by_bm25"
is "HTTP: how they begin" "$(ids '/search?q=zebra&fmt=id&ranking=trawl')" \
	"$by_trawl"
is "HTTP: what resembles the best" "$(ids '/search?q=river&fmt=id&ranking=trawl2')" \
	"$(found river ranking=trawl2)"
like "HTTP: no such ranking" "$(http '/search?q=zebra&ranking=x')" \
	'"slug":"bad-value","message":"ranking=x: must be trawl, bm25 or trawl2","param":"ranking"'
like "HTTP: explained" "$(http '/explain/early?q=zebra')" \
	'"found":"zebra","count":1,"score":[0-9.]*,"lead":[0-9.]*,"first":1}'
unlike "HTTP: BM25 explained" "$(http '/explain/early?q=zebra&ranking=bm25')" \
	'"lead"'
like "HTTP: an address is named" "$(http '/search?q=zebra+https://a.example/b')" \
	'"ignored":"https://a.example/b"'

# ----------------------------------------------------------------- the page
view() {
	http "$1" | grep -o 'href="/view/[a-z]*' | sed 's/.*\///' | xargs
}
is "page: by itself" "$(view '/?q=zebra')" "$by_trawl"
is "page: BM25" "$(view '/?q=zebra&ranking=bm25')" "$by_bm25"
page=$(http '/?q=zebra&ranking=bm25')
like "page: a search more keeps it" "$page" \
	'<input type="hidden" name="ranking" value="bm25">'
like "page: links keep it" "$page" 'href="/\?q=zebra&amp;sort=-date&amp;ranking=bm25"'
like "page: it can be taken back" "$page" 'href="/\?q=zebra".*Ranking: bm25'

# ------------------------------------------------------------ configuration
before=$(etag '/search?q=zebra&fmt=id')
like "its tag is known" \
	"$(http '/search?q=zebra&fmt=id' "If-None-Match: $before")" '^HTTP/1.1 304 '
echo 'ranking = bm25' >ranking
sed -i '/^workers/r ranking' trawld.conf
is "RELOAD" "$(printf 'RELOAD\nQUIT\n' | ask | tr -d '\r' | sed -n 2p)" "OK RELOAD"
reloaded() {
	[ "$(asked 'SEARCH fmt=id :zebra')" = "$by_bm25" ]
}
ok "ranking = bm25" until_ok reloaded
is "over HTTP, too" "$(ids '/search?q=zebra&fmt=id')" "$by_bm25"
is "and on the page" "$(view '/?q=zebra')" "$by_bm25"
like "as another answer" \
	"$(http '/search?q=zebra&fmt=id' "If-None-Match: $before")" '^HTTP/1.1 200 '
is "a request has the last word" "$(asked 'SEARCH fmt=id ranking=trawl :zebra')" \
	"$by_trawl"
unlike "explained so" "$(printf 'EXPLAIN id=early :zebra\nQUIT\n' | ask)" '"lead"'
unserve
serve -o ranking=bm25 pages
is "on the command line" "$(asked 'SEARCH fmt=id :zebra')" "$by_bm25"
unserve
run timeout 60 "$O/trawld" -n -o ranking=best pages
is "no such ranking" "$status $err" \
	"2 trawld: -o: ranking=best: must be trawl, bm25 or trawl2"
finish

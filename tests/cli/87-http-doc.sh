#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# doc/http.md: its examples, its programs, and its lists; /openapi.json and
# /metrics with them.
. "$ROOT/tests/lib.sh"
without_threads "doc/http.md"
cd "$TMP" || exit 1
doc=$ROOT/doc/http.md
export PYTHONPATH="$ROOT/tests"
unset http_proxy HTTP_PROXY ALL_PROXY all_proxy

ix build --quiet news.index "$ROOT/tests/data/news" || bail "no index"
for part in standard:estmere-standard post:harbour-post; do
	ix build --quiet "${part%:*}.index" "$ROOT/tests/data/news/${part#*:}"
done
(umask 077 && echo correct-horse-battery >token)

serve --listen "unix:$TMP/two.sock" --http 127.0.0.1:0 standard.index post.index
two=$server_http
serve --listen "unix:$TMP/token.sock" --http 127.0.0.1:0 --token-file "$TMP/token" \
	news.index
token=$server_http
serve --listen "unix:$TMP/narrow.sock" --http 127.0.0.1:0 \
	-o request-timeout=100ms news.index
narrow=$server_http
serve --listen "unix:$TMP/site.sock" --http 127.0.0.1:0 \
	-o http-hosts=search.example.org \
	-o http-origins=https://reader.example.org \
	-o public-url=https://search.example.org news.index
site=$server_http
serve --listen "unix:$TMP/news.sock" --http 127.0.0.1:0 news.index
news=$server_http

verdicts python3 "$ROOT/tests/http_doc.py" "$ROOT" "unix:$server_unix" \
	"news=$news" "two=$two" "token=$token" "narrow=$narrow" "site=$site"

# The programs: what stands in ```python, and the commands of ```console.
sed -n '/^```python$/,/^```$/p' "$doc" | grep -v '^```' >web_client.py
is "the client is there" "$(grep -c '^class Trawl:' web_client.py)" 1
export TRAWL_URL="http://$news"
here() {
	sed "s/127\.0\.0\.1:7780/$news/g"
}
timeless() {
	sed 's/"took_us":[0-9]*/"took_us":N/'
}
if command -v curl >/dev/null; then
	sed -n '/^```console$/,/^```$/p' "$doc" | grep -v '^```' >wanted
	sed -n 's/^\$ //p' wanted | while read -r command; do
		printf '$ %s\n' "$command"
		printf '%s\n' "$command" | here >one.sh
		sh one.sh 2>&1
	done >got
	is "its commands" "$(timeless <got >now; timeless <wanted | diff - now)" ""
else
	skip "its commands" "no curl"
fi
is "the client shows a token, and knows what has not changed" \
	"$(python3 -c 'import sys, web_client
server = web_client.Trawl("http://" + sys.argv[1], sys.argv[2])
first = server.get("/count", q="wolf")
print(first["total"], server.get("/count", q="wolf") is first)
try:
    server.get("/count", q="wolf", match="most")
except web_client.TrawlError as e:
    print(e.code, e.slug)' "$token" correct-horse-battery 2>&1 | tr '\n' ' ')" \
	"4 True 503 bad-value "

# What others say of it.
fetch() {
	python3 -c 'import sys, urllib.request
sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1]).read())' "$@"
}
fetch "http://$news/metrics" >metrics
like "metrics" "$(cat metrics)" '^trawl_requests_total\{verb="SEARCH",status="ok"\} [1-9]'
if command -v promtool >/dev/null; then
	promtool check metrics <metrics >said 2>&1
	is "promtool check metrics" "$? $(cat said)" "0 "
else
	skip "promtool check metrics" "no promtool (prometheus)"
fi
if python3 -c 'import jsonschema' 2>/dev/null; then
	is "its schemas are JSON Schema 2020-12" "$(python3 -c 'import json, jsonschema, sys
spec = json.load(open(sys.argv[1]))
for schema in spec["components"]["schemas"].values():
    jsonschema.Draft202012Validator.check_schema(schema)' \
		"$ROOT/daemon/web/openapi.json" 2>&1 | tail -n 1)" ""
else
	skip "its schemas are JSON Schema 2020-12" "no python3-jsonschema"
fi
finish

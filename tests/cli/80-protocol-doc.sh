#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# doc/protocol.md: its examples, its programs, and its lists of verbs, options,
# errors and reasons.
. "$ROOT/tests/lib.sh"
cd "$TMP" || exit 1
doc=$ROOT/doc/protocol.md

ix build --quiet news.index "$ROOT/tests/data/news" || bail "no index"
for part in standard:estmere-standard post:harbour-post; do
	ix build --quiet "${part%:*}.index" "$ROOT/tests/data/news/${part#*:}"
done
(umask 077 && echo correct-horse-battery >token)

serve news.index
news=unix:$server_unix
serve --listen "unix:$TMP/two.sock" standard.index post.index
two=unix:$server_unix
serve --listen 127.0.0.1:0 news.index
tcp=$server_line
serve --listen 127.0.0.1:0 --token-file "$TMP/token" news.index
token=$server_line
serve --listen "unix:$TMP/narrow.sock" -o request-timeout=100ms \
	-o max-connections=1 news.index
narrow=unix:$server_unix

verdicts python3 "$ROOT/tests/protocol.py" doc "$doc" "$ROOT/daemon" \
	"news=$news" "two=$two" "tcp=$tcp" "token=$token" "narrow=$narrow"

# The programs: what stands in ```python, and the commands of ```console.
sed -n '/^```python$/,/^```$/p' "$doc" | grep -v '^```' >client.py
is "the client is there" "$(grep -c '^class Trawl:' client.py)" 1
sed -n '/^```console$/,/^```$/p' "$doc" | grep -v '^```' >wanted
sed -n 's/^\$ //p' wanted | while read -r command; do
	printf '$ %s\n' "$command"
	sh -c "$command" 2>&1
done | tr -d '\r' >got
timeless() {
	sed 's/took_us=[0-9]*/took_us=N/'
}
is "its commands" "$(timeless <got >now; timeless <wanted | diff - now)" ""
is "the client shows a token" "$(python3 -c 'import client, sys
print(client.Trawl(*sys.argv[1:]).ask("COUNT", "wolf")[0]["total"])' \
	"$token" correct-horse-battery 2>&1)" 4
finish

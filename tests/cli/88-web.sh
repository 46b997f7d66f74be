#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The search page in a real browser: tests/web.  ONLY=PATTERN: the tests of that
# name.  SCREENSHOTS=FOLDER: pictures are made instead (make screenshots).
. "$ROOT/tests/lib.sh"
cd "$TMP" || exit 1
web=$ROOT/tests/web

absent() {
	skip "the search page in a browser" "no $1: make deps-web"
	finish
}
# What the servers do has 85, 86 and 87; here it would take minutes more.
if sanitized; then
	skip "the search page in a browser" "built with sanitizers"
	finish
fi
browser=$(command -v chromium) || absent chromium
command -v node >/dev/null || absent node
[ -d "$web/node_modules/playwright-core" ] || absent playwright-core
[ -d "$web/node_modules/axe-core" ] || absent axe-core
CHROMIUM=$browser
HOME=$TMP
export CHROMIUM HOME

node "$web/hostile.mjs" >hostile.jsonl || bail "no hostile documents"
ix build --quiet news.index "$ROOT/tests/data/news" || bail "no index"
ix build --quiet hostile.index hostile.jsonl || bail "no hostile index"
for part in standard:estmere-standard post:harbour-post; do
	ix build --quiet "${part%:*}.index" "$ROOT/tests/data/news/${part#*:}"
done
(umask 077 && echo correct-horse-battery >token)

serve --http 127.0.0.1:0 --listen "unix:$TMP/news.sock" news.index
news=http://$server_http
serve --http 127.0.0.1:0 --listen "unix:$TMP/two.sock" standard.index post.index
two=http://$server_http
serve --http 127.0.0.1:0 --listen "unix:$TMP/hostile.sock" hostile.index
hostile=http://$server_http
serve --http 127.0.0.1:0 --listen "unix:$TMP/token.sock" \
	--token-file "$TMP/token" news.index
token=http://$server_http

verdicts node "$web/run.mjs" "news=$news" "two=$two" "hostile=$hostile" \
	"token=$token" secret=correct-horse-battery "only=${ONLY:-}" \
	"shots=${SCREENSHOTS:-}"
if [ -n "${SCREENSHOTS:-}" ]; then
	! command -v pngquant >/dev/null ||
		pngquant --force --ext .png --speed 1 128 "$SCREENSHOTS"/*.png
	for picture in "$SCREENSHOTS"/*.png; do
		ok "$(basename "$picture") is small" \
			[ "$(wc -c <"$picture")" -lt 120000 ]
	done
fi
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# HTTP beside the line protocol: routes, formats, who may ask, reload, the end.
. "$ROOT/tests/lib.sh"
without_threads "HTTP"
cd "$TMP" || exit 1
export PYTHONPATH="$ROOT/tests"
ix build --quiet news.index "$ROOT/tests/data/news" || bail "no index"
wire=$ROOT/tests/http_wire.py

# get TARGET [NAME: VALUE]...: the head and the body, as they come
get() {
	target_=$1
	shift
	{
		printf 'GET %s HTTP/1.1\r\nConnection: close\r\n' "$target_"
		for field_; do
			printf '%s\r\n' "$field_"
		done
		case $* in
		*Host:*) ;;
		*) printf 'Host: %s\r\n' "$server_http" ;;
		esac
		printf '\r\n'
	} | nc "${server_http%:*}" "${server_http##*:}" | tr -d '\r'
}
status_of() {
	get "$@" | sed -n '1s/HTTP\/1.1 \([0-9]*\).*/\1/p'
}

serve --listen "unix:$TMP/a.sock" --http 127.0.0.1:0 news.index
verdicts python3 "$wire" "unix:$server_unix" "$server_http"

# ---------------------------------------------------------- what changes a tag
tag_of() {
	get "$1" | sed -n 's/^ETag: //p'
}
before=$(tag_of '/count?q=zebrafish')
is "not yet" "$(get '/count?q=zebrafish' | grep -o '"total":[0-9]*')" '"total":0'
printf '{"id":"new","text":"A zebrafish."}\n' | ix add --quiet news.index -
changed() {
	[ "$(status_of '/count?q=zebrafish' "If-None-Match: $before")" = 200 ]
}
ok "a commit makes another tag" until_ok changed
is "and is found" "$(get '/count?q=zebrafish' | grep -o '"total":[0-9]*')" '"total":1'
after=$(tag_of '/count?q=zebrafish')
is "304 from then on" "$(status_of '/count?q=zebrafish' "If-None-Match: $after")" 304

# ------------------------------------------------------------------ the sandbox
if grep -q 'sandbox' "$server_err"; then
	skip "all of this in the sandbox" "$(grep sandbox "$server_err" | head -n 1)"
else
	pass "all of this in the sandbox"
fi

# ----------------------------------------------------------- the end of a server
python3 "$wire" load "$server_http" >load &
loader=$!
begun() {
	grep -q '^# begun' load
}
until_ok begun
unserve TERM
is "told to end under load" "$status" 0
wait "$loader"
verdicts cat load

# -------------------------------------------------------- who may, and a reload
(umask 077 && echo correct-horse-battery >token)
cat >trawld.conf <<END
[server]
listen = unix:$TMP/b.sock
http = 127.0.0.1:0
token-file = $TMP/token
[indexes]
news = $TMP/news.index
END
listeners=2 serve -c trawld.conf
bearer="Authorization: Bearer correct-horse-battery"
is "without the token" "$(status_of '/count?q=wolf')" 401
is "with it" "$(status_of '/count?q=wolf' "$bearer")" 200
is "with another" "$(status_of '/count?q=wolf' "${bearer}x")" 401
is "the page asks for it" "$(status_of /)" 401
like "as a page" "$(get /)" '^<!'
is "its style is there" "$(status_of /page.css)" 200
is "under another name" "$(status_of /healthz "Host: news.example")" 421
unlike "no origin" "$(get /healthz "Origin: https://a.example")" \
	'^Access-Control-Allow-Origin'
sed 's/^token-file.*/http-hosts = news.example\nhttp-origins = */' trawld.conf >new
mv new trawld.conf
kill -HUP "$server_pid"
named() {
	[ "$(status_of '/count?q=wolf' 'Host: news.example')" = 200 ]
}
ok "a reload: another name, no token" until_ok named
like "any origin" "$(get /healthz "Origin: https://a.example")" \
	'^Access-Control-Allow-Origin: \*$'
like "feeds say how they were asked for" \
	"$(get '/search?q=wolf&fmt=atom' 'Host: news.example')" \
	'http://news\.example/'
sed 's/^http-hosts.*/http-hosts = a b/' trawld.conf >new && mv new trawld.conf
kill -HUP "$server_pid"
told() {
	grep -q 'http-hosts=a b: must be NAME,\.\.\. or none' "$server_err"
}
ok "a list that is none is told" until_ok told
ok "and all stays as it was" named
unserve
finish

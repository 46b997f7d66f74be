#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/proto: NAME.in is sent, NAME.out comes back, wherever it is split.
# token-NAME goes over TCP to a server that asks for a token, tcp-NAME to one
# that does not, all others over a unix socket.
. "$ROOT/tests/lib.sh"
cd "$TMP" || exit 1

ix build --quiet news.index "$ROOT/tests/data/news" || bail "no index"
(umask 077 && echo correct-horse-battery >token)
serve --listen "unix:$TMP/trawl.sock" --listen 127.0.0.1:0 \
	-o max-line=1K -o max-literal=1K news.index
unix=unix:$server_unix tcp=$server_line
serve --listen 127.0.0.1:0 --token-file "$TMP/token" \
	-o max-line=1K -o max-literal=1K news.index
token=$server_line

transcripts() {
	verdicts python3 "$ROOT/tests/protocol.py" transcripts "$@"
}
proto=$ROOT/tests/proto
transcripts "$tcp" "$proto"/tcp-*.in
transcripts "$token" "$proto"/token-*.in
# shellcheck disable=SC2046 # names without blanks
transcripts "$unix" $(find "$proto" -name '*.in' ! -name 'tcp-*' ! -name 'token-*' | sort)
is "every transcript was looked at" "$tests" \
	"$(find "$proto" -name '*.in' | wc -l)"

# Each verb has been answered, and each error given, that plain bytes can get.
# STATS has other figures each time: 80-protocol-doc.sh.  What needs a server
# that is busy, slow or damaged: 80-protocol-doc.sh, 83-crash.sh, 84-hostile.sh.
cat "$ROOT"/tests/proto/*.out >all
serve --listen "unix:$TMP/help.sock" news.index
printf 'HELP\n' | ask | sed -n 's/^\([A-Z]*\)[ \r].*/\1/p' |
	grep -vx 'OK\|END\|STATS\|' | sort -u >verbs
ok "there are verbs" [ "$(wc -l <verbs)" -gt 10 ]
is "verbs without a transcript" "$(while read -r verb; do
	grep -aq "OK ${verb}\\b" all || echo "$verb"
done <verbs)" ""
sed -n 's/.*ERROR_[A-Z_]* = \([1-9][0-9]*\).*/\1/p' "$ROOT/daemon/verb.h" |
	grep -vx '408\|421\|422\|423\|424\|590\|599' >codes
ok "there are errors" [ "$(wc -l <codes)" -gt 10 ]
is "errors without a transcript" "$(while read -r code; do
	grep -aq "ERR $code " all || echo "$code"
done <codes)" ""
finish

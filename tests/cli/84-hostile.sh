#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Clients that no server wishes for; see tests/hostile.py.
. "$ROOT/tests/lib.sh"
without_threads "hostile clients"
index=$TMP/news.index
ix build --quiet "$index" "$ROOT/tests/data/news" || bail "cannot build an index"
limited=$TMP/limited.socket
serve --listen "unix:$limited" -o workers=1 -o max-connections=8 \
	-o max-waiting=2 -o timeout=10s -o request-timeout=1s \
	-o idle-timeout=1s -o unread-timeout=1s "$index"
token=a-token-of-twenty-eight-bytes
(umask 077 && echo "$token" >"$TMP/token")
serve --listen 127.0.0.1:0 -o token-file="$TMP/token" -o query-log=json \
	-o query-log-file="$TMP/queries" "$index"
verdicts python3 "$ROOT/tests/hostile.py" "unix:$limited" "$server_line" \
	"$token" "$TMP/queries"
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# HTTP that is meant to be misunderstood; see tests/http_probe.py.
. "$ROOT/tests/lib.sh"
without_threads "probes of HTTP"
index=$TMP/news.index
ix build --quiet "$index" "$ROOT/tests/data/news" || bail "cannot build an index"
serve --listen "unix:$TMP/socket" --http 127.0.0.1:0 -o workers=1 \
	-o http-hosts=a -o request-timeout=1s "$index"
verdicts python3 "$ROOT/tests/http_probe.py" "$server_http"
finish

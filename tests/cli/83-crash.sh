#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Workers that die cost one client one reply each; commits, reloads and an end
# under load cost none.  KILLS (20) RELOADS (50) COMMITS (10) for longer runs.
. "$ROOT/tests/lib.sh"
without_threads "crashes"
KILLS=${KILLS:-20} RELOADS=${RELOADS:-50} COMMITS=${COMMITS:-10}
# Sanitizers take a SIGSEGV for a fault of the program's.
fatal=11
sanitized && fatal=9
index=$TMP/news.index
ix build --quiet "$index" "$ROOT/tests/data/news" || bail "cannot build an index"
cat >"$TMP/trawld.conf" <<END
[server]
listen = unix:$TMP/socket
workers = 2
[indexes]
news = $index
END
serve -c "$TMP/trawld.conf"
mkfifo "$TMP/go"

# The swarm asks from here to disperse, which sets $swarm to its count.
gather() {
	python3 "$ROOT/tests/swarm.py" "unix:$server_unix" 8 \
		'SEARCH :lake torva treaty' 'SEARCH limit=3 facets=source :flood' \
		'COUNT :strike' 'SUGGEST :har' PING <"$TMP/go" >"$TMP/swarm" &
	swarm_pid=$!
	exec 3>"$TMP/go"
	until_ok stats_say '"connections":9,'
}
stats_say() { # PATTERN: a line of STATS matches
	printf 'STATS\n' | ask | grep -Eq "$1"
}
disperse() {
	exec 3>&-
	wait "$swarm_pid"
	swarm=$(cat "$TMP/swarm")
}
of_swarm() { # KEY: its number, 0 when it is not there
	printf '%s\n' "$swarm" | tr ' ' '\n' | sed -n "s/^$1[=:]//p" | grep . || echo 0
}
unharmed() { # NAME: whole and right replies only
	is "$1: no torn, wrong or lost reply" \
		"$(of_swarm torn) $(of_swarm wrong) $(of_swarm lost)" "0 0 0"
	ok "$1: there were replies" [ "$(of_swarm ok)" -gt 0 ]
}

# ------------------------------------------------------------------ crashes
gather
run python3 "$ROOT/tests/crash.py" "unix:$server_unix" "$KILLS" "$fatal"
disperse
echo "# $out; $swarm"
like "each worker that dies is replaced" "$out" "kills=$KILLS replaced=$KILLS "
unharmed "crashes"
ok "crashes: at most one 423 each" [ "$(of_swarm 423)" -le "$KILLS" ]
is "crashes: and no other error" "$(of_swarm ok)" \
	"$(($(of_swarm replies) - $(of_swarm 423)))"

# ------------------------------------------------------------------ reloads
gather
for n in $(seq "$RELOADS"); do
	echo "# reload $n" >>"$TMP/trawld.conf"
	printf 'RELOAD\n' | ask | grep -q '^OK RELOAD' || break
done
disperse
echo "# $swarm"
is "reloads, by RELOAD" "$n" "$RELOADS"
unharmed "reloads"
is "reloads: no error" "$(of_swarm ok)" "$(of_swarm replies)"

gather
for n in $(seq "$RELOADS"); do
	kill -HUP "$server_pid"
	until_ok stats_say "\"reloads\",\"count\":$((RELOADS + n))\\b" || break
done
disperse
echo "# $swarm"
is "reloads, by SIGHUP" "$n" "$RELOADS"
unharmed "SIGHUP"
is "SIGHUP: no error" "$(of_swarm ok)" "$(of_swarm replies)"

# ------------------------------------------------------------------ commits
gather
for n in $(seq "$COMMITS"); do
	echo "{\"id\":\"new\",\"text\":\"a later word $n\"}" >"$TMP/new.jsonl"
	ix add --quiet "$index" "$TMP/new.jsonl"
done
rev=$(printf 'SEARCH limit=0 :later\n' | ask | sed -n 's/.* rev=\([0-9.]*\).*/\1/p')
ok "a commit is seen without being asked ($rev)" until_ok stats_say "\"index\".*\"rev\":\"$rev\""
ix build --quiet "$index" "$ROOT/tests/data/news"
ok "a new generation, too" until_ok stats_say '"index".*"rev":"2\.'
disperse
echo "# $swarm"
unharmed "commits"
is "commits: no error" "$(of_swarm ok)" "$(of_swarm replies)"

# ------------------------------------------------ the front, with its workers
# One that runs away has nobody left to keep its deadline.
gone() {
	! kill -0 "$1" 2>/dev/null
}
stats=$(printf 'STATS\n' | ask)
front=$(printf '%s\n' "$stats" | sed -n 's/.*"server":{.*"pid":\([0-9]*\).*/\1/p')
old=$(printf '%s\n' "$stats" | sed -n 's/.*"worker":{"pid":\([0-9]*\).*/\1/p')
# shellcheck disable=SC2086 # a list of numbers
kill -STOP $old
kill -KILL "$front"
for pid in $old; do
	ok "a front that dies takes a worker along that stands still" until_ok gone "$pid"
done
ok "and both are replaced" until_ok stats_say '"workers":2,'

# ------------------------------------------------------------------ the end
gather
unserve
is "SIGTERM: exit status" "$status" 0
disperse
echo "# $swarm"
is "SIGTERM: no torn or wrong reply" "$(of_swarm torn) $(of_swarm wrong)" "0 0"
ok "SIGTERM: its socket is gone" [ ! -e "$server_unix" ]
like "SIGTERM: clients are told" "$swarm" 'bye:shutting-down=|424=|refused='
finish

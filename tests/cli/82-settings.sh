#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# trawld's configuration: one table, one file, one page; its sockets, its
# signals, its sandbox.
. "$ROOT/tests/lib.sh"
cd "$TMP" || exit 1
printf '{"id":"a","text":"storm over the quay"}\n{"id":"b","text":"calm"}\n' \
	>small.jsonl
ix build --quiet news small.jsonl || bail "cannot build an index"
ix build --quiet more small.jsonl || bail "cannot build an index"
trawld=$O/trawld

t() {
	run timeout 60 "$trawld" "$@"
}
# Exit status $1 and the line $2 of trawld with the arguments that follow.
refused() {
	want=$1 line=$2
	shift 2
	t "$@"
	is "refused: $*" "$status $err" "$want trawld: $line"
}
says() { # PATTERN: standard error of the server has it
	grep -Eq -e "$1" "$server_err"
}
gone() {
	! kill -0 "$1" 2>/dev/null
}
children() {
	ps -o pid= --ppid "$1" | tr -d ' '
}
workers() { # N: so many processes, with the front
	[ "$(children "$server_pid" | wc -l)" = "$1" ]
}
descriptors() {
	# shellcheck disable=SC2012 # numbers
	ls "/proc/$1/fd" | wc -l
}
ping() {
	printf 'PING\nQUIT\n' | ask "$@" | tr -d '\r' | sed -n 2p
}

# ------------------------------------- the table, the file, the page, --help
t --help
is "--help" "$status $err" "0 "
printf '%s\n' "$out" | sed -n 's/^  \([a-z][a-z-]*\) *\(.*; default .*\)/\1: \2/p' \
	>table
sed -n 's/^# \([a-z-]*\): \(.*\)/\1 \2/p; s/^#\([a-z-]*\) = \(.*\)/\1 \2/p' \
	"$ROOT/config/trawld.conf" | awk '
	$1 == "news" { next }
	$1 == name { sub(/^[^ ]+ /, ""); print name ": " range "; default " $0 }
	$1 != name { name = $1; sub(/^[^ ]+ /, ""); range = $0 }' >in-file
sed -n '/^\.It Cm /{s/^\.It Cm //;N;s/\n/: /;s/\.$//;p;}' \
	"$ROOT/doc/trawld.conf.5" >in-page
ok "options in the table" [ "$(wc -l <table)" -ge 27 ]
sort table >wanted
is "trawld.conf has them all, once, with range and default" \
	"$(sort in-file | diff - wanted)" ""
is "trawld.conf(5), too" "$(sort in-page | diff - wanted)" ""
for file in config/trawld.conf doc/trawld.conf.5; do
	tr '\n' ' ' <"$ROOT/$file" | sed 's/ # / /g' >flat
	missing=
	printf '%s\n' "$out" | sed -n 's/^      \([A-Z].*\)\.$/\1/p' |
		sed 's/AUTH.*//; s/key={N}//; s/trawld is told.*//; s/; mode 0600//
			s/ *$//' >sentences
	while IFS= read -r sentence; do
		grep -Fq -e "$sentence" flat || missing="$missing|$sentence"
	done <sentences
	is "$file has each sentence" "$missing" ""
done
for option in $(printf '%s\n' "$out" | grep -o -e '^  --*[a-z-]*' | tr -d ' '); do
	name=$(printf '%s' "$option" | sed 's/^-//; s/-/\\\\-/')
	ok "trawld(8) has $option" grep -q -e "^\\.It Fl $name" "$ROOT/doc/trawld.8"
done
t --version
like "--version" "$out" '^trawld [0-9.]+$'

t -n -c "$ROOT/config/trawld.conf" news
is "the file as it comes" "$status $out" \
	"0 configuration ok: 1 index, 1 listener, $(nproc) worker$(
	[ "$(nproc)" = 1 ] || echo s)"
# As it says that it is: with every default written out
sed 's/^#\([a-z]\)/\1/; s|/var/lib/trawl/news|news|' \
	"$ROOT/config/trawld.conf" >defaults.conf
t -n -c defaults.conf
is "with every default written out" "$status $err" "0 "

# ---------------------------------------------------------- what is refused
here=$PWD
refused 2 "no index: name one: trawld INDEX, or NAME = INDEX in [indexes]" -n
refused 3 "$here/none: no index here: make one with: trawl-index build $here/none INPUT..." none
refused 2 "-o: worker: no such option: did you mean workers?" -o worker=1 news
refused 2 "-o: max-line=5: must be 1K to 1M: bytes, or a number and K, M, G or T" \
	-o max-line=5 news
refused 2 "--workers: workers=65: must be 1 to 64 or cores" --workers 65 news
refused 2 "argument: news: another index has this name already: use NAME=INDEX" \
	news news
printf '[server]\n# 2\n\n\n\n\nworkers=0\n' >trawld.conf
refused 2 "trawld.conf:7: workers=0: must be 1 to 64 or cores" -c trawld.conf news
refused 3 "none.conf: No such file or directory" -c none.conf news
for address in 0.0.0.0:0 '[::]:0' 192.0.2.1:7722; do
	refused 2 "--listen: $address: not a loopback address: anyone may reach it: set token-file, or listen on 127.0.0.1 (see trawld(8), SECURITY)" \
		--listen "$address" news
done
refused 2 "--http: 0.0.0.0:0: not a loopback address: anyone may reach it: set token-file, or listen on 127.0.0.1 (see trawld(8), SECURITY)" \
	--http 0.0.0.0:0 news
echo 0123456789abcdef >token
chmod 644 token
refused 3 "--listen: no..host:1: does not resolve: Name or service not known: name an address of this machine" \
	--listen no..host:1 news
mkdir texts
refused 3 "$here/texts: is no index: make one of what is in it with: trawl-index build NEW.index $here/texts" texts
printf '[server]\n[indexes]\nnews = %s\n[nosect]\n' "$here/news" >trawld.conf
refused 2 "trawld.conf:4: [nosect]: no such section: [server], [indexes]" \
	-n -c trawld.conf
printf '[server]\nworkers = 1\ntimeout = 2m\n' >trawld.conf
refused 2 "trawld.conf:3: timeout: 120000 ms, longer than timeout-max, 60000 ms: lower it, or raise timeout-max" \
	-n -c trawld.conf news
refused 2 "token-file: token: others than its owner may read it: chmod 600 token" \
	--token-file token news
refused 3 "/no/such/x: No such file or directory: listen elsewhere with --listen unix:PATH" \
	--listen unix:/no/such/x news
long=$(printf '%0120d' 0)
refused 3 "$long: a unix socket's path has at most 107 bytes, this one 120" \
	--listen "unix:$long" news
refused 2 "-o x: must be NAME=VALUE" -o x news
t --no-such-option
is "usage" "$status" 2
like "usage is shown" "$err" '^usage: trawld '

mkdir broken
echo nonsense >broken/XAPIANDB
t broken
is "no index that opens: exit status" "$status" 3
like "and why" "$err" '^trawld: broken: .*XAPIANDB'
serve news broken
like "one of two that opens" "$(cat "$server_err")" '^trawld: broken: '
is "is served" "$(ping)" "OK PING"
unserve
rm -r broken

# An index of another analyzer: told once, not by every worker and commit
if command -v xapian-metadata >/dev/null; then
	cp -r more stale
	xapian-metadata set stale/live trawl.fingerprint other
	serve --workers 3 news stale
	ok "another analyzer is told" until_ok says 'index stale was made by another analyzer'
	printf 'RELOAD\nQUIT\n' | ask >/dev/null
	serves() {
		printf 'STATS\nQUIT\n' | ask | grep -c '"worker":' | grep -qx 3
	}
	ok "by workers that come later, too" until_ok serves
	like "and in a reply" "$(printf 'COUNT in=stale :storm\nQUIT\n' | ask | tr -d '\r')" \
		'^OK COUNT total=1 .* stale_analyzer=1$'
	unlike "of that index alone" "$(printf 'COUNT in=news :storm\nQUIT\n' | ask)" stale_
	unserve
	is "once" "$(grep -c 'another analyzer' "$server_err")" 1
	rm -r stale
else
	skip "another analyzer is told" "no xapian-metadata"
fi

# ------------------------------------------------------ zero configuration
serve news
is "nothing but where it listens" "$(cat "$server_err")" \
	"listening unix $TMP/trawl.sock"
is "mode" "$(stat -c %a trawl.sock)" 600
is "it answers" "$(ping)" "OK PING"
refused 3 "$TMP/trawl.sock: another server listens there" news
is "it still answers" "$(ping)" "OK PING"
ok "front and workers" until_ok workers $((1 + $(nproc)))
processes=$(children "$server_pid")
unserve KILL
for pid in $processes; do
	ok "nothing outlives it" until_ok gone "$pid"
done
ok "its socket does" [ -S trawl.sock ]
serve news
is "a stale one is replaced" "$(ping)" "OK PING"
processes=$(children "$server_pid")
unserve
is "told to end" "$status" 0
ok "no socket stays" [ ! -e trawl.sock ]
for pid in $processes; do
	ok "no process stays" gone "$pid"
done
is "in silence" "$(cat "$server_err")" "listening unix $TMP/trawl.sock"
stop() { # and it ends well
	unserve
	is "ended" "$status" 0
}

# ---------------------------------------------------------------- addresses
group=$(id -gn)
serve -o socket-mode=0660 -o "socket-group=$group" --listen "unix:$TMP/a.sock" \
	--listen 127.0.0.1:0 --http 127.0.0.1:0 news
is "mode and group" "$(stat -c '%a %G' a.sock)" "660 $group"
like "a port of its own" "$server_line" '^127\.0\.0\.1:[1-9][0-9]*$'
like "for HTTP, too" "$server_http" '^127\.0\.0\.1:[1-9][0-9]*$'
is "the order is the command line's" \
	"$(sed 's/[0-9]*$//' "$server_err" | tr '\n' ' ')" \
	"listening unix $TMP/a.sock listening line 127.0.0.1: listening http 127.0.0.1: "
is "over TCP" "$(ping "$server_line")" "OK PING"
ok "no default beside them" [ ! -e trawl.sock ]
stop

if command -v strace >/dev/null && ! sanitized; then
	strace -o calls -e trace=bind,chmod,chown,listen,umask \
		"$trawld" -o socket-mode=0660 -o "socket-group=$group" \
		--listen "unix:$TMP/b.sock" news 2>listening &
	pid=$!
	until_ok grep -q listening listening
	kill -TERM "$(children $pid | head -n 1)"
	wait "$pid"
	is "nobody can connect before its mode is right" \
		"$(sed 's/(.*//; /^[-+]/d' calls | tr '\n' ' ')" \
		"umask bind umask chown chmod listen "
else
	skip "nobody can connect before its mode is right" "no strace, or a sanitizer"
fi

chmod 600 token
serve --token-file token --listen 0.0.0.0:0 --listen "unix:$TMP/trawl.sock" news
like "with a token others may reach it" "$server_line" '^0\.0\.0\.0:[0-9]+$'
line=127.0.0.1:${server_line##*:}
like "AUTH is asked for over TCP" "$(printf 'COUNT :storm\nQUIT\n' | ask "$line")" \
	'^ERR 513 '
like "and taken" \
	"$(printf 'AUTH :0123456789abcdef\nCOUNT :storm\nQUIT\n' | ask "$line")" \
	'^OK COUNT total=1'
is "the unix socket needs none" "$(ping)" "OK PING"
stop

# ------------------------------------------------------------------- reload
cat >live.conf <<END
[server]
listen = unix:$TMP/one.sock
listen = 127.0.0.1:0
workers = 1
query-log = json
query-log-file = $TMP/queries
[indexes]
news = $TMP/news
END
serve -c live.conf
one=$server_unix
tcp=$server_line
is "query log: mode" "$(stat -c %a queries)" 600
sed -i 's/^workers.*/workers = many/' live.conf
kill -HUP "$server_pid"
ok "a bad file is told" until_ok says \
	'^trawld: reload: live.conf:4: workers=many: must be 1 to 64 or cores: all stays as it was$'
is "and all stays as it was" "$(ping)" "OK PING"
like "RELOAD says so, too" "$(printf 'RELOAD\nQUIT\n' | ask)" \
	'^ERR [0-9]+ .*live.conf:4: workers=many: '
cat >live.conf <<END
[server]
listen = unix:$TMP/two.sock
listen = 127.0.0.1:0
max-line = 2K
workers = 2
[indexes]
news = $TMP/news
more = $TMP/more
END
is "RELOAD" "$(printf 'RELOAD\nQUIT\n' | ask | tr -d '\r' | sed -n 2p)" "OK RELOAD"
server_unix=$TMP/two.sock
ok "an address more" until_ok ping
ok "one less" until_ok [ ! -e "$one" ]
is "the same one stays open" "$(ping "$tcp")" "OK PING"
like "limits and indexes" "$(printf 'QUIT\n' | ask)" \
	'READY trawl/1 maxline=2048 indexes=news,more'
serves() {
	printf 'SEARCH :storm\nQUIT\n' | ask | grep -q '^OK SEARCH n=2 '
}
ok "both are searched" until_ok serves
ok "workers more" until_ok workers 3
sed -i 's/^workers.*/user = nobody/' live.conf
if [ "$(id -u)" = 0 ]; then
	kill -HUP "$server_pid"
	ok "what cannot change is told" until_ok says \
		'^trawld: reload: user: takes effect when trawld is started again'
	ok "by a line" [ "$(grep -c 'takes effect' "$server_err")" = 1 ]
else
	skip "what cannot change is told" "not root"
fi
sed -i 's/^user.*/workers = 2/' live.conf

printf 'RELOAD\nQUIT\n' | ask >/dev/null
ok "as before" until_ok workers 3
before=$(descriptors "$server_pid")
for _ in $(seq 60); do echo RELOAD; done >reloads
echo QUIT >>reloads
is "60 reloads" "$(ask <reloads | grep -c '^OK RELOAD')" 60
for _ in $(seq 60); do kill -HUP "$server_pid"; done
is "and as many signals" "$(ping)" "OK PING"
printf 'RELOAD\nQUIT\n' | ask >/dev/null
ok "leave no process" until_ok workers 3
as_before() {
	[ "$(descriptors "$server_pid")" = "$before" ]
}
ok "and no descriptor" until_ok as_before

# Another directory in an index's place: sandboxes know the old one
printf '{"id":"c","text":"storm"}\n' | ix build --quiet next - ||
	bail "cannot build an index"
mv more old && mv next more
found() {
	printf 'GET in=more id=c\nQUIT\n' | ask | grep -q '^OK GET'
}
ok "an index that was replaced is noticed" until_ok found
printf '{"id":"d","text":"storm"}\n' | ix add --quiet more - ||
	bail "cannot add to an index"
found() {
	printf 'GET in=more id=d\nQUIT\n' | ask | grep -q '^OK GET'
}
ok "and its commits are" until_ok found
stop
rm -rf more && mv old more

# ------------------------------------------------ a front that dies is replaced
serve --listen "unix:$TMP/trawl.sock" --listen 127.0.0.1:0 news
front() {
	ps -o pid=,comm= --ppid "$server_pid" | awk '$2 == "trawld-front" { print $1 }'
}
first=$(front)
kill -KILL "$first"
ok "told" until_ok says '^trawld: front: ended by signal 9 .*another is started$'
answers() {
	printf 'COUNT :storm\nQUIT\n' | ask "$@" | grep -q '^OK COUNT total=1 '
}
ok "another serves" until_ok answers
ok "over TCP, too" answers "$server_line"
ok "it is another" [ "$(front)" != "$first" ]
ok "with workers of its own" until_ok workers $((1 + $(nproc)))
stop

# ---------------------------------------------------------------- query log
serve -o query-log=text -o "query-log-file=$TMP/log" news
printf 'COUNT :storm\nQUIT\n' | ask >/dev/null
ok "queries are logged" until_ok grep -q storm log
mv log log.1
kill -USR1 "$server_pid"
ok "another log is begun" until_ok [ -e log ]
# It is there before the front has it.
calm() {
	printf 'COUNT :calm\nQUIT\n' | ask >/dev/null
	grep -q calm log
}
ok "and written to" until_ok calm
printf 'COUNT :later\nQUIT\n' | ask >/dev/null
ok "by all that follows" until_ok grep -q later log
is "the one that was moved is not" "$(grep -c later log.1)" 0
is "mode" "$(stat -c %a log)" 600
stop

# ------------------------------------------------------------------ sandbox
status_of() { # KEY: the values that the children have
	for pid in $(children "$server_pid"); do
		sed -n "s/^$1:[[:space:]]*//p" "/proc/$pid/status"
	done | sort -u | tr '\n' ' '
}
# It listens when one worker serves; the others may not be locked in yet.
all_have() { # KEY VALUES
	workers $((1 + $(nproc))) && [ "$(status_of "$1")" = "$2" ]
}
serve news
ok "no new privileges" until_ok all_have NoNewPrivs "1 "
ok "a name each" until_ok all_have Name "trawld-front trawld-work "
if ! sanitized; then
	ok "seccomp" until_ok all_have Seccomp "2 "
else
	skip "seccomp" "a sanitizer"
fi
if [ "$(id -u)" = 0 ]; then
	is "the front is nobody" \
		"$(for pid in $(children "$server_pid"); do
			ps -o user=,comm= -p "$pid"
		done | awk '$2 == "trawld-front" { print $1 }')" nobody
	ok "without other groups" until_ok all_have Groups " "
fi
stop
serve -o sandbox=no news
ok "sandbox=no" until_ok all_have Seccomp "0 "
stop
if [ "$(id -u)" = 0 ] && id daemon >/dev/null 2>&1; then
	chmod 755 "$TMP"
	serve -o user=daemon news
	users() {
		for pid in $(children "$server_pid"); do
			ps -o user= -p "$pid"
		done | sort -u
	}
	all_are() {
		workers $((1 + $(nproc))) && [ "$(users)" = "$1" ]
	}
	ok "user" until_ok all_are daemon
	like "can search" "$(printf 'COUNT :storm\nQUIT\n' | ask)" '^OK COUNT total=1'
	stop
else
	skip "user" "not root"
fi

# ------------------------------------------------------------------ systemd
cat >hand-over.py <<'END'
import os, signal, socket, sys, tempfile
trawld, index, folder = sys.argv[1:]
line = socket.create_server(("127.0.0.1", 0))
http = socket.create_server(("127.0.0.1", 0))
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(folder + "/notify")
pid = os.fork()
if not pid:
    a, b = os.dup(line.fileno()), os.dup(http.fileno())
    os.dup2(a, 3), os.dup2(b, 4)
    os.set_inheritable(3, True), os.set_inheritable(4, True)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2",
        LISTEN_FDNAMES="line:http", NOTIFY_SOCKET=folder + "/notify")
    os.execv(trawld, [trawld, index])
notify.settimeout(60)
def heard():
    return notify.recv(4096).decode().split("\n")[0]
print(heard())
client = socket.create_connection(line.getsockname()).makefile("rwb")
client.readline()
client.write(b"PING\n"), client.flush()
print(client.readline().decode().strip())
client = socket.create_connection(http.getsockname())
client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
print(client.recv(12).decode())
os.kill(pid, signal.SIGHUP)
print(heard())
print(heard())
os.kill(pid, signal.SIGTERM)
print(heard())
print(os.waitpid(pid, 0)[1])
END
if ! ldd "$trawld" | grep -q libsystemd; then
	skip "sockets of systemd" "built without libsystemd"
elif ! command -v python3 >/dev/null; then
	skip "sockets of systemd" "no python3"
else
	run timeout 120 python3 hand-over.py "$trawld" news "$TMP"
	is "sockets of systemd, and what it is told" "$(echo "$out" | tr '\n' '|')" \
		"READY=1|OK PING|HTTP/1.1 200|RELOADING=1|READY=1|STOPPING=1|0|"
	like "listening line" "$err" '^listening line 127\.0\.0\.1:[0-9]+$'
	like "listening http" "$err" '^listening http 127\.0\.0\.1:[0-9]+$'
	unlike "no default beside them" "$err" '^listening unix'
fi
if command -v systemd-analyze >/dev/null; then
	run systemd-analyze security --offline=true "$ROOT/config/trawld.service"
	score=$(printf '%s\n' "$out" |
		sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p')
	ok "exposure of trawld.service is $score, at most 1.5" \
		[ "$(echo "$score" | tr -d .)" -le 15 ]
	is "it says nothing else" "$err" ""
else
	skip "exposure of trawld.service" "no systemd-analyze"
fi
finish

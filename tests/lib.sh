# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - TAP for shell scripts: . "$ROOT/tests/lib.sh"
#
#	O      the build folder, absolute      ROOT   the source tree, absolute
#	TMP    an empty folder of this script's own, removed at the end
#
#	ok NAME COMMAND...        the command succeeds
#	is NAME GOT WANTED        the same string
#	like NAME GOT PATTERN     some line of GOT matches (grep -E)
#	unlike NAME GOT PATTERN   no line does
#	skip NAME REASON          a test that cannot be run here
#	bail REASON               none can: the script ends, as a failure
#	ix ARG...                 trawl-index
#	ends STATUS NAME ARG...   it, its exit status checked; what it printed is
#	                          in the files out and err
#	run COMMAND...            its output in $out, its errors in $err, its end
#	                          in $status
#	serve ARG...              trawld, listening: its process in $server_pid, its
#	                          standard error in the file $server_err, addresses
#	                          in $server_unix, $server_line and $server_http.
#	                          listeners=N first when ARGs do not tell how many
#	unserve [SIGNAL]          end the last one that was started (TERM); its end
#	                          in $status.  All end with the script
#	ask [ADDRESS]             standard input sent to it (over the unix socket
#	                          unless HOST:PORT is given), its answer printed
#	until_ok COMMAND...       until it succeeds, 30 s at most
#	sanitized [WHICH]         the programs are built with a sanitizer: address,
#	                          thread, undefined, or any.  All takes ten times
#	                          as long, then: the same kinds of test, on less
#	verdicts COMMAND...       "ok NAME" and "not ok NAME", which it prints, are
#	                          tests of this script
#	finish                    the last line of every script

set -u
LC_ALL=C.UTF-8
PYTHONDONTWRITEBYTECODE=1 # beside tests/wire.py
export LC_ALL PYTHONDONTWRITEBYTECODE
unset TRAWL_SERVER NO_COLOR

tests=0
failures=0
servers=
nservers=0
TMP=$(mktemp -d "${TMPDIR:-/tmp}/trawl-test.XXXXXX") || exit 1
trap 'end_servers_; chmod -R u+rwX "$TMP" 2>/dev/null; rm -rf "$TMP"' EXIT
trap 'exit 1' HUP INT TERM
# The default sockets are the test's own.
XDG_RUNTIME_DIR=$TMP
export XDG_RUNTIME_DIR

pass() {
	tests=$((tests + 1))
	echo "ok $tests - $1"
}

# fail NAME LINE...: the lines say why
fail() {
	tests=$((tests + 1))
	failures=$((failures + 1))
	echo "not ok $tests - $1"
	shift
	printf '%s\n' "$@" | sed 's/^/#   /'
}

ok() {
	name_=$1
	shift
	if "$@"; then
		pass "$name_"
	else
		fail "$name_" "status $?: $*"
	fi
}

is() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "got:    $2" "wanted: $3"
	fi
}

like() {
	if printf '%s\n' "$2" | grep -Eq -e "$3"; then
		pass "$1"
	else
		fail "$1" "got:    $2" "wanted: a line like $3"
	fi
}

unlike() {
	if printf '%s\n' "$2" | grep -Eq -e "$3"; then
		fail "$1" "got:    $2" "wanted: no line like $3"
	else
		pass "$1"
	fi
}

ix() {
	"$O/trawl-index" "$@"
}

ends() {
	want_=$1 of_=$2
	shift 2
	ix "$@" >"$TMP/out" 2>"$TMP/err" </dev/null
	is "$of_: exit status" $? "$want_"
}

run() {
	status=0
	"$@" >"$TMP/.out" 2>"$TMP/.err" </dev/null || status=$?
	out=$(cat "$TMP/.out")
	err=$(cat "$TMP/.err")
}

until_ok() {
	for tick_ in $(seq 600); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.05
	done
	return 1
}

# As many as the command line asks for, and the default one.
count_listeners_() {
	n_=0
	for arg_; do
		case $arg_ in
		--listen | --listen=*) n_=$((n_ + 1)) other_=1 ;;
		--http | --http=*) n_=$((n_ + 1)) ;;
		esac
	done
	echo $((n_ + ${other_:-1} - ${other_:-0}))
}

# Wait for a process to end, 30 s at most; it is killed, then.
await_end_() {
	for tick_ in $(seq 600); do
		kill -0 "$1" 2>/dev/null || break
		sleep 0.05
	done
	[ "$tick_" -lt 600 ] || kill -KILL "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

end_servers_() {
	# shellcheck disable=SC2086 # a list of numbers
	[ -z "$servers" ] || kill -TERM $servers 2>/dev/null
	for pid_ in $servers; do
		await_end_ "$pid_"
	done
	servers=
}

address_() {
	sed -n "s/.*listening $1 //p" "$server_err" | head -n 1
}

serve() {
	wanted_=${listeners:-$(count_listeners_ "$@")}
	nservers=$((nservers + 1))
	server_err=$TMP/server-$nservers.err
	: >"$server_err"
	"$O/trawld" "$@" 2>"$server_err" </dev/null &
	server_pid=$!
	servers="$servers $server_pid"
	for tick_ in $(seq 600); do
		[ "$(grep -c 'listening ' "$server_err")" -lt "$wanted_" ] || break
		kill -0 "$server_pid" 2>/dev/null || break
		sleep 0.05
	done
	[ "$(grep -c 'listening ' "$server_err")" -ge "$wanted_" ] ||
		bail "trawld $* does not listen: $(cat "$server_err")"
	server_unix=$(address_ unix)
	server_line=$(address_ line)
	server_http=$(address_ http)
}

unserve() {
	kill "-${1:-TERM}" "$server_pid"
	status=0
	await_end_ "$server_pid" || status=$?
	servers=$(echo "$servers" | sed "s/ $server_pid\$//")
	server_pid=
}

ask() {
	if [ $# -gt 0 ]; then
		nc -N "${1%:*}" "${1##*:}"
	else
		nc -N -U "$server_unix"
	fi
}

sanitized() {
	case ${1:-any} in
	address) symbol_=__asan_init ;;
	thread) symbol_=__tsan_init ;;
	undefined) symbol_=__ubsan ;;
	any) symbol_='__[at]san_init\|__ubsan' ;;
	esac
	nm -D "$O/libtrawl.so" 2>/dev/null | grep -q "$symbol_"
}

verdicts() {
	"$@" >"$TMP/.verdicts" 2>&1 ||
		fail "$*" "status $?: $(tail -n 3 "$TMP/.verdicts")"
	while IFS= read -r line_; do
		case $line_ in
		"ok "*) pass "${line_#ok }" ;;
		"not ok "*) fail "${line_#not ok }" ;;
		*) printf '%s\n' "$line_" ;;
		esac
	done <"$TMP/.verdicts"
}

skip() {
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}

bail() {
	echo "Bail out! $*"
	exit 1
}

# without_threads NAME: it takes long, and ThreadSanitizer has nothing to see in
# it: the daemon's processes have one thread each, a sync is a system call.
without_threads() {
	! sanitized thread || {
		skip "$1" "ThreadSanitizer: no threads"
		finish
	}
}

finish() {
	echo "1..$tests"
	[ "$failures" -eq 0 ]
	exit
}

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
#	finish                    the last line of every script

set -u
LC_ALL=C.UTF-8
export LC_ALL
unset TRAWL_SERVER NO_COLOR

tests=0
failures=0
TMP=$(mktemp -d "${TMPDIR:-/tmp}/trawl-test.XXXXXX") || exit 1
trap 'chmod -R u+rwX "$TMP" 2>/dev/null; rm -rf "$TMP"' EXIT
trap 'exit 1' HUP INT TERM

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

skip() {
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}

bail() {
	echo "Bail out! $*"
	exit 1
}

finish() {
	echo "1..$tests"
	[ "$failures" -eq 0 ]
	exit
}

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# trawl and a server: the same answers as without one, to the byte, and what is
# said when there is none.
. "$ROOT/tests/lib.sh"
PATH=$O:$PATH
cd "$TMP" || exit 1
unset COLUMNS PAGER LESS TRAWL_TOKEN_FILE

esc=$(printf '\033')
cat >few.jsonl <<'END'
{"id":"a","title":"Storm\tover \"Harwick\" \\ quay","date":"2031-11-10","source":"Harbour Post","pages":12.50,"by":["A","B"],"text":"The storm surge broke over the old quay of Harwick on Sunday night, flooded the lower town and left a trawler across the tramlines of Rope Street, where nobody had seen one before."}
{"id":"b","title":"London waits","date":"2031-11-12","source":"Northern Wire","text":"The storm has not reached London. The barrier is closed."}
{"id":"c 100%","title":"A calm day","date":"2030-05-01","source":"Northern Wire","text":"Nothing moved. limit=1 was painted on the pier.\u0000 The end."}
END
cat >old.jsonl <<'END'
{"id":"x","title":"The storm of 1953","date":"1953-02-01","text":"The storm took the pier."}
{"id":"a","title":"Another a","text":"Nothing of a storm, but the same id."}
END
trawl-index build --quiet ix few.jsonl "$ROOT/tests/data/bad/escape.txt" &&
	trawl-index build --quiet old old.jsonl || bail "cannot build an index"

# All that a run gives; the time is the one thing that may differ
timeless() {
	sed 's/([0-9.]* ms, /(N ms, /'
}
whole() {
	run trawl "$@"
	printf '%s\n%s\n%s\n' "$out" "$err" "exit $status" | timeless |
		sed "s|$index|ix|g"
}
same() {
	is "the same: $*" "$(whole -s "unix:$server_unix" "$@")" \
		"$(whole -i "$index" "$@")"
}
# Exit status $1 of trawl with the arguments that follow
ends() {
	want=$1
	shift
	run trawl "$@"
	is "exit status $want: $*" "$status" "$want"
}
one_line() {
	is "one line: $1" "$(printf '%s\n' "$err" | wc -l)" 1
}

# --- The same answers ---
# A server's errors name an index by its name, never by its path.
index=$TMP/ix
serve ix
[ -S "$server_unix" ] || bail "no socket: $server_unix"
like "there is an answer" "$(whole -s "unix:$server_unix" storm)" '^2 documents'
same storm
same zeppelin
same the storm of
same 'storm (surge'
same '"'
same -- -london +storm
same limit=1 offset=1 storm
same offset=50 storm
same limit=0 storm
same limit=0 zeppelin
same ''
same ' '
same --ids
same sort=-date
same snippets=5 lighthouse
same mark=html storm
same 'sur* sto*'
same 'zep*'
same surgge
same correct=run surgge
same correct=run surgge explain=1
same explain=1 storm surge
same explain=1
same facets=source,lang timeline=year storm
same facets=author limit=0
same timeline=month zeppelin
same since=2031 until=2031-11-11
same match=all storm london
same count=exact storm
same fields=title storm
same colour=blue surge
same "$(printf 'storm\nsurge\tquay')"
same "$(printf 'storm \033[31m')"
same "$(printf 'storm \377\376 surge')"
same "100% storm %41 = :x #y"
same strict=1 'storm "surge'
same strict=1 'grève "surge'
same strict=1 "$(seq -s ' ' 40) (storm $(seq -s ' ' 41 60)"
same "$(seq -s ' ' 100 165)"
same "$(head -c 5000 /dev/zero | tr '\0' a)"
same date:2031-13 storm
same 'date:2031..never' storm
same sort=nonesuch storm
same facets=nonesuch storm
same since=2031-13-01 storm
same limit=1001 storm
same rev=99.1 storm
same --json storm
same --json facets=source timeline=month explain=1 storm
same --json mark=none snippets=5 lighthouse
same --json zeppelin
same --tsv storm
same --tsv timeout=600000 storm
same --tsv facets=source storm
same --ids timeline=year storm
same fmt=tsv explain=1 storm
same fmt=id storm
same --parse 'title:storm +surge -"old quay" harw* (a OR b)'
same --parse limit=5 facets=source match=all storm surge
same --parse ''
same --parse strict=1 'a "b'
same --get a
same --get b --json
same --get "c 100%"
same --get "c 100%" --json
same --get escape.txt
same --get nonesuch
same --get "$(printf 'no\nsuch')"
same --similar a
same --ids --similar a
same --similar a limit=1 snippets=0
same --similar nonesuch
same --similar a facets=source
same --similar a london
same --similar a nonesuchword
same --suggest 'storm su'
same --suggest 'st'
same --suggest 'Lon' --json
same --suggest zzz
same --suggest '(' limit=3
same --spell surgee
same --spell surgee --json
same --spell 'two words'
same --spell qqqqqqqqqq
narrow() {
	COLUMNS=40 "$@"
}
is "the same: COLUMNS=40" \
	"$(narrow trawl -s "unix:$server_unix" storm | timeless)" \
	"$(narrow trawl -i ix storm | timeless)"

if script -qec true /dev/null </dev/null >/dev/null 2>&1; then
	tty() {
		TERM=xterm PAGER=cat script -qec "$1" /dev/null </dev/null |
			timeless
	}
	for how in storm "explain=1 surge" "facets=source timeline=year storm" \
		"snippets=5 lighthouse" "--get escape.txt" "--json storm" \
		"--suggest st" "--similar a" "strict=1 '\"storm'" "mark=none storm"; do
		is "the same on a terminal: $how" \
			"$(tty "trawl -s unix:$server_unix $how")" \
			"$(tty "trawl -i ix $how")"
	done
	like "terminal: bold matches" \
		"$(tty "trawl -s unix:$server_unix surge")" \
		"storm $esc\\[1msurge$esc\\[0m broke"
else
	skip "the same on a terminal" "no script(1) of util-linux"
fi

# --- What a server is asked: the question, and nothing beside it ---
unserve
serve -o query-log=text -o "query-log-file=$TMP/asked" ix
trawl -s "unix:$server_unix" storm >/dev/null
trawl -s "unix:$server_unix" --get a >/dev/null
unserve
is "a question is one request" "$(cut -d ' ' -f 2 asked | tr '\n' ' ')" "SEARCH GET "
serve ix

# --- An index of another analyzer ---
if command -v xapian-metadata >/dev/null; then
	cp -r old stale
	xapian-metadata set stale/live trawl.fingerprint other
	for how in "storm" "--json storm" "--similar x" "facets=source limit=0"; do
		# shellcheck disable=SC2086 # words
		run trawl -i stale $how
		like "another analyzer, -i: $how" "$err" \
			'^trawl: stale: made by another analyzer'
	done
	run trawl -i stale --get x
	is "a document is whole all the same" "$status $err" "0 "
	unserve
	serve ix stale
	run trawl -s "unix:$server_unix" in=stale storm
	like "another analyzer, of a server" "$err" \
		'^trawl: stale: made by another analyzer'
	run trawl -s "unix:$server_unix" in=ix storm
	is "not that index" "$status $err" "0 "
	unserve
	serve ix
else
	skip "another analyzer" "no xapian-metadata"
fi

# --- Which server ---
is "\$TRAWL_SERVER" "$(TRAWL_SERVER=unix:$server_unix trawl --ids surge)" a
is "-s rather than \$TRAWL_SERVER" \
	"$(TRAWL_SERVER=unix:$TMP/none trawl --ids -s "unix:$server_unix" surge)" a
is "-i rather than \$TRAWL_SERVER" \
	"$(TRAWL_SERVER=unix:$TMP/none trawl --ids -i ix surge)" a
is "-s behind the query" "$(trawl --ids surge -s "unix:$server_unix")" a
is "the default socket" "$(trawl --ids surge)" a
is "in= names the one there is" "$(trawl --ids in=ix surge)" a
ends 3 in=nonesuch surge
like "in= of none: its name" "$err" nonesuch
one_line "in= of none"
ends 2 -i ix in=ix surge
like "in= with -i: why not" "$err" 'in: only a server'
ends 2 -i ix -s "unix:$server_unix" surge
unserve
is "the server has ended in peace" "$status" 0

ends 3 -s "unix:$TMP/none" storm
one_line "nobody there"
like "nobody there: where" "$err" "unix:$TMP/none"
like "nobody there: how to start one" "$err" 'trawld'
like "nobody there: without one" "$err" 'trawl -i INDEX'
is "nobody there: no answer" "$out" ""
if nc -z 127.0.0.1 7722 2>/dev/null || [ -S /run/trawl/trawl.sock ]; then
	skip "no default server" "there is one on this machine"
else
	ends 3 storm
	one_line "no default server"
	like "no default server: how to start one" "$err" 'trawld INDEX'
	like "no default server: where it was looked for" "$err" "$TMP/trawl.sock"
fi
for address in nonsense 127.0.0.1:0 127.0.0.1:99999 unix: :7722; do
	ends 2 -s "$address" storm
	one_line "an address that is none: $address"
	like "an address that is none: it" "$err" "${address%:}"
done
ends 2
like "no query: what to do" "$err" 'no QUERY'
ends 2 -i ix
is "words on standard input are no query" \
	"$(echo storm | trawl -i ix >/dev/null 2>&1 || echo $?)" 2

# --- A token, and TCP ---
printf 'correct-horse-battery-staple\n' >token
printf 'wrong-horse-battery-staple\n' >wrong
: >empty
chmod 600 token wrong empty
printf '[server]\nlisten = 127.0.0.1:0\ntoken-file = %s\n[indexes]\nix = %s\n' \
	"$TMP/token" "$TMP/ix" >token.conf
listeners=1 serve -c token.conf
is "a token's file" \
	"$(trawl -s "$server_line" --token-file token --ids surge)" a
is "\$TRAWL_TOKEN_FILE" \
	"$(TRAWL_TOKEN_FILE=token trawl -s "$server_line" --ids surge)" a
ends 3 -s "$server_line" storm
one_line "no token"
like "no token: what to do" "$err" '--token-file|TRAWL_TOKEN_FILE'
ends 3 -s "$server_line" --token-file wrong storm
one_line "a wrong token"
unlike "a wrong token is not shown" "$err" horse
ends 3 -s "$server_line" --token-file empty storm
ends 3 -s "$server_line" --token-file nonesuch storm
like "no token's file: its name" "$err" nonesuch
unserve

# --- Several indexes ---
serve ix old
is "all of them" "$(trawl --ids sort=date pier | tr '\n' ' ')" "x c 100% "
like "a hit names its index" "$(trawl 1953)" '^    1953-02-01 . old . x$'
like "of one there is nothing to name" \
	"$(trawl in=ix surge)" '^    2031-11-10 . Harbour Post . a$'
is "in=" "$(trawl --ids in=old storm | tr '\n' ' ')" "x a "
like "a document names its index" "$(trawl --get x)" '^index: old$'
like "revisions of both" "$(trawl storm)" 'revision ix:[0-9.]*,old:[0-9.]*\)'
ends 2 rev=1.1 storm
is "a revision is that of one" "$err" \
	"trawl: rev=1.1: is that of one index: needs in=NAME"
unserve

# --- What is no trawl server ---
if ! command -v python3 >/dev/null; then
	skip "prompts and impostors" "no python3"
	finish
fi
python3 -c '
import os, socket
s = socket.socket(socket.AF_UNIX)
s.bind("mail.new")
s.listen()
os.rename("mail.new", "mail.sock")
for i in range(1):
    c = s.accept()[0]
    c.sendall(b"220 mail.example ESMTP\r\n")
    c.recv(4096)
    c.close()
' &
until_ok [ -S mail.sock ]
ends 3 -s "unix:$TMP/mail.sock" storm
one_line "no trawl server"

# --- The prompt ---
cat >drive.py <<'END'
"""Drive trawl's prompt: drive.py TRAWLD SCENARIO ARG..., output as it came."""
import os, pty, re, select, subprocess, sys, termios, time

class Prompt:
    def __init__(self, *argv, **env):
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.environ.update(env, TERM='xterm', PAGER='cat')
            os.execvp(argv[0], argv)
        self.all = self.new = b''

    def read(self):
        if not select.select([self.fd], [], [], 60)[0]:
            sys.exit('nothing more came after %r' % self.all[-300:])
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b''
        self.all += data
        self.new += data
        return data

    def until(self, pattern):
        while True:
            m = re.search(pattern, self.new)
            if m:
                self.new = self.new[m.end():]
                return
            if not self.read():
                sys.exit('no %r in %r' % (pattern, self.all[-300:]))

    # Keys are read by trawl, and not by the terminal, a moment later.
    def prompt(self):
        self.until(rb'trawl> ')
        while termios.tcgetattr(self.fd)[3] & termios.ICANON:
            time.sleep(0.001)

    def line(self, text):
        os.write(self.fd, text.encode() + b'\r')
        self.until(rb'\n')
        self.prompt()

    def end(self, keys=b'\x04'):
        os.write(self.fd, keys)
        while self.read():
            pass
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        sys.stdout.write(self.all.decode().replace('\r', ''))
        print('\nexit', status)

def server(*argv):
    s = subprocess.Popen([trawld, *argv], stderr=subprocess.PIPE, text=True)
    for line in s.stderr:
        if 'listening' in line:
            return s
    sys.exit('trawld does not listen')

def stop(s):
    s.terminate()
    s.wait()

def commands(*args):
    p = Prompt('trawl', *args)
    p.prompt()
    for line in ['storm limit=1 snippets=0', ':more', ':more', ':open 2', ':similar 1',
                 'surgge', ':spell surgee', ':set limit=1', ':set', 'storm', ':explain 1',
                 ':unset limit', ':unset limit', ':set nonsense', ':set limit=x',
                 ':parse storm (surge', ':get b', ':get', ':open 99', ':info', ':bogus', ':s',
                 'strict=1 "a', ':help']:
        p.line(line)
    p.end(b':quit\r')

def keys(*args):
    p = Prompt('trawl', *args)
    p.prompt()
    os.write(p.fd, b'harw\t')
    p.until(rb'ick')
    os.write(p.fd, b'limit=1 snippets=0\r')
    p.until(rb'revision')
    p.prompt()
    os.write(p.fd, b':he\t')
    p.until(rb'lp ')
    os.write(p.fd, b'\x03storm snippets=0\r')
    p.until(rb'revision')
    p.prompt()
    os.write(p.fd, b'lighthouse l\t')
    p.until(rb'london')
    p.prompt()
    os.write(p.fd, b'\x03\x1b[A\x1b[A\r')
    p.until(rb'revision')
    p.prompt()
    p.end()

def posix(*args):
    p = Prompt('trawl', *args, LC_ALL='C')
    p.prompt()
    for line in [':parse', 'gr\u00e8ve', ':parse']:
        p.line(line)
    p.end()

def history(*args):
    p = Prompt('trawl', *args)
    p.prompt()
    os.write(p.fd, b'\x1b[A\r')
    p.until(rb'revision')
    p.prompt()
    p.end()

def restart(*args):
    s = server(*args)
    p = Prompt('trawl')
    p.prompt()
    p.line(':set snippets=0')
    p.line('storm')
    stop(s)
    s = server(*args)
    p.line('surge')
    p.line(':stats')
    stop(s)
    p.line('barrier')
    p.line('barrier')
    s = server(*args)
    p.line('london')
    p.end()
    stop(s)

trawld, scenario = sys.argv[1:3]
globals()[scenario](*sys.argv[3:])
END
export XDG_STATE_HOME="$TMP/state"
unset TRAWL_HISTORY
drive() {
	timeout 120 python3 drive.py "$O/trawld" "$@" 2>&1 | timeless
}
serve ix
drive commands -i ix >local
drive commands -s "unix:$server_unix" >remote
like "prompt: the first hit" "$(cat local)" '^ 1  .*London waits'
like "prompt: :more" "$(cat local)" '^2 documents, 2 to 2 shown'
like "prompt: :more, once too often" "$(cat local)" '^2 documents, none behind'
like "prompt: :open" "$(cat local)" 'title.*: London waits'
like "prompt: did you mean" "$(cat local)" '^did you mean: surge'
like "prompt: :set" "$(cat local)" '^limit=1$'
like "prompt: :explain" "$(cat local)" '^    score [0-9.]* = storm 100%'
like "prompt: :unset, twice" "$(cat local)" '^that is not set'
like "prompt: :set of nonsense" "$(cat local)" '^want :set NAME=VALUE'
like "prompt: :set out of range" "$(cat local)" '^trawl: .*limit'
like "prompt: :parse" "$(cat local)" '^\(?storm surge\)?$'
like "prompt: :open of none" "$(cat local)" '^which hit'
like "prompt: no such command" "$(cat local)" '^no such command'
like "prompt: too short a command" "$(cat local)" '^several commands begin so'
like "prompt: a caret" "$(cat local)" '^  *\^$'
like "prompt: :help" "$(cat local)" '^  :similar N '
like "prompt: the end" "$(cat local)" '^exit 0$'
is "prompt: what is asked" "$(head -n 1 local)" \
	"ix: 4 documents; :help says what can be asked"
is "prompt: what is asked of a server" "$(head -n 1 remote)" \
	"unix:$server_unix, index ix: 4 documents; :help says what can be asked"
facts() {
	sed '/^index: /d; /; :help /d' "$1"
}
is "prompt: a server's answers are the same" "$(facts remote)" "$(facts local)"
drive posix -i ix >typed
like "prompt: nothing to parse" "$(cat typed)" '^of which query'
like "prompt: letters beyond ASCII, without a locale" "$(cat typed)" '^grève$'
rm -rf state
drive keys >typed
like "prompt: TAB completes the word" "$(cat typed)" \
	'^2 documents, 1 to 1 shown'
like "prompt: TAB lists the words" "$(cat typed)" '^left  .*  london  '
is "history: mode" "$(stat -c %a state/trawl/history)" 600
is "history: the lines" "$(tr '\n' '|' <state/trawl/history)" \
	"harwick limit=1 snippets=0|storm snippets=0|harwick limit=1 snippets=0|"
seq -f 'surge %g' 1100 >state/trawl/history
drive history >typed
like "history: the last line is above" "$(cat typed)" 'surge 1100'
is "history: no longer than it may be" "$(head -n 1 state/trawl/history)" \
	"surge 101"
is "history: and the line that was typed" \
	"$(wc -l <state/trawl/history)" 1001
rm -rf state
export TRAWL_HISTORY=
drive keys >typed
ok "history: none" [ ! -e state ]
TRAWL_HISTORY=$TMP/mine drive keys >typed
ok "history: where it is wanted" [ -s mine ]
unserve

drive restart ix >typed
is "restart: all answers but two" "$(grep -c 'revision' typed)" 3
is "restart: a line for each" "$(grep -c '^trawl: ' typed)" 2
like "restart: what to do" "$(grep '^trawl: ' typed)" 'trawld'
like "restart: :stats" "$(cat typed)" '^SEARCH count='
finish

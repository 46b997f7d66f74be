#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A bad document is named on one line, and costs no other document.
. "$ROOT/tests/lib.sh"

cd "$TMP" || exit 1
ids() {
	ix dump "$1" | sed 's/^{"id":"\([^"]*\)".*/\1/'
}
# bad CODE FILE: named so, on one line, once
bad() {
	is "$2: $1" "$(grep -c -F "in/$2: $1: " err)" 1
}

mkdir -p in/deep in/dir
echo "good" >in/good.txt
: >in/empty.txt
printf ' \n\t\n' >in/blank.txt
printf '\177ELF\0\0' >in/binary
printf '%%PDF-1.4 text' >in/paper.pdf
printf 'caf\303\251 th\303\251 \377' >in/broken.txt
printf 'li\336ne\377\376 \201\215\217 \220\235' >in/strange.txt
mkfifo in/fifo
ln -s good.txt in/link
ln -s nowhere in/dangling
ln -s loop in/loop
ln -s ../dir in/dir/up
ln -s /etc/passwd in/outside
ln -s /dev/zero in/zero
truncate -s 1T in/sparse.txt
truncate -s 67108865 in/large.txt
nl='
'
: >"in/two${nl}lines.txt"
: >"in/$(printf 'esc\033[2Jape.txt')"
printf '%0300d' 0 | tr 0 a >in/long-word.txt
yes 'a b' | head -c 20000000 >in/over-16-MiB.txt
seq 1 600000 >in/terms.txt

ix build ix in >out 2>err
is "exit status" $? 1
bad E_EMPTY empty.txt
bad E_EMPTY blank.txt
bad E_BINARY binary
bad E_FORMAT paper.pdf
bad W_ENCODING broken.txt
bad E_NOTREG fifo
bad E_GONE dangling
bad E_LOOP loop
bad E_LOOP dir/up
bad E_OUTSIDE outside
bad E_NOTREG zero
bad E_TOOBIG sparse.txt
bad E_TOOBIG large.txt
bad E_EMPTY 'two\x0Alines.txt'
bad E_EMPTY 'esc\x1B[2Jape.txt'
bad E_TOOBIG over-16-MiB.txt
bad E_TOOMANYTERMS terms.txt
is "each is a line with a code" \
	"$(grep -cvE '^in/[^:]+: [EW]_[A-Z]+: .' err)" 0
is "no control character is shown" \
	"$(LC_ALL=C tr -d '\012\040-\176\200-\377' <err | wc -c)" 0
like "the good ones are in" "$(ids ix)" '^good\.txt$'
like "a link to one, too" "$(ids ix)" '^link$'
like "mended text is in" "$(ix dump ix)" 'café thé '
skipped=$(grep -c ': E_' err)
like "all are counted" "$(cat out)" "[ ,]$skipped skipped"

cat >lines.jsonl <<'END'
{"id":"a","text":"good"}
{"id":"b","text":
[1]
{"id":"c"}
{"id":"d","text":"t","date":"9999-99-99"}
{"id":"e","text":"t","n":NaN}
{"id":"f","text":"t","n":1e400}
{"id":"g","text":"t","text":"t"}
{"id":"a","text":"again"}
{"id":"h","text":"also good"}
END
ix build lines.ix lines.jsonl >out 2>err
is "lines: exit status" $? 1
is "lines: what is good is in" "$(ids lines.ix | tr '\n' ' ')" "a h "
is "lines: each is named" \
	"$(sed 's/^lines.jsonl:\([0-9]*\): \([A-Z_]*\): .*/\1 \2/' err |
		tr '\n' ' ')" "2 E_JSON 3 E_JSON 4 E_EMPTY 5 E_FIELD 6 E_JSON \
7 E_JSON 8 E_JSON 9 E_DUPLICATE "
{
	printf '{"id":"deep","text":"t","a":'
	yes '[' | head -n 70 | tr -d '\n'
	yes ']' | head -n 70 | tr -d '\n'
	echo '}'
	printf '{"id":"%05000d","text":"long id"}\n' 0
	printf '{"id":"long","text":"'
	yes aaaaaaa | head -c 68000000 | tr -d '\n'
	echo '"}'
	echo '{"id":"last","text":"good"}'
} >limits.jsonl
ix build limits.ix limits.jsonl >out 2>err
is "limits: exit status" $? 1
like "depth" "$(cat err)" '^limits.jsonl:1: E_JSON_DEPTH: '
like "id" "$(cat err)" '^limits.jsonl:2: E_FIELD: .*4096'
like "line or text" "$(cat err)" '^limits.jsonl:3: E_TOOBIG: '
is "the rest is in" "$(ids limits.ix)" last

ix build --strict strict.ix in >out 2>err
is "--strict: exit status" $? 3
is "--strict: one is named" "$(grep -c ': E_' err)" 1
ok "--strict: no index is made" [ ! -e strict.ix/XAPIANDB ]

ix build data.ix "$ROOT/tests/data/bad" >out 2>err
is "tests/data/bad: exit status" $? 1
like "its good lines are in" "$(ids data.ix)" '^ok-2$'

if [ -n "${CORPORA:-}" ] && [ -d "$CORPORA/stress" ]; then
	ix build stress.ix "$CORPORA/stress" >out 2>err
	is "stress: exit status" $? 1
	is "stress: each line has a code" \
		"$(grep -cvE ': [EW]_[A-Z_]+: ' err)" 0
	ok "stress: some are in" [ "$(ids stress.ix | wc -l)" -gt 20 ]
else
	skip "stress" "CORPORA is not set"
fi
finish

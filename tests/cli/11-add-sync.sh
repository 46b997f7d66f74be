#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# trawl-index add, sync and remove: what is read again, what goes, what stays.
. "$ROOT/tests/lib.sh"

cd "$TMP" || exit 1
ids() {
	ix dump "$1" | sed 's/^{"id":"\([^"]*\)".*/\1/' | sort | tr '\n' ' '
}
# counts NAME WANTED: the summary's first part
counts() {
	is "$1" "$(sed 's/;.*//' "$TMP/out")" "$2"
}

mkdir -p in/sub
echo "first" >in/a.txt
echo "second" >in/b.txt
echo "third" >in/sub/c.txt
ends 0 "add makes an index" add ix in
counts "all is added" "3 added"
ends 0 "add again" add ix in
counts "nothing is read" "3 unchanged"
like "nothing at all" "$(cat out)" 'index; [0-9.]+ s$'

# The same text at another time is read, and found to be the same.
touch -d 2001-01-01 in/a.txt
echo "second, changed" >in/b.txt
echo "fourth" >in/d.txt
ends 0 "add what is new" add ix in
counts "one of each" "1 added, 1 replaced, 2 unchanged"
rm in/sub/c.txt
ends 0 "add does not remove" add ix in
is "what has vanished stays" "$(ids ix)" "a.txt b.txt d.txt sub/c.txt "
ends 0 "sync removes" sync ix in
counts "what has vanished" "1 removed, 3 unchanged"
is "and nothing else" "$(ids ix)" "a.txt b.txt d.txt "

# Only under the roots that it is given.
mkdir other
echo "elsewhere" >other/o.txt
ends 0 "another root" add ix other
ends 0 "sync of the first" sync ix in
is "leaves the other" "$(ids ix)" "a.txt b.txt d.txt o.txt "
mkdir other/empty
ends 0 "a root that was always empty" sync ix other/empty

rm other/o.txt
ends 3 "a root that is suddenly empty" sync ix other
like "is named" "$(cat err)" '^other: E_EMPTY: .*--force'
is "nothing is removed" "$(ids ix)" "a.txt b.txt d.txt o.txt "
rm -r other
ends 3 "a root that is missing" sync ix other
like "is named, too" "$(cat err)" '^other: E_GONE: .*--force'
is "nothing is removed then" "$(ids ix)" "a.txt b.txt d.txt o.txt "
echo "fifth" >in/e.txt
ends 3 "the other inputs are read" sync ix other in
is "and are in" "$(ids ix)" "a.txt b.txt d.txt e.txt o.txt "
ends 0 "--force" sync --force ix other
is "removes" "$(ids ix)" "a.txt b.txt d.txt e.txt "

if [ "$(id -u)" = 0 ]; then
	skip "a folder that cannot be read" "root reads everything"
else
	mkdir in/locked
	echo "sixth" >in/locked/f.txt
	ix add ix in >out 2>err
	chmod 0 in/locked
	ends 1 "a folder that cannot be read" sync ix in
	like "is named" "$(cat err)" '^in/locked: E_ACCESS: '
	like "nothing is removed" "$(ids ix)" 'locked/f.txt'
	chmod 755 in/locked
	rm -r in/locked
	ix sync ix in >out 2>err
fi

# A failure is remembered until the file changes, and named each time.
printf 'ab\0cd' >in/f.bin
for turn in first second; do
	ends 1 "a bad file, $turn time" sync ix in
	like "named, $turn time" "$(cat err)" '^in/f.bin: E_BINARY: '
done
like "it was not read again" "$(cat out)" 'index; [0-9.]+ s$'
echo "text now" >in/f.bin
ends 0 "a file that is good now" sync ix in
counts "is added" "1 added, 4 unchanged"
printf 'bad again \0 and longer' >in/f.bin
ends 1 "and bad again" sync ix in
counts "goes" "1 removed, 4 unchanged, 1 skipped"
rm in/f.bin
ends 0 "without it" sync ix in
is "all is well" "$(cat err)" ""

# JSON Lines: a file by its name is known as a whole.
seq 1 5 | sed 's/.*/{"id":"n&","text":"number &"}/' >l.jsonl
ends 0 "lines" add lines.ix l.jsonl
ends 0 "unchanged lines" add lines.ix l.jsonl
counts "are not read" "5 unchanged"
like "none of them" "$(cat out)" 'index; [0-9.]+ s$'
sed -i -e '/n2/d' -e 's/number 3/three/' l.jsonl
ends 0 "changed lines" sync lines.ix l.jsonl
counts "line by line" "1 replaced, 1 removed, 3 unchanged"
is "in the index" "$(ids lines.ix)" "n1 n3 n4 n5 "
echo 'not JSON' >>l.jsonl
for turn in first second; do
	ends 1 "a bad line, $turn time" sync lines.ix l.jsonl
	like "named, $turn time" "$(cat err)" '^l.jsonl:5: E_JSON: '
done
printf '%s\n%s\n' '{"id":"n1","text":"number 1"}' \
	'{"id":"n1","text":"again"}' >l.jsonl
for turn in first second; do
	ends 1 "an id twice, $turn time" sync lines.ix l.jsonl
	like "named, $turn time" "$(cat err)" '^l.jsonl:2: E_DUPLICATE: .*n1'
done
like "the first stays" "$(ix dump lines.ix)" '"text":"number 1"'
: >l.jsonl
ends 3 "lines that are suddenly empty" sync lines.ix l.jsonl
is "stay" "$(ids lines.ix)" "n1 "

# JSON Lines in a folder belong to the folder.
mkdir mixed
echo "plain" >mixed/p.txt
echo '{"id":"q","text":"line"}' >mixed/q.jsonl
ends 0 "a folder with lines" sync mixed.ix mixed
ends 0 "unchanged" sync mixed.ix mixed
counts "both" "2 unchanged"
rm mixed/q.jsonl
ends 0 "without them" sync mixed.ix mixed
is "they go" "$(ids mixed.ix)" "p.txt "

# Two inputs that have one id.
mkdir x y
echo "of x" >x/same.txt
echo "of y" >y/same.txt
for turn in first second; do
	ends 1 "one id in two folders, $turn time" add two.ix x y
	like "named, $turn time" "$(cat err)" '^y/same.txt: E_DUPLICATE: '
	like "the first stays, $turn time" "$(ix dump two.ix)" '"text":"of x'
done

ends 1 "remove" remove ix a.txt nothing
like "what is missing is named" "$(cat err)" '^nothing: E_GONE: '
counts "the rest goes" "1 removed, 1 skipped"
is "only that" "$(ids ix)" "b.txt d.txt e.txt "
ends 3 "remove from no index" remove none a.txt
ok "none is made" [ ! -e none ]

ends 0 "build remembers as well" build built.ix in
ends 0 "sync after build" sync built.ix in
counts "has nothing to do" "4 unchanged"
ends 3 "another language" add --language french built.ix in
like "is refused" "$(cat err)" 'english'
finish

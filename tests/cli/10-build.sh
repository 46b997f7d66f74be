#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# trawl-index build: what an INPUT is, what its documents are called.
. "$ROOT/tests/lib.sh"

cd "$TMP" || exit 1
ids() {
	ix dump "$1" | sed 's/^{"id":"\([^"]*\)".*/\1/'
}
# list WORD...: one a line, as ids prints them
list() {
	printf '%s\n' "$@"
}

mkdir -p in/a in/.git
echo "one word" >in/a/b.txt
echo "another" >in/a.txt
echo "dots are skipped" >in/.hidden
echo "git" >in/.git/config
ends 0 "a directory" build dir.index in
is "paths from the directory, in byte order" "$(ids dir.index)" \
	"$(list a.txt a/b.txt)"
like "summary" "$(cat out)" '^2 added; 2 documents in the index; '
is "nothing on standard error" "$(cat err)" ""
is "the stub is the truth" "$(cat dir.index/XAPIANDB)" "glass gen-000001"

ends 0 "a file by its name" build file.index in/a/b.txt
is "its id is its base name" "$(ids file.index)" b.txt

cat >lines.jsonl <<'END'
{"id": "x", "text": "named"}
{"id": 17, "text": "numbered"}

{"text": "nameless"}
END
ends 0 "JSON Lines" build lines.index lines.jsonl
is "ids of lines" "$(ids lines.index)" "$(list x 17 'lines.jsonl#4')"
ix build stdin.index - <lines.jsonl >out 2>err
is "standard input: exit status" $? 0
is "ids of its lines" "$(ids stdin.index)" "$(list x 17 '-#4')"
for how in "gzip gz" "xz xz" "zstd zst"; do
	tool=${how% *} suffix=${how#* }
	if ! command -v "$tool" >/dev/null; then
		skip "lines.jsonl.$suffix" "no $tool"
		continue
	fi
	"$tool" -c <lines.jsonl >"packed.jsonl.$suffix"
	ends 0 "lines.jsonl.$suffix" build packed.index "packed.jsonl.$suffix"
	is "its ids" "$(ids packed.index)" \
		"$(list x 17 "packed.jsonl.$suffix#4")"
	ix build packed.index - <"packed.jsonl.$suffix" >out 2>err
	is "$suffix on standard input" "$(ids packed.index)" \
		"$(list x 17 '-#4')"
done

mkdir odd
nl='
'
echo one >"odd/line${nl}feed.txt"
echo two >odd/-rf
echo three >"odd/100%.txt"
echo four >"odd/$(printf 'bad\377.txt')"
ends 0 "odd names" build odd.index odd
is "odd ids" "$(ids odd.index)" \
	"$(list -rf 100%25.txt bad%FF.txt line%0Afeed.txt)"
cd odd || exit 1
ends 0 "a name like an option" build ../odd.index -- -rf
cd .. || exit 1
is "its id" "$(ids odd.index)" -rf

ends 0 "an index inside the input" build in/index in
ends 0 "is not walked" build in/index in
is "nor indexed" "$(ids in/index)" "$(list a.txt a/b.txt)"
rm -r in/index

mkdir globs globs/old
for name in a.txt b.md old/c.txt; do
	echo "text of $name" >"globs/$name"
done
ends 0 "--include" build globs.index --include '*.txt' globs
is "what it includes" "$(ids globs.index)" "$(list a.txt old/c.txt)"
ends 0 "--exclude" build globs.index --exclude old --exclude '*.md' globs
is "what it excludes" "$(ids globs.index)" a.txt

# What one build holds does not depend on how many threads made it.
"$O/trawl-index" build --quiet --threads 1 one.index "$ROOT/tests/data/news"
"$O/trawl-index" build --quiet --threads 7 many.index "$ROOT/tests/data/news"
ix dump one.index >one
ix dump many.index >many
ok "threads change nothing" cmp one many
ok "a dump has text" [ "$(wc -c <one)" -gt 50000 ]
ix dump one.index | ix build --quiet again.index -
ix dump again.index >again
ok "a dump reads back" cmp one again

cp -r one.index before.index
ends 3 "a missing input" build one.index in nowhere
like "is named" "$(cat err)" '^nowhere: E_GONE: '
: >nothing.jsonl
ends 3 "a build of nothing" build one.index nothing.jsonl
is "leaves the index as it was" "$(ix dump one.index | cksum)" \
	"$(cksum <one)"
ends 0 "a second build" build one.index in
is "is the next generation" "$(cat one.index/XAPIANDB)" "glass gen-000002"
is "of its inputs alone" "$(ids one.index)" "$(list a.txt a/b.txt)"

mkdir full
echo x >full/x
ends 3 "a folder that is no index" build full in
ok "is not touched" [ "$(ls full)" = x ]

ends 0 "--json" build --json json.index in
like "one object" "$(cat out)" \
	'^\{"command":"build","added":2,.*"skipped":0,.*"documents":2,.*\}$'
ends 0 "--quiet" build --quiet json.index in
is "says nothing" "$(cat out err)" ""

cat >schema <<'END'
[place]
type = keyword
facet = yes
END
echo '{"id":"a","text":"t","place":"Corran"}' >place.jsonl
ends 0 "--schema" build --schema schema schema.index place.jsonl
like "is kept" "$(ix info schema.index)" '^place +keyword .*counted'
printf '[x]\ntype = foo\n' >wrong.ini
ends 2 "a wrong schema" build --schema wrong.ini wrong.index place.jsonl
like "is named, with its line" "$(cat err)" 'wrong.ini: schema, line 2: '
ok "and leaves nothing behind" [ ! -e wrong.index ]
ends 3 "a schema that is missing" build --schema none schema.index place.jsonl
like "is named" "$(cat err)" 'none: No such file'
ends 0 "--language" build --language french fr.index in
like "is kept, too" "$(ix info fr.index)" '^language +french'
finish

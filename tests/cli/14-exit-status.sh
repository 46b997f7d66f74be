#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# trawl-index: exit status, usage, output that cannot be written, signals.
. "$ROOT/tests/lib.sh"

cd "$TMP" || exit 1

echo "text" >a.txt
ends 2 "no command"
is "one line" "$(wc -l <err | tr -d ' ')" 1
ends 2 "an unknown command" bild ix a.txt
like "did you mean" "$(cat err)" "did you mean 'build'"
ends 2 "nothing like a command" frobnicate
like "see the help" "$(cat err)" 'trawl-index --help'
ends 2 "no INPUT" build ix
like "usage" "$(cat err)" '^usage: trawl-index build .*INDEX INPUT'
ends 2 "too many arguments" info ix a.txt
ends 2 "an unknown option" build --no-such ix a.txt
ends 2 "an option of another command" info --threads 2 ix
like "is named" "$(cat err)" 'info has no option --threads'
for value in 0 65 x -1 ''; do
	ends 2 "--threads '$value'" build --threads "$value" ix a.txt
	like "the range of --threads" "$(cat err)" '1\.\.64'
done
for value in 1M 2T 512X x ''; do
	ends 2 "--memory '$value'" build --memory "$value" ix a.txt
	like "the range of --memory" "$(cat err)" '64M\.\.1T'
done
for value in fats FAST ''; do
	ends 2 "--compress '$value'" build --compress "$value" ix a.txt
	like "the ways of --compress" "$(cat err)" 'none, fast or small'
done
ends 2 "--reproducible of add" add --reproducible ix a.txt
like "is build's alone" "$(cat err)" 'add has no option --reproducible'
ends 2 "--format" build --format pdf ix a.txt
ends 2 "--language" build --language klingon ix a.txt
ends 2 "- twice" build ix - -
ends 2 "- as HTML" build --format html ix -
ends 2 "an option that there is not" add --langage ix a.txt
is "what and where to look" "$(cat err)" \
	"trawl-index: --langage: no such option; see trawl-index add --help"
ends 2 "an option without its value" add ix a.txt --format
is "what is missing" "$(cat err)" \
	"trawl-index: --format: its value is missing; see trawl-index add --help"
ok "no index was made" [ ! -e ix ]

ends 0 "--version" --version
like "says which" "$(cat out)" '^trawl-index [0-9]+\.[0-9]+\.[0-9]+$'
ends 0 "--help" --help
for command in build add sync remove check info compact dump; do
	like "help has $command" "$(ix --help)" "^  $command "
	ends 0 "$command --help" "$command" --help
	like "$command has a usage" "$(cat out)" \
		"^usage: trawl-index $command "
done

for command in check info compact dump; do
	ends 3 "$command of no index" "$command" none
	is "$command of no index: one line" "$(wc -l <err | tr -d ' ')" 1
done

for option in --compress=none --compress=fast --compress=small --with-api \
	--reproducible; do
	ends 0 "build $option" build "$option" how.ix a.txt
	is "build $option: what it holds" "$(ix dump how.ix)" \
		'{"id":"a.txt","text":"text\n"}'
done
ends 0 "build" build ix a.txt
like "one document" "$(cat out)" '^1 added; 1 document in the index; 5 B in '
ends 0 "add of nothing new" add ix a.txt
like "no bytes" "$(cat out)" '^1 unchanged; 1 document in the index; [0-9.]+ s$'
ends 0 "info" info ix
like "documents" "$(cat out)" '^documents +1$'
ends 0 "info --json" info --json ix
like "an object" "$(cat out)" '^\{"path":"ix",.*"documents":1,.*\]\}$'
ends 0 "check" check ix
is "what it found" "$(tail -n 1 out)" "ix: no damage found"
ends 0 "check --quiet" check --quiet ix
is "says nothing" "$(cat out err)" ""
ends 0 "compact" compact ix
ends 0 "check after compact" check ix
ends 0 "dump" dump ix
is "one line" "$(cat out)" '{"id":"a.txt","text":"text\n"}'
truncate -s 1000 ix/live/postlist.glass
ends 3 "check of a damaged index" check ix

if [ -e /dev/full ]; then
	ix build --quiet ok.ix a.txt
	ix dump ok.ix >/dev/full 2>err
	is "a full disk: exit status" $? 3
	like "it says so" "$(cat err)" 'standard output: No space'
else
	skip "a full disk" "no /dev/full"
fi

# Interrupted while it waits for more input.
mkfifo feed
"$O/trawl-index" add sig.ix - <feed >out 2>err &
pid=$!
exec 3>feed
# More than the pipe holds: when it is written, most of it has been read.
seq 1 20000 | sed 's/.*/{"text":"number &"}/' >&3
kill -TERM $pid
wait $pid
is "SIGTERM: exit status" $? 3
exec 3>&-
like "SIGTERM: it says so" "$(cat err)" 'interrupted'
ends 0 "the lock is free" add sig.ix a.txt
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A disk that is full: one clear line, nothing lost, and the next run works.
. "$ROOT/tests/lib.sh"

cd "$TMP" || exit 1
disk=$TMP/disk
mkdir disk
if ! mount -t tmpfs -o size=3m trawl-test disk 2>/dev/null; then
	skip "a full disk" "cannot mount a tmpfs: not root, or not allowed to"
	finish
fi
trap 'umount "$disk"; rm -rf "$TMP"' EXIT

# full NAME: the run before says so, and the documents are as they were
full() {
	is "$1: one line" "$(wc -l <err | tr -d ' ')" 1
	like "$1: it says what" "$(cat err)" 'No space left on device'
	ends 0 "$1: check" check disk/ix
	ix dump disk/ix | sort >now
	comm -23 before now >lost
	is "$1: what was there is there" "$(cat lost)" ""
	like "$1: and is found" \
		"$("$O/trawl" -i disk/ix --ids "first")" '^f1$'
}
fill() {
	cat /dev/zero >disk/filler 2>/dev/null
}
docs() {
	awk -v n="$1" 'BEGIN {
		for (i = 1; i <= n; i++) {
			printf "{\"id\":\"d%d\",\"text\":\"", i
			for (k = 0; k < 60; k++)
				printf "word%d ", (i * 7919 + k * k * 31) % 5000
			print "\"}"
		}
	}'
}

docs 1500 >many.jsonl
echo '{"id":"f1","text":"the first document"}' >first.jsonl
ends 0 "an index" build disk/ix first.jsonl
ix dump disk/ix | sort >before

size=$(du -sk disk/ix)
for how in "--memory 2G --with-api" "--memory 2G" "--memory 64M"; do
	# shellcheck disable=SC2086 # options
	ends 3 "add of too much, $how" add $how disk/ix many.jsonl
	full "add of too much, $how"
	is "add gives the room back, $how" "$(du -sk disk/ix)" "$size"
	is "add leaves nothing, $how" "$(ls disk/ix | tr '\n' ' ')" \
		"XAPIANDB gen-000001 live lock "
done
for memory in 2G 64M; do
	ends 3 "build of too much, $memory" build --memory $memory disk/ix \
		many.jsonl
	full "build of too much, $memory"
	is "build leaves nothing, $memory" "$(ls disk/ix | tr '\n' ' ')" \
		"XAPIANDB gen-000001 live lock "
done

docs 5 >few.jsonl
fill
ends 3 "add to a full disk" add disk/ix few.jsonl
full "add to a full disk"
ends 3 "sync to a full disk" sync disk/ix few.jsonl
full "sync to a full disk"
ends 3 "remove on a full disk" remove disk/ix f1
full "remove on a full disk"
sanitizer=${ASAN_OPTIONS:-}
ASAN_OPTIONS=$sanitizer:detect_leaks=0 # Xapian 1.4.22's own, when it fails
export ASAN_OPTIONS
ends 3 "compact on a full disk" compact disk/ix
ASAN_OPTIONS=$sanitizer
full "compact on a full disk"
ends 3 "a new index on a full disk" build disk/new few.jsonl
is "a new index: one line" "$(wc -l <err | tr -d ' ')" 1
like "a new index: it says what" "$(cat err)" 'No space left on device'

rm disk/filler
ends 0 "with room again, add" add disk/ix few.jsonl
is "is all there" "$(ix dump disk/ix | wc -l)" 6
ends 0 "build" build disk/new few.jsonl
ends 0 "check" check disk/ix
is "nothing is left over" "$(ls disk/ix | tr '\n' ' ')" \
	"XAPIANDB gen-000001 live lock "

# Some commits fit, the last does not.
rm -r disk/new
ends 3 "add until it is full" add --with-api --memory 64M disk/ix many.jsonl
full "add until it is full"
ok "what fits is there" [ "$(wc -l <now)" -gt 6 ]
finish

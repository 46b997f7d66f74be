#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Resident memory stays under --memory and 64 MB, of the many and of the large.
. "$ROOT/tests/lib.sh"

cd "$TMP" || exit 1
if sanitized; then
	skip "memory" "a sanitizer has memory of its own"
	finish
fi
if ! ${CC:-cc} -D_GNU_SOURCE -shared -fPIC -o faults.so \
	"$ROOT/tests/faults.c" -ldl 2>err; then
	skip "memory" "cannot compile tests/faults.c: $(head -n 1 err)"
	finish
fi

# bound MIB NAME ARG...: trawl-index succeeds with at most so much
bound() {
	limit=$1 name=$2
	shift 2
	rm -f peak
	env LD_PRELOAD="$TMP/faults.so" FAULT_PEAK="$TMP/peak" \
		"$O/trawl-index" "$@" >out 2>err </dev/null
	is "$name: exit status" "$?$(cat err)" 0
	peak=$(($(cat peak) / 1024))
	echo "# $name: $peak MiB of $limit"
	ok "$name: $peak MiB, the limit is $limit" [ "$peak" -le "$limit" ]
}
tiny() {
	awk -v n="$1" 'BEGIN {
		for (i = 1; i <= n; i++)
			printf "{\"id\":\"t%d\",\"text\":\"tiny %d %d %d\"}\n",
				i, i % 5000, i % 4999, i % 97
	}'
}
# Documents of 60,000 distinct words: two at once would be too much.
large() {
	awk -v n="$1" -v salt="$2" 'BEGIN {
		for (i = 1; i <= n; i++) {
			printf "{\"id\":\"l%d\",\"text\":\"", i
			for (k = 1; k <= 60000; k++)
				printf "%s%07dwords%d ", salt, k * 99991 % 1e7, i
			print "\"}"
		}
	}'
}

tiny 30000 >tiny.jsonl
large 4 some >large.jsonl
{
	tiny 10000
	cat large.jsonl
} >both.jsonl
bound 128 "many" build --memory 64M many.ix tiny.jsonl
bound 128 "large" build --memory 64M large.ix large.jsonl
bound 128 "both, added" add --memory 64M many.ix both.jsonl
bound 128 "both, 16 threads" build --threads 16 --memory 64M both.ix both.jsonl
bound 576 "both, the default" build both.ix both.jsonl
finish

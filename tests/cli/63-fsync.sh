#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is reported as done has been synced, in an order that survives a loss of
# power; a sync that fails is a failure.
. "$ROOT/tests/lib.sh"
without_threads "fsync"

cd "$TMP" || exit 1
if ! ${CC:-cc} -D_GNU_SOURCE -shared -fPIC -o faults.so \
	"$ROOT/tests/faults.c" -ldl 2>err; then
	skip "fsync" "cannot compile tests/faults.c: $(head -n 1 err)"
	finish
fi
# Sanitizers want to be the first library; here they need not be.
ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0
export ASAN_OPTIONS

# run STATUS NAME ARG...: with faults.so; log: what was synced, in order
run() {
	want=$1 name=$2
	shift 2
	rm -f log
	env LD_PRELOAD="$TMP/faults.so" FAULT_LOG="$TMP/log" \
		"$O/trawl-index" "$@" >out 2>err </dev/null
	is "$name: exit status" $? "$want"
	# Paths below the folder of this script; the log may be empty.
	[ -e log ] || : >log
	sed -i "s| $TMP/| |" log
}
docs() {
	awk -v from="$1" -v to="$2" 'BEGIN {
		for (i = from; i <= to; i++) {
			printf "{\"id\":\"d%d\",\"text\":\"", i
			for (k = 0; k < 60; k++)
				printf "word%d ", (i * 7919 + k * k * 31) % 5000
			print "\"}"
		}
	}'
}
docs 1 10 >few.jsonl
more=1000 much=3000
sanitized && more=600 much=2100
docs 11 $more >more.jsonl

run 0 "build" build ix few.jsonl
# Files, their directory, the index's; the stub and its name; live.
is "build: in this order" "$(sed -n '/gen-000001\/postlist/,$p' log |
	sed -e /iamglass/d -e 's|gen-000001/[a-z.]*$|FILE|' | uniq)" \
	"fsync ix/FILE
fsync ix/gen-000001
fsync ix
fsync ix/XAPIANDB.tmp
rename ix/XAPIANDB
fsync ix
rename ix/live
fsync ix"
for file in postlist docdata termlist position; do
	like "build: $file" "$(sed '/XAPIANDB.tmp/,$d' log)" \
		"^fsync ix/gen-000001/$file.glass$"
done
# The guard's databases, which go again, are not synced.
is "build: the version file last" "$(sed -n '/gen-000001\/termlist/,$p' log |
	sed -n '/gen-000001\/iamglass/,/gen-000001$/p')" \
	"fsync ix/gen-000001/iamglass.tmp
rename ix/gen-000001/iamglass
fsync ix/gen-000001"

# add, much: as a build, and then what stories and copies there are now.
cp -a ix much.ix
docs 1001 $much >much.jsonl
run 0 "add, much" add much.ix much.jsonl
like "add, much: written anew" "$(cat out)" 'written anew'
is "add, much: in this order" "$(sed -n '/gen-000002\/position/,$p' log |
	sed -e /iamglass/d -e 's|gen-000002/[a-z.]*$|FILE|' | uniq)" \
	"fsync much.ix/FILE
fsync much.ix/gen-000002
fsync much.ix/FILE
fsync much.ix/gen-000002
fsync much.ix
fsync much.ix/XAPIANDB.tmp
rename much.ix/XAPIANDB
fsync much.ix
rename much.ix/live
fsync much.ix"

# add: each commit is a rename of the version file, after its tables, and the
# name is synced before anything else is written.
run 0 "add" add --with-api --memory 64M ix more.jsonl
commits=$(grep -c '^rename ix/gen-000001/iamglass$' log)
ok "add: several commits" [ "$commits" -gt 1 ]
is "add: each is whole" "$(sed 's|[a-z]*\.glass$|TABLE|' log | uniq -c |
	sed 's/^ *[0-9]* //' | sort | uniq -c | sed 's/^ *//')" \
	"$commits fsync ix/gen-000001
$commits fsync ix/gen-000001/TABLE
$commits fsync ix/gen-000001/v.tmp
$commits rename ix/gen-000001/iamglass"
is "add: the name is synced at once" \
	"$(grep -A 1 '^rename' log | grep -v -e '^--' -e '^rename' | sort -u)" \
	"fsync ix/gen-000001"
is "add: to the last" "$(tail -n 1 log)" "fsync ix/gen-000001"

# broken NAME: the run before said why, and the index is as it may be
broken() {
	is "$1: one line" "$(wc -l <err | tr -d ' ')" 1
	like "$1: it says why" "$(cat err)" '^trawl-index: .*Input/output error'
	is "$1: nothing on standard output" "$(cat out)" ""
	"$O/trawl-index" check --quiet ix >out 2>&1
	is "$1: check" "$?$(cat out)" 0
	"$O/trawl-index" dump ix | sort >now
}
rm -r ix
"$O/trawl-index" build --quiet few.ix few.jsonl
"$O/trawl-index" dump few.ix | sort >before
export FAULT_FSYNC FAULT_ONLY
for FAULT_ONLY in postlist.glass v.tmp gen-000001; do
	for FAULT_FSYNC in 1 2; do
		name="add, fsync $FAULT_FSYNC of $FAULT_ONLY"
		rm -rf ix
		cp -a few.ix ix
		run 3 "$name" add --with-api --memory 64M ix more.jsonl
		like "$name: was met" "$(cat log)" "^failed .*$FAULT_ONLY$"
		broken "$name"
		is "$name: what was there is there" \
			"$(comm -23 before now)" ""
	done
done
FAULT_FSYNC=1
rm -r ix
cp -a few.ix ix
for FAULT_ONLY in postlist.glass iamglass.tmp gen-000002 /ix XAPIANDB.tmp; do
	name="build, fsync of $FAULT_ONLY"
	run 3 "$name" build ix more.jsonl
	like "$name: was met" "$(cat log)" "^failed .*${FAULT_ONLY#/}$"
	broken "$name"
	ok "$name: the index is as it was" cmp -s now before
	is "$name: nothing is left over" "$(ls -x ix | tr -s ' ')" \
		"XAPIANDB gen-000001 live lock"
done
for FAULT_ONLY in postlist.glass position.glass docdata.glass termlist.glass \
	iamglass.tmp gen-000002 /ix XAPIANDB.tmp; do
	name="add, much, fsync of $FAULT_ONLY"
	run 3 "$name" add ix "$TMP/much.jsonl"
	like "$name: was met" "$(cat log)" "^failed .*${FAULT_ONLY#/}$"
	broken "$name"
	ok "$name: the index is as it was" cmp -s now before
	is "$name: nothing is left over" "$(ls -x ix | tr -s ' ')" \
		"XAPIANDB gen-000001 live lock"
done
# The stub has been renamed: that it lasts is not known, but it is whole.
FAULT_ONLY=/ix FAULT_FSYNC=2
run 3 "build, fsync of the stub's name" build ix more.jsonl
broken "build, fsync of the stub's name"
unset FAULT_FSYNC FAULT_ONLY
run 0 "build, without a fault" build ix more.jsonl
run 0 "check" check ix
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# trawl-index killed at any moment: nothing that was committed is lost.
#
#	KILLS=12          how many times add is killed; build and sync a third
#	KILL_CORPUS=FILE  JSON Lines for add, instead of some of our own
#	KILL_MEMORY=64M   its --memory; less makes more commits
#	KILL_CHECK=1      check after each so many kills: it reads everything
#	KILL_SEED=N       the same moments as in a run before
#
# add, sync and build are killed after a part of the time that a whole run
# takes, again and again until they are through; the moment decides nothing but
# which of the cases is met.
. "$ROOT/tests/lib.sh"

KILLS=${KILLS:-12}
FEW=$(((KILLS + 2) / 3))
MEMORY=${KILL_MEMORY:-64M}
CHECK=${KILL_CHECK:-1}
SEED=${KILL_SEED:-$(date +%s)}

cd "$TMP" || exit 1
# dump INDEX: its documents, a line each, in order
# What recurs in a source is judged by what was there before, so a run that was
# killed and one that was not may take other lines for boilerplate.
dump() {
	ix dump "$1" 2>>err | sed 's/"boilerplate":"[^"]*",//' | sort
}
now_ms() {
	echo $(($(date +%s%N) / 1000000))
}
# docs FROM TO SALT: ids nFROM .. nTO, of 40 words and one of its own
docs() {
	awk -v from="$1" -v to="$2" -v salt="$3" 'BEGIN {
		for (i = from; i <= to; i++) {
			printf "{\"id\":\"n%d\",\"text\":\"%s%d", i, salt, i
			for (k = 0; k < 40; k++)
				printf " w%d", (i * 7919 + k * k * 31) % 3000
			print "\"}"
		}
	}'
}

moment=$SEED
# pick MS: $delay, a random part of so many milliseconds, in seconds
pick() {
	moment=$(((moment * 1103515245 + 12345) % 2147483648))
	delay=$(awk -v r="$moment" -v ms="$1" 'BEGIN {
		printf "%.3f", 0.001 + ms * (r / 2147483648) / 1000
	}')
}

# killed COMMAND ARG...: run it; true when it was killed before its end.  What
# was killed before may still be about to die: --wait.
killed() {
	{ # where the shell says "Killed"
		timeout -s KILL "$delay" "$O/trawl-index" "$@" --quiet \
			--wait >out 2>>err </dev/null
		status=$?
	} 2>/dev/null
	[ "$status" -le 1 ] || [ "$status" = 137 ] ||
		problem unexpected "exit status $status: $(tail -n 1 err)"
	[ "$status" = 137 ]
}

problems='' nproblems=0
problem() {
	nproblems=$((nproblems + 1))
	problems="$problems
$1 after kill $kill ($delay s): $2"
}
# inspect INDEX BEFORE NOW ALL: documents before are there, none but of all
inspect() {
	if [ $((kill % CHECK)) = 0 ] && ! ix check --quiet "$1" >out 2>&1; then
		problem corrupt "$(tail -n 1 out)"
	fi
	comm -23 "$2" "$3" >lost
	[ ! -s lost ] || problem lost "$(wc -l <lost) documents: $(head -c 60 lost)"
	comm -23 "$3" "$4" >wrong
	[ ! -s wrong ] || problem wrong "$(head -c 60 wrong)"
}
# leftovers INDEX: what should not be in its directory
leftovers() {
	now=$(sed 's/^glass gen-0*//' "$1/XAPIANDB")
	ls -A "$1" | grep -vx -e XAPIANDB -e live -e lock \
		-e "$(printf 'gen-%06u' "$now")" \
		-e "$(printf 'gen-%06u' "$((now - 1))")"
}
report() {
	if [ "$nproblems" = 0 ]; then
		pass "$1: nothing lost, nothing corrupt ($kill kills)"
	else
		fail "$1: KILL_SEED=$SEED" "$problems"
	fi
	problems='' nproblems=0
}

: >err
some=100
sanitized && some=30
docs 1 $((some * 15)) old >a.jsonl
docs $((some * 10 + 1)) $((some * 25)) new |
	sed "1,$((some * 3))s/new/old/" >b.jsonl
corpus=${KILL_CORPUS:-a.jsonl}
start=$(now_ms)
ix build --quiet --memory "$MEMORY" all "$corpus" || bail "cannot build $corpus"
whole=$(($(now_ms) - start))
dump all >all.docs
: >none.docs

# add: what was there after one kill is there after the next.
kill=0 parts=0
while [ "$kill" -lt "$KILLS" ]; do
	rm -rf ix
	cp none.docs before
	pick $((whole * 4 / KILLS + 50))
	while killed add --memory "$MEMORY" ix "$corpus"; do
		kill=$((kill + 1))
		if [ -e ix/XAPIANDB ]; then
			dump ix >now
			echo "$kill: $(wc -l <now) documents" >>kills
			inspect ix before now all.docs
			[ -s now ] && ! cmp -s now all.docs &&
				parts=$((parts + 1))
			mv now before
		elif [ -s before ]; then
			problem lost "there is no index any more"
		fi
		[ "$kill" -lt "$KILLS" ] || break
		pick $((whole * 4 / KILLS + 50))
	done
	[ ! -e ix/XAPIANDB ] || ix check --quiet ix >out 2>&1 ||
		problem corrupt "$(tail -n 1 out)"
done
report "add"
echo "# $parts of $kill kills left a part of the documents"
ok "a last add ends" ix add --quiet --wait --memory "$MEMORY" ix "$corpus"
dump ix >now
ok "with every document" cmp -s now all.docs
is "and nothing else" "$(leftovers ix)" ""
ok "check" ix check --quiet ix

# sync from a to b: what both have stays, the rest is of one or the other.
cp a.jsonl in.jsonl
ix build --quiet from in.jsonl
dump from >a.docs
cp b.jsonl in.jsonl
ix build --quiet to in.jsonl
dump to >b.docs
comm -12 a.docs b.docs >both.docs
sort -u a.docs b.docs >either.docs
sed -n 's/^{"id":"\([^"]*\)".*/\1/p' a.docs | sort >a.ids
sed -n 's/^{"id":"\([^"]*\)".*/\1/p' b.docs | sort | comm -12 a.ids - >both.ids
start=$(now_ms)
cp -a from ix.sync
ix sync --quiet --memory 64M ix.sync in.jsonl
whole=$(($(now_ms) - start))
kill=0
while [ "$kill" -lt "$FEW" ]; do
	rm -rf ix.sync
	cp -a from ix.sync
	pick $((whole * 2 / 3 + 20))
	while killed sync --memory 64M ix.sync in.jsonl; do
		kill=$((kill + 1))
		dump ix.sync >now
		inspect ix.sync both.docs now either.docs
		sed -n 's/^{"id":"\([^"]*\)".*/\1/p' now | sort >now.ids
		[ -z "$(uniq -d now.ids)" ] || problem wrong "an id twice"
		comm -23 both.ids now.ids >lost
		[ ! -s lost ] || problem lost "$(wc -l <lost) of both"
		[ "$kill" -lt "$FEW" ] || break
		pick $((whole * 2 / 3 + 20))
	done
done
report "sync"
ok "a last sync ends" ix sync --quiet --wait ix.sync in.jsonl
dump ix.sync >now
diff now b.docs | head -n 4 | cut -c 1-300 | sed 's/^/# /'
ok "with what the input has" cmp -s now b.docs
is "sync leaves nothing else" "$(leftovers ix.sync)" ""

# build beside an index: it stays as it was, until it is the new one.
start=$(now_ms)
ix build --quiet --memory 64M to in.jsonl
whole=$(($(now_ms) - start))
cp -a from ix.build
kill=0
while [ "$kill" -lt "$FEW" ]; do
	pick "$((whole + 20))"
	if killed build --memory 64M ix.build in.jsonl; then
		kill=$((kill + 1))
		dump ix.build >now
		cmp -s now b.docs || inspect ix.build a.docs now a.docs
	fi
	dump ix.build >now
	if cmp -s now b.docs; then
		rm -rf ix.build
		cp -a from ix.build
	fi
done
report "build"
ok "a last build ends" ix build --quiet --wait ix.build in.jsonl
dump ix.build >now
ok "with all of it" cmp -s now b.docs
is "build leaves nothing else" "$(leftovers ix.build)" ""
is "two generations" "$(ls -d ix.build/gen-* | wc -l)" 2
finish

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The builder and Xapian's own way in make the same index.
. "$ROOT/tests/lib.sh"
PATH=$O:$PATH
cd "$TMP" || exit 1
news=$ROOT/tests/data/news
again=200000 far=70000 articles=100000 many=200
traps='8100 8120 8140 8160 8180 8192 8200 8300 9000 16300 16384 16400 17000
	24570 24580 32760 32790 81900'
if sanitized; then
	again=20000 far=7000 articles=150 many=40
	traps='8140 8192 8300 16384 24580'
fi

# same WHEN [QUERIES]: a and b hold the same, and are whole
same() {
	run trawl-index diff --queries "${2:-40}" a b
	is "$1: no difference" "$status $out" "0 a and b: no difference"
	for index in a b; do
		run trawl-index check --quiet $index
		is "$1: trawl-index check $index" "$status $out$err" "0 "
		command -v xapian-check >/dev/null || continue
		run xapian-check $index/live
		is "$1: xapian-check $index" \
			"$status $(printf '%s\n' "$out" | tail -n 1)" \
			"0 No errors found"
	done
	[ -n "$python" ] || return
	is "$1: python reads both" "$($python count.py a b)" \
		"$(for index in a b; do
			trawl-index info $index
		done | awk '$1 == "documents" { print $2 }')"
}
python=
for p in python3 /usr/bin/python3; do
	[ -n "$python" ] || ! $p -c 'import xapian' 2>/dev/null || python=$p
done
cat >count.py <<'END'
import sys, xapian

for path in sys.argv[1:]:
    db = xapian.Database(path)
    enquire = xapian.Enquire(db)
    enquire.set_query(xapian.Query.MatchAll)
    matches = enquire.get_mset(0, db.get_doccount())
    for match in matches:
        match.document.get_data()
    print(len(matches))
END
[ -n "$python" ] || skip "python reads them" "no module xapian (python3-xapian)"
command -v xapian-check >/dev/null ||
	skip "xapian-check" "not installed (xapian-tools)"

# both ARG...: the same command for a and b
both() {
	verb=$1
	shift
	for index in a b; do
		run trawl-index "$verb" --quiet $index "$@"
		[ "$status" -le 1 ] ||
			fail "trawl-index $verb $index" "status $status: $err"
	done
}
# build_both OPTION... INPUT: a by the builder, b through Xapian's API
build_both() {
	rm -rf a b
	run trawl-index build --quiet a "$@"
	left=$status
	run trawl-index build --quiet --with-api b "$@"
	is "as many are skipped: $*" "$left" "$status"
}

# ------------------------------------------------------------- test data --
build_both "$news"
same "test data" $many
cp -r a first
echo '{"id":"late","text":"A late arrival about ospreys.","date":"2031-01-02"}' \
	>late.jsonl
both add late.jsonl
same "add"
cp -r "$news" copy
rm -r copy/harbour-post
echo "Something new about ospreys and the harbour." >copy/new.txt
both sync --force copy
same "sync"
both remove late corran-ledger/merger-jobs.txt
same "remove"
both compact
same "compact"
both add "$news"
same "add after compact"

# Texts and lists of terms deflated, or not.
for how in none fast small; do
	build_both --compress $how "$news"
	run trawl-index diff first a
	is "--compress $how changes nothing" "$status" 0
	same "--compress $how"
done

# --------------------------------------------------------- the same bytes --
sums() {
	(cd "$1/live/" && cksum ./*.glass iamglass)
}
ix build --quiet --reproducible --threads 1 one "$news"
for how in '--threads 2' '--threads 7' '--threads 3 --memory 64M'; do
	rm -rf other
	# shellcheck disable=SC2086 # two options
	ix build --quiet --reproducible $how other "$news"
	is "the same bytes with $how" "$(sums other)" "$(sums one)"
done

# ------------------------------------------------------------------ nasty --
# line ID TEXT [MORE]
line() {
	printf '{"id":"%s","text":"%s"%s}\n' "$1" "$2" "${3:-}"
}
# words FORMAT N: as many, numbered
words() {
	awk -v f="$1 " -v n="$2" 'BEGIN { while (i++ < n) printf f, i }'
}
{
	line one "word"
	line again "$(words again $again)"
	line far "$(words 'w%d' $far)"
	line mixed "$(words 'x%d the' 3000)"
	for n in 126 127 128 255 256; do
		line "wdf$n" "$(words same $n)"
	done
	line unicode "日本語 हिन्दी ελληνικά Çelik ﬁnance 😀 é é"
	line escaped 'zero \\u0000 and \\ud83d\\ude00 and \\ud800 alone'
	line blank " "
	line long "$(words l 1 | tr -d ' ' | sed 's/./&&&&&&&&&&/g')"
	line "$(words 'id%d' 300 | tr ' ' /)" "a very long id"
	line dated "dated" ',"date":"2031-02-03","source":"s","topic":["a","b"]'
	line undated "undated" ',"title":"","author":""'
	line titled "" ',"title":"Only a title"'
	line one "the id of the first"
	echo 'no json'
	# Data of about 8192 bytes times some, with a long match at its end.
	for n in $traps; do
		line "trap$n" "$(awk -v n=$n 'BEGIN {
			srand(n)
			while (length(s) < n - 600)
				s = s sprintf("%x ", rand() * 1e9)
			while (length(s) < n)
				s = s substr(s, 1, n - length(s))
			print s }')"
	done
} >nasty.jsonl
for how in none fast small; do
	build_both --compress $how nasty.jsonl
	same "nasty, --compress $how"
done
both add "$news"
same "nasty, and news added"
both compact
same "nasty, compacted" $many

# ------------------------------------------------------------ differences --
rm -rf a b
ix dump first >as-it-was.jsonl
sed '7s/"text":"/&One sentence more. /' as-it-was.jsonl >changed.jsonl
ix build --quiet a - <as-it-was.jsonl
ix build --quiet b - <changed.jsonl
run trawl-index diff a b
is "a difference: status" "$status" 1
like "what differs" "$out" '^total length: [0-9]+ and [0-9]+$'
like "where" "$out" '^document 7: data: [0-9]+ and [0-9]+ bytes'
is "20 lines, and a count" "$(printf '%s\n' "$out" | wc -l)" 21
like "the count" "$out" '^a and b: [0-9]+ differences$'
run trawl-index diff --quiet a b
is "--quiet" "$status $out$err" "1 "
run trawl-index diff --json a b
is "--json: status" "$status" 1
like "--json" "$out" \
	'^\{"command":"diff","ok":true,"differences":[0-9]+,"lines":\["total '
run trawl-index diff --queries 0 --json a a
is "with itself" "$status $out" \
	'0 {"command":"diff","ok":true,"differences":0,"lines":[]}'
run trawl-index diff a/live b
is "a plain database" "$status" 1
run trawl-index diff a nowhere
is "nothing there: status" "$status" 3
like "nothing there" "$err" '^trawl-index: nowhere: no index'
run trawl-index diff --json a nowhere
like "--json says so" "$out" '"ok":false'
run trawl-index diff a
is "one alone" "$status" 2

# ------------------------------------------------------------ real articles --
if [ -r "${CORPORA:-}/bbc_news/docs.jsonl" ]; then
	head -n $articles "$CORPORA/bbc_news/docs.jsonl" >articles.jsonl
	build_both articles.jsonl
	same "bbc_news" $many
else
	skip "bbc_news built both ways" "no \$CORPORA"
fi

# A Xapian of another version: slowly, with one warning, and the same index.
cat >other.c <<'END'
#include <dlfcn.h>
#include <string.h>
/* Xapian's facts about itself, of xapian/constinfo.h. */
struct facts {
	unsigned char types[256];
	int version[3];
	char text[8];
	unsigned n;
	char stemmers[256];
};
const struct facts *_ZN6Xapian8Internal14get_constinfo_Ev(void);
const struct facts *_ZN6Xapian8Internal14get_constinfo_Ev(void)
{
	static struct facts facts;
	const struct facts *(*theirs)(void) = (const struct facts *(*)(void))
		dlsym(RTLD_NEXT, "_ZN6Xapian8Internal14get_constinfo_Ev");

	facts = *theirs();
	strcpy(facts.text, "1.5.0");
	return &facts;
}
END
if ${CC:-cc} -D_GNU_SOURCE -shared -fPIC -o other.so other.c -ldl 2>err; then
	jsonl=$TMP/other.jsonl
	echo '{"id":"a","text":"one document"}' >"$jsonl"
	ends 0 "another Xapian: ours" build own "$jsonl"
	env LD_PRELOAD="$TMP/other.so" \
		ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" \
		"$O/trawl-index" build theirs "$jsonl" >out 2>err
	is "another Xapian: built all the same" $? 0
	is "another Xapian: one warning" "$(cat err)" \
		"trawl-index: theirs: building slowly, through Xapian: Xapian 1.5.0 is not the 1.4 whose files are known"
	ends 0 "another Xapian: no difference" diff own theirs
else
	skip "another Xapian" "no C compiler: $(head -n 1 err)"
fi
finish

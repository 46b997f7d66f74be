#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# trawl-index variants: list spellings, decide on them; what else keeps them.
. "$ROOT/tests/lib.sh"
PATH=$O:$PATH
cd "$TMP" || exit 1

cat >docs.jsonl <<'END'
{"id":"1","lang":"en","text":"Here spoke Zelensky about the harvest of the year."}
{"id":"2","lang":"en","text":"Here spoke Zelenskyy about the harvest of the year."}
{"id":"3","lang":"en","text":"Here spoke Zelenskiy about the harvest of the year."}
{"id":"4","lang":"en","text":"The neighbour has a colour television, he likes it."}
{"id":"5","lang":"en","text":"The neighbor has a color television, and he likes it."}
END
# found QUERY [OPTION...]: ids of the hits, and what was expanded
found() {
	trawl -i ix --json "$@" | sed -n 's/^{"rank":[0-9]*,"id":"\([^"]*\)".*/\1/p' |
		tr '\n' ' '
}

ends 0 "an index" build --news none ix docs.jsonl
ends 0 "what it has by itself" variants ix
is "US and UK spellings that are there" "$(cat out)" \
	"US/UK        -  color 1, colour 1
US/UK        -  neighbor 1, neighbour 1"
is "one word finds one" "$(found zelensky)" "1 "

ends 0 "join" variants ix join Zelensky zelenskyy ZELENSKIY
is "join says nothing" "$(cat out err)" ""
ends 0 "the list has it" variants ix
is "first" "$(head -n 1 out)" \
	"user         -  zelensky 1, zelenskyy 1, zelenskiy 1"
is "one word finds all" "$(found zelenskyy)" "2 1 3 "
like "and says so" "$(trawl -i ix zelenskyy)" \
	'^zelenskyy is also zelensky, zelenskiy$'
is "but for =" "$(found =zelenskyy)" "2 "
is "but for variants=off" "$(found zelenskyy variants=off)" "2 "

ends 0 "forbid" variants ix forbid zelenskyy zelenskiy
is "forbidden" "$(found zelenskyy)" "2 1 "
ends 0 "reject" variants ix reject colour
is "rejected" "$(found color)" "5 "
ends 0 "as JSON" variants --json ix
is "a line a group" "$(cat out)" \
	'{"spellings":[{"word":"zelensky","documents":1},{"word":"zelenskyy","documents":1}],"source":"user"}
{"spellings":[{"word":"color","documents":1},{"word":"colour","documents":1}],"source":"list","rejected":true}
{"spellings":[{"word":"neighbor","documents":1},{"word":"neighbour","documents":1}],"source":"list"}
{"spellings":[{"word":"zelenskyy","documents":1},{"word":"zelenskiy","documents":1}],"source":"user","rejected":true}'
ends 0 "forget" variants ix forget zelenskiy
is "forgotten" "$(ix variants ix | grep zelensk)" \
	"user         -  zelensky 1, zelenskyy 1"

printf '# ours\n= Zelensky Zelenskiy\n! color colour\n' >ours
ends 0 "a file" variants ix --file ours
is "takes the place of all" "$(ix variants ix)" \
	"user         -  zelensky 1, zelenskiy 1
rejected     -  color 1, colour 1
US/UK        -  neighbor 1, neighbour 1
forbidden    -  color 1, colour 1"

# What other programs see, and what keeps them.
if command -v quest >/dev/null; then
	is "Xapian's synonyms" \
		"$(quest -d ix -f default,auto_synonyms zelensky |
			grep -c '^[0-9]*: ')" 2
else
	skip "Xapian's synonyms" "no quest"
fi
ends 0 "check" check ix
cp -r ix before
ends 0 "compact" compact ix
ends 0 "an add" add ix docs.jsonl
ends 0 "nothing is lost" diff before ix
is "the groups stay" "$(ix variants ix | head -n 1)" \
	"user         -  zelensky 1, zelenskiy 1"
for how in "" --with-api; do
	# shellcheck disable=SC2086 # no option, or one
	ends 0 "a build $how" build $how --news none ix docs.jsonl
	ends 0 "decisions outlive it $how" diff before ix
done
ends 0 "an empty file" variants ix --file /dev/null
ends 1 "and no synonyms" diff before ix
like "no synonyms" "$(cat out)" 'synonyms of "zelensk'

# What cannot be done.
bad() {
	name=$1
	status_=$2
	says=$3
	shift 3
	ends "$status_" "$name" variants "$@"
	like "$name: why" "$(cat err)" "$says"
}
bad "no such index" 3 'nope: no such directory' nope join a b
[ ! -e nope ]
is "none is made" $? 0
bad "no decision" 2 'jion: must be accept, reject' ix jion a b
bad "no words" 2 'join: needs words' ix join
bad "one word" 3 'two different words' ix join a A
bad "no word" 3 '"a-b" is no single word' ix join a-b c
bad "not mined" 3 'color is in no group' ix accept color
bad "not decided" 3 'nothing was decided on color' ix forget color
printf '= a b\na b\n' >wrong
bad "a bad line" 3 'line 2: must begin with' ix --file wrong
bad "no file" 3 'nofile: No such file' ix --file nofile
bad "both" 2 'and --file at once' ix --file ours join a b
is "nothing was decided" "$(ix variants ix | grep -c user)" 0

finish

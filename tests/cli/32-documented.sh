#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What --help says, what the man page says and what is taken agree.
. "$ROOT/tests/lib.sh"
PATH=$O:$PATH
cd "$TMP" || exit 1
LC_ALL=C

# Entries of a man page: "--option" or "--option ARG", one a line
entries() {
	sed -n 's/^\.It Fl //p' "$1" | sed 's/\\//g' | awk '{
		n = split($0, part, / , Fl /)
		for (i = 1; i <= n; i++) {
			split(part[i], word, " ")
			print "-" word[1], (part[i] ~ / Ar / ? "ARG" : "")
		}
	}'
}
# Is option $2, with argument $3, taken?  Wrong values are another matter.
taken() {
	# shellcheck disable=SC2086 # the command and the argument may be nothing
	run "$1" $command "$2" $3 --help
	! printf '%s\n' "$err" |
		grep -qi 'unrecognized\|invalid option\|no such option\|has no option'
}
# Where trawl-index has option $1
command_of() {
	for command in build sync check diff variants; do
		trawl-index $command --help | grep -q -e "^  $1 " && return
	done
	command=
}

for program in trawl trawl-index trawl-eval; do
	entries "$ROOT/doc/$program.1" >entries
	grep -o -e '^--[a-z][a-z-]*' entries | sort >documented
	run $program --help
	is "$program --help" "$status" 0
	printf '%s\n' "$out" | grep -o -e '--[a-z][a-z-]*' | sort -u >helped
	is "$program: in --help, not in its page" \
		"$(sort -u documented | comm -13 - helped)" ""
	# --help may leave itself out.
	is "$program: in its page, not in --help" \
		"$(sort -u documented | grep -vx -e --help | comm -23 - helped)" ""
	is "$program: twice in its page" "$(uniq -d documented)" ""
	command=
	[ $program != trawl-index ] || command=build
	! taken $program --no-such-option ""
	is "$program refuses --no-such-option" $? 0
	while read -r option arg; do
		# -- is no option, and ends them.
		case $option in - | --) continue ;; esac
		[ $program != trawl-index ] || command_of "$option"
		taken $program "$option" "${arg:+1}"
		is "$program takes $option" $? 0
	done <entries
done

trawl-index --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p' |
	sort >commands
[ -s commands ]
is "trawl-index has commands" $? 0
is "trawl-index: commands not in its page" \
	"$(sed -n 's/^\.It \(Ic\|Cm\) \([a-z-]*\).*/\2/p' "$ROOT/doc/trawl-index.1" |
	sort -u | comm -23 commands -)" ""

# Options of a search: the library's table as --help prints it, and the page
trawl --help | sed -n '/^NAME=VALUE/,/^$/p' | sed 1d | tr ' ' '\n' | grep . \
	>table
[ -s table ]
is "a search has options" $? 0
is "options of a search, in their order" \
	"$(sed -n '/^\.Ss Options of the search/,/^\.Ss The/s/^\.It Cm \([a-z]*\) Ns = .*/\1/p' \
	"$ROOT/doc/trawl.1")" "$(cat table)"

# The examples of the pages run, in a folder that looks like the source tree.
literal() {
	awk '/^\.Ed/ { on = 0 } on; /^\.Bd/ { on = 1 }' "$1" |
		sed 's/\\e/\\/g; s/\\-/-/g; s/\\&//g'
}
ln -s "$ROOT/tests" tests
literal "$ROOT/doc/trawl-eval.1" | sed -n '/cat qrels.txt$/,/^\$/p' | grep -v '^\$' \
	>qrels.txt
for page in trawl.1 trawl-eval.1 trawl-index.5; do
	if [ $page = trawl-index.5 ] && ! command -v quest >/dev/null; then
		skip "the examples of $page" "no quest (xapian-tools)"
		continue
	fi
	literal "$ROOT/doc/$page" |
		awk 'sub(/^\$ /, "") || more { print; more = /\\$/ }' >examples
	[ "$(wc -l <examples)" -gt 3 ]
	is "$page has examples" $? 0
	run sh -eux examples
	is "the examples of $page run" "$status" 0
	[ "$status" -eq 0 ] || echo "# $err"
done

# The README's commands: programs, targets and options that there are.
# shellcheck disable=SC2016 # backquotes of Markdown
{
	sed -n '/^```/,/^```/s/^ *\$ //p; s/^    \$ //p' "$ROOT/README.md"
	sed -n '/^```/,/^```/p' "$ROOT/README.md" | grep '^ *\(make\|build/\)'
	grep -o '`\(make\|trawl\|trawl-[a-z]*\) [^`]*`' "$ROOT/README.md" |
		tr -d '`'
} | sed 's/#.*//; s/^ *//' >commands
[ -s commands ]
is "the README has commands" $? 0
is "README: make targets that are none" \
	"$(grep -o '\(^\|&& *\)make [a-z-]*' commands | sed 's/.*make //' | sort -u |
	while read -r target; do
		grep -qw "^$target[a-z -]*:" "$ROOT/Makefile" \
			"$ROOT/bench/rules.mk" || echo "$target"
	done)" ""
is "README: programs that are none" \
	"$(grep -o '\(^\|[/ ]\)trawl\(-[a-z]*\)\? ' commands | tr -d '/ ' | sort -u |
	while read -r program; do
		[ -x "$O/$program" ] || echo "$program"
	done)" ""
for program in trawl trawl-index trawl-eval; do
	entries "$ROOT/doc/$program.1" | cut -d ' ' -f 1 | sort -u >documented
	is "README: options of $program" \
		"$(grep "\\(^\\|[/ ]\\)$program " commands |
		grep -o -e ' --[a-z][a-z-]*' | tr -d ' ' | sort -u |
		comm -23 - documented)" ""
done

# Its first block is a transcript; what takes time may take another time.
ln -s "$ROOT/tests/data/news" news
rm -rf news.index
# shellcheck disable=SC2016 # backquotes of Markdown
sed '1,/^```$/d; /^```$/,$d' "$ROOT/README.md" >transcript
timeless() {
	sed 's/([0-9.]* ms,/(N ms,/; s/ in [0-9.]* s\( (.*)\)*$/ in N s/'
}
played() {
	blank=
	sed -n 's/^\$ //p' transcript | while read -r command; do
		printf '%s$ %s\n' "$blank" "$command"
		LC_ALL=C.UTF-8 sh -c "$command" 2>&1
		blank='
'
	done | timeless
}
played >now
is "the README's transcript" "$(timeless <transcript | diff - now)" ""

# That of its section on news
# shellcheck disable=SC2016 # backquotes of Markdown
sed '1,/^## News$/d' "$ROOT/README.md" | sed '1,/^```$/d; /^```$/,$d' >transcript
played >now
is "the README's transcript on news" "$(timeless <transcript | diff - now)" ""
[ "$(wc -l <now)" -gt 20 ]
is "... is not empty" $? 0

# The second asks a server; its first command and that one's line are here.
# shellcheck disable=SC2016 # backquotes of Markdown
awk '/^```$/ { fence++; next } fence == 3' "$ROOT/README.md" >transcript
serve news.index
micros() {
	sed 's/took_us=[0-9]*/took_us=N/; s|/run/user/1000|'"$TMP"'|
		s/\("score":[0-9]*\.[0-9]\{3\}\)[0-9]*/\1/'
}
{
	printf '$ trawld news.index &\n'
	cat "$server_err"
	sed -n '2,$s/^\$ //p' transcript | while read -r command; do
		printf '\n$ %s\n' "$command"
		sh -c "$command" 2>&1
	done | tr -d '\r'
} | micros >now
is "the README's second" "$(micros <transcript | diff - now)" ""
finish

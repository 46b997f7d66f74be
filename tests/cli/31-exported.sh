#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the library exports is what the header promises, name for name.
. "$ROOT/tests/lib.sh"
PATH=$O:$PATH
cd "$TMP" || exit 1
LC_ALL=C

# The header's declarations, one a line, without comments and macros
grep -v '^#define' "$ROOT/include/trawl.h" | tr '\n' ' ' |
	sed 's|/\*|\n/*|g' | sed 's|^/\*.*\*/||' | tr '\n' ' ' | tr ';' '\n' \
	>declarations
sed -n 's/.*TRAWL_API[^(]*[ *]\(trawl_[a-z0-9_]*\)(.*/\1/p' declarations |
	sort -u >promised
grep -v 'typedef' declarations | grep -o '[ *]trawl_[a-z0-9_]*(' |
	tr -d ' *(' | sort -u >declared
nm -D --defined-only "$O/libtrawl.so" | awk '{ sub(/@.*/, "", $3); print $3 }' |
	sort -u >exported

[ "$(wc -l <promised)" -gt 40 ]
is "the header was understood" $? 0
is "functions that are not TRAWL_API" "$(comm -13 promised declared)" ""
is "promised and not exported" "$(comm -23 promised exported)" ""
is "exported and not promised" "$(comm -13 promised exported)" ""
is "C++ symbols" "$(grep '^_Z' exported)" ""

# trawl(3) has them, too.
grep '^\.It Fn' "$ROOT/doc/trawl.3" | grep -o 'trawl_[a-z0-9_]*' | sort \
	>documented
is "promised, not in trawl(3)" "$(sort -u documented | comm -13 - promised)" ""
is "in trawl(3), not promised" "$(sort -u documented | comm -23 - promised)" ""
is "twice in trawl(3)" "$(uniq -d documented)" ""
is "statuses in trawl(3)" \
	"$(sed -n 's/^\.It Dv \(TRAWL_[A-Z]*\)$/\1/p' "$ROOT/doc/trawl.3")" \
	"$(sed -n '/^enum trawl_status/,/}/p' "$ROOT/include/trawl.h" |
		grep -o 'TRAWL_[A-Z]*')"

# The Makefile's targets stand in the comment at its top.
sed '/^#/!q' "$ROOT/Makefile" | grep -o 'make [a-z][a-z]*' |
	sed 's/^make //' | sort -u >told
sed -n 's/^\.PHONY: //p' "$ROOT/Makefile" | tr ' ' '\n' |
	grep -vx 'all\|run-tests' | sort >targets
is "make targets without a word at the top" "$(comm -13 told targets)" ""
is "words at the top without a target" "$(comm -23 told targets)" ""
finish

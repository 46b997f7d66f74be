#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a library exports is what its header promises, name for name.
. "$ROOT/tests/lib.sh"
PATH=$O:$PATH
cd "$TMP" || exit 1
LC_ALL=C

# exports HEADER LIBRARY API PREFIX N: the header's functions, more than N, those
# of the library, and those of the page, name for name
exports() {
	header=$ROOT/include/$1.h page=$ROOT/doc/$1.3
	# Declarations, one a line, without comments and macros
	grep -v '^#define' "$header" | tr '\n' ' ' |
		sed 's|/\*|\n/*|g' | sed 's|^/\*.*\*/||' | tr '\n' ' ' |
		tr ';' '\n' >declarations
	sed -n "s/.*$3[^(]*[ *]\\($4_[a-z0-9_]*\\)(.*/\\1/p" declarations |
		sort -u >promised
	grep -v 'typedef' declarations | grep -o "[ *]$4_[a-z0-9_]*(" |
		tr -d ' *(' | sort -u >declared
	nm -D --defined-only "$O/$2" | awk '{ sub(/@.*/, "", $3); print $3 }' |
		sort -u >exported

	[ "$(wc -l <promised)" -gt "$5" ]
	is "$1.h was understood" $? 0
	is "$1.h: functions that are not $3" \
		"$(comm -13 promised declared)" ""
	is "$2: promised and not exported" "$(comm -23 promised exported)" ""
	is "$2: exported and not promised" "$(comm -13 promised exported)" ""
	is "$2: C++ symbols" "$(grep '^_Z' exported)" ""

	# Its page has them, too.
	grep '^\.It Fn' "$page" | grep -o "$4_[a-z0-9_]*" | sort >documented
	is "promised, not in $1(3)" \
		"$(sort -u documented | comm -13 - promised)" ""
	is "in $1(3), not promised" \
		"$(sort -u documented | comm -23 - promised)" ""
	is "twice in $1(3)" "$(uniq -d documented)" ""
	is "statuses in $1(3)" \
		"$(sed -n 's/^\.It Dv \(TRAWL_[A-Z_]*\)$/\1/p' "$page")" \
		"$(sed -n "/^enum $1_status/,/}/p" "$header" |
			grep -o 'TRAWL_[A-Z_]*')"
}
exports trawl libtrawl.so TRAWL_API trawl 40
exports trawl_client libtrawl-client.so TRAWL_CLIENT_API trawl 20

# libtrawl-client needs the C library and no other.
if sanitized; then
	skip "libtrawl-client needs libc alone" "built with sanitizers"
else
	is "libtrawl-client needs libc alone" \
		"$(readelf -d "$O/libtrawl-client.so" |
		sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p')" libc.so.6
fi

# The Makefile's targets stand in the comment at its top, and so do the bench's.
for rules in "$ROOT/Makefile" "$ROOT/bench/rules.mk"; do
	sed '/^#/!q' "$rules"
done | grep -o 'make [a-z][a-z-]*' | sed 's/^make //' | sort -u >told
sed -n 's/^\.PHONY: //p' "$ROOT/Makefile" "$ROOT/bench/rules.mk" |
	tr ' ' '\n' | grep -vx 'all\|run-.*' | sort >targets
is "make targets without a word at the top" "$(comm -13 told targets)" ""
is "words at the top without a target" "$(comm -23 told targets)" ""
# A program that is linked with an archive may have a fail() of its own.
for archive in libtrawl.a libtrawl-client.a; do
	is "$archive defines no name but trawl_*" \
		"$(nm -g --defined-only "$O/$archive" | awk 'NF == 3 &&
			$2 !~ /[VWu]/ &&
			$3 !~ /^(trawl_|__odr_asan)/ { print $3 }')" ""
done

finish

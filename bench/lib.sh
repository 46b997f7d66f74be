# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - what bench/build and bench/growth share: . "$here/lib.sh"
#
#	O          the build folder, absolute
#	W          where data and indexes go: BENCH_DIR, kept, or a new folder,
#	           removed at the end
#
#	generated N          the file of N generated documents, made if need be
#	measure ENGINE FILE  index it, and print a line of numbers:
#	                     seconds user system peak_kB index_bytes load steal other
#	                     the last two of a hundred of all processors
#	busy < LINES...      say so when the last number of a line is over 10
#	calc EXPRESSION [DIGITS]

LC_ALL=C.UTF-8
export LC_ALL

say() {
	echo "$name: $*" >&2
}

begin() {
	[ -x "$O/bench/generate" ] || {
		say "no $O/bench/generate: make $O/bench/generate"
		exit 1
	}
	[ -x /usr/bin/time ] || {
		say "no /usr/bin/time: make bench-deps"
		exit 1
	}
	if [ -n "${BENCH_DIR:-}" ]; then
		mkdir -p "$BENCH_DIR"
		W=$(cd "$BENCH_DIR" && pwd)
		trap 'rm -rf "$W/index" "$W/tmp"' EXIT
	else
		W=$(mktemp -d)
		trap 'rm -rf "$W"' EXIT
	fi
	trap 'exit 1' INT TERM
	mkdir -p "$W/tmp"
}

busy() {
	awk '$NF > 10 { n++ } END { exit n == 0 }' || return 0
	say "others used more than a tenth of the processors:" \
		"these figures are worth little"
}

calc() {
	awk "BEGIN { printf \"%.${2:-2}f\", $1 }"
}

generated() {
	file_=$W/generated-$1.jsonl
	[ -e "$file_" ] || {
		"$O/bench/generate" "$1" >"$file_.part"
		mv "$file_.part" "$file_"
	}
	echo "$file_"
}

# Ticks of all processors: in all, at work, stolen by another machine.
ticks_() {
	awk '/^cpu / {
		print $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9,
			$2 + $3 + $4 + $7 + $8, $9
	}' /proc/stat
}

measure() {
	rm -rf "$W/index"
	mkdir "$W/index"
	load_=$(cut -d' ' -f1 /proc/loadavg)
	before_=$(ticks_)
	/usr/bin/time -q -o "$W/tmp/time" -f '%e %U %S %M' \
		"$here/engines" "$1" "$O" "$2" "$W/index" >&2 || return
	size_=$(du -s --block-size=1 "$W/index" | cut -f1)
	echo "$(cat "$W/tmp/time") $size_ $load_ $before_ $(ticks_)" | awk \
		-v hz="$(getconf CLK_TCK)" '{
		all = $10 - $7
		all = all > 0 ? all : 1
		other = $11 - $8 - ($2 + $3) * hz
		print $1, $2, $3, $4, $5, $6, 100 * ($12 - $9) / all,
			100 * (other > 0 ? other : 0) / all
	}'
	rm -rf "$W/index"
}

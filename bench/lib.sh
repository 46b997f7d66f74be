# SPDX-License-Identifier: GPL-2.0-or-later
# lib.sh - what bench/build, update, growth and run share: . "$here/lib.sh"
#
#	O          the build folder, absolute
#	W          where data and indexes go: BENCH_DIR, kept, or a new folder,
#	           removed at the end
#
#	generated N          the file of N generated documents, made if need be
#	corpus               the file to measure with: BENCH_CORPUS, unpacked, or
#	                     BENCH_N (37554) generated documents
#	known ENGINE...      ends the script when there is no such engine
#	at_hand [ENGINE...]  those of them, or of all, that can be had: a line of
#	                     its name and of "whole" or "sample" for each
#	timed COMMAND...     run it, and print a line of numbers:
#	                     seconds user system peak_kB load steal other
#	                     the last two of a hundred of all processors
#	measure ENGINE FILE  index it, into $W/index; the same line, with the bytes
#	                     of the index behind the peak
#	line GROUP ENGINE CASE ROUND DOCUMENTS BYTES < such a line of measure
#	                     the measurement as JSON, as bench/README has it
#	spent PID            seconds of processor of a process and its children
#	busy < LINES...      say so when the last number of a line is over 10
#	workspace            make W
#	progress WORD...     said on a terminal alone
#	calc EXPRESSION [DIGITS]
#	$median    for awk: median(v, n), which sorts v[1] to v[n]

LC_ALL=C.UTF-8
export LC_ALL

# shellcheck disable=SC2034 # for those who read this
median='
	function median(v, n,   i, j, x) {
		for (i = 2; i <= n; i++) {
			x = v[i]
			for (j = i - 1; j > 0 && v[j] > x; j--)
				v[j + 1] = v[j]
			v[j + 1] = x
		}
		return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
	}'

say() {
	echo "$name: $*" >&2
}

progress() {
	[ ! -t 2 ] || say "$@"
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
	workspace
}

workspace() {
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
	awk "BEGIN { printf \"%.${2:-2}f\", ($1) }"
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

spent() {
	read -r children_ <"/proc/$1/task/$1/children" || :
	for pid_ in "$1" $children_; do
		cat "/proc/$pid_/stat"
	done | awk -v hz="$(getconf CLK_TCK)" '
		{ sub(/.*\) /, ""); ticks += $12 + $13 }
		END { print ticks / hz }'
}

corpus() {
	case ${BENCH_CORPUS:-} in
	'') generated "${BENCH_N:-37554}" ;;
	*.xz)
		xz -dc "$BENCH_CORPUS" >"$W/tmp/corpus.jsonl"
		echo "$W/tmp/corpus.jsonl"
		;;
	*) echo "$BENCH_CORPUS" ;;
	esac
}

known() {
	for engine; do
		"$here/engines" list | grep -q "^$engine " || {
			say "no engine $engine; there are:" \
				"$("$here/engines" list | cut -d' ' -f1 | xargs)"
			exit 2
		}
	done
}

at_hand() {
	"$here/engines" list | while read -r engine part; do
		[ $# -eq 0 ] || case " $* " in *" $engine "*) ;; *) continue ;; esac
		why=$("$here/engines" ready "$engine" "$O")
		if [ -n "$why" ]; then
			say "skipped $engine: $why"
		else
			echo "$engine $part"
		fi
	done
}

# time's hundredths are too coarse for a sync that finds nothing to do.
timed() {
	load_=$(cut -d' ' -f1 /proc/loadavg)
	before_=$(ticks_)
	start_=$(date +%s%N)
	/usr/bin/time -q -o "$W/tmp/time" -f '%U %S %M' "$@" >&2 || return
	end_=$(date +%s%N)
	echo "$((end_ - start_)) $(cat "$W/tmp/time") $load_ $before_" \
		"$(ticks_)" | awk -v hz="$(getconf CLK_TCK)" '{
		all = $9 - $6
		all = all > 0 ? all : 1
		other = $10 - $7 - ($2 + $3) * hz
		printf "%.3f %s %s %s %s %.1f %.1f\n", $1 / 1e9, $2, $3, $4, $5,
			100 * ($11 - $8) / all,
			100 * (other > 0 ? other : 0) / all
	}'
}

# sized DIRECTORY < a line of timed
sized() {
	size_=$(du -s --block-size=1 "$1" | cut -f1)
	awk -v size="$size_" '{ print $1, $2, $3, $4, size, $5, $6, $7 }'
}

measure() {
	rm -rf "$W/index"
	mkdir "$W/index"
	numbers_=$(timed "$here/engines" "$1" "$O" "$2" "$W/index") || return
	echo "$numbers_" | sized "$W/index"
}

line() {
	awk -v group="$1" -v engine="$2" -v what="$3" -v n="$4" \
		-v documents="$5" -v bytes="$6" '
	function string(name, value) {
		return sprintf("\"%s\":\"%s\",", name, value)
	}
	{
		printf "{%s%s%s", string("group", group),
			string("engine", engine), string("case", what)
		printf "\"round\":%d,\"documents\":%d,\"bytes\":%.0f,", n,
			documents, bytes
		printf "\"seconds\":%s,\"user\":%s,\"system\":%s,", $1, $2, $3
		printf "\"peak_kib\":%s,\"index_bytes\":%s,", $4, $5
		printf "\"load\":%s,\"steal\":%s,\"others\":%s}\n", $6, $7, $8
	}'
}

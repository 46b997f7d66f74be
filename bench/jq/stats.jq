# SPDX-License-Identifier: GPL-2.0-or-later
# stats.jq - what tables.jq, plots.jq and compare.jq share: include "stats";
#
# A result is {date, revision, ..., lines}: bench/README says what a line is.
# Lines of one corpus, group, engine, case and number of documents are rounds of
# one measurement.

def median:
	sort | if length == 0 then null
	elif length % 2 == 1 then .[(length - 1) / 2]
	else (.[length / 2 - 1] + .[length / 2]) / 2 end;

# {middle, low, high, n} of an array, or null of an empty one
def spread: map(select(. != null))
	| if length == 0 then null
	else {middle: median, low: min, high: max, n: length} end;

# What a spread is of its middle, in percent.
def percent: if .middle == 0 then 0 else 100 * (.high - .low) / .middle end;

def fixed($digits):
	(fabs * pow(10; $digits) | round) as $n
	| (if . < 0 and $n > 0 then "-" else "" end) as $sign
	| ($n | tostring) as $s
	| (if ($s | length) > $digits then $s
	   else "0" * ($digits + 1 - ($s | length)) + $s end)
	| $sign + if $digits == 0 then .
	  else .[:-$digits] + "." + .[-$digits:] end;

# As many digits as are worth reading.
def short:
	if . == null then "-"
	elif fabs >= 100 or . == 0 then fixed(0)
	elif fabs >= 10 then fixed(1)
	elif fabs >= 0.1 then fixed(2)
	else fixed(4) end;

def range: if . == null then "-" else "\(.low | short) to \(.high | short)" end;

# More is better: MB, queries or requests a second.
def rate:
	if .seconds == 0 or .seconds == null then null
	elif .group == "search" then .queries / .seconds
	elif .group == "serve" then .requests / .seconds
	else .bytes / 1e6 / .seconds end;

def corpus: .corpus // "generated";

# Of what there is one measurement; the order is that of a table.
def place($list): . as $x | ($list | index([$x])) // ($list | length);
def engines: ["trawl", "trawl-fast", "trawl-api", "trawl-snippets", "lucene",
	"fts5", "xapian", "scriptindex", "sphinx", "sphinx-bm25", "groonga"];
def cases: ["whole", "sample", "any", "all", "phrase", "prefix", "date",
	"verbose", "common", "rare", "any-snippets", "all-snippets",
	"build", "add", "sync", "search", "file", "folder"];
def number: [scan("[0-9]+") | tonumber] | .[0] // 0;
def key: [corpus, .group, .engine, .case, .documents];
def order: [corpus, .group, (.case | place(cases), sub("[0-9]+"; ""), number, .),
	(.engine | place(engines), .), .documents];

# [{of: a line, lines: all its rounds}, ...] of a stream of lines
def measurements(f): [f] | group_by(key) | map({of: .[0], lines: .})
	| sort_by(.of | order);

# Of an open loop the rate is given; what can be fast is the slow end.
def speed:
	if .group != "serve" or (.case | startswith("open") | not) then rate
	elif .p99_us > 0 then 1e6 / .p99_us
	else null end;

# How many times as fast trawl is as the line, in its round.
def times($trawl):
	. as $line
	| first($trawl[] | select(.round == $line.round)) as $t
	| if ($t | speed) == null or ($line | speed) == null or
		($line | speed) == 0
	  then null else ($t | speed) / ($line | speed) end;

# The rounds of trawl that a measurement is compared with: of a sample, too, for
# a rate does not depend on how much was measured.
def rounds_of_trawl($all):
	. as $m
	| [$all[] | select(.of.engine == "trawl" and .of.group == $m.of.group
		and (.of | corpus) == ($m.of | corpus)
		and (.of.case == $m.of.case
		     or ($m.of.case == "sample" and .of.case == "whole"))) | .lines[]];

def ratios($all):
	rounds_of_trawl($all) as $trawl
	| [.lines[] | times($trawl)] | spread;

# The exponent b of y = a x^b through [[x, y], ...], or null
def exponent:
	map(select(.[0] > 0 and .[1] > 0) | map(log))
	| length as $n
	| (map(.[0]) | add) as $sx | (map(.[1]) | add) as $sy
	| (map(.[0] * .[0]) | add) as $sxx | (map(.[0] * .[1]) | add) as $sxy
	| if $n < 2 or $n * $sxx - $sx * $sx < 1e-9 then null
	  else ($n * $sxy - $sx * $sy) / ($n * $sxx - $sx * $sx) end;

# What growth is about: [{of, what, unit, points: [[documents, spread], ...]}]
def growth_figures:
	if .queries then {what: "time", unit: "us a query",
		value: (.seconds * 1e6 / .queries)}
	else {what: "time", unit: "s", value: .seconds} end,
	if .peak_kib == null or (.queries and .case != "any") then empty
	else {what: "memory", unit: "MiB", value: (.peak_kib / 1024)} end;
def growth:
	[.lines[] | select(.group == "growth")
		| . as $line | growth_figures | . + {of: $line}
		# One process has all cases: its memory is of no one.
		| if .what == "memory" and .of.queries
		  then .of.case = "search" else . end]
	| group_by([.of.engine, .of.case, .what, .unit])
	| map({of: .[0].of, what: .[0].what, unit: .[0].unit,
		points: (group_by(.of.documents)
			| map([.[0].of.documents, (map(.value) | spread)]))})
	| sort_by(.what == "memory", .unit, (.of.case | place(cases)),
		(.of.engine | place(engines)));

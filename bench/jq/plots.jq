# SPDX-License-Identifier: GPL-2.0-or-later
# plots.jq - a result as a program for gnuplot, which writes NAME.svg into $dir
#
# Bars stand on the line of trawl's own speed: upwards it is faster.  The thin
# line is from the lowest to the highest round.
include "stats";

# Okabe and Ito's, which most colour-blind people tell apart, and shades of them.
def colours: {"trawl": "#0072B2", "trawl-fast": "#5FA8D3",
	"trawl-api": "#003B5C", "trawl-snippets": "#003B5C",
	"lucene": "#D55E00", "fts5": "#009E73", "xapian": "#E69F00",
	"scriptindex": "#E69F00", "sphinx": "#CC79A7", "sphinx-bm25": "#7A3B5E",
	"groonga": "#8A6F00"};
def colour: colours[.] // "#666666";
def quoted: "\"" + gsub("[\"\\\\]"; "") + "\"";

# rows of numbers as a block of data of that name
def data($name): "$\($name) << END", (.[] | map(tostring) | join(" ")), "END";

def begin($name; $width; $height):
	"reset",
	"set terminal svg size \($width),\($height) background rgb 'white' " +
	"font 'Helvetica,Arial,sans-serif,13'",
	"set output \("\($dir)/\($name).svg" | quoted)",
	"set border 3 lc rgb '#444444'",
	"set tics nomirror textcolor rgb '#222222'",
	"set key outside top center horizontal textcolor rgb '#222222'",
	"set grid y lc rgb '#dddddd' lw 1";

# [[place on the axis, label], ...]
def labels: "set xtics (" +
	(map("\(.[1] | quoted) \(.[0])") | join(", ")) + ")"
	+ if length > 6 then " rotate by -30" else "" end;

def draw: "plot " + join(", \\\n     ");

# Engines and cases of measurements, in the order of tables
def sorted_engines: map(.of.engine) | unique | sort_by(place(engines), .);
def sorted_cases: reduce .[].of.case as $c ([]; if index([$c]) then . else . + [$c] end);

# Where the bar of the I-th of N engines is in the K-th cluster
def at($k; $i; $n): $k + ($i - ($n - 1) / 2) * 0.8 / $n;

def bars($all; $name; $title; $cases):
	. as $these
	| ([$these[] | select(.of.engine != "trawl")] | sorted_engines) as $e
	| [range($e | length) as $i | range($cases | length) as $k
	   | $these[] | select(.of.engine == $e[$i] and .of.case == $cases[$k])
	   | ratios($all) as $r | select($r != null)
	   | {i: $i, row: [at($k; $i; $e | length), $r.middle, $r.low, $r.high]}]
	  as $points
	| if $points | length == 0 then empty else
	begin($name; 860; 420),
	"set logscale y",
	"set title \($title | quoted)",
	"set ylabel 'trawl, times as fast'",
	"set xrange [-0.6:\(($cases | length) - 0.4)]",
	"set format y '%g'",
	"set ytics add (0.2, 0.5, 2, 5, 20, 50, 200)",
	"set arrow from graph 0, first 1 to graph 1, first 1 nohead " +
	"lc rgb '#222222' lw 1.5 front",
	"set style fill solid 0.85 noborder",
	([$cases | to_entries[] | [.key, .value]] | labels),
	(range($e | length) as $i
	 | [$points[] | select(.i == $i) | .row] | data("e\($i)")),
	([range($e | length) as $i | $e[$i] | colour as $c
	  | (0.36 / ($e | length)) as $half
	  | "$e\($i) using 1:2:($1-\($half)):($1+\($half)):" +
	    "($2<1?$2:1):($2<1?1:$2) with boxxyerror " +
	    "lc rgb '\($c)' title \(quoted)",
	    "$e\($i) using 1:3:(0):($4-$3) with vectors nohead lw 1.5 " +
	    "lc rgb '#222222' notitle"] | draw) end;

# The bars of building are a cluster each: one case, a sample or not.
def build_bars($all; $name):
	map(.of.case = "JSON Lines to index")
	| bars($all | map(if .of.group == "build"
		then .of.case = "JSON Lines to index" else . end);
		"build-\($name)"; "Indexing";
		["JSON Lines to index"]);

def latencies($name; $title):
	. as $these | sorted_engines as $e | sorted_cases as $cases
	| if length == 0 then empty else
	begin($name; 860; 460),
	"set logscale y",
	"set title \($title | quoted)",
	"set ylabel 'microseconds: p50 (dot), p90 (bar), p99 (triangle)'",
	"set xrange [-0.6:\(($cases | length) - 0.4)]",
	"set format y '%g'",
	([$cases | to_entries[] | [.key, .value]] | labels),
	(range($e | length) as $i
	 | [range($cases | length) as $k | $these[]
	    | select(.of.engine == $e[$i] and .of.case == $cases[$k])
	    | [at($k; $i; $e | length)] + [
		([.lines[].p50_us] | median), ([.lines[].p90_us] | median),
		([.lines[].p99_us] | median)]] | data("e\($i)")),
	([range($e | length) as $i | $e[$i] | colour as $c
	  | "$e\($i) using 1:2:(0):($4-$2) with vectors nohead lw 1.5 " +
	    "lc rgb '\($c)' notitle",
	    "$e\($i) using 1:2 with points pt 7 ps 0.9 lc rgb '\($c)' " +
	    "title \(quoted)",
	    "$e\($i) using ($1-0.06):3:(0.12):(0) with vectors nohead lw 2 " +
	    "lc rgb '\($c)' notitle",
	    "$e\($i) using 1:4 with points pt 9 ps 0.9 lc rgb '\($c)' notitle"]
	 | draw) end;

# A colour is an engine, a kind of points a case.
def lines($name; $title; $unit):
	. as $these
	| (map(.of.case) | unique | sort_by(place(cases))) as $cases
	| if length == 0 then empty else
	begin($name; 860; 460),
	"set logscale xy",
	"set title \($title | quoted)",
	"set xlabel 'documents'",
	"set ylabel \($unit | quoted)",
	"set format y '%g'",
	"set grid x y lc rgb '#dddddd' lw 1",
	"set key outside right center vertical",
	"set xrange [\([.[].points[][0]] | min * 0.8):" +
	"\([.[].points[][0]] | max * 1.25)]",
	"set yrange [\([.[].points[][1].low] | min / 1.5):" +
	"\([.[].points[][1].high] | max * 1.5)]",
	([[.[].points[][0]] | unique[] | [., tostring]] | labels),
	(to_entries[] | .key as $i | [.value.points[]
		| [.[0], .[1].middle, .[1].low, .[1].high]] | data("g\($i)")),
	([to_entries[] | .key as $i | .value.of as $of
	  | "$g\($i) using 1:2:3:4 with yerrorlines " +
	    "pt \([4, 7, 9, 11, 13, 5, 8, 10, 12, 6, 1, 2][
		($cases | index([$of.case])) % 12]) ps 0.9 lw 1.5 " +
	    "lc rgb '\($of.engine | colour)' " +
	    "title \("\($of.engine), \($of.case)" | quoted)"] | draw) end;

. as $result
| measurements(.lines[] | select(.group != "growth")) as $all
| growth as $growth
| (([$all[].of | corpus] | unique[]) as $name
   | ([$all[] | select((.of | corpus) == $name)]
      | ([.[] | select(.of.group == "build")] | build_bars($all; $name)),
	([.[] | select(.of.group == "search")]
	 | bars($all; "search-\($name)"; "Searching, in process, one thread";
		sorted_cases),
	   latencies("latency-\($name)"; "Searching: latencies")),
	([.[] | select(.of.group == "serve")]
	 | latencies("serve-\($name)"; "Serving: latencies")))),
  ([$growth[] | select(.what == "time" and .unit == "s")]
   | lines("growth-time"; "Growth: building, adding 1 %, unchanged sync";
	"seconds")),
  ([$growth[] | select(.what == "time" and .unit != "s")]
   | lines("growth-search"; "Growth: searching"; "microseconds a query")),
  ([$growth[] | select(.what == "memory")]
   | lines("growth-memory"; "Growth: the largest process"; "MiB"))

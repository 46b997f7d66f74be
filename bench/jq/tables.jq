# SPDX-License-Identifier: GPL-2.0-or-later
# tables.jq - a result as Markdown; $plots is the folder of its plots, or ""
include "stats";

def row: "| " + (map(tostring) | join(" | ")) + " |";
# The first $words columns are of words, the others of numbers.
def head($words): row, "|" + (to_entries
	| map(if .key < $words then "---|" else "--:|" end) | add);
# A bar is of two engines: plots.jq makes none without a peer.
def peers: any(.[]; .of.engine != "trawl");
def plot($there; $name; $says):
	if $plots == "" or ($there | not) then empty
	else "![\($says)](\($plots)/\($name).svg)", "" end;
def figure(f): [.lines[] | f] | spread;
def middle(f): figure(f) | .middle | short;
# A corpus' own name when there are several
def title($text; $name): "### \($text)" + if $name == "generated" then ""
	else " (\($name))" end, "";

def machine:
	"Measured on \(.date) at revision \(.revision)"
	+ (if .mode == "quick" then
		", **quickly**: few documents and rounds, and too few queries" +
		" for Java to have warmed up" else "" end) + ".",
	"",
	(if .failed // [] | length > 0 then
		"**Failed: \(.failed | join(", ")).**", "" else empty end),
	(["machine", ""] | head(2)),
	(.machine | to_entries[] | [.key, .value] | row),
	(.versions | to_entries[] | [.key, .value] | row),
	(.settings | to_entries[] | [.key, .value] | row),
	(.corpora[] | ["corpus", "\(.name): \(.documents) documents, " +
		"\(.bytes / 1e6 | fixed(1)) MB of JSON Lines"] | row),
	"",
	# Of hundredths of a second a tick is much.
	([.lines[] | select(.seconds >= 1) | .others // empty]
		| if length == 0 then empty else
		map(select(. > 10)) as $busy
		| "Processes that are no part of the run used at most " +
		"\(max | short) % of the processors in a measurement of a" +
		" second or more, and over 10 % in \($busy | length) of" +
		" \(length)" +
		(if ($busy | length) > length / 10
		 then ": **these figures are worth little**."
		 else "." end), "" end);

def build($all):
	["engine", "MB/s", "lowest to highest", "documents/s",
		"trawl, times as fast", "lowest to highest", "processor s",
		"peak MiB", "index, of input"] | head(1);
def build_row($all):
	figure(rate) as $rate | ratios($all) as $times
	| [.of.engine + if .of.case == "sample"
		then " (\(.of.documents) documents)" else "" end,
	   ($rate.middle | short), ($rate | range),
	   middle(.documents / .seconds), ($times.middle | short),
	   ($times | range), middle(.user + .system),
	   middle(.peak_kib / 1024), middle(.index_bytes / .bytes)] | row;

def change_head: ["what", "engine", "documents", "s", "lowest to highest",
	"trawl, times as fast", "processor s", "peak MiB"] | head(2);
def change_row($all):
	figure(.seconds) as $s
	| [(if .of.group == "add" then "add 1 %"
	    else "sync, nothing changed" end)
	   + if .of.case == "whole" then "" else " (\(.of.case))" end,
	   .of.engine, .of.documents, ($s.middle | short), ($s | range),
	   (ratios($all) | .middle | short), middle(.user + .system),
	   middle(.peak_kib / 1024)] | row;

# Rows are cases, columns engines: trawl's rate over theirs
def matrix($all):
	map(.of.engine) as $there
	| ([$there[] | select(. != "trawl")] | unique
		| sort_by(place(engines))) as $peers
	| (["trawl, times as fast as"] + $peers | head(1)),
	  (group_by(.of | order[2:6])[] | . as $case
	   | [$case[0].of.case] + [$peers[] as $p
		| first($case[] | select(.of.engine == $p)
			| ratios($all)
			| "\(.middle | short) (\(range))") // "-"]
	   | row), "";

def latency_head($what): ["case", "engine", $what, "lowest to highest",
	"p50 us", "p90 us", "p99 us", "trawl, times as fast"] | head(2);
def latency_row($all):
	figure(rate) as $rate
	| [.of.case, .of.engine, ($rate.middle | short), ($rate | range),
	   middle(.p50_us), middle(.p90_us), middle(.p99_us),
	   (ratios($all) | .middle | short)] | row;

def errors: map(.lines[] | .errors // 0) | add
	| if . > 0 then "**\(.) requests failed.**", "" else empty end;

# Rows are cases, columns engines: overlap, how many sets are equal, and how many
# of those with fewer than ten, where the order by weight does not count
def agreement:
	(map(.of.engine) | unique | sort_by(place(engines))) as $peers
	| (["overlap, equal sets, equal of fewer than ten"] + $peers | head(1)),
	  (group_by(.of | order[2:6])[] | . as $case
	   | [$case[0].of.case] + [$peers[] as $p
		| first($case[] | select(.of.engine == $p)
			| "\(figure(.overlap).middle | fixed(2)), " +
			  "\(figure(.equal).middle | fixed(2))" +
			  (figure(.short_equal)
			   | if . then ", \(.middle | fixed(2))" else "" end)
		  ) // "-"]
	   | row), "";

# Not $corpus: that would hide the function.
def in_group($name; $where): [.[]
	| select(.of.group == $name and (.of | corpus) == $where)];
def section($text; f): if length == 0 then empty else f end;

def sections($all; $name):
	$all
	| (in_group("build"; $name) | section(""; title("Indexing"; $name),
		plot(peers; "build-\($name)"; "Indexing: trawl against each"),
		build($all), (.[] | build_row($all)), "")),
	  (in_group("add"; $name) + in_group("sync"; $name) | section("";
		title("Updating"; $name),
		change_head, (.[] | change_row($all)), "")),
	  (in_group("search"; $name) | section("";
		title("Searching, in process, one thread"; $name),
		plot(peers; "search-\($name)"; "Searching: trawl against each"),
		(if peers then matrix($all) else empty end),
		plot(true; "latency-\($name)"; "Latencies of searching"),
		latency_head("queries/s"), (.[] | latency_row($all)), "")),
	  (in_group("agree"; $name) | section("";
		title("Agreement with trawl's ten best"; $name),
		agreement)),
	  (in_group("serve"; $name) | section("";
		title("Serving, over a socket"; $name),
		plot(true; "serve-\($name)"; "Latencies of serving"),
		errors,
		latency_head("requests/s"), (.[] | latency_row($all)), "",
		"Of an open loop, in which requests come at a fixed rate, the" +
		" last column is of p99.", ""));

def growing:
	growth as $all
	| if $all | length == 0 then empty else
	([$all[].points[][0]] | unique) as $sizes
	| "### Growth", "",
	  plot(any($all[]; .unit == "s"); "growth-time"; "Seconds as documents grow"),
	  plot(any($all[]; .unit == "us a query");
		"growth-search"; "Time of a query as documents grow"),
	  plot(any($all[]; .unit == "MiB"); "growth-memory"; "Memory as documents grow"),
	  "The exponent is that of the power law through the medians: 1.00 of a" +
	  " time is the same for each document, however many there are.", "",
	  (["what", "engine", ""] + ($sizes | map(tostring)) + ["exponent"]
		| head(3)),
	  ($all[] | . as $g
	   | ["\(.of.case), \(.what)", .of.engine, .unit]
	   + [$sizes[] as $n | first($g.points[] | select(.[0] == $n)
		| .[1].middle | short) // "-"]
	   + [(.points | map([.[0], .[1].middle]) | exponent
		| if . == null then "-" else fixed(2) end)] | row), "" end;

. as $result
| measurements(.lines[] | select(.group != "growth")) as $all
| machine,
  ([$all[].of | corpus] | unique | sort_by(. != "generated", .)[] as $name
	| sections($all; $name)),
  growing

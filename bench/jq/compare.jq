# SPDX-License-Identifier: GPL-2.0-or-later
# compare.jq - a result (--slurpfile before) and a later one, as Markdown
include "stats";

# The figures of a line that are compared, and whether less of them is better.
def compared:
	if .group == "search" or .group == "serve" then
		{what: "a second", value: rate, less: false},
		{what: "p99 us", value: .p99_us, less: true}
	elif .group == "agree" then
		{what: "overlap", value: .overlap, less: false},
		{what: "equal sets", value: .equal, less: false}
	elif .group == "growth" and .queries then
		{what: "us a query", value: (.seconds * 1e6 / .queries), less: true}
	else
		{what: "seconds", value: .seconds, less: true},
		{what: "peak KiB", value: .peak_kib, less: true},
		(if .group == "build" then
			{what: "index bytes", value: .index_bytes, less: true}
		 else empty end)
	end | select(.value != null);

# [{id, of, what, less, spread}, ...] of a result
def figures:
	[.lines[] | . as $line | compared | . + {of: $line}]
	| group_by([(.of | key), .what])
	| map({id: [(.[0].of | key), .[0].what], of: .[0].of, what: .[0].what,
		less: .[0].less, spread: (map(.value) | spread)});

# A change within the rounds' own spread is noise; of one round each, nothing is
# known of it.
def judged:
	(.a | percent) as $pa | (.b | percent) as $pb
	| . + {pa: $pa, pb: $pb}
	| (if .a.middle == 0 then (if .b.middle == 0 then 0 else 1e9 end)
	   else 100 * (.b.middle - .a.middle) / .a.middle end) as $change
	| . + {change: $change,
	   verdict: (if $change == 0 then "same"
		elif .a.n < 2 and .b.n < 2 then "one round"
		elif ($change | fabs) <= ([$pa, $pb] | max) then "noise"
		elif ($change < 0) == .less then "**better**"
		else "**worse**" end)};

def signed: (if . > 0 then "+" else "" end) + fixed(1);
def row: "| " + (map(tostring) | join(" | ")) + " |";
def count($all; $verdict): [$all[] | select(.verdict == $verdict)] | length;

# What of the machines is not the same, for then the rest means little
def differ($b): [.machine, $b.machine] | . as [$x, $y]
	| ($x + $y | keys_unsorted[]) as $k
	| select($x[$k] != $y[$k])
	| "Not the same \($k): \($x[$k]) and \($y[$k]).";

$before[0] as $a | . as $b
| ($a | figures | map({key: (.id | tojson), value: .}) | from_entries) as $old
| ($b | figures) as $new
| [$new[] | $old[.id | tojson] as $was | select($was != null)
   | . + {a: $was.spread, b: .spread} | judged] as $both
| "\($a.date) (\($a.revision)) and \($b.date) (\($b.revision))", "",
  ([$a | differ($b)] | if length > 0 then .[], "" else empty end),
  (["group", "engine", "case", "documents", "figure", "before", "after",
    "change %", "spread before %", "spread after %", ""] | row),
  "|---|---|---|--:|---|--:|--:|--:|--:|--:|---|",
  ($both | sort_by(.of | order)[]
   | [.of.group + (if (.of | corpus) == "generated" then ""
	else " (\(.of | corpus))" end), .of.engine, .of.case, .of.documents,
      .what, (.a.middle | short), (.b.middle | short), (.change | signed),
      (.pa | fixed(1)), (.pb | fixed(1)), .verdict] | row),
  "",
  "\($both | length) figures: \(count($both; "**better**")) better, " +
  "\(count($both; "**worse**")) worse, \(count($both; "noise")) noise, " +
  "\(count($both; "same")) the same, \(count($both; "one round")) of one round; " +
  "\(($new | length) - ($both | length)) only after, " +
  "\(($old | length) - ($both | length)) only before"

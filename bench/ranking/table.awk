# SPDX-License-Identifier: GPL-2.0-or-later
# bench/rank's rows as a table: name, measure, queries, Lucene's figure, trawl's
# and p; that of bm25, trawl's and p; trawl's, trawl2's and p.  -v markdown=1
# for Markdown.

function figure(x) {
	return x == "-" ? "-" : substr(sprintf("%.3f", x), x < 1 ? 2 : 1)
}

# A sign where figure b differs from a; v before it where it is worse.
function mark(a, b, p, sign) {
	return p != "-" && p < 0.05 ? (b < a ? "v" : "") sign : ""
}

function cells(a, b, c, d, e, f, g) {
	if (markdown)
		printf "| %s | %s | %s | %s | %s | %s | %s |\n", a, b, c, d, e, f, g
	else
		printf "%-27s %7s %-8s %9s %6s  %-8s %-8s\n", a, b, c, d, e, f, g
}

NR == 1 {
	cells("collection", "queries", "measure", "Lucene 8", "bm25", "trawl", "trawl2")
	if (markdown)
		print "|---|---|---|---|---|---|---|"
}

{
	cells($1, $3, $2, figure($4), figure($7), \
		figure($8) mark($7, $8, $9, "*") mark($4, $5, $6, "+"), \
		figure($11) mark($10, $11, $12, "*"))
}

END {
	print ""
	print "Better with p < 0.05 (paired randomisation test): `*` than the column before, `+` than"
	print "Lucene.  `v*` and `v+`: worse."
}

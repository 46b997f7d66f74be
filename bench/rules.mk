# What the bench adds to the Makefile.
#
# make bench            the whole bench, a result in bench/results
# make bench-quick      a small one
# make bench-rank       how well it ranks, beside Lucene; into doc/ranking.md
# make bench-deps       install the other engines, jq and gnuplot
# make profile-index    where the processor's time goes: building, searching
# make profile-search

# The driver of SQLite wants SQLite.
benches   = $(patsubst bench/%.c,$O/bench/%,$(filter-out $\
            $(if $(sqlite_libs),,bench/fts5.c bench/fts5_search.c),$(wildcard bench/*.c)))

$O/bench/%: $O/bench/%.o $(unit_o) $O/lib/xap.o
	$(link) -o $@ $^ $(unit_libs)

# What makes and what reads documents is no part of what is measured.
$O/bench/generate: $O/bench/generate.o $(call obj,$(wildcard bench/corpus/*.c)) \
                   $O/lib/stem.o $O/lib/status.o $(base_o)
	$(link) -o $@ $^ -lstemmer -lm

$O/bench/load: $O/bench/load.o $(call obj,$(wildcard bench/wire/*.c)) $(base_o)
	$(link) -o $@ $^ $(call pc,--libs,libevent_core)

$O/bench/queries: $O/bench/queries.o $(call obj,$(wildcard bench/drawn/*.c)) \
                  $O/lib/stopwords.o $(base_o)
	$(link) -o $@ $^ $(call pc,--libs,jansson)

$O/bench/search $O/bench/fts5_search: $O/bench/drawn/cases.o
$O/bench/fts5 $O/bench/fts5_search $O/bench/convert: $O/bench/%: $O/bench/%.o $(base_o)
	$(link) -o $@ $^ $(call pc,--libs,jansson) $(sqlite_libs)

bench-deps:
	$Q./config/deps bench

# Made anew: what could not be built may be so once the packages are there.
bench bench-quick: bench-deps
	$Q$(MAKE) --no-print-directory run-$@

run-bench run-bench-quick: all $(benches)
	$Q./bench/run $O $(patsubst run-bench-%,%,$(filter-out run-bench,$@))

# What is not there is skipped, and that is said.
bench-rank: all
	$Q./bench/rank $O

profile-index profile-search: all $(benches)
	$Q./bench/profile $O $(@:profile-%=%)

.PHONY: bench bench-quick bench-rank bench-deps run-bench run-bench-quick
.PHONY: profile-index profile-search

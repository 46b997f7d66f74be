# make deps     install what is missing from Debian's packages
# make          build the programs and the library into build/
# make check    install what is missing, build, run every test
# make demo     the same, then index the sample corpus and search it
# make deps-web a browser, for the tests of the search page; make screenshots
# make lint     layout, the include law, the promises that grep can keep
# make fuzz     run the fuzzers, FUZZ_SECONDS each
# make bench    trawl beside other engines; bench-quick, profile-...: bench/README
# make install  PREFIX= DESTDIR=;  make clean
# SAN=address,undefined or SAN=thread builds apart; V=1 shows the commands.

VERSION   = 0.1.0
SOVERSION = 0
PREFIX   ?= /usr/local
CFLAGS   ?= -O2 -g
CXXFLAGS ?= $(CFLAGS)
LIBDIR   ?= $(PREFIX)/lib
OBJCOPY  ?= objcopy
FUZZ_SECONDS ?= 60

O         = build$(if $(SAN),-$(SAN))
# One name for one folder: what depends on headers is listed by name.
override O := $(patsubst $(CURDIR)/%,%,$O)
Q         = $(if $(V),,@)
SANFLAGS  = $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer)
WERROR    = $(if $(filter 1,$(WERROR_OFF)),,-Werror)
WARN      = -Wall -Wextra $(WERROR) -Wshadow -Wstrict-prototypes -Wvla \
            -Wmissing-prototypes -Wwrite-strings -Wformat=2
CXXWARN   = -Wall -Wextra $(WERROR) -Wshadow
HARDEN    = -fstack-protector-strong $(if $(SAN),,-D_FORTIFY_SOURCE=2)

.DELETE_ON_ERROR:
.SUFFIXES:

# The include law.  A folder sees what its -I list says, and nothing else.
inc_base    = -Ibase
inc_lib     = -Iinclude -Ibase -Ilib -Ilib/news
inc_indexer = -Iinclude -Ibase -Iindexer
inc_client  = -Iinclude -Ibase -Iclient
inc_wire    = -Iinclude -Iclient/lib
inc_daemon  = -Iinclude -Ibase -Idaemon
inc_unit    = -Iinclude -Ibase -Ilib -Ilib/news -Iindexer -Iclient -Idaemon -Iclient/lib \
              -Itests
inc_fuzz    = $(inc_unit)
inc_bench   = $(inc_unit)
inc_api     = -Iinclude
area        = $(if $(filter client/lib/%,$1),wire,$(if $(filter tests/%,$1),$\
              $(word 2,$(subst /, ,$1)),$(firstword $(subst /, ,$1))))

# What is not a program's main() is a module, and its file is listed by name.
mains     = indexer/trawl-index.c daemon/trawld.c client/trawl.c client/trawl-eval.c
modules   = $(filter-out $(mains),$(wildcard $1/*.c))
obj       = $(patsubst %,$O/%.o,$(basename $1))
base_o    = $(call obj,$(call modules,base))
lib_o     = $(call obj,$(call modules,lib) $(call modules,lib/news)) $O/lib/xap.o
indexer_o = $(call obj,$(call modules,indexer))
client_o  = $(call obj,$(call modules,client))
wire_o    = $(call obj,$(call modules,client/lib))
daemon_o  = $(call obj,$(call modules,daemon))
programs  = $(patsubst %,$O/%,$(basename $(notdir $(wildcard $(mains)))))
unit      = $(patsubst tests/unit/%.c,$O/unit/%,$(wildcard tests/unit/*.c))
api       = $(patsubst tests/api/%.c,$O/api/%,$(wildcard tests/api/*.c))
fuzzers   = $(patsubst tests/fuzz/%.c,$O/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))

comma    := ,
pc        = $(shell pkg-config $1 $2 2>/dev/null)
lib_pc    = xapian-core libutf8proc libxxhash jansson libdeflate zlib libexttextcat
indexer_pc = jansson libxml-2.0 libarchive uchardet
lib_libs  = $(call pc,--libs,$(lib_pc)) -lstemmer -linih -lpthread -lm
indexer_libs = $(call pc,--libs,$(indexer_pc)) -lpthread
# libseccomp and libsystemd are used where they are.
daemon_pc = libevent_core jansson libdeflate libxxhash $(foreach p,libseccomp libsystemd,$\
            $(if $(call pc,--modversion,$p),$p))
daemon_libs = $(call pc,--libs,$(daemon_pc)) -linih
client_libs = $(call pc,--libs,libutf8proc jansson libedit)
sqlite_libs := $(call pc,--libs,sqlite3)
have      = $(if $(filter libseccomp,$(daemon_pc)),-DHAVE_SECCOMP) \
            $(if $(filter libsystemd,$(daemon_pc)),-DHAVE_SYSTEMD)
PC_CFLAGS := $(call pc,--cflags,$(lib_pc) $(indexer_pc) $(daemon_pc)) $(have)

all: $O/libtrawl.so $O/libtrawl.a $O/libtrawl-client.so $O/libtrawl-client.a $(programs)

compile   = -MMD -MP -fPIC -fvisibility=hidden $(HARDEN) $(SANFLAGS) \
            $(PC_CFLAGS) $(inc_$(call area,$<))

$O/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC   $<'
	$Q$(CC) -std=c11 -D_GNU_SOURCE $(WARN) $(if $(filter tests/api/%,$<),, \
	  -include base/banned.h) $(CFLAGS) $(CPPFLAGS) $(compile) -c -o $@ $<

$O/%.o: %.cc
	@mkdir -p $(@D)
	@echo '  CXX  $<'
	$Q$(CXX) -std=c++17 $(CXXWARN) $(CXXFLAGS) $(CPPFLAGS) $(compile) -c -o $@ $<

# What browsers get is part of trawld, as it is and compressed.
web = $(wildcard daemon/web/*)

$O/daemon/web_files.o: $(web) $(web:%=$O/%.gz)
$O/daemon/web_files.o: inc_daemon += -DWEB='"daemon/web"' \
  -DWEB_GZ='"$O/daemon/web"' \
  -DWEB_VERSION='"$(shell cat $(web) | sha256sum | cut -c1-12)"'

$O/daemon/web/%.gz: daemon/web/%
	@mkdir -p $(@D)
	@echo '  GZIP $<'
	$Qgzip -9nc $< >$@

$O/lib/news/textcat.o: CPPFLAGS += \
  -DTEXTCAT_FINGERPRINTS='"$(call pc,--variable=pkgdatadir,libexttextcat)"'

# The shim once more, with a hook at every entry, for the test that throws.
$O/lib/xap-faults.o: lib/xap.cc
	@mkdir -p $(@D)
	@echo '  CXX  $< (faults)'
	$Q$(CXX) -std=c++17 -DXAP_FAULTS $(CXXWARN) $(CXXFLAGS) $(CPPFLAGS) \
	  $(compile) -c -o $@ $<

link = @mkdir -p $(@D); echo '  LD   $@'; $(CXX) $(LDFLAGS) $(SANFLAGS)
ifdef V
link = @mkdir -p $(@D); set -x; $(CXX) $(LDFLAGS) $(SANFLAGS)
endif

$O/libtrawl.so.$(SOVERSION): $(base_o) $(lib_o) lib/trawl.map
	$(link) -shared -Wl,--version-script=lib/trawl.map -Wl,-z,relro,-z,now \
	  -Wl,-soname,libtrawl.so.$(SOVERSION) -o $@ $(filter %.o,$^) $(lib_libs)

$O/libtrawl.so: $O/libtrawl.so.$(SOVERSION)
	$Qln -sf $(<F) $@

# One object, whose hidden names a program may have, too.
archive = @echo '  AR   $@'; rm -f $@ && $(LD) -r -o $@.o $^ && \
          $(OBJCOPY) --localize-hidden $@.o && $(AR) rcs $@ $@.o

$O/libtrawl.a: $(base_o) $(lib_o)
	$(archive)

$O/libtrawl-client.so.$(SOVERSION): $(wire_o) client/lib/trawl-client.map
	$(link) -shared -Wl,--version-script=client/lib/trawl-client.map \
	  -Wl,--as-needed -Wl,-z,relro,-z,now -Wl,-soname,$(@F) -o $@ $(filter %.o,$^)

$O/libtrawl-client.so: $O/libtrawl-client.so.$(SOVERSION)
	$Qln -sf $(<F) $@

$O/libtrawl-client.a: $(wire_o)
	$(archive)

# Run from build/ as they are, and from PREFIX/bin once installed.
rpath = -L$O -ltrawl '-Wl,-rpath,$$ORIGIN:$$ORIGIN/../lib'

$O/trawl-index: $O/indexer/trawl-index.o $(indexer_o) $(base_o) $O/libtrawl.so
	$(link) -o $@ $(filter %.o,$^) $(rpath) $(indexer_libs)

$O/trawld: $O/daemon/trawld.o $(daemon_o) $(base_o) $O/libtrawl.so
	$(link) -o $@ $(filter %.o,$^) $(rpath) $(daemon_libs)

$O/trawl: $O/client/trawl.o $(client_o) $(base_o) $O/libtrawl.so $O/libtrawl-client.so
	$(link) -o $@ $(filter %.o,$^) $(rpath) -ltrawl-client $(client_libs)

$O/trawl-eval: $O/client/trawl-eval.o $(client_o) $(base_o) $O/libtrawl.so $O/libtrawl-client.so
	$(link) -o $@ $(filter %.o,$^) $(rpath) -ltrawl-client -lm $(client_libs)

# Unit tests see every module; the shim's test has the shim with faults.
unit_o = $(base_o) $(filter-out $O/lib/xap.o,$(lib_o)) $(indexer_o) $(client_o) \
         $(daemon_o) $(wire_o)
unit_libs = $(lib_libs) $(indexer_libs) $(daemon_libs) $(client_libs) -lm

$O/unit/%: $O/tests/unit/%.o $(unit_o) $O/lib/xap.o
	$(link) -o $@ $^ $(unit_libs) -lcmocka

$O/unit/xap: $O/tests/unit/xap.o $O/tests/unit/xap_throw.o $(unit_o) $O/lib/xap-faults.o
	$(link) -o $@ $^ $(unit_libs) -lcmocka

# The allocations of our objects, and of no library, can be made to fail.
$O/unit/oom $O/unit/client_nomem $O/unit/posting_run_nomem $O/unit/copies_nomem \
$O/unit/name_nomem $O/unit/news_nomem: LDFLAGS += $(patsubst %,-Wl$(comma)--wrap=%,malloc calloc \
                        realloc aligned_alloc strdup)

include bench/rules.mk

$O/api/%: $O/tests/api/%.o $O/libtrawl.so $O/libtrawl-client.so
	$(link) -o $@ $(filter %.o,$^) -L$O -ltrawl -ltrawl-client '-Wl,-rpath,$$ORIGIN/..' -lcmocka

# Replays its corpus in make check; make fuzz builds it with clang's fuzzer.
$O/fuzz/%: $O/tests/fuzz/%.o $O/tests/fuzz/replay.o $(unit_o) $O/lib/xap.o
	$(link) -o $@ $^ $(unit_libs)

check: deps
	$Q$(MAKE) --no-print-directory run-tests

# The scripts first: they take longest, and short tests fill what is left.
run-tests: all $(unit) $(api) $(fuzzers) $O/bench/generate $O/bench/queries
	$Q./tests/run $O $(wildcard tests/cli/*.sh) $(unit) $(api) $(fuzzers)

demo: deps
	$Q$(MAKE) --no-print-directory all
	$Q./tests/demo $O

deps:
	$Q./config/deps $(DEPS)

deps-web:
	$Q./config/deps web
	$Qcd tests/web && { [ node_modules -nt package-lock.json ] || npm ci --silent || { \
	  echo "deps-web: tests/web: npm ci fails: is npm's registry reachable?" >&2; exit 1; }; } && \
	touch node_modules

screenshots: deps deps-web all
	@mkdir -p doc/web
	$QROOT=$(CURDIR) O=$(abspath $O) SCREENSHOTS=$(CURDIR)/doc/web sh tests/cli/88-web.sh

lint:
	$Q./tests/lint

fuzz:
	$Q./tests/fuzz/run $(FUZZ_SECONDS)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/include \
	  $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(PREFIX)/share/man/man1 \
	  $(DESTDIR)$(PREFIX)/share/man/man3 $(DESTDIR)$(PREFIX)/share/man/man5 \
	  $(DESTDIR)$(PREFIX)/share/man/man8 $(DESTDIR)$(PREFIX)/share/doc/trawl \
	  $(DESTDIR)$(PREFIX)/lib/systemd/system
	install $(programs) $(DESTDIR)$(PREFIX)/bin
	install -m 644 include/trawl.h include/trawl_client.h $(DESTDIR)$(PREFIX)/include
	for lib in trawl trawl-client; do \
	  install $O/lib$$lib.so.$(SOVERSION) $(DESTDIR)$(LIBDIR) && \
	  ln -sf lib$$lib.so.$(SOVERSION) $(DESTDIR)$(LIBDIR)/lib$$lib.so && \
	  install -m 644 $O/lib$$lib.a $(DESTDIR)$(LIBDIR) && \
	  sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@VERSION@|$(VERSION)|' \
	    config/$$lib.pc.in > $(DESTDIR)$(LIBDIR)/pkgconfig/$$lib.pc || exit; done
	for n in 1 3 5 8; do install -m 644 doc/*.$$n \
	  $(DESTDIR)$(PREFIX)/share/man/man$$n || exit; done
	install -m 644 config/schema.example config/trawld.conf README.md LICENSE doc/*.md \
	  $(DESTDIR)$(PREFIX)/share/doc/trawl
	install -d $(DESTDIR)$(PREFIX)/share/doc/trawl/performance
	install -m 644 doc/performance/*.svg $(DESTDIR)$(PREFIX)/share/doc/trawl/performance
	install -m 644 client/lib/LICENSE $(DESTDIR)$(PREFIX)/share/doc/trawl/LICENSE.MIT
	for unit in service socket; do sed 's|/usr/bin/|$(PREFIX)/bin/|' config/trawld.$$unit \
	  > $(DESTDIR)$(PREFIX)/lib/systemd/system/trawld.$$unit || exit; done
	case $(DESTDIR)$(LIBDIR) in /usr/*) ldconfig ;; esac

clean:
	rm -rf build build-*

.PHONY: all check run-tests demo deps deps-web screenshots lint fuzz install clean
.SECONDARY:
-include $(shell find $O -name '*.d' 2>/dev/null)

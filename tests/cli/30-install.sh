#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# An installed copy: its programs run, strangers compile and link against it.
. "$ROOT/tests/lib.sh"
PATH=$O:$PATH
cd "$TMP" || exit 1

# Nothing is built here, whatever the caller's make was told.
install_to() {
	run env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES \
		-u LIBDIR make -s -C "$ROOT" -o all O="${O#"$ROOT/"}" "$@" install
	is "make install $*" "$status $err" "0 "
}
state() {
	find "$O" -type f -exec stat -c '%n %Y %s' {} + | sort | cksum
}
CC=${CC:-cc} CXX=${CXX:-c++}
version=$(sed -n 's/^#define TRAWL_VERSION "\(.*\)"/\1/p' \
	"$ROOT/include/trawl.h")
before=$(state)

install_to DESTDIR="$TMP/stage" PREFIX=/opt/trawl
pc=stage/opt/trawl/lib/pkgconfig/trawl.pc
like "trawl.pc has PREFIX, not DESTDIR" "$(cat $pc)" '^prefix=/opt/trawl$'
unlike "trawl.pc is filled in" "$(cat $pc)" '@'
is "DESTDIR holds PREFIX alone" \
	"$(cd stage && echo ./* ./opt/*)" "./opt ./opt/trawl"

prefix=$TMP/inst
install_to DESTDIR= PREFIX="$prefix"
is "nothing was built" "$(state)" "$before"

for program in trawl trawl-index trawl-eval; do
	run "$prefix/bin/$program" --help
	is "bin/$program runs" "$status" 0
done
is "with the library beside it" \
	"$(ldd "$prefix/bin/trawl" |
	sed -n 's/.*libtrawl.so.0 => \(.*\) (.*/\1/p' | xargs -r realpath)" \
	"$(realpath "$prefix/lib/libtrawl.so.0")"
for page in "$ROOT"/doc/*.[1-8]; do
	name=${page##*/}
	cmp "$page" "$prefix/share/man/man${name##*.}/$name"
	is "$name" $? 0
done
for file in include/trawl.h lib/libtrawl.so lib/libtrawl.so.0 lib/libtrawl.a \
	include/trawl_client.h lib/libtrawl-client.so lib/libtrawl-client.so.0 \
	lib/libtrawl-client.a share/doc/trawl/query.md share/doc/trawl/LICENSE \
	share/doc/trawl/LICENSE.MIT; do
	[ -s "$prefix/$file" ]
	is "$file" $? 0
done
is "soname" \
	"$(objdump -p "$prefix/lib/libtrawl.so" |
	awk '$1 == "SONAME" { print $2 }')" libtrawl.so.0

# A header, alone
for header in trawl.h trawl_client.h; do
	printf '#include <%s>\nint nothing;\n' $header >alone.c
	cp alone.c alone.cc
	run "$CC" -std=c11 -pedantic -Wall -Wextra -Werror -fsyntax-only \
		-I"$prefix/include" alone.c
	is "$header alone, as C11" "$err" ""
	run "$CXX" -std=c++11 -pedantic -Wall -Wextra -Werror -fsyntax-only \
		-I"$prefix/include" alone.cc
	is "$header alone, as C++" "$err" ""
done

# The examples, as a stranger compiles them
if sanitized; then
	skip "examples with the installed library" "built with sanitizers"
	finish
fi
if ! command -v pkg-config >/dev/null; then
	skip "examples with the installed library" "no pkg-config"
	finish
fi
PKG_CONFIG_PATH=$prefix/lib/pkgconfig
export PKG_CONFIG_PATH
is "pkg-config --modversion" \
	"$(pkg-config --modversion trawl trawl-client | uniq)" "$version"

trawl-index build --quiet ix "$ROOT/tests/data/news" || bail "cannot build an index"
# shellcheck disable=SC2046 # flags
compile() {
	run "$CC" -Wall -Wextra -Werror -o "$1" "$2" \
		$(pkg-config --cflags --libs "${3:-trawl}") \
		"-Wl,-rpath,$prefix/lib"
	is "$1 compiles and links" "$err" ""
}
compile hello "$ROOT/tests/api/01-hello.c"
./hello ix "storm surge" >hello.out
is "hello runs" $? 0
like "hello finds what it should" "$(cat hello.out)" '^# 1. Storm surge breaks over Harwick quay and floods 240 homes '

# The example of a man page
example() {
	awk '/^#include/ { on = 1 } /^\.Ed/ { on = 0 } on' "$1" |
		sed 's/\\e/\\/g; s/\\&//g; s/\\-/-/g'
}
example "$ROOT/doc/trawl.3" >page.c
compile page page.c
is "the example of trawl(3) prints the same" \
	"$(./page ix "storm surge")" "$(cat hello.out)"

compile ask "$ROOT/tests/api/client_hello.c" trawl-client
example "$ROOT/doc/trawl_client.3" >ask-page.c
compile ask-page ask-page.c trawl-client
run env O="$prefix/bin" ./ask
is "ask runs, with the installed trawld" "$status" 0
serve --listen "unix:$TMP/sock" ix
./ask "unix:$TMP/sock" "storm surge" >ask.out
like "ask finds what it should" "$(cat ask.out)" \
	'^# {"rank":1,"id":"harbour-post/storm-surge-harwick-quay.txt",'
is "the example of trawl_client(3) prints the same" \
	"$(./ask-page "unix:$TMP/sock" "storm surge")" "$(cat ask.out)"
unserve

# Linked statically, where trawl.pc names all that it needs
mkdir static
cp "$prefix/lib/libtrawl.a" static
# shellcheck disable=SC2046 # flags
run "$CC" -o hello-static "$ROOT/tests/api/01-hello.c" \
	$(pkg-config --cflags trawl) -Lstatic \
	$(pkg-config --static --libs trawl | sed "s|-L$prefix/lib||")
is "pkg-config --static" "$err" ""
is "hello, linked statically, prints the same" \
	"$(./hello-static ix "storm surge")" "$(cat hello.out)"
finish

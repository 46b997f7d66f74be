#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Formats and encodings, from the file to the dump.
. "$ROOT/tests/lib.sh"

cd "$TMP" || exit 1
# is_doc NAME FILE WANTED: the document without its id
is_doc() {
	ix build --quiet one.ix "$2" >out 2>err
	is "$1" "$(ix dump one.ix | sed 's/^{"id":"[^"]*",/{/')" "$3"
	rm -rf one.ix
}

cat >page.html <<'END'
<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">
<title>Flood &amp; fog</title><meta name="author" content="Jo Eide">
<meta property="article:published_time" content="2031-03-12T18:25:00+00:00">
<meta name="description" content="In brief"><meta property="og:site_name"
content="Harbour Post"><link rel="canonical" href="https://x.example/f">
<script>var quince = 1;</script></head><body><nav>menu</nav>
<h1>Flood</h1><p>The <b>quay</b> is under water.</p><p hidden>medlar</p>
</body></html>
END
is_doc "HTML" page.html '{"title":"Flood & fog","description":"In brief",'\
'"date":"2031-03-12T18:25:00+00:00","author":"Jo Eide","lang":"en",'\
'"url":"https://x.example/f","source":"Harbour Post",'\
'"text":"Flood\n\nThe quay is under water."}'
cp page.html page
like "HTML by its content" "$(ix build --quiet c.ix page && ix dump c.ix)" \
	'"title":"Flood & fog"'
ix build --quiet --format text t.ix page.html
like "--format text" "$(ix dump t.ix)" '<title>Flood &amp; fog'

printf '%s\n' --- 'title: Front' 'date: 2031-03-12' --- '# Head' '' \
	'Some *text*.' >note.md
is_doc "Markdown" note.md \
	'{"title":"Front","date":"2031-03-12","text":"Head\n\nSome text.\n"}'
printf 'Just text.\n' >plain.txt
is_doc "text" plain.txt '{"text":"Just text.\n"}'
ix build --quiet --format jsonl j.ix lines.dat 2>err
echo '{"id":"a","text":"t"}' >lines.dat
ix build --quiet --format jsonl j.ix lines.dat
is "--format jsonl" "$(ix dump j.ix)" '{"id":"a","text":"t"}'

printf 'caf\351 \223x\224' >latin.html
printf '<meta charset=iso-8859-1><p>caf\351 \223x\224' >latin.html
is_doc "a declared charset" latin.html '{"text":"café “x”"}'
printf '\377\376h\000\351\000' >wide.txt
is_doc "UTF-16" wide.txt '{"text":"hé"}'
printf '\357\273\277text' >marked.txt
is_doc "a byte order mark" marked.txt '{"text":"text"}'

cat >all.jsonl <<'END'
{"id":"a","title":"T","text":"t","topic":["x","y"],"n":1.5,"ok":true,"o":{"k":[1]},"none":null,"url":"https://x.example/"}
END
is_doc "JSON Lines" all.jsonl '{"title":"T","topic":["x","y"],"n":1.5,'\
'"ok":true,"o":{"k":[1]},"url":"https://x.example/","text":"t"}'
finish

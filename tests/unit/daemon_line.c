/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * daemon/line: bytes to requests
 *
 * A case is bytes and the events that they are, a line an event:
 *
 *	[#tag] VERB key=[value] ...	request
 *	[#tag] ERR 503 text		error
 *	[#tag] FATAL 512 text		the same, and nothing further is read
 *	...				the bytes end inside a request
 *
 * Every case is read whole, split at every place, and a byte at a time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "buf.h"
#include "line.h"
#include "utf8.h"

enum {
	MAX_LINE = 64,
	MAX_LITERAL = 20,
	EVENTS_MAX = 1 << 20
};

static const struct line_limits usual = { MAX_LINE, MAX_LITERAL };

struct feed {
	struct line_reader reader;
	struct buf kept;   /* bytes that were not taken */
	struct buf events; /* as above */
	bool fatal;
};

static void add_request(struct buf *out, const struct line_request *rq)
{
	if (*rq->tag)
		buf_addf(out, "#%s ", rq->tag);
	buf_adds(out, rq->verb->name);
	for (size_t i = 0; i < rq->noptions; i++) {
		const struct line_option *o = &rq->option[i];

		assert_int_equal(o->len, strlen(o->value));
		assert_int_equal(utf8_valid(o->value, o->len), o->len);
		assert_ptr_equal(line_value(rq, o->key), o->value);
		buf_addf(out, " %s=[%s]", o->key, o->value);
	}
	buf_addc(out, '\n');
}

static void add_error(struct buf *out, const struct line_error *err,
		      const char *how)
{
	assert_int_equal(strcspn(err->text, "\r\n\t\x1b"), strlen(err->text));
	if (*err->tag)
		buf_addf(out, "#%s ", err->tag);
	buf_addf(out, "%s %u %s\n", how, (unsigned)err->code, err->text);
}

static enum line_event next_event(struct feed *f, char *data, size_t n,
				  size_t *used)
{
	struct line_request rq;
	struct line_error err;
	enum line_event event = line_next(&f->reader, data, n, used, &rq, &err);

	assert_in_range(*used, 0, n);
	if (event == LINE_REQUEST)
		add_request(&f->events, &rq);
	else if (event != LINE_MORE)
		add_error(&f->events, &err,
			  event == LINE_FATAL ? "FATAL" : "ERR");
	f->fatal = event == LINE_FATAL;
	return event;
}

/* More bytes have come: in memory of their very size, so that a tool sees. */
static void feed(struct feed *f, const char *bytes, size_t n)
{
	enum line_event event = LINE_REQUEST;
	size_t used;
	char *data, *at;

	if (f->fatal)
		return;
	buf_add(&f->kept, bytes, n);
	n = f->kept.len;
	data = at = malloc(n + !n);
	assert_non_null(data);
	memcpy(data, f->kept.data, n);
	while (event != LINE_MORE && !f->fatal) {
		event = next_event(f, at, n, &used);
		assert_true(used || event == LINE_MORE);
		at += used;
		n -= used;
	}
	buf_reset(&f->kept);
	buf_add(&f->kept, at, n);
	free(data);
}

static void feed_init(struct feed *f, struct line_limits limits)
{
	memset(f, 0, sizeof(*f));
	buf_init(&f->kept, EVENTS_MAX);
	buf_init(&f->events, EVENTS_MAX);
	line_reader_init(&f->reader, limits);
}

static char *feed_end(struct feed *f)
{
	if (!f->fatal && line_pending(&f->reader, f->kept.len))
		buf_adds(&f->events, "...\n");
	buf_release(&f->kept);
	return buf_detach(&f->events);
}

/* Pieces of step bytes after a first one of split bytes. */
static char *events_of(struct line_limits limits, const char *bytes, size_t n,
		       size_t split, size_t step)
{
	struct feed f;

	feed_init(&f, limits);
	feed(&f, bytes, split);
	for (size_t at = split; at < n; at += step)
		feed(&f, bytes + at, step < n - at ? step : n - at);
	return feed_end(&f);
}

static void check(struct line_limits limits, const char *bytes, size_t n,
		  const char *wanted)
{
	char *got = events_of(limits, bytes, n, n, 1);

	assert_string_equal(got, wanted);
	free(got);
	for (size_t split = 0; split <= n; split++) {
		got = events_of(limits, bytes, n, split, n);
		assert_string_equal(got, wanted);
		free(got);
	}
	for (size_t step = 1; step <= 3; step++) {
		got = events_of(limits, bytes, n, 0, step);
		assert_string_equal(got, wanted);
		free(got);
	}
}

struct line_case {
	const char *bytes;
	size_t n;
	const char *events;
};

#define CASE(bytes, events)                                                    \
	{                                                                      \
		bytes, sizeof(bytes) - 1, events                               \
	}
#define SKIPS(event) event "\nPING\n"

/* clang-format off */
static const struct line_case requests[] = {
	CASE("", ""),
	CASE("PING\n", "PING\n"),
	CASE("PING\r\n", "PING\n"),
	CASE("ping\npInG\r\nPING\n", "PING\nPING\nPING\n"),
	CASE("\n\r\n   \n \r\nPING\n\n\n", "PING\n"),
	CASE("  PING  \r\n", "PING\n"),
	CASE("PIN", "...\n"),
	CASE("PING", "...\n"),
	CASE("PING\r", "...\n"),
	CASE("PING\n\r", "PING\n...\n"),
	CASE("SEARCH\n", "SEARCH\n"),
	CASE("SEARCH :climate summit\n", "SEARCH q=[climate summit]\n"),
	CASE("SEARCH q=climate\n", "SEARCH q=[climate]\n"),
	CASE("SEARCH q=a%20b%2525\n", "SEARCH q=[a b%25]\n"),
	CASE("SEARCH q=%c3%A9\n", "SEARCH q=[\xC3\xA9]\n"),
	CASE("SEARCH q=%7B5}\n", "SEARCH q=[{5}]\n"),
	CASE("SEARCH q=%0A%09%7F\n", "SEARCH q=[\n\t\x7F]\n"),
	CASE("SEARCH :\n", "SEARCH q=[]\n"),
	CASE("SEARCH q=\n", "SEARCH q=[]\n"),
	CASE("SEARCH sort= limit=3\n", "SEARCH sort=[] limit=[3]\n"),
	CASE("SEARCH  limit=3   sort=-date  :a  b \n",
	     "SEARCH limit=[3] sort=[-date] q=[a  b]\n"),
	CASE("SEARCH :100%41 a=b q={3} :x\n", "SEARCH q=[100%41 a=b q={3} :x]\n"),
	CASE("SEARCH : a\tb\n", "SEARCH q=[ a\tb]\n"),
	CASE("SEARCH sort=a=b\n", "SEARCH sort=[a=b]\n"),
	CASE("SEARCH sort=a:b in=:c\n", "SEARCH sort=[a:b] in=[:c]\n"),
	CASE("SEARCH fields={a} in={ sort=} rev={}\n",
	     "SEARCH fields=[{a}] in=[{] sort=[}] rev=[{}]\n"),
	CASE("SEARCH :\xC3\xA9t\xC3\xA9 \xF0\x9F\x98\x80\n",
	     "SEARCH q=[\xC3\xA9t\xC3\xA9 \xF0\x9F\x98\x80]\n"),
	CASE("GET id=004.txt\n", "GET id=[004.txt]\n"),
	CASE("GET id=a%2Fb fmt=json\n", "GET id=[a/b] fmt=[json]\n"),
	CASE("AUTH :secret\nQUIT\n", "AUTH q=[secret]\nQUIT\n"),
	CASE("HELP\nHELP :SEARCH\n", "HELP\nHELP q=[SEARCH]\n"),
};

static const struct line_case tags[] = {
	CASE("#a7 PING\n", "#a7 PING\n"),
	CASE("  #a7   PING\n", "#a7 PING\n"),
	CASE("#A-Z_0.9 SEARCH :#x\n", "#A-Z_0.9 SEARCH q=[#x]\n"),
	CASE("#12345678901234567890123456789012 PING\n",
	     "#12345678901234567890123456789012 PING\n"),
	CASE("#123456789012345678901234567890123 PING\n",
	     "ERR 503 a tag is # and 1 to 32 letters, digits, _ - .\n"),
	CASE("# PING\nPING\n",
	     SKIPS("ERR 503 a tag is # and 1 to 32 letters, digits, _ - .")),
	CASE("#a! PING\n",
	     "ERR 503 a tag is # and 1 to 32 letters, digits, _ - .\n"),
	CASE("#a\x00" "b PING\n",
	     "ERR 503 a tag is # and 1 to 32 letters, digits, _ - .\n"),
	CASE("#\xC3\xA9 PING\n",
	     "ERR 503 a tag is # and 1 to 32 letters, digits, _ - .\n"),
	CASE("#a #b PING\n", "#a ERR 501 #b: HELP lists the verbs\n"),
	CASE("#a\nPING\n",
	     SKIPS("#a ERR 504 a verb must follow the tag; HELP lists them")),
	CASE("#a \n", "#a ERR 504 a verb must follow the tag; HELP lists them\n"),
	CASE("PING #a\n", "ERR 502 #a: options are key=value; the text comes "
	     "behind \" :\"\n"),
	CASE("#a FOO\n#b PING\nPING\n",
	     "#a ERR 501 FOO: HELP lists the verbs\n#b PING\nPING\n"),
	CASE("#a SEARCH \x01\n", "#a ERR 509 byte 0x01 at 11\n"),
};

static const struct line_case wrong[] = {
	CASE("FOO\nPING\n", SKIPS("ERR 501 FOO: HELP lists the verbs")),
	CASE("SERCH foo\nPING\n", SKIPS("ERR 501 SERCH: did you mean SEARCH?")),
	CASE("serhc\n", "ERR 501 serhc: did you mean SEARCH?\n"),
	CASE("PINGS\n", "ERR 501 PINGS: did you mean PING?\n"),
	CASE(":text\n", "ERR 501 :text: HELP lists the verbs\n"),
	CASE("=\n", "ERR 501 =: HELP lists the verbs\n"),
	CASE("\"\xC3\xA9\xE2\x80\xAE\"\n",
	     "ERR 501 \"\xC3\xA9\\xE2\\x80\\xAE\": HELP lists the verbs\n"),
	CASE("abcdefghijklmnopqrstuvwxyz0123456789\n",
	     "ERR 501 abcdefghijklmnopqrstuvwxyz012345...: HELP lists the verbs\n"),
	/* The 32nd byte is the first of two. */
	CASE("abcdefghijklmnopqrstuvwxyz01234\xC3\xA9""789\n",
	     "ERR 501 abcdefghijklmnopqrstuvwxyz01234...: HELP lists the verbs\n"),
	CASE("SEARCH foo\nPING\n",
	     SKIPS("ERR 502 foo: options are key=value; the text comes behind \" :\"")),
	CASE("SEARCH limt=3\n", "ERR 502 limt: no option of SEARCH; HELP :SEARCH "
	     "lists them\n"),
	CASE("SEARCH LIMIT=3\n", "ERR 502 LIMIT: no option of SEARCH; HELP :SEARCH "
	     "lists them\n"),
	CASE("SEARCH lim\x7Fit=3\n", "ERR 509 byte 0x7F at 11\n"),
	CASE("SEARCH in%20=3\n", "ERR 502 in%20: no option of SEARCH; HELP :SEARCH "
	     "lists them\n"),
	CASE("SEARCH =3\n",
	     "ERR 502 =3: options are key=value; the text comes behind \" :\"\n"),
	CASE("SEARCH averyveryverylongoptionname=3\n",
	     "ERR 502 averyveryverylongoptionname: no option of SEARCH; HELP "
	     ":SEARCH lists them\n"),
	CASE("PING q=1\n", "ERR 502 q: no option of PING; HELP :PING lists them\n"),
	CASE("PING :hello\n", "ERR 502 PING takes no text; HELP :PING has its usage\n"),
	CASE("PING hello\n",
	     "ERR 502 hello: options are key=value; the text comes behind \" :\"\n"),
	CASE("HELP SEARCH\n",
	     "ERR 502 SEARCH: options are key=value; the text comes behind \" :\"\n"),
	CASE("SEARCH limit\nPING\n", SKIPS("ERR 504 limit: write limit=VALUE")),
	CASE("SEARCH q\n", "ERR 504 q: write q=VALUE\n"),
	CASE("SEARCH limit=1 limit=2\n", "ERR 503 limit=: given twice\n"),
	CASE("SEARCH q=1 :2\n",
	     "ERR 503 q=: given twice; \":text\" is q=, too\n"),
	CASE("SEARCH q=1 q=2\n",
	     "ERR 503 q=: given twice; \":text\" is q=, too\n"),
	CASE("SEARCH q=%\nPING\n", SKIPS("ERR 503 q=: % and two hex digits, or %25")),
	CASE("SEARCH q=%4\n", "ERR 503 q=: % and two hex digits, or %25\n"),
	CASE("SEARCH q=%4 limit=1\n", "ERR 503 q=: % and two hex digits, or %25\n"),
	CASE("SEARCH q=%zz\n", "ERR 503 q=: % and two hex digits, or %25\n"),
	CASE("SEARCH q=%0x\n", "ERR 503 q=: % and two hex digits, or %25\n"),
	CASE("SEARCH q=a%%41\n", "ERR 503 q=: % and two hex digits, or %25\n"),
	CASE("SEARCH q=%00\n", "ERR 509 q=: byte 0x00 at 1 of it\n"),
	CASE("SEARCH q=ab%FF\n", "ERR 509 q=: byte 0xFF at 3 of it\n"),
	CASE("SEARCH q=%C0%80\n", "ERR 509 q=: byte 0xC0 at 1 of it\n"),
	CASE("SEARCH q=%ED%A0%80\n", "ERR 509 q=: byte 0xED at 1 of it\n"),
	CASE("SUGGEST\n", "ERR 504 SUGGEST needs a beginning: SUGGEST :beginning\n"),
	CASE("SUGGEST :\n", "ERR 504 SUGGEST needs a beginning: SUGGEST :beginning\n"),
	CASE("SPELL limit=1\n", "ERR 504 SPELL needs a word: SPELL :word\n"),
	CASE("AUTH\n", "ERR 504 AUTH needs a token: AUTH :token\n"),
	CASE("GET\n", "ERR 504 GET needs a document: GET id=ID\n"),
	CASE("GET id=\n", "ERR 504 GET needs a document: GET id=ID\n"),
	CASE("GET :x\n", "ERR 502 GET takes no text; HELP :GET has its usage\n"),
	CASE("EXPLAIN :x\n", "ERR 504 EXPLAIN needs a document: EXPLAIN id=ID\n"),
};

static const struct line_case bad_bytes[] = {
	CASE("SEARCH\x00\nPING\n", SKIPS("ERR 509 byte 0x00 at 7")),
	CASE("\x00\n", "ERR 509 byte 0x00 at 1\n"),
	CASE("PING\x1b[2J\n", "ERR 509 byte 0x1B at 5\n"),
	CASE("PING\x7F\n", "ERR 509 byte 0x7F at 5\n"),
	CASE("PI\rNG\n", "ERR 509 byte 0x0D at 3\n"),
	CASE("PING\r\r\nPING\n", SKIPS("ERR 509 byte 0x0D at 5")),
	CASE("\r\r\n", "ERR 509 byte 0x0D at 1\n"),
	CASE("\t\n", "ERR 509 byte 0x09 at 1\n"),
	CASE("SEARCH\t:x\n", "ERR 509 byte 0x09 at 7\n"),
	CASE("SEARCH q=a\tb :c\n", "ERR 509 byte 0x09 at 11\n"),
	CASE("SEARCH :a\x01\n", "ERR 509 byte 0x01 at 10\n"),
	CASE("SEARCH :a\x00" "b\nPING\n", SKIPS("ERR 509 byte 0x00 at 10")),
	CASE("SEARCH :\xFF\n", "ERR 509 byte 0xFF at 9\n"),
	CASE("SEARCH :\xC3\nPING\n", SKIPS("ERR 509 byte 0xC3 at 9")),
	CASE("SEARCH :\xC0\xAF\n", "ERR 509 byte 0xC0 at 9\n"),
	CASE("SEARCH :\xED\xA0\x80\n", "ERR 509 byte 0xED at 9\n"),
	CASE("SEARCH :\xF4\x90\x80\x80\n", "ERR 509 byte 0xF4 at 9\n"),
	CASE("\xFF\xFE\nPING\n", SKIPS("ERR 509 byte 0xFF at 1")),
	CASE("\xEF\xBB\xBFPING\n", "ERR 501 \\xEF\\xBB\\xBFPING: HELP lists the verbs\n"),
	CASE("  PING\x01\n", "ERR 509 byte 0x01 at 7\n"),
};

#define LITERAL_LONG "q={21}: may have 20 bytes (max-literal)"

static const struct line_case literals[] = {
	CASE("SEARCH limit=3 q={14}\r\nclimate summit\r\nPING\n",
	     SKIPS("SEARCH limit=[3] q=[climate summit]")),
	CASE("SEARCH q={14}\nclimate summit\nPING\n",
	     SKIPS("SEARCH q=[climate summit]")),
	CASE("SEARCH q={0}\n\nPING\n", SKIPS("SEARCH q=[]")),
	CASE("SEARCH q={0}\n\r\nPING\n", SKIPS("SEARCH q=[]")),
	CASE("SEARCH q={1}\nx\nPING\n", SKIPS("SEARCH q=[x]")),
	CASE("SEARCH q={1}\n\n\nPING\n", SKIPS("SEARCH q=[\n]")),
	CASE("SEARCH q={1}\n\r\r\nPING\n", SKIPS("SEARCH q=[\r]")),
	CASE("SEARCH q={7}\na\r\nb%41\r\nPING\n", SKIPS("SEARCH q=[a\r\nb%41]")),
	CASE("SEARCH q={00000003}\nabc\nPING\n", SKIPS("SEARCH q=[abc]")),
	CASE("SEARCH q={3}  \nabc\nPING\n", SKIPS("SEARCH q=[abc]")),
	CASE("SEARCH q={20}\n12345678901234567890\nPING\n",
	     SKIPS("SEARCH q=[12345678901234567890]")),
	CASE("SEARCH q={21}\n123456789012345678901\nPING\n",
	     SKIPS("ERR 511 " LITERAL_LONG)),
	CASE("SEARCH q={21}\n123456789012345678901\r\nPING\n",
	     SKIPS("ERR 511 " LITERAL_LONG)),
	CASE("#t SEARCH q={21}\nFOO\nFOO\nFOO\nFOO\nFOO\nF\nPING\n",
	     SKIPS("#t ERR 511 " LITERAL_LONG)),
	CASE("SEARCH q={21}\n12345", "ERR 511 " LITERAL_LONG "\n...\n"),
	CASE("SEARCH q={21}\n123456789012345678901",
	     "ERR 511 " LITERAL_LONG "\n...\n"),
	CASE("SEARCH q={99999999}\nPING\nPING\n",
	     "ERR 511 q={99999999}: may have 20 bytes (max-literal)\n...\n"),
	CASE("GET fmt=json id={5}\na b c\nPING\n",
	     SKIPS("GET fmt=[json] id=[a b c]")),
	CASE("GET id={0}\n\nPING\n", SKIPS("ERR 504 GET needs a document: GET id=ID")),
	CASE("GET id={5} \nPING\n\nPING\n", SKIPS("GET id=[PING\n]")),
	CASE("SEARCH q={5}\n", "...\n"),
	CASE("SEARCH q={5}\nabcde", "...\n"),
	CASE("SEARCH q={5}\nabcde\r", "...\n"),
	/* Not followed by a line end: up to the next one is skipped. */
	CASE("SEARCH q={5}\nabcdefgh\nPING\n",
	     SKIPS("ERR 503 a line end must follow the 5 bytes of a literal")),
	CASE("#x SEARCH q={5}\nabcde\rgh\nPING\n",
	     SKIPS("#x ERR 503 a line end must follow the 5 bytes of a literal")),
	CASE("SEARCH q={5}\nabcde\r\rPING\n\nPING\n",
	     SKIPS("ERR 503 a line end must follow the 5 bytes of a literal")),
	CASE("SEARCH q={2}\nPING\n",
	     "ERR 503 a line end must follow the 2 bytes of a literal\n"),
	/* A refused request takes its literal with it. */
	CASE("SERCH q={4}\nPING\nPING\n", SKIPS("ERR 501 SERCH: did you mean SEARCH?")),
	CASE("SEARCH limt=3 q={4}\nPING\nPING\n",
	     SKIPS("ERR 502 limt: no option of SEARCH; HELP :SEARCH lists them")),
	CASE("SEARCH limt={4}\nPING\nPING\n",
	     SKIPS("ERR 502 limt: no option of SEARCH; HELP :SEARCH lists them")),
	CASE("SEARCH ={4}\nPING\nPING\n", SKIPS("ERR 502 ={4}: options are "
	     "key=value; the text comes behind \" :\"")),
	CASE("q={4}\nPING\nPING\n", SKIPS("ERR 501 q={4}: HELP lists the verbs")),
	CASE("#! SEARCH q={4}\nPING\nPING\n",
	     SKIPS("ERR 503 a tag is # and 1 to 32 letters, digits, _ - .")),
	CASE("SEARCH q=a q={4}\nPING\nPING\n",
	     SKIPS("ERR 503 q=: given twice; \":text\" is q=, too")),
	CASE("SEARCH \x01 q={4}\nPING\nPING\n", SKIPS("ERR 509 byte 0x01 at 8")),
	CASE("SEARCH limit=%zz q={4}\nPING\nPING\n",
	     SKIPS("ERR 503 limit=: % and two hex digits, or %25")),
	CASE("SERCH q={4}\nPINGPING\nPING\n",
	     SKIPS("ERR 501 SERCH: did you mean SEARCH?")),
	CASE("SEARCH q={4}\na\x00" "bc\nPING\n",
	     SKIPS("ERR 509 q=: byte 0x00 at 2 of it")),
	CASE("SEARCH q={4}\nabc\xC3\nPING\n",
	     SKIPS("ERR 509 q=: byte 0xC3 at 4 of it")),
	/* Behind ":" it is text, and so is what is no length. */
	CASE("SEARCH :q={5}\nPING\n", SKIPS("SEARCH q=[q={5}]")),
	CASE("SEARCH fields={5}x\nPING\n", SKIPS("SEARCH fields=[{5}x]")),
	CASE("SEARCH fields={5x}\nPING\n", SKIPS("SEARCH fields=[{5x}]")),
	CASE("SEARCH fields={+}\nPING\n", SKIPS("SEARCH fields=[{+}]")),
};

#define NOT_BELIEVED(key)                                                      \
	"FATAL 511 " key "={N}: a literal's length is 1 to 8 digits and ends " \
	"its line\n"

static const struct line_case fatal[] = {
	CASE("SEARCH q={123456789}\nPING\n", NOT_BELIEVED("q")),
	CASE("SEARCH q={000000001}\nxPING\n", NOT_BELIEVED("q")),
	CASE("SEARCH q={18446744073709551617}\nPING\n", NOT_BELIEVED("q")),
	CASE("PING\n#t SEARCH q={-1}\nPING\n",
	     "PING\n#t " NOT_BELIEVED("q")),
	CASE("SEARCH q={+5}\nPING\n", NOT_BELIEVED("q")),
	CASE("SEARCH q={5+}\nPING\n", NOT_BELIEVED("q")),
	CASE("SEARCH q={5} limit=3\nPING\n", NOT_BELIEVED("q")),
	CASE("SEARCH q={5} :x\nPING\n", NOT_BELIEVED("q")),
	CASE("FOO q={999999999}\nPING\n", NOT_BELIEVED("q")),
	CASE("SEARCH a\x01={999999999}\nPING\n", NOT_BELIEVED("a\\x01")),
};

#define HTTP "FATAL 512 these bytes are HTTP; this is the line protocol of trawl\n"

static const struct line_case foreign[] = {
	CASE("GET / HTTP/1.1\r\nHost: x\r\n\r\n", HTTP),
	CASE("GET /", HTTP),
	CASE("GET http://x/", HTTP),
	CASE("HEAD / HTTP/1.0\r\n", HTTP),
	CASE("POST /x", HTTP),
	CASE("PUT x", HTTP),
	CASE("DELETE ", HTTP),
	CASE("OPTIONS * HTTP/1.1\r\n", HTTP),
	CASE("PATCH /", HTTP),
	CASE("CONNECT x:1", HTTP),
	CASE("TRACE /", HTTP),
	CASE("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HTTP),
	CASE("\r\n\r\nPOST /\r\n", HTTP),
	CASE("\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03",
	     "FATAL 512 these bytes are TLS; this is the line protocol of trawl\n"),
	CASE("SSH-2.0-OpenSSH_9.2\r\n",
	     "FATAL 512 these bytes are SSH; this is the line protocol of trawl\n"),
	CASE("*1\r\n$4\r\nPING\r\n",
	     "FATAL 512 these bytes are RESP; this is the line protocol of trawl\n"),
	CASE("\x80\x0a\x00\x00", "FATAL 512 these bytes are memcached's; this is "
	     "the line protocol of trawl\n"),
	/* Ours, or too late. */
	CASE("GET id=/\n", "GET id=[/]\n"),
	CASE("GET", "...\n"),
	CASE("GET \n", "ERR 504 GET needs a document: GET id=ID\n"),
	CASE("PRI\n", "ERR 501 PRI: HELP lists the verbs\n"),
	CASE("DELETE\n", "ERR 501 DELETE: HELP lists the verbs\n"),
	CASE("\x16\n", "ERR 509 byte 0x16 at 1\n"),
	CASE("*\n", "ERR 501 *: HELP lists the verbs\n"),
	CASE("**1\n", "ERR 501 **1: HELP lists the verbs\n"),
	CASE(" POST /\n", "ERR 501 POST: HELP lists the verbs\n"),
	CASE("PING\nPOST /\nPING\n", "PING\nERR 501 POST: HELP lists the verbs\nPING\n"),
	CASE("FOO\nGET / HTTP/1.1\n", "ERR 501 FOO: HELP lists the verbs\n"
	     "ERR 502 /: options are key=value; the text comes behind \" :\"\n"),
};
/* clang-format on */

#define CHECK_ALL(cases)                                                       \
	for (size_t i = 0; i < sizeof(cases) / sizeof(*(cases)); i++)          \
	check(usual, (cases)[i].bytes, (cases)[i].n, (cases)[i].events)

static void test_requests(void **state)
{
	(void)state;
	CHECK_ALL(requests);
}

static void test_tags(void **state)
{
	(void)state;
	CHECK_ALL(tags);
}

static void test_wrong_requests(void **state)
{
	(void)state;
	CHECK_ALL(wrong);
}

static void test_bad_bytes(void **state)
{
	(void)state;
	CHECK_ALL(bad_bytes);
}

static void test_literals(void **state)
{
	(void)state;
	CHECK_ALL(literals);
}

static void test_lengths_not_believed(void **state)
{
	(void)state;
	CHECK_ALL(fatal);
}

static void test_foreign_protocols(void **state)
{
	(void)state;
	CHECK_ALL(foreign);
}

#define TOO_LONG                                                               \
	"ERR 510 a line may have 64 bytes (max-line); q={N} takes more\n"

/* A line of n bytes: begin, then x's; then its line end and PING. */
static void check_long(const char *begin, size_t n, const char *eol,
		       const char *wanted)
{
	struct buf line = BUF_INIT(4096), events = BUF_INIT(4096);

	buf_adds(&line, begin);
	while (line.len < n)
		buf_addc(&line, 'x');
	buf_adds(&line, eol);
	buf_adds(&line, "PING\n");
	if (wanted) {
		buf_adds(&events, wanted);
	} else {
		buf_adds(&events, "SEARCH q=[");
		for (size_t i = strlen(begin); i < n; i++)
			buf_addc(&events, 'x');
		buf_adds(&events, "]\n");
	}
	buf_adds(&events, "PING\n");
	check(usual, line.data, line.len, events.data);
	buf_release(&line);
	buf_release(&events);
}

static void test_long_lines(void **state)
{
	static const char *const eols[] = { "\n", "\r\n" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		check_long("SEARCH :", MAX_LINE - 1, eols[i], NULL);
		check_long("SEARCH :", MAX_LINE, eols[i], NULL);
		check_long("SEARCH :", MAX_LINE + 1, eols[i], TOO_LONG);
		check_long("SEARCH :", MAX_LINE + 2, eols[i], TOO_LONG);
		check_long("SEARCH :", 3 * MAX_LINE, eols[i], TOO_LONG);
		check_long("#t1 FOO ", 2 * MAX_LINE, eols[i], "#t1 " TOO_LONG);
		check_long("#t", 2 * MAX_LINE, eols[i], TOO_LONG);
		check_long("#! ", 2 * MAX_LINE, eols[i], TOO_LONG);
		check_long("\xFF", 2 * MAX_LINE, eols[i], TOO_LONG);
	}
	/* Its CR is the line's, not its end's. */
	check_long("SEARCH :", MAX_LINE, "\r\r\n", TOO_LONG);
	check_long("SEARCH :", MAX_LINE, "\rx\n", TOO_LONG);
	/* It takes its literal with it, if it ends in one. */
	check_long("SEARCH in=", MAX_LINE, " q={4}\nPING\n", TOO_LONG);
	check_long("SEARCH in=", MAX_LINE, " q={4}  \r\nPING\r\n", TOO_LONG);
	check_long("SEARCH in=", MAX_LINE, " ={4}\nPINGPING\n", TOO_LONG);
	check_long("SEARCH in=", MAX_LINE, "={15} q={4}\nPING\n", TOO_LONG);
	check_long("SEARCH ", MAX_LINE, "={04}\nPING\n", TOO_LONG);
	check_long("SEARCH ", MAX_LINE, "={4} \nPING\n", TOO_LONG);
	check_long("SEARCH :", MAX_LINE, " q={9}\n", TOO_LONG);
	check_long("SEARCH ", MAX_LINE, " :x q={9}\n", TOO_LONG);
	check_long("SEARCH ", MAX_LINE, " q={9} :\n", TOO_LONG);
	check_long("SEARCH ", MAX_LINE, " q={9} x\n", TOO_LONG);
	check_long("SEARCH ", MAX_LINE, " q=={9}\n", TOO_LONG);
	check_long("SEARCH ", MAX_LINE, " q=a={9}\n", TOO_LONG);
	check_long("SEARCH ", MAX_LINE, " q={9}9\n", TOO_LONG);
	check_long("SEARCH ", MAX_LINE, " q={9\n", TOO_LONG);
	check_long("SEARCH ", MAX_LINE, " q={}\n", TOO_LONG);
	check_long("SEARCH ", MAX_LINE, " q{9}\n", TOO_LONG);
}

static void test_endless_literal_of_long_line(void **state)
{
	struct buf line = BUF_INIT(4096);

	(void)state;
	for (size_t i = 0; i < MAX_LINE; i++)
		buf_adds(&line, " ");
	buf_adds(&line, "SEARCH q={123456789}\nPING\nPING\n");
	check(usual, line.data, line.len, TOO_LONG "...\n");
	buf_release(&line);
}

/* 12345678 octets are never fed here: how many are waited for is looked at. */
static void test_big_literal_of_long_line(void **state)
{
	struct buf line = BUF_INIT(4096);
	struct feed f;

	(void)state;
	for (size_t i = 0; i < MAX_LINE; i++)
		buf_adds(&line, " ");
	buf_adds(&line, "SEARCH q={12345678}\nxx");
	feed_init(&f, usual);
	feed(&f, line.data, line.len);
	assert_int_equal(f.reader.skip, 12345678 - 2);
	free(feed_end(&f));
	buf_release(&line);
}

/* A tag that may be longer than what a long line is judged by is none. */
static void test_tag_of_long_line(void **state)
{
	static const struct line_limits narrow = { 16, 0 };
	static const char cut[] = "#1234567890123456 PING\nPING\n",
			  whole[] = "#12345678901234 PING\nPING\n";

	(void)state;
	check(narrow, cut, sizeof(cut) - 1,
	      "ERR 510 a line may have 16 bytes before AUTH\nPING\n");
	check(narrow, whole, sizeof(whole) - 1,
	      "#12345678901234 ERR 510 a line may have 16 bytes before AUTH\n"
	      "PING\n");
}

static void test_long_blank_lines(void **state)
{
	struct buf line = BUF_INIT(4096);

	(void)state;
	for (size_t n = MAX_LINE - 1; n <= MAX_LINE + 2; n++) {
		buf_reset(&line);
		for (size_t i = 0; i < n; i++)
			buf_addc(&line, ' ');
		buf_adds(&line, "\r\nPING\n");
		check(usual, line.data, line.len,
		      n > MAX_LINE ? TOO_LONG "PING\n" : "PING\n");
	}
	buf_release(&line);
}

static void test_no_literal_before_auth(void **state)
{
	static const struct line_limits guest = { 24, 0 };
	static const char bytes[] = "SEARCH q={4}\nPING\nPING\n"
				    "SEARCH q={0}\n\n#a SEARCH q={4} \nPING\n"
				    "PING PING PING PING PING PING\nPING\n";

	(void)state;
	check(guest, bytes, sizeof(bytes) - 1,
	      "ERR 511 q={4}: no literals before AUTH\nPING\n"
	      "ERR 511 q={0}: no literals before AUTH\n"
	      "#a ERR 511 q={4}: no literals before AUTH\n"
	      "ERR 510 a line may have 24 bytes before AUTH\nPING\n");
}

/* What the front does when a token has been shown. */
static void test_limits_change_between_requests(void **state)
{
	char bytes[] = "AUTH :x\nSEARCH q={3}\nabc\n", *at = bytes;
	size_t n = sizeof(bytes) - 1, used;
	struct line_reader r;
	struct line_request rq;
	struct line_error err;

	(void)state;
	line_reader_init(&r, (struct line_limits){ 24, 0 });
	assert_int_equal(line_next(&r, at, n, &used, &rq, &err), LINE_REQUEST);
	assert_int_equal(rq.verb->flags & VERB_OPEN, VERB_OPEN);
	r.limits = usual;
	assert_int_equal(line_next(&r, at + used, n - used, &used, &rq, &err),
			 LINE_REQUEST);
	assert_string_equal(line_value(&rq, "q"), "abc");
	assert_null(line_value(&rq, "limit"));
}

/* At data: a request of a megabyte, in its line or behind it; its length. */
static size_t put_big_request(char *data, bool literal)
{
	const char *begin = literal ? "SEARCH q={1048000}\n" : "SEARCH :";
	size_t at = strlen(begin) + 1048000;

	memset(data, 'x', at);
	memcpy(data, begin, strlen(begin));
	data[at] = '\n';
	return at + 1;
}

/* Byte by byte: to look at all that has come each time would take an hour. */
static void test_time_is_linear(void **state)
{
	enum {
		BIG = 1 << 20
	};
	struct line_reader r;
	struct line_request rq;
	struct line_error err;
	char *data = malloc(2 * BIG);
	size_t used, n;

	(void)state;
	assert_non_null(data);
	for (int literal = 0; literal < 2; literal++) {
		line_reader_init(&r, (struct line_limits){ BIG, BIG });
		n = put_big_request(data, literal);
		for (size_t i = 1; i < n; i++) {
			assert_int_equal(
				line_next(&r, data, i, &used, &rq, &err),
				LINE_MORE);
			assert_int_equal(used, 0);
		}
		assert_int_equal(line_next(&r, data, n, &used, &rq, &err),
				 LINE_REQUEST);
		assert_int_equal(used, n);
	}
	free(data);
}

static void test_every_option_is_taken(void **state)
{
	(void)state;
	for (size_t v = 0; v < VERBS; v++) {
		struct buf line = BUF_INIT(4096), events = BUF_INIT(4096);
		const char *p = verbs[v].options;
		static const struct line_limits wide = { 4096, 0 };

		buf_adds(&line, verbs[v].name);
		buf_adds(&events, verbs[v].name);
		while (*p) {
			size_t n = strcspn(p, " ");

			buf_addf(&line, " %.*s=1", (int)n, p);
			buf_addf(&events, " %.*s=[1]", (int)n, p);
			p += n + (p[n] == ' ');
		}
		if (verbs[v].flags & VERB_TEXT) {
			buf_adds(&line, " :x");
			buf_adds(&events, " q=[x]");
		}
		buf_addc(&line, '\n');
		buf_addc(&events, '\n');
		check(wide, line.data, line.len, events.data);
		buf_release(&line);
		buf_release(&events);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_wrong_requests),
		cmocka_unit_test(test_bad_bytes),
		cmocka_unit_test(test_literals),
		cmocka_unit_test(test_lengths_not_believed),
		cmocka_unit_test(test_foreign_protocols),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_endless_literal_of_long_line),
		cmocka_unit_test(test_big_literal_of_long_line),
		cmocka_unit_test(test_tag_of_long_line),
		cmocka_unit_test(test_long_blank_lines),
		cmocka_unit_test(test_no_literal_before_auth),
		cmocka_unit_test(test_limits_change_between_requests),
		cmocka_unit_test(test_time_is_linear),
		cmocka_unit_test(test_every_option_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

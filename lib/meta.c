/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "meta.h"

#include "buf.h"
#include "parse.h"
#include "status.h"
#include "stem.h"
#include "utf8.h"

#include <inttypes.h>
#include <xxhash.h>

enum {
	HASH_DIGITS = 32
};

void meta_release(struct meta *m)
{
	if (!m)
		return;
	free(m->schema_text);
	*m = (struct meta){ 0 };
}

static enum trawl_status set_schema(struct meta *m, const char *text,
				    struct trawl_error *err)
{
	enum trawl_status st = schema_read(&m->schema, text, err);

	if (st != TRAWL_OK || !text || !*text)
		return st;
	m->schema_text = strdup(text);
	return m->schema_text ? TRAWL_OK : fail_nomem(err);
}

/* The language's full name, whatever it is called by, and the fingerprint. */
static enum trawl_status set_language(struct meta *m, const char *language,
				      struct trawl_error *err)
{
	struct stemmer *stemmer;
	char hash[17];
	enum trawl_status st;

	st = stemmer_new(language, &stemmer, err);
	if (st != TRAWL_OK)
		return st;
	snprintf(m->language, sizeof(m->language), "%s",
		 stemmer_language(stemmer));
	stemmer_free(stemmer);
	st = stemmer_fingerprint(m->language, hash, err);
	if (st == TRAWL_OK)
		snprintf(m->fingerprint, sizeof(m->fingerprint), "%s %s",
			 m->language, hash);
	return st;
}

enum trawl_status meta_init(struct meta *m, const char *language,
			    const char *schema_text, const char *news,
			    struct trawl_error *err)
{
	struct meta made = { .format = META_FORMAT };
	enum trawl_status st = news_parse(news ? news : "all", &made.news, err);

	if (st == TRAWL_OK)
		st = set_language(&made, language ? language : "english", err);
	if (st == TRAWL_OK)
		st = set_schema(&made, schema_text, err);
	if (st == TRAWL_OK)
		*m = made;
	else
		meta_release(&made);
	return st;
}

struct value {
	struct buf *out;
	bool too_long;
};

static bool take_value(void *ctx, const char *data, size_t len)
{
	struct value *v = ctx;

	v->too_long = len > v->out->max;
	if (!v->too_long)
		buf_add(v->out, data, len);
	return false;
}

enum trawl_status meta_value(struct xap_db *db, const char *key,
			     struct buf *out, struct trawl_error *err)
{
	struct value value = { .out = out };
	enum trawl_status st;

	buf_reset(out);
	st = xap_db_metadata(db, key, strlen(key), take_value, &value, err);
	if (st == TRAWL_OK && value.too_long)
		return fail(err, TRAWL_CORRUPT, "metadata %s is too long", key);
	return st == TRAWL_OK && out->failed ? fail_nomem(err) : st;
}

static enum trawl_status read_format(struct xap_db *db, struct meta *m,
				     struct buf *b, struct trawl_error *err)
{
	uint64_t format;
	enum trawl_status st = meta_value(db, "trawl.format", b, err);

	if (st != TRAWL_OK)
		return st;
	if (!parse_uint(b->data, 1, 1000000, &format))
		return fail(err, TRAWL_CORRUPT,
			    "no trawl.format in its metadata: not a trawl "
			    "index, or damaged");
	if (format != META_FORMAT)
		return fail(err, TRAWL_MISMATCH,
			    "format %u, this library has format %d: rebuild "
			    "it from its inputs",
			    (unsigned)format, META_FORMAT);
	m->format = (unsigned)format;
	return TRAWL_OK;
}

static enum trawl_status read_name(struct xap_db *db, const char *key,
				   char *out, size_t size, struct buf *b,
				   struct trawl_error *err)
{
	enum trawl_status st = meta_value(db, key, b, err);

	if (st != TRAWL_OK)
		return st;
	if (!b->len || b->len >= size || memchr(b->data, 0, b->len))
		return fail(err, TRAWL_CORRUPT, "%s in its metadata: damaged",
			    key);
	memcpy(out, b->data, b->len + 1);
	return TRAWL_OK;
}

static enum trawl_status read_schema(struct xap_db *db, struct meta *m,
				     struct buf *b, struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	enum trawl_status st = meta_value(db, "trawl.schema", b, err);

	if (st != TRAWL_OK)
		return st;
	st = set_schema(m, b->data, &why);
	if (st == TRAWL_NOMEM)
		return fail_nomem(err);
	if (st != TRAWL_OK)
		return fail(err, TRAWL_CORRUPT,
			    "trawl.schema in its metadata: %s", why.text);
	return TRAWL_OK;
}

/* The first is the index's own language. */
static enum trawl_status read_stemmers(struct xap_db *db, struct meta *m,
				       struct buf *b, struct trawl_error *err)
{
	enum trawl_status st = meta_value(db, META_STEMMERS, b, err);

	for (const char *at = b->data; st == TRAWL_OK && *at;
	     at += strcspn(at, "\n"), at += *at == '\n') {
		size_t len = strcspn(at, " \n");

		m->stemmers_known = true;
		if (len > SCHEMA_NAME_MAX || m->nstemmers == 2 ||
		    (strlen(m->language) == len &&
		     !memcmp(m->language, at, len)))
			continue;
		memcpy(m->stemmer[m->nstemmers++], at, len);
	}
	return st;
}

/* Older indexes have no such key, and no such reading. */
static enum trawl_status read_news(struct xap_db *db, struct meta *m,
				   struct buf *b, struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	enum trawl_status st = meta_value(db, META_NEWS, b, err);

	if (st == TRAWL_OK && b->len &&
	    news_parse(b->data, &m->news, &why) != TRAWL_OK)
		return fail(err, TRAWL_CORRUPT,
			    META_NEWS " in its metadata: %s", why.text);
	return st;
}

enum trawl_status meta_read(struct xap_db *db, struct meta *m,
			    struct trawl_error *err)
{
	struct meta made = { 0 };
	struct buf b = BUF_INIT(SCHEMA_TEXT_MAX);
	enum trawl_status st = read_format(db, &made, &b, err);

	if (st == TRAWL_OK)
		st = read_name(db, "trawl.language", made.language,
			       sizeof(made.language), &b, err);
	if (st == TRAWL_OK)
		st = read_name(db, "trawl.fingerprint", made.fingerprint,
			       sizeof(made.fingerprint), &b, err);
	if (st == TRAWL_OK)
		st = read_schema(db, &made, &b, err);
	if (st == TRAWL_OK)
		st = read_news(db, &made, &b, err);
	if (st == TRAWL_OK)
		st = read_stemmers(db, &made, &b, err);
	buf_release(&b);
	if (st == TRAWL_OK)
		*m = made;
	else
		meta_release(&made);
	return st;
}

static void add_entry(struct meta_entries *out, const char *key,
		      const char *value)
{
	out->key[out->n] = (struct xap_bytes){ key, strlen(key) };
	out->value[out->n++] = (struct xap_bytes){ value, strlen(value) };
}

void meta_entries(const struct meta *m, struct meta_entries *out)
{
	out->n = 0;
	snprintf(out->format, sizeof(out->format), "%u", m->format);
	add_entry(out, "trawl.format", out->format);
	add_entry(out, "trawl.language", m->language);
	add_entry(out, "trawl.fingerprint", m->fingerprint);
	if (m->news) {
		news_print(m->news, out->news);
		add_entry(out, META_NEWS, out->news);
	}
	if (m->schema_text)
		add_entry(out, "trawl.schema", m->schema_text);
}

enum trawl_status meta_check_analyzer(const struct meta *m,
				      struct trawl_error *err)
{
	char hash[17] = "";
	char ours[64];
	enum trawl_status st = stemmer_fingerprint(m->language, hash, NULL);

	if (st == TRAWL_NOMEM)
		return fail_nomem(err);
	snprintf(ours, sizeof(ours), "%s %s", m->language,
		 st == TRAWL_OK ? hash : "unknown");
	if (st == TRAWL_OK && !strcmp(ours, m->fingerprint))
		return TRAWL_OK;
	return fail(
		err, TRAWL_MISMATCH,
		"made by another analyzer (%s, ours is %s): rebuild it "
		"with trawl-index dump INDEX | trawl-index build --language "
		"%s %sNEWINDEX -",
		m->fingerprint, ours, m->language,
		m->schema_text ? "--schema FILE " : "");
}

/* HASH_DIGITS, and a NUL. */
static void put_hex(char *out, const unsigned char hash[HASH_DIGITS / 2])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < HASH_DIGITS / 2; i++) {
		*out++ = digits[hash[i] >> 4];
		*out++ = digits[hash[i] & 15];
	}
	*out = '\0';
}

void state_print(const struct state *s, char out[STATE_TEXT_MAX])
{
	int n = snprintf(out, STATE_TEXT_MAX, "%" PRIu64 " %" PRId64 " ",
			 s->size, s->mtime_ns);

	put_hex(out + n, s->hash);
}

/* The word at *text, without the blank after it, as a C string. */
static bool next_word(const char **text, const char *end, char *out,
		      size_t size)
{
	const char *blank = memchr(*text, ' ', (size_t)(end - *text));
	const char *stop = blank ? blank : end;
	size_t len = (size_t)(stop - *text);

	if (!len || len >= size || memchr(*text, 0, len))
		return false;
	memcpy(out, *text, len);
	out[len] = '\0';
	*text = blank ? blank + 1 : end;
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_hash(const char *text, unsigned char out[16])
{
	if (strlen(text) != HASH_DIGITS)
		return false;
	for (int i = 0; i < HASH_DIGITS; i += 2) {
		int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i / 2] = (unsigned char)(high << 4 | low);
	}
	return true;
}

bool state_parse(const char *text, size_t len, struct state *out)
{
	const char *end = text + len;
	char word[HASH_DIGITS + 2];
	struct state s;
	uint64_t ns;

	if (!next_word(&text, end, word, sizeof(word)) ||
	    !parse_uint(word, 0, UINT64_MAX, &s.size))
		return false;
	if (!next_word(&text, end, word, sizeof(word)))
		return false;

	bool before_1970 = word[0] == '-';

	if (!parse_uint(word + before_1970, 0,
			(uint64_t)INT64_MAX + before_1970, &ns))
		return false;
	s.mtime_ns = (int64_t)(before_1970 ? -ns : ns);
	if (!next_word(&text, end, word, sizeof(word)) || text != end ||
	    end[-1] == ' ' || !parse_hash(word, s.hash))
		return false;
	*out = s;
	return true;
}

/* What a term's bytes take in a key of Xapian's: a NUL counts twice. */
static size_t key_bytes(const char *s, size_t len)
{
	size_t n = len;

	for (const char *p = s; (p = memchr(p, 0, len - (size_t)(p - s))); p++)
		n++;
	return n;
}

/* As much of s as fits in max bytes of a key, cut at a character. */
static size_t fitting(const char *s, size_t len, size_t max)
{
	size_t n = 0, used = 0;

	while (n < len && used + (s[n] ? 1 : 2) <= max)
		used += s[n++] ? 1 : 2;
	return utf8_cut(s, len, n);
}

void add_long_term(struct buf *out, const char *prefix, const char *s,
		   size_t len)
{
	size_t room = XAP_TERM_MAX - strlen(prefix);

	buf_adds(out, prefix);
	/* The length first: most of what comes here is short. */
	if (len <= room && key_bytes(s, len) <= room) {
		buf_add(out, s, len);
		return;
	}

	XXH128_canonical_t hash;
	char hex[HASH_DIGITS + 1];

	XXH128_canonicalFromHash(&hash, XXH3_128bits(s, len));
	buf_add(out, s, fitting(s, len, room - HASH_DIGITS));
	put_hex(hex, hash.digest);
	buf_add(out, hex, HASH_DIGITS);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "schema.h"

#include "derived.h"
#include "parse.h"
#include "status.h"

#include <ini.h>
#include <strings.h>

enum {
	/* Beside a word of the text; 2 was best on Cranfield, no worse on
	 * short claims, where 3 was. */
	TITLE_WEIGHT = 2,
	WEIGHT_MAX = 15,
	LINE_MAX_BYTES = 190 /* what inih takes of a line */
};

enum key {
	KEY_TYPE,
	KEY_INDEXED,
	KEY_STORED,
	KEY_SORT,
	KEY_FACET,
	KEY_WEIGHT,
	KEYS
};

static const char *const key_names[KEYS] = { "type", "indexed", "stored",
					     "sort", "facet",	"weight" };

static const char *const type_names[] = { "text", "keyword", "date", "number" };

/* clang-format off */
static const struct schema_field built_in[] = {
	{ .name = "id", .prefix = "Q", .type = TRAWL_KEYWORD,
	  .indexed = true, .stored = true, .weight = 1, .slot = NO_SLOT },
	{ .name = "title", .prefix = "S", .type = TRAWL_TEXT,
	  .indexed = true, .stored = true, .weight = TITLE_WEIGHT,
	  .slot = NO_SLOT },
	{ .name = "date", .prefix = "D", .type = TRAWL_DATE,
	  .indexed = true, .stored = true, .sort = true, .weight = 1,
	  .slot = SLOT_DATE },
	{ .name = "source", .prefix = "H", .type = TRAWL_KEYWORD, .words = true,
	  .indexed = true, .stored = true, .sort = true, .facet = true,
	  .weight = 1, .slot = 3 },
	{ .name = "author", .prefix = "A", .type = TRAWL_KEYWORD, .words = true,
	  .indexed = true, .stored = true, .sort = true, .facet = true,
	  .weight = 1, .slot = 4 },
	{ .name = "lang", .prefix = "L", .type = TRAWL_KEYWORD,
	  .indexed = true, .stored = true, .sort = true, .facet = true,
	  .weight = 1, .slot = 5 },
	{ .name = "topic", .prefix = "K", .type = TRAWL_KEYWORD,
	  .indexed = true, .stored = true, .sort = true, .facet = true,
	  .weight = 1, .slot = 6 },
	{ .name = "type", .prefix = "T", .type = TRAWL_KEYWORD,
	  .indexed = true, .stored = true, .weight = 1, .slot = NO_SLOT },
	{ .name = "url", .prefix = "", .type = TRAWL_KEYWORD,
	  .stored = true, .weight = 1, .slot = NO_SLOT },
	{ .name = FIELD_MENTIONS, .prefix = PREFIX_MENTIONS,
	  .type = TRAWL_KEYWORD,
	  .indexed = true, .stored = true, .weight = 1, .slot = NO_SLOT },
	{ .name = FIELD_RAW, .prefix = PREFIX_RAW, .type = TRAWL_TEXT,
	  .indexed = true, .stored = true, .weight = 1, .slot = NO_SLOT },
};

/* Names of a hit's other members, words of the query language, and what a
 * web address in a query begins with. */
static const char *const reserved[] = {
	"id", "text", "root", "snippets", "rank", "score", "all", "raw", "any",
	"explain", "similar", "facet", "values", "fields", "and", "or", "not",
	"near", "http", "https", "ftp", "mailto", NULL,
};
/* clang-format on */

enum {
	NBUILT_IN = sizeof(built_in) / sizeof(*built_in)
};

struct reader {
	const char *rest;
	unsigned line;
	struct schema *schema;
	unsigned set_at[SCHEMA_FIELDS_MAX][KEYS]; /* line; 0 not set */
	unsigned section_at; /* of a section that has no key yet; 0 none */
	unsigned bad_at;     /* line of the fault that was told */
	enum trawl_status status;
	struct trawl_error *err;
};

static void bad(struct reader *r, unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Only the first fault is told. */
static void bad(struct reader *r, unsigned line, const char *fmt, ...)
{
	char what[256];
	va_list ap;

	if (r->status != TRAWL_OK)
		return;
	r->bad_at = line;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	r->status =
		fail(r->err, TRAWL_BADVALUE, "schema, line %u: %s", line, what);
}

static struct schema_field *find(struct schema *s, const char *name, size_t len)
{
	for (size_t i = 0; i < s->nfields; i++)
		if (!strncmp(s->field[i].name, name, len) &&
		    !s->field[i].name[len])
			return &s->field[i];
	return NULL;
}

const struct schema_field *schema_find(const struct schema *s, const char *name,
				       size_t len)
{
	if (len > SCHEMA_NAME_MAX)
		return NULL;
	return find((struct schema *)s, name, len);
}

static bool is_reserved(const char *name)
{
	for (size_t i = 0; reserved[i]; i++)
		if (!strcmp(reserved[i], name))
			return true;
	return false;
}

static bool is_name(const char *s)
{
	size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return len && !s[len] && len <= SCHEMA_NAME_MAX && s[0] >= 'a';
}

/* out: the section's name without blanks around it, in lower case. */
static void fold_name(const char *section, char out[SCHEMA_NAME_MAX + 2])
{
	size_t len = strlen(section);
	size_t from = strspn(section, " \t");

	while (len > from &&
	       (section[len - 1] == ' ' || section[len - 1] == '\t'))
		len--;
	len -= from;
	if (len > SCHEMA_NAME_MAX + 1)
		len = SCHEMA_NAME_MAX + 1;
	for (size_t i = 0; i < len; i++) {
		char c = section[from + i];

		out[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	out[len] = '\0';
}

static struct schema_field *add_field(struct reader *r, const char *name)
{
	struct schema_field *f = &r->schema->field[r->schema->nfields];
	size_t len = strlen(name);

	if (r->schema->nfields == SCHEMA_FIELDS_MAX) {
		bad(r, r->line, "more than %d fields", SCHEMA_FIELDS_MAX);
		return NULL;
	}
	*f = (struct schema_field){
		.indexed = true, .stored = true, .weight = 1, .slot = NO_SLOT
	};
	memcpy(f->name, name, len + 1);
	f->prefix[0] = 'X';
	for (size_t i = 0; i < len; i++)
		f->prefix[i + 1] =
			name[i] >= 'a' ? (name[i] == '_' ? '_' : name[i] - 32)
				       : name[i];
	f->prefix[len + 1] = ':';
	r->schema->nfields++;
	return f;
}

static struct schema_field *section_field(struct reader *r, const char *section)
{
	char name[SCHEMA_NAME_MAX + 2];
	struct schema_field *f;

	fold_name(section, name);
	if (!*name) {
		bad(r, r->line, "a key before the first [field]");
		return NULL;
	}
	if (is_reserved(name)) {
		bad(r, r->line, "[%s]: this name is taken: choose another",
		    name);
		return NULL;
	}
	f = find(r->schema, name, strlen(name));
	if (f)
		return f;
	if (!is_name(name)) {
		bad(r, r->line,
		    "[%s]: a field's name is a letter, then letters, digits "
		    "and _, at most %d in all",
		    name, SCHEMA_NAME_MAX);
		return NULL;
	}
	return add_field(r, name);
}

static void read_type(struct reader *r, struct schema_field *f,
		      const char *value)
{
	if (f < r->schema->field + NBUILT_IN) {
		bad(r, r->line, "[%s] type: a built-in field keeps its type",
		    f->name);
		return;
	}
	for (size_t i = 0; i < sizeof(type_names) / sizeof(*type_names); i++)
		if (!strcasecmp(type_names[i], value)) {
			f->type = (enum trawl_field_type)i;
			return;
		}
	bad(r, r->line,
	    "[%s] type = %.40s: must be text, keyword, date or number", f->name,
	    value);
}

static bool read_bool(struct reader *r, const struct schema_field *f,
		      enum key key, const char *value)
{
	static const char *const words[] = { "no",   "yes", "false",
					     "true", "off", "on" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcasecmp(words[i], value))
			return i % 2;
	bad(r, r->line, "[%s] %s = %.40s: must be yes or no", f->name,
	    key_names[key], value);
	return false;
}

static void read_weight(struct reader *r, struct schema_field *f,
			const char *value)
{
	uint64_t n;

	if (parse_uint(value, 1, WEIGHT_MAX, &n))
		f->weight = (unsigned)n;
	else
		bad(r, r->line, "[%s] weight = %.40s: must be 1..%d", f->name,
		    value, WEIGHT_MAX);
}

static void read_key(struct reader *r, struct schema_field *f, enum key key,
		     const char *value)
{
	unsigned *at = &r->set_at[f - r->schema->field][key];

	if (*at) {
		bad(r, r->line, "[%s] %s: already set in line %u", f->name,
		    key_names[key], *at);
		return;
	}
	*at = r->line;
	if (key == KEY_TYPE)
		read_type(r, f, value);
	else if (key == KEY_WEIGHT)
		read_weight(r, f, value);
	else if (key == KEY_INDEXED)
		f->indexed = read_bool(r, f, key, value);
	else if (key == KEY_STORED)
		f->stored = read_bool(r, f, key, value);
	else if (key == KEY_SORT)
		f->sort = read_bool(r, f, key, value);
	else
		f->facet = read_bool(r, f, key, value);
}

/* inih's callback: a key; 0 is a fault. */
static int take_key(void *ctx, const char *section, const char *name,
		    const char *value)
{
	struct reader *r = ctx;
	struct schema_field *f;

	if (r->status != TRAWL_OK)
		return 0;
	r->section_at = 0;
	f = section_field(r, section);
	if (!f)
		return 0;
	for (int key = 0; key < KEYS; key++)
		if (!strcasecmp(key_names[key], name)) {
			read_key(r, f, (enum key)key, value);
			return r->status == TRAWL_OK;
		}
	bad(r, r->line,
	    "[%s] %.40s: no such key: type, indexed, stored, sort, facet, "
	    "weight",
	    f->name, name);
	return 0;
}

static void check_section(struct reader *r)
{
	if (r->section_at)
		bad(r, r->section_at, "a field without keys: give it a type");
	r->section_at = 0;
}

/*
 * inih's callback: the next line.  Blanks before it are taken away, so that
 * an indented key is no continuation of the one above.
 */
static char *take_line(char *out, int size, void *ctx)
{
	struct reader *r = ctx;
	const char *line = r->rest;
	size_t len = strcspn(line, "\n");

	if (!*line || r->status != TRAWL_OK)
		return NULL;
	r->rest += len + (line[len] == '\n');
	if (!r->line++ && !strncmp(line, "\xEF\xBB\xBF", 3)) {
		line += 3;
		len -= 3;
	}
	while (len && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	if (len && (*line == '#' || *line == ';'))
		len = 0;
	if (len > LINE_MAX_BYTES || len + 2 > (size_t)size) {
		bad(r, r->line, "longer than %d bytes", LINE_MAX_BYTES);
		return NULL;
	}
	if (*line == '[' && len) {
		check_section(r);
		r->section_at = r->line;
	}
	memcpy(out, line, len);
	out[len] = '\n';
	out[len + 1] = '\0';
	return out;
}

/* A key that the field's type has no use for; 0: none. */
static bool check_keys(struct reader *r, const struct schema_field *f,
		       const unsigned set_at[KEYS])
{
	bool terms = f->type == TRAWL_TEXT || f->type == TRAWL_KEYWORD;

	if (f >= r->schema->field + NBUILT_IN && !set_at[KEY_TYPE]) {
		unsigned at = 0;

		for (int key = 0; key < KEYS; key++)
			if (set_at[key] && (!at || set_at[key] < at))
				at = set_at[key];
		bad(r, at, "[%s] has no type: text, keyword, date or number",
		    f->name);
	}
	if (set_at[KEY_WEIGHT] && f->type != TRAWL_TEXT)
		bad(r, set_at[KEY_WEIGHT], "[%s] weight: for text only",
		    f->name);
	if (f->facet && !terms)
		bad(r, set_at[KEY_FACET],
		    "[%s] facet: for text and keywords only", f->name);
	if (f->indexed && !f->prefix[0])
		bad(r, set_at[KEY_INDEXED],
		    "[%s] indexed: this field can only be stored", f->name);
	return r->status == TRAWL_OK;
}

/* What follows from the keys: defaults, prefix, slot. */
static bool finish_fields(struct reader *r)
{
	struct schema *s = r->schema;
	int slot = SLOT_USER;

	for (size_t i = 0; i < s->nfields; i++) {
		struct schema_field *f = &s->field[i];
		bool terms = f->type == TRAWL_TEXT || f->type == TRAWL_KEYWORD;

		if (!check_keys(r, f, r->set_at[i]))
			return false;
		if (!terms && !r->set_at[i][KEY_SORT])
			f->sort = true;
		if (!terms && i >= NBUILT_IN)
			f->prefix[0] = '\0';
		if (f->slot == NO_SLOT &&
		    (f->sort || f->facet || (!terms && f->indexed)))
			f->slot = slot++;
	}
	return true;
}

static enum trawl_status read_text(struct reader *r)
{
	int line;

	if (strlen(r->rest) > SCHEMA_TEXT_MAX)
		return fail(r->err, TRAWL_BADVALUE,
			    "schema: longer than %d bytes", SCHEMA_TEXT_MAX);
	line = ini_parse_stream(take_line, r, take_key, r);
	if (line == -2)
		return fail_nomem(r->err);
	/* inih goes on behind a fault of its own without a word. */
	if (line > 0 && (unsigned)line < r->bad_at)
		r->status = TRAWL_OK;
	if (line > 0)
		bad(r, (unsigned)line,
		    "neither [field], key = value nor a comment");
	check_section(r);
	if (r->status == TRAWL_OK)
		finish_fields(r);
	return r->status;
}

enum trawl_status schema_read(struct schema *s, const char *text,
			      struct trawl_error *err)
{
	struct schema made = { .nfields = NBUILT_IN };
	struct reader r = { .rest = text ? text : "",
			    .schema = &made,
			    .err = err };
	enum trawl_status st;

	memcpy(made.field, built_in, sizeof(built_in));
	st = read_text(&r);
	if (st == TRAWL_OK)
		*s = made;
	return st;
}

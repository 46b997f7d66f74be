/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * variants.c - the groups that are in effect, made of lines
 *
 * Every word of a group has a number in a dictionary, and in_group[] says which
 * group it is in.  Of two words a decision is asked for only when both are in
 * lines of the user's; those lines hang on each word as a chain.
 */
#include "variants_text.h"

#include "parse.h"
#include "status.h"
#include "terms.h"

enum {
	NO_GROUP = 0xFFFFFFFF,
	NO_LINK = 0xFFFFFFFF,
	NUMBER_MAX = 24, /* bytes of a confidence, of a count */
	ARENA_MAX = 1 << 30
};

struct member {
	uint32_t word, documents;
};

/* A group while it is made: words are numbers in the dictionary. */
struct making {
	struct member *member;
	size_t n, room;
	enum trawl_variants_source source;
	double confidence;
	const char *reason;
	bool rejected;
};

/* A line of the user's in the chain of a word. */
struct link {
	uint32_t line, next;
};

struct variants {
	struct arena arena;
	struct terms words;
	uint32_t *in_group; /* by word; making, then final */
	uint32_t *chain;    /* by word: the newest line that it is in */
	size_t nwords;	    /* both have room for */
	struct variant_group *group;
	size_t n, alloc;

	/* Until it is made. */
	struct making *making;
	size_t nmaking, making_alloc;
	struct link *link;
	size_t nlinks, links_alloc;
	struct variant_lines lines;
	bool failed;
};

/* ------------------------------------------------------------- reading -- */

/* "0.87", in no locale's form: 0..1. */
static bool parse_number(const struct span_of_text *w, double *out)
{
	double unit = 1;

	if (!w->len || w->len >= NUMBER_MAX || (*w->s != '0' && *w->s != '1'))
		return false;
	*out = *w->s - '0';
	if (w->len > 1 && w->s[1] != '.')
		return false;
	for (size_t i = 2; i < w->len; i++) {
		if (w->s[i] < '0' || w->s[i] > '9')
			return false;
		*out += (w->s[i] - '0') * (unit /= 10);
	}
	return *out <= 1;
}

/* word:120 */
static bool parse_counted(struct span_of_text *w, uint32_t *documents)
{
	const char *colon = memrchr(w->s, ':', w->len);
	char text[NUMBER_MAX];
	size_t digits;
	uint64_t n;

	*documents = 0;
	if (!colon)
		return good_word(w);
	digits = w->len - (size_t)(colon + 1 - w->s);
	if (digits >= sizeof(text))
		return false;
	memcpy(text, colon + 1, digits);
	text[digits] = '\0';
	w->len = (size_t)(colon - w->s);
	if (!parse_uint(text, 0, UINT32_MAX, &n))
		return false;
	*documents = (uint32_t)n;
	return good_word(w);
}

/* ----------------------------------------------------------- decisions -- */

/* Room for what is known of as many words as there are. */
static bool grow_words(struct variants *v)
{
	size_t want = 2 * v->words.n + 256;
	uint32_t *group, *chain;

	if (v->words.n <= v->nwords)
		return true;
	group = realloc(v->in_group, want * sizeof(*group));
	if (group)
		v->in_group = group;
	chain = realloc(v->chain, want * sizeof(*chain));
	if (chain)
		v->chain = chain;
	if (!group || !chain)
		return false;
	for (size_t i = v->nwords; i < want; i++)
		group[i] = chain[i] = NO_GROUP;
	v->nwords = want;
	return true;
}

/* NO_TERM without memory. */
static uint32_t number_of(struct variants *v, const char *word, size_t len)
{
	uint32_t number = terms_add(&v->words, word, len);

	if (number == NO_TERM || !grow_words(v)) {
		v->failed = true;
		return NO_TERM;
	}
	return number;
}

static bool add_link(struct variants *v, uint32_t word, uint32_t line)
{
	struct link *grown;

	if (v->nlinks == v->links_alloc) {
		size_t want = 2 * v->links_alloc + 64;

		grown = realloc(v->link, want * sizeof(*grown));
		if (!grown)
			return false;
		v->link = grown;
		v->links_alloc = want;
	}
	v->link[v->nlinks] = (struct link){ line, v->chain[word] };
	v->chain[word] = (uint32_t)v->nlinks++;
	return true;
}

static bool note_lines(struct variants *v)
{
	for (size_t i = 0; i < v->lines.n; i++)
		for (size_t k = 0; k < v->lines.line[i].n; k++) {
			const char *word = v->lines.line[i].word[k];
			uint32_t number = number_of(v, word, strlen(word));

			if (number == NO_TERM ||
			    !add_link(v, number, (uint32_t)i))
				return false;
		}
	return true;
}

/* What the user's last line with both words is; 0: there is none. */
static char decision(const struct variants *v, uint32_t a, uint32_t b)
{
	uint32_t i = v->chain[a], k = v->chain[b];

	while (i != NO_LINK && k != NO_LINK) {
		const uint32_t x = v->link[i].line, y = v->link[k].line;

		if (x == y)
			return v->lines.line[x].kind;
		if (x > y)
			i = v->link[i].next;
		else
			k = v->link[k].next;
	}
	return 0;
}

static bool may_stand(const struct variants *v, const struct making *m,
		      uint32_t word, enum trawl_variants_source source)
{
	for (size_t i = 0; i < m->n; i++) {
		char said = decision(v, m->member[i].word, word);

		if (said == '!' ||
		    (said == '-' && source != TRAWL_VARIANTS_USER))
			return false;
	}
	return true;
}

/* -------------------------------------------------------------- groups -- */

static struct making *new_group(struct variants *v)
{
	if (v->nmaking == v->making_alloc) {
		size_t want = 2 * v->making_alloc + 64;
		struct making *grown =
			realloc(v->making, want * sizeof(*grown));

		if (!grown)
			return NULL;
		v->making = grown;
		v->making_alloc = want;
	}
	v->making[v->nmaking] = (struct making){ .reason = "" };
	return &v->making[v->nmaking];
}

static bool make_room(struct variants *v, struct making *m, size_t n)
{
	const size_t want = m->n + n;
	struct member *grown;

	if (want <= m->room)
		return true;
	grown = arena_alloc(&v->arena, want * sizeof(*grown));
	if (!grown)
		return false;
	if (m->n)
		memcpy(grown, m->member, m->n * sizeof(*grown));
	m->member = grown;
	m->room = want;
	return true;
}

/* As many as there is room for, of those that no group has and that may. */
static bool take_members(struct variants *v, size_t group,
			 const struct making *from)
{
	struct making *to = &v->making[group];

	if (!make_room(v, to, from->n))
		return false;
	for (size_t i = 0; i < from->n && to->n < VARIANTS_WORDS_MAX; i++) {
		const struct member one = from->member[i];

		if (v->in_group[one.word] != NO_GROUP ||
		    !may_stand(v, to, one.word, from->source))
			continue;
		to->member[to->n++] = one;
		v->in_group[one.word] = (uint32_t)group;
	}
	return true;
}

static void let_go(struct variants *v, const struct making *m)
{
	for (size_t i = 0; i < m->n; i++)
		v->in_group[m->member[i].word] = NO_GROUP;
}

/* A group of its own, of what is left of m: fewer than two words are none. */
static bool own_group(struct variants *v, const struct making *m)
{
	struct making *made = new_group(v);

	if (!made)
		return false;
	made->source = m->source;
	made->confidence = m->confidence;
	made->reason = m->reason;
	if (!take_members(v, v->nmaking, m))
		return false;
	if (made->n > 1) {
		v->nmaking++;
		return true;
	}
	let_go(v, made);
	return true;
}

/* Is any two of its words' standing together ruled out? */
static bool is_ruled_out(const struct variants *v, const struct making *m)
{
	for (size_t i = 1; i < m->n; i++)
		for (size_t k = 0; k < i; k++) {
			char said = decision(v, m->member[i].word,
					     m->member[k].word);

			if (said == '!' || said == '-')
				return true;
		}
	return false;
}

/* For the eyes of who did it: it has no word in effect. */
static bool keep_rejected(struct variants *v, const struct making *m)
{
	struct making *made = new_group(v);

	if (!made)
		return false;
	made->source = m->source;
	made->confidence = m->confidence;
	made->reason = m->reason;
	made->rejected = true;
	if (!make_room(v, made, m->n))
		return false;
	memcpy(made->member, m->member, m->n * sizeof(*m->member));
	made->n = m->n;
	v->nmaking++;
	return true;
}

/* The first group of the user's that has a word of m, or NO_GROUP. */
static uint32_t users_group(const struct variants *v, const struct making *m)
{
	for (size_t i = 0; i < m->n; i++) {
		uint32_t group = v->in_group[m->member[i].word];

		if (group != NO_GROUP &&
		    v->making[group].source == TRAWL_VARIANTS_USER)
			return group;
	}
	return NO_GROUP;
}

static bool add_group(struct variants *v, const struct making *m)
{
	const uint32_t group = users_group(v, m);
	const size_t before = v->nmaking;

	if (m->n < 2)
		return true;
	if (group != NO_GROUP)
		return take_members(v, group, m);
	if (!own_group(v, m))
		return false;
	return v->nmaking > before || !is_ruled_out(v, m) ||
	       keep_rejected(v, m);
}

/* Two of the user's groups that a line unites. */
static bool unite(struct variants *v, uint32_t to, const struct making *m)
{
	for (size_t i = 0; i < m->n; i++) {
		uint32_t other = v->in_group[m->member[i].word];
		struct making all;

		if (other == NO_GROUP || other == to)
			continue;
		all = v->making[other];
		v->making[other].n = 0;
		let_go(v, &all);
		if (!take_members(v, to, &all))
			return false;
	}
	return take_members(v, to, m);
}

static struct member line_member(const struct variants *v,
				 const struct variant_line *line, size_t i)
{
	const char *word = line->word[i];

	return (struct member){ terms_find(&v->words, word, strlen(word)), 0 };
}

static bool add_users(struct variants *v)
{
	for (size_t i = 0; i < v->lines.n; i++) {
		const struct variant_line *line = &v->lines.line[i];
		struct member member[VARIANTS_WORDS_MAX];
		struct making m = { .member = member,
				    .source = TRAWL_VARIANTS_USER,
				    .confidence = 1,
				    .reason = "" };
		uint32_t group;

		if (line->kind != '=' && line->kind != '+')
			continue;
		for (; m.n < line->n; m.n++)
			member[m.n] = line_member(v, line, m.n);
		group = users_group(v, &m);
		if (group == NO_GROUP ? !own_group(v, &m)
				      : !unite(v, group, &m))
			return false;
	}
	return true;
}

static bool has_member(const struct making *m, uint32_t word)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->member[i].word == word)
			return true;
	return false;
}

/* mined 0.87 zelensky:120 zelenskyy:80 | reason */
static bool parse_mined(struct variants *v, struct span_of_text line,
			struct making *m)
{
	const char *bar = memmem(line.s, line.len, " | ", 3);
	struct span_of_text words = line, word;
	uint32_t documents;

	m->n = 0;
	if (bar) {
		words.len = (size_t)(bar - line.s);
		m->reason = arena_strndup(&v->arena, bar + 3,
					  line.len - words.len - 3);
	}
	if (!next_word(&words, &word) || word.len != 5 ||
	    memcmp(word.s, "mined", 5) != 0 || !next_word(&words, &word) ||
	    !parse_number(&word, &m->confidence))
		return !v->arena.failed;
	while (m->n < VARIANTS_WORDS_MAX && next_word(&words, &word)) {
		uint32_t number;

		if (!parse_counted(&word, &documents))
			continue;
		number = number_of(v, word.s, word.len);
		if (number == NO_TERM)
			return false;
		if (!has_member(m, number))
			m->member[m->n++] =
				(struct member){ number, documents };
	}
	return !v->arena.failed;
}

static bool add_mined(struct variants *v, const char *text, size_t len)
{
	struct span_of_text rest = { text, len }, line;
	struct member member[VARIANTS_WORDS_MAX];

	while (v->nmaking < VARIANTS_GROUPS_MAX &&
	       next_part(&rest, '\n', &line)) {
		struct making m = { .member = member,
				    .source = TRAWL_VARIANTS_MINED,
				    .reason = "" };

		if (!parse_mined(v, line, &m) || !add_group(v, &m))
			return false;
	}
	return true;
}

static bool add_pair(void *ctx, const char *us, const char *uk)
{
	struct variants *v = ctx;
	struct member member[2] = { { number_of(v, us, strlen(us)), 0 },
				    { number_of(v, uk, strlen(uk)), 0 } };
	const struct making m = { .member = member,
				  .n = 2,
				  .source = TRAWL_VARIANTS_LIST,
				  .confidence = 1,
				  .reason = "US and UK spelling" };

	if (member[0].word == NO_TERM || member[1].word == NO_TERM)
		return false;
	return member[0].word == member[1].word || add_group(v, &m);
}

/* What the user has ruled out, for the eyes of who did it. */
static bool add_forbidden(struct variants *v)
{
	for (size_t i = 0; i < v->lines.n; i++) {
		const struct variant_line *line = &v->lines.line[i];
		struct member member[VARIANTS_WORDS_MAX];
		struct making m = { .member = member,
				    .source = TRAWL_VARIANTS_USER,
				    .confidence = 1,
				    .reason = "" };

		if (line->kind != '!')
			continue;
		for (; m.n < line->n; m.n++)
			member[m.n] = line_member(v, line, m.n);
		if (is_ruled_out(v, &m) && !keep_rejected(v, &m))
			return false;
	}
	return true;
}

/* --------------------------------------------------------------- final -- */

static bool finish_group(struct variants *v, const struct making *m,
			 struct variant_group *out)
{
	struct variant_word *word =
		arena_zalloc(&v->arena, m->n, sizeof(*word));

	if (!word)
		return false;
	for (size_t i = 0; i < m->n; i++) {
		const struct term *t = &v->words.term[m->member[i].word];

		word[i].word = arena_strndup(&v->arena, t->bytes, t->len);
		word[i].len = t->len;
		word[i].documents = m->member[i].documents;
	}
	*out = (struct variant_group){ .word = word,
				       .n = m->n,
				       .source = m->source,
				       .confidence = m->confidence,
				       .reason = m->reason,
				       .rejected = m->rejected };
	return !v->arena.failed;
}

/* Groups that others have taken in are gone. */
static bool finish(struct variants *v)
{
	v->group = calloc(v->nmaking + 1, sizeof(*v->group));
	if (!v->group)
		return false;
	for (size_t i = 0; i < v->nmaking; i++) {
		const struct making *m = &v->making[i];

		if (m->n < 2) {
			let_go(v, m);
			continue;
		}
		if (!finish_group(v, m, &v->group[v->n]))
			return false;
		for (size_t k = 0; k < m->n && !m->rejected; k++)
			v->in_group[m->member[k].word] = (uint32_t)v->n;
		v->n++;
	}
	return true;
}

static void release_making(struct variants *v)
{
	free(v->making);
	free(v->link);
	free(v->chain);
	variant_lines_release(&v->lines);
	v->making = NULL;
	v->link = NULL;
	v->chain = NULL;
}

static bool make(struct variants *v, const struct variants_input *in)
{
	return variant_lines_parse(&v->lines, in->user, in->user_len) &&
	       note_lines(v) && add_users(v) &&
	       add_mined(v, in->mined, in->mined_len) &&
	       (!in->with_list || spelling_list_each(add_pair, v)) &&
	       add_forbidden(v) && finish(v);
}

enum trawl_status variants_new(const struct variants_input *in,
			       struct variants **out, struct trawl_error *err)
{
	struct variants *v = calloc(1, sizeof(*v));

	if (!v)
		return fail_nomem(err);
	arena_init(&v->arena, ARENA_MAX);
	terms_init(&v->words);
	variant_lines_init(&v->lines);
	if (!make(v, in)) {
		variants_free(v);
		return fail_nomem(err);
	}
	release_making(v);
	*out = v;
	return TRAWL_OK;
}

void variants_free(struct variants *v)
{
	if (!v)
		return;
	release_making(v);
	arena_release(&v->arena);
	terms_release(&v->words);
	free(v->in_group);
	free(v->group);
	free(v);
}

/* ------------------------------------------------------------- looking -- */

static const struct variant_group *find(const struct variants *v,
					const char *word, size_t len)
{
	uint32_t number = NO_TERM;

	if (len && len <= VARIANTS_WORD_BYTES)
		number = terms_find(&v->words, word, len);
	if (number == NO_TERM || v->in_group[number] == NO_GROUP)
		return NULL;
	return &v->group[v->in_group[number]];
}

const struct variant_group *variants_find(const struct variants *v,
					  const char *word, size_t len)
{
	const struct variant_group *found = v ? find(v, word, len) : NULL;

	if (!found && v && len > 2 && !memcmp(word + len - 2, "'s", 2))
		found = find(v, word, len - 2);
	return found;
}

const struct variant_group *variants_at(const struct variants *v, size_t i)
{
	return v && i < v->n ? &v->group[i] : NULL;
}

static enum trawl_status each_pair(const struct variant_group *g,
				   synonym_fn *each, void *ctx,
				   struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && i < g->n * g->n; i++) {
		const struct variant_word *a = &g->word[i / g->n];
		const struct variant_word *b = &g->word[i % g->n];

		if (a != b)
			st = each(ctx, a->word, a->len, b->word, b->len, err);
	}
	return st;
}

enum trawl_status variants_each_synonym(const struct variants *v,
					synonym_fn *each, void *ctx,
					struct trawl_error *err)
{
	const struct variant_group *g;
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && (g = variants_at(v, i)); i++)
		if (!g->rejected && g->source != TRAWL_VARIANTS_LIST)
			st = each_pair(g, each, ctx, err);
	return st;
}

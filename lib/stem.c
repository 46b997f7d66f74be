/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stem.h"

#include "analyze.h"
#include "status.h"
#include "utf8.h"

#include <inttypes.h>
#include <limits.h>
#include <libstemmer.h>

/* What is cut off before a stemmer that knows nothing of it sees the word. */
enum apostrophe {
	KEEP,	    /* the stemmer deals with it, or the language has no use */
	POSSESSIVE, /* a final 's, of a name from English if nothing else */
	SUFFIX	    /* all that follows the first one: Ankara'da */
};

enum {
	ANY = UCHAR_MAX /* tail: stems that do not begin as their words */
};

struct language {
	const char *name;
	const char *codes; /* ISO 639, separated by blanks */
	enum apostrophe apostrophe;
	unsigned char tail; /* bytes: see stemmer_tail() */
};

/* In byte order but for none; trawl_languages() has the same names. */
static const struct language languages[] = {
	{ "arabic", "ar ara", POSSESSIVE, ANY },
	{ "armenian", "hy hye arm", POSSESSIVE, ANY },
	{ "basque", "eu eus baq", POSSESSIVE, ANY },
	{ "catalan", "ca cat", POSSESSIVE, 3 },
	{ "danish", "da dan", POSSESSIVE, 3 },
	{ "dutch", "nl nld dut", POSSESSIVE, 3 },
	{ "english", "en eng", KEEP, 1 },
	{ "finnish", "fi fin", POSSESSIVE, ANY },
	{ "french", "fr fra fre", POSSESSIVE, 3 },
	{ "german", "de deu ger", POSSESSIVE, 3 },
	{ "greek", "el ell gre", POSSESSIVE, ANY },
	{ "hindi", "hi hin", POSSESSIVE, ANY },
	{ "hungarian", "hu hun", POSSESSIVE, 3 },
	{ "indonesian", "id ind", POSSESSIVE, ANY },
	{ "irish", "ga gle", POSSESSIVE, ANY },
	{ "italian", "it ita", POSSESSIVE, 3 },
	{ "lithuanian", "lt lit", POSSESSIVE, ANY },
	{ "nepali", "ne nep", POSSESSIVE, ANY },
	{ "norwegian", "no nor", POSSESSIVE, 3 },
	{ "porter", "", POSSESSIVE, 1 },
	{ "portuguese", "pt por", POSSESSIVE, 3 },
	{ "romanian", "ro ron rum", POSSESSIVE, 3 },
	{ "russian", "ru rus", POSSESSIVE, ANY },
	{ "serbian", "sr srp", POSSESSIVE, ANY },
	{ "spanish", "es spa esl", POSSESSIVE, 3 },
	{ "swedish", "sv swe", POSSESSIVE, 3 },
	{ "tamil", "ta tam", POSSESSIVE, ANY },
	{ "turkish", "tr tur", SUFFIX, ANY },
	{ "yiddish", "yi yid", POSSESSIVE, ANY },
	{ "none", "", KEEP, 0 },
};

static const char *const names[] = {
	"arabic",     "armenian",   "basque",	 "catalan",    "danish",
	"dutch",      "english",    "finnish",	 "french",     "german",
	"greek",      "hindi",	    "hungarian", "indonesian", "irish",
	"italian",    "lithuanian", "nepali",	 "norwegian",  "porter",
	"portuguese", "romanian",   "russian",	 "serbian",    "spanish",
	"swedish",    "tamil",	    "turkish",	 "yiddish",    "none",
	NULL,
};

enum {
	LANGUAGES = sizeof(languages) / sizeof(*languages),
	SHOWN = 32 /* bytes of a wrong name that are repeated */
};

struct stemmer {
	const struct language *language;
	struct sb_stemmer *snowball; /* NULL: none */
};

const char *const *trawl_languages(void)
{
	return names;
}

static bool has_code(const char *codes, const char *code)
{
	size_t len = strlen(code);
	const char *end;

	for (; *codes; codes = *end ? end + 1 : end) {
		end = strchr(codes, ' ');
		if (!end)
			end = codes + strlen(codes);
		if ((size_t)(end - codes) == len && !memcmp(codes, code, len))
			return true;
	}
	return false;
}

static const struct language *find_language(const char *name)
{
	for (size_t i = 0; i < LANGUAGES; i++)
		if (!strcmp(languages[i].name, name) ||
		    has_code(languages[i].codes, name))
			return &languages[i];
	return NULL;
}

const char *stemmer_name(const char *language)
{
	const struct language *found = find_language(language);

	return found ? found->name : NULL;
}

static enum trawl_status no_language(const char *name, struct trawl_error *err)
{
	char list[400] = "";
	size_t used = 0;
	size_t shown = utf8_cut(name, strlen(name), SHOWN);

	for (size_t i = 0; names[i] && used < sizeof(list); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used,
					 "%s%s", i ? ", " : "", names[i]);
	return fail(err, TRAWL_BADVALUE,
		    "no stemmer for language '%.*s': choose one of %s",
		    (int)shown, name, list);
}

enum trawl_status stemmer_new(const char *language, struct stemmer **out,
			      struct trawl_error *err)
{
	const struct language *found = find_language(language);

	if (!found)
		return no_language(language, err);

	struct stemmer *s = calloc(1, sizeof(*s));

	if (!s)
		return fail_nomem(err);
	s->language = found;
	if (strcmp(found->name, "none"))
		s->snowball = sb_stemmer_new(found->name, NULL);
	if (!s->snowball && strcmp(found->name, "none")) {
		free(s);
		return fail_nomem(err);
	}
	*out = s;
	return TRAWL_OK;
}

void stemmer_free(struct stemmer *s)
{
	if (!s)
		return;
	sb_stemmer_delete(s->snowball);
	free(s);
}

const char *stemmer_language(const struct stemmer *s)
{
	return s->language->name;
}

size_t stemmer_tail(const struct stemmer *s)
{
	return s->language->tail == ANY ? SIZE_MAX : s->language->tail;
}

static size_t without_apostrophe(enum apostrophe how, const char *word,
				 size_t len)
{
	const char *at;

	if (how == POSSESSIVE && len > 2 && !memcmp(word + len - 2, "'s", 2))
		return len - 2;
	if (how == SUFFIX && len && (at = memchr(word + 1, '\'', len - 1)))
		return (size_t)(at - word);
	return len;
}

const char *stemmer_stem(struct stemmer *s, const char *word, size_t len,
			 size_t *stem_len)
{
	size_t cut = without_apostrophe(s->language->apostrophe, word, len);

	*stem_len = cut;
	if (!s->snowball || !cut || cut > INT32_MAX)
		return word;

	const sb_symbol *stem =
		sb_stemmer_stem(s->snowball, (const sb_symbol *)word, (int)cut);
	int n = sb_stemmer_length(s->snowball);

	if (!stem)
		return NULL;
	if (n <= 0 || (size_t)n > cut)
		return word;
	*stem_len = (size_t)n;
	return (const char *)stem;
}

static uint64_t fnv1a(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ p[i]) * UINT64_C(0x100000001B3);
	return hash;
}

/*
 * Words of every script that there is a stemmer for, so that each stemmer has
 * something to do.  Another list makes every index foreign: leave it alone.
 */
static const char *const probes[] = {
	"connection",	 "running",	 "generously",	   "skies",
	"zelensky's",	 "hopping",	 "nationally",	   "monetary",
	"häuser",	 "aufeinander",	 "straße",	   "katastrophen",
	"continué",	 "généralement", "chanteuses",	   "nationaux",
	"acción",	 "cansadamente", "corazones",	   "rápidamente",
	"ações",	 "abbandonata",	 "pronunciamento", "lichamelijkheden",
	"jaktkarlarnas", "undersøkelse", "bevægelsernes",  "taloissansa",
	"házakhoz",	 "kitaplardan",	 "ekonomikos",	   "cărților",
	"berpelajaran",	 "bhfostaíonn",	 "etxeetako",	   "nacionalistes",
	"важными",	 "государства",	 "самоуправљање",  "κυβερνήσεις",
	"հայաստանի",	 "والمدرسة",	 "लड़कियों",	   "नेपालीहरू",
	"வீடுகளில்",	 "געשריבענע",
};

enum trawl_status stemmer_fingerprint(const char *language, char out[17],
				      struct trawl_error *err)
{
	struct stemmer *s;
	enum trawl_status st = stemmer_new(language, &s, err);
	const unsigned char version = ANALYZE_VERSION;
	uint64_t hash = UINT64_C(0xCBF29CE484222325);

	if (st != TRAWL_OK)
		return st;
	hash = fnv1a(hash, s->language->name, strlen(s->language->name) + 1);
	hash = fnv1a(hash, &version, 1);
	for (size_t i = 0; i < sizeof(probes) / sizeof(*probes); i++) {
		size_t len;
		const char *stem =
			stemmer_stem(s, probes[i], strlen(probes[i]), &len);

		if (!stem) {
			stemmer_free(s);
			return fail_nomem(err);
		}
		hash = fnv1a(fnv1a(hash, stem, len), "", 1);
	}
	stemmer_free(s);
	snprintf(out, 17, "%016" PRIx64, hash);
	return TRAWL_OK;
}

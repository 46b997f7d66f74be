/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "date_line.h"

#include "written_parts.h"

#include <string.h>

enum kind {
	OTHER,
	PUBLISHED,
	POSTED,
	UPDATED,
	DATED,
	BY,	  /* at the beginning of a line */
	COMPANY,  /* stands beside dates */
	READ,	  /* of "2 min read" */
	EXCLUDED, /* of lines whose dates are another's */
};

struct line_word {
	char word[DATE_WORD_MAX]; /* folded */
	unsigned char kind;
	bool foreign;
};

/* clang-format off */
static const struct line_word words[] = {
	{ "published", PUBLISHED, false }, { "publication", PUBLISHED, false },
	{ "released", PUBLISHED, false }, { "issued", PUBLISHED, false },
	{ "posted", POSTED, false }, { "created", POSTED, false },
	{ "submitted", POSTED, false }, { "filed", POSTED, false },
	{ "added", POSTED, false }, { "aired", POSTED, false },
	{ "updated", UPDATED, false }, { "modified", UPDATED, false },
	{ "revised", UPDATED, false }, { "update", UPDATED, false },
	{ "date", DATED, false }, { "dated", DATED, false },
	{ "veroffentlicht", PUBLISHED, true }, { "erschienen", PUBLISHED, true },
	{ "publiziert", PUBLISHED, true }, { "erstellt", POSTED, true },
	{ "datum", DATED, true }, { "stand", UPDATED, true },
	{ "aktualisiert", UPDATED, true }, { "geandert", UPDATED, true },
	{ "publie", PUBLISHED, true }, { "publiee", PUBLISHED, true },
	{ "paru", PUBLISHED, true }, { "modifie", UPDATED, true },
	{ "jour", UPDATED, true }, /* mis à jour */
	{ "actualise", UPDATED, true },
	{ "publicado", PUBLISHED, true }, { "publicada", PUBLISHED, true },
	{ "fecha", DATED, true }, { "actualizado", UPDATED, true },
	{ "actualizada", UPDATED, true }, { "atualizado", UPDATED, true },
	{ "atualizada", UPDATED, true }, { "pubblicato", PUBLISHED, true },
	{ "pubblicata", PUBLISHED, true }, { "aggiornato", UPDATED, true },
	{ "aggiornata", UPDATED, true }, { "data", DATED, true },
	{ "gepubliceerd", PUBLISHED, true }, { "geplaatst", POSTED, true },
	{ "bijgewerkt", UPDATED, true }, { "gewijzigd", UPDATED, true },
	{ "publicerad", PUBLISHED, true }, { "publicerat", PUBLISHED, true },
	{ "uppdaterad", UPDATED, true }, { "publiceret", PUBLISHED, true },
	{ "opdateret", UPDATED, true }, { "publisert", PUBLISHED, true },
	{ "oppdatert", UPDATED, true }, { "julkaistu", PUBLISHED, true },
	{ "paivitetty", UPDATED, true },
	{ "опубликовано", PUBLISHED, true }, { "опубликована", PUBLISHED, true },
	{ "дата", DATED, true }, { "обновлено", UPDATED, true },
	{ "обновлена", UPDATED, true }, { "опубліковано", PUBLISHED, true },
	{ "оновлено", UPDATED, true }, { "opublikowano", PUBLISHED, true },
	{ "dodano", POSTED, true }, { "zaktualizowano", UPDATED, true },
	{ "aktualizacja", UPDATED, true },
	{ "by", BY, false }, { "author", BY, false }, { "von", BY, true },
	{ "par", BY, true }, { "por", BY, true }, { "di", BY, true },
	{ "door", BY, true }, { "av", BY, true }, { "af", BY, true },
	{ "autor", BY, true }, { "auteur", BY, true }, { "автор", BY, true },
	{ "at", COMPANY, false }, { "on", COMPANY, false },
	{ "in", COMPANY, false }, { "the", COMPANY, false },
	{ "of", COMPANY, false }, { "and", COMPANY, false },
	{ "to", COMPANY, false }, { "last", COMPANY, false },
	{ "first", COMPANY, false }, { "originally", COMPANY, false },
	{ "was", COMPANY, false }, { "this", COMPANY, false },
	{ "article", COMPANY, false }, { "story", COMPANY, false },
	{ "uk", COMPANY, false }, { "time", COMPANY, false },
	{ "local", COMPANY, false }, { "from", COMPANY, false },
	{ "th", COMPANY, false }, { "st", COMPANY, false },
	{ "am", COMPANY, false }, { "pm", COMPANY, false },
	{ "um", COMPANY, false }, { "uhr", COMPANY, false },
	{ "le", COMPANY, false }, { "a", COMPANY, false },
	{ "mis", COMPANY, false }, { "mise", COMPANY, false },
	{ "el", COMPANY, false }, { "las", COMPANY, false },
	{ "il", COMPANY, false }, { "alle", COMPANY, false },
	{ "ore", COMPANY, false }, { "de", COMPANY, false },
	{ "del", COMPANY, false }, { "den", COMPANY, false },
	{ "der", COMPANY, false }, { "kl", COMPANY, false },
	{ "klo", COMPANY, false }, { "om", COMPANY, false },
	{ "op", COMPANY, false }, { "em", COMPANY, false },
	{ "feira", COMPANY, false }, { "as", COMPANY, false },
	{ "h", COMPANY, false }, { "zuletzt", COMPANY, false },
	{ "в", COMPANY, false }, { "о", COMPANY, false },
	{ "г", COMPANY, false }, { "года", COMPANY, false },
	{ "р", COMPANY, false }, { "року", COMPANY, false },
	{ "r", COMPANY, false }, { "roku", COMPANY, false },
	{ "hrs", COMPANY, false }, { "share", COMPANY, false },
	{ "min", READ, false }, { "mins", READ, false },
	{ "minute", READ, false }, { "minutes", READ, false },
	{ "read", READ, false }, { "lesezeit", READ, true },
	{ "lecture", READ, true }, { "lectura", READ, true },
	{ "comment", READ, false }, { "comments", READ, false },
	{ "photo", EXCLUDED, false }, { "photos", EXCLUDED, false },
	{ "photograph", EXCLUDED, false }, { "image", EXCLUDED, false },
	{ "images", EXCLUDED, false }, { "picture", EXCLUDED, false },
	{ "pictures", EXCLUDED, false }, { "pictured", EXCLUDED, false },
	{ "getty", EXCLUDED, false }, { "file", EXCLUDED, false },
	{ "caption", EXCLUDED, false }, { "credit", EXCLUDED, false },
	{ "copyright", EXCLUDED, false }, { "reserved", EXCLUDED, false },
	{ "http", EXCLUDED, false }, { "https", EXCLUDED, false },
	{ "www", EXCLUDED, false }, { "born", EXCLUDED, false },
	{ "related", EXCLUDED, false }, { "archive", EXCLUDED, false },
	{ "foto", EXCLUDED, true }, { "bild", EXCLUDED, true },
	{ "expires", EXCLUDED, false }, { "event", EXCLUDED, false },
};
/* clang-format on */

static const struct line_word *find(const char *s, size_t len)
{
	char folded[DATE_WORD_MAX];

	if (!date_word_fold(s, len, folded))
		return NULL;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(words[i].word, folded))
			return &words[i];
	return NULL;
}

/* What a line is read with. */
struct reader {
	struct scan c;
	enum date_order order;
	enum date_label label;
	struct date_line *out;
};

static bool take_date(struct reader *r)
{
	struct written_date d;
	struct date_line *out = r->out;

	if (!written_date_at(r->c.s, r->c.n, r->c.at, r->order, &d) || !d.day ||
	    !d.year)
		return false;
	if (scan_digit(&r->c) && !may_begin_number(r->c.s, r->c.at))
		return false;
	if (d.has_time)
		out->american |= d.time.american;
	if (out->n < DATE_LINE_DATES)
		out->at[out->n++] = (struct labelled_date){ d, r->label };
	r->c.at = d.end;
	return true;
}

static bool take_time(struct reader *r)
{
	struct written_time t;

	if (!scan_digit(&r->c) || !written_time_at(r->c.s, r->c.n, r->c.at, &t))
		return false;
	r->out->american |= t.american;
	r->c.at = t.end;
	return true;
}

static bool is_label(struct scan c)
{
	scan_blanks(&c);
	return scan_any(&c, ":");
}

static void count(struct date_line *out, const char *s, size_t len)
{
	const struct date_name *name = date_name_find(s, len);

	out->words++;
	if (name && name->kind == DATE_NAME_DAY)
		return;
	/* of scripts other than Latin every name counts as one written small */
	if (*s >= 'A' && *s <= 'Z')
		out->capitals++;
	else
		out->others++;
}

static void take_kind(struct reader *r, const struct line_word *w)
{
	static const enum date_label labels[] = {
		[PUBLISHED] = DATE_LABEL_PUBLISHED,
		[POSTED] = DATE_LABEL_POSTED,
		[UPDATED] = DATE_LABEL_UPDATED,
		[DATED] = DATE_LABEL_DATE,
	};

	if (w->kind >= PUBLISHED && w->kind <= DATED) {
		r->label = labels[w->kind];
		r->out->foreign |= w->foreign;
	} else if (w->kind == READ) {
		r->out->read_time = true;
	} else if (w->kind == EXCLUDED) {
		r->out->excluded = true;
	} else {
		r->out->words++;
	}
}

static bool take_word(struct reader *r, bool first)
{
	const char *s = r->c.s + r->c.at;
	size_t len = date_word_length(s, r->c.n - r->c.at);
	const struct line_word *w;

	if (!len)
		return false;
	w = find(s, len);
	if (!w)
		count(r->out, s, len);
	else
		take_kind(r, w);
	if (first && w && w->kind == BY)
		r->out->byline = true;
	r->c.at += len;
	if (!r->out->n && (!w || w->kind == COMPANY) && is_label(r->c))
		r->out->odd_label = true;
	return true;
}

static void skip(struct reader *r)
{
	static const char copyright[] = "\xC2\xA9";

	if (scan_bytes(&r->c, copyright))
		r->out->excluded = true;
	else if (scan_digit(&r->c))
		while (scan_digit(&r->c))
			r->c.at++;
	else
		r->c.at++;
}

bool date_line_read(const char *s, size_t len, enum date_order order,
		    struct date_line *out)
{
	struct reader r = { .c = { s, len, 0 }, .order = order, .out = out };
	struct written_date d;
	bool first = true;

	*out = (struct date_line){ 0 };
	if (len > DATE_LINE_BYTES || !written_date_find(s, len, &d))
		return false;
	while (r.c.at < len) {
		if (take_date(&r) || take_time(&r) || take_word(&r, first))
			first = false;
		else
			skip(&r);
	}
	while (len && strchr(" \t\r", s[len - 1]) && s[len - 1])
		len--;
	out->stop = len && s[len - 1] == '.';
	return out->n > 0;
}

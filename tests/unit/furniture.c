/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "furniture.h"

#include "furniture_line.h"
#include "furniture_table.h"
#include "plain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PAGE = 1 << 16
};

/* --------------------------------------------------------------- spans -- */

static void test_spans(void **state)
{
	struct spans s = { 0 };

	(void)state;
	spans_add(&s, 10, 20, FURNITURE_META);
	spans_add(&s, 30, 40, FURNITURE_CREDIT);
	spans_add(&s, 0, 5, FURNITURE_NAVIGATION);
	spans_add(&s, 20, 30, FURNITURE_ADVERT);
	spans_add(&s, 39, 50, FURNITURE_OTHER); /* overlaps */
	spans_add(&s, 0, 60, FURNITURE_OTHER);
	spans_add(&s, 5, 5, FURNITURE_OTHER); /* empty */
	assert_int_equal(s.n, 4);
	assert_int_equal(s.at[0].kind, FURNITURE_NAVIGATION);
	assert_int_equal(s.at[1].kind, FURNITURE_META);
	assert_int_equal(s.at[2].kind, FURNITURE_ADVERT);
	assert_int_equal(s.at[3].kind, FURNITURE_CREDIT);
	assert_true(spans_have(s.at, s.n, 0));
	assert_true(spans_have(s.at, s.n, 4));
	assert_false(spans_have(s.at, s.n, 5));
	assert_true(spans_have(s.at, s.n, 20));
	assert_true(spans_have(s.at, s.n, 39));
	assert_false(spans_have(s.at, s.n, 40));
	assert_false(spans_have(NULL, 0, 0));
	spans_reset(&s);
	assert_int_equal(s.n, 0);
	spans_release(&s);
	spans_release(NULL);
}

static void test_names(void **state)
{
	(void)state;
	for (int i = 0; i < FURNITURE_KINDS; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(furniture_name(i),
						furniture_name(k));
	assert_string_equal(furniture_name(FURNITURE_NAVIGATION), "navigation");
	assert_string_equal(furniture_name(FURNITURE_KINDS), "none");
}

/* --------------------------------------------------------------- table -- */

static void assert_ascending(const char *const *words, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (strcmp(words[i - 1], words[i]) >= 0)
			fail_msg("'%s' before '%s'", words[i - 1], words[i]);
}

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < furniture_phrases_n; i++) {
		const struct furniture_phrase *f = &furniture_phrases[i];
		struct plain p;

		if (i && strcmp(f[-1].text, f->text) > 0)
			fail_msg("'%s' before '%s'", f[-1].text, f->text);
		plain_read(f->text, strlen(f->text), &p);
		if (strncmp(p.s, f->text, p.n) != 0 || !p.n)
			fail_msg("'%s' is not as lines are folded: '%s'",
				 f->text, p.s);
		if (f->mode == PHRASE_START) {
			assert_true(strlen(f->text) >= 4);
			assert_int_not_equal(f->words, 0);
		} else if (p.label != strlen(f->text)) {
			fail_msg("'%s' ends with punctuation", f->text);
		}
		assert_true(f->need < NEEDS);
		assert_true(f->kind < FURNITURE_KINDS);
	}
	assert_ascending(furniture_date_signs, furniture_date_signs_n);
	assert_ascending(furniture_date_words, furniture_date_words_n);
}

static const struct furniture_phrase *phrase_in(const char *line)
{
	const struct furniture_phrase *f =
		furniture_phrase_find(line, strlen(line));
	struct plain p;

	plain_read(line, strlen(line), &p);
	if (f != furniture_phrase_of(&p))
		fail_msg("'%s' is another phrase when it is folded", line);
	return f;
}

static void upper(char *s)
{
	for (; *s; s++)
		*s = (char)(is_lower(*s) ? *s - 32 : *s);
}

/* Each is found, however it is written. */
static void test_phrases(void **state)
{
	static const char *const ways[][2] = {
		{ "", "" },
		{ "* ", "" },
		{ "| ", ":" },
		{ "\302\267 ", " \342\200\246" },
	};

	(void)state;
	for (size_t i = 0; i < furniture_phrases_n; i++) {
		const struct furniture_phrase *f = &furniture_phrases[i];
		const bool begins = f->mode >= PHRASE_START;
		const size_t n = strlen(f->text);
		/* The colon of "tv:" is taken for a part of the key. */
		const size_t some = n < 4 ? 2 : 4;

		for (size_t way = 0; way < 2 * some; way++) {
			const struct furniture_phrase *found;
			const char *rest =
				f->need ? furniture_needs[f->need][0] : "x";
			char line[200];

			snprintf(line, sizeof(line), "%s%s%s%s%s",
				 ways[way / 2][0], f->text, begins ? " " : "",
				 begins ? rest : "", ways[way / 2][1]);
			if (way & 1)
				upper(line);
			found = phrase_in(line);
			if (!found || strncmp(found->text, f->text, n) != 0)
				fail_msg("'%s' is not found", line);
		}
	}
}

/* Three of one word beside each other are a bar, whatever the word. */
static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < furniture_phrases_n; i++) {
		const struct furniture_phrase *f = &furniture_phrases[i];
		struct page_line l = { 0 };
		char line[100];

		if (f->mode >= PHRASE_START || strchr(f->text, ' ') ||
		    strlen(f->text) > BAR_PART_MAX)
			continue;
		snprintf(line, sizeof(line), "%s %s %s", f->text, f->text,
			 f->text);
		if (i & 1)
			upper(line);
		l.len = (uint32_t)strlen(line);
		page_line_judge(line, &l);
		if (l.how == LINE_UNKNOWN)
			fail_msg("'%s' is no bar", line);
	}
}

/* The sign of a form shows wherever it stands. */
static void test_signs(void **state)
{
	static const char *const forms[] = {
		" | Home | Sport",     " > Home > Sport",
		" / Home / Sport",     " 2 min read",
		" skip to MAIN",       " skip to content",
		" GETTY IMAGES",       ", Ann Reed/AFP",
		" (Ann Reed/Reuters)", " Photo: Jo Mills",
		" skip to Navigation",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		for (size_t n = 1; n < BAR_PART_MAX; n++) {
			struct page_line l = { 0 };
			char line[100];

			memset(line, 'x', n);
			snprintf(line + n, sizeof(line) - n, "%s", forms[i]);
			l.len = (uint32_t)strlen(line);
			page_line_judge(line, &l);
			if (l.how == LINE_UNKNOWN)
				fail_msg("'%s' is not known", line);
		}
}

/* -------------------------------------------------------------- folded -- */

static void fold(const char *s, size_t n, char *out)
{
	size_t k = 0;

	for (; n; s++, n--)
		if ((unsigned char)*s > ' ')
			out[k++] =
				(char)(*s >= 'A' && *s <= 'Z' ? *s + 32 : *s);
		else if (k && out[k - 1] != ' ')
			out[k++] = ' ';
	while (k && out[k - 1] == ' ')
		k--;
	out[k] = 0;
}

/* Eight bytes at once are as one by one. */
static void test_folded(void **state)
{
	static const char bytes[] = "abcXYZ[@`{|~09    \t\1\377\351";
	uint32_t x = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char text[60], want[61];
		const size_t n = (size_t)round % sizeof(text);
		struct plain p;

		for (size_t i = 0; i < n; i++) {
			x = x * 1664525 + 1013904223;
			text[i] = x >> 30 ? (char)('A' + (x >> 20) % 58)
					  : bytes[(x >> 20) % sizeof(bytes)];
		}
		if (n)
			text[0] = 'Q'; /* no bullet */
		fold(text, n, want);
		plain_read(text, n, &p);
		assert_int_equal(p.n, strlen(want));
		assert_memory_equal(p.s, want, p.n);
		assert_memory_equal(p.s + p.n, "\0\0\0\0\0\0\0", 8);
	}
}

/* --------------------------------------------------------------- pages -- */

#define PROSE1                                                                 \
	".|The harbour of Port Ellis was closed on Monday after a cargo ship " \
	"ran aground in thick fog, the coastguard said.\n"
#define PROSE2                                                                 \
	".|Tugs are to pull the vessel free at high tide on Tuesday, and two " \
	"ferries have been sent to a pier further north.\n"
#define PROSE3                                                                 \
	".|Nobody was hurt. The ship, which carries timber, had left the "     \
	"river mouth an hour earlier and had a pilot on board.\n"

/*
 * Each line: what it is, a bar, the line.
 */
static const char *const pages[] = {
	/* Clean text is left alone. */
	PROSE1 PROSE2 PROSE3,
	".|Cargo ship runs aground off Port Ellis\n" PROSE1 PROSE2,
	".|Home\n.|Cargo ship aground\n" PROSE1,
	".|Cookies: what the new law says\n"
	".|Websites that use cookies must ask you first, the regulator said "
	"on Monday, and your answer has to be kept for a year.\n"
	".|\"We use cookies on this site to give you the best of the web,\" "
	"read the notice that the court had to judge in the end.\n",
	".|Sign up for the army, they told us, and we all went down to the "
	"office in the harbour street to put our names on the list.\n"
	".|Support for the party among readers of the paper has fallen by a "
	"third since the vote, a poll of two thousand people says.\n"
	".|Follow the money, said the detective who led the inquiry, and in "
	"the end it was a ledger from 1987 that gave them away.\n"
	".|Share prices fell again, and the bank's rose after it said that "
	"it would sell the branches it has in the north of the country.\n",
	".|Related species live in the lakes of the highlands, where the "
	"water is colder and where no boats are allowed in summer.\n"
	".|Home Office officials were told of the delay in March, but nobody "
	"passed the letter on to the minister, the report finds.\n"
	".|Advertisement spending is down by a tenth, and the channel expects "
	"to close two of the studios that it runs in the capital.\n",
	".|Jane Field is a reporter who joined the protest and was arrested, "
	"her lawyer told the court in the capital on Wednesday.\n"
	".|Field has been held since then, and the judge will decide next "
	"week whether the journalist may go home to her family.\n"
	".|Jane Field is a reporter for the paper, which has covered the case "
	"since she joined the march, and which asks for her release.\n",

	".|Written by hand in 1843, the letter tells of a storm at sea, a "
	"fire on deck and of the two boys who swam to the shore alone.\n"
	".|Reporting by the newspaper showed that the bank had known of the "
	"loans for years and had told nobody about any of them.\n"
	".|More from the deep is to come, the divers say: they have seen "
	"another hull, larger than the first, a mile from there.\n"
	"a|Reporting by Jo Mills in Port Ellis and Ann Reed; Editing by Tom "
	"Hill.\n",
	".|Watch: cargo ship runs aground\n" PROSE1 "r|Watch: the rescue\n",

	/* Around an article. */
	"n|Skip to content\n"
	"n|Home\n"
	"n|News\n"
	"n|Harbour life\n"
	"n|Sport\n"
	".|Cargo ship runs aground off Port Ellis\n"
	"m|By Jo Mills  3 March 2024  2 min read\n"
	"p|The ship on Monday. (Ann Reed/Getty Images)\n"
	"m|This audio is created with AI assistance\n" PROSE1
	"d|Advertisement\n" PROSE2 "d|Story continues below\n" PROSE3
	"s|Share\n"
	"s|Tweet\n"
	"s|Email\n"
	"r|Read more:\n"
	"r|Ferries to the islands are late again, and nobody knows why\n"
	"r|Storm warning for the west coast\n"
	"c|This website uses cookies to improve your experience.\n"
	"l|Sign up for our newsletter and get the news in your inbox.\n"
	"p|\302\251 2024 Port Ellis Courier. All rights reserved.\n",

	"n| date 2024-03-03 Skip to content\n"
	"n|Home > World > Europe\n"
	".|Cargo ship runs aground off Port Ellis\n"
	"m|Published: March 3, 2024 at 9:15 PM GMT\n" PROSE1 PROSE2
	"m|Updated 4 March 2024\n"
	"a|Author: Jo Mills\n"
	"l|Thank you for signing up for this newsletter. We\342\200\231ve "
	"sent you a confirmation email.\n",

	"p|PORT ELLIS, MAINE - MARCH 3: The cargo ship is seen from the pier "
	"on March 3, 2024 in Port Ellis, Maine.\n" PROSE1 PROSE2
	"o|Ferries to the islands are late, minister says\n"
	"o|\342\200\234We know that people wait,\342\200\235 the minister "
	"said at a press conference in the capital with the head of the "
	"line.\n"
	"n|Article image\n"
	"n|Avatar\n"
	"a|Jo Mills\n"
	"\n"
	"a|Head of the coast desk\n"
	"\n"
	"a|Jo Mills is the head of the coast desk at the Courier, where she "
	"has previously worked as an editor. She joined the paper in 2012 and "
	"has a degree in geography.\n"
	"r|Read more\n"
	"n|News Feed\n"
	"n|Video\n"
	"\n"
	"r|The staff of the Courier show what it feels like to wait for a "
	"ferry in winter, in a film that was made over several weeks.\n"
	"\n"
	"n|Show More\n",

	".|Cargo ship runs aground off Port Ellis\n" PROSE1
	"r|Read more: Ferries to the islands are late again\n" PROSE2
	"r|Related stories\n"
	"r|Ferries to the islands are late again this week\n"
	"r|Storm warning for the west coast of the country\n" PROSE3
	"a|Jo Mills is a reporter for the Courier. Follow her on Twitter.\n"
	"a|Ann Reed and Tom Hill contributed to this report.\n"
	"s|Follow us on Facebook\n"
	"r|Most read\n"
	"m|7:22 AM\n"
	"r|Ten walks by the sea\n"
	"r|Why is the harbour so deep?\n"
	"n|About us\n"
	"c|Privacy policy\n"
	"n|Contact | Careers | Help\n",

	".|Cargo ship runs aground off Port Ellis\n" PROSE1 PROSE2
	"a|About the author\n"
	"a|Jo Mills has written for the Courier since the spring of 1999.\n",

	/* A heading amid prose, then a subhead: no list. */
	PROSE1 "r|Read more\n.|The night before\n" PROSE2,
	/* Lists above the prose may hold the title. */
	"r|Most read\n.|Cargo ship runs aground off Port Ellis\n" PROSE1,

	/* Other languages. */
	"n|Zum Inhalt springen\n.|Frachter vor Port Ellis auf Grund\n"
	".|Der Hafen von Port Ellis ist am Montag gesperrt worden, nachdem ein "
	"Frachter im Nebel auf Grund gelaufen war.\n"
	"d|Anzeige\n"
	".|Schlepper sollen das Schiff am Dienstag bei Flut freiziehen, "
	"teilte die K\303\274stenwache am Abend in der Stadt mit.\n"
	"r|Lesen Sie auch\nr|F\303\244hren zu den Inseln versp\303\244tet\n"
	"c|Diese Website verwendet Cookies.\n"
	"p|Alle Rechte vorbehalten\n",
	"n|Aller au contenu\n.|Un cargo \303\251chou\303\251 \303\240 Port "
	"Ellis\n"
	"m|Publi\303\251 le 3 mars 2024 \303\240 9h15\n"
	".|Le port a \303\251t\303\251 ferm\303\251 lundi apr\303\250s "
	"l'\303\251chouage d'un cargo dans le brouillard, ont dit les "
	"garde-c\303\264tes.\n"
	"d|Publicit\303\251\n"
	".|Des remorqueurs doivent d\303\251gager le navire mardi \303\240 "
	"mar\303\251e haute, selon la capitainerie de la ville.\n"
	"r|\303\200 lire aussi\nr|Les ferries encore en retard\n"
	"c|Nous utilisons des cookies pour mesurer l'audience.\n",
	"n|Saltar al contenido\n.|Un carguero encalla en Port Ellis\n"
	".|El puerto fue cerrado el lunes despu\303\251s de que un carguero "
	"encallara en la niebla, dijeron los guardacostas.\n"
	"d|Publicidad\n"
	".|Los remolcadores intentar\303\241n mover el barco el martes con la "
	"marea alta, seg\303\272n la autoridad del puerto.\n"
	"r|Lea tambi\303\251n\nr|Los transbordadores vuelven a llegar tarde\n",
	"n|Vai al contenuto\n.|Un cargo si arena a Port Ellis\n"
	".|Il porto \303\250 stato chiuso luned\303\254 dopo che un cargo si "
	"\303\250 arenato nella nebbia, ha detto la guardia costiera.\n"
	"d|Pubblicit\303\240\n"
	".|I rimorchiatori cercheranno di liberare la nave marted\303\254 con "
	"l'alta marea, secondo la capitaneria della citt\303\240.\n"
	"r|Leggi anche\nr|Traghetti ancora in ritardo\n"
	"p|Riproduzione riservata\n",
	"n|Naar de inhoud\n.|Vrachtschip vast bij Port Ellis\n"
	".|De haven is maandag gesloten nadat een vrachtschip in dichte mist "
	"aan de grond was gelopen, meldde de kustwacht.\n"
	"d|Advertentie\n"
	".|Slepers moeten het schip dinsdag bij hoog water lostrekken, zei "
	"een woordvoerder van de haven in de hoofdstad.\n"
	"r|Lees ook\nr|Veerboten opnieuw te laat\n",
	"n|Перейти к содержанию\n"
	".|Порт закрыли в понедельник после того, как грузовое судно село на "
	"мель в тумане.\n"
	"d|Реклама\n"
	".|Буксиры должны снять его во вторник во время прилива, сообщила "
	"береговая охрана.\n"
	"r|Читайте также\n"
	"p|Фото: Анна Рид / Reuters\n"
	"p|Все права защищены\n",
	"n|Перейти до вмісту\n"
	".|Порт закрили в понеділок після того, як вантажне судно сіло на "
	"мілину в тумані.\n"
	"d|РЕКЛАМА\n"
	".|Буксири мають зняти його у вівторок під час припливу, повідомила "
	"берегова охорона.\n"
	"r|Читайте також:\n"
	"p|Усі права захищені\n",

	/* A note of few words: labels and consent alone. */
	".|More news.\n",
	".|Sign up\n",
	".|Sign up for our newsletter and come to the harbour.\n"
	".|Bring a coat.\n",
	".|Reporting by Jo Mills and Ann Reed\n.|The harbour is closed.\n",
	".|Photo: Ann Reed/AFP\n.|2 min read\n.|Ferry\n",
	".|The harbour is closed until Monday.\n.|Read more\n.|More news.\n",
	"n|Skip to content\n.|The harbour is closed until Monday.\n"
	"s|Share\nd|Advertisement\n"
	"c|This website uses cookies to improve your experience.\n",
	/* Among much of a page it is one. */
	"n|Skip to content\nn|Home\nn|News\nn|Sport\n.|Harbour closed\n"
	"s|Share\ns|Tweet\ns|Email\nr|Read more\n"
	"p|All rights reserved\n",
	/* A script without blanks. */
	".|\346\270\257\345\217\243\345\233\240\345\244\247\351\233\276"
	"\345\205\263\351\227\255\357\274\214\344\270\200\350\211\230"
	"\350\264\247\350\275\256\345\234\250\346\262\263\345\217\243"
	"\346\220\201\346\265\205\343\200\202\345\221\250\344\272\214"
	"\345\260\206\346\234\211\344\270\244\350\211\230\346\213\226"
	"\350\210\271\346\212\212\345\256\203\346\213\226\347\246\273"
	"\346\265\205\346\273\251\357\274\214\346\262\241\346\234\211"
	"\344\272\272\345\217\227\344\274\244\357\274\214\346\265\267"
	"\345\262\270\350\255\246\345\215\253\351\230\237\345\221\250"
	"\344\270\200\346\231\232\344\270\212\345\234\250\351\246\226"
	"\351\203\275\350\257\264\343\200\202"
	"\n"
	"r|Read more\n",

	/* Wrapped text: a line that begins like a label is part of a sentence. */
	".|The harbour of Port Ellis was closed\n"
	".|on Monday after a ship ran aground\n"
	".|in thick fog, the coastguard said. To\n"
	".|read more\n"
	".|about it people went to the library,\n"
	".|where the papers of the day are kept.\n",
};

static const char codes[FURNITURE_KINDS] = {
	[FURNITURE_NONE] = '.',	      [FURNITURE_NAVIGATION] = 'n',
	[FURNITURE_CONSENT] = 'c',    [FURNITURE_SHARING] = 's',
	[FURNITURE_NEWSLETTER] = 'l', [FURNITURE_RELATED] = 'r',
	[FURNITURE_AUTHOR] = 'a',     [FURNITURE_CREDIT] = 'p',
	[FURNITURE_META] = 'm',	      [FURNITURE_ADVERT] = 'd',
	[FURNITURE_OTHER] = 'o',
};

struct page {
	char text[PAGE], want[PAGE]; /* want: of the line that begins there */
	size_t len;
};

static void page_read(struct page *p, const char *marked)
{
	memset(p, 0, sizeof(*p));
	while (*marked) {
		const size_t n = strcspn(marked, "\n") + 1;
		const bool blank = n == 1;

		if (!blank)
			p->want[p->len] = *marked;
		memcpy(p->text + p->len, marked + (blank ? 0 : 2),
		       n - (blank ? 0 : 2));
		p->len += n - (blank ? 0 : 2);
		marked += n;
	}
}

static char found(const struct spans *s, size_t at)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->at[i].begin <= at && at < s->at[i].end)
			return codes[s->at[i].kind];
	return '.';
}

static void test_pages(void **state)
{
	static struct page p;
	struct spans s = { 0 };
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		page_read(&p, pages[i]);
		assert_true(furniture_find(p.text, p.len, &s));
		for (size_t at = 0; at < p.len; at++) {
			const int n = (int)strcspn(p.text + at, "\n");

			if (!p.want[at] || found(&s, at) == p.want[at])
				continue;
			wrong++;
			print_error("page %zu: %c, not %c: %.*s\n", i,
				    found(&s, at), p.want[at], n, p.text + at);
		}
	}
	assert_int_equal(wrong, 0);
	spans_release(&s);
}

/* One line alone between a title and prose. */
static void test_lines(void **state)
{
	static const struct {
		char want;
		const char *line;
	} cases[] = {
		{ 'm', "2 min read" },
		{ 'm', "Read time: 5 minutes" },
		{ 'm', "3 hours ago" },
		{ 'm', "May 3, 2013 | 8:20 am" },
		{ 'm', "PUBLISHED: THURSDAY, MAY 2, 2013, 1: 32 PM" },
		{ 'm', "16. September 2013, 09:36 Uhr" },
		{ 'm', "7:22 AM" },
		{ 'm', "Ver\303\266ffentlicht am 17. August 2030, 08:12 Uhr" },
		{ '.', "Wednesday" },
		{ '.', "3:1" },
		{ '.', "5 November" },
		{ '.', "2,671.30" },
		{ '.', "Five ways to read" },
		{ '.', "March madness: 2024 edition begins" },
		{ 'n', "Home | News | Sport | Weather" },
		{ 'n', "Home \342\200\272 World \342\200\272 Europe" },
		{ '.', "Home and away | Notes from the season" },
		{ 's', "Share Tweet Email Print" },
		{ '.', "Share prices fall" },
		{ 'p', "AP Photo/Ann Reed" },
		{ 'p', "Photo: Ann Reed/AFP" },
		{ 'p', "The ship. Photograph: Ann Reed/AFP" },
		{ '.', "Ministers meet in Kyiv (and then in Paris)" },
		{ 'd', "ADVERTISEMENT" },
		{ 'd', "- Advertisement -" },
		{ 'l', "Subscribe to our newsletter" },
		{ 's', "Share this article" },
		{ 's', "@portelliscourier" },
		{ 's', "www.portelliscourier" },
		{ 's', "http:portelliscourier" },
		{ 's', "jo.mills@courier.example" },
		{ 'c', "Accept all cookies" },
		{ '.', "Accept defeat, leader tells party" },
		{ '.', "Live: ship aground off Port Ellis" },
	};
	struct spans s = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[2000];

		snprintf(text, sizeof(text), "%s\n%s%s", cases[i].line,
			 PROSE1 + 2, PROSE2 + 2);
		assert_true(furniture_find(text, strlen(text), &s));
		if (found(&s, 0) != cases[i].want)
			fail_msg("%c, not %c: %s", found(&s, 0), cases[i].want,
				 cases[i].line);
	}
	spans_release(&s);
}

/* ------------------------------------------------------------- hostile -- */

static void check_spans(const struct spans *s, size_t len)
{
	uint32_t last = 0;

	for (size_t i = 0; i < s->n; i++) {
		assert_true(s->at[i].begin >= last);
		assert_true(s->at[i].begin < s->at[i].end);
		last = s->at[i].end;
	}
	assert_true(last <= len);
}

/* Pieces of furniture and of characters, put together at random. */
static void test_hostile(void **state)
{
	static const char *const pieces[] = {
		"\n",	 "\n",	  " ",	"Read more", "\342\200", "\302",
		"\320",	 "by ",	  "1",	"min read",  "|",	 "(Getty",
		")",	 "Home",  "X ", "\303\251",  "\357\273", "AP - MAY 3:",
		"Jo Mi", " is a", ".",	"Photo: ",   "\377",	 "cookie",
		"/",	 "you ",  "-",	"\302\251",  "skip to ", "\n\n",
	};
	struct spans s = { 0 };
	uint32_t x = 1;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char text[400];
		char *copy;
		size_t n = 0;

		while (n < 300) {
			const char *piece;

			x = x * 1664525 + 1013904223;
			piece = pieces[(x >> 16) %
				       (sizeof(pieces) / sizeof(pieces[0]))];
			if (x >> 28 == 0)
				break;
			memcpy(text + n, piece, strlen(piece));
			n += strlen(piece);
		}
		/* A copy of its own: what is read beyond it shows. */
		copy = malloc(n ? n : 1);
		memcpy(copy, text, n);
		assert_true(furniture_find(copy, n, &s));
		check_spans(&s, n);
		free(copy);
	}
	spans_release(&s);
}

static void test_large(void **state)
{
	static const char *const units[] = {
		"a",  "\n",	     "Home\n", "| ",	    "read ", "\302",
		"A ", "Read more\n", "1 ",     "Home\nx\n", "\0\n",  "k"
	};
	const size_t len = 4 << 20;
	char *text = malloc(len);
	struct spans s = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		const size_t n = strlen(units[i]) ? strlen(units[i]) : 2;

		for (size_t at = 0; at + n <= len; at += n)
			memcpy(text + at, units[i], n);
		assert_true(furniture_find(text, len / n * n, &s));
		check_spans(&s, len);
	}
	assert_true(furniture_find("", 0, &s));
	assert_int_equal(s.n, 0);
	spans_release(&s);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spans),  cmocka_unit_test(test_names),
		cmocka_unit_test(test_table),  cmocka_unit_test(test_phrases),
		cmocka_unit_test(test_words),  cmocka_unit_test(test_signs),
		cmocka_unit_test(test_folded), cmocka_unit_test(test_pages),
		cmocka_unit_test(test_lines),  cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

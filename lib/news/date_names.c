/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "date_names.h"

#include "utf8.h"

#include <string.h>

#define MONTH DATE_NAME_MONTH
#define DAY   DATE_NAME_DAY
#define FULL  NAME_FULL
#define WORD  NAME_WORD
#define ABBR  NAME_ABBR
#define WEAK  NAME_WEAK

/* Sorted by bytes. */
/* clang-format off */
static const struct date_name names[] = {
	{ "abr", MONTH, 4, WEAK }, { "abril", MONTH, 4, FULL },
	{ "ago", MONTH, 8, WEAK }, { "agosto", MONTH, 8, FULL },
	{ "aout", MONTH, 8, FULL }, { "apr", MONTH, 4, ABBR },
	{ "april", MONTH, 4, FULL }, { "aprile", MONTH, 4, FULL },
	{ "aug", MONTH, 8, ABBR }, { "august", MONTH, 8, FULL },
	{ "augusti", MONTH, 8, FULL }, { "augustus", MONTH, 8, FULL },
	{ "avr", MONTH, 4, WEAK }, { "avril", MONTH, 4, FULL },
	{ "cze", MONTH, 6, WEAK }, { "czerwca", MONTH, 6, FULL },
	{ "czerwcu", MONTH, 6, FULL }, { "czerwiec", MONTH, 6, FULL },
	{ "czwartek", DAY, 4, FULL }, { "dec", MONTH, 12, ABBR },
	{ "december", MONTH, 12, FULL }, { "decembre", MONTH, 12, FULL },
	{ "des", MONTH, 12, WEAK }, { "desember", MONTH, 12, FULL },
	{ "dez", MONTH, 12, WEAK }, { "dezember", MONTH, 12, FULL },
	{ "dezembro", MONTH, 12, FULL }, { "di", DAY, 2, WEAK },
	{ "dic", MONTH, 12, WEAK }, { "dicembre", MONTH, 12, FULL },
	{ "diciembre", MONTH, 12, FULL }, { "dienstag", DAY, 2, FULL },
	{ "dimanche", DAY, 7, FULL }, { "dinsdag", DAY, 2, FULL },
	{ "do", DAY, 4, WEAK }, { "domenica", DAY, 7, FULL },
	{ "domingo", DAY, 7, FULL }, { "donderdag", DAY, 4, FULL },
	{ "donnerstag", DAY, 4, FULL }, { "elokuu", MONTH, 8, WORD },
	{ "elokuun", MONTH, 8, FULL }, { "elokuussa", MONTH, 8, FULL },
	{ "elokuuta", MONTH, 8, FULL }, { "ene", MONTH, 1, WEAK },
	{ "enero", MONTH, 1, FULL }, { "feb", MONTH, 2, ABBR },
	{ "febbraio", MONTH, 2, FULL }, { "febr", MONTH, 2, WEAK },
	{ "febrero", MONTH, 2, FULL }, { "februar", MONTH, 2, FULL },
	{ "februari", MONTH, 2, FULL }, { "february", MONTH, 2, FULL },
	{ "fev", MONTH, 2, WEAK }, { "fevereiro", MONTH, 2, FULL },
	{ "fevr", MONTH, 2, WEAK }, { "fevrier", MONTH, 2, FULL },
	{ "fr", DAY, 5, WEAK }, { "fredag", DAY, 5, FULL },
	{ "freitag", DAY, 5, FULL }, { "fri", DAY, 5, WEAK },
	{ "friday", DAY, 5, FULL }, { "gen", MONTH, 1, WEAK },
	{ "gennaio", MONTH, 1, FULL }, { "giovedi", DAY, 4, FULL },
	{ "giu", MONTH, 6, WEAK }, { "giugno", MONTH, 6, FULL },
	{ "gru", MONTH, 12, WEAK }, { "grudnia", MONTH, 12, FULL },
	{ "grudniu", MONTH, 12, FULL }, { "grudzien", MONTH, 12, FULL },
	{ "heinakuu", MONTH, 7, FULL }, { "heinakuun", MONTH, 7, FULL },
	{ "heinakuussa", MONTH, 7, FULL }, { "heinakuuta", MONTH, 7, FULL },
	{ "helmikuu", MONTH, 2, FULL }, { "helmikuun", MONTH, 2, FULL },
	{ "helmikuussa", MONTH, 2, FULL }, { "helmikuuta", MONTH, 2, FULL },
	{ "huhtikuu", MONTH, 4, FULL }, { "huhtikuun", MONTH, 4, FULL },
	{ "huhtikuussa", MONTH, 4, FULL }, { "huhtikuuta", MONTH, 4, FULL },
	{ "jaenner", MONTH, 1, FULL }, { "jan", MONTH, 1, ABBR },
	{ "janeiro", MONTH, 1, FULL }, { "janner", MONTH, 1, FULL },
	{ "januar", MONTH, 1, FULL }, { "januari", MONTH, 1, FULL },
	{ "january", MONTH, 1, FULL }, { "janv", MONTH, 1, WEAK },
	{ "janvier", MONTH, 1, FULL }, { "jeudi", DAY, 4, FULL },
	{ "joulukuu", MONTH, 12, FULL }, { "joulukuun", MONTH, 12, FULL },
	{ "joulukuussa", MONTH, 12, FULL }, { "joulukuuta", MONTH, 12, FULL },
	{ "jueves", DAY, 4, FULL }, { "juil", MONTH, 7, WEAK },
	{ "juillet", MONTH, 7, FULL }, { "juin", MONTH, 6, FULL },
	{ "jul", MONTH, 7, ABBR }, { "julho", MONTH, 7, FULL },
	{ "juli", MONTH, 7, FULL }, { "julio", MONTH, 7, FULL },
	{ "july", MONTH, 7, FULL }, { "jun", MONTH, 6, ABBR },
	{ "june", MONTH, 6, FULL }, { "junho", MONTH, 6, FULL },
	{ "juni", MONTH, 6, FULL }, { "junio", MONTH, 6, FULL },
	{ "kesakuu", MONTH, 6, FULL }, { "kesakuun", MONTH, 6, FULL },
	{ "kesakuussa", MONTH, 6, FULL }, { "kesakuuta", MONTH, 6, FULL },
	{ "keskiviikko", DAY, 3, FULL }, { "keskiviikkona", DAY, 3, FULL },
	{ "kwi", MONTH, 4, WEAK }, { "kwiecien", MONTH, 4, FULL },
	{ "kwietnia", MONTH, 4, FULL }, { "kwietniu", MONTH, 4, FULL },
	{ "lauantai", DAY, 6, FULL }, { "lauantaina", DAY, 6, FULL },
	{ "lip", MONTH, 7, WEAK }, { "lipca", MONTH, 7, FULL },
	{ "lipcu", MONTH, 7, FULL }, { "lipiec", MONTH, 7, FULL },
	{ "lis", MONTH, 11, WEAK }, { "listopad", MONTH, 11, FULL },
	{ "listopada", MONTH, 11, FULL }, { "listopadzie", MONTH, 11, FULL },
	{ "lokakuu", MONTH, 10, FULL }, { "lokakuun", MONTH, 10, FULL },
	{ "lokakuussa", MONTH, 10, FULL }, { "lokakuuta", MONTH, 10, FULL },
	{ "lordag", DAY, 6, FULL }, { "lug", MONTH, 7, WEAK },
	{ "luglio", MONTH, 7, FULL }, { "lundi", DAY, 1, FULL },
	{ "lunedi", DAY, 1, FULL }, { "lunes", DAY, 1, FULL },
	{ "lut", MONTH, 2, WEAK }, { "lutego", MONTH, 2, FULL },
	{ "luty", MONTH, 2, WORD }, { "lutym", MONTH, 2, FULL },
	{ "maaliskuu", MONTH, 3, FULL }, { "maaliskuun", MONTH, 3, FULL },
	{ "maaliskuussa", MONTH, 3, FULL }, { "maaliskuuta", MONTH, 3, FULL },
	{ "maanantai", DAY, 1, FULL }, { "maanantaina", DAY, 1, FULL },
	{ "maandag", DAY, 1, FULL }, { "maart", MONTH, 3, FULL },
	{ "maerz", MONTH, 3, FULL }, { "mag", MONTH, 5, WEAK },
	{ "maggio", MONTH, 5, FULL }, { "mai", MONTH, 5, FULL },
	{ "maio", MONTH, 5, FULL }, { "maj", MONTH, 5, FULL },
	{ "maja", MONTH, 5, FULL }, { "maju", MONTH, 5, FULL },
	{ "mandag", DAY, 1, FULL }, { "mar", MONTH, 3, ABBR },
	{ "marca", MONTH, 3, FULL }, { "march", MONTH, 3, WORD },
	{ "marco", MONTH, 3, FULL }, { "marcu", MONTH, 3, FULL },
	{ "mardi", DAY, 2, FULL }, { "marraskuu", MONTH, 11, FULL },
	{ "marraskuun", MONTH, 11, FULL }, { "marraskuussa", MONTH, 11, FULL },
	{ "marraskuuta", MONTH, 11, FULL }, { "mars", MONTH, 3, WORD },
	{ "martedi", DAY, 2, FULL }, { "martes", DAY, 2, FULL },
	{ "marts", MONTH, 3, FULL }, { "marz", MONTH, 3, FULL },
	{ "marzec", MONTH, 3, FULL }, { "marzo", MONTH, 3, FULL },
	{ "may", MONTH, 5, WORD }, { "mayo", MONTH, 5, WORD },
	{ "mei", MONTH, 5, WORD }, { "mercoledi", DAY, 3, FULL },
	{ "mercredi", DAY, 3, FULL }, { "mi", DAY, 3, WEAK },
	{ "miercoles", DAY, 3, FULL }, { "mittwoch", DAY, 3, FULL },
	{ "mo", DAY, 1, WEAK }, { "mon", DAY, 1, WEAK },
	{ "monday", DAY, 1, FULL }, { "montag", DAY, 1, FULL },
	{ "mrt", MONTH, 3, WEAK }, { "mrz", MONTH, 3, WEAK },
	{ "niedziela", DAY, 7, FULL }, { "niedziele", DAY, 7, FULL },
	{ "nov", MONTH, 11, ABBR }, { "november", MONTH, 11, FULL },
	{ "novembre", MONTH, 11, FULL }, { "novembro", MONTH, 11, FULL },
	{ "noviembre", MONTH, 11, FULL }, { "oct", MONTH, 10, ABBR },
	{ "october", MONTH, 10, FULL }, { "octobre", MONTH, 10, FULL },
	{ "octubre", MONTH, 10, FULL }, { "okt", MONTH, 10, WEAK },
	{ "oktober", MONTH, 10, FULL }, { "onsdag", DAY, 3, FULL },
	{ "ott", MONTH, 10, WEAK }, { "ottobre", MONTH, 10, FULL },
	{ "out", MONTH, 10, WEAK }, { "outubro", MONTH, 10, FULL },
	{ "paz", MONTH, 10, WEAK }, { "pazdziernik", MONTH, 10, FULL },
	{ "pazdziernika", MONTH, 10, FULL },
	{ "pazdzierniku", MONTH, 10, FULL }, { "perjantai", DAY, 5, FULL },
	{ "perjantaina", DAY, 5, FULL }, { "piatek", DAY, 5, FULL },
	{ "poniedzialek", DAY, 1, FULL }, { "quarta", DAY, 3, WEAK },
	{ "quinta", DAY, 4, WEAK }, { "sa", DAY, 6, WEAK },
	{ "sabado", DAY, 6, FULL }, { "sabato", DAY, 6, FULL },
	{ "samedi", DAY, 6, FULL }, { "samstag", DAY, 6, FULL },
	{ "sat", DAY, 6, WEAK }, { "saturday", DAY, 6, FULL },
	{ "segunda", DAY, 1, WEAK }, { "sep", MONTH, 9, ABBR },
	{ "sept", MONTH, 9, ABBR }, { "september", MONTH, 9, FULL },
	{ "septembre", MONTH, 9, FULL }, { "septiembre", MONTH, 9, FULL },
	{ "set", MONTH, 9, WEAK }, { "setembro", MONTH, 9, FULL },
	{ "setiembre", MONTH, 9, FULL }, { "settembre", MONTH, 9, FULL },
	{ "sexta", DAY, 5, WEAK }, { "sie", MONTH, 8, WEAK },
	{ "sierpien", MONTH, 8, FULL }, { "sierpnia", MONTH, 8, FULL },
	{ "sierpniu", MONTH, 8, FULL }, { "so", DAY, 7, WEAK },
	{ "sobota", DAY, 6, FULL }, { "sobote", DAY, 6, FULL },
	{ "sondag", DAY, 7, FULL }, { "sonnabend", DAY, 6, FULL },
	{ "sonntag", DAY, 7, FULL }, { "sroda", DAY, 3, FULL },
	{ "srode", DAY, 3, FULL }, { "sty", MONTH, 1, WEAK },
	{ "styczen", MONTH, 1, FULL }, { "stycznia", MONTH, 1, FULL },
	{ "styczniu", MONTH, 1, FULL }, { "sun", DAY, 7, WEAK },
	{ "sunday", DAY, 7, FULL }, { "sunnuntai", DAY, 7, FULL },
	{ "sunnuntaina", DAY, 7, FULL }, { "syyskuu", MONTH, 9, FULL },
	{ "syyskuun", MONTH, 9, FULL }, { "syyskuussa", MONTH, 9, FULL },
	{ "syyskuuta", MONTH, 9, FULL }, { "tammikuu", MONTH, 1, FULL },
	{ "tammikuun", MONTH, 1, FULL }, { "tammikuussa", MONTH, 1, FULL },
	{ "tammikuuta", MONTH, 1, FULL }, { "terca", DAY, 2, WEAK },
	{ "thu", DAY, 4, WEAK }, { "thur", DAY, 4, WEAK },
	{ "thurs", DAY, 4, WEAK }, { "thursday", DAY, 4, FULL },
	{ "tiistai", DAY, 2, FULL }, { "tiistaina", DAY, 2, FULL },
	{ "tirsdag", DAY, 2, FULL }, { "tisdag", DAY, 2, FULL },
	{ "torsdag", DAY, 4, FULL }, { "torstai", DAY, 4, FULL },
	{ "torstaina", DAY, 4, FULL }, { "toukokuu", MONTH, 5, FULL },
	{ "toukokuun", MONTH, 5, FULL }, { "toukokuussa", MONTH, 5, FULL },
	{ "toukokuuta", MONTH, 5, FULL }, { "tue", DAY, 2, WEAK },
	{ "tues", DAY, 2, WEAK }, { "tuesday", DAY, 2, FULL },
	{ "vendredi", DAY, 5, FULL }, { "venerdi", DAY, 5, FULL },
	{ "viernes", DAY, 5, FULL }, { "vrijdag", DAY, 5, FULL },
	{ "wed", DAY, 3, WEAK }, { "wednesday", DAY, 3, FULL },
	{ "weds", DAY, 3, WEAK }, { "woensdag", DAY, 3, FULL },
	{ "wrz", MONTH, 9, WEAK }, { "wrzesien", MONTH, 9, FULL },
	{ "wrzesnia", MONTH, 9, FULL }, { "wrzesniu", MONTH, 9, FULL },
	{ "wtorek", DAY, 2, FULL }, { "zaterdag", DAY, 6, FULL },
	{ "zondag", DAY, 7, FULL }, { "авг", MONTH, 8, WEAK },
	{ "август", MONTH, 8, FULL }, { "августа", MONTH, 8, FULL },
	{ "августе", MONTH, 8, FULL }, { "апр", MONTH, 4, WEAK },
	{ "апреле", MONTH, 4, FULL }, { "апрель", MONTH, 4, FULL },
	{ "апреля", MONTH, 4, FULL }, { "бер", MONTH, 3, WEAK },
	{ "берез", MONTH, 3, WEAK }, { "березень", MONTH, 3, FULL },
	{ "березня", MONTH, 3, FULL }, { "березні", MONTH, 3, FULL },
	{ "вер", MONTH, 9, WEAK }, { "верес", MONTH, 9, WEAK },
	{ "вересень", MONTH, 9, FULL }, { "вересня", MONTH, 9, FULL },
	{ "вересні", MONTH, 9, FULL }, { "воскресенье", DAY, 7, FULL },
	{ "вторник", DAY, 2, FULL }, { "вівторок", DAY, 2, FULL },
	{ "гру", MONTH, 12, WEAK }, { "груд", MONTH, 12, WEAK },
	{ "грудень", MONTH, 12, FULL }, { "грудня", MONTH, 12, FULL },
	{ "грудні", MONTH, 12, FULL }, { "дек", MONTH, 12, WEAK },
	{ "декабре", MONTH, 12, FULL }, { "декабрь", MONTH, 12, FULL },
	{ "декабря", MONTH, 12, FULL }, { "жов", MONTH, 10, WEAK },
	{ "жовт", MONTH, 10, WEAK }, { "жовтень", MONTH, 10, FULL },
	{ "жовтня", MONTH, 10, FULL }, { "жовтні", MONTH, 10, FULL },
	{ "июл", MONTH, 7, WEAK }, { "июле", MONTH, 7, FULL },
	{ "июль", MONTH, 7, FULL }, { "июля", MONTH, 7, FULL },
	{ "июн", MONTH, 6, WEAK }, { "июне", MONTH, 6, FULL },
	{ "июнь", MONTH, 6, FULL }, { "июня", MONTH, 6, FULL },
	{ "кві", MONTH, 4, WEAK }, { "квіт", MONTH, 4, WEAK },
	{ "квітень", MONTH, 4, FULL }, { "квітня", MONTH, 4, FULL },
	{ "квітні", MONTH, 4, FULL }, { "лип", MONTH, 7, WEAK },
	{ "липень", MONTH, 7, FULL }, { "липня", MONTH, 7, FULL },
	{ "липні", MONTH, 7, FULL }, { "лис", MONTH, 11, WEAK },
	{ "лист", MONTH, 11, WEAK }, { "листоп", MONTH, 11, WEAK },
	{ "листопад", MONTH, 11, FULL }, { "листопада", MONTH, 11, FULL },
	{ "листопаді", MONTH, 11, FULL }, { "лют", MONTH, 2, WEAK },
	{ "лютий", MONTH, 2, FULL }, { "лютого", MONTH, 2, FULL },
	{ "лютому", MONTH, 2, FULL }, { "мае", MONTH, 5, FULL },
	{ "май", MONTH, 5, FULL }, { "мар", MONTH, 3, WEAK },
	{ "март", MONTH, 3, FULL }, { "марта", MONTH, 3, FULL },
	{ "марте", MONTH, 3, FULL }, { "мая", MONTH, 5, FULL },
	{ "неділю", DAY, 7, FULL }, { "неділя", DAY, 7, FULL },
	{ "ноя", MONTH, 11, WEAK }, { "нояб", MONTH, 11, WEAK },
	{ "ноябре", MONTH, 11, FULL }, { "ноябрь", MONTH, 11, FULL },
	{ "ноября", MONTH, 11, FULL }, { "окт", MONTH, 10, WEAK },
	{ "октябре", MONTH, 10, FULL }, { "октябрь", MONTH, 10, FULL },
	{ "октября", MONTH, 10, FULL }, { "пʼятниця", DAY, 5, FULL },
	{ "понедельник", DAY, 1, FULL }, { "понеділок", DAY, 1, FULL },
	{ "пятница", DAY, 5, FULL }, { "пятницу", DAY, 5, FULL },
	{ "сен", MONTH, 9, WEAK }, { "сент", MONTH, 9, WEAK },
	{ "сентябре", MONTH, 9, FULL }, { "сентябрь", MONTH, 9, FULL },
	{ "сентября", MONTH, 9, FULL }, { "сер", MONTH, 8, WEAK },
	{ "середа", DAY, 3, FULL }, { "середу", DAY, 3, FULL },
	{ "серп", MONTH, 8, WEAK }, { "серпень", MONTH, 8, FULL },
	{ "серпня", MONTH, 8, FULL }, { "серпні", MONTH, 8, FULL },
	{ "среда", DAY, 3, FULL }, { "среду", DAY, 3, FULL },
	{ "суббота", DAY, 6, FULL }, { "субботу", DAY, 6, FULL },
	{ "субота", DAY, 6, FULL }, { "суботу", DAY, 6, FULL },
	{ "січ", MONTH, 1, WEAK }, { "січень", MONTH, 1, FULL },
	{ "січня", MONTH, 1, FULL }, { "січні", MONTH, 1, FULL },
	{ "тра", MONTH, 5, WEAK }, { "трав", MONTH, 5, WEAK },
	{ "травень", MONTH, 5, FULL }, { "травня", MONTH, 5, FULL },
	{ "травні", MONTH, 5, FULL }, { "фев", MONTH, 2, WEAK },
	{ "февр", MONTH, 2, WEAK }, { "феврале", MONTH, 2, FULL },
	{ "февраль", MONTH, 2, FULL }, { "февраля", MONTH, 2, FULL },
	{ "чер", MONTH, 6, WEAK }, { "черв", MONTH, 6, WEAK },
	{ "червень", MONTH, 6, FULL }, { "червня", MONTH, 6, FULL },
	{ "червні", MONTH, 6, FULL }, { "четвер", DAY, 4, FULL },
	{ "четверг", DAY, 4, FULL }, { "янв", MONTH, 1, WEAK },
	{ "январе", MONTH, 1, FULL }, { "январь", MONTH, 1, FULL },
	{ "января", MONTH, 1, FULL },
};

/* Second letters by first ones, 1 << (letter & 31), of the names above. */
#define L(c) (1u << ((c) & 31))

static const uint32_t pairs[26] = {
	['a' - 'a'] = L('b') | L('g') | L('o') | L('p') | L('u') | L('v'),
	['c' - 'a'] = L('z'),
	['d' - 'a'] = L('e') | L('i') | L('o'),
	['e' - 'a'] = L('l') | L('n'),
	['f' - 'a'] = L('e') | L('r'),
	['g' - 'a'] = L('e') | L('i') | L('r'),
	['h' - 'a'] = L('e') | L('u'),
	['j' - 'a'] = L('a') | L('e') | L('o') | L('u'),
	['k' - 'a'] = L('e') | L('w'),
	['l' - 'a'] = L('a') | L('i') | L('o') | L('u'),
	['m' - 'a'] = L('a') | L('e') | L('i') | L('o') | L('r'),
	['n' - 'a'] = L('i') | L('o'),
	['o' - 'a'] = L('c') | L('k') | L('n') | L('t') | L('u'),
	['p' - 'a'] = L('a') | L('e') | L('i') | L('o'),
	['q' - 'a'] = L('u'),
	['s' - 'a'] = L('a') | L('e') | L('i') | L('o') | L('r') | L('t') | L('u') | L('y'),
	['t' - 'a'] = L('a') | L('e') | L('h') | L('i') | L('o') | L('u'),
	['v' - 'a'] = L('e') | L('i') | L('r'),
	['w' - 'a'] = L('e') | L('o') | L('r') | L('t'),
	['z' - 'a'] = L('a') | L('o'),
};

/* U+00C0 .. U+017F without marks. */
static const char plain[] =
	"aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiiidnooooo/ouuuuyty"
	"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
	"lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
/* clang-format on */

/*
 * C2 and E2 lead signs and punctuation alone, E3 80 those of Chinese, EF the
 * byte order mark and wide forms.
 */
static bool is_word_lead(unsigned char c)
{
	return c >= 0xC3 && c != 0xE2 && c != 0xE3 && c != 0xEF;
}

static size_t letter_length(const char *s, size_t n)
{
	size_t i = 1;

	while (i < n && i < 4 && ((unsigned char)s[i] & 0xC0) == 0x80)
		i++;
	return i;
}

size_t date_word_length(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && i <= DATE_WORD_MAX * 2) {
		unsigned char c = (unsigned char)s[i];

		if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
			i++;
		else if (is_word_lead(c))
			i += letter_length(s + i, n - i);
		else
			break;
	}
	return i <= DATE_WORD_MAX * 2 ? i : 0;
}

static uint32_t lower(uint32_t cp)
{
	if (cp >= 'A' && cp <= 'Z')
		return cp + 0x20;
	if (cp >= 0xC0 && cp < 0x180)
		return (unsigned char)plain[cp - 0xC0];
	if (cp >= 0x410 && cp < 0x430)
		return cp + 0x20;
	if (cp >= 0x400 && cp < 0x410)
		return cp + 0x50;
	return cp;
}

size_t date_word_fold(const char *s, size_t len, char out[DATE_WORD_MAX])
{
	size_t n = 0, i;

	for (i = 0; i < len && n < DATE_WORD_MAX - 1 && (signed char)s[i] > 0;
	     i++)
		out[n++] = (char)lower((unsigned char)s[i]);
	while (i < len) {
		uint32_t cp;

		i += utf8_decode(s + i, len - i, &cp);
		if (cp == UINT32_MAX || n + 4 > DATE_WORD_MAX - 1)
			return 0;
		n += utf8_encode(lower(cp), out + n);
	}
	out[n] = '\0';
	return n;
}

static int compare(const char *word, const char *other)
{
	const int c = (unsigned char)*word - (unsigned char)*other;

	return c ? c : strcmp(word + 1, other + 1);
}

static const struct date_name *find(const char *word)
{
	size_t low = 0, high = sizeof(names) / sizeof(*names);

	while (low < high) {
		const size_t at = low + (high - low) / 2;
		const int c = compare(word, names[at].word);

		if (!c)
			return &names[at];
		if (c < 0)
			high = at;
		else
			low = at + 1;
	}
	return NULL;
}

/* Letters that are not ASCII may. */
bool date_name_may_begin(const char *s)
{
	const unsigned first = (unsigned char)s[0] | 0x20u;

	return first < 'a' || first > 'z' || (unsigned char)s[1] >= 0x80 ||
	       pairs[first - 'a'] & L(s[1]);
}

const struct date_name *date_name_find(const char *s, size_t len)
{
	char word[DATE_WORD_MAX];

	if (len < 2 || !date_name_may_begin(s) || !date_word_fold(s, len, word))
		return NULL;
	return find(word);
}

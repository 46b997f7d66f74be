/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agency.h"

#include "line_text.h"

#include <string.h>

enum {
	DATELINE_MAX = 120,  /* bytes before its dash */
	DATELINE_WORDS = 10, /* of places and dates */
	AGENCY_WORDS = 3,
	AGENCY_MAX = 40
};

/* As others write it, in lower case; then as it writes itself. */
static const struct {
	const char *written, *name;
} agencies[] = {
	{ "reuters", "Reuters" },
	{ "thomson reuters", "Reuters" },
	{ "ap", "Associated Press" },
	{ "associated press", "Associated Press" },
	{ "afp", "Agence France-Presse" },
	{ "agence france-presse", "Agence France-Presse" },
	{ "agence france presse", "Agence France-Presse" },
	{ "dpa", "dpa" },
	{ "dapd", "dapd" },
	{ "epd", "epd" },
	{ "kna", "KNA" },
	{ "sid", "SID" },
	{ "apa", "APA" },
	{ "ats", "ATS" },
	{ "sda", "SDA" },
	{ "upi", "UPI" },
	{ "united press international", "UPI" },
	{ "ansa", "ANSA" },
	{ "agi", "AGI" },
	{ "adnkronos", "Adnkronos" },
	{ "efe", "EFE" },
	{ "europa press", "Europa Press" },
	{ "lusa", "Lusa" },
	{ "belga", "Belga" },
	{ "anp", "ANP" },
	{ "ntb", "NTB" },
	{ "ritzau", "Ritzau" },
	{ "tt", "TT" },
	{ "stt", "STT" },
	{ "pap", "PAP" },
	{ "mti", "MTI" },
	{ "agerpres", "Agerpres" },
	{ "bta", "BTA" },
	{ "tanjug", "Tanjug" },
	{ "hina", "HINA" },
	{ "tass", "TASS" },
	{ "itar-tass", "ITAR-TASS" },
	{ "ria novosti", "RIA Novosti" },
	{ "interfax", "Interfax" },
	{ "interfax-ukraine", "Interfax-Ukraine" },
	{ "ukrinform", "Ukrinform" },
	{ "unian", "UNIAN" },
	{ "belta", "BelTA" },
	{ "xinhua", "Xinhua" },
	{ "kyodo", "Kyodo" },
	{ "kyodo news", "Kyodo" },
	{ "jiji press", "Jiji Press" },
	{ "yonhap", "Yonhap" },
	{ "kcna", "KCNA" },
	{ "bernama", "Bernama" },
	{ "antara", "Antara" },
	{ "pti", "PTI" },
	{ "ani", "ANI" },
	{ "ians", "IANS" },
	{ "app", "APP" },
	{ "anadolu", "Anadolu" },
	{ "aa", "Anadolu" },
	{ "irna", "IRNA" },
	{ "wam", "WAM" },
	{ "spa", "SPA" },
	{ "mena", "MENA" },
	{ "petra", "Petra" },
	{ "aap", "AAP" },
	{ "cp", "The Canadian Press" },
	{ "canadian press", "The Canadian Press" },
	{ "pa", "PA Media" },
	{ "press association", "PA Media" },
	{ "bloomberg", "Bloomberg" },
	{ "dow jones", "Dow Jones" },
	{ "afx", "AFX" },
	{ "cnn", "CNN" },
	{ "cbs news", "CBS News" },
	{ "prnewswire", "PR Newswire" },
	{ "pr newswire", "PR Newswire" },
	{ "business wire", "Business Wire" },
	{ "globe newswire", "GlobeNewswire" },
	{ "marketwire", "Marketwire" },
	{ "voa", "VOA" },
	{ "rfe/rl", "RFE/RL" },
	{ "ips", "IPS" },
};

const char *agency_named(const char *s, size_t len)
{
	trim(&s, &len);
	if (starts_with(s, len, "the ")) {
		s += 4;
		len -= 4;
	}
	if (!len || len > AGENCY_MAX)
		return NULL;
	for (size_t i = 0; i < sizeof(agencies) / sizeof(*agencies); i++)
		if (strlen(agencies[i].written) == len &&
		    starts_with(s, len, agencies[i].written))
			return agencies[i].name;
	return NULL;
}

/* "Reuters", "dpa/tmn", "AFP, AP": the first of them. */
static const char *first_agency(const char *s, size_t len)
{
	const char *whole = agency_named(s, len);
	size_t n = 0;

	if (whole)
		return whole;
	while (n < len && s[n] != '/' && s[n] != ',' && s[n] != ';')
		n++;
	return agency_named(s, n);
}

/* Places and dates: words that begin with a capital or a digit, and few. */
static bool is_place(const char *s, size_t len)
{
	size_t words = 0;

	for (trim(&s, &len); len; trim(&s, &len)) {
		size_t n = token_length(s, len);

		if (!is_capital(s, n) && !is_digit(*s) && n > 3 &&
		    memcmp(s, "\xE2\x80", 2))
			return false;
		if (++words > DATELINE_WORDS)
			return false;
		s += n;
		len -= n;
	}
	return true;
}

static size_t skip_blanks(const char *s, size_t len, size_t at)
{
	size_t n;

	while (at < len && (n = blank_at(s + at, len - at)))
		at += n;
	return at;
}

/* A few words with capitals: an agency that is not in the table. */
static bool is_name(const char *s, size_t len)
{
	size_t words = 0;

	if (!len || len > AGENCY_MAX)
		return false;
	for (trim(&s, &len); len; trim(&s, &len)) {
		size_t n = token_length(s, len);

		if (!is_capital(s, n) || memchr(s, ',', n) ||
		    ++words > AGENCY_WORDS)
			return false;
		s += n;
		len -= n;
	}
	return words;
}

/* From the sign that opens to the one that closes, then a dash. */
static bool read_agency(const char *s, size_t len, size_t open, char closing,
			struct dateline *out)
{
	const char *inside = s + open + 1;
	const char *end = memchr(inside, closing, len - open - 1);
	size_t at, dash, n = end ? (size_t)(end - inside) : 0;
	const char *known = end ? first_agency(inside, n) : NULL;

	if (!known && (!end || !is_name(inside, n)))
		return false;
	out->agency = known ? known : inside;
	out->agency_len = known ? strlen(known) : n;
	at = skip_blanks(s, len, open + n + 2);
	dash = dash_at(s + at, len - at);
	out->len = at + dash;
	return dash;
}

/* "KYIV -", "London, Nov. 7 --": in upper case, or with nothing but a dash of
 * its own. */
static bool read_plain(const char *s, size_t len, struct dateline *out)
{
	size_t n = 0, dash = 0;

	while (n < len && !(dash = dash_at(s + n, len - n)))
		n++;
	if (!dash || n < 3 || n + dash >= len || !blank_at(s + n - 1, 1) ||
	    !blank_at(s + n + dash, len - n - dash))
		return false;
	for (size_t i = 0; i < n && s[i] != ',' && s[i] != '('; i++)
		if (s[i] >= 'a' && s[i] <= 'z')
			return false;
	*out = (struct dateline){ .len = n + dash };
	return is_place(s, n);
}

bool dateline_read(const char *line, size_t len, struct dateline *out)
{
	size_t n = len < DATELINE_MAX ? len : DATELINE_MAX, at = 0;

	*out = (struct dateline){ 0 };
	while (at < n && line[at] != '(' && line[at] != '/')
		at++;
	if (at < n && is_place(line, at) &&
	    read_agency(line, n, at, line[at] == '(' ? ')' : '/', out))
		return true;
	return read_plain(line, n, out);
}

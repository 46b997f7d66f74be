/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "written_date.h"
#include "written_parts.h"

#include <string.h>

/* What a number of hours and minutes has beside it. */
enum proof {
	PROOF_COLON = 1,
	PROOF_HALF = 2, /* am, pm */
	PROOF_WORD = 4, /* hrs, Uhr, h */
	PROOF_ZONE = 8
};

struct zone {
	const char *name;
	bool utc, american;
};

/* One whose name has several meanings is known, but not where. */
static const struct zone zones[] = {
	{ "z", true, false },	  { "utc", true, false },
	{ "gmt", true, false },	  { "est", false, true },
	{ "edt", false, true },	  { "cst", false, true },
	{ "cdt", false, true },	  { "mst", false, true },
	{ "mdt", false, true },	  { "pst", false, true },
	{ "pdt", false, true },	  { "et", false, true },
	{ "ct", false, true },	  { "mt", false, true },
	{ "pt", false, true },	  { "akdt", false, true },
	{ "akst", false, true },  { "bst", false, false },
	{ "ist", false, false },  { "cet", false, false },
	{ "cest", false, false }, { "mez", false, false },
	{ "mesz", false, false }, { "eet", false, false },
	{ "eest", false, false }, { "msk", false, false },
	{ "hkt", false, false },  { "jst", false, false },
	{ "aest", false, false }, { "aedt", false, false },
	{ "sgt", false, false },  { "pkt", false, false },
	{ "nzst", false, false }, { "nzdt", false, false },
};

/* "+05:00", "+0200", "+2", with blanks where tokenizers put them */
static bool take_offset(struct scan *c, struct written_time *t)
{
	struct scan try = *c;
	unsigned hours, minutes = 0, n;
	const bool west = try.at < try.n && try.s[try.at] == '-';

	if (!scan_any(&try, "+-"))
		return false;
	n = scan_number(&try, 4, &hours);
	if (n >= 3) {
		minutes = hours % 100;
		hours /= 100;
	} else if (n && scan_any(&try, ":")) {
		scan_blanks(&try);
		if (scan_number(&try, 2, &minutes) != 2)
			return false;
	}
	if (!n || hours > 14 || minutes > 59)
		return false;
	t->offset = (int16_t)(hours * 60 + minutes);
	if (west)
		t->offset = (int16_t)-t->offset;
	t->zoned = true;
	*c = try;
	return true;
}

static unsigned take_zone(struct scan *c, struct written_time *t)
{
	struct scan try = *c;
	size_t i;

	scan_blanks(&try);
	scan_any(&try, "(");
	if (take_offset(&try, t)) {
		scan_any(&try, ")");
		*c = try;
		return PROOF_ZONE;
	}
	for (i = 0; i < sizeof(zones) / sizeof(*zones); i++)
		if (scan_word_is(&try, zones[i].name))
			break;
	if (i == sizeof(zones) / sizeof(*zones))
		return 0;
	t->zoned = zones[i].utc;
	t->american = zones[i].american;
	if (zones[i].utc)
		take_offset(&try, t);
	scan_any(&try, ")");
	*c = try;
	return PROOF_ZONE;
}

/* "am", "p.m.", "p. m.", "p" */
static unsigned take_half(struct scan *c, struct written_time *t)
{
	struct scan try = *c;
	bool pm;

	scan_blanks(&try);
	pm = try.at < try.n && (try.s[try.at] | 0x20) == 'p';
	if (!scan_word_is(&try, pm ? "pm" : "am")) {
		if (!scan_word_is(&try, pm ? "p" : "a"))
			return 0;
		if (scan_any(&try, ".")) {
			scan_blanks(&try);
			if (!scan_word_is(&try, "m"))
				return 0;
		}
	}
	if (t->hour < 1 || t->hour > 12)
		return 0;
	scan_any(&try, ".");
	t->hour = (uint8_t)(t->hour % 12 + (pm ? 12 : 0));
	*c = try;
	return PROOF_HALF;
}

static unsigned take_word(struct scan *c)
{
	static const char *const words[] = { "uhr", "hrs" };
	struct scan try = *c;

	scan_blanks(&try);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (scan_word_is(&try, words[i])) {
			*c = try;
			return PROOF_WORD;
		}
	return 0;
}

static bool take_two(struct scan *c, uint8_t *out)
{
	struct scan try = *c;
	unsigned value;

	scan_blanks(&try);
	if (scan_number(&try, 2, &value) != 2 || value > 59)
		return false;
	*out = (uint8_t)value;
	*c = try;
	return true;
}

/* ":05", ".250" behind minutes */
static void take_seconds(struct scan *c, struct written_time *t)
{
	struct scan try = *c;
	unsigned ignored;

	if (!scan_any(&try, ":") || !take_two(&try, &t->second))
		return;
	*c = try;
	if (scan_any(&try, ".") && scan_number(&try, 9, &ignored))
		*c = try;
}

/* "1:09", "1: 09:30", "16. 33", "14h30", "1052", "7": what proves it so far */
static bool take_clock(struct scan *c, struct written_time *t, unsigned *proof)
{
	struct scan try = *c;
	unsigned value, n = scan_number(&try, 4, &value);

	*proof = 0;
	if (!n || n == 3)
		return false;
	if (n == 4) {
		t->minute = (uint8_t)(value % 100);
		value /= 100;
	}
	if (value > 23 || t->minute > 59)
		return false;
	t->hour = (uint8_t)value;
	*c = try;
	if (n == 4)
		return true;
	if (scan_any(&try, ":h") && take_two(&try, &t->minute)) {
		*proof = PROOF_COLON;
		take_seconds(&try, t);
		*c = try;
	} else {
		try = *c;
		if (scan_any(&try, ".") && take_two(&try, &t->minute))
			*c = try;
	}
	return true;
}

bool written_time_at(const char *s, size_t len, size_t at,
		     struct written_time *out)
{
	struct scan c = { s, len, at };
	struct written_time t = { .begin = (uint32_t)at };
	unsigned proof;

	if (!take_clock(&c, &t, &proof) || scan_digit(&c))
		return false;
	proof |= take_half(&c, &t);
	if (!(proof & PROOF_HALF))
		proof |= take_word(&c);
	proof |= take_zone(&c, &t);
	if (!proof)
		return false;
	t.end = (uint32_t)c.at;
	*out = t;
	return true;
}

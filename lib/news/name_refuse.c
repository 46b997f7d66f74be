/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "name_refuse.h"

#include "name_lists.h"

#include <string.h>

/*
 * What two words of one stem end with: a plural, a people, a woman's form.  The
 * first column is the shorter's, behind the longest common beginning.
 */
static const struct ending {
	const char *one, *other;
} endings[] = {
	{ "", "s" },	  { "", "es" },	   { "", "i" },	    { "", "n" },
	{ "", "an" },	  { "", "ian" },   { "", "a" },	    { "", "er" },
	{ "", "ish" },	  { "", "ese" },   { "", "ic" },    { "", "al" },
	{ "", "ist" },	  { "", "ism" },   { "", "in" },    { "", "ia" },
	{ "", "is" },	  { "", "na" },	   { "", "ns" },    { "", "ans" },
	{ "", "ians" },	  { "", "ing" },   { "", "ed" },    { "", "ly" },
	{ "e", "an" },	  { "o", "an" },   { "y", "ian" },  { "y", "ies" },
	{ "a", "ese" },	  { "a", "ian" },  { "a", "er" },   { "i", "aya" },
	{ "y", "aya" },	  { "y", "ist" },  { "e", "ing" },  { "y", "aia" },
	{ "i", "aia" },	  { "ch", "vna" }, { "ich", "na" }, { "us", "a" },
	{ "ich", "vna" },
};

static bool is_ending(const char *one, const char *other)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if ((!strcmp(endings[i].one, one) &&
		     !strcmp(endings[i].other, other)) ||
		    (!strcmp(endings[i].one, other) &&
		     !strcmp(endings[i].other, one)))
			return true;
	return false;
}

static bool is_form_of(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return is_ending(a, b);
}

bool name_refuse(const struct name_key *a, const struct name_key *b)
{
	return name_is_fixed(a->bare) || name_is_fixed(b->bare) ||
	       (name_is_given(a->bare) && name_is_given(b->bare)) ||
	       (strcmp(a->fold, b->fold) != 0 && /* Dmitri, Dmitrii */
		(is_form_of(a->bare, b->bare) || is_form_of(a->fold, b->fold)));
}

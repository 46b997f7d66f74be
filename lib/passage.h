/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * passage.h - a passage cut out of a text, round what was found in it
 */
#ifndef LIB_PASSAGE_H
#define LIB_PASSAGE_H

#include "sentence.h"
#include "snippet.h"

enum {
	PASSAGE_MAX = SNIPPET_CHARS * 3 / 2,
	PASSAGE_MIN = 120, /* chars; a shorter one gets another sentence */
	PASSAGE_CORE = 160 /* chars from the first match to the last */
};

/*
 * Whole sentences round begin..end within limit, or a few words on either
 * side: at most PASSAGE_MAX characters, and what is over them is cut off.
 */
struct extent passage_cut(const char *s, struct extent limit, size_t begin,
			  size_t end);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prompt.h - lines typed at a terminal: edited, remembered, completed
 *
 * The history is $TRAWL_HISTORY, else trawl/history under $XDG_STATE_HOME or
 * ~/.local/state, of mode 0600; an empty $TRAWL_HISTORY means none.  It is text.
 * Each line is added to it as it is typed; all but the newest
 * PROMPT_HISTORY_MAX are dropped when it is next opened.
 */
#ifndef CLIENT_PROMPT_H
#define CLIENT_PROMPT_H

#include <stddef.h>

struct prompt;

enum {
	PROMPT_HISTORY_MAX = 1000, /* lines */
	PROMPT_WORDS_MAX = 40	   /* completions of a word */
};

/*
 * What the last word of line may become, the word whole: up to
 * PROMPT_WORDS_MAX strings into words, to be freed.  Returns how many.
 */
typedef size_t prompt_complete(void *ctx, const char *line, char **words);

/* Ends the program when there is no such terminal. */
struct prompt *prompt_open(const char *text, prompt_complete *complete,
			   void *ctx);
/* The next line, without its end; lives until the next call.  NULL: no more. */
const char *prompt_line(struct prompt *p);
void prompt_close(struct prompt *p);

#endif

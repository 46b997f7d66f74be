/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * repl.h - the prompt: queries and commands, one after the other
 */
#ifndef CLIENT_REPL_H
#define CLIENT_REPL_H

struct source;

/* Read and answer lines until there are no more.  Returns the exit status. */
int repl(struct source *src);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.h - build, add and sync: the writer's side of the pipeline
 */
#ifndef INDEXER_RUN_H
#define INDEXER_RUN_H

#include "cmdline.h"

#include <trawl.h>

/* Returns the exit status. */
int run(const struct cmdline *cl, enum mode mode);

/* Print "trawl-index: TEXT"; returns EXIT_COULD_NOT.  Out of memory, a
 * database must not be touched any more, not even to be closed: _exit(). */
int could_not(enum trawl_status st, const struct trawl_error *err);

#endif

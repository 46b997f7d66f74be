/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * progress.h - one line on a terminal, redrawn; nothing anywhere else
 *
 * It appears when a run has taken a second.
 */
#ifndef INDEXER_PROGRESS_H
#define INDEXER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool wanted, shown;
	double start, last;
};

void progress_init(struct progress *p, bool quiet);
/* total 0: not known. */
void progress_show(struct progress *p, uint64_t bytes, uint64_t total,
		   uint64_t documents);
/* part is 0..1. */
void progress_show_part(struct progress *p, double part);
/* Before anything else is written to the terminal. */
void progress_clear(struct progress *p);

#endif

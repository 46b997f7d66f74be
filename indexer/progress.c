/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "progress.h"

#include "summary.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	WIDTH = 24 /* of the bar */
};
static const double first_after = 1.0, then_every = 0.2; /* seconds */

void progress_init(struct progress *p, bool quiet)
{
	const char *term = getenv("TERM");

	*p = (struct progress){ .start = monotonic_seconds() };
	p->wanted =
		!quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb");
}

static bool is_due(struct progress *p)
{
	double now;

	if (!p->wanted)
		return false;
	now = monotonic_seconds();
	if (now - p->start < first_after || now - p->last < then_every)
		return false;
	p->last = now;
	p->shown = true;
	return true;
}

static void draw_bar(double part)
{
	int full = (int)(part * WIDTH + 0.5);

	fputs("\r\033[K[", stderr);
	for (int i = 0; i < WIDTH; i++)
		fputc(i < full ? '#' : '.', stderr);
	fprintf(stderr, "] %3d%%", (int)(part * 100));
}

static void draw_left(double seconds)
{
	unsigned s = seconds < 360000 ? (unsigned)(seconds + 0.5) : 360000;

	if (s >= 3600)
		fprintf(stderr, "  %u h %u min left", s / 3600, s / 60 % 60);
	else if (s >= 60)
		fprintf(stderr, "  %u min %u s left", s / 60, s % 60);
	else
		fprintf(stderr, "  %u s left", s);
}

void progress_show(struct progress *p, uint64_t bytes, uint64_t total,
		   uint64_t documents)
{
	char size[16];
	double spent, part;

	if (!is_due(p))
		return;
	spent = p->last - p->start;
	part = total && bytes < total ? (double)bytes / (double)total : 1;
	if (total)
		draw_bar(part);
	else
		fputs("\r\033[K", stderr);
	print_bytes(size, bytes);
	fprintf(stderr, "  %llu documents  %s  %.1f MB/s",
		(unsigned long long)documents, size,
		(double)bytes / 1e6 / spent);
	if (total && part > 0.01 && part < 1)
		draw_left(spent / part - spent);
	fflush(stderr);
}

void progress_show_part(struct progress *p, double part)
{
	if (!is_due(p))
		return;
	draw_bar(part < 0 ? 0 : part > 1 ? 1 : part);
	fflush(stderr);
}

void progress_clear(struct progress *p)
{
	if (!p->shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	p->shown = false;
}

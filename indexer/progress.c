/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "progress.h"

#include "summary.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	WIDTH = 24, /* of the bar at most */
	WIDTH_MIN = 4,
	COLUMNS = 80, /* of a terminal that does not say */
	FACTS_MAX = 128
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

/* A line that is longer than the terminal could not be drawn over. */
static int terminal_width(void)
{
	struct winsize ws = { 0 };

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &ws) < 0 || !ws.ws_col)
		return COLUMNS;
	return ws.ws_col;
}

/* The bar takes what the facts leave of the line; part < 0: no bar. */
static void draw(double part, const char *facts)
{
	int room = terminal_width() - 1;
	int width = room - (int)(strlen("[] 100%") + strlen(facts));

	fputs("\r\033[K", stderr);
	if (part >= 0 && width >= WIDTH_MIN) {
		width = width < WIDTH ? width : WIDTH;
		fputc('[', stderr);
		for (int i = 0; i < width; i++)
			fputc(i < (int)(part * width + 0.5) ? '#' : '.',
			      stderr);
		fprintf(stderr, "] %3d%%", (int)(part * 100));
	}
	fprintf(stderr, "%.*s", room, facts);
	fflush(stderr);
}

static void format_left(char *out, size_t size, double seconds)
{
	unsigned s = seconds < 360000 ? (unsigned)(seconds + 0.5) : 360000;

	if (s >= 3600)
		snprintf(out, size, "  %u h %u min left", s / 3600,
			 s / 60 % 60);
	else if (s >= 60)
		snprintf(out, size, "  %u min %u s left", s / 60, s % 60);
	else
		snprintf(out, size, "  %u s left", s);
}

void progress_show(struct progress *p, uint64_t bytes, uint64_t total,
		   uint64_t documents)
{
	char size[16], left[40] = "", facts[FACTS_MAX];
	double spent, part;

	if (!is_due(p))
		return;
	spent = p->last - p->start;
	part = total && bytes < total ? (double)bytes / (double)total : 1;
	if (total && part > 0.01 && part < 1)
		format_left(left, sizeof(left), spent / part - spent);
	print_bytes(size, bytes);
	snprintf(facts, sizeof(facts), "  %llu document%s  %s  %.1f MB/s%s",
		 (unsigned long long)documents, documents == 1 ? "" : "s", size,
		 (double)bytes / 1e6 / spent, left);
	draw(total ? part : -1, facts);
}

void progress_show_part(struct progress *p, double part)
{
	if (is_due(p))
		draw(part < 0 ? 0 : part > 1 ? 1 : part, "");
}

void progress_clear(struct progress *p)
{
	if (!p->shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	p->shown = false;
}

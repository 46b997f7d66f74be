/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "term.h"

#include "buf.h"
#include "parse.h"
#include "utf8.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8proc.h>

#define PLAIN "\033[0m"

static unsigned clamp(unsigned long n)
{
	return n < TERM_WIDTH_MIN   ? TERM_WIDTH_MIN
	       : n > TERM_WIDTH_MAX ? TERM_WIDTH_MAX
				    : (unsigned)n;
}

static bool set(const char *name)
{
	const char *v = getenv(name);

	return v && *v;
}

void term_look(struct term *t)
{
	const char *kind = getenv("TERM"), *columns = getenv("COLUMNS");
	bool dumb = !kind || strcmp(kind, "dumb") == 0;
	struct winsize ws = { 0 };
	uint64_t n;

	setlocale(LC_CTYPE, "");
	*t = (struct term){ .width = TERM_WIDTH_PIPE };
	t->unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	/* What is typed at the prompt is UTF-8, as all that is shown is. */
	if (!t->unicode)
		setlocale(LC_CTYPE, "C.UTF-8");
	t->tty = isatty(STDOUT_FILENO) && !dumb;
	t->colour = t->tty && !set("NO_COLOR");
	if (t->tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0) {
		t->height = ws.ws_row;
		if (ws.ws_col)
			t->width = clamp(ws.ws_col);
	}
	if (columns && parse_uint(columns, 1, TERM_WIDTH_MAX, &n))
		t->width = clamp(n);
}

/* The length of the escape sequence (ESC [ ... letter) at s, or 0. */
static size_t escape_length(const char *s, size_t n)
{
	size_t i = 2;

	if (n < 3 || s[0] != '\033' || s[1] != '[')
		return 0;
	while (i < n && !(s[i] >= '@' && s[i] <= '~'))
		i++;
	return i < n ? i + 1 : 0;
}

/* The bytes of the next thing at s, and its cells. */
static size_t next_cell(const char *s, size_t n, size_t *cells)
{
	size_t len = escape_length(s, n);
	uint32_t cp;

	*cells = 0;
	if (len)
		return len;
	len = utf8_decode(s, n, &cp);

	int width = cp == UINT32_MAX ? 1 : utf8proc_charwidth((int32_t)cp);

	*cells = width > 0 ? (size_t)width : 0;
	return len;
}

size_t term_cells(const char *s, size_t n)
{
	size_t sum = 0, cells;

	for (size_t i = 0; i < n; sum += cells)
		i += next_cell(s + i, n - i, &cells);
	return sum;
}

static void add_blanks(struct buf *out, size_t n)
{
	while (n--)
		buf_addc(out, ' ');
}

struct wrap {
	struct buf *out;
	unsigned indent;
	size_t room, at;  /* cells of a line, and those taken */
	const char *mark; /* the escape sequence in force; pagers forget */
	size_t mark_len;  /* it at a line's end */
};

static void wrap_break(struct wrap *w)
{
	if (w->mark_len)
		buf_adds(w->out, PLAIN);
	buf_addc(w->out, '\n');
	add_blanks(w->out, w->indent);
	buf_add(w->out, w->mark, w->mark_len);
	w->at = 0;
}

/* Add one word of wrapped text, broken when it is longer than a line. */
static void wrap_word(struct wrap *w, const char *s, size_t n)
{
	size_t cells;

	for (size_t i = 0; i < n;) {
		size_t len = next_cell(s + i, n - i, &cells);

		if (escape_length(s + i, n - i)) {
			w->mark = s + i;
			w->mark_len = strncmp(w->mark, PLAIN, len) ? len : 0;
		}
		if (w->at + cells > w->room)
			wrap_break(w);
		buf_add(w->out, s + i, len);
		w->at += cells;
		i += len;
	}
}

void term_wrap(struct buf *out, const char *s, unsigned indent, unsigned width)
{
	struct wrap w = { .out = out,
			  .indent = indent,
			  .room = width > indent + 10 ? width - indent : 10,
			  .mark = "" };

	add_blanks(out, indent);
	while (*s) {
		size_t n = strcspn(s, " ");

		if (w.at && w.at + 1 + term_cells(s, n) > w.room) {
			wrap_break(&w);
		} else if (w.at) {
			buf_addc(out, ' ');
			w.at++;
		}
		wrap_word(&w, s, n);
		s += n;
		s += strspn(s, " ");
	}
	buf_addc(out, '\n');
}

void term_fit(struct buf *out, const char *s, unsigned width)
{
	size_t n = strlen(s), i = 0, at = 0, cells;

	if (term_cells(s, n) <= width) {
		buf_add(out, s, n);
		return;
	}
	while (i < n) {
		size_t len = next_cell(s + i, n - i, &cells);

		if (at + cells + 1 > width)
			break;
		at += cells;
		i += len;
	}
	buf_add(out, s, i);
	buf_adds(out, "\u2026");
}

void term_bar(struct buf *out, const struct term *t, double value, double max,
	      unsigned width)
{
	static const char *const eighths[] = { "",	 "\u258f", "\u258e",
					       "\u258d", "\u258c", "\u258b",
					       "\u258a", "\u2589" };
	unsigned parts = t->unicode ? 8 : 1;
	unsigned n =
		max > 0 ? (unsigned)(value / max * width * parts + 0.5) : 0;

	if (!n && value > 0)
		n = 1;
	for (unsigned i = 0; i < n / parts; i++)
		buf_adds(out, t->unicode ? "\u2588" : "#");
	if (t->unicode)
		buf_adds(out, eighths[n % parts]);
}

static size_t count_lines(const char *s, size_t n)
{
	size_t lines = 0;

	for (size_t i = 0; i < n; i++)
		lines += s[i] == '\n';
	return lines;
}

static bool through_pager(const char *text, size_t n)
{
	const char *pager = getenv("PAGER");

	/* A reader who quits early is no error. */
	signal(SIGPIPE, SIG_IGN);
	setenv("LESS", "FRX", 0);
	/* What is written is UTF-8 whatever the locale. */
	setenv("LESSCHARSET", "utf-8", 0);

	FILE *f = popen(pager && *pager ? pager : "less", "w");

	if (!f)
		return false;
	fwrite(text, 1, n, f);
	return pclose(f) == 0;
}

bool term_show(const struct term *t, const char *text, size_t n)
{
	if (t->tty && t->height && count_lines(text, n) >= t->height &&
	    isatty(STDIN_FILENO) && through_pager(text, n))
		return true;
	return fwrite(text, 1, n, stdout) == n && fflush(stdout) == 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prompt.h"

#include "buf.h"
#include "die.h"
#include "printable.h"
#include "term.h"
#include "utf8.h"

#include <ctype.h>
#include <fcntl.h>
#include <histedit.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LINE_BYTES_MAX = 1 << 16,
	LIST_COLUMNS = 78
};

struct prompt {
	EditLine *el;
	History *history;
	char *path; /* of the history; NULL none */
	const char *text;
	prompt_complete *complete;
	void *ctx;
	struct buf line;
};

/* ------------------------------------------------------------- history -- */

static char *history_path(void)
{
	const char *own = getenv("TRAWL_HISTORY");
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (own)
		return *own ? xstrdup(own) : NULL;
	if (state && *state)
		return xasprintf("%s/trawl/history", state);
	if (home && *home)
		return xasprintf("%s/.local/state/trawl/history", home);
	return NULL;
}

/* The folders that path is in; what cannot be made is met by open(). */
static void make_folders(const char *path)
{
	char *copy = xstrdup(path);

	for (char *at = strchr(copy + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		mkdir(copy, 0700);
		*at = '/';
	}
	free(copy);
}

/* Enter the file's lines; how many there are. */
static size_t read_history(struct prompt *p, FILE *f)
{
	char *line = NULL;
	size_t alloc = 0, n = 0;
	HistEvent ev;

	for (; getline(&line, &alloc, f) > 0; n++) {
		line[strcspn(line, "\n")] = '\0';
		history(p->history, &ev, H_ENTER, line);
	}
	free(line);
	return n;
}

static bool write_history(struct prompt *p, FILE *f)
{
	HistEvent ev;
	int more = history(p->history, &ev, H_LAST);

	for (; more >= 0; more = history(p->history, &ev, H_PREV))
		fprintf(f, "%s\n", ev.str);
	return fflush(f) == 0;
}

/* Of mode 0600, and never by way of a link that somebody put there. */
static FILE *create(const char *path)
{
	int fd = open(path,
		      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
		      0600);

	return fd < 0 ? NULL : fdopen(fd, "a");
}

/* Another prompt may be reading it: it is replaced, not cut. */
static void shorten_history(struct prompt *p)
{
	char *fresh = xasprintf("%s.%ld", p->path, (long)getpid());
	FILE *f = create(fresh);
	bool ok = f && write_history(p, f);

	if (f)
		fclose(f);
	if (!ok || rename(fresh, p->path) != 0)
		unlink(fresh);
	free(fresh);
}

static void load_history(struct prompt *p)
{
	HistEvent ev;
	size_t n = 0;
	FILE *f;

	history(p->history, &ev, H_SETSIZE, PROMPT_HISTORY_MAX);
	history(p->history, &ev, H_SETUNIQUE, 1);
	p->path = history_path();
	if (!p->path)
		return;
	make_folders(p->path);
	f = fopen(p->path, "re");
	if (!f)
		return;
	n = read_history(p, f);
	fclose(f);
	if (n > PROMPT_HISTORY_MAX)
		shorten_history(p);
}

static void remember(struct prompt *p, const char *line)
{
	HistEvent ev;
	FILE *f = p->path ? create(p->path) : NULL;

	history(p->history, &ev, H_ENTER, line);
	if (!f)
		return;
	fprintf(f, "%s\n", line);
	fclose(f);
}

/* ---------------------------------------------------------- completion -- */

/* Where the last word begins: behind a blank or a sign of the language. */
static size_t word_start(const char *line, size_t n)
{
	while (n) {
		unsigned char c = (unsigned char)line[n - 1];

		if (c < 0x80 && !isalnum(c) && !strchr("'._", c))
			break;
		n--;
	}
	/* A command's colon is its own. */
	return n == 1 && line[0] == ':' ? 0 : n;
}

/* Bytes that all the words begin with, whole characters. */
static size_t common_bytes(char *const *words, size_t n)
{
	size_t len = strlen(words[0]);

	for (size_t i = 1; i < n; i++) {
		size_t k = 0;

		while (k < len && words[i][k] == words[0][k])
			k++;
		len = k;
	}
	return utf8_cut(words[0], strlen(words[0]), len);
}

static int characters(const char *s, size_t n)
{
	int count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)s[i] & 0xC0) != 0x80;
	return count;
}

static void list_words(char *const *words, size_t n)
{
	size_t column = 0;

	putchar('\n');
	for (size_t i = 0; i < n; i++) {
		struct buf clean = BUF_INIT(LINE_BYTES_MAX);

		add_printable(&clean, words[i], strlen(words[i]));

		size_t cells = term_cells(clean.data, clean.len) + 2;

		if (column && column + cells > LIST_COLUMNS) {
			putchar('\n');
			column = 0;
		}
		printf("%s%s", column ? "  " : "", clean.data);
		column += cells;
		buf_release(&clean);
	}
	putchar('\n');
	fflush(stdout);
}

/* Put the first len bytes of word in the place of the typed_chars before the
 * cursor. */
static void replace_word(struct prompt *p, int typed_chars, const char *word,
			 size_t len, const char *behind)
{
	char *text = xasprintf("%.*s%s", (int)len, word, behind);

	el_deletestr(p->el, typed_chars);
	el_insertstr(p->el, text);
	free(text);
}

static unsigned char complete_line(struct prompt *p, const char *line)
{
	size_t n = strlen(line), start = word_start(line, n);
	int typed = characters(line + start, n - start);
	char *words[PROMPT_WORDS_MAX];
	size_t found = typed ? p->complete(p->ctx, line, words) : 0;
	size_t len = found ? common_bytes(words, found) : 0;
	unsigned char done = CC_REFRESH;

	if (found == 1) {
		replace_word(p, typed, words[0], len, " ");
	} else if (found && characters(words[0], len) > typed) {
		replace_word(p, typed, words[0], len, "");
	} else if (found) {
		list_words(words, found);
		done = CC_REDISPLAY;
	} else {
		done = CC_REFRESH_BEEP;
	}
	for (size_t i = 0; i < found; i++)
		free(words[i]);
	return done;
}

static unsigned char complete_key(EditLine *el, int key)
{
	const LineInfo *info = el_line(el);
	char *line =
		xstrndup(info->buffer, (size_t)(info->cursor - info->buffer));
	struct prompt *p = NULL;
	unsigned char done;

	(void)key;
	el_get(el, EL_CLIENTDATA, &p);
	done = complete_line(p, line);
	free(line);
	return done;
}

/* --------------------------------------------------------------- lines -- */

/* libedit's handler gives the terminal back, and takes it again. */
static unsigned char suspend_key(EditLine *el, int key)
{
	(void)el;
	(void)key;
	raise(SIGTSTP);
	return CC_REFRESH;
}

static char *prompt_text(EditLine *el)
{
	struct prompt *p = NULL;

	el_get(el, EL_CLIENTDATA, &p);
	return (char *)p->text;
}

struct prompt *prompt_open(const char *text, prompt_complete *complete,
			   void *ctx)
{
	struct prompt *p = xcalloc(1, sizeof(*p));

	*p = (struct prompt){ .text = text, .complete = complete, .ctx = ctx };
	buf_init(&p->line, LINE_BYTES_MAX);
	p->history = history_init();
	p->el = el_init("trawl", stdin, stdout, stderr);
	if (!p->history || !p->el)
		die("cannot edit lines on this terminal");
	load_history(p);
	el_set(p->el, EL_CLIENTDATA, p);
	el_set(p->el, EL_PROMPT, prompt_text);
	el_set(p->el, EL_EDITOR, "emacs");
	el_set(p->el, EL_SIGNAL, 1);
	el_set(p->el, EL_HIST, history, p->history);
	/* Of narrow strings libedit would keep copies for ever. */
	el_wset(p->el, EL_ADDFN, L"trawl-complete", L"complete a word",
		complete_key);
	el_set(p->el, EL_BIND, "\t", "trawl-complete", NULL);
	el_set(p->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	/* Ctrl-C drops the line; while an answer is awaited, it ends us. */
	el_set(p->el, EL_SETTY, "-d", "-isig", NULL);
	el_set(p->el, EL_BIND, "^C", "em-kill-line", NULL);
	el_wset(p->el, EL_ADDFN, L"trawl-suspend", L"to the shell",
		suspend_key);
	el_set(p->el, EL_BIND, "^Z", "trawl-suspend", NULL);
	el_source(p->el, NULL);
	return p;
}

const char *prompt_line(struct prompt *p)
{
	int n = 0;
	const char *line = el_gets(p->el, &n);

	if (!line || n <= 0) {
		putchar('\n');
		return NULL;
	}
	buf_reset(&p->line);
	buf_add(&p->line, line, strcspn(line, "\n"));
	if (p->line.data[strspn(p->line.data, " \t")])
		remember(p, p->line.data);
	return p->line.data;
}

void prompt_close(struct prompt *p)
{
	if (!p)
		return;
	el_end(p->el);
	history_end(p->history);
	buf_release(&p->line);
	free(p->path);
	free(p);
}

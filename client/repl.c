/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repl.h"

#include "ask.h"
#include "options.h"
#include "parse.h"
#include "prompt.h"
#include "show.h"
#include "term.h"

enum {
	QUERY_BYTES_MAX = 1 << 20,
	COMMANDS_SHOWN = 24 /* cells of the left column of :help */
};

/* A hit that was shown, to be named by its rank. */
struct seen {
	unsigned rank;
	char *id, *index; /* index: NULL when there is one alone */
};

struct repl {
	struct source *src;
	struct term term;
	struct values values; /* of :set */
	/* What was last asked, and :more goes on with. */
	bool asked;
	enum ask ask; /* SEARCH or SIMILAR */
	char *id;     /* of SIMILAR */
	struct buf query;
	struct values query_values;
	uint64_t next; /* offset of what has not been shown */
	struct seen *seen;
	size_t nseen;
	bool quit;
};

static void tell(const char *text)
{
	printf("%s\n", text);
}

/* ----------------------------------------------------------------- ask -- */

static void forget_seen(struct repl *r)
{
	for (size_t i = 0; i < r->nseen; i++) {
		free(r->seen[i].id);
		free(r->seen[i].index);
	}
	free(r->seen);
	r->seen = NULL;
	r->nseen = 0;
}

static void keep_seen(struct repl *r, const struct response *from)
{
	size_t n = from->head.hits;

	if (!n)
		return;
	r->seen = xrealloc(r->seen, (r->nseen + n) * sizeof(*r->seen));
	for (size_t i = 0; i < n; i++) {
		const struct trawl_hit *hit = &from->hits[i];

		r->seen[r->nseen++] = (struct seen){
			.rank = hit->rank,
			.id = xstrdup(hit->id),
			.index = hit->index ? xstrdup(hit->index) : NULL,
		};
	}
}

/* Ask and show; what comes back stays in *got, when that is not NULL. */
static int ask_shown(struct repl *r, enum ask what, const char *id,
		     const char *query, struct values *values,
		     struct response *got)
{
	const struct question q = {
		.ask = what, .what = id, .query = query, .values = values
	};
	struct buf out = BUF_INIT(OUTPUT_MAX);
	struct response own;
	int code;

	response_init(&own);
	mark_for(&r->term, values);
	group_for(&r->term, values);
	code = ask(r->src, &q, &r->term, &out, got ? got : &own);
	show_output(&r->term, &out);
	response_release(&own);
	buf_release(&out);
	return code;
}

/* What was asked, from what has not been shown. */
static void ask_page(struct repl *r)
{
	struct values values = { 0 };
	struct response got;
	struct trawl_error err;
	char offset[24];

	values_copy(&values, &r->query_values);
	if (r->next) {
		snprintf(offset, sizeof(offset), "%llu",
			 (unsigned long long)r->next);
		values_put(&values, "offset", offset, &err);
	}
	response_init(&got);
	if (ask_shown(r, r->ask, r->id, r->query.data, &values, &got) ==
	    EXIT_HITS) {
		keep_seen(r, &got);
		r->next += got.head.hits;
	}
	response_release(&got);
	values_release(&values);
}

/* The words of a line: text, and NAME=VALUE where it stands by itself. */
static enum trawl_status take_line(struct repl *r, const char *line,
				   struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	while (*line && st == TRAWL_OK) {
		size_t n = 0;
		bool quoted = false;

		for (; line[n] && (quoted || !strchr(" \t", line[n])); n++)
			quoted ^= line[n] == '"';

		char *word = xstrndup(line, n);

		if (n)
			st = options_word(&r->query_values, &r->query, word,
					  err);
		free(word);
		line += n + (line[n] != '\0');
	}
	return st;
}

static void begin(struct repl *r, enum ask what, const char *id)
{
	char *copy = id ? xstrdup(id) : NULL; /* id may be that of a hit */

	forget_seen(r);
	free(r->id);
	r->id = copy;
	r->ask = what;
	r->next = 0;
	r->asked = true;
	buf_reset(&r->query);
	values_release(&r->query_values);
	values_copy(&r->query_values, &r->values);
}

static void ask_line(struct repl *r, const char *line)
{
	const char *offset;
	struct trawl_error err;

	begin(r, ASK_SEARCH, NULL);

	enum trawl_status st = take_line(r, line, &err);

	/* Of lines for programs there are none here. */
	values_drop(&r->query_values, "fmt");
	r->asked = st == TRAWL_OK;
	offset = values_get(&r->query_values, "offset");
	if (offset)
		parse_uint(offset, 0, TRAWL_DEPTH_MAX, &r->next);
	if (st)
		complain(&r->term, NULL, st, &err);
	else
		ask_page(r);
}

/* ------------------------------------------------------------ commands -- */

static void command_help(struct repl *r, const char *arg);

static const struct seen *hit_of(const struct repl *r, const char *arg)
{
	uint64_t rank;

	if (parse_uint(arg, 1, TRAWL_DEPTH_MAX, &rank))
		for (size_t i = 0; i < r->nseen; i++)
			if (r->seen[i].rank == rank)
				return &r->seen[i];
	tell("which hit? Its number, as in the last answer");
	return NULL;
}

static void list_values(const struct repl *r)
{
	for (size_t i = 0; i < r->values.n; i++)
		printf("%s=%s\n", r->values.at[i].name, r->values.at[i].value);
	if (!r->values.n)
		tell("nothing is set");
}

static void command_set(struct repl *r, const char *arg)
{
	struct buf text = BUF_INIT(QUERY_BYTES_MAX);
	struct trawl_error err;
	enum trawl_status st;

	if (!*arg) {
		list_values(r);
		return;
	}
	st = options_word(&r->values, &text, arg, &err);
	if (st)
		complain(&r->term, NULL, st, &err);
	else if (text.len || values_drop(&r->values, "fmt"))
		tell("want :set NAME=VALUE, but for fmt; :help lists them");
	buf_release(&text);
}

static void command_unset(struct repl *r, const char *arg)
{
	if (!values_drop(&r->values, arg))
		tell("that is not set; :set lists what is");
}

static void command_more(struct repl *r, const char *arg)
{
	(void)arg;
	if (!r->asked)
		tell("more of what? Ask something first");
	else
		ask_page(r);
}

static void get_document(struct repl *r, const char *id, const char *index)
{
	struct values values = { 0 };
	struct trawl_error err;

	values_copy(&values, &r->values);
	if (index)
		values_put(&values, "in", index, &err);
	ask_shown(r, ASK_GET, id, "", &values, NULL);
	values_release(&values);
}

static void command_open(struct repl *r, const char *arg)
{
	const struct seen *hit = hit_of(r, arg);

	if (hit)
		get_document(r, hit->id, hit->index);
}

static void command_get(struct repl *r, const char *arg)
{
	if (*arg)
		get_document(r, arg, NULL);
	else
		tell("want :get ID");
}

static void command_similar(struct repl *r, const char *arg)
{
	const struct seen *hit = hit_of(r, arg);

	if (!hit)
		return;
	begin(r, ASK_SIMILAR, hit->id);
	ask_page(r);
}

static void command_explain(struct repl *r, const char *arg)
{
	const struct seen *hit;
	struct values values = { 0 };

	if (!r->asked || r->ask != ASK_SEARCH) {
		tell("of which query? Ask one first");
		return;
	}
	hit = hit_of(r, arg);
	if (!hit)
		return;
	values_copy(&values, &r->query_values);
	ask_shown(r, ASK_EXPLAIN, hit->id, r->query.data, &values, NULL);
	values_release(&values);
}

static void ask_plain(struct repl *r, enum ask what, const char *text)
{
	struct values values = { 0 };

	values_copy(&values, &r->values);
	ask_shown(r, what, text, text, &values, NULL);
	values_release(&values);
}

static void command_parse(struct repl *r, const char *arg)
{
	if (*arg || r->query.len)
		ask_plain(r, ASK_PARSE, *arg ? arg : r->query.data);
	else
		tell("of which query? Ask one first");
}

static void command_spell(struct repl *r, const char *arg)
{
	if (*arg)
		ask_plain(r, ASK_SPELL, arg);
	else
		tell("want :spell WORD");
}

static void command_info(struct repl *r, const char *arg)
{
	(void)arg;
	ask_plain(r, ASK_INFO, "");
}

static void command_stats(struct repl *r, const char *arg)
{
	(void)arg;
	ask_plain(r, ASK_STATS, "");
}

static void command_quit(struct repl *r, const char *arg)
{
	(void)arg;
	r->quit = true;
}

static const struct command {
	const char *name, *argument, *meaning;
	void (*run)(struct repl *r, const char *arg);
} commands[] = {
	{ ":help", "", "this", command_help },
	{ ":more", "", "the next hits", command_more },
	{ ":open", "N", "print the document of hit N", command_open },
	{ ":similar", "N", "documents like that of hit N", command_similar },
	{ ":explain", "N", "why hit N has its score", command_explain },
	{ ":get", "ID", "print a document", command_get },
	{ ":parse", "[QUERY]", "how it, or the last one, is understood",
	  command_parse },
	{ ":spell", "WORD", "spellings of the index that are near",
	  command_spell },
	{ ":set", "[NAME=VALUE]", "for all queries; without it, what is set",
	  command_set },
	{ ":unset", "NAME", "no longer", command_unset },
	{ ":info", "", "what the indexes are and hold", command_info },
	{ ":stats", "", "figures of the server", command_stats },
	{ ":quit", "", "also the end of input, Ctrl-D", command_quit },
};

enum {
	COMMANDS = sizeof(commands) / sizeof(*commands)
};

static void command_help(struct repl *r, const char *arg)
{
	(void)r;
	(void)arg;
	fputs(options_query_card, stdout);
	options_names();
	puts("\nCommands, which TAB completes as it does words:");
	for (size_t i = 0; i < COMMANDS; i++) {
		int n = printf("  %s %s", commands[i].name,
			       commands[i].argument);

		printf("%*s%s\n", n < COMMANDS_SHOWN ? COMMANDS_SHOWN - n : 1,
		       "", commands[i].meaning);
	}
}

/* By its name, or by as much of it as no other begins with. */
static const struct command *find_command(const char *line, size_t n,
					  bool *several)
{
	const struct command *found = NULL;

	*several = false;
	for (size_t i = 0; i < COMMANDS; i++) {
		const char *name = commands[i].name;

		if (strncmp(name, line, n))
			continue;
		if (!name[n])
			return &commands[i];
		*several = found != NULL;
		found = &commands[i];
	}
	return *several ? NULL : found;
}

static void run_command(struct repl *r, char *line)
{
	size_t n = strcspn(line, " \t"), end = strlen(line);
	bool several;
	const struct command *command = find_command(line, n, &several);
	char *arg = line + n + strspn(line + n, " \t");

	while (end && strchr(" \t", line[end - 1]))
		line[--end] = '\0';
	if (command)
		command->run(r, arg);
	else if (several)
		tell("several commands begin so; TAB or :help lists them");
	else
		tell("no such command; :help lists them");
}

/* ---------------------------------------------------------- completion -- */

static size_t complete_command(const char *line, char **words)
{
	size_t n = 0, len = strlen(line);

	for (size_t i = 0; i < COMMANDS; i++)
		if (!strncmp(commands[i].name, line, len))
			words[n++] = xstrdup(commands[i].name);
	return n;
}

/* What goes wrong here is met again, and told, when the line is asked. */
static size_t complete(void *ctx, const char *line, char **words)
{
	struct repl *r = ctx;
	const struct question q = { .ask = ASK_SUGGEST,
				    .what = line,
				    .query = "",
				    .values = &r->values };
	struct trawl_error err;
	struct response got;
	size_t n = 0;

	if (*line == ':' && !strpbrk(line, " \t"))
		return complete_command(line, words);
	response_init(&got);
	if (source_ask(r->src, &q, &got, &err) == TRAWL_OK)
		for (size_t i = 0; i < got.nwords && n < PROMPT_WORDS_MAX; i++)
			if (!got.words[i].title)
				words[n++] = xstrdup(got.words[i].text);
	response_release(&got);
	return n;
}

static void answer_line(struct repl *r, const char *line)
{
	char *copy = xstrdup(line + strspn(line, " \t"));

	if (*copy == ':')
		run_command(r, copy);
	else if (*copy)
		ask_line(r, copy);
	free(copy);
}

/* Where it asks and what there is, so that a prompt is no riddle. */
static void greet(struct repl *r)
{
	struct values none = { 0 };
	const struct question q = {
		.ask = ASK_INFO, .what = "", .query = "", .values = &none
	};
	struct buf out = BUF_INIT(OUTPUT_MAX);
	struct response got;

	response_init(&got);
	if (ask(r->src, &q, &r->term, &out, &got) == EXIT_HITS) {
		buf_reset(&out);
		show_greeting(&out, r->src->name, got.lines.data);
		fputs(out.data, stdout);
	}
	response_release(&got);
	buf_release(&out);
}

int repl(struct source *src)
{
	struct repl r = { .src = src };
	struct prompt *p;
	const char *line;

	buf_init(&r.query, QUERY_BYTES_MAX);
	term_look(&r.term);
	greet(&r);
	fflush(stdout);
	p = prompt_open("trawl> ", complete, &r);
	while (!r.quit && (line = prompt_line(p))) {
		/* It may have been given another size. */
		term_look(&r.term);
		answer_line(&r, line);
		fflush(stdout);
	}
	prompt_close(p);
	forget_seen(&r);
	free(r.id);
	buf_release(&r.query);
	values_release(&r.query_values);
	values_release(&r.values);
	return EXIT_HITS;
}

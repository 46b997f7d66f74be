/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * convert FORMAT FILE - JSON Lines as other engines' own tools read them
 *
 *	sphinx       tsvpipe: number, title, text, id, yyyymmdd, source;
 *	             numbers from FIRST (1), when that is given, too
 *	scriptindex  field=value lines, a blank line between documents
 *	groonga      "load" with its values
 */
#include "die.h"
#include "parse.h"

#include <inttypes.h>
#include <jansson.h>

enum {
	NFIELDS = 5,
	DATE_BYTES = 10,
	NUMBER_MAX = 2000000000
};

enum field {
	ID,
	TITLE,
	TEXT,
	DATE,
	SOURCE
};

static const char *const names[NFIELDS] = { "id", "title", "text", "date",
					    "source" };

struct value {
	const char *text;
	size_t n;
};

struct format {
	const char *name, *before, *after;
	void (*put)(const struct value *v, uint64_t number);
};

/* A line break becomes newline, a tab becomes tab. */
static void put_spaced(struct value v, const char *newline, char tab)
{
	for (size_t i = 0; i < v.n; i++) {
		if (v.text[i] == '\n' || v.text[i] == '\r')
			fputs(newline, stdout);
		else
			putc_unlocked(v.text[i] == '\t' ? tab : v.text[i],
				      stdout);
	}
}

static void put_digits(struct value v)
{
	for (size_t i = 0; i < v.n && i < DATE_BYTES; i++)
		if (v.text[i] >= '0' && v.text[i] <= '9')
			putc_unlocked(v.text[i], stdout);
}

static void put_sphinx(const struct value *v, uint64_t number)
{
	static const enum field text[] = { TITLE, TEXT, ID };

	printf("%" PRIu64 "\t", number);
	for (size_t i = 0; i < sizeof(text) / sizeof(*text); i++) {
		put_spaced(v[text[i]], " ", ' ');
		putc_unlocked('\t', stdout);
	}
	put_digits(v[DATE]);
	putc_unlocked('\t', stdout);
	put_spaced(v[SOURCE], " ", ' ');
	putc_unlocked('\n', stdout);
}

static void put_scriptindex(const struct value *v, uint64_t number)
{
	(void)number;
	for (int i = 0; i < NFIELDS; i++) {
		if (!v[i].n)
			continue;
		printf("%s=", names[i]);
		put_spaced(v[i], "\n=", '\t');
		putc_unlocked('\n', stdout);
	}
	putc_unlocked('\n', stdout);
}

static void put_groonga(const struct value *v, uint64_t number)
{
	json_t *row = json_array();

	for (int i = 0; i < NFIELDS; i++)
		json_array_append_new(row, json_stringn(v[i].text, v[i].n));
	fputs(number > 1 ? ",\n" : "", stdout);
	if (json_dumpf(row, stdout, JSON_COMPACT))
		die("convert: out of memory, or no place for the output");
	json_decref(row);
}

/* clang-format off */
static const struct format formats[] = {
	{ "sphinx", "", "", put_sphinx },
	{ "scriptindex", "", "", put_scriptindex },
	{ "groonga", "load --table Docs\n[[\"id\",\"title\",\"text\",\"date\","
	  "\"source\"],\n", "\n]\n", put_groonga },
};
/* clang-format on */

static const struct format *find_format(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

static void convert(const struct format *f, const char *line, size_t n,
		    uint64_t number)
{
	struct value v[NFIELDS];
	json_error_t err;
	json_t *doc = json_loadb(line, n, 0, &err);

	if (!doc)
		die("convert: document %" PRIu64 ": %s", number, err.text);
	for (int i = 0; i < NFIELDS; i++) {
		const json_t *value = json_object_get(doc, names[i]);

		v[i].text =
			json_is_string(value) ? json_string_value(value) : "";
		v[i].n = json_string_length(value);
	}
	f->put(v, number);
	json_decref(doc);
}

int main(int argc, char **argv)
{
	const struct format *f = argc > 2 ? find_format(argv[1]) : NULL;
	FILE *in = f ? fopen(argv[2], "re") : NULL;
	uint64_t number = 1;
	size_t room = 0;
	char *line = NULL;
	ssize_t n;

	if (!in || argc > 4 ||
	    (argc == 4 && !parse_uint(argv[3], 1, NUMBER_MAX, &number)))
		die("convert: usage: convert sphinx|scriptindex|groonga FILE "
		    "[FIRST]");
	fputs(f->before, stdout);
	while ((n = getline(&line, &room, in)) > 0)
		convert(f, line, (size_t)n, number++);
	fputs(f->after, stdout);
	free(line);
	fclose(in);
	if (fflush(stdout))
		die("convert: no place for the output");
	return 0;
}

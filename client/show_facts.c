/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * show_facts.c - what INFO and STATS say, for eyes
 *
 * Whatever members there are are shown, so that a newer server's are, too.
 */
#include "buf.h"
#include "printable.h"
#include "show.h"
#include "term.h"

#include <jansson.h>

enum {
	LINE_BYTES_MAX = 1 << 20
};

static void add_value(struct buf *out, const json_t *v);

static void add_pairs(struct buf *out, json_t *o)
{
	const char *key, *before = "";
	json_t *v;

	json_object_foreach(o, key, v)
	{
		buf_adds(out, before);
		add_printable(out, key, strlen(key));
		buf_addc(out, '=');
		add_value(out, v);
		before = " ";
	}
}

/* Of a list of things with names, the names. */
static void add_items(struct buf *out, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *v = json_array_get(list, i);
		const json_t *name = json_object_get(v, "name");

		buf_adds(out, i ? ", " : "");
		add_value(out, name ? name : v);
	}
}

static void add_value(struct buf *out, const json_t *v)
{
	char *dump;

	if (json_is_string(v)) {
		add_printable(out, json_string_value(v), json_string_length(v));
	} else if (json_is_array(v)) {
		add_items(out, v);
	} else if (json_is_object(v)) {
		add_pairs(out, (json_t *)v);
	} else {
		dump = json_dumps(v, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
		buf_adds(out, dump ? dump : "");
		free(dump);
	}
}

typedef void add_object(struct buf *out, const struct term *t, json_t *o);

/* Of the line at *at, which is passed over; NULL: there is none.  A line that
 * is no object has no members. */
static json_t *next_object(const char **at)
{
	const char *from = *at, *end = strchr(from, '\n');
	json_t *o;

	if (!end)
		return NULL;
	*at = end + 1;
	o = json_loadb(from, (size_t)(end - from), JSON_ALLOW_NUL, NULL);
	return o ? o : json_null();
}

static void each_object(struct buf *out, const struct term *t, const char *at,
			add_object *add)
{
	json_t *o;

	while ((o = next_object(&at))) {
		add(out, t, o);
		json_decref(o);
	}
}

static void add_info(struct buf *out, const struct term *t, json_t *o)
{
	struct buf line = BUF_INIT(LINE_BYTES_MAX);
	const char *key;
	json_t *v;

	json_object_foreach(o, key, v)
	{
		buf_reset(&line);
		add_printable(&line, key, strlen(key));
		buf_adds(&line, ": ");
		add_value(&line, v);
		term_wrap(out, line.data, 0, t->width);
	}
	buf_release(&line);
}

/* {"verb":"SEARCH","count":3}: "SEARCH count=3" */
static void add_stats(struct buf *out, const struct term *t, json_t *o)
{
	struct buf line = BUF_INIT(LINE_BYTES_MAX);
	const char *key, *before = "";
	json_t *v;

	json_object_foreach(o, key, v)
	{
		buf_adds(&line, before);
		if (!json_is_string(v) || *before) {
			add_printable(&line, key, strlen(key));
			buf_addc(&line, json_is_object(v) ? ' ' : '=');
		}
		add_value(&line, v);
		before = " ";
	}
	term_wrap(out, line.data, 0, t->width);
	buf_release(&line);
}

void show_info(struct buf *out, const struct term *t, const char *lines)
{
	each_object(out, t, lines, add_info);
}

void show_stats(struct buf *out, const struct term *t, const char *lines)
{
	each_object(out, t, lines, add_stats);
}

static void add_where(struct buf *out, const char *name, const char *index,
		      size_t n)
{
	add_printable(out, name, strlen(name));
	if (n > 1)
		buf_addf(out, ", %zu indexes", n);
	else if (*index && strcmp(index, name) != 0)
		buf_addf(out, ", index %s", index);
}

void show_greeting(struct buf *out, const char *name, const char *lines)
{
	struct buf index = BUF_INIT(LINE_BYTES_MAX);
	json_int_t documents = 0;
	size_t n = 0;
	json_t *o;

	for (; (o = next_object(&lines)); n++) {
		buf_reset(&index);
		add_value(&index, json_object_get(o, "index"));
		documents +=
			json_integer_value(json_object_get(o, "documents"));
		json_decref(o);
	}
	add_where(out, name, index.data, n);
	buf_addf(out, ": %lld document%s; :help says what can be asked\n",
		 (long long)documents, documents == 1 ? "" : "s");
	buf_release(&index);
}

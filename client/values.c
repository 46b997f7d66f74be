/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "values.h"

#include "die.h"

void values_release(struct values *v)
{
	for (size_t i = 0; i < v->n; i++) {
		free(v->at[i].name);
		free(v->at[i].value);
	}
	free(v->at);
	*v = (struct values){ 0 };
}

static struct value *find(const struct values *v, const char *name)
{
	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->at[i].name, name) == 0)
			return &v->at[i];
	return NULL;
}

const char *values_get(const struct values *v, const char *name)
{
	const struct value *found = find(v, name);

	return found ? found->value : NULL;
}

static void put(struct values *v, const char *name, const char *value)
{
	struct value *found = find(v, name);

	if (!found) {
		v->at = xrealloc(v->at, (v->n + 1) * sizeof(*v->at));
		found = &v->at[v->n++];
		*found = (struct value){ .name = xstrdup(name) };
	}
	free(found->value);
	found->value = xstrdup(value);
}

enum trawl_status values_put(struct values *v, const char *name,
			     const char *value, struct trawl_error *err)
{
	struct trawl_request scratch = TRAWL_REQUEST_INIT;
	enum trawl_status st = TRAWL_OK;

	if (strcmp(name, "in"))
		st = trawl_request_set(&scratch, name, value, err);
	if (st == TRAWL_OK)
		put(v, name, value);
	return st;
}

bool values_drop(struct values *v, const char *name)
{
	struct value *found = find(v, name);

	if (!found)
		return false;
	free(found->name);
	free(found->value);
	*found = v->at[--v->n];
	return true;
}

void values_copy(struct values *to, const struct values *from)
{
	for (size_t i = 0; i < from->n; i++)
		put(to, from->at[i].name, from->at[i].value);
}

bool values_known(const char *name, size_t len)
{
	const char *const *known = trawl_request_options();

	if (len == 2 && memcmp(name, "in", 2) == 0)
		return true;
	while (*known && (strlen(*known) != len || memcmp(*known, name, len)))
		known++;
	return *known;
}

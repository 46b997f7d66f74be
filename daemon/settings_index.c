/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "settings_parts.h"

#include "die.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

static bool is_index_name(const char *s, size_t len)
{
	if (!len || len > SETTINGS_NAME_MAX || *s == '.' || *s == '-')
		return false;
	return strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			 "0123456789_.-") >= len;
}

/* The last part of path, without ".index"; false: it has none. */
static bool base_name(const char *path, char out[NAME_MAX + 1])
{
	static const char suffix[] = ".index";
	size_t end = strlen(path), start, len;

	while (end && path[end - 1] == '/')
		end--;
	for (start = end; start && path[start - 1] != '/'; start--)
		;
	len = end - start;
	if (len > sizeof(suffix) - 1 &&
	    !strncmp(path + end - (sizeof(suffix) - 1), suffix,
		     sizeof(suffix) - 1))
		len -= sizeof(suffix) - 1;
	if (!len || len > NAME_MAX)
		return false;
	memcpy(out, path + start, len);
	out[len] = '\0';
	return true;
}

/* Links are kept: what they point at may change. */
static char *absolute(const char *path)
{
	char *cwd, *out;

	if (*path == '/')
		return xstrdup(path);
	cwd = getcwd(NULL, 0);
	if (!cwd)
		die("the working directory: %s", strerror(errno));
	out = xasprintf("%s/%s", strcmp(cwd, "/") ? cwd : "", path);
	free(cwd);
	return out;
}

bool settings_add_named(struct settings *s, const char *where, const char *name,
			const char *path, struct settings_error *err)
{
	struct settings_index *ix = &s->index[s->nindexes];
	char text[VALUE_SHOWN + 1];

	settings_shown(name, text);
	if (!is_index_name(name, strlen(name)))
		return settings_wrong(
			err,
			"%s: %s: an index's name is letters, digits, _ "
			"- and ., at most %d: use NAME=INDEX",
			where, text, SETTINGS_NAME_MAX);
	if (!*path)
		return settings_wrong(err, "%s: %s: must be a directory", where,
				      text);
	for (size_t i = 0; i < s->nindexes; i++)
		if (!strcmp(s->index[i].name, name))
			return settings_wrong(
				err,
				"%s: %s: another index has this name "
				"already: use NAME=INDEX",
				where, text);
	if (s->nindexes == SETTINGS_INDEXES_MAX)
		return settings_wrong(err,
				      "%s: %s: at most %d indexes are served",
				      where, text, SETTINGS_INDEXES_MAX);
	memcpy(ix->name, name, strlen(name) + 1);
	ix->path = absolute(path);
	s->nindexes++;
	return true;
}

bool settings_add_index(struct settings *s, const char *where, const char *text,
			struct settings_error *err)
{
	const char *equals = strchr(text, '=');
	char name[NAME_MAX + 1], *real;
	bool ok;

	if (equals && is_index_name(text, (size_t)(equals - text))) {
		memcpy(name, text, (size_t)(equals - text));
		name[equals - text] = '\0';
		return settings_add_named(s, where, name, equals + 1, err);
	}
	if (base_name(text, name) && name[0] != '.')
		return settings_add_named(s, where, name, text, err);
	/* ".", "..": its name is elsewhere. */
	real = realpath(text, NULL);
	ok = real && base_name(real, name)
		     ? settings_add_named(s, where, name, text, err)
		     : settings_wrong(err,
				      "%s: %.200s: no name: use NAME=INDEX",
				      where, text);
	free(real);
	return ok;
}

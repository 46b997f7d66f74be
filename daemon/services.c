/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "services.h"

#include "die.h"

static bool has_inherited(const struct services *v)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->item[i].listener.inherited)
			return true;
	return false;
}

static struct service *add(struct services *v, const char *address,
			   const struct listener *l)
{
	struct service *item = &v->item[v->n++];

	*item = (struct service){ .address = address ? xstrdup(address) : NULL,
				  .number = ++v->last_number,
				  .wanted = true,
				  .fresh = true,
				  .listener = *l };
	return item;
}

static bool is_guarded(const struct listener *l, const struct settings *s)
{
	char why[LISTEN_WHY_MAX];

	return l->kind == LISTEN_UNIX || s->token[0] || l->name[0] == '/' ||
	       listen_is_loopback(l->name, why);
}

bool services_inherit(struct services *v, const struct settings *s,
		      struct settings_error *err)
{
	struct listener found[SETTINGS_LISTEN_MAX];
	int n = listen_inherited(found, SETTINGS_LISTEN_MAX, err);

	for (int i = 0; i < n; i++) {
		if (!is_guarded(&found[i], s))
			return settings_wrong(
				err,
				"%s (of systemd): not a loopback address: "
				"anyone may reach it: set token-file",
				found[i].name);
		add(v, NULL, &found[i]);
	}
	return n >= 0;
}

static struct service *find(struct services *v, const char *address, bool http)
{
	for (size_t i = 0; i < v->n; i++) {
		struct service *item = &v->item[i];

		if (item->address && !strcmp(item->address, address) &&
		    (item->listener.kind == LISTEN_HTTP) == http)
			return item;
	}
	return NULL;
}

static bool want(struct services *v, const char *address, enum listen_kind kind,
		 const struct settings *s, struct settings_error *err)
{
	struct service *item = find(v, address, kind == LISTEN_HTTP);
	struct listener l;

	if (item) {
		item->wanted = true;
		return true;
	}
	/* There is room for systemd's, those that go and those that come. */
	if (!listen_open(address, kind, s, &l, err))
		return false;
	add(v, address, &l);
	return true;
}

static bool want_all(struct services *v, const struct settings *s,
		     struct settings_error *err)
{
	char standard[LISTEN_NAME_MAX];

	listen_default(standard);
	for (size_t i = 0; i < s->nlisten; i++) {
		/* systemd's sockets stand in for the default one. */
		if (has_inherited(v) && !strcmp(s->listen[i], standard))
			continue;
		if (!want(v, s->listen[i], LISTEN_LINE, s, err))
			return false;
	}
	return !s->http || want(v, s->http, LISTEN_HTTP, s, err);
}

bool services_open(struct services *v, const struct settings *s,
		   struct settings_error *err)
{
	for (size_t i = 0; i < v->n; i++)
		v->item[i].wanted = v->item[i].listener.inherited;
	if (want_all(v, s, err))
		return true;
	for (size_t i = v->n; i-- > 0;)
		if (v->item[i].fresh && v->item[i].address)
			services_close(v, i);
	return false;
}

void services_close(struct services *v, size_t i)
{
	listen_close(&v->item[i].listener);
	free(v->item[i].address);
	memmove(&v->item[i], &v->item[i + 1],
		(v->n - i - 1) * sizeof(v->item[0]));
	v->n--;
}

void services_close_all(struct services *v)
{
	while (v->n)
		services_close(v, v->n - 1);
}

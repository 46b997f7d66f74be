/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "settings_parts.h"

#include "die.h"
#include "http_host.h"
#include "listen.h"
#include "parse.h"

/* Units in the order in which their letters are tried. */
static bool read_time(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	static const struct {
		const char *unit;
		uint64_t ms;
	} units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }
	};
	size_t digits = strspn(s, "0123456789");
	char number[16];
	uint64_t n;

	if (digits >= sizeof(number))
		return false;
	memcpy(number, s, digits);
	number[digits] = '\0';
	if (!parse_uint(number, 0, UINT32_MAX, &n))
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (!strcmp(s + digits, units[i].unit) || (!n && !s[digits])) {
			*out = n * units[i].ms;
			return *out >= min && *out <= max;
		}
	return false;
}

static bool read_mode(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	size_t len = strspn(s, "01234567");

	if (s[len] || len < 3 || len > 4)
		return false;
	*out = strtoul(s, NULL, 8);
	return *out >= min && *out <= max;
}

static bool read_number(enum kind kind, const char *s, uint64_t min,
			uint64_t max, uint64_t *out)
{
	switch (kind) {
	case KIND_SIZE:
		return parse_size(s, min, max, out);
	case KIND_TIME:
		return read_time(s, min, max, out);
	case KIND_MODE:
		return read_mode(s, min, max, out);
	default:
		return parse_uint(s, min, max, out);
	}
}

/* "1 to 64", and maybe more words behind it. */
static void read_range(const struct settings_row *row, uint64_t *min,
		       uint64_t *max)
{
	char low[16], high[16];

	if (sscanf(row->range, "%15s to %15s", low, high) != 2 ||
	    !read_number(row->kind, low, 0, UINT64_MAX, min) ||
	    !read_number(row->kind, high, 0, UINT64_MAX, max))
		die("%s: its range cannot be read", row->name);
}

static bool set_number(const struct settings_row *row, uint64_t *at,
		       const char *value)
{
	uint64_t min, max, n;

	if (row->kind == KIND_WORKERS && !strcmp(value, "cores")) {
		*at = 0;
		return true;
	}
	read_range(row, &min, &max);
	if (!read_number(row->kind, value, min, max, &n))
		return false;
	*at = n;
	return true;
}

/* "off, text or json" are 0, 1 and 2. */
static bool set_choice(const struct settings_row *row, uint64_t *at,
		       const char *value)
{
	const char *p = row->range;
	uint64_t i = 0;

	while (*p) {
		const size_t n = strcspn(p, ", ");

		if (strlen(value) == n && !memcmp(p, value, n)) {
			*at = i;
			return true;
		}
		p += n + strspn(p + n, ", ");
		if (!strncmp(p, "or ", 3))
			p += 3;
		i++;
	}
	return false;
}

static bool set_bool(bool *at, const char *value)
{
	bool yes = !strcmp(value, "yes");

	if (!yes && strcmp(value, "no"))
		return false;
	*at = yes;
	return true;
}

static bool set_text(char **at, const char *value)
{
	if (!*value)
		return false;
	free(*at);
	*at = strcmp(value, "none") ? xstrdup(value) : NULL;
	return true;
}

static bool set_http(char **at, const char *value)
{
	if (strcmp(value, "none") &&
	    (!listen_is_address(value) || !strncmp(value, "unix:", 5)))
		return false;
	return set_text(at, value);
}

/* A text that is valid, or "none". */
static bool set_valid(char **at, const char *value,
		      bool (*is_valid)(const char *))
{
	if (strlen(value) > SETTINGS_WEB_MAX ||
	    (strcmp(value, "none") && !is_valid(value)))
		return false;
	return set_text(at, value);
}

/* Paths are put behind it, and begin with a slash. */
static bool set_url(char **at, const char *value)
{
	size_t len;

	if (!set_valid(at, value, http_url_is_valid))
		return false;
	len = *at ? strlen(*at) : 0;
	while (len && (*at)[len - 1] == '/')
		(*at)[--len] = '\0';
	return true;
}

static bool set_listen(struct settings *s, const char *value)
{
	if (!listen_is_address(value))
		return false;
	for (size_t i = 0; i < s->nlisten; i++)
		if (!strcmp(s->listen[i], value))
			return true;
	if (s->nlisten == SETTINGS_LISTEN_MAX)
		return false;
	s->listen[s->nlisten++] = xstrdup(value);
	return true;
}

bool settings_set_row(struct settings *s, const struct settings_row *row,
		      const char *value)
{
	void *at = (char *)s + row->at;

	switch (row->kind) {
	case KIND_BOOL:
		return set_bool(at, value);
	case KIND_CHOICE:
		return set_choice(row, at, value);
	case KIND_TEXT:
		return set_text(at, value);
	case KIND_HTTP:
		return set_http(at, value);
	case KIND_HOSTS:
		return set_valid(at, value, http_hosts_are_valid);
	case KIND_ORIGINS:
		return set_valid(at, value, http_origins_are_valid);
	case KIND_URL:
		return set_url(at, value);
	case KIND_LISTEN:
		return set_listen(s, value);
	default:
		return set_number(row, at, value);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "buf.h"

#include <stdarg.h>

/* Never written to: len stays 0 while alloc is 0. */
char buf_empty[1];

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf)BUF_INIT(max);
}

void buf_release(struct buf *b)
{
	if (b->alloc)
		free(b->data);
	buf_init(b, b->max);
}

void buf_reset(struct buf *b)
{
	b->failed = false;
	if (b->alloc)
		buf_truncate(b, 0);
}

bool buf_reserve(struct buf *b, size_t n)
{
	if (b->failed || n > b->max - b->len) {
		b->failed = true;
		return false;
	}
	if (b->len + n < b->alloc)
		return true;

	size_t want = 2 * (b->len + n) + 16;
	char *grown = realloc(b->alloc ? b->data : NULL, want);

	if (!grown) {
		b->failed = true;
		return false;
	}
	if (!b->alloc)
		grown[0] = '\0';
	b->data = grown;
	b->alloc = want;
	return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (!n || !buf_reserve(b, n))
		return;
	memcpy(b->data + b->len, p, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);

	int n = vsnprintf(NULL, 0, fmt, ap);

	if (n < 0) {
		b->failed = true;
	} else if (n > 0 && buf_reserve(b, (size_t)n)) {
		vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
	va_end(ap);
}

void buf_truncate(struct buf *b, size_t len)
{
	b->len = len;
	if (b->alloc)
		b->data[len] = '\0';
}

char *buf_detach(struct buf *b)
{
	char *out = NULL;

	if (!b->failed && (b->alloc || buf_reserve(b, 1)))
		out = b->data;
	else
		buf_release(b);
	buf_init(b, b->max);
	return out;
}

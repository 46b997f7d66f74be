/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "textcat.h"

#include "buf.h"

#include <libexttextcat/textcat.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef TEXTCAT_FINGERPRINTS
#define TEXTCAT_FINGERPRINTS "/usr/share/libexttextcat"
#endif

enum {
	LIST_MAX = 4096
};

struct textcat {
	void *handle;
	candidate_t *candidates;
};

/* Its file of settings: a fingerprint and the name of its language a line. */
static void list_tongues(enum script script, struct buf *out)
{
	for (unsigned i = 0; i < tongues_count; i++)
		if (tongues[i].script == script && tongues[i].fingerprint)
			buf_addf(out, "%s.lm %u\n", tongues[i].fingerprint, i);
}

/* It wants the name of a file. */
static void *init_from(const struct buf *list)
{
	int fd = memfd_create("fingerprints", MFD_CLOEXEC);
	char path[64];
	void *handle = NULL;

	if (fd < 0)
		return NULL;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, list->data, list->len) == (ssize_t)list->len)
		handle = special_textcat_Init(path, TEXTCAT_FINGERPRINTS "/");
	close(fd);
	return handle;
}

struct textcat *textcat_new(enum script script)
{
	struct textcat *t = calloc(1, sizeof(*t));
	struct buf list = BUF_INIT(LIST_MAX);

	if (!t)
		return NULL;
	list_tongues(script, &list);
	if (!list.failed)
		t->handle = init_from(&list);
	buf_release(&list);
	if (t->handle)
		t->candidates = textcat_GetClassifyFullOutput(t->handle);
	if (!t->candidates) {
		textcat_free(t);
		return NULL;
	}
	return t;
}

void textcat_free(struct textcat *t)
{
	if (!t)
		return;
	if (t->handle) {
		textcat_ReleaseClassifyFullOutput(t->handle, t->candidates);
		textcat_Done(t->handle);
	}
	free(t);
}

size_t textcat_ask(struct textcat *t, const char *text, size_t len,
		   unsigned answer[TEXTCAT_ANSWERS])
{
	int n = textcat_ClassifyFull(t->handle, text, len, t->candidates);

	if (n < 0 || n > TEXTCAT_ANSWERS)
		return 0;
	for (int i = 0; i < n; i++)
		answer[i] = (unsigned)strtoul(t->candidates[i].name, NULL, 10);
	return (size_t)n;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "charset.h"
#include "document.h"
#include "extract.h"

bool extract_text(struct raw *raw, struct document *doc, struct problem *why)
{
	if (!read_text(raw->bytes, raw->len, NULL, &doc->body, &raw->replaced,
		       why))
		return false;
	doc->text = doc->body.data;
	doc->text_len = doc->body.len;
	return true;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes are a line of JSON Lines: the quick way declines it and leaves it
 * as it was, or makes the document of it that the thorough way makes.
 */
#include "fuzz.h"
#include "jsonl_both.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	PROMISE(read_both((const char *)data, size) != BOTH_DIFFER);
	return 0;
}

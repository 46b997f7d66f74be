/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trawl-index - documents in, index out
 */
#include "cmdline.h"

#include <malloc.h>

enum { /* bytes */
	MMAP_FROM = 1 << 20,
	TRIM_FROM = 1 << 20 /* of each thread's heap */
};

int main(int argc, char **argv)
{
	struct cmdline cl;

	/* glibc would raise its threshold and keep freed buffers of up to
	 * 32 MiB in the heap of whichever thread they came from. */
	mallopt(M_MMAP_THRESHOLD, MMAP_FROM);
	/* What one batch frees the next one takes, without a page fault. */
	mallopt(M_TRIM_THRESHOLD, TRIM_FROM);

	int status = cmdline_parse(argc, argv, &cl);

	return status >= 0 ? status : cl.command->run(&cl);
}

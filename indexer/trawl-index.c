/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trawl-index - documents in, index out
 */
#include "cmdline.h"

#include <malloc.h>

enum {
	MMAP_FROM = 1 << 20 /* bytes */
};

int main(int argc, char **argv)
{
	struct cmdline cl;

	/* glibc would raise its threshold and keep freed buffers of up to
	 * 32 MiB in the heap of whichever thread they came from. */
	mallopt(M_MMAP_THRESHOLD, MMAP_FROM);

	int status = cmdline_parse(argc, argv, &cl);

	return status >= 0 ? status : cl.command->run(&cl);
}

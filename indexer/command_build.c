/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

int command_build(const struct cmdline *cl)
{
	return run(cl, MODE_BUILD);
}

int command_add(const struct cmdline *cl)
{
	return run(cl, MODE_ADD);
}

int command_sync(const struct cmdline *cl)
{
	return run(cl, MODE_SYNC);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "problem.h"

#include <errno.h>
#include <stdarg.h>

bool problem(struct problem *p, const char *code, const char *fmt, ...)
{
	va_list ap;

	snprintf(p->code, sizeof(p->code), "%s", code);
	va_start(ap, fmt);
	vsnprintf(p->reason, sizeof(p->reason), fmt, ap);
	va_end(ap);
	return false;
}

bool problem_errno(struct problem *p, int err)
{
	/* clang-format off */
	static const struct {
		int err;
		const char *code;
	} codes[] = {
		{ EACCES, "E_ACCESS" }, { EPERM,        "E_ACCESS" },
		{ ENOENT, "E_GONE" },   { ENOTDIR,      "E_GONE" },
		{ ELOOP,  "E_LOOP" },   { ENXIO,        "E_NOTREG" },
		{ ENODEV, "E_NOTREG" }, { ENAMETOOLONG, "E_PATH" },
	};
	/* clang-format on */
	const char *code = "E_IO";

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (codes[i].err == err)
			code = codes[i].code;
	return problem(p, code, "%s", strerror(err));
}

bool problem_lasts(const struct problem *p)
{
	static const char *const passing[] = {
		"E_ACCESS", "E_GONE",	 "E_CHANGED",	"E_IO",	  "E_NOTREG",
		"E_LOOP",   "E_OUTSIDE", "E_DUPLICATE", "E_PATH", "E_DEPTH"
	};

	for (size_t i = 0; i < sizeof(passing) / sizeof(*passing); i++)
		if (!strcmp(p->code, passing[i]))
			return false;
	return true;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "web_files.h"

/* WEB, WEB_GZ: the folders, as the assembler finds them; WEB_VERSION: all the
 * Makefile's. */
#define FILE_BYTES(symbol, path)                                               \
	__asm__(".pushsection .rodata\n"                                       \
		".hidden " #symbol "\n"                                        \
		".hidden " #symbol "_end\n"                                    \
		".globl " #symbol "\n"                                         \
		".globl " #symbol "_end\n" #symbol ":\n"                       \
		".incbin \"" path "\"\n" #symbol "_end:\n"                     \
		".byte 0\n"                                                    \
		".popsection\n");                                              \
	extern const char symbol[] __attribute__((visibility("hidden")));      \
	extern const char symbol##_end[] __attribute__((visibility("hidden")))

#define FILE_OF(symbol, name)                                                  \
	FILE_BYTES(symbol, WEB "/" name);                                      \
	FILE_BYTES(symbol##_gz, WEB_GZ "/" name ".gz")

FILE_OF(web_style, "page.css");
FILE_OF(web_script, "page.js");
FILE_OF(web_icon, "icon.svg");
FILE_OF(web_openapi, "openapi.json");

struct row {
	const char *type, *begin, *end, *begin_gz, *end_gz;
};

#define ROW(type, symbol)                                                      \
	{                                                                      \
		type, symbol, symbol##_end, symbol##_gz, symbol##_gz_end       \
	}

static const struct row rows[ROUTES] = {
	[ROUTE_STYLE] = ROW("text/css; charset=utf-8", web_style),
	[ROUTE_SCRIPT] = ROW("text/javascript; charset=utf-8", web_script),
	[ROUTE_ICON] = ROW("image/svg+xml", web_icon),
	[ROUTE_OPENAPI] = ROW("application/json", web_openapi),
};

bool web_file(enum route_id route, struct web_file *out)
{
	const struct row *row = &rows[route];

	if (!row->type)
		return false;
	*out = (struct web_file){
		.type = row->type,
		.bytes = row->begin,
		.bytes_gz = row->begin_gz,
		.n = (size_t)(row->end - row->begin),
		.n_gz = (size_t)(row->end_gz - row->begin_gz),
	};
	return true;
}

const char *web_version(void)
{
	return WEB_VERSION;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xap_throw.h - throws C++ exceptions inside the shim, for tests/unit/xap.c
 */
#ifndef TESTS_UNIT_XAP_THROW_H
#define TESTS_UNIT_XAP_THROW_H

#ifdef __cplusplus
extern "C" {
#endif

struct throw_kind {
	const char *name;
	int status; /* enum trawl_status that it must become */
	void (*run)(void);
};

extern const struct throw_kind throw_kinds[];
extern const unsigned throw_nkinds;

/* Throw kind at each start of entry from here on; NULL: no more. */
void throw_at(const char *entry, const struct throw_kind *kind);
/* Times thrown since throw_at(). */
unsigned throw_count(void);

#ifdef __cplusplus
}
#endif
#endif

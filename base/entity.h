/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entity.h - the characters that mean something in HTML and XML
 */
#ifndef BASE_ENTITY_H
#define BASE_ENTITY_H

#include <stdint.h>

/* What stands for it in a text or in a quoted attribute: "&lt;"; NULL: itself. */
const char *html_entity(uint32_t cp);

#endif

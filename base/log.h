/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log.h - an event, a line: to standard error or to syslog
 *
 * For programs that serve.  Lines are printable, whatever is in them, and
 * written with one write(2) each.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum {
	LOG_LINE_MAX = 2048 /* a longer line is cut */
};

/* Before: standard error.  ident is kept as a pointer. */
void log_open(bool to_syslog, const char *ident);
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Something is wrong and it goes on. */
void log_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Something is wrong and it ends. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif

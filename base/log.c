/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "log.h"

#include "buf.h"
#include "printable.h"

#include <errno.h>
#include <stdarg.h>
#include <syslog.h>
#include <unistd.h>

/* Where lines go belongs to the process, as standard error does. */
static struct {
	bool to_syslog;
	const char *ident;
} state;

void log_open(bool to_syslog, const char *ident)
{
	state.to_syslog = to_syslog;
	state.ident = ident;
	closelog();
	if (to_syslog)
		openlog(ident, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

static void emit(int priority, const char *line, size_t len)
{
	if (state.to_syslog)
		syslog(priority, "%.*s", (int)len - 1, line);
	else
		/* A line that cannot be written has nowhere to be told. */
		while (write(STDERR_FILENO, line, len) < 0 && errno == EINTR)
			;
}

static void log_line(int priority, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void log_line(int priority, const char *fmt, va_list ap)
{
	char text[LOG_LINE_MAX];
	int saved = errno;
	int n = vsnprintf(text, sizeof(text), fmt, ap);
	struct buf line;

	if (n < 0)
		return;
	/* Every byte as \xHH, the ident and the line feed. */
	buf_init(&line, 5 * sizeof(text));
	if (state.ident && !state.to_syslog)
		buf_addf(&line, "%s: ", state.ident);
	add_printable(&line, text, strlen(text));
	if (line.len >= LOG_LINE_MAX)
		buf_truncate(&line, LOG_LINE_MAX - 1);
	buf_addc(&line, '\n');
	if (!line.failed)
		emit(priority, line.data, line.len);
	buf_release(&line);
	errno = saved;
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_INFO, fmt, ap);
	va_end(ap);
}

void log_warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_WARNING, fmt, ap);
	va_end(ap);
}

void log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(LOG_ERR, fmt, ap);
	va_end(ap);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "summary.h"

#include "clock.h"

#include <errno.h>
#include <sys/resource.h>

double monotonic_seconds(void)
{
	return (double)monotonic_ns() / NS_PER_S;
}

void print_bytes(char out[16], uint64_t n)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	double v = (double)n;
	size_t u = 0;

	while (v >= 999.5 && u + 1 < sizeof(units) / sizeof(*units)) {
		v /= 1000;
		u++;
	}
	snprintf(out, 16, u && v < 99.95 ? "%.1f %s" : "%.0f %s", v, units[u]);
}

/* Resident, in kB. */
static long peak_memory(void)
{
	struct rusage ru;

	return getrusage(RUSAGE_SELF, &ru) < 0 ? 0 : ru.ru_maxrss;
}

static void print_json(const struct summary *s, const char *command)
{
	printf("{\"command\":\"%s\",\"added\":%llu,\"replaced\":%llu,"
	       "\"unchanged\":%llu,\"removed\":%llu,\"skipped\":%llu,"
	       "\"mended\":%llu,\"long_words\":%llu,\"documents\":%llu,"
	       "\"bytes\":%llu,\"rewritten\":%s,\"seconds\":%.3f,\"peak_kb\":%"
	       "ld}\n",
	       command, (unsigned long long)s->added,
	       (unsigned long long)s->replaced,
	       (unsigned long long)s->unchanged, (unsigned long long)s->removed,
	       (unsigned long long)s->skipped, (unsigned long long)s->mended,
	       (unsigned long long)s->long_words,
	       (unsigned long long)s->documents, (unsigned long long)s->bytes,
	       s->rewritten ? "true" : "false", s->seconds, peak_memory());
}

static void print_count(const char *what, uint64_t n, const char **comma)
{
	if (!n)
		return;
	printf("%s%llu %s", *comma, (unsigned long long)n, what);
	*comma = ", ";
}

static void print_text(const struct summary *s)
{
	const char *comma = "";
	char bytes[16];

	print_count("added", s->added, &comma);
	print_count("replaced", s->replaced, &comma);
	print_count("removed", s->removed, &comma);
	print_count("unchanged", s->unchanged, &comma);
	print_count("skipped", s->skipped, &comma);
	printf("%s%llu document%s in the index; ", *comma ? "; " : "",
	       (unsigned long long)s->documents, s->documents == 1 ? "" : "s");
	if (s->rewritten)
		printf("written anew; ");
	print_bytes(bytes, s->bytes);
	if (s->bytes)
		printf("%s in ", bytes);
	printf("%.1f s", s->seconds);
	if (s->bytes && s->seconds > 0.1)
		printf(" (%.1f MB/s)", (double)s->bytes / 1e6 / s->seconds);
	printf("\n");
}

bool finish_output(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return true;
	if (errno != EPIPE)
		fprintf(stderr, "trawl-index: standard output: %s\n",
			strerror(errno));
	return false;
}

bool summary_print(const struct summary *s, const struct cmdline *cl)
{
	if (cl->json)
		print_json(s, cl->command->name);
	else if (!cl->quiet)
		print_text(s);
	return finish_output();
}

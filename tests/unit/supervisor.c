/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which workers a supervisor has waited for long enough. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "supervisor_parts.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	LONGEST = 5080, /* that a request may take */
	FAR = 3600000
};

struct fixture {
	struct supervisor sv;
	struct settings settings;
	int front; /* the front's end of the control socket */
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int pair[2];

	assert_non_null(f);
	assert_int_equal(control_pair(pair), 0);
	f->settings.nindexes = 1;
	f->settings.workers = 1;
	f->settings.limits.timeout_max = LONGEST - 80;
	f->settings.limits.grace = 80;
	f->sv = (struct supervisor){ .s = &f->settings,
				     .front = getpid(),
				     .control = pair[0],
				     .query_log = -1,
				     .epoch = 2 };
	LIST_INIT(&f->sv.workers);
	f->front = pair[1];
	front_tell_settings(&f->sv);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	struct worker_child *w;

	worker_kill_all(&f->sv.workers);
	while ((w = LIST_FIRST(&f->sv.workers))) {
		waitpid(w->pid, NULL, 0);
		worker_remove(w);
	}
	close(f->sv.control);
	close(f->front);
	free(f);
	return 0;
}

/* A process that does nothing until it is killed. */
static struct worker_child *idler(struct fixture *f, unsigned epoch)
{
	int pid = fork();

	assert_true(pid >= 0);
	while (!pid)
		pause();
	return worker_add(&f->sv.workers, pid, epoch);
}

/* The front says that w has said HELLO. */
static void says_hello(struct fixture *f, const struct worker_child *w)
{
	const struct control m = { .kind = CONTROL_SERVING, .pid = w->pid };

	assert_int_equal(control_send(f->front, &m, -1), 0);
	front_heed(&f->sv);
}

static void test_the_overdue_are_killed(void **state)
{
	struct fixture *f = *state;
	uint64_t now = now_ms();
	struct worker_child *late = idler(f, 2), *early = idler(f, 2),
			    *serving = idler(f, 2);
	int status;

	assert_int_equal(workers_due(&f->sv), 0);
	late->end_at = now;
	early->end_at = now + FAR;
	assert_int_equal(workers_due(&f->sv), now);
	workers_end_overdue(&f->sv, now - 1);
	assert_null(late->killed);
	workers_end_overdue(&f->sv, now);
	assert_string_equal(late->killed, "did not serve in time");
	assert_int_equal(waitpid(late->pid, &status, 0), late->pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_null(early->killed);
	assert_null(serving->killed);
	assert_int_equal(waitpid(-1, &status, WNOHANG), 0);
	assert_int_equal(workers_due(&f->sv), now + FAR);
}

static void test_a_worker_has_a_minute_to_serve(void **state)
{
	struct fixture *f = *state;
	uint64_t begun = now_ms();
	struct worker_child *w;

	workers_start(&f->sv);
	w = LIST_FIRST(&f->sv.workers);
	assert_non_null(w);
	assert_in_range(w->end_at, begun + HELLO_TIME, now_ms() + HELLO_TIME);
	says_hello(f, w);
	assert_true(w->serving);
	assert_int_equal(w->end_at, 0);
}

static void test_those_let_go_have_time_to_leave(void **state)
{
	struct fixture *f = *state;
	uint64_t begun = now_ms(), most = LONGEST + LEAVE_TIME, at;
	struct worker_child *old = idler(f, 1), *slow = idler(f, 1),
			    *fresh = idler(f, 2);

	old->serving = true;
	slow->end_at = begun + 1;
	f->sv.serving = 1;
	says_hello(f, fresh);
	at = old->end_at;
	assert_in_range(at, begun + most, now_ms() + most);
	assert_int_equal(fresh->end_at, 0);
	/* Neither is longer, by what comes later. */
	old->end_at = at - 1;
	says_hello(f, fresh);
	says_hello(f, slow);
	assert_int_equal(old->end_at, at - 1);
	assert_int_equal(slow->end_at, begun + 1);
	workers_end_overdue(&f->sv, at);
	assert_string_equal(old->killed, "let go, and did not end");
	assert_null(fresh->killed);
}

/* Requests of before a reload had the longer limit. */
static void test_the_longest_limit_counts(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(f->sv.longest, LONGEST);
	f->settings.limits.timeout_max = 10;
	front_tell_settings(&f->sv);
	assert_int_equal(f->sv.longest, LONGEST);
	f->settings.limits.timeout_max = 10000;
	front_tell_settings(&f->sv);
	assert_int_equal(f->sv.longest, 10080);
}

int main(void)
{
#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_overdue_are_killed),
		TEST(a_worker_has_a_minute_to_serve),
		TEST(those_let_go_have_time_to_leave),
		TEST(the_longest_limit_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

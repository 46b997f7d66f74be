/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "children.h"

#include "die.h"
#include "front.h"
#include "log.h"
#include "sandbox.h"
#include "worker.h"

#include <fcntl.h>
#include <jansson.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* How a child differs from the other kind. */
struct kind {
	const char *name; /* at most 15 bytes, for the kernel */
	enum sandbox_role role;
	int (*run)(int socket, const struct settings *s);
};

static const struct kind front_kind = { "trawld-front", SANDBOX_FRONT,
					front_run };
static const struct kind worker_kind = { "trawld-work", SANDBOX_WORKER,
					 worker_run };

/* The supervisor alone is told what to do by signals; a fault kills. */
static void reset_signals(void)
{
	static const int deaf[] = { SIGINT,  SIGTERM, SIGHUP,
				    SIGUSR1, SIGUSR2, SIGPIPE };
	sigset_t none;

	for (size_t i = 0; i < sizeof(deaf) / sizeof(*deaf); i++)
		signal(deaf[i], SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Keep 0, 1, 2 and the socket; returns its new number. */
static int keep_socket(int socket)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	}
	if (socket != 3) {
		dup2(socket, 3);
		socket = 3;
	}
	fcntl(socket, F_SETFD, FD_CLOEXEC);
	close_range(4, ~0U, 0);
	return socket;
}

static _Noreturn void become(const struct kind *kind, int socket,
			     const struct settings *s)
{
	struct settings_error err;

	prctl(PR_SET_NAME, kind->name, 0, 0, 0);
	reset_signals();
	/* What would open files later. */
	json_object_seed(0);
	tzset();
	socket = keep_socket(socket);
	/* syslog's own descriptor has been closed with the others. */
	log_open(s->syslog, kind->name);
	if (!sandbox_enter(kind->role, s, &err)) {
		log_error("%s", err.text);
		_exit(EXIT_COULD_NOT);
	}
	_exit(kind->run(socket, s));
}

static int start(const struct kind *kind, int socket, const struct settings *s)
{
	int pid = fork();

	if (!pid)
		become(kind, socket, s);
	return pid;
}

int child_front(int socket, const struct settings *s)
{
	return start(&front_kind, socket, s);
}

int child_worker(int socket, const struct settings *s)
{
	return start(&worker_kind, socket, s);
}

struct worker_child *worker_find(struct worker_list *list, int pid)
{
	struct worker_child *w;

	LIST_FOREACH(w, list, link)
	if (w->pid == pid)
		return w;
	return NULL;
}

struct worker_child *worker_add(struct worker_list *list, int pid,
				unsigned epoch)
{
	struct worker_child *w = xcalloc(1, sizeof(*w));

	w->pid = pid;
	w->epoch = epoch;
	LIST_INSERT_HEAD(list, w, link);
	return w;
}

void worker_remove(struct worker_child *w)
{
	if (!w)
		return;
	LIST_REMOVE(w, link);
	free(w);
}

size_t worker_count(const struct worker_list *list, unsigned epoch)
{
	const struct worker_child *w;
	size_t n = 0;

	LIST_FOREACH(w, list, link)
	n += w->epoch == epoch;
	return n;
}

void worker_kill(struct worker_child *w, const char *why)
{
	w->end_at = 0;
	if (!kill(w->pid, SIGKILL))
		w->killed = why;
}

void worker_kill_all(struct worker_list *list)
{
	struct worker_child *w;

	LIST_FOREACH(w, list, link)
	{
		w->done = true;
		kill(w->pid, SIGKILL);
	}
}

void child_end_text(int status, char out[64])
{
	if (WIFSIGNALED(status))
		snprintf(out, 64, "ended by signal %d (%.30s)",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(out, 64, "ended with status %d", WEXITSTATUS(status));
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sandbox.h"
#include "sanitized.h"
#include "temp_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

enum {
	NOT_ENTERED = 255
};

static struct temp_dir dir;
static char index_path[512], index_file[600], other_file[512];

static int set_up(void **state)
{
	(void)state;
	temp_dir_make(&dir);
	/* The front is nobody. */
	chmod(dir.path, 0755);
	mkdir(temp_path(&dir, "index", index_path), 0755);
	snprintf(index_file, sizeof(index_file), "%s/file", index_path);
	write_file(index_file, "in it");
	write_file(temp_path(&dir, "other", other_file), "beside it");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	temp_dir_remove(&dir);
	return 0;
}

/* What a child of that role ends with that does act(): its result is errno,
 * or 0.  Or -SIGNAL. */
static int end_of(enum sandbox_role role, bool sandbox, int (*act)(void))
{
	struct settings s = { .sandbox = sandbox,
			      .worker_memory = 256 << 20,
			      .nindexes = 1 };
	struct settings_error err;
	int pid, status;

	s.limits.max_connections = 10;
	s.index[0].path = index_path;
	pid = fork();
	if (!pid) {
		if (!sandbox_enter(role, &s, &err))
			_exit(NOT_ENTERED);
		errno = 0;
		_exit(act() < 0 ? errno : 0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int act_read_index(void)
{
	char text[8];
	int fd = open(index_file, O_RDONLY);

	return fd < 0 ? -1 : (int)read(fd, text, sizeof(text));
}

static int act_advise_index(void)
{
	int fd = open(index_file, O_RDONLY);

	errno = fd < 0 ? errno : posix_fadvise(fd, 0, 8, POSIX_FADV_WILLNEED);
	return errno ? -1 : 0;
}

static int act_list_index(void)
{
	char text[1024];
	int fd = open(index_path, O_RDONLY | O_DIRECTORY);

	return fd < 0 ? -1
		      : (int)syscall(SYS_getdents64, fd, text, sizeof(text));
}

static int act_read_other(void)
{
	return open(other_file, O_RDONLY);
}

static int act_read_passwd(void)
{
	return open("/etc/passwd", O_RDONLY);
}

static int act_write_index(void)
{
	return open(index_file, O_WRONLY);
}

static int act_append_index(void)
{
	return open(index_file, O_RDWR | O_APPEND);
}

static int act_create(void)
{
	char path[700];

	snprintf(path, sizeof(path), "%s/new", index_path);
	return open(path, O_RDONLY | O_CREAT, 0600);
}

static int act_truncate(void)
{
	return truncate(index_file, 0);
}

static int act_unlink(void)
{
	return unlink(index_file);
}

static int act_rename(void)
{
	return rename(index_file, other_file);
}

static int act_mkdir(void)
{
	return mkdir("/tmp/trawl-test-sandbox", 0700);
}

static int act_symlink(void)
{
	return symlink("x", "/tmp/trawl-test-sandbox");
}

static int act_chmod(void)
{
	return chmod(index_file, 0777);
}

static int act_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int act_unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int act_socketpair(void)
{
	int fd[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, fd);
}

static int act_signal_parent(void)
{
	return kill(getppid(), 0);
}

static int act_executable_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
		       ? -1
		       : 0;
}

static int act_inotify(void)
{
	return (int)syscall(SYS_inotify_init1, 0);
}

static int act_memfd(void)
{
	return (int)syscall(SYS_memfd_create, "x", 0);
}

static int act_setuid(void)
{
	return setuid(0);
}

static int act_getrlimit(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_AS, &limit);
}

static int act_setrlimit(void)
{
	const struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	return setrlimit(RLIMIT_CORE, &limit);
}

static int act_getrlimit_of_parent(void)
{
	struct rlimit limit;

	return prlimit(getppid(), RLIMIT_AS, NULL, &limit);
}

static int act_chdir(void)
{
	return chdir("/");
}

static int act_io_uring(void)
{
	return (int)syscall(SYS_io_uring_setup, 1, NULL);
}

static int act_exec(void)
{
	char *const argv[] = { (char *)"/bin/true", NULL };

	return execv("/bin/true", argv);
}

static int act_fork(void)
{
	int pid = fork();

	if (!pid)
		_exit(0);
	return pid;
}

static int act_ptrace(void)
{
	return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static int act_mount(void)
{
	return (int)syscall(SYS_mount, "x", "/", "tmpfs", 0, NULL);
}

static int act_unshare(void)
{
	return (int)syscall(SYS_unshare, 0);
}

static int act_allocate(void)
{
	char *p = malloc(1 << 20);

	if (!p)
		return -1;
	memset(p, 1, 1 << 20);
	free(p);
	return 0;
}

static int act_too_much(void)
{
	void *volatile p = malloc(1u << 30);

	return p ? 0 : -1;
}

static int act_abort(void)
{
	abort();
}

static int act_core(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_CORE, &limit) || limit.rlim_max ? -1 : 0;
}

/* errno, 0 or -SIGNAL, as a worker and as the front. */
static const struct {
	const char *what;
	int (*act)(void);
	int worker, front;

} cases[] = {
	{ "allocate", act_allocate, 0, 0 },
	{ "abort", act_abort, -SIGABRT, -SIGABRT },
	{ "read the index", act_read_index, 0, EPERM },
	{ "say what will be read", act_advise_index, 0, EPERM },
	{ "list the index", act_list_index, 0, EPERM },
	{ "read another file", act_read_other, EACCES, EPERM },
	{ "read /etc/passwd", act_read_passwd, EACCES, EPERM },
	{ "write the index", act_write_index, EPERM, EPERM },
	{ "append to the index", act_append_index, EPERM, EPERM },
	{ "create a file", act_create, EPERM, EPERM },
	{ "truncate", act_truncate, EPERM, EPERM },
	{ "unlink", act_unlink, EPERM, EPERM },
	{ "rename", act_rename, EPERM, EPERM },
	{ "mkdir", act_mkdir, EPERM, EPERM },
	{ "symlink", act_symlink, EPERM, EPERM },
	{ "chmod", act_chmod, EPERM, EPERM },
	{ "socket", act_socket, EPERM, EPERM },
	{ "unix socket", act_unix_socket, EPERM, EPERM },
	{ "socketpair", act_socketpair, EPERM, EPERM },
	{ "signal the parent", act_signal_parent, EPERM, EPERM },
	{ "executable memory", act_executable_memory, EPERM, EPERM },
	{ "inotify", act_inotify, EPERM, EPERM },
	{ "memfd", act_memfd, EPERM, EPERM },
	{ "setuid", act_setuid, EPERM, EPERM },
	{ "getrlimit", act_getrlimit, 0, EPERM },
	{ "setrlimit", act_setrlimit, EPERM, EPERM },
	{ "another's limits", act_getrlimit_of_parent, EPERM, EPERM },
	{ "chdir", act_chdir, EPERM, EPERM },
	{ "io_uring", act_io_uring, EPERM, EPERM },
	{ "exec", act_exec, -SIGSYS, -SIGSYS },
	{ "fork", act_fork, -SIGSYS, -SIGSYS },
	{ "ptrace", act_ptrace, -SIGSYS, -SIGSYS },
	{ "mount", act_mount, -SIGSYS, -SIGSYS },
	{ "unshare", act_unshare, -SIGSYS, -SIGSYS },
};

static void test_forbidden(void **state)
{
	const struct settings s = { .sandbox = true };

	(void)state;
	if (SANITIZED || sandbox_lacks(&s))
		skip();
	for (size_t i = 0; i < LENGTH(cases); i++) {
		int worker = end_of(SANDBOX_WORKER, true, cases[i].act);
		int front = end_of(SANDBOX_FRONT, true, cases[i].act);

		if (worker != cases[i].worker || front != cases[i].front)
			fail_msg("%s: worker %d, front %d", cases[i].what,
				 worker, front);
	}
	assert_int_equal(access(index_file, F_OK), 0);
}

/* Of a sanitizer's build, too. */
static void test_landlock(void **state)
{
	const struct settings s = { .sandbox = true };
	const char *lacks = sandbox_lacks(&s);

	(void)state;
	if (lacks && strstr(lacks, "Landlock"))
		skip();
	assert_int_equal(end_of(SANDBOX_WORKER, true, act_read_index), 0);
	assert_int_equal(end_of(SANDBOX_WORKER, true, act_read_other), EACCES);
	assert_int_not_equal(end_of(SANDBOX_WORKER, true, act_write_index), 0);
	assert_int_not_equal(end_of(SANDBOX_FRONT, true, act_read_index), 0);
}

static void test_limits(void **state)
{
	(void)state;
	assert_int_equal(end_of(SANDBOX_WORKER, false, act_core), 0);
	if (!SANITIZED)
		assert_int_equal(end_of(SANDBOX_WORKER, true, act_too_much),
				 ENOMEM);
	/* Without it, all of that can be done. */
	assert_int_equal(end_of(SANDBOX_WORKER, false, act_read_other), 0);
	assert_int_equal(end_of(SANDBOX_WORKER, false, act_socket), 0);
}

static void test_no_user(void **state)
{
	struct settings s = { .user = (char *)"no such user" };
	struct settings_error err;

	(void)state;
	if (geteuid())
		skip();
	assert_false(sandbox_enter(SANDBOX_FRONT, &s, &err));
	assert_string_equal(err.text, "user=no such user: no such user");
}

static void test_descriptors(void **state)
{
	struct rlimit limit;
	uint64_t n;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	n = sandbox_raise_descriptors(limit.rlim_cur);
	assert_int_equal(n, limit.rlim_cur);
	n = sandbox_raise_descriptors(limit.rlim_max);
	assert_int_equal(n, limit.rlim_max);
	assert_true(sandbox_raise_descriptors(1) >= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forbidden),
		cmocka_unit_test(test_landlock),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_no_user),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

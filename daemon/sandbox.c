/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#else
#define SANITIZED false
#endif

enum {
	SPARE_DESCRIPTORS = 64,	   /* beside connections */
	WORKER_DESCRIPTORS = 8192, /* each index is half a dozen files */
	LANDLOCK_ACCESS = 16	   /* of ABI 5, which are all there are */
};

uint64_t sandbox_raise_descriptors(uint64_t wanted)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 0;
	if (limit.rlim_cur < wanted) {
		struct rlimit more = { wanted, wanted };

		/* Over the hard limit: for root alone. */
		if (limit.rlim_max >= wanted)
			more.rlim_max = limit.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &more)) {
			more.rlim_cur = more.rlim_max = limit.rlim_max;
			setrlimit(RLIMIT_NOFILE, &more);
		}
		getrlimit(RLIMIT_NOFILE, &limit);
	}
	return limit.rlim_cur;
}

static void set_limit(int what, rlim_t value)
{
	struct rlimit limit;

	if (getrlimit(what, &limit))
		return;
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < value)
		value = limit.rlim_max;
	limit.rlim_cur = limit.rlim_max = value;
	setrlimit(what, &limit);
}

static void limit_resources(enum sandbox_role role, const struct settings *s)
{
	set_limit(RLIMIT_CORE, 0);
	if (role == SANDBOX_FRONT) {
		sandbox_raise_descriptors(s->limits.max_connections +
					  SPARE_DESCRIPTORS);
		return;
	}
	sandbox_raise_descriptors(WORKER_DESCRIPTORS);
	/* A sanitizer's shadow takes terabytes of addresses. */
	if (!SANITIZED)
		set_limit(RLIMIT_AS, s->worker_memory);
}

/* Only root can, and only root need: another user is what it is. */
static bool change_user(enum sandbox_role role, const struct settings *s,
			struct settings_error *err)
{
	const char *name = s->user ? s->user : "nobody";
	const struct passwd *pw;

	/* As root, workers read indexes that only root may read. */
	if (geteuid() || (!s->user && role == SANDBOX_WORKER))
		return true;
	pw = getpwnam(name);
	if (!pw)
		return settings_could_not(err, "user=%.300s: no such user",
					  name);
	if (setgroups(0, NULL) ||
	    setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid))
		return settings_could_not(err, "user=%.300s: %s", name,
					  strerror(errno));
	return true;
}

static int landlock_abi(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
			    LANDLOCK_CREATE_RULESET_VERSION);
}

/* What the kernel can forbid: an older one knows fewer rights. */
static uint64_t landlock_rights(int abi)
{
	static const unsigned rights[] = { 0, 13, 14, 15, 15, LANDLOCK_ACCESS };
	const int newest = (int)(sizeof(rights) / sizeof(*rights)) - 1;

	return (UINT64_C(1) << rights[abi < newest ? abi : newest]) - 1;
}

static void allow_reading(int ruleset, const char *path)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE |
				  LANDLOCK_ACCESS_FS_READ_DIR,
		.parent_fd = open(path, O_PATH | O_CLOEXEC)
	};

	/* What is not there cannot be read either. */
	if (rule.parent_fd < 0)
		return;
	syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		&rule, 0);
	close(rule.parent_fd);
}

/* struct landlock_ruleset_attr as of ABI 6, whatever the headers are: no TCP
 * from ABI 4 on, no signals and no abstract sockets of others from 6 on. */
struct ruleset_attr {
	uint64_t fs, net, scoped;
};

static size_t ruleset_size(int abi)
{
	return abi < 4	 ? offsetof(struct ruleset_attr, net)
	       : abi < 6 ? offsetof(struct ruleset_attr, scoped)
			 : sizeof(struct ruleset_attr);
}

static void confine_files(enum sandbox_role role, const struct settings *s)
{
	int abi = landlock_abi();
	struct ruleset_attr attr = { .net = 3, .scoped = 3 };
	int ruleset;

	if (abi < 1)
		return;
	attr.fs = landlock_rights(abi);
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr,
			       ruleset_size(abi), 0);
	if (ruleset < 0)
		return;
	for (size_t i = 0; role == SANDBOX_WORKER && i < s->nindexes; i++)
		allow_reading(ruleset, s->index[i].path);
	syscall(SYS_landlock_restrict_self, ruleset, 0);
	close(ruleset);
}

#ifdef HAVE_SECCOMP
/* clang-format off */

/* What both live on: memory, descriptors they have, clocks, their end. */
static const int common_calls[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close),
	SCMP_SYS(fcntl), SCMP_SYS(fstat), SCMP_SYS(lseek),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(brk), SCMP_SYS(munmap),
	SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall), SCMP_SYS(getpid),
	SCMP_SYS(gettid), SCMP_SYS(exit), SCMP_SYS(exit_group),
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
	SCMP_SYS(getrandom), SCMP_SYS(sysinfo),
	SCMP_SYS(recvfrom), SCMP_SYS(sendto),
};

static const int front_calls[] = {
	SCMP_SYS(accept4), SCMP_SYS(shutdown), SCMP_SYS(recvmsg),
	SCMP_SYS(sendmsg), SCMP_SYS(getsockname), SCMP_SYS(getpeername),
	SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(epoll_create1),
	SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_pwait2), SCMP_SYS(pipe2), SCMP_SYS(getrusage),
	SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid),
	SCMP_SYS(getegid),
};

static const int worker_calls[] = {
	SCMP_SYS(pread64), SCMP_SYS(newfstatat), SCMP_SYS(statx),
	SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64),
	SCMP_SYS(fadvise64), /* Xapian says what it will read */
};

/* What nothing here ever does, but somebody who has taken it over would. */
static const int deadly_calls[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork),
	SCMP_SYS(clone), SCMP_SYS(clone3), SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
	SCMP_SYS(bpf), SCMP_SYS(init_module), SCMP_SYS(finit_module),
	SCMP_SYS(kexec_load), SCMP_SYS(mount), SCMP_SYS(pivot_root),
	SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(userfaultfd),
	SCMP_SYS(perf_event_open), SCMP_SYS(open_by_handle_at),
};
/* clang-format on */

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static bool add_rules(scmp_filter_ctx f, uint32_t action, const int *calls,
		      size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (seccomp_rule_add(f, action, calls[i], 0))
			return false;
	return true;
}

/* A call whose argument arg has none of these bits. */
static bool allow_without(scmp_filter_ctx f, int call, unsigned arg,
			  uint64_t bits)
{
	return !seccomp_rule_add(f, SCMP_ACT_ALLOW, call, 1,
				 SCMP_CMP(arg, SCMP_CMP_MASKED_EQ, bits, 0));
}

/* Its own limits, and none is set: the library keeps less where there is less. */
static bool allow_getrlimit(scmp_filter_ctx f)
{
	return !seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2,
				 SCMP_A0(SCMP_CMP_EQ, 0),
				 SCMP_A2(SCMP_CMP_EQ, 0));
}

static bool fill_filter(scmp_filter_ctx f, enum sandbox_role role)
{
	const uint64_t writes = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
	const uint64_t exec = PROT_EXEC;

	if (!add_rules(f, SCMP_ACT_ALLOW, common_calls, COUNT(common_calls)) ||
	    !add_rules(f, SCMP_ACT_KILL_PROCESS, deadly_calls,
		       COUNT(deadly_calls)) ||
	    !allow_without(f, SCMP_SYS(mmap), 2, exec) ||
	    !allow_without(f, SCMP_SYS(mprotect), 2, exec))
		return false;
	/* abort() */
	if (seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
			     SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())))
		return false;
	if (role == SANDBOX_FRONT)
		return add_rules(f, SCMP_ACT_ALLOW, front_calls,
				 COUNT(front_calls));
	return add_rules(f, SCMP_ACT_ALLOW, worker_calls,
			 COUNT(worker_calls)) &&
	       allow_without(f, SCMP_SYS(openat), 2, writes) &&
	       allow_getrlimit(f);
}

/*
 * Refused, not killed, is what the lists do not have: another C library's
 * ways should cost a request at most, not every worker.
 */
static bool confine_calls(enum sandbox_role role, struct settings_error *err)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool ok = f && fill_filter(f, role);
	int failed;

	if (!ok) {
		seccomp_release(f);
		return settings_could_not(err,
					  "seccomp: no filter can be made");
	}
	/* Calls of another architecture, and a tree in place of a list. */
	seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	failed = seccomp_load(f);
	seccomp_release(f);
	return !failed ||
	       settings_could_not(err, "seccomp: %s", strerror(-failed));
}

static bool has_seccomp(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
}
#else
static bool confine_calls(enum sandbox_role role, struct settings_error *err)
{
	(void)role;
	(void)err;
	return true;
}

static bool has_seccomp(void)
{
	return false;
}
#endif

bool sandbox_enter(enum sandbox_role role, const struct settings *s,
		   struct settings_error *err)
{
	limit_resources(role, s);
	if (!change_user(role, s, err))
		return false;
	/* A worker that is busy does not see its socket's end. */
	if (role == SANDBOX_WORKER)
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return settings_could_not(err, "no_new_privs: %s",
					  strerror(errno));
	if (!s->sandbox)
		return true;
	confine_files(role, s);
	return SANITIZED || !has_seccomp() || confine_calls(role, err);
}

const char *sandbox_lacks(const struct settings *s)
{
	bool landlock = landlock_abi() >= 1;

	if (!s->sandbox || (landlock && has_seccomp()))
		return NULL;
	return landlock	       ? "seccomp"
	       : has_seccomp() ? "Landlock"
			       : "Landlock and seccomp";
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "listen.h"
#include "temp_group.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/un.h>

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

static bool open_unix(const char *path, const struct settings *s,
		      struct listener *l, struct settings_error *err)
{
	char address[600];

	snprintf(address, sizeof(address), "unix:%s", path);
	return listen_open(address, LISTEN_LINE, s, l, err);
}

static bool can_connect(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bool ok;

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	ok = !connect(fd, (void *)&a, sizeof(a));
	close(fd);
	return ok;
}

static void test_addresses(void **state)
{
	static const struct {
		const char *address;
		bool is, loopback;
	} cases[] = {
		{ "127.0.0.1:80", true, true },
		{ "127.9.9.9:0", true, true },
		{ "[::1]:80", true, true },
		{ "[::ffff:127.0.0.1]:80", true, true },
		{ "localhost:80", true, true },
		{ "0.0.0.0:80", true, false },
		{ "[::]:80", true, false },
		{ "192.0.2.1:80", true, false },
		{ "[::ffff:192.0.2.1]:80", true, false },
		{ "[2001:db8::1]:80", true, false },
		{ "name.invalid:80", true, false },
		{ "unix:/x", true, false },
		{ "unix:", false, false },
		{ "::1:80", false, false },
		{ "[]:80", false, false },
		{ ":80", false, false },
		{ "x:", false, false },
		{ "x:65536", false, false },
		{ "x:http", false, false },
		{ "x:1 ", false, false },
		{ "a/b:1", false, false },
		{ "x", false, false },
		{ "", false, false },
	};
	char why[LISTEN_WHY_MAX];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		if (listen_is_address(cases[i].address) != cases[i].is)
			fail_msg("%s: address", cases[i].address);
		if (listen_is_loopback(cases[i].address, why) !=
		    cases[i].loopback)
			fail_msg("%s: loopback", cases[i].address);
	}
}

/* A host's name has labels of 63 letters at most: nobody is asked for it. */
static void test_no_such_host(void **state)
{
	static const char label[] = "0123456789012345678901234567890123456789"
				    "012345678901234567890123456789";
	struct settings s = { .socket_mode = 0600 };
	char address[100], why[LISTEN_WHY_MAX];
	struct settings_error err;
	struct listener l;

	(void)state;
	snprintf(address, sizeof(address), "%s:1", label);
	assert_true(listen_is_address(address));
	assert_false(listen_is_loopback(address, why));
	assert_non_null(strstr(why, "does not resolve"));
	assert_false(listen_open(address, LISTEN_LINE, &s, &l, &err));
	assert_non_null(strstr(err.text, "does not resolve"));
	assert_true(err.could_not);
	assert_false(listen_is_loopback("192.0.2.1:1", why));
	assert_string_equal(why, "");
}

static void test_default(void **state)
{
	char out[LISTEN_NAME_MAX], wanted[600];

	(void)state;
	setenv("XDG_RUNTIME_DIR", dir.path, 1);
	listen_default(out);
	snprintf(wanted, sizeof(wanted), "unix:%s/trawl.sock", dir.path);
	assert_string_equal(out, wanted);
	setenv("XDG_RUNTIME_DIR", "/no/such/folder", 1);
	listen_default(out);
	assert_string_equal(out, "unix:/run/trawl/trawl.sock");
	unsetenv("XDG_RUNTIME_DIR");
	listen_default(out);
	assert_string_equal(out, "unix:/run/trawl/trawl.sock");
}

static void test_tcp(void **state)
{
	struct settings s = { .socket_mode = 0600 };
	struct settings_error err;
	struct listener a, b;
	char text[LISTEN_NAME_MAX + 32], wanted[LISTEN_NAME_MAX + 32];

	(void)state;
	assert_true(listen_open("127.0.0.1:0", LISTEN_HTTP, &s, &a, &err));
	assert_int_equal(a.kind, LISTEN_HTTP);
	assert_int_equal(strncmp(a.name, "127.0.0.1:", 10), 0);
	assert_string_not_equal(a.name, "127.0.0.1:0");
	assert_true(fcntl(a.fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(a.fd, F_GETFD) & FD_CLOEXEC);
	listen_describe(&a, text);
	snprintf(wanted, sizeof(wanted), "listening http %s", a.name);
	assert_string_equal(text, wanted);

	assert_false(listen_open(a.name, LISTEN_LINE, &s, &b, &err));
	assert_non_null(strstr(err.text, "another server listens there"));
	assert_true(err.could_not);
	listen_close(&a);
	listen_close(&a);
	assert_false(listen_open("name.invalid:1", LISTEN_LINE, &s, &b, &err));
	assert_int_equal(strncmp(err.text, "name.invalid:1: ", 16), 0);
}

static void test_mode_and_group(void **state)
{
	struct settings s = { .socket_mode = 0660 };
	struct settings_error err;
	struct listener l;
	struct stat st;
	struct group *group = getgrgid(getegid());
	char path[512];

	(void)state;
	temp_path(&dir, "mode.sock", path);
	s.socket_group = group ? group->gr_name : NULL;
	assert_true(open_unix(path, &s, &l, &err));
	assert_int_equal(l.kind, LISTEN_UNIX);
	assert_string_equal(l.name, path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(st.st_gid, getegid());
	assert_true(can_connect(path));
	listen_close(&l);
	assert_int_equal(access(path, F_OK), -1);

	s.socket_group = (char *)"no such group";
	assert_false(open_unix(path, &s, &l, &err));
	assert_string_equal(err.text,
			    "socket-group=no such group: no such group");
	assert_int_equal(access(path, F_OK), -1);
}

static void test_stale_and_live(void **state)
{
	struct settings s = { .socket_mode = 0600 };
	struct settings_error err;
	struct listener a, b;
	char path[512], wanted[600];

	(void)state;
	temp_path(&dir, "one.sock", path);
	assert_true(open_unix(path, &s, &a, &err));
	assert_false(open_unix(path, &s, &b, &err));
	snprintf(wanted, sizeof(wanted), "%s: another server listens there",
		 path);
	assert_string_equal(err.text, wanted);
	assert_true(can_connect(path));

	/* As if killed: the file stays. */
	close(a.fd);
	assert_false(can_connect(path));
	assert_true(open_unix(path, &s, &b, &err));
	assert_true(can_connect(path));

	/* Another's is left alone. */
	a.fd = dup(b.fd);
	a.inode = b.inode + 1;
	listen_close(&a);
	assert_true(can_connect(path));
	listen_close(&b);
	assert_int_equal(access(path, F_OK), -1);
}

static void test_refused(void **state)
{
	struct settings s = { .socket_mode = 0600 };
	struct settings_error err;
	struct listener l;
	char path[512], longest[200];

	(void)state;
	write_file(temp_path(&dir, "file", path), "x");
	assert_false(open_unix(path, &s, &l, &err));
	assert_non_null(strstr(err.text, "a file that is no socket"));
	assert_int_equal(access(path, F_OK), 0);

	assert_false(open_unix("/no/such/x.sock", &s, &l, &err));
	assert_string_equal(err.text,
			    "/no/such/x.sock: No such file or directory: "
			    "listen elsewhere with --listen unix:PATH");
	memset(longest, 'x', sizeof(longest));
	longest[0] = '/';
	longest[108] = '\0';
	assert_false(open_unix(longest, &s, &l, &err));
	assert_non_null(
		strstr(err.text, "has at most 107 bytes, this one 108"));
}

static void test_inherited_none(void **state)
{
	struct settings_error err;
	struct listener l[2];

	(void)state;
	unsetenv("LISTEN_FDS");
	assert_int_equal(listen_inherited(l, 2, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_no_such_host),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_mode_and_group),
		cmocka_unit_test(test_stale_and_live),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_inherited_none),
	};

	return cmocka_run_group_tests(tests, set_up_dir, tear_down_dir);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is it noticed when the Xapian that is linked is another? */
#include "builder_guard.h"
#include "builder.h"
#include "generation.h"
#include "xap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "temp_dir.h"

static struct trawl_error err;

/* Nothing is left behind, whatever the answer. */
static void assert_clean(const char *dir)
{
	char path[PATH_MAX];

	for (unsigned n = 1; n < 5; n++) {
		generation_path(dir, n, path);
		assert_int_equal(access(path, F_OK), -1);
	}
}

static void test_fits(void **state)
{
	struct temp_dir dir;

	(void)state;
	temp_dir_make(&dir);
	assert_int_equal(builder_guard(dir.path, 1, xap_version(), &err),
			 TRAWL_OK);
	assert_clean(dir.path);
	temp_dir_remove(&dir);
}

static void test_other_versions(void **state)
{
	static const char *const versions[] = { "1.2.25", "1.5.0", "2.0.0",
						"1.40.1", "" };
	struct temp_dir dir;

	(void)state;
	temp_dir_make(&dir);
	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
		assert_int_equal(builder_guard(dir.path, 1, versions[i], &err),
				 TRAWL_MISMATCH);
		assert_clean(dir.path);
	}
	temp_dir_remove(&dir);
}

static void make(const struct temp_dir *dir, const char *name,
		 const char *value, char path[512])
{
	const struct xap_bytes key = { "key", 3 };
	const struct xap_bytes bytes = { value, strlen(value) };

	temp_path(dir, name, path);
	assert_int_equal(mkdir(path, 0777), 0);
	assert_int_equal(builder_create_empty(path, &key, &bytes, 1, &err),
			 TRAWL_OK);
}

static void test_tables_that_differ(void **state)
{
	struct temp_dir dir;
	char a[512], b[512], c[512];

	(void)state;
	temp_dir_make(&dir);
	make(&dir, "a", "one", a);
	make(&dir, "b", "one", b);
	make(&dir, "c", "two", c);
	assert_int_equal(glass_same(a, b, &err), TRAWL_OK);
	assert_int_equal(glass_same(a, c, &err), TRAWL_MISMATCH);
	assert_non_null(strstr(err.text, "postlist"));
	assert_int_equal(glass_same(a, dir.path, &err), TRAWL_NOTFOUND);
	temp_dir_remove(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fits),
		cmocka_unit_test(test_other_versions),
		cmocka_unit_test(test_tables_that_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

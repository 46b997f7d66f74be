/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xap.h"
#include "xap_throw.h"

#include <xapian.h>

#include <cstring>
#include <new>
#include <stdexcept>

extern "C" void (*xap_fault)(const char *entry);
/* Xapian 1.4.22's check() frees an object as a base without a virtual
 * destructor; AddressSanitizer reads this. */
extern "C" __attribute__((visibility("default"))) const char *
__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "new_delete_type_mismatch=0";
}

template <typename E>
static void raise(void)
{
	throw E("two\nlines\tof text");
}

template <typename E>
static void raise_empty(void)
{
	throw E("");
}

static void raise_held(void)
{
	throw Xapian::DatabaseLockError("Unable to lock: already locked");
}

static void raise_errno(void)
{
	throw Xapian::DatabaseError("Commit failed", 28);
}

static void raise_alloc(void)
{
	throw std::bad_alloc();
}

static void raise_int(void)
{
	throw 42;
}

#define KIND(type, status)                                                     \
	{                                                                      \
#type, status, raise < type>                                   \
	}

extern const struct throw_kind throw_kinds[] = {
	KIND(Xapian::DatabaseModifiedError, TRAWL_STALE),
	{ "held lock", TRAWL_LOCKED, raise_held },
	KIND(Xapian::DatabaseLockError, TRAWL_IO),
	KIND(Xapian::DatabaseNotFoundError, TRAWL_NOTFOUND),
	KIND(Xapian::DocNotFoundError, TRAWL_NOTFOUND),
	KIND(Xapian::DatabaseCorruptError, TRAWL_CORRUPT),
	KIND(Xapian::RangeError, TRAWL_CORRUPT),
	KIND(Xapian::DatabaseVersionError, TRAWL_MISMATCH),
	KIND(Xapian::DatabaseClosedError, TRAWL_INVAL),
	KIND(Xapian::DatabaseError, TRAWL_IO),
	KIND(Xapian::DatabaseCreateError, TRAWL_IO),
	KIND(Xapian::DatabaseOpeningError, TRAWL_IO),
	{ "with errno", TRAWL_IO, raise_errno },
	{ "empty text", TRAWL_IO, raise_empty<Xapian::DatabaseError> },
	KIND(Xapian::InvalidArgumentError, TRAWL_INVAL),
	KIND(Xapian::InvalidOperationError, TRAWL_INVAL),
	KIND(Xapian::AssertionError, TRAWL_INTERNAL),
	KIND(Xapian::UnimplementedError, TRAWL_INTERNAL),
	KIND(Xapian::FeatureUnavailableError, TRAWL_INTERNAL),
	KIND(Xapian::InternalError, TRAWL_INTERNAL),
	KIND(Xapian::NetworkError, TRAWL_INTERNAL),
	KIND(Xapian::NetworkTimeoutError, TRAWL_INTERNAL),
	KIND(Xapian::QueryParserError, TRAWL_INTERNAL),
	KIND(Xapian::SerialisationError, TRAWL_INTERNAL),
	KIND(Xapian::WildcardError, TRAWL_INTERNAL),
	{ "std::bad_alloc", TRAWL_NOMEM, raise_alloc },
	KIND(std::length_error, TRAWL_INTERNAL),
	KIND(std::runtime_error, TRAWL_INTERNAL),
	{ "empty what()", TRAWL_INTERNAL, raise_empty<std::runtime_error> },
	{ "int", TRAWL_INTERNAL, raise_int },
};
extern const unsigned throw_nkinds = sizeof(throw_kinds) / sizeof(*throw_kinds);

static const char *wanted;
static const struct throw_kind *thrown;
static unsigned count;

static void fault(const char *entry)
{
	if (strcmp(entry, wanted))
		return;
	count++;
	thrown->run();
}

void throw_at(const char *entry, const struct throw_kind *kind)
{
	wanted = entry;
	thrown = kind;
	count = 0;
	xap_fault = entry ? fault : nullptr;
}

unsigned throw_count(void)
{
	return count;
}

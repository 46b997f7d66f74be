/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xap.h"
#include "deadline.h"
#include "glass.h"
#include "status.h"

#include <xapian.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
	QUERY_DEPTH_MAX = 256,	 /* of a tree: build() calls itself */
	DEADLINE_CALLS = 32,	 /* at most, between two looks at the clock */
	DEADLINE_SLOW = 500000,	 /* ns: then the next look is at the next call,
				    which can be a NEAR of 64 words */
	TAG_MAX = 100 * 1048576, /* bytes of data, value or metadata: glass
				    cuts them into 65,536 pieces of 2,000 */
	METADATA_KEY_MAX = XAP_TERM_MAX,
	VALUES_OF_ONE = 16, /* of a document whose values are not at hand */
	VALUE_HEAD = 16,    /* bytes that come to a value in its table */
	BLOCKS_ABOVE = 16   /* of the levels above the leaves, and to spare */
};

#ifdef XAP_FAULTS
void (*xap_fault)(const char *entry);
#endif

/* ------------------------------------------------------------- errors -- */

/* "No space left on device", or "": unlike get_msg() it may allocate. */
static const char *reason(const Xapian::Error &e) noexcept
{
	try {
		const char *text = e.get_error_string();

		return text ? text : "";
	} catch (...) {
		return "";
	}
}

/* get_description() allocates and so may throw; these two do not. */
static enum trawl_status fail(struct trawl_error *err, enum trawl_status st,
			      const Xapian::Error &e) noexcept
{
	const char *why = reason(e);

	return fail(err, st, "%s: %s%s%s", e.get_type(), e.get_msg().c_str(),
		    *why ? ": " : "", why);
}

/* A lock that could not be taken for another reason will not come free. */
static enum trawl_status fail_lock(struct trawl_error *err,
				   const Xapian::Error &e) noexcept
{
	bool held = e.get_msg().find("already locked") != std::string::npos;

	return fail(err, held ? TRAWL_LOCKED : TRAWL_IO, e);
}

/*
 * Turn the exception in flight into a status.  Only guard() calls this, from
 * its catch block.  Derived classes stand above their bases: C++ takes the
 * first clause that fits.
 */
static enum trawl_status translate(struct trawl_error *err) noexcept
{
	try {
		throw;
	} catch (const Xapian::DatabaseModifiedError &e) {
		return fail(err, TRAWL_STALE, e);
	} catch (const Xapian::DatabaseLockError &e) {
		return fail_lock(err, e);
	} catch (const Xapian::DatabaseNotFoundError &e) {
		return fail(err, TRAWL_NOTFOUND, e);
	} catch (const Xapian::DocNotFoundError &e) {
		return fail(err, TRAWL_NOTFOUND, e);
	} catch (const Xapian::DatabaseCorruptError &e) {
		return fail(err, TRAWL_CORRUPT, e);
	} catch (const Xapian::DatabaseVersionError &e) {
		return fail(err, TRAWL_MISMATCH, e);
	} catch (const Xapian::DatabaseClosedError &e) {
		return fail(err, TRAWL_INVAL, e);
	} catch (const Xapian::DatabaseError &e) {
		return fail(err, TRAWL_IO, e);
	} catch (const Xapian::RangeError &e) {
		/* A stored number that does not fit. */
		return fail(err, TRAWL_CORRUPT, e);
	} catch (const Xapian::AssertionError &e) {
		return fail(err, TRAWL_INTERNAL, e);
	} catch (const Xapian::UnimplementedError &e) {
		return fail(err, TRAWL_INTERNAL, e);
	} catch (const Xapian::LogicError &e) {
		return fail(err, TRAWL_INVAL, e);
	} catch (const Xapian::Error &e) {
		return fail(err, TRAWL_INTERNAL, e);
	} catch (const std::bad_alloc &) {
		return fail_nomem(err);
	} catch (const std::exception &e) {
		return fail(err, TRAWL_INTERNAL, "C++ exception: %s", e.what());
	} catch (...) {
		return fail(err, TRAWL_INTERNAL, "unknown C++ exception");
	}
}

/*
 * Every entry point that can throw runs its body in here.  noexcept is the
 * proof: nothing leaves this file by unwinding.
 */
template <typename Body>
static enum trawl_status guard(struct trawl_error *err,
			       [[maybe_unused]] const char *entry,
			       Body body) noexcept
{
	try {
#ifdef XAP_FAULTS
		if (xap_fault)
			xap_fault(entry);
#endif
		body();
		return TRAWL_OK;
	} catch (...) {
		return translate(err);
	}
}

[[noreturn]] static void refuse(const char *why)
{
	throw Xapian::InvalidArgumentError(why);
}

/* ------------------------------------------------------------ handles -- */

/* Values, not pointers: one new, one delete, and the members clean up. */
struct xap_db {
	explicit xap_db(const Xapian::Database &other, uint32_t n = 1)
	    : db(other), parts(n)
	{
	}

	Xapian::Database db;
	uint32_t parts;
};

struct xap_writer {
	xap_writer(const char *path, int flags)
	    : db(path, flags), view(db), dir(path)
	{
		db.begin_transaction();
		open = begun = true;
	}

	/*
	 * A commit that failed leaves perhaps a part of its batch, and no
	 * transaction, so that the destructor would commit that part: drop it
	 * first.
	 */
	void begin()
	{
		if (begun)
			return;
		if (!open)
			db.begin_transaction(false);
		open = true;
		db.cancel_transaction();
		open = false;
		db.begin_transaction();
		open = begun = true;
		new_bytes = old_leaves = 0;
	}

	Xapian::WritableDatabase db;
	struct xap_db view;
	std::string dir;
	bool open = false;  /* a transaction is */
	bool begun = false; /* and nothing in it has failed */
	/* Of values since the last commit. */
	uint64_t new_bytes = 0;	 /* of documents that were added */
	uint64_t old_leaves = 0; /* that those of others may be in */
};

static std::string copy(const struct xap_bytes &b)
{
	return b.len ? std::string(b.data, b.len) : std::string();
}

static std::string copy(const char *data, size_t len)
{
	return copy(xap_bytes{ data, len });
}

static std::string_view look(const struct xap_bytes &b)
{
	return b.len ? std::string_view(b.data, b.len) : std::string_view();
}

const char *xap_version(void)
{
	return Xapian::version_string();
}

void xap_clear_environment(void)
{
	guard(nullptr, __func__, [&] {
		/* unsetenv() moves the next variable into place. */
		for (char **e = environ; e && *e;) {
			const char *equals = strchr(*e, '=');

			if (equals && !strncmp(*e, "XAPIAN_", 7))
				unsetenv(copy(*e, equals - *e).c_str());
			else
				e++;
		}
	});
}

/* ------------------------------------------------------------ reading -- */

/* The backend is named, or a stub in path could make Xapian run a program. */
static Xapian::Database open_glass(const char *path)
{
	return Xapian::Database(path, Xapian::DB_BACKEND_GLASS);
}

enum trawl_status xap_db_open(const char *path, struct xap_db **out,
			      struct trawl_error *err)
{
	return guard(err, __func__,
		     [&] { *out = new xap_db(open_glass(path)); });
}

void xap_db_free(struct xap_db *db)
{
	delete db;
}

enum trawl_status xap_db_reopen(struct xap_db *db, bool *changed,
				struct trawl_error *err)
{
	return guard(err, __func__, [&] { *changed = db->db.reopen(); });
}

enum trawl_status xap_db_join(struct xap_db *const *parts, size_t n,
			      struct xap_db **out, struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		Xapian::Database all;

		for (size_t i = 0; i < n; i++) {
			if (parts[i]->parts != 1)
				refuse("joined databases cannot be joined");
			all.add_database(parts[i]->db);
		}
		*out = new xap_db(all, (uint32_t)n);
	});
}

enum trawl_status xap_db_facts(struct xap_db *db, struct xap_facts *out,
			       struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		struct xap_facts facts = {};
		const std::string uuid = db->db.get_uuid();

		facts.documents = db->db.get_doccount();
		facts.total_length = db->db.get_total_length();
		facts.revision = db->db.get_revision();
		facts.last_docid = db->db.get_lastdocid();
		uuid.copy(facts.uuid, sizeof(facts.uuid) - 1);
		*out = facts;
	});
}

enum trawl_status xap_db_term_freq(struct xap_db *db, const char *term,
				   size_t len, uint32_t *termfreq,
				   uint32_t *collfreq, struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		const std::string t = copy(term, len);
		const uint32_t docs = db->db.get_termfreq(t);

		*collfreq = docs ? db->db.get_collection_freq(t) : 0;
		*termfreq = docs;
	});
}

enum trawl_status xap_db_metadata(struct xap_db *db, const char *key,
				  size_t len, xap_bytes_fn *each, void *ctx,
				  struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		const std::string value = db->db.get_metadata(copy(key, len));

		if (!value.empty())
			each(ctx, value.data(), value.size());
	});
}

enum trawl_status xap_db_metadata_keys(struct xap_db *db, const char *prefix,
				       size_t len, xap_bytes_fn *each,
				       void *ctx, struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		const std::string p = copy(prefix, len);
		const auto end = db->db.metadata_keys_end(p);

		for (auto i = db->db.metadata_keys_begin(p); i != end; ++i) {
			const std::string key = *i;

			if (!each(ctx, key.data(), key.size()))
				break;
		}
	});
}

enum trawl_status xap_db_postings(struct xap_db *db, const char *term,
				  size_t len, uint32_t from, xap_docid_fn *each,
				  void *ctx, struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		const std::string t = copy(term, len);
		const auto end = db->db.postlist_end(t);
		auto i = db->db.postlist_begin(t);

		if (from && i != end)
			i.skip_to(from);
		while (i != end && each(ctx, *i))
			++i;
	});
}

enum trawl_status xap_db_terms(struct xap_db *db, struct xap_bytes prefix,
			       struct xap_bytes from, bool want_freq,
			       xap_term_fn *each, void *ctx,
			       struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		const std::string p = copy(prefix);
		const std::string start = copy(from);
		const auto end = db->db.allterms_end(p);
		auto i = db->db.allterms_begin(p);

		/* To skip before the prefix would be to leave it. */
		if (start > p && i != end)
			i.skip_to(start);
		for (; i != end; ++i) {
			const std::string t = *i;

			if (!each(ctx, t.data(), t.size(), 0,
				  want_freq ? i.get_termfreq() : 0))
				break;
		}
	});
}

enum trawl_status xap_db_data(struct xap_db *db, uint32_t docid,
			      xap_bytes_fn *each, void *ctx,
			      struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		const std::string data = db->db.get_document(docid).get_data();

		each(ctx, data.data(), data.size());
	});
}

enum trawl_status xap_db_value(struct xap_db *db, uint32_t docid, uint32_t slot,
			       xap_bytes_fn *each, void *ctx,
			       struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		const Xapian::Document doc = db->db.get_document(docid);
		const std::string value = doc.get_value(slot);

		each(ctx, value.data(), value.size());
	});
}

enum trawl_status xap_db_length(struct xap_db *db, uint32_t docid,
				uint32_t *length, struct trawl_error *err)
{
	return guard(err, __func__,
		     [&] { *length = db->db.get_doclength(docid); });
}

enum trawl_status xap_db_termlist(struct xap_db *db, uint32_t docid,
				  bool want_freq, xap_term_fn *each, void *ctx,
				  struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		const auto end = db->db.termlist_end(docid);

		for (auto i = db->db.termlist_begin(docid); i != end; ++i) {
			const std::string t = *i;

			if (!each(ctx, t.data(), t.size(), i.get_wdf(),
				  want_freq ? i.get_termfreq() : 0))
				break;
		}
	});
}

enum trawl_status xap_db_positions(struct xap_db *db, uint32_t docid,
				   const char *term, size_t len,
				   xap_docid_fn *each, void *ctx,
				   struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		const std::string t = copy(term, len);
		const auto end = db->db.positionlist_end(docid, t);
		auto i = db->db.positionlist_begin(docid, t);

		while (i != end && each(ctx, *i))
			++i;
	});
}

/* --------------------------------------------------------- everything -- */

enum trawl_status xap_db_bounds(struct xap_db *db, struct xap_bounds *out,
				struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		struct xap_bounds bounds = {};

		bounds.average_length = db->db.get_avlength();
		bounds.shortest = db->db.get_doclength_lower_bound();
		bounds.longest = db->db.get_doclength_upper_bound();
		bounds.positions = db->db.has_positions();
		*out = bounds;
	});
}

enum trawl_status xap_db_wdf_bound(struct xap_db *db, const char *term,
				   size_t len, uint32_t *bound,
				   struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		*bound = db->db.get_wdf_upper_bound(copy(term, len));
	});
}

enum trawl_status xap_db_entries(struct xap_db *db, const char *term,
				 size_t len, uint32_t from, xap_entry_fn *each,
				 void *ctx, struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		const std::string t = copy(term, len);
		const bool positions = db->db.has_positions() && len;
		const auto end = db->db.postlist_end(t);
		auto i = db->db.postlist_begin(t);
		std::vector<uint32_t> list;

		if (from && i != end)
			i.skip_to(from);
		for (; i != end; ++i) {
			if (positions)
				list.assign(i.positionlist_begin(),
					    i.positionlist_end());

			const struct xap_entry entry = { *i, i.get_wdf(),
							 i.get_doclength(),
							 list.data(),
							 list.size() };

			if (!each(ctx, &entry))
				break;
		}
	});
}

enum trawl_status xap_db_unique_terms(struct xap_db *db, uint32_t docid,
				      uint32_t *n, struct trawl_error *err)
{
	return guard(err, __func__,
		     [&] { *n = db->db.get_unique_terms(docid); });
}

enum trawl_status xap_db_values(struct xap_db *db, uint32_t docid,
				xap_value_fn *each, void *ctx,
				struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		const Xapian::Document doc = db->db.get_document(docid);
		const auto end = doc.values_end();

		for (auto i = doc.values_begin(); i != end; ++i) {
			const std::string value = *i;

			if (!each(ctx, i.get_valueno(), value.data(),
				  value.size()))
				break;
		}
	});
}

enum trawl_status xap_db_value_stream(struct xap_db *db, uint32_t slot,
				      uint32_t from, xap_value_fn *each,
				      void *ctx, struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		const auto end = db->db.valuestream_end(slot);
		auto i = db->db.valuestream_begin(slot);

		if (from && i != end)
			i.skip_to(from);
		for (; i != end; ++i) {
			const std::string value = *i;

			if (!each(ctx, i.get_docid(), value.data(),
				  value.size()))
				break;
		}
	});
}

enum trawl_status xap_db_value_bounds(struct xap_db *db, uint32_t slot,
				      uint32_t *documents, xap_bytes_fn *each,
				      void *ctx, struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		const std::string lower = db->db.get_value_lower_bound(slot);
		const std::string upper = db->db.get_value_upper_bound(slot);

		*documents = db->db.get_value_freq(slot);
		if (each(ctx, lower.data(), lower.size()))
			each(ctx, upper.data(), upper.size());
	});
}

enum trawl_status xap_db_spellings(struct xap_db *db, struct xap_bytes from,
				   xap_term_fn *each, void *ctx,
				   struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		const std::string start = copy(from);
		const auto end = db->db.spellings_end();
		auto i = db->db.spellings_begin();

		if (!start.empty() && i != end)
			i.skip_to(start);
		for (; i != end; ++i) {
			const std::string word = *i;

			if (!each(ctx, word.data(), word.size(), 0,
				  i.get_termfreq()))
				break;
		}
	});
}

enum trawl_status xap_db_synonym_keys(struct xap_db *db, struct xap_bytes from,
				      xap_bytes_fn *each, void *ctx,
				      struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		const std::string start = copy(from);
		const auto end = db->db.synonym_keys_end();
		auto i = db->db.synonym_keys_begin();

		if (!start.empty() && i != end)
			i.skip_to(start);
		for (; i != end; ++i) {
			const std::string term = *i;

			if (!each(ctx, term.data(), term.size()))
				break;
		}
	});
}

enum trawl_status xap_db_synonyms(struct xap_db *db, const char *term,
				  size_t len, xap_bytes_fn *each, void *ctx,
				  struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		const std::string t = copy(term, len);
		const auto end = db->db.synonyms_end(t);

		for (auto i = db->db.synonyms_begin(t); i != end; ++i) {
			const std::string synonym = *i;

			if (!each(ctx, synonym.data(), synonym.size()))
				break;
		}
	});
}

/* -------------------------------------------------------------- query -- */

static Xapian::Query build(const struct xap_node *node, unsigned depth);

static Xapian::Query build_term(const struct xap_node *node)
{
	/* To Xapian "" is every document. */
	if (!node->term.len)
		refuse("a term of a query is empty");
	return Xapian::Query(copy(node->term));
}

/* An open lower bound is the least value there can be, not "no value". */
static Xapian::Query build_range(const struct xap_node *node)
{
	const std::string low =
		node->low.len ? copy(node->low) : std::string(1, '\0');

	if (!node->high.len)
		return Xapian::Query(Xapian::Query::OP_VALUE_GE, node->slot,
				     low);
	return Xapian::Query(Xapian::Query::OP_VALUE_RANGE, node->slot, low,
			     copy(node->high));
}

static Xapian::Query build_scale(const struct xap_node *node, unsigned depth)
{
	if (!std::isfinite(node->factor) || node->factor < 0)
		refuse("a weight's factor is negative or no number");
	if (!node->nkids)
		return Xapian::Query();
	return Xapian::Query(node->factor, build(node->kids[0], depth + 1));
}

static Xapian::Query build_many(Xapian::Query::op op,
				const struct xap_node *node, unsigned depth)
{
	std::vector<Xapian::Query> kids;

	kids.reserve(node->nkids);
	for (size_t i = 0; i < node->nkids; i++)
		kids.push_back(build(node->kids[i], depth + 1));
	return Xapian::Query(op, kids.begin(), kids.end());
}

static Xapian::Query build_window(Xapian::Query::op op,
				  const struct xap_node *node)
{
	std::vector<Xapian::Query> kids;

	kids.reserve(node->nkids);
	for (size_t i = 0; i < node->nkids; i++) {
		if (!node->kids[i] || node->kids[i]->op != XAP_TERM)
			refuse("a part of a phrase is no term");
		kids.push_back(build_term(node->kids[i]));
	}
	return Xapian::Query(op, kids.begin(), kids.end(), node->window);
}

static Xapian::Query build(const struct xap_node *node, unsigned depth)
{
	if (!node || depth > QUERY_DEPTH_MAX)
		refuse("a query is absent or too deep");
	switch (node->op) {
	case XAP_TERM:
		return build_term(node);
	case XAP_AND:
		return build_many(Xapian::Query::OP_AND, node, depth);
	case XAP_OR:
		return build_many(Xapian::Query::OP_OR, node, depth);
	case XAP_AND_NOT:
		return build_many(Xapian::Query::OP_AND_NOT, node, depth);
	case XAP_FILTER:
		return build_many(Xapian::Query::OP_FILTER, node, depth);
	case XAP_AND_MAYBE:
		return build_many(Xapian::Query::OP_AND_MAYBE, node, depth);
	case XAP_SYNONYM:
		return build_many(Xapian::Query::OP_SYNONYM, node, depth);
	case XAP_PHRASE:
		return build_window(Xapian::Query::OP_PHRASE, node);
	case XAP_NEAR:
		return build_window(Xapian::Query::OP_NEAR, node);
	case XAP_SCALE:
		return build_scale(node, depth);
	case XAP_RANGE:
		return build_range(node);
	case XAP_ALL:
		return Xapian::Query(std::string());
	case XAP_NONE:
		return Xapian::Query();
	}
	refuse("a query's operator is unknown");
}

/* ---------------------------------------------------------- searching -- */

/* Looks at the clock, the more rarely the faster it is called. */
class Clock
{
      public:
	explicit Clock(uint64_t ns) : limit(ns), looked(monotonic_ns())
	{
	}

	bool is_late() const
	{
		return late;
	}

	void tick()
	{
		if (late || --left)
			return;

		const uint64_t now = monotonic_ns();

		late = now >= limit;
		stride = now - looked > DEADLINE_SLOW
				 ? 1
				 : std::min(2 * stride, +DEADLINE_CALLS);
		looked = now;
		left = stride;
	}

      private:
	uint64_t limit, looked;
	int stride = 1, left = 1;
	bool late = false;
};

/*
 * Every number up to the last document's, and no more of them once it is
 * late: as the right side of OP_FILTER it ends a match that keeps its hits.
 * Numbers of deleted documents do no harm, since the left side has none.  Each
 * of joined databases has a clone, and all the one clock.
 */
class Deadline : public Xapian::PostingSource
{
      public:
	explicit Deadline(Clock &one) : clock(one)
	{
	}

	Deadline *clone() const override
	{
		return new Deadline(clock);
	}

	Xapian::doccount get_termfreq_min() const override
	{
		return docs;
	}

	Xapian::doccount get_termfreq_est() const override
	{
		return docs;
	}

	Xapian::doccount get_termfreq_max() const override
	{
		return docs;
	}

	void init(const Xapian::Database &db) override
	{
		docs = db.get_doccount();
		last = db.get_lastdocid();
		current = 0;
	}

	void next(double) override
	{
		move(current + 1);
	}

	void skip_to(Xapian::docid docid, double) override
	{
		move(std::max(docid, current));
	}

	bool check(Xapian::docid docid, double) override
	{
		move(std::max(docid, current));
		return true;
	}

	bool at_end() const override
	{
		return clock.is_late() || current > last;
	}

	Xapian::docid get_docid() const override
	{
		return current;
	}

      private:
	void move(Xapian::docid docid)
	{
		clock.tick();
		current = docid;
	}

	Clock &clock;
	Xapian::doccount docs = 0;
	Xapian::docid last = 0, current = 0;
};

/* One document; in joined databases, that number of each. */
class Only : public Xapian::PostingSource
{
      public:
	explicit Only(Xapian::docid docid) : wanted(docid)
	{
	}

	Only *clone() const override
	{
		return new Only(wanted);
	}

	Xapian::doccount get_termfreq_min() const override
	{
		return 1;
	}

	Xapian::doccount get_termfreq_est() const override
	{
		return 1;
	}

	Xapian::doccount get_termfreq_max() const override
	{
		return 1;
	}

	void init(const Xapian::Database &) override
	{
		current = 0;
	}

	void next(double) override
	{
		skip_to(current + 1, 0);
	}

	void skip_to(Xapian::docid docid, double) override
	{
		current = docid <= wanted ? wanted : wanted + 1;
	}

	bool at_end() const override
	{
		return current > wanted;
	}

	Xapian::docid get_docid() const override
	{
		return current;
	}

      private:
	Xapian::docid wanted, current = 0;
};

/* Shows the values of each match looked at. */
class Spy : public Xapian::MatchSpy
{
      public:
	explicit Spy(const struct xap_search &search) : rq(search)
	{
	}

	void operator()(const Xapian::Document &doc, double weight) override
	{
		if (rq.spied)
			*rq.spied = weight;
		for (size_t i = 0; i < rq.nspies; i++) {
			const std::string v = doc.get_value(rq.spy_slots[i]);

			if (!v.empty())
				rq.spy(rq.spy_ctx, i, v.data(), v.size());
		}
	}

      private:
	const struct xap_search &rq;
};

/*
 * Lucene's BM25 is idf * wdf / (wdf + k1 * (1 - b + b * length / average)),
 * with idf = ln(1 + q), q = (N - n + 0.5) / (n + 0.5).  This is the same but
 * for a constant factor of k1 + 1, and for idf: ln(q) where q is 2 or more,
 * else ln(1 + q / 2).  k2 is 0, as there; k3, which dampens a word repeated
 * in the query, is 0: each mention is a node of its own and counts in full.
 * The least length is next to nothing, and k1 too if it is 0, lest a term of
 * no wdf divide 0 by 0.
 */
static Xapian::BM25Weight bm25(const struct xap_search *rq)
{
	const double tiny = 1e-9;

	if (!std::isfinite(rq->k1) || !std::isfinite(rq->b))
		refuse("k1 or b is no number");
	return Xapian::BM25Weight(std::max(rq->k1, tiny), 0, 0, rq->b, tiny);
}

static void set_order(Xapian::Enquire &enquire, const struct xap_search *rq)
{
	enquire.set_docid_order(Xapian::Enquire::ASCENDING);
	if (!rq->nkeys) {
		enquire.set_sort_by_relevance_then_value(0, false);
		return;
	}

	auto *keys = new Xapian::MultiValueKeyMaker;

	enquire.set_sort_by_key(keys->release(), false);
	for (size_t i = 0; i < rq->nkeys; i++)
		keys->add_value(rq->keys[i].slot, rq->keys[i].reverse,
				copy(rq->keys[i].missing));
}

/* What was not looked at may match too. */
static struct xap_totals sum_up(const Xapian::MSet &found, bool late,
				Xapian::doccount documents)
{
	struct xap_totals totals;

	totals.lower = found.get_matches_lower_bound();
	totals.estimated = found.get_matches_estimated();
	totals.upper = late ? documents : found.get_matches_upper_bound();
	totals.timed_out = late;
	return totals;
}

struct hit {
	struct xap_match match;
	std::string key;
};

/* Equal hits are as far apart as their numbers: the parts' order is ours. */
static void settle_ties(std::vector<hit> &hits, uint32_t parts, bool by_weight)
{
	const auto ties = [=](const hit &a, const hit &b) {
		return a.key == b.key &&
		       (!by_weight || a.match.weight == b.match.weight);
	};
	const auto earlier = [=](const hit &a, const hit &b) {
		return (a.match.docid - 1) % parts <
		       (b.match.docid - 1) % parts;
	};

	for (auto i = hits.begin(), end = i; i != hits.end(); i = end) {
		while (end != hits.end() && ties(*i, *end))
			++end;
		std::sort(i, end, earlier);
	}
}

/*
 * Hits first.. of joined databases.  Those that tie, each of another part, may
 * be cut in two by a page's begin or end: so some more are fetched.
 */
static Xapian::MSet search_joined(struct xap_db *db, Xapian::Enquire &enquire,
				  const struct xap_search *rq,
				  std::vector<hit> &hits)
{
	const uint32_t spare = rq->count ? db->parts - 1 : 0;
	const uint32_t before = std::min(rq->first, spare);
	const Xapian::MSet found =
		enquire.get_mset(rq->first - before, before + rq->count + spare,
				 rq->check_at_least);

	for (auto i = found.begin(); i != found.end(); ++i)
		hits.push_back({ { *i, i.get_weight() }, i.get_sort_key() });
	settle_ties(hits, db->parts, !rq->nkeys);
	hits.erase(hits.begin(),
		   hits.begin() + std::min<size_t>(before, hits.size()));
	if (hits.size() > rq->count)
		hits.resize(rq->count);
	return found;
}

static Xapian::MSet search_one(Xapian::Enquire &enquire,
			       const struct xap_search *rq,
			       std::vector<hit> &hits)
{
	const Xapian::MSet found =
		enquire.get_mset(rq->first, rq->count, rq->check_at_least);

	for (auto i = found.begin(); i != found.end(); ++i)
		hits.push_back({ { *i, i.get_weight() }, {} });
	return found;
}

enum trawl_status
xap_db_search(struct xap_db *db, const struct xap_search *rq,
	      void (*each)(void *ctx, const struct xap_match *m), void *ctx,
	      struct xap_totals *totals, struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		Clock clock(rq->deadline_ns);
		Deadline deadline(clock);
		Spy spy(*rq);
		Xapian::Enquire enquire(db->db);
		Xapian::Query query = build(rq->query, 0);
		std::vector<hit> hits;

		if (rq->deadline_ns)
			query = Xapian::Query(Xapian::Query::OP_FILTER, query,
					      Xapian::Query(&deadline));
		enquire.set_query(query);
		if (rq->count || rq->spied) {
			enquire.set_weighting_scheme(bm25(rq));
			set_order(enquire, rq);
		} else { /* only to count: nothing is weighed or compared */
			enquire.set_weighting_scheme(Xapian::BoolWeight());
		}
		if (rq->nspies)
			enquire.add_matchspy(&spy);

		const Xapian::MSet found =
			db->parts > 1 ? search_joined(db, enquire, rq, hits)
				      : search_one(enquire, rq, hits);

		for (const struct hit &h : hits)
			each(ctx, &h.match);
		*totals = sum_up(found, clock.is_late(), db->db.get_doccount());
	});
}

enum trawl_status xap_db_score(struct xap_db *db, const struct xap_search *rq,
			       uint32_t docid, bool *matches, double *weight,
			       struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		Only only((docid - 1) / db->parts + 1);
		Xapian::Enquire enquire(db->db);

		/* Throws when there is no such document. */
		db->db.get_doclength(docid);
		enquire.set_query(Xapian::Query(Xapian::Query::OP_FILTER,
						build(rq->query, 0),
						Xapian::Query(&only)));
		enquire.set_weighting_scheme(bm25(rq));

		const Xapian::MSet found = enquire.get_mset(0, db->parts);

		*matches = false;
		*weight = 0;
		for (auto i = found.begin(); i != found.end(); ++i)
			if (*i == docid) {
				*matches = true;
				*weight = i.get_weight();
			}
	});
}

/* ------------------------------------------------------------ writing -- */

/*
 * Xapian drops the whole batch when it meets a term that it cannot store
 * (reliability X2).  So all that it would refuse is refused here, before.
 */
static void check_term(const struct xap_bytes &term)
{
	const std::string_view t = look(term);

	if (t.empty() || t.size() > XAP_TERM_MAX ||
	    t.size() + std::count(t.begin(), t.end(), '\0') > XAP_TERM_MAX)
		refuse("a term is empty or over 245 bytes");
}

static void check_positions(const struct xap_posting &posting)
{
	uint32_t last = 0;

	for (size_t i = 0; i < posting.npositions; i++) {
		if (posting.positions[i] <= last)
			refuse("a term's positions do not ascend from 1");
		last = posting.positions[i];
	}
}

static void check_postings(const struct xap_document *doc,
			   const struct xap_bytes &unique)
{
	std::string_view last;
	uint64_t length = 0;
	bool has_unique = false;

	for (size_t i = 0; i < doc->npostings; i++) {
		const struct xap_posting &p = doc->postings[i];

		check_term(p.term);
		check_positions(p);
		if (look(p.term) <= last)
			refuse("a document's terms do not ascend");
		last = look(p.term);
		length += p.wdf;
		has_unique = has_unique || last == look(unique);
	}
	if (!has_unique)
		refuse("a document lacks its unique term");
	if (length > UINT32_MAX)
		refuse("a document is longer than 32 bits can count");
}

static void check_value(uint32_t slot, size_t len)
{
	if (slot == Xapian::BAD_VALUENO || len > TAG_MAX)
		refuse("a value is over 100 MiB or its slot out of range");
}

static void check_document(const struct xap_document *doc,
			   const struct xap_bytes &unique)
{
	check_term(unique);
	check_postings(doc, unique);
	for (size_t i = 0; i < doc->nvalues; i++)
		check_value(doc->values[i].slot, doc->values[i].value.len);
	if (doc->data.len > TAG_MAX)
		refuse("a document's data is over 100 MiB");
}

/* The wdf comes with the first mention; positions alone add none. */
static void add_posting(Xapian::Document &doc, const struct xap_posting &p)
{
	const std::string term = copy(p.term);

	if (!p.npositions) {
		doc.add_term(term, p.wdf);
		return;
	}
	doc.add_posting(term, p.positions[0], p.wdf);
	for (size_t i = 1; i < p.npositions; i++)
		doc.add_posting(term, p.positions[i], 0);
}

static uint64_t value_bytes(const struct xap_document *doc)
{
	uint64_t n = 0;

	for (size_t i = 0; i < doc->nvalues; i++)
		n += doc->values[i].value.len + VALUE_HEAD;
	return n;
}

static Xapian::Document make_document(const struct xap_document *from)
{
	Xapian::Document doc;

	doc.set_data(copy(from->data));
	for (size_t i = 0; i < from->npostings; i++)
		add_posting(doc, from->postings[i]);
	for (size_t i = 0; i < from->nvalues; i++)
		doc.add_value(from->values[i].slot,
			      copy(from->values[i].value));
	return doc;
}

enum trawl_status xap_writer_open(const char *path, enum xap_open how,
				  bool no_sync, struct xap_writer **out,
				  struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		const int flags = Xapian::DB_BACKEND_GLASS |
				  (how == XAP_CREATE ? Xapian::DB_CREATE
						     : Xapian::DB_OPEN) |
				  (no_sync ? Xapian::DB_NO_SYNC : 0);

		*out = new xap_writer(path, flags);
	});
}

/*
 * The destructor cancels a transaction.  Without one it would commit, so an
 * unflushed one, which commits nothing, is begun in its place.
 */
void xap_writer_free(struct xap_writer *w)
{
	if (w && !w->open)
		guard(nullptr, __func__,
		      [&] { w->db.begin_transaction(false); });
	delete w;
}

enum trawl_status xap_writer_put(struct xap_writer *w, const char *unique,
				 size_t len, const struct xap_document *doc,
				 uint32_t *docid, struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		w->begin();
		check_document(doc, xap_bytes{ unique, len });

		const std::string id = copy(unique, len);
		const Xapian::Document made = make_document(doc);

		const Xapian::docid last = w->db.get_lastdocid();
		const uint64_t bytes = value_bytes(doc);

		if (doc->copied)
			doc->copied(doc->ctx);
		*docid = w->db.replace_document(id, made);
		w->new_bytes += bytes;
		if (*docid <= last)
			w->old_leaves += VALUES_OF_ONE;
	});
}

enum trawl_status xap_writer_set_value(struct xap_writer *w, uint32_t docid,
				       uint32_t slot, const char *value,
				       size_t len, struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		w->begin();
		check_value(slot, len);

		Xapian::Document doc = w->db.get_document(docid);

		doc.add_value(slot, copy(value, len));
		w->db.replace_document(docid, doc);
		w->new_bytes += len;
		w->old_leaves += VALUES_OF_ONE;
	});
}

enum trawl_status xap_writer_delete(struct xap_writer *w, uint32_t docid,
				    struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		w->begin();
		w->db.delete_document(docid);
		w->old_leaves += VALUES_OF_ONE;
	});
}

enum trawl_status xap_writer_set_metadata(struct xap_writer *w, const char *key,
					  size_t keylen, const char *value,
					  size_t len, struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		w->begin();
		if (!keylen || keylen > METADATA_KEY_MAX || len > TAG_MAX)
			refuse("a metadata key or value is empty or too long");
		w->db.set_metadata(copy(key, keylen), copy(value, len));
	});
}

/* Its keys have a letter before the word. */
enum trawl_status xap_writer_add_spelling(struct xap_writer *w,
					  const char *word, size_t len,
					  uint32_t frequency,
					  struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		w->begin();
		if (!len || len > XAP_TERM_MAX)
			refuse("a word for spelling is empty or too long");
		w->db.add_spelling(copy(word, len), frequency);
	});
}

enum trawl_status xap_writer_add_synonym(struct xap_writer *w, const char *term,
					 size_t len, const char *synonym,
					 size_t synonym_len,
					 struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		w->begin();
		if (!len || len > XAP_TERM_MAX || !synonym_len ||
		    synonym_len > XAP_TERM_MAX)
			refuse("a term or a synonym is empty or too long");
		w->db.add_synonym(copy(term, len), copy(synonym, synonym_len));
	});
}

enum trawl_status xap_writer_clear_synonyms(struct xap_writer *w,
					    const char *term, size_t len,
					    struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		w->begin();
		w->db.clear_synonyms(copy(term, len));
	});
}

static uint64_t file_bytes(const std::string &path)
{
	struct stat st;

	return stat(path.c_str(), &st) ? 0 : st.st_size;
}

/* What writing values may take at most: a leaf that changes is written anew, and
 * no more of them than there are. */
static uint64_t room_for_values(const struct xap_writer *w)
{
	const uint64_t tables = file_bytes(w->dir + "/postlist.glass") +
				file_bytes(w->dir + "/termlist.glass");

	return 2 * w->new_bytes + BLOCKS_ABOVE * GLASS_BLOCK +
	       std::min(w->old_leaves * GLASS_BLOCK, tables);
}

/*
 * Xapian 1.4.22 writes values in a destructor (glass_values.cc), from where an
 * error ends the process.  So they are written ahead of the commit, and not
 * when the disk may be too full for them.
 */
static void write_values(struct xap_writer *w)
{
	struct statvfs disk;

	if (!statvfs(w->dir.c_str(), &disk) &&
	    disk.f_bavail * disk.f_frsize < room_for_values(w))
		throw Xapian::DatabaseError("no room for values in " + w->dir,
					    ENOSPC);
	w->db.valuestream_begin(0);
	w->new_bytes = w->old_leaves = 0;
}

/* After a failed commit: xap_writer_db() must not show what was dropped. */
static void recover(struct xap_writer *w)
{
	guard(nullptr, __func__, [&] { w->begin(); });
}

enum trawl_status xap_writer_commit(struct xap_writer *w,
				    struct trawl_error *err)
{
	enum trawl_status st = guard(err, __func__, [&] {
		w->begin();
		w->begun = false;
		write_values(w);
		w->open = false;
		w->db.commit_transaction();
		w->db.begin_transaction();
		w->open = w->begun = true;
	});

	if (st != TRAWL_OK && st != TRAWL_NOMEM)
		recover(w);
	return st;
}

struct xap_db *xap_writer_db(struct xap_writer *w)
{
	return &w->view;
}

/* --------------------------------------------------------------- care -- */

/* Opened first: check() tells no missing database from one it cannot read. */
enum trawl_status xap_check(const char *path, xap_bytes_fn *each, void *ctx,
			    uint64_t *faults, struct trawl_error *err)
{
	struct xap_db *db = nullptr;
	enum trawl_status st = xap_db_open(path, &db, err);

	xap_db_free(db);
	if (st == TRAWL_NOTFOUND)
		return st;
	return guard(err, __func__, [&] {
		std::ostringstream report;
		const uint64_t n = Xapian::Database::check(path, 0, &report);
		std::istringstream lines(report.str());
		std::string line;

		while (std::getline(lines, line))
			if (!each(ctx, line.data(), line.size()))
				break;
		*faults = n;
	});
}

/*
 * Document numbers stay: the caller may have kept some.  Xapian compresses
 * anew what was stored plain, and cannot read some of that back: the caller
 * must read every document of the copy before trusting it.
 */
enum trawl_status xap_compact(const char *from, const char *to,
			      struct trawl_error *err)
{
	return guard(err, __func__, [&] {
		open_glass(from).compact(to, Xapian::DBCOMPACT_NO_RENUMBER |
						     Xapian::Compactor::FULL);
	});
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * generation.h - the index directory: stub, generations, lock
 *
 *   XAPIANDB       "glass gen-000007\n": the truth; switched by rename(2)
 *   live           a symbolic link to the same, for people; switched after it
 *   gen-000007/    a Xapian glass database
 *   lock           flock()ed by the one writer
 *
 * A directory whose generation is not named by XAPIANDB is a leftover of a
 * writer that died (or the previous one, kept until the next build starts).
 */
#ifndef LIB_GENERATION_H
#define LIB_GENERATION_H

#include "trawl.h"

#include <limits.h>
#include <sys/stat.h>

enum {
	GENERATION_NAME_MAX = 32
};

/* The generation that XAPIANDB names: number and path.  NOTFOUND: path does
 * not exist or has no stub; CORRUPT: a stub that is not ours. */
enum trawl_status generation_current(const char *index, uint32_t *number,
				     char path[PATH_MAX],
				     struct trawl_error *err);
void generation_path(const char *index, uint32_t number, char path[PATH_MAX]);

/*
 * A file that is replaced by rename(2), and never written to once it has its
 * name.  While it is held open no other file can have its inode: so as long as
 * the path leads to that inode, nobody has replaced it.
 */
struct pin {
	char *path; /* NULL: nothing is held */
	int fd;
	struct stat sb;
};

/* Of what stands in an index (its stub), in a generation (its commit).  To be
 * taken before these are read; where it cannot be, nothing is held. */
void pin_stub(struct pin *pin, const char *index);
void pin_commit(struct pin *pin, const char *generation);
void pin_release(struct pin *pin);
/* Is the file for certain that which is held? */
bool pin_holds(const struct pin *pin);

/*
 * Take the writer's lock, creating the index directory when it is missing.
 * A non-empty directory that is no index is refused (INVAL).  *lock is to be
 * closed by generation_unlock().
 */
enum trawl_status generation_lock(const char *index, bool wait, int *lock,
				  struct trawl_error *err);
void generation_unlock(int lock);

/* Remove leftovers: temporary files and generations other than keep and
 * keep - 1 (keep 0: all; keep_previous false: keep - 1 as well). */
enum trawl_status generation_clean(const char *index, uint32_t keep,
				   bool keep_previous, struct trawl_error *err);

/* The highest number that a generation's directory has; 0 none. */
uint32_t generation_highest(const char *index);

/* Remove one generation. */
enum trawl_status generation_remove(const char *index, uint32_t number,
				    struct trawl_error *err);

/* Point XAPIANDB, then live, at number, durably. */
enum trawl_status generation_switch(const char *index, uint32_t number,
				    struct trawl_error *err);

/* fsync a directory; every file in it, too, when files is set. */
enum trawl_status sync_directory(const char *path, bool files,
				 struct trawl_error *err);

/* Bytes of the files in a directory. */
uint64_t directory_bytes(const char *path);

/*
 * Give back what a commit that failed, or was killed, has written behind the
 * blocks that the version file knows: on a full disk that may be all there is.
 * The caller holds Xapian's lock of the database at path and has changed
 * nothing.  What is not as expected is left as it is.
 */
void generation_trim(const char *path);

#endif

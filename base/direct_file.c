/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "direct_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * One buffer is filled while the other is written.  buffer[filling] is the
 * caller's; the other is the thread's as long as left is not 0.
 */
struct direct_file {
	int fd;
	unsigned char *buffer[2];
	unsigned filling;

	pthread_t thread;
	bool threaded;
	pthread_mutex_t lock; /* guards everything below */
	pthread_cond_t work, done;
	size_t left; /* bytes to be written of the buffer that is not filled */
	bool over;   /* there will be no more */
	int error;   /* of a write; nothing is written after it */
};

struct direct_file *direct_file_new(void)
{
	struct direct_file *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->fd = -1;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->work, NULL);
	pthread_cond_init(&f->done, NULL);
	return f;
}

static unsigned char *new_buffer(void)
{
	return aligned_alloc(DIRECT_FILE_ALIGN, DIRECT_FILE_BUFFER);
}

unsigned char *direct_file_open(struct direct_file *f, const char *path)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;

	f->buffer[0] = new_buffer();
	if (!f->buffer[0]) {
		errno = ENOMEM;
		return NULL;
	}
	f->fd = open(path, flags | O_DIRECT, 0666);
	/* The file may have been made before it was found that it cannot. */
	if (f->fd < 0 && errno == EINVAL)
		f->fd = open(path, flags & ~O_EXCL, 0666);
	return f->fd < 0 ? NULL : f->buffer[0];
}

/* The file system may take O_DIRECT and then not like a write. */
static bool go_by_cache(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_DIRECT) &&
	       !fcntl(fd, F_SETFL, flags & ~O_DIRECT);
}

/* 0, or the error. */
static int write_all(int fd, const unsigned char *from, size_t n)
{
	while (n) {
		ssize_t written = write(fd, from, n);

		if (written < 0 && errno == EINVAL && go_by_cache(fd))
			continue;
		if (written < 0 && errno != EINTR)
			return errno;
		if (written > 0) {
			from += written;
			n -= (size_t)written;
		}
	}
	return 0;
}

static void *write_buffers(void *arg)
{
	struct direct_file *f = arg;
	int error;

	pthread_mutex_lock(&f->lock);
	for (;;) {
		while (!f->left && !f->over)
			pthread_cond_wait(&f->work, &f->lock);
		if (!f->left)
			break;
		const unsigned char *from = f->buffer[!f->filling];
		size_t n = f->left;

		pthread_mutex_unlock(&f->lock);
		error = write_all(f->fd, from, n);
		pthread_mutex_lock(&f->lock);
		f->left = 0;
		if (error)
			f->error = error;
		pthread_cond_signal(&f->done);
	}
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

/* Until the other buffer is written; the error of that, or of one before. */
static int wait_for_other(struct direct_file *f)
{
	while (f->left)
		pthread_cond_wait(&f->done, &f->lock);
	return f->error;
}

static int hand_over(struct direct_file *f)
{
	int error;

	pthread_mutex_lock(&f->lock);
	error = wait_for_other(f);
	if (!error) {
		f->filling = !f->filling;
		f->left = DIRECT_FILE_BUFFER;
		pthread_cond_signal(&f->work);
	}
	pthread_mutex_unlock(&f->lock);
	return error;
}

/* Small files need neither a thread nor a second buffer. */
static void begin_thread(struct direct_file *f)
{
	if (f->buffer[1])
		return;
	f->buffer[1] = new_buffer();
	f->threaded = f->buffer[1] &&
		      !pthread_create(&f->thread, NULL, write_buffers, f);
}

unsigned char *direct_file_next(struct direct_file *f)
{
	begin_thread(f);
	errno = f->threaded ? hand_over(f)
			    : write_all(f->fd, f->buffer[f->filling],
					DIRECT_FILE_BUFFER);
	return errno ? NULL : f->buffer[f->filling];
}

/* The thread has ended: its error. */
static int end_thread(struct direct_file *f)
{
	if (!f->threaded)
		return f->error;
	pthread_mutex_lock(&f->lock);
	f->over = true;
	pthread_cond_signal(&f->work);
	pthread_mutex_unlock(&f->lock);
	pthread_join(f->thread, NULL);
	f->threaded = false;
	return f->error;
}

bool direct_file_close(struct direct_file *f, size_t n, bool sync)
{
	int error = end_thread(f), fd = f->fd;

	if (!error)
		error = write_all(fd, f->buffer[f->filling], n);
	if (!error && sync && fsync(fd))
		error = errno;
	f->fd = -1;
	if (close(fd) && !error)
		error = errno;
	errno = error;
	return !error;
}

void direct_file_free(struct direct_file *f)
{
	if (!f)
		return;
	end_thread(f);
	if (f->fd >= 0)
		close(f->fd);
	free(f->buffer[0]);
	free(f->buffer[1]);
	pthread_mutex_destroy(&f->lock);
	pthread_cond_destroy(&f->work);
	pthread_cond_destroy(&f->done);
	free(f);
}

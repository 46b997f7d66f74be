/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sanitized.h - is this built with a sanitizer?  Then time is five times as dear. */
#ifndef TESTS_SANITIZED_H
#define TESTS_SANITIZED_H

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#else
#define SANITIZED false
#endif

#if defined(__SANITIZE_THREAD__)
#define SANITIZED_THREAD true
#else
#define SANITIZED_THREAD false
#endif

#endif

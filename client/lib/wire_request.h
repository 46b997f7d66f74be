/* SPDX-License-Identifier: MIT */
/*
 * wire_request.h - requests to bytes; pure
 */
#ifndef WIRE_REQUEST_H
#define WIRE_REQUEST_H

#include "wire_buffer.h"
#include "wire_error.h"

/*
 * Append a request.  text that a line of maxline bytes does not hold becomes a
 * literal.  On failure (INVAL, NOMEM) out is as it was.
 */
enum trawl_client_status
wire_request_add(struct wire_buffer *out, const char *verb,
		 const struct trawl_client_option *options, size_t n,
		 const char *text, size_t maxline,
		 struct trawl_client_error *err);

/* May it stand behind AUTH, as it is? */
bool wire_is_token(const char *token);

#endif

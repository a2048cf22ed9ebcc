/* Who calls, by the token that came with the request, and what callers are told
 * whose role may not do what they ask for. */
#ifndef OZ_API_CALLER_H
#define OZ_API_CALLER_H

#include "base/err.h"

struct request;

/* Reads the token of the Authorization header (RFC 6750, 2.1) into r->who and
 * r->restaurant_id. `advice`: what to say where there is none. */
enum err caller_authenticate(struct request *r, const char *advice);

/* ERR_INSUFFICIENT_ROLE with the detail "The role owner may not ...", where the
 * format makes the rest. */
enum err caller_refuse(struct request *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

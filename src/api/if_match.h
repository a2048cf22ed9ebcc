/* Optimistic concurrency: If-Match against a resource's version. */
#ifndef OZ_API_IF_MATCH_H
#define OZ_API_IF_MATCH_H

#include "base/err.h"

struct request;

/* ERR_OK if the request has no If-Match or names the version. */
enum err if_match_check(struct request *r, const char *version);

#endif

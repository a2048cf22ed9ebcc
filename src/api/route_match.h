/* From a method and a path to the route. */
#ifndef OZ_API_ROUTE_MATCH_H
#define OZ_API_ROUTE_MATCH_H

#include "base/err.h"

struct request;

/* Sets r->route and r->args. ERR_NOT_FOUND, or ERR_METHOD_NOT_ALLOWED with the
 * answer's Allow set. HEAD matches what GET matches. */
enum err route_match(struct request *r);

#endif

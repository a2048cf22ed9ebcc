/* One request, from its arrival to its answer: the one structure that is
 * passed along, with its one arena. Knows nothing of FastCGI. */
#ifndef OZ_HTTP_REQUEST_H
#define OZ_HTTP_REQUEST_H

#include "domain/principal.h"
#include "http/problem.h"
#include "http/response.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct auth_keys;
struct conf;
struct db;
struct json_object;
struct metrics;
struct offline_change;
struct route;
struct stream;
struct transaction;

enum { BODY_MAX = 256 * 1024, SEGMENTS_MAX = 8 };

struct request {
    /* Owned by the worker; they outlive the request. */
    const struct conf *conf;
    const struct auth_keys *keys;
    struct db *db;
    struct arena *arena;
    struct metrics *metrics;

    /* Copies of what came in; "" if a header is missing. */
    const char *method;
    const char *uri; /* with its query string */
    const char *query;
    const char *content_type;
    const char *authorization;
    const char *idempotency_key; /* NULL where it is missing */
    const char *if_match;
    const char *if_none_match;
    const char *accept;
    const char *accept_encoding;
    const char *signature; /* X-Signature, a payment provider's */
    const char *id;        /* nginx's request id */
    const char *address;   /* the client's, as nginx sees it; no header can set it */
    const char *body;
    size_t body_len;
    bool body_too_large;
    int64_t started_us; /* clock_monotonic_us() when a worker took it */
    int64_t waited_ms;  /* before that, since nginx passed the request on */

    /* Found on the way. */
    const char *segments[SEGMENTS_MAX]; /* of the path, decoded */
    size_t n_segments;
    const struct route *route;
    const char *args[2];      /* the path's {...} parts: UUIDs in lower case, or slugs and codes */
    struct json_object *json; /* the body; NULL if the route takes none or it is empty */
    struct principal who;
    const char *session_sums;        /* of a diner's session, where it is locked for a change; may be NULL */
    bool session_overdue;            /* as above: its time is over, with something due */
    int64_t session_seconds_left;    /* as above: until its time is over */
    const char *restaurant_id;       /* the tenant; NULL before it is known */
    struct transaction *transaction; /* NULL where none is open */
    struct stream *stream;           /* what makes the answer's pieces, NULL for most */
    struct offline_change *change;   /* the offline change that this request makes, NULL for most */

    bool overtaken; /* what it locked has changed its place meanwhile: it is to begin again */

    struct problem problem;
    struct response response;
};

/* Releases everything that the request holds and clears it; the worker's own
 * parts stay. */
void request_reset(struct request *r);

/* Whether it waited so long that its sender has given up. */
bool request_is_too_old(const struct request *r);

/* A new id, in the request's arena. */
const char *request_new_id(struct request *r);

/* A number as a statement's parameter, in the request's arena. */
const char *request_int_text(struct request *r, int64_t number);

/* Splits and decodes the path of r->uri into r->segments and finds the query
 * string. False if the path is malformed. */
bool request_split_uri(struct request *r);

/* Returns a percent-decoded copy, allocated in the arena; with `plus`, '+' is
 * a space. NULL if malformed, or not clean UTF-8. */
const char *percent_decode(struct arena *arena, const char *text, size_t len, bool plus);

/* Whether a header that lists names, such as Accept-Encoding, has `name` with
 * a quality above zero (RFC 9110, 12.4.2 and 12.5.3). */
bool header_accepts(const char *header, const char *name);

/* How well a media type matches an Accept header (RFC 9110, 12.5.1), to
 * compare it with another: by quality, then by how exactly the header names
 * the type. 0: not acceptable. Without a header all are equal. */
int accept_rank(const char *header, const char *type);

/* Whether an If-None-Match or If-Match header names the entity tag, quotes
 * included, or is "*" (RFC 9110, 13.1). Weak tags match with `weak`. */
bool etag_matches(const char *header, const char *etag, bool weak);

#endif

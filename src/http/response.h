/* The answer to a request. Strings belong to the request's arena or are
 * static. */
#ifndef OZ_HTTP_RESPONSE_H
#define OZ_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct text;

struct response {
    int status;
    const char *content_type; /* NULL: application/json */
    const char *body;
    size_t body_len;
    bool is_streamed; /* the body is a piece; of what length all are is not known */
    bool has_more;    /* pieces */
    const char *etag; /* with its quotes */
    const char *location;
    const char *content_encoding;
    const char *file_name;     /* of a body to be saved as a file: letters, digits, - and . */
    bool by_accept;            /* another Accept header would get another answer */
    const char *cache_control; /* NULL: no-store */
    long long fresh_until;     /* nginx may cache it until this time, in seconds since 1970; 0: not said */
    const char *allow;
    bool www_authenticate;
    bool token_was_bad; /* a token came, but it is not valid */
    int retry_after;    /* seconds, 0 for none */
    bool replayed;
    const char *channel; /* for nginx: what the caller may listen to */
};

/* A whole JSON answer. */
void response_json(struct response *response, int status, const char *json);
/* The entity tag of a version: "12" in quotes. */
void response_version(struct response *response, struct arena *arena, const char *version);

/* The head and body, or its first piece, as a FastCGI responder (RFC 3875, 6) writes them. */
void response_render(const struct response *response, struct text *out);

#endif

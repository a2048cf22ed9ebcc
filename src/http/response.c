#include "http/response.h"

#include "base/arena.h"
#include "base/text.h"

#include <string.h>

void response_json(struct response *response, int status, const char *json)
{
    response->status = status;
    response->content_type = NULL;
    response->body = json;
    response->body_len = strlen(json);
}

void response_version(struct response *response, struct arena *arena, const char *version)
{
    response->etag = arena_printf(arena, "\"%s\"", version);
}

/* The names of RFC 9110, 15, for the statuses in use. */
static const char *reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {204, "No Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {410, "Gone"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Internal Server Error";
}

static void header(struct text *out, const char *name, const char *value)
{
    if (value != NULL)
        text_printf(out, "%s: %s\r\n", name, value);
}

void response_render(const struct response *response, struct text *out)
{
    bool has_body = response->status != 204 && response->status != 304;
    text_printf(out, "Status: %d %s\r\n", response->status, reason(response->status));
    if (has_body) {
        header(out, "Content-Type", response->content_type != NULL ? response->content_type : "application/json");
        if (!response->is_streamed)
            text_printf(out, "Content-Length: %zu\r\n", response->body_len);
        header(out, "Content-Encoding", response->content_encoding);
        if (response->file_name != NULL)
            text_printf(out, "Content-Disposition: attachment; filename=\"%s\"\r\n", response->file_name);
    }
    header(out, "ETag", response->etag);
    header(out, "Location", response->location);
    header(out, "Allow", response->allow);
    header(out, "Cache-Control", response->cache_control != NULL ? response->cache_control : "no-store");
    if (response->cache_control != NULL)
        header(out, "Vary", "Accept-Encoding");
    if (response->by_accept)
        header(out, "Vary", "Accept");
    if (response->fresh_until > 0) /* nginx's own header; clients do not see it */
        text_printf(out, "X-Accel-Expires: @%lld\r\n", response->fresh_until);
    if (response->www_authenticate)
        header(out, "WWW-Authenticate",
               response->token_was_bad ? "Bearer realm=\"orderzap\", error=\"invalid_token\""
                                       : "Bearer realm=\"orderzap\"");
    if (response->retry_after > 0)
        text_printf(out, "Retry-After: %d\r\n", response->retry_after);
    header(out, "X-Rt-Channel", response->channel);
    if (response->replayed)
        header(out, "Idempotent-Replayed", "true");
    text_puts(out, "\r\n");
    if (has_body)
        text_add(out, response->body, response->body_len);
}

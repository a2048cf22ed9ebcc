/* Whether this installation can serve requests: for monitors and load
 * balancers. */
#include "api/routes.h"
#include "api/system/mirror_status.h"
#include "base/text.h"
#include "conf/conf.h"
#include "http/request.h"
#include "version.h"

enum { RETRY_SECONDS = 1, BEHIND_SECONDS = 300 };

/* "halted": a person has to act; "behind": something has waited too long. */
static const char *status_of(const struct mirror *mirror)
{
    if (mirror->is_halted)
        return "halted";
    return mirror->oldest_seconds > BEHIND_SECONDS ? "behind" : "ok";
}

static void add_mirror(struct text *json, const struct mirror *mirror)
{
    text_json_member(json, "status", status_of(mirror));
    text_json_member_int(json, "pending", mirror->pending);
    text_json_key(json, "oldest_seconds");
    if (mirror->oldest_seconds >= 0)
        text_json_int(json, mirror->oldest_seconds);
    else
        text_puts(json, "null");
    text_json_member_int(json, "dead", mirror->dead);
    text_json_member(json, "last_success_at", mirror->last_success_at[0] != '\0' ? mirror->last_success_at : NULL);
}

enum err health_get(struct request *r)
{
    const struct mirror *mirror;
    struct text json;
    bool good = mirror_status_read(r, &mirror) == ERR_OK, off = r->conf->convex_url[0] == '\0';
    text_init(&json, r->arena);
    text_puts(&json, "{");
    text_json_member(&json, "status", good ? "ok" : "degraded");
    text_json_member(&json, "version", ORDERZAP_VERSION);
    text_json_member(&json, "database", good ? "ok" : "unavailable");
    text_json_key(&json, "sync");
    text_puts(&json, "{");
    if (mirror != NULL) {
        add_mirror(&json, mirror);
    } else {
        text_json_member(&json, "status", off ? "off" : "unknown");
    }
    text_puts(&json, "}}");
    response_json(&r->response, good ? 200 : 503, json.bytes);
    if (!good)
        r->response.retry_after = RETRY_SECONDS;
    return ERR_OK;
}

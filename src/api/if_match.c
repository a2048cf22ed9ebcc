#include "api/if_match.h"

#include "base/arena.h"
#include "http/request.h"

enum err if_match_check(struct request *r, const char *version)
{
    if (r->if_match[0] == '\0')
        return ERR_OK;
    const char *etag = arena_printf(r->arena, "\"%s\"", version);
    if (etag_matches(r->if_match, etag, false))
        return ERR_OK;
    problem_detail(r, "The resource is now at version %s: read it again", version);
    return ERR_VERSION_MISMATCH;
}

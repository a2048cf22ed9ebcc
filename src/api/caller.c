#include "api/caller.h"

#include "auth/keys.h"
#include "auth/token.h"
#include "base/clock.h"
#include "http/request.h"

#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

enum { DEED_SIZE = 200 };

enum err caller_authenticate(struct request *r, const char *advice)
{
    static const char scheme[] = "Bearer ";
    if (strncasecmp(r->authorization, scheme, sizeof scheme - 1) != 0) {
        problem_detail(r, "%s", advice);
        return ERR_UNAUTHENTICATED;
    }
    r->response.token_was_bad = true;
    TRY(token_verify(r->arena, &r->keys->token, r->authorization + sizeof scheme - 1, clock_real_us() / 1000000,
                     &r->who));
    r->restaurant_id = r->who.restaurant_id;
    return ERR_OK;
}

enum err caller_refuse(struct request *r, const char *format, ...)
{
    char deed[DEED_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(deed, sizeof deed, format, args);
    va_end(args);
    problem_detail(r, "The role %s may not %s", role_name(r->who.role), deed);
    return ERR_INSUFFICIENT_ROLE;
}

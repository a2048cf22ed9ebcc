/* The public keys for verifying tokens, for other programs (RFC 7517, 5). None
 * with HS256, whose key is secret. */
#include "api/routes.h"
#include "auth/keys.h"
#include "base/text.h"
#include "http/request.h"

static const char cache_control[] = "public, max-age=300";

enum err jwks_get(struct request *r)
{
    const struct token_keys *keys = &r->keys->token;
    struct text json;
    text_init(&json, r->arena);
    text_puts(&json, "{\"keys\":[");
    if (keys->alg == TOKEN_ES256)
        ec_public_jwk(&keys->current, &json);
    if (keys->alg == TOKEN_ES256 && keys->previous.kid[0] != '\0') {
        text_json_comma(&json);
        ec_public_jwk(&keys->previous, &json);
    }
    text_puts(&json, "]}");
    response_json(&r->response, 200, json.bytes);
    r->response.cache_control = cache_control;
    return ERR_OK;
}

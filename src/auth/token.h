/* Access tokens: JWT (RFC 7519) signed with HS256 or ES256 (RFC 7518, 3.2 and
 * 3.4), whichever the installation is set to, never the other. The only caller
 * of libjwt, which by itself accepts expired tokens, other algorithms and
 * missing keys. */
#ifndef OZ_AUTH_TOKEN_H
#define OZ_AUTH_TOKEN_H

#include "base/err.h"
#include "domain/principal.h"

#include <stdint.h>

struct arena;
struct token_keys;

enum { TOKEN_SECRET_MIN = 32 };

/* now and expires are in seconds since 1970. NULL if the secret is too short
 * or memory runs out. The text belongs to the arena. */
const char *token_issue(struct arena *arena, const struct token_keys *keys, const struct principal *who, int64_t now,
                        int64_t expires);

/* ERR_UNAUTHENTICATED for what is not one of our tokens, ERR_TOKEN_EXPIRED for
 * an expired one. The strings of *who belong to the arena. */
enum err token_verify(struct arena *arena, const struct token_keys *keys, const char *token, int64_t now,
                      struct principal *who);

#endif

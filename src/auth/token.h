/* Access tokens: JWT (RFC 7519) signed HS256 or ES256 (RFC 7518, 3.2 and 3.4),
 * as the installation is set, never the other. The only caller of libjwt, which
 * by itself accepts expired tokens, other algorithms and missing keys. */
#ifndef OZ_AUTH_TOKEN_H
#define OZ_AUTH_TOKEN_H

#include "base/err.h"
#include "domain/principal.h"

#include <stdint.h>

struct arena;
struct token_keys;

enum { TOKEN_SECRET_MIN = 32 };

/* now and expires in seconds since 1970. NULL when the secret is too short
 * or memory runs out. The text is the arena's. */
const char *token_issue(struct arena *arena, const struct token_keys *keys, const struct principal *who, int64_t now,
                        int64_t expires);

/* ERR_UNAUTHENTICATED for what is no token of ours, ERR_TOKEN_EXPIRED for one
 * that was. The strings of *who are the arena's. */
enum err token_verify(struct arena *arena, const struct token_keys *keys, const char *token, int64_t now,
                      struct principal *who);

#endif

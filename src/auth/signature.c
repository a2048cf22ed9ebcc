#include "auth/signature.h"

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* The value of `name=` at `part`, NULL if the name differs. */
static const char *value_of(const char *part, const char *name)
{
    size_t len = strlen(name);
    return strncmp(part, name, len) == 0 && part[len] == '=' ? part + len + 1 : NULL;
}

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* The next part after a comma, NULL at the end. */
static const char *next_part(const char *part)
{
    const char *comma = strchr(part, ',');
    return comma != NULL ? skip_blanks(comma + 1) : NULL;
}

/* The digits of t= and their number; false unless there is exactly one t and
 * it is a number. */
static bool find_time(const char *header, const char **digits, size_t *len, int64_t *time)
{
    *digits = NULL;
    for (const char *part = skip_blanks(header); part != NULL; part = next_part(part)) {
        const char *value = value_of(part, "t");
        if (value == NULL)
            continue;
        if (*digits != NULL)
            return false;
        *digits = value;
    }
    if (*digits == NULL || !isdigit((unsigned char)**digits))
        return false;
    char *end;
    errno = 0;
    *time = strtoll(*digits, &end, 10);
    *len = (size_t)(end - *digits);
    return errno == 0 && (*end == '\0' || *end == ',' || *end == ' ');
}

static bool is_one_of(const char *header, const unsigned char mac[crypto_auth_hmacsha256_BYTES])
{
    unsigned char sent[crypto_auth_hmacsha256_BYTES];
    bool found = false;
    for (const char *part = skip_blanks(header); part != NULL; part = next_part(part)) {
        const char *value = value_of(part, "v1");
        size_t len;
        if (value == NULL || sodium_hex2bin(sent, sizeof sent, value, strcspn(value, ", \t"), NULL, &len, NULL) != 0 ||
            len != sizeof sent)
            continue;
        found = sodium_memcmp(sent, mac, sizeof sent) == 0 || found;
    }
    return found;
}

bool signature_verify(const char *secret, const char *header, const char *body, size_t body_len, int64_t now)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    const char *digits;
    size_t n_digits;
    int64_t time;
    if (!find_time(header, &digits, &n_digits, &time))
        return false;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)digits, n_digits);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, body_len);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_memzero(&state, sizeof state);
    bool fresh = time >= now - SIGNATURE_MAX_AGE_SECONDS && time <= now + SIGNATURE_MAX_AGE_SECONDS;
    return is_one_of(header, mac) && fresh;
}

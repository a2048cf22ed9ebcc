/* auth/signature: a header written for a body verifies, among other parts and
 * within its time; none verifies that does not hold the right digest. */
#include "fuzz.h"

#include "auth/signature.h"

#include <inttypes.h>
#include <sodium.h>
#include <strings.h>

static const int64_t now = 1800000000;

/* Hex of HMAC-SHA-256 over "<time>.<body>", time as it is written. */
static const char *mac_hex(struct arena *arena, const char *secret, const char *time, const char *body)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    char *hex = arena_alloc(arena, 2 * sizeof mac + 1);
    const char *text = arena_printf(arena, "%s.%s", time, body);
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)text, strlen(text));
    crypto_auth_hmacsha256_final(&state, mac);
    return sodium_bin2hex(hex, 2 * sizeof mac + 1, mac, sizeof mac);
}

/* A part of another name, of the input's letters. */
static const char *other_part(struct input *in)
{
    static const char *const parts[] = {"", "v0=1,", "tt=5, ", "v1=00,", "v1=zz,\t", "x,", "v11=,", "=,"};
    return parts[take_below(in, sizeof parts / sizeof parts[0])];
}

static void check_written(struct input *in, const char *secret)
{
    struct arena *arena = in->arena;
    int64_t age = (int64_t)(take_u64(in) % 1000) - 500;
    bool wrong = take_byte(in) & 1, upper = take_byte(in) & 1;
    const char *before = other_part(in), *between = other_part(in), *body = take_rest(in);
    char *time = arena_printf(arena, "%" PRId64, now - age), *hex;
    hex = arena_strdup(arena, mac_hex(arena, secret, time, body));
    for (char *p = hex; upper && *p != '\0'; p++)
        *p = (char)(*p >= 'a' ? *p - 'a' + 'A' : *p);
    if (wrong)
        hex[age & 63] = hex[age & 63] == '0' ? '1' : '0';
    const char *header = arena_printf(arena, "%st=%s,%sv1=%s", before, time, between, hex);
    bool good = !wrong && age >= -SIGNATURE_MAX_AGE_SECONDS && age <= SIGNATURE_MAX_AGE_SECONDS;
    HOLDS(signature_verify(secret, header, body, strlen(body), now) == good, "'%s' at %" PRId64, header, now);
    HOLDS(!signature_verify(secret, arena_printf(arena, "%s,t=%s", header, time), body, strlen(body), now),
          "two times: '%s'", header);
}

/* The header is the input's, but that $ stands for the right digest of its t. */
static void check_raw(struct input *in, const char *secret)
{
    struct arena *arena = in->arena;
    const char *raw = take_line(in), *body = take_rest(in), *t = strncmp(raw, "t=", 2) == 0 ? raw : strstr(raw, ",t=");
    const char *digits = t != NULL ? strchr(t, '=') + 1 : "";
    const char *time = arena_strndup(arena, digits, strspn(digits, "0123456789"));
    const char *hex = mac_hex(arena, secret, time, body), *header = "";
    for (const char *p = raw; *p != '\0'; p++)
        header = arena_printf(arena, *p == '$' ? "%s%s" : "%s%.0s%c", header, *p == '$' ? hex : "", *p);
    if (!signature_verify(secret, header, body, strlen(body), now))
        return;
    HOLDS(strchr(raw, '$') != NULL || strcasestr(header, hex) != NULL, "'%s'", header);
    HOLDS(llabs(strtoll(time, NULL, 10) - now) <= SIGNATURE_MAX_AGE_SECONDS, "'%s' at %" PRId64, header, now);
    HOLDS(!signature_verify(secret, header, "another body", 12, now), "'%s'", header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    bool raw = take_byte(&in) & 1;
    const char *secret = take_line(&in);
    if (sodium_init() < 0)
        abort();
    if (raw)
        check_raw(&in, secret);
    else
        check_written(&in, secret);
    arena_destroy(&arena);
    return 0;
}

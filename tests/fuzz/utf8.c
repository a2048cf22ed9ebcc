/* base/utf8 against a decoder of its own: by ranges of code points, not of bytes. */
#include "fuzz.h"

#include "base/utf8.h"

/* The length of the sequence at p, 0 for none: its code point must need as many
 * bytes as it has. */
static size_t length_of(const uint8_t *p, size_t left)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = *p < 0x80 ? 1 : *p >> 5 == 6 ? 2 : *p >> 4 == 14 ? 3 : *p >> 3 == 30 ? 4 : 0;
    if (n == 0 || n > left)
        return 0;
    uint32_t code = n == 1 ? *p : *p & (0xffU >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if (p[i] >> 6 != 2)
            return 0;
        code = code << 6 | (p[i] & 0x3f);
    }
    return code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? 0 : n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    uint8_t *bytes = arena_alloc(arena, size > 0 ? size : 1);
    bool clean = true;
    if (size > 0)
        memcpy(bytes, data, size);
    for (size_t i = 0; i < size; i++) {
        size_t n = utf8_length(bytes + i, bytes + size), expected = length_of(bytes + i, size - i);
        HOLDS(n == expected, "at %zu: %zu, not %zu", i, n, expected);
    }
    for (size_t i = 0, n; i < size; i += n) {
        n = length_of(bytes + i, size - i);
        clean = clean && n > 0 && bytes[i] >= 0x20 && bytes[i] != 0x7f;
        n += n == 0;
    }
    HOLDS(utf8_is_clean((const char *)bytes, size) == clean, "it is %s", clean ? "clean" : "not clean");
    arena_destroy(&arena);
    return 0;
}

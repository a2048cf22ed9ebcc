#include "http/gzip.h"

#include "base/arena.h"

#include <limits.h>
#define ZLIB_CONST
#include <zlib.h>

enum { LEVEL = 6, WINDOW_BITS = 15 + 16 /* a gzip header */, MEMORY_LEVEL = 8 };

const char *gzip_compress(struct arena *arena, const char *bytes, size_t len, size_t *out_len)
{
    z_stream z = {0};
    if (len > UINT_MAX / 2 ||
        deflateInit2(&z, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    uLong bound = deflateBound(&z, (uLong)len);
    unsigned char *out = arena_alloc(arena, bound);
    z.next_in = (const Bytef *)bytes;
    z.avail_in = (uInt)len;
    z.next_out = out;
    z.avail_out = (uInt)bound;
    int result = deflate(&z, Z_FINISH);
    *out_len = z.total_out;
    deflateEnd(&z);
    return result == Z_STREAM_END ? (const char *)out : NULL;
}

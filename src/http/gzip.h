/* Compression of an answer (RFC 1952), by zlib. */
#ifndef OZ_HTTP_GZIP_H
#define OZ_HTTP_GZIP_H

#include <stddef.h>

struct arena;

/* The compressed bytes, the arena's; NULL if that cannot be done. */
const char *gzip_compress(struct arena *arena, const char *bytes, size_t len, size_t *out_len);

#endif

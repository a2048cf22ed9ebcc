/* Compression of an answer (RFC 1952), by zlib. */
#ifndef OZ_HTTP_GZIP_H
#define OZ_HTTP_GZIP_H

#include <stddef.h>

struct arena;

/* The compressed bytes, which belong to the arena; NULL on failure. */
const char *gzip_compress(struct arena *arena, const char *bytes, size_t len, size_t *out_len);

#endif

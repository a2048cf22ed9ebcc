/* A QR code as modules, with its quiet zone (ISO/IEC 18004). */
#ifndef OZ_QR_MATRIX_H
#define OZ_QR_MATRIX_H

#include "base/err.h"

#include <stdbool.h>

struct arena;

enum { QUIET_ZONE = 4 };

struct matrix {
    int size; /* modules per side, including the quiet zone */
    const unsigned char *modules;
};

enum err matrix_make(struct arena *arena, const char *content, struct matrix *out);

/* Coordinates within 0 to size - 1; the quiet zone is light. */
bool matrix_is_dark(const struct matrix *matrix, int x, int y);

/* The length of the row's run of one colour from x on. */
int matrix_run(const struct matrix *matrix, int x, int y);

#endif

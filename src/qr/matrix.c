#include "qr/matrix.h"

#include "base/arena.h"

#include <qrencode.h>
#include <string.h>

static int inner_size(const struct matrix *matrix)
{
    return matrix->size - 2 * QUIET_ZONE;
}

enum err matrix_make(struct arena *arena, const char *content, struct matrix *out)
{
    QRcode *code = QRcode_encodeString8bit(content, 0, QR_ECLEVEL_M);
    if (code == NULL)
        return ERR_INTERNAL;
    size_t n = (size_t)code->width * (size_t)code->width;
    unsigned char *modules = arena_alloc(arena, n);
    memcpy(modules, code->data, n);
    out->size = code->width + 2 * QUIET_ZONE;
    out->modules = modules;
    QRcode_free(code);
    return ERR_OK;
}

bool matrix_is_dark(const struct matrix *matrix, int x, int y)
{
    int n = inner_size(matrix);
    x -= QUIET_ZONE;
    y -= QUIET_ZONE;
    if (x < 0 || y < 0 || x >= n || y >= n)
        return false;
    return matrix->modules[y * n + x] & 1; /* the other bits say what the module is for */
}

int matrix_run(const struct matrix *matrix, int x, int y)
{
    int end = x + 1;
    while (end < matrix->size && matrix_is_dark(matrix, end, y) == matrix_is_dark(matrix, x, y))
        end++;
    return end - x;
}

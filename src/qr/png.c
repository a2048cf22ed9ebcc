/* A code as PNG, drawn by cairo in shades of grey. The surface has only alpha,
 * which cairo writes as grey: opaque is the paper, and what is taken away is
 * black. */
#include "base/text.h"
#include "qr/label.h"
#include "qr/matrix.h"
#include "qr/qr.h"

#include <cairo.h>
#include <math.h>

enum { WIDTH_PX = 1000 };

static cairo_status_t write_bytes(void *closure, const unsigned char *bytes, unsigned len)
{
    text_add(closure, (const char *)bytes, len);
    return CAIRO_STATUS_SUCCESS;
}

static void draw_modules(cairo_t *cairo, const struct matrix *matrix, int scale)
{
    cairo_set_antialias(cairo, CAIRO_ANTIALIAS_NONE);
    for (int y = 0; y < matrix->size; y++) {
        for (int x = 0; x < matrix->size;) {
            int run = matrix_run(matrix, x, y);
            if (matrix_is_dark(matrix, x, y))
                cairo_rectangle(cairo, x * scale, y * scale, run * scale, scale);
            x += run;
        }
    }
    cairo_fill(cairo);
}

static void draw(cairo_t *cairo, const struct matrix *matrix, int scale, const struct label *label)
{
    int width = matrix->size * scale;
    cairo_paint(cairo);
    cairo_set_operator(cairo, CAIRO_OPERATOR_DEST_OUT);
    draw_modules(cairo, matrix, scale);
    cairo_translate(cairo, 0, width);
    cairo_scale(cairo, (double)width / LABEL_WIDTH, (double)width / LABEL_WIDTH);
    label_draw(label, cairo);
}

enum err qr_png(struct arena *arena, const struct qr_card *card, const char **bytes, size_t *len)
{
    struct matrix matrix;
    struct label label;
    struct text out;
    TRY(matrix_make(arena, card->content, &matrix));
    label_make(arena, card, &label);
    text_init(&out, arena);
    int scale = WIDTH_PX / matrix.size, width = matrix.size * scale;
    int height = width + (int)ceil(label.height * width / LABEL_WIDTH);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, width, height);
    cairo_t *cairo = cairo_create(surface);
    draw(cairo, &matrix, scale, &label);
    cairo_status_t status = cairo_status(cairo);
    cairo_destroy(cairo);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_write_to_png_stream(surface, write_bytes, &out);
    cairo_surface_destroy(surface);
    *bytes = out.bytes;
    *len = out.len;
    return status == CAIRO_STATUS_SUCCESS ? ERR_OK : ERR_INTERNAL;
}

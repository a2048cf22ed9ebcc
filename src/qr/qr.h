/* The QR codes on the tables: their content, and pictures of them to print,
 * black on white with the table's name underneath. Error correction level M, a
 * quiet zone of four modules. */
#ifndef OZ_QR_QR_H
#define OZ_QR_QR_H

#include "base/err.h"

#include <stddef.h>

struct arena;

/* Texts are UTF-8. */
struct qr_card {
    const char *content; /* of the code */
    const char *name;    /* underneath: the table's */
    const char *place;   /* below that, in small type: the restaurant's; "" for none */
};

/* The address in a table's code. A slash at the end of the public URL does not
 * count. */
const char *qr_url(struct arena *arena, const char *public_url, const char *slug, const char *code);

/* An SVG document, which may also be put into HTML. ERR_INTERNAL if the
 * content is too long for any code. */
enum err qr_svg(struct arena *arena, const struct qr_card *card, const char **svg);

/* A PNG about 1000 pixels wide; each module is a square of whole pixels. */
enum err qr_png(struct arena *arena, const struct qr_card *card, const char **bytes, size_t *len);

#endif

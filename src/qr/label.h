/* The text under a code, broken into lines that fit. Lengths are thousandths
 * of the picture's width, so that SVG and PNG look the same. */
#ifndef OZ_QR_LABEL_H
#define OZ_QR_LABEL_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct qr_card;
typedef struct _cairo cairo_t;

enum { LABEL_WIDTH = 1000, LABEL_LINES_MAX = 6 };

struct label_line {
    const char *text;
    double size;     /* of the font */
    double baseline; /* below the label's upper edge */
    bool bold, right_to_left;
};

struct label {
    struct label_line lines[LABEL_LINES_MAX]; /* each in the middle of the width */
    size_t n;
    double height;
};

/* The font's name for CSS and fontconfig. */
extern const char label_font[];

void label_make(struct arena *arena, const struct qr_card *card, struct label *out);

/* Draws the lines in the context's colour. The cairo context is LABEL_WIDTH
 * units wide, with the label's upper edge at 0. */
void label_draw(const struct label *label, cairo_t *cairo);

#endif

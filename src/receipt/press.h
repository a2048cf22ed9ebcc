/* Puts lines of text on pages and makes them a PDF, by Pango and cairo. Lengths are points
 * (1/72 inch), from the page's upper left corner; all is black, since printers of rolls know
 * no grey. */
#ifndef OZ_RECEIPT_PRESS_H
#define OZ_RECEIPT_PRESS_H

#include <stdbool.h>
#include <stddef.h>

struct text;
struct canvas;

struct sheet {
    double width, margin;  /* of the page, of its edges */
    double size, small;    /* of the type; of the running head and the page's number */
    double length, bottom; /* the most that a page has; what stays free below */
    bool numbered;         /* pages have numbers, and are all of that length */
};

enum align { ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT };

/* A text and the place it has in its lines. */
struct cell {
    const char *text;
    double size;
    bool bold, foreign; /* foreign: its direction is its own */
    enum align align;
    double x, width;
    bool wraps; /* within the width; otherwise it is one line, as long as it is */
};

struct press {
    struct sheet sheet;
    double y; /* where the next line goes; callers may move it down */

    /* The press's own. */
    const struct press_job *job;
    struct canvas *canvas;
    bool drawing; /* otherwise measuring */
    int page, pages;
    double top, last_length; /* where the page's text begins; of the last page */
};

struct press_job {
    const struct sheet *sheet;
    const char *title, *author;
    const char *running; /* in one line above the pages after the first */
    /* Puts everything. Called twice, and does the same both times: first to know how many pages
     * there are and how long the last is, then to draw. */
    void (*put)(struct press *press, void *context);
    /* Puts what comes below the running head, if anything does. */
    void (*put_head)(void *context);
    void *context;
};

/* The PDF is added to out; the same job gives the same bytes, as long as the fonts are the same.
 * False if it cannot be drawn, as where no font is installed. */
bool press_print(const struct press_job *job, struct text *out);

/* Between the margins. */
double press_width(const struct press *press);
/* How wide a text is in one line. */
double press_text_width(const struct press *press, const char *text, double size, bool bold);

/* Puts at most three cells, in reading order, on a common baseline. The cell at long_one may have
 * several lines; the others have one, beside its first. */
void press_cells(struct press *press, const struct cell *cells, size_t n, size_t long_one);
/* A line from margin to margin at y. */
void press_rule(const struct press *press, double y);
/* In the middle of the page, from top downwards. */
void press_frame(const struct press *press, double width, double top, double height);

/* Begins a new page if so much is not free on this one, but is on an empty one. */
void press_ensure(struct press *press, double height);
/* Whether nothing but its head stands on the page yet. */
bool press_at_top(const struct press *press);
/* Turns a copy of a press into one that only measures: y starts at 0, and the page has no end. */
void press_probe(struct press *press);

#endif

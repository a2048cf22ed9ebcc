/* What stands on a receipt, and in what order: the one source of HTML and PDF,
 * so that they cannot differ. */
#ifndef OZ_RECEIPT_LAYOUT_H
#define OZ_RECEIPT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct json_object;

/* Around a text from elsewhere within one of ours: FIRST STRONG ISOLATE and POP
 * DIRECTIONAL ISOLATE. A layout has them in pairs. */
#define ISOLATE     "\xe2\x81\xa8"
#define ISOLATE_END "\xe2\x81\xa9"

enum section_kind {
    SECTION_ISSUER,  /* centred lines */
    SECTION_TITLE,   /* the title, then marks, which nobody may overlook */
    SECTION_PAIRS,   /* what it is, and text that may be long */
    SECTION_LINES,   /* how many, what, its amount */
    SECTION_AMOUNTS, /* what, its amount */
    SECTION_NOTES    /* centred lines */
};

enum row_style {
    ROW_PLAIN,
    ROW_STRONG,
    ROW_DETAIL, /* of the row above */
    ROW_HEADING /* of the rows below */
};

struct row {
    struct row *next;
    enum row_style style;
    bool foreign; /* the text (of a pair: the value) is somebody's words and has a direction of its own */
    const char *count, *text, *value; /* NULL for none; an amount is never broken */
};

struct section {
    struct section *next;
    enum section_kind kind;
    const char *heading;       /* NULL for none */
    const struct row *columns; /* headings of the columns, NULL for none */
    struct row *first, *last;
};

struct layout {
    const char *title;   /* "Receipt 2026-000123, copy", without isolates */
    const char *issuer;  /* the restaurant's name, or "" */
    const char *running; /* above the pages after the first */
    struct section *first, *last;
};

/* Any document makes a layout; its sections are not empty. */
void layout_make(struct arena *arena, struct json_object *document, bool copy, struct layout *out);

#endif

/* Making a layout: what its parts share. Strings of the document that are put into
 * ours are isolated; rows of nothing but such a string say so (foreign). */
#ifndef OZ_RECEIPT_MAKE_H
#define OZ_RECEIPT_MAKE_H

#include "receipt/layout.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct maker {
    struct arena *arena;
    struct layout *layout;
    struct json_object *document;
    const char *currency; /* its code, "" if unknown */
    int exponent;
};

/* A section is added with its first row. */
struct section section_of(enum section_kind kind, const char *heading);
struct row *section_add(struct maker *m, struct section *section, const struct row *row);
/* Adds it to the layout unless it is empty. */
void section_end(struct maker *m, const struct section *section);

const char *make_amount(struct maker *m, int64_t amount);
/* With the currency's code. */
const char *make_money(struct maker *m, int64_t amount);
/* Nothing for NULL. */
const char *make_isolated(struct maker *m, const char *text);
/* "a, b"; only the other where one is NULL, and NULL where both are. */
const char *make_joined(struct maker *m, const char *a, const char *separator, const char *b);
/* One of ours for the document's word; a word that we do not know stays, isolated. NULL
 * if there is none. */
struct word {
    const char *theirs, *ours;
};
const char *make_word(struct maker *m, struct json_object *object, const char *key, const struct word *words, size_t n);

/* The parts, in their order. */
void make_issuer(struct maker *m);
void make_title(struct maker *m, bool copy);
void make_pairs(struct maker *m);
void make_orders(struct maker *m);
void make_totals(struct maker *m);
void make_payments(struct maker *m);
void make_notes(struct maker *m);

#endif

/* Which values of an item's options a guest may choose together. */
#ifndef OZ_DOMAIN_SELECTION_H
#define OZ_DOMAIN_SELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct option_value {
    const char *id, *name;
    int64_t price_modifier; /* minor units, may be below zero */
    bool is_available;
};

struct item_option {
    const char *id, *name;
    int min_select, max_select;
    const struct option_value *values;
    size_t n_values;
};

/* One choice, as it came in, and what it was found to be. */
struct choice {
    const char *option_id, *value_id;
    const struct item_option *option; /* out */
    const struct option_value *value; /* out */
};

enum selection_fault {
    SELECTION_OK,
    SELECTION_UNKNOWN_OPTION, /* not one of this item's */
    SELECTION_UNKNOWN_VALUE,  /* not one of this option's */
    SELECTION_UNAVAILABLE,
    SELECTION_TWICE,
    SELECTION_TOO_FEW, /* *option is the option */
    SELECTION_TOO_MANY /* *option is the option */
};

/* Finds each choice among the item's options and checks the numbers. On a
 * fault of one choice *index is its place; *option is the option concerned,
 * where one is known. */
enum selection_fault selection_check(const struct item_option *options, size_t n_options, struct choice *choices,
                                     size_t n_choices, size_t *index, const struct item_option **option);

#endif

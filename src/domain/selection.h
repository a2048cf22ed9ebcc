/* Which values of an item's options a guest may choose together. */
#ifndef OZ_DOMAIN_SELECTION_H
#define OZ_DOMAIN_SELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHOICE_QUANTITY_MAX = 9 };

struct option_value {
    const char *id, *name;
    int64_t price_modifier; /* minor units, may be below zero */
    bool is_available;
};

struct item_option {
    const char *id, *name;
    int min_select, max_select;
    bool allow_repeat; /* a value may be chosen more than once */
    const struct option_value *values;
    size_t n_values;
};

/* One choice as it was sent, and what it was found to be. */
struct choice {
    const char *option_id, *value_id;
    int quantity;                     /* 1..CHOICE_QUANTITY_MAX */
    const struct item_option *option; /* out */
    const struct option_value *value; /* out */
};

enum selection_fault_kind {
    SELECTION_OK,
    SELECTION_UNKNOWN_OPTION, /* not one of this item's */
    SELECTION_UNKNOWN_VALUE,  /* not one of this option's */
    SELECTION_UNAVAILABLE,
    SELECTION_TWICE,     /* by quantity or by another choice, and the option does not allow it */
    SELECTION_TOO_OFTEN, /* more than CHOICE_QUANTITY_MAX in all */
    SELECTION_TOO_FEW,
    SELECTION_TOO_MANY
};

struct selection_fault {
    enum selection_fault_kind kind;
    size_t index;                     /* of the choice; with TOO_MANY the last one of its option */
    const struct item_option *option; /* the option concerned, NULL if none is known */
};

/* Whether each option can be met with the values that are available, which may be
 * chosen more than once where it allows that: else the item cannot be ordered. */
bool selection_is_possible(const struct item_option *options, size_t n_options);

/* Finds each choice among the item's options and checks the numbers. Returns
 * the number of faults, at most `max`: first those of single choices, in their
 * order, then those of the options' numbers. */
size_t selection_check(const struct item_option *options, size_t n_options, struct choice *choices, size_t n_choices,
                       struct selection_fault *faults, size_t max);

#endif

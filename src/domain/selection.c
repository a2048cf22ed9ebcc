#include "domain/selection.h"

#include <string.h>

static enum selection_fault_kind find(const struct item_option *options, size_t n, struct choice *choice)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(options[i].id, choice->option_id) != 0)
            continue;
        choice->option = &options[i];
        for (size_t k = 0; k < options[i].n_values; k++) {
            const struct option_value *value = &options[i].values[k];
            if (strcmp(value->id, choice->value_id) != 0)
                continue;
            choice->value = value;
            return value->is_available ? SELECTION_OK : SELECTION_UNAVAILABLE;
        }
        return SELECTION_UNKNOWN_VALUE;
    }
    return SELECTION_UNKNOWN_OPTION;
}

/* How often the choices before the one at i have its value. */
static int chosen_before(const struct choice *choices, size_t i)
{
    int n = 0;
    for (size_t k = 0; k < i; k++)
        if (choices[i].value != NULL && choices[k].value == choices[i].value)
            n += choices[k].quantity;
    return n;
}

/* The fault of the choice at i; the choices before it are already checked. */
static enum selection_fault_kind check_choice(const struct item_option *options, size_t n_options,
                                              struct choice *choices, size_t i)
{
    enum selection_fault_kind kind = find(options, n_options, &choices[i]);
    if (kind != SELECTION_OK)
        return kind;
    int chosen = chosen_before(choices, i) + choices[i].quantity;
    if (chosen > 1 && !choices[i].option->allow_repeat)
        return SELECTION_TWICE;
    return chosen > CHOICE_QUANTITY_MAX ? SELECTION_TOO_OFTEN : SELECTION_OK;
}

/* Whether the choice counts: a repeated one is reported as repeated, not as too many. */
static bool counts(const struct item_option *option, const struct choice *choices, size_t i)
{
    return choices[i].option == option && (option->allow_repeat || chosen_before(choices, i) == 0);
}

static enum selection_fault_kind check_number(const struct item_option *option, const struct choice *choices,
                                              size_t n_choices, size_t *last)
{
    int chosen = 0, counted = 0;
    *last = 0;
    for (size_t i = 0; i < n_choices; i++) {
        if (choices[i].option != option)
            continue;
        chosen += choices[i].quantity;
        if (!counts(option, choices, i))
            continue;
        counted += option->allow_repeat ? choices[i].quantity : 1;
        *last = i;
    }
    if (chosen < option->min_select)
        return SELECTION_TOO_FEW;
    return counted > option->max_select ? SELECTION_TOO_MANY : SELECTION_OK;
}

bool selection_is_possible(const struct item_option *options, size_t n_options)
{
    for (size_t i = 0; i < n_options; i++) {
        int available = 0;
        for (size_t k = 0; k < options[i].n_values; k++)
            available += options[i].values[k].is_available;
        int each = options[i].allow_repeat ? CHOICE_QUANTITY_MAX : 1;
        if (available * each < options[i].min_select)
            return false;
    }
    return true;
}

size_t selection_check(const struct item_option *options, size_t n_options, struct choice *choices, size_t n_choices,
                       struct selection_fault *faults, size_t max)
{
    size_t n = 0, last;
    for (size_t i = 0; i < n_choices; i++) {
        enum selection_fault_kind kind = check_choice(options, n_options, choices, i);
        if (kind != SELECTION_OK && n < max)
            faults[n++] = (struct selection_fault){kind, i, choices[i].option};
    }
    for (size_t i = 0; i < n_options; i++) {
        enum selection_fault_kind kind = check_number(&options[i], choices, n_choices, &last);
        if (kind != SELECTION_OK && n < max)
            faults[n++] = (struct selection_fault){kind, last, &options[i]};
    }
    return n;
}

#include "domain/selection.h"

#include <string.h>

static enum selection_fault find(const struct item_option *options, size_t n, struct choice *choice)
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

static enum selection_fault find_all(const struct item_option *options, size_t n_options, struct choice *choices,
                                     size_t n_choices, size_t *index, const struct item_option **option)
{
    for (size_t i = 0; i < n_choices; i++) {
        *index = i;
        enum selection_fault fault = find(options, n_options, &choices[i]);
        *option = choices[i].option;
        if (fault != SELECTION_OK)
            return fault;
        for (size_t k = 0; k < i; k++)
            if (choices[k].value == choices[i].value)
                return SELECTION_TWICE;
    }
    return SELECTION_OK;
}

enum selection_fault selection_check(const struct item_option *options, size_t n_options, struct choice *choices,
                                     size_t n_choices, size_t *index, const struct item_option **option)
{
    enum selection_fault fault = find_all(options, n_options, choices, n_choices, index, option);
    if (fault != SELECTION_OK)
        return fault;
    for (size_t i = 0; i < n_options; i++) {
        int chosen = 0;
        for (size_t k = 0; k < n_choices; k++) {
            if (choices[k].option == &options[i]) {
                chosen++;
                *index = k;
            }
        }
        *option = &options[i];
        if (chosen < options[i].min_select)
            return SELECTION_TOO_FEW;
        if (chosen > options[i].max_select)
            return SELECTION_TOO_MANY;
    }
    return SELECTION_OK;
}

/* The body of an order or a quote, read and checked as far as is possible
 * without the database. */
#ifndef OZ_API_ORDERS_INPUT_H
#define OZ_API_ORDERS_INPUT_H

#include "base/err.h"
#include "http/fields.h"

#include <stddef.h>

struct request;

struct choice_input {
    const char *option_id, *value_id;
    struct optional_int quantity;
};

struct line_input {
    const char *menu_item_id;
    struct optional_int quantity;
    struct json_object *customizations; /* read into choices */
    const char *special_instructions;
    struct choice_input *choices;
    size_t n_choices;
};

struct order_input {
    const char *id, *table_id, *session_id, *diner_id, *order_type, *deposit_id;
    struct json_object *items; /* read into lines */
    struct optional_int tip_amount, discount_amount, deposit_used, expected_total;
    const char *payment_method, *customer_name, *customer_phone, *notes, *special_instructions;
    struct line_input *lines;
    size_t n_lines;
};

/* What an order's type may be; ends with NULL. */
extern const char *const order_types[];

/* Notes every fault; ERR_OK without any. */
enum err order_input_read(struct request *r, struct order_input *in);

#endif

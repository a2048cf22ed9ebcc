/* The documents that the tests of receipts share: the samples in receipts/, and
 * some made here. */
#ifndef OZ_TESTS_RECEIPTS_H
#define OZ_TESTS_RECEIPTS_H

#include "unit.h"

#include "base/json_arena.h"
#include "base/text.h"
#include "receipt/receipt.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

static const char *const receipt_samples[] = {"chf_cash",       "eur_credit_note", "eur_draft",
                                              "eur_long_names", "ils_hebrew",      "inr_devanagari",
                                              "jpy_japanese",   "kwd_arabic",      "usd_diner"};

/* Owned by the arena, as all of these. */
static inline struct json_object *receipt_sample(struct arena *arena, const char *name)
{
    struct json_object *document = json_object_from_file(arena_printf(arena, "%s/%s.json", RECEIPTS_DIR, name));
    CHECK(document != NULL, "%s: %s", name, json_util_get_last_err());
    json_arena_own(arena, document);
    return document;
}

/* Quotes are written ' for legibility; a text has none. */
static inline struct json_object *receipt_parse(struct arena *arena, const char *text)
{
    char *json = arena_strdup(arena, text);
    for (char *p = json; *p != '\0'; p++)
        if (*p == '\'')
            *p = '"';
    struct json_object *document = json_tokener_parse(json);
    CHECK(document != NULL || strcmp(text, "null") == 0, "no JSON: %s", json);
    json_arena_own(arena, document);
    return document;
}

/* One item, of this name. */
static inline struct json_object *receipt_named(struct arena *arena, const char *name)
{
    struct json_object *document = receipt_parse(
        arena, "{'reference': '1', 'draft': false, 'fiscal': true, 'currency': 'EUR', 'currency_exponent': 2,"
               "'orders': [{'order_number': 1, 'items': [{'quantity': 2, 'price': 617, 'subtotal': 1234}],"
               "'adjustments': [{'kind': 'void', 'quantity': 1, 'amount': -617}]}],"
               "'total_amount': 617, 'taxes': [{'rate_ppm': 50000, 'taxable': 617, 'amount': 29}]}");
    struct json_object *order = json_object_array_get_idx(json_object_object_get(document, "orders"), 0);
    static const char *const lists[] = {"items", "adjustments"};
    for (size_t i = 0; i < LENGTH(lists); i++)
        json_object_object_add(json_object_array_get_idx(json_object_object_get(order, lists[i]), 0), "name",
                               json_object_new_string(name));
    return document;
}

/* So many lines of one unit each, named "Course 1" and so on. */
static inline struct json_object *receipt_of_lines(struct arena *arena, int n)
{
    struct json_object *document = receipt_named(arena, "Course 0");
    struct json_object *items = json_object_new_array();
    for (int i = 1; i <= n; i++) {
        char name[32];
        struct json_object *item = json_object_new_object();
        snprintf(name, sizeof name, "Course %d", i);
        json_object_object_add(item, "name", json_object_new_string(name));
        json_object_object_add(item, "quantity", json_object_new_int(1));
        json_object_object_add(item, "subtotal", json_object_new_int(100 + i));
        json_object_array_add(items, item);
    }
    json_object_object_add(json_object_array_get_idx(json_object_object_get(document, "orders"), 0), "items", items);
    return document;
}

#endif

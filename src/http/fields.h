/* Reading a JSON object, or a query string, into a structure by a table of its
 * fields. Every fault is noted with its place; an unknown field is a fault.
 * The table also says which role may set a field. */
#ifndef OZ_HTTP_FIELDS_H
#define OZ_HTTP_FIELDS_H

#include "base/err.h"
#include "domain/principal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;
struct request;

enum field_type {
    FIELD_TEXT,    /* const char *: trimmed; "" is NULL */
    FIELD_LINE,    /* the same, without line breaks */
    FIELD_RAW,     /* const char *: as it came, for passwords and tokens */
    FIELD_UUID,    /* const char *, in lower case */
    FIELD_CHOICE,  /* const char *, one of `choices` */
    FIELD_CHOICES, /* const char *: some of `choices`, separated by commas; becomes a text of SQL's, {a,b} */
    FIELD_TIME,    /* const char *, RFC 3339 */
    FIELD_DATE,    /* const char *, a calendar day such as 2026-01-31 */
    FIELD_INT,     /* struct optional_int */
    FIELD_BOOL,    /* struct optional_bool */
    FIELD_ARRAY,   /* struct json_object *, min..max elements */
    FIELD_OBJECT,  /* struct json_object * */
    FIELD_NEVER    /* nothing: a field that people may try to set, but nobody may */
};

struct optional_int {
    bool is_set;
    int64_t value;
};

struct optional_bool {
    bool is_set, value;
};

/* As a statement's parameter; NULL if it is not set. */
const char *bool_text(bool value);
const char *optional_bool_text(struct optional_bool value);

struct field {
    const char *name;
    enum field_type type;
    size_t offset;
    bool required;
    bool lasting;               /* need not be given, but a change may not clear it, nor a required field */
    int64_t min, max;           /* INT: values; TEXT, LINE, RAW: characters; ARRAY: elements */
    const char *const *choices; /* ends with NULL */
    enum role roles;            /* who may set it; ROLE_NOBODY: every caller */
};

/* A field's name and place, for tables of fields: {AT(order_input, notes), ...}. */
#define AT(structure, member) .name = #member, .offset = offsetof(struct structure, member)

/* Reads `object` into *out, which is zeroed first. `pointer` is the object's
 * own JSON Pointer, "" for the body. Faults are noted in r->problem; false if
 * this object has any. An absent field and a null one are the same. */
bool fields_read(struct request *r, struct json_object *object, const char *pointer, const struct field *fields,
                 size_t n, void *out);

/* The same for a change: no field is required (RFC 7396: what is absent stays,
 * null clears). At least one field must be there. */
bool fields_read_patch(struct request *r, struct json_object *object, const struct field *fields, size_t n, void *out);

/* For a request that takes no fields: its body, if any, must be {}. */
enum err fields_read_nothing(struct request *r);

/* fields_read() for r->query. ERR_INVALID_QUERY if it cannot be decoded. */
enum err fields_read_query(struct request *r, const struct field *fields, size_t n, void *out);

#define FIELDS(table) (table), sizeof(table) / sizeof((table)[0])

/* Whether an object has the member, with a value or a wrong one, but not null. */
bool fields_is_given(struct json_object *object, const char *name);

#endif

#include "http/fields.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/uuid7.h"
#include "http/request.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

/* Where a value goes and what its place is called. */
struct place {
    struct request *r;
    const struct field *field;
    const char *pointer;
    void *out;
};

const char *bool_text(bool value)
{
    return value ? "true" : "false";
}

const char *optional_bool_text(struct optional_bool value)
{
    return value.is_set ? bool_text(value.value) : NULL;
}

static void *target(const struct place *p)
{
    return (char *)p->out + p->field->offset;
}

static void put_text(const struct place *p, const char *value)
{
    *(const char **)target(p) = value;
}

/* The number of Unicode code points in well-formed UTF-8. */
static int64_t count_characters(const char *text)
{
    int64_t n = 0;
    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static bool has_control(const char *text, bool one_line)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++)
        if ((*p < 0x20 && (one_line || strchr("\n\t\r", *p) == NULL)) || *p == 0x7f)
            return true;
    return false;
}

static const char *trimmed(struct arena *arena, const char *text)
{
    size_t len;
    while (isspace((unsigned char)*text))
        text++;
    for (len = strlen(text); len > 0 && isspace((unsigned char)text[len - 1]);)
        len--;
    return arena_strndup(arena, text, len);
}

static void read_text(const struct place *p, const char *text)
{
    const struct field *f = p->field;
    bool raw = f->type == FIELD_RAW;
    if (!raw)
        text = trimmed(p->r->arena, text);
    int64_t n = count_characters(text);
    if (!raw && n == 0 && f->min == 0)
        return;
    if (n < f->min || n > f->max)
        problem_fault(p->r, p->pointer, n < f->min ? "too_short" : "too_long",
                      "must be %" PRId64 " to %" PRId64 " characters long", f->min, f->max);
    else if (!raw && has_control(text, f->type == FIELD_LINE))
        problem_fault(p->r, p->pointer, "invalid_format", "must not hold control characters%s",
                      f->type == FIELD_LINE ? " or line breaks" : "");
    else
        put_text(p, text);
}

static bool digits(const char *text, int n)
{
    for (int i = 0; i < n; i++)
        if (!isdigit((unsigned char)text[i]))
            return false;
    return true;
}

/* RFC 3339, 5.6, with a day that exists. */
static bool is_time(const char *t)
{
    if (strlen(t) < 20 || strlen(t) > 40 || !digits(t, 4) || t[4] != '-' || !digits(t + 5, 2) || t[7] != '-' ||
        !digits(t + 8, 2) || (t[10] != 'T' && t[10] != 't') || !digits(t + 11, 2) || t[13] != ':' ||
        !digits(t + 14, 2) || t[16] != ':' || !digits(t + 17, 2))
        return false;
    if (!clock_date_exists(atoi(t), atoi(t + 5), atoi(t + 8)) || atoi(t + 11) > 23 || atoi(t + 14) > 59 ||
        atoi(t + 17) > 59)
        return false;
    const char *zone = t + 19;
    if (*zone == '.') {
        size_t fraction = strspn(++zone, "0123456789");
        if (fraction == 0 || fraction > 9)
            return false;
        zone += fraction;
    }
    if (strcmp(zone, "Z") == 0 || strcmp(zone, "z") == 0)
        return true;
    return (*zone == '+' || *zone == '-') && strlen(zone) == 6 && digits(zone + 1, 2) && zone[3] == ':' &&
           digits(zone + 4, 2) && atoi(zone + 1) <= 14 && atoi(zone + 4) <= 59;
}

/* The choice that the text's first len bytes are, NULL if they are none. */
static const char *choice_of(const struct place *p, const char *text, size_t len)
{
    for (const char *const *choice = p->field->choices; *choice != NULL; choice++)
        if (strlen(*choice) == len && strncmp(*choice, text, len) == 0)
            return *choice;
    return NULL;
}

static void note_no_choice(const struct place *p)
{
    char known[200] = "";
    for (const char *const *choice = p->field->choices; *choice != NULL; choice++) {
        if (strlen(known) + strlen(*choice) + 3 > sizeof known)
            break;
        strcat(strcat(known, known[0] != '\0' ? ", " : ""), *choice);
    }
    problem_fault(p->r, p->pointer, "invalid_choice", "must be one of: %s", known);
}

static void read_choice(const struct place *p, const char *text)
{
    const char *choice = choice_of(p, text, strlen(text));
    if (choice != NULL)
        put_text(p, choice);
    else
        note_no_choice(p);
}

static void read_choices(const struct place *p, const char *text)
{
    for (const char *name = text;; name += strcspn(name, ",") + 1) {
        if (choice_of(p, name, strcspn(name, ",")) == NULL) {
            note_no_choice(p);
            return;
        }
        if (strchr(name, ',') == NULL)
            break;
    }
    put_text(p, arena_printf(p->r->arena, "{%s}", text));
}

static void read_string(const struct place *p, const char *text)
{
    char id[UUID_TEXT_SIZE];
    int day;
    switch (p->field->type) {
    case FIELD_UUID:
        if (uuid_parse(text, id))
            put_text(p, arena_strdup(p->r->arena, id));
        else
            problem_fault(p->r, p->pointer, "invalid_format", "must be a UUID");
        break;
    case FIELD_CHOICE:
        read_choice(p, text);
        break;
    case FIELD_CHOICES:
        read_choices(p, text);
        break;
    case FIELD_TIME:
        if (is_time(text))
            put_text(p, text);
        else
            problem_fault(p->r, p->pointer, "invalid_format", "must be a time such as 2026-01-31T18:30:00Z");
        break;
    case FIELD_DATE:
        if (clock_day_number(text, &day))
            put_text(p, text);
        else
            problem_fault(p->r, p->pointer, "invalid_format", "must be a day such as 2026-01-31");
        break;
    default:
        read_text(p, text);
    }
}

static void read_int(const struct place *p, int64_t value)
{
    if (value < p->field->min || value > p->field->max) {
        problem_fault(p->r, p->pointer, "out_of_range", "must be %" PRId64 " to %" PRId64, p->field->min,
                      p->field->max);
        return;
    }
    *(struct optional_int *)target(p) = (struct optional_int){true, value};
}

static void read_array(const struct place *p, struct json_object *array)
{
    int64_t n = (int64_t)json_object_array_length(array);
    if (n < p->field->min || n > p->field->max)
        problem_fault(p->r, p->pointer, n < p->field->min ? "too_short" : "too_long",
                      "must have %" PRId64 " to %" PRId64 " elements", p->field->min, p->field->max);
    else
        *(struct json_object **)target(p) = array;
}

static const struct {
    enum json_type type;
    const char *name;
} wanted[] = {
    [FIELD_TEXT] = {json_type_string, "a string"},
    [FIELD_LINE] = {json_type_string, "a string"},
    [FIELD_RAW] = {json_type_string, "a string"},
    [FIELD_UUID] = {json_type_string, "a string"},
    [FIELD_CHOICE] = {json_type_string, "a string"},
    [FIELD_CHOICES] = {json_type_string, "a string"},
    [FIELD_TIME] = {json_type_string, "a string"},
    [FIELD_DATE] = {json_type_string, "a string"},
    [FIELD_INT] = {json_type_int, "an integer"},
    [FIELD_BOOL] = {json_type_boolean, "true or false"},
    [FIELD_ARRAY] = {json_type_array, "an array"},
    [FIELD_OBJECT] = {json_type_object, "an object"},
    [FIELD_NEVER] = {json_type_null, ""},
};

static void read_value(const struct place *p, struct json_object *value)
{
    enum field_type type = p->field->type;
    if (json_object_get_type(value) != wanted[type].type) {
        problem_fault(p->r, p->pointer, "wrong_type", "must be %s", wanted[type].name);
        return;
    }
    switch (type) {
    case FIELD_INT:
        read_int(p, json_object_get_int64(value));
        break;
    case FIELD_BOOL:
        *(struct optional_bool *)target(p) = (struct optional_bool){true, json_object_get_boolean(value)};
        break;
    case FIELD_ARRAY:
        read_array(p, value);
        break;
    case FIELD_OBJECT:
        *(struct json_object **)target(p) = value;
        break;
    default:
        read_string(p, json_object_get_string(value));
    }
}

/* A key as a JSON Pointer's reference token (RFC 6901, 3). */
static const char *pointer_to(struct arena *arena, const char *base, const char *key)
{
    char *out = arena_alloc(arena, strlen(base) + 2 * strlen(key) + 2);
    char *p = stpcpy(out, base);
    *p++ = '/';
    for (; *key != '\0'; key++) {
        if (*key == '~' || *key == '/') {
            *p++ = '~';
            *p++ = *key == '~' ? '0' : '1';
        } else {
            *p++ = *key;
        }
    }
    return out;
}

static const struct field *find(const struct field *fields, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

/* Notes a fault if the caller's role may not set the field, or nobody may. */
static bool may_set(struct request *r, const struct field *field, const char *pointer)
{
    bool never = field->type == FIELD_NEVER;
    if (!never && (field->roles == ROLE_NOBODY || field->roles & r->who.role))
        return true;
    if (never && r->who.role != ROLE_DINER) {
        problem_fault(r, pointer, "unknown_field", "is computed and cannot be given");
        return false;
    }
    problem_fault(r, pointer, "forbidden_field", "may not be set by the role %s",
                  r->who.role != ROLE_NOBODY ? role_name(r->who.role) : "guest");
    r->problem.forbidden = true;
    return false;
}

/* With `patch` null is a value: it clears. */
static void read_members(struct request *r, struct json_object *object, const char *pointer, const struct field *fields,
                         size_t n, void *out, bool patch)
{
    json_object_object_foreach (object, key, value) {
        const struct field *field = find(fields, n, key);
        struct place place = {r, field, pointer_to(r->arena, pointer, key), out};
        if (field == NULL)
            problem_fault(r, place.pointer, "unknown_field", "is not a field of this request");
        else if ((patch || value != NULL) && may_set(r, field, place.pointer) && value != NULL)
            read_value(&place, value);
    }
}

static bool is_object(struct request *r, struct json_object *object, const char *pointer)
{
    if (json_object_get_type(object) == json_type_object)
        return true;
    problem_fault(r, pointer, "wrong_type", "must be an object");
    return false;
}

bool fields_read(struct request *r, struct json_object *object, const char *pointer, const struct field *fields,
                 size_t n, void *out)
{
    size_t faults_before = r->problem.n_faults;
    if (!is_object(r, object, pointer))
        return false;
    read_members(r, object, pointer, fields, n, out, false);
    for (size_t i = 0; i < n; i++) {
        struct json_object *given;
        bool there = json_object_object_get_ex(object, fields[i].name, &given) && given != NULL;
        if (fields[i].required && !there)
            problem_fault(r, pointer_to(r->arena, pointer, fields[i].name), "required", "must be given");
    }
    return r->problem.n_faults == faults_before;
}

bool fields_read_patch(struct request *r, struct json_object *object, const struct field *fields, size_t n, void *out)
{
    size_t faults_before = r->problem.n_faults;
    if (!is_object(r, object, ""))
        return false;
    if (json_object_object_length(object) == 0)
        problem_fault(r, "", "required", "must hold at least one field");
    read_members(r, object, "", fields, n, out, true);
    for (size_t i = 0; i < n; i++) {
        struct json_object *given;
        if ((fields[i].required || fields[i].lasting) && json_object_object_get_ex(object, fields[i].name, &given) &&
            given == NULL)
            problem_fault(r, pointer_to(r->arena, "", fields[i].name), "wrong_type", "must not be null");
    }
    return r->problem.n_faults == faults_before;
}

static void read_parameter(const struct place *p, const char *value)
{
    switch (p->field->type) {
    case FIELD_INT: {
        char *end;
        errno = 0;
        long long number = strtoll(value, &end, 10);
        if (!(isdigit((unsigned char)value[0]) || value[0] == '-') || *end != '\0' || errno != 0)
            problem_fault(p->r, p->pointer, "wrong_type", "must be an integer");
        else
            read_int(p, number);
        break;
    }
    case FIELD_BOOL:
        if (strcmp(value, "true") == 0 || strcmp(value, "false") == 0)
            *(struct optional_bool *)target(p) = (struct optional_bool){true, value[0] == 't'};
        else
            problem_fault(p->r, p->pointer, "wrong_type", "must be true or false");
        break;
    default:
        read_string(p, value);
    }
}

enum err fields_read_nothing(struct request *r)
{
    if (r->json != NULL)
        fields_read(r, r->json, "", NULL, 0, NULL);
    return problem_verdict(r);
}

enum err fields_read_query(struct request *r, const struct field *fields, size_t n, void *out)
{
    bool seen[32] = {false};
    for (const char *p = r->query; *p != '\0';) {
        size_t len = strcspn(p, "&"), name_len = strcspn(p, "=&");
        size_t value_at = name_len < len ? name_len + 1 : len;
        const char *name = percent_decode(r->arena, p, name_len, true);
        const char *value = percent_decode(r->arena, p + value_at, len - value_at, true);
        if (name == NULL || value == NULL)
            return ERR_INVALID_QUERY;
        const struct field *field = find(fields, n, name);
        struct place place = {r, field, name, out};
        if (field == NULL)
            problem_fault(r, name, "unknown_parameter", "is not a parameter of this request");
        else if (seen[field - fields])
            problem_fault(r, name, "repeated", "must be given once");
        else if (may_set(r, field, name))
            read_parameter(&place, value);
        if (field != NULL)
            seen[field - fields] = true;
        p += len + (p[len] == '&');
    }
    for (size_t i = 0; i < n; i++)
        if (fields[i].required && !seen[i])
            problem_fault(r, fields[i].name, "required", "must be given");
    return problem_verdict(r);
}

bool fields_is_given(struct json_object *object, const char *name)
{
    struct json_object *value;
    return json_object_object_get_ex(object, name, &value) && value != NULL;
}

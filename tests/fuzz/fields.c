/* http/fields: whatever is read from an object keeps the table's promises; each
 * fault names a place that is there; what was read is read back when it is
 * written again, as JSON and as a query string. */
#include "fuzz.h"

#include "base/clock.h"
#include "base/json_strict.h"
#include "base/text.h"
#include "base/utf8.h"
#include "base/uuid7.h"
#include "http/fields.h"
#include "http/request.h"

#include <ctype.h>
#include <inttypes.h>
#include <json-c/json.h>

struct all {
    const char *text, *line, *raw, *id, *choice, *time, *date, *owners;
    struct optional_int number;
    struct optional_bool flag;
    struct json_object *list, *object;
};

static const char *const choices[] = {"cash", "card", "other", NULL};

#define IN_ALL(member) .offset = offsetof(struct all, member)
static const struct field fields[] = {
    {.name = "text", .type = FIELD_TEXT, IN_ALL(text), .min = 0, .max = 20},
    {.name = "line", .type = FIELD_LINE, IN_ALL(line), .min = 2, .max = 10},
    {.name = "raw", .type = FIELD_RAW, IN_ALL(raw), .min = 1, .max = 8},
    {.name = "id", .type = FIELD_UUID, IN_ALL(id)},
    {.name = "choice", .type = FIELD_CHOICE, IN_ALL(choice), .choices = choices},
    {.name = "time", .type = FIELD_TIME, IN_ALL(time)},
    {.name = "date", .type = FIELD_DATE, IN_ALL(date)},
    {.name = "number", .type = FIELD_INT, IN_ALL(number), .min = -5, .max = 1000},
    {.name = "flag", .type = FIELD_BOOL, IN_ALL(flag)},
    {.name = "list", .type = FIELD_ARRAY, IN_ALL(list), .min = 1, .max = 3},
    {.name = "object", .type = FIELD_OBJECT, IN_ALL(object)},
    {.name = "owners", .type = FIELD_LINE, IN_ALL(owners), .min = 1, .max = 5, .roles = ROLE_OWNER},
    {.name = "total/sum~", .type = FIELD_NEVER},
};
enum { IN_QUERY = 9 }; /* the first ones, which have no list or object */

static bool fits(const char *text, size_t min, size_t max)
{
    size_t n = 0;
    for (const char *p = text; p != NULL && *p != '\0'; p++)
        n += (*p & 0xc0) != 0x80;
    return text == NULL || (n >= min && n <= max);
}

static bool is_trimmed(const char *text)
{
    return text == NULL || text[0] == '\0' ||
           (!isspace((unsigned char)text[0]) && !isspace((unsigned char)text[strlen(text) - 1]));
}

static bool is_line(const char *text)
{
    return text == NULL || utf8_is_clean(text, strlen(text));
}

static void check_promises(const struct all *a)
{
    char id[UUID_TEXT_SIZE];
    int day;
    HOLDS(a->text == NULL || a->text[0] != '\0', "an empty text that is not NULL");
    HOLDS(fits(a->text, 0, 20) && is_trimmed(a->text), "text '%s'", a->text);
    HOLDS(fits(a->owners, 1, 5) && is_trimmed(a->owners) && is_line(a->owners), "owners '%s'", a->owners);
    HOLDS(fits(a->line, 2, 10) && is_trimmed(a->line) && is_line(a->line), "line '%s'", a->line);
    HOLDS(fits(a->raw, 1, 8), "raw '%s'", a->raw);
    HOLDS(a->id == NULL || (uuid_parse(a->id, id) && strcmp(a->id, id) == 0), "id '%s'", a->id);
    HOLDS(a->date == NULL || clock_day_number(a->date, &day), "date '%s'", a->date);
    HOLDS(!a->number.is_set || (a->number.value >= -5 && a->number.value <= 1000), "number %" PRId64, a->number.value);
    HOLDS(a->list == NULL || json_object_array_length(a->list) <= 3, "a long list");
    HOLDS(a->object == NULL || json_object_is_type(a->object, json_type_object), "no object");
}

/* Each fault has a pointer (RFC 6901) to what is there, or is required. */
static void check_faults(const struct request *r, struct json_object *object)
{
    struct json_object *found;
    for (size_t i = 0; i < r->problem.n_faults && i < PROBLEM_FAULTS_MAX; i++) {
        const struct fault *f = &r->problem.faults[i];
        HOLDS(utf8_is_clean(f->detail, strlen(f->detail)) && f->detail[0] != '\0', "'%s'", f->detail);
        HOLDS(f->field[0] == '\0' || json_pointer_get(object, f->field, &found) == 0, "nothing at '%s'", f->field);
    }
}

static struct all same_again(struct request *r, const struct all *a)
{
    struct text json;
    struct json_object *object;
    struct json_fault fault;
    struct all b = {0};
    text_init(&json, r->arena);
    text_puts(&json, "{");
    const char *const *texts = (const char *const *)a;
    for (int i = 0; i < 7; i++)
        text_json_member(&json, fields[i].name, texts[i]);
    if (a->number.is_set)
        text_json_member_int(&json, "number", a->number.value);
    if (a->flag.is_set) {
        text_json_key(&json, "flag");
        text_json_bool(&json, a->flag.value);
    }
    text_puts(&json, "}");
    HOLDS(json_strict_parse(r->arena, json.bytes, json.len, &object, &fault), "%s: %s", fault.what, json.bytes);
    HOLDS(fields_read(r, object, "", FIELDS(fields), &b), "%s is refused: %s", json.bytes, r->problem.faults[0].detail);
    return b;
}

static const char *percent_encode(struct arena *arena, const char *text)
{
    char *out = arena_alloc(arena, 3 * strlen(text) + 1), *to = out;
    for (; *text != '\0'; text++)
        to += sprintf(to, "%%%02X", (unsigned char)*text);
    return out;
}

/* As a query string: nothing but what is clean may stand there. */
static struct all same_from_query(struct request *r, const struct all *a)
{
    struct all b = {0};
    const char *const *texts = (const char *const *)a;
    const char *query = "";
    for (int i = 0; i < 7; i++)
        if (texts[i] != NULL)
            query = arena_printf(r->arena, "%s%s%s=%s", query, query[0] != '\0' ? "&" : "", fields[i].name,
                                 percent_encode(r->arena, texts[i]));
    if (a->number.is_set)
        query = arena_printf(r->arena, "%s&number=%" PRId64, query, a->number.value);
    if (a->flag.is_set)
        query = arena_printf(r->arena, "%s&flag=%s", query, a->flag.value ? "true" : "false");
    r->query = query[0] == '&' ? query + 1 : query;
    HOLDS(fields_read_query(r, fields, IN_QUERY, &b) == ERR_OK, "%s", r->query);
    return b;
}

static void check_same(const struct all *a, const struct all *b)
{
    const char *const *one = (const char *const *)a, *const *other = (const char *const *)b;
    for (int i = 0; i < 7; i++)
        HOLDS(one[i] == NULL || other[i] == NULL ? one[i] == other[i] : strcmp(one[i], other[i]) == 0,
              "%s: '%s' became '%s'", fields[i].name, one[i], other[i]);
    HOLDS(a->number.is_set == b->number.is_set && a->number.value == b->number.value, "the number");
    HOLDS(a->flag.is_set == b->flag.is_set && a->flag.value == b->flag.value, "the flag");
}

static void check_object(struct request *r, struct json_object *object)
{
    struct all a = {0}, b, patch = {0};
    struct request again = {.arena = r->arena, .who = r->who};
    bool good = fields_read(r, object, "", FIELDS(fields), &a);
    HOLDS(good == (r->problem.n_faults == 0) && good == (problem_verdict(r) == ERR_OK), "%zu faults",
          r->problem.n_faults);
    check_promises(&a);
    check_faults(r, object);
    fields_read_patch(&again, object, FIELDS(fields), &patch);
    check_promises(&patch);
    again.problem = (struct problem){0};
    if (!good)
        return;
    b = same_again(&again, &a);
    check_same(&a, &b);
    bool clean = is_line(a.text) && is_line(a.raw);
    if (clean) {
        b = same_from_query(&again, &a);
        check_same(&a, &b);
    }
}

static void check_query(struct request *r, const char *query)
{
    struct all a = {0};
    r->query = query;
    if (fields_read_query(r, fields, IN_QUERY, &a) == ERR_OK) {
        struct request again = {.arena = r->arena, .who = r->who};
        struct all b = same_from_query(&again, &a);
        check_same(&a, &b);
    }
    check_promises(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    struct json_object *object;
    struct json_fault fault;
    uint8_t how = take_byte(&in);
    struct request r = {.arena = arena, .who.role = how & 2 ? ROLE_OWNER : how & 4 ? ROLE_DINER : ROLE_NOBODY};
    const char *text = take_rest(&in);
    if (how & 1)
        check_query(&r, text);
    else if (json_strict_parse(arena, text, strlen(text), &object, &fault))
        check_object(&r, object);
    arena_destroy(&arena);
    return 0;
}

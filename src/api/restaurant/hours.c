#include "api/restaurant/hours.h"

#include "base/arena.h"
#include "http/fields.h"
#include "http/problem.h"
#include "http/request.h"

#include <ctype.h>
#include <json-c/json.h>
#include <string.h>

enum { DAYS_OF_WEEK = 7 };

struct opening {
    struct json_object *days;
    const char *from, *to;
};

static const struct field opening_fields[] = {
    {AT(opening, days), .required = true, .type = FIELD_ARRAY, .min = 1, .max = DAYS_OF_WEEK},
    {AT(opening, from), .required = true, .type = FIELD_LINE, .min = 5, .max = 5},
    {AT(opening, to), .required = true, .type = FIELD_LINE, .min = 5, .max = 5},
};

bool hours_is_time_of_day(const char *t)
{
    bool shape = isdigit((unsigned char)t[0]) && isdigit((unsigned char)t[1]) && t[2] == ':' &&
                 isdigit((unsigned char)t[3]) && isdigit((unsigned char)t[4]) && t[5] == '\0';
    return shape && (t[0] - '0') * 10 + t[1] - '0' < 24 && t[3] < '6';
}

/* 0 for mon to 6 for sun; -1 for what is no day. */
static int day_number(struct json_object *day)
{
    static const char *const names[DAYS_OF_WEEK] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    for (int i = 0; json_object_is_type(day, json_type_string) && i < DAYS_OF_WEEK; i++)
        if (strcmp(json_object_get_string(day), names[i]) == 0)
            return i;
    return -1;
}

static void check_days(struct request *r, const char *pointer, struct json_object *days)
{
    bool seen[DAYS_OF_WEEK] = {false};
    size_t n = days != NULL ? json_object_array_length(days) : 0;
    for (size_t i = 0; i < n; i++) {
        int day = day_number(json_object_array_get_idx(days, i));
        const char *at = arena_printf(r->arena, "%s/days/%zu", pointer, i);
        if (day < 0)
            problem_fault(r, at, "invalid_choice", "must be one of mon, tue, wed, thu, fri, sat, sun");
        else if (seen[day])
            problem_fault(r, at, "repeated", "must name each day once");
        else
            seen[day] = true;
    }
}

static void check_time(struct request *r, const char *pointer, const char *name, const char *time, bool may_be_24)
{
    if (time == NULL || hours_is_time_of_day(time) || (may_be_24 && strcmp(time, "24:00") == 0))
        return;
    problem_fault(r, arena_printf(r->arena, "%s/%s", pointer, name), "invalid_format",
                  "must be a time of day, such as 11:30");
}

void hours_check(struct request *r, struct json_object *list)
{
    size_t n = list != NULL ? json_object_array_length(list) : 0;
    for (size_t i = 0; i < n; i++) {
        struct opening in = {0};
        const char *pointer = arena_printf(r->arena, "/opening_hours/%zu", i);
        fields_read(r, json_object_array_get_idx(list, i), pointer, FIELDS(opening_fields), &in);
        check_days(r, pointer, in.days);
        check_time(r, pointer, "from", in.from, false);
        check_time(r, pointer, "to", in.to, true);
        if (in.from != NULL && in.to != NULL && strcmp(in.from, in.to) == 0)
            problem_fault(r, arena_printf(r->arena, "%s/to", pointer), "out_of_range",
                          "must differ from the beginning");
    }
}

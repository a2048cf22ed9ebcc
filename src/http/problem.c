#include "http/problem.h"

#include "base/arena.h"
#include "base/text.h"
#include "http/request.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *format_text(struct request *r, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    size_t size = (size_t)(len < 0 ? 0 : len) + 1;
    char *text = arena_alloc(r->arena, size);
    vsnprintf(text, size, format, again);
    va_end(again);
    return text;
}

void problem_detail(struct request *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    r->problem.detail = format_text(r, format, args);
    va_end(args);
}

static void add(struct request *r, const char *field, const char *code, const char *detail)
{
    struct problem *p = &r->problem;
    if (p->faults == NULL)
        p->faults = arena_array(r->arena, PROBLEM_FAULTS_MAX, sizeof *p->faults);
    if (p->n_faults < PROBLEM_FAULTS_MAX)
        p->faults[p->n_faults] = (struct fault){field, code, detail};
    p->n_faults++;
}

void problem_fault(struct request *r, const char *field, const char *code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(r, field, code, format_text(r, format, args));
    va_end(args);
}

void problem_fault_of(struct request *r, enum err kind, const char *field, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    bool first = r->problem.n_faults == 0;
    add(r, field, err_code(kind), format_text(r, format, args));
    va_end(args);
    if (first)
        r->problem.kind = kind;
}

enum err problem_verdict(const struct request *r)
{
    if (r->problem.n_faults == 0)
        return ERR_OK;
    if (r->problem.forbidden)
        return ERR_FORBIDDEN_FIELD;
    return r->problem.kind != ERR_OK ? r->problem.kind : ERR_VALIDATION_FAILED;
}

static void add_faults(struct text *json, const struct problem *p)
{
    text_json_key(json, "errors");
    text_puts(json, "[");
    for (size_t i = 0; i < p->n_faults && i < PROBLEM_FAULTS_MAX; i++) {
        text_json_comma(json);
        text_puts(json, "{");
        text_json_member(json, "field", p->faults[i].field);
        text_json_member(json, "code", p->faults[i].code);
        text_json_member(json, "detail", p->faults[i].detail);
        text_puts(json, "}");
    }
    text_puts(json, "]");
}

void problem_answer(struct request *r, enum err err)
{
    const struct problem *p = &r->problem;
    struct text json;
    int status = err_status(err);
    text_init(&json, r->arena);
    text_puts(&json, "{");
    text_json_member(&json, "type", "about:blank");
    text_json_member(&json, "title", err_title(err));
    text_json_member_int(&json, "status", status);
    text_json_member(&json, "detail", p->detail != NULL ? p->detail : err_title(err));
    text_json_member(&json, "code", err_code(err));
    text_json_member(&json, "request_id", r->id);
    add_faults(&json, p);
    if (p->extension != NULL) {
        text_puts(&json, ",");
        text_puts(&json, p->extension);
    }
    text_puts(&json, "}");

    struct response *res = &r->response;
    int retry_after = res->retry_after;
    *res = (struct response){.allow = res->allow, .token_was_bad = res->token_was_bad};
    response_json(res, status, json.bytes);
    res->content_type = "application/problem+json";
    res->www_authenticate = status == 401;
    if (status == 503 || status == 429)
        res->retry_after = retry_after > 0 ? retry_after : 1;
    if (err == ERR_IDEMPOTENCY_IN_PROGRESS)
        res->retry_after = 1;
}

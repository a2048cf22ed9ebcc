/* A provider's events about online payments. They may come twice, late, in any
 * order, and with an amount that nobody asked for: each event counts once, and
 * money that was received is recorded whatever it was for. */
#include "api/payments/webhook.h"

#include "api/routes.h"
#include "api/transaction.h"
#include "auth/seal.h"
#include "auth/signature.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "domain/money.h"
#include "http/request.h"

#include <string.h>

static const char *const statuses[] = {"captured", "failed", "refunded", "refund_failed", NULL};

static const struct field fields[] = {
    {AT(webhook_event, event_id), .type = FIELD_LINE, .required = true, .min = 1, .max = 255},
    {AT(webhook_event, intent_id), .type = FIELD_UUID, .required = true},
    {AT(webhook_event, refund_id), .type = FIELD_UUID},
    {AT(webhook_event, status), .type = FIELD_CHOICE, .required = true, .choices = statuses},
    {AT(webhook_event, amount), .type = FIELD_INT, .required = true, .min = 0, .max = MONEY_MAX},
    {AT(webhook_event, currency), .type = FIELD_LINE, .required = true, .min = 3, .max = 3},
    {AT(webhook_event, provider_ref), .type = FIELD_LINE, .max = 255},
};

static enum err verify(struct request *r)
{
    db_slot slot = DB_QUEUE(r->db, STMT_PROVIDER_SECRET, r->restaurant_id, r->args[1]);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0)
        return ERR_NOT_FOUND;
    const char *secret =
        seal_open(r->arena, r->keys->provider, db_text(r->db, slot, 0, COL_PROVIDER_SECRET_SECRET_SEALED));
    if (secret == NULL) {
        LOG_ERROR("a payment provider's secret was sealed under another JWT_SECRET: set it again",
                  LOG_TEXT("provider", r->args[1]), LOG_TEXT("restaurant", r->restaurant_id));
        return ERR_INTERNAL;
    }
    return signature_verify(secret, r->signature, r->body, r->body_len, clock_real_us() / 1000000)
               ? ERR_OK
               : ERR_INVALID_SIGNATURE;
}

static bool is_of_refund(const struct webhook_event *event)
{
    return strncmp(event->status, "refund", 6) == 0;
}

static enum err read_event(struct request *r, struct webhook_event *event)
{
    fields_read(r, r->json, "", FIELDS(fields), event);
    if (event->currency != NULL && strspn(event->currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        problem_fault(r, "/currency", "invalid_format", "must be an ISO 4217 code");
    bool has_money =
        event->status != NULL && (strcmp(event->status, "captured") == 0 || strcmp(event->status, "refunded") == 0);
    if (has_money && event->amount.is_set && event->amount.value == 0)
        problem_fault(r, "/amount", "out_of_range", "must be above zero where money was captured or given back");
    if (event->status != NULL && is_of_refund(event) != (event->refund_id != NULL))
        problem_fault(r, "/refund_id", event->refund_id != NULL ? "mismatch" : "required",
                      "goes with refunded and refund_failed");
    return problem_verdict(r);
}

void webhook_answer(struct request *r, const struct webhook_event *event, const char *status, const char *payment_id,
                    const char *flag)
{
    struct text json;
    text_init(&json, r->arena);
    text_puts(&json, "{");
    text_json_member(&json, "event_id", event->event_id);
    text_json_member(&json, "status", status);
    text_json_member(&json, "payment_id", payment_id);
    text_json_member(&json, "flag", flag);
    text_puts(&json, "}");
    response_json(&r->response, 200, json.bytes);
}

void webhook_remember(struct request *r, const struct webhook_event *event, const char *payment_id)
{
    DB_QUEUE(r->db, STMT_PAYMENT_EVENT_INSERT, r->restaurant_id, r->args[1], event->event_id, event->intent_id,
             event->status, request_int_text(r, event->amount.value), event->currency, event->provider_ref, payment_id,
             event->refund_id);
}

enum err payment_webhook(struct request *r)
{
    struct webhook_event event = {0};
    TRY(verify(r));
    TRY(read_event(r, &event));
    return is_of_refund(&event) ? webhook_refund(r, &event) : webhook_intent(r, &event);
}

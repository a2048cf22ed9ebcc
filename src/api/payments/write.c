#include "api/payments/write.h"

#include "api/activity.h"
#include "base/text.h"
#include "http/request.h"

static const char *details(struct request *r, const struct payment_draft *draft)
{
    struct text json;
    text_init(&json, r->arena);
    text_puts(&json, "{");
    text_json_key(&json, "payment_id");
    text_json_string(&json, draft->id);
    text_json_key(&json, "amount");
    text_json_int(&json, draft->amount);
    text_json_key(&json, "tip_amount");
    text_json_int(&json, draft->tip_amount);
    text_json_key(&json, "method");
    text_json_string(&json, draft->method);
    if (draft->flag != NULL) {
        text_json_key(&json, "flag");
        text_json_string(&json, draft->flag);
    }
    text_puts(&json, "}");
    return json.bytes;
}

void payment_write(struct request *r, const struct payment_draft *draft, struct accounts *accounts,
                   const int64_t *amounts, const char *action)
{
    DB_QUEUE(r->db, STMT_PAYMENT_INSERT, r->restaurant_id, draft->id, draft->order_id, draft->session_id,
             draft->intent_id, amount_text(r, draft->amount), amount_text(r, draft->tip_amount), draft->currency,
             draft->method, draft->provider, draft->provider_ref, draft->card_brand, draft->card_last4, draft->flag,
             draft->staff_id, draft->diner_id);
    accounts_pay(r, accounts, draft->id, amounts);
    if (draft->session_id != NULL)
        activity_queue(r, draft->session_id, action, details(r, draft));
}

#include "api/payments/write.h"

#include "api/activity.h"
#include "base/text.h"
#include "http/request.h"

static const char *details(struct request *r, const struct payment_draft *draft)
{
    struct text json;
    text_init(&json, r->arena);
    text_puts(&json, "{");
    text_json_member(&json, "payment_id", draft->id);
    text_json_member_int(&json, "amount", draft->amount);
    text_json_member_int(&json, "tip_amount", draft->tip_amount);
    text_json_member(&json, "method", draft->method);
    if (draft->flag != NULL) {
        text_json_member(&json, "flag", draft->flag);
    }
    text_puts(&json, "}");
    return json.bytes;
}

void payment_write(struct request *r, const struct payment_draft *draft, struct accounts *accounts,
                   const int64_t *amounts, const char *action)
{
    DB_QUEUE(r->db, STMT_PAYMENT_INSERT, r->restaurant_id, draft->id, draft->order_id, draft->session_id,
             draft->intent_id, request_int_text(r, draft->amount), request_int_text(r, draft->tip_amount),
             draft->currency, draft->method, draft->provider, draft->provider_ref, draft->card_brand, draft->card_last4,
             draft->flag, draft->staff_id, draft->diner_id);
    accounts_pay(r, accounts, draft->id, amounts);
    if (draft->session_id != NULL)
        activity_queue(r, draft->session_id, action, details(r, draft));
}

#include "api/payments/write.h"

#include "api/activity.h"
#include "api/session_push.h"
#include "base/text.h"
#include "db/array.h"
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

void payment_queue_amounts(struct request *r, enum statement statement, const char *owner_id, const struct rooms *rooms)
{
    struct text ids, values;
    bool any = false;
    array_init(&ids, r->arena);
    array_init(&values, r->arena);
    for (size_t i = 0; i < rooms->n; i++) {
        if (rooms->amounts[i] == 0)
            continue;
        array_add(&ids, rooms->orders[i]->id);
        array_add_int(&values, rooms->amounts[i]);
        any = true;
    }
    if (any)
        DB_QUEUE(r->db, statement, r->restaurant_id, owner_id, array_end(&ids), array_end(&values));
}

/* A receipt of what the payment was for, if nothing is due of it any more. */
static void queue_receipt(struct request *r, const struct payment_draft *draft, const struct ledger *ledger,
                          const struct rooms *rooms)
{
    struct text head;
    text_init(&head, r->arena);
    text_puts(&head, "{");
    text_json_member(&head, "payment_id", draft->id);
    if (draft->staff_id != NULL)
        text_json_member(&head, "staff_id", draft->staff_id);
    text_puts(&head, "}");
    DB_QUEUE(r->db, STMT_RECEIPT_SETTLE, r->restaurant_id, request_new_id(r), ledger->session_id, draft->order_id,
             rooms->share_id, head.bytes);
}

enum err payment_write(struct request *r, const struct payment_draft *draft, struct ledger *ledger,
                       const struct rooms *rooms, const char *action)
{
    DB_QUEUE(r->db, STMT_PAYMENT_INSERT, r->restaurant_id, draft->id, draft->order_id, draft->session_id,
             draft->intent_id, request_int_text(r, draft->amount), request_int_text(r, draft->tip_amount),
             draft->currency, draft->method, draft->provider, draft->provider_ref, draft->card_brand, draft->card_last4,
             draft->flag, draft->staff_id, draft->diner_id, request_int_text(r, draft->rounding_amount),
             draft->for_diner_id, rooms->share_id, draft->drawer_id);
    payment_queue_amounts(r, STMT_PAYMENT_ALLOCATIONS_INSERT, draft->id, rooms);
    ledger->concern.share_id = rooms->share_id;
    for (size_t i = 0; i < rooms->n; i++) {
        rooms->orders[i]->account.kept += rooms->amounts[i];
        ledger->concern.paid += rooms->amounts[i];
    }
    if (draft->session_id != NULL)
        activity_queue(r, draft->session_id, action, details(r, draft));
    if (ledger->session_id != NULL)
        session_push(r, ledger->session_id, ledger->session_seconds_left, ledger->session_seconds);
    TRY(ledger_write(r, ledger));
    if (draft->at_settlement && (draft->amount != 0 || draft->rounding_amount != 0)) /* not a tip alone */
        queue_receipt(r, draft, ledger, rooms);
    return ERR_OK;
}

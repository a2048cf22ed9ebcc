#include "api/orders/answer.h"

#include "api/orders/draft.h"
#include "api/orders/write.h"
#include "api/transaction.h"
#include "base/arena.h"
#include "base/text.h"
#include "http/request.h"

static void add_header(const struct request *r, const struct order_draft *draft, const struct order_place *place,
                       struct text *json)
{
    const struct order_input *in = draft->in;
    bool diner = r->who.role == ROLE_DINER;
    text_puts(json, ",\"business_date\":");
    text_json_string(json, draft->business_date);
    text_json_member(json, "restaurant_id", r->restaurant_id);
    text_json_member(json, "table_id", place->table_id);
    text_json_member(json, "session_id", place->session_id);
    text_json_member(json, "diner_id", diner ? r->who.id : in->diner_id);
    text_json_member(json, "staff_id", diner ? NULL : r->who.id);
    text_json_member(json, "order_type", in->order_type);
    text_json_member(json, "status", "pending");
    text_json_member(json, "payment_status", order_draft_payment_status(draft));
    order_draft_figures_json(draft, json);
    text_json_key(json, "adjusted");
    text_puts(json, "{");
    figures_members_json(&draft->figures, &draft->extras, &draft->terms.parts, &draft->part_names, json);
    text_puts(json, "}");
    text_json_member_int(json, "paid", 0);
    text_json_member_int(json, "refunded", 0);
    text_json_member_int(json, "due", draft->figures.total_amount);
    text_json_member_int(json, "credit", 0);
    text_json_member(json, "payment_method", in->payment_method);
    text_json_member(json, "customer_name", in->customer_name);
    text_json_member(json, "customer_phone", in->customer_phone);
    text_json_member(json, "notes", in->notes);
    text_json_member(json, "special_instructions", in->special_instructions);
    text_json_member_int(json, "version", 1);
    text_json_key(json, "created_at");
    text_puts(json, "\"");
}

static void add_line(const struct order_draft *draft, size_t i, const char *id, struct text *json)
{
    text_json_comma(json);
    text_puts(json, "{");
    text_json_member(json, "id", id);
    order_draft_line_json(draft, i, json);
    text_json_member(json, "station", draft->lines[i].station);
    text_json_member(json, "status", "pending");
    text_json_member_int(json, "voided_quantity", 0);
    text_puts(json, "}");
}

void order_answer(struct request *r, const struct order_draft *draft, const struct order_place *place,
                  const char *order_id, const char *const *line_ids)
{
    struct text between, behind;
    text_init(&between, r->arena);
    text_init(&behind, r->arena);
    add_header(r, draft, place, &between);
    text_puts(&behind, ",\"deleted_at\":null,\"items\":[");
    for (size_t i = 0; i < draft->in->n_lines; i++)
        add_line(draft, i, line_ids[i], &behind);
    text_puts(&behind, "],\"adjustments\":[]}");
    r->response.location = arena_printf(r->arena, "/api/orders/%s", order_id);
    response_version(&r->response, r->arena, "1");
    transaction_answer_pieces(r, 201,
                              (struct answer_pieces){
                                  .id = order_id,
                                  .texts = {arena_printf(r->arena, "{\"id\":\"%s\",\"order_number\":", order_id),
                                            between.bytes, behind.bytes},
                                  .show = STMT_ORDER_ANSWER,
                                  .store = STMT_ORDER_ANSWER_STORE,
                              });
}

/* What staff write down for those who come after them. */
#include "api/card_guard.h"
#include "api/paging.h"
#include "api/period.h"
#include "api/routes.h"
#include "api/transaction.h"
#include "http/request.h"

struct note_input {
    const char *text;
};

static const struct field fields[] = {
    {AT(note_input, text), .type = FIELD_TEXT, .required = true, .min = 1, .max = 2000},
};

enum err shift_note_create(struct request *r)
{
    struct note_input in = {0};
    const char *id = request_new_id(r);
    fields_read(r, r->json, "", FIELDS(fields), &in);
    card_guard_check(r, in.text, "/text");
    TRY(problem_verdict(r));
    DB_QUEUE(r->db, STMT_SHIFT_NOTE_INSERT, r->restaurant_id, id, r->who.id, in.text);
    transaction_answer(r, 201, DB_QUEUE(r->db, STMT_SHIFT_NOTE_GET, r->restaurant_id, id));
    return ERR_OK;
}

struct notes_filter {
    struct paging paging;
    const char *from, *to; /* business days */
};

static const struct field list_fields[] = {
    {PAGING_LIMIT},
    {PAGING_CURSOR},
    {AT(notes_filter, from), .type = FIELD_DATE},
    {AT(notes_filter, to), .type = FIELD_DATE},
};
const struct query_spec shift_notes_query = {FIELDS(list_fields), sizeof(struct notes_filter)};

enum err shift_notes_list(struct request *r, const void *query)
{
    const struct notes_filter *filter = query;
    const char *before;
    TRY(paging_id(r, &filter->paging, &before));
    TRY(period_check_list(r, filter->from, filter->to));
    transaction_answer(r, 200,
                       DB_QUEUE(r->db, STMT_SHIFT_NOTES_LIST, r->restaurant_id, paging_limit(r, &filter->paging),
                                before, filter->from, filter->to));
    return ERR_OK;
}

#include "api/receipts/paper.h"

#include "base/arena.h"
#include "http/request.h"
#include "receipt/receipt.h"

#include <json-c/json.h>
#include <string.h>

enum paper_form paper_wanted(const struct request *r)
{
    int json = accept_rank(r->accept, "application/json"), html = accept_rank(r->accept, "text/html"),
        pdf = accept_rank(r->accept, "application/pdf");
    if (html > json && html >= pdf)
        return PAPER_HTML;
    return pdf > json ? PAPER_PDF : PAPER_NONE;
}

/* receipt-2026-000123.pdf */
static const char *file_name(struct request *r, struct json_object *document)
{
    const char *reference = json_object_get_string(json_object_object_get(document, "reference"));
    return arena_printf(r->arena, "receipt-%s.pdf", reference != NULL ? reference : "draft");
}

enum err paper_answer(struct request *r, enum paper_form form, const char *size, struct json_object *document,
                      bool is_copy)
{
    const struct receipt_form paper = {
        .paper = size != NULL && strcmp(size, "a4") == 0 ? RECEIPT_A4 : RECEIPT_80MM,
        .copy = is_copy,
    };
    if (form == PAPER_PDF) {
        TRY(receipt_pdf(r->arena, document, &paper, &r->response.body, &r->response.body_len));
    } else {
        r->response.body = receipt_html(r->arena, document, &paper);
        r->response.body_len = strlen(r->response.body);
    }
    r->response.status = 200;
    r->response.content_type = form == PAPER_PDF ? "application/pdf" : "text/html; charset=utf-8";
    if (form == PAPER_PDF) /* a page is to be looked at */
        r->response.file_name = file_name(r, document);
    return ERR_OK;
}

/* The tables' codes as pictures to print. */
#include "api/routes.h"
#include "api/transaction.h"
#include "auth/digest.h"
#include "base/arena.h"
#include "conf/conf.h"
#include "http/request.h"
#include "qr/qr.h"

#include <string.h>

static enum err find_card(struct request *r, struct qr_card *card)
{
    db_slot slot = DB_QUEUE(r->db, STMT_TABLE_QR, r->restaurant_id, r->args[0]);
    TRY(transaction_run(r));
    if (db_rows(r->db, slot) == 0)
        return ERR_NOT_FOUND;
    if (r->conf->public_url[0] == '\0') {
        problem_detail(r, "Set PUBLIC_URL, the address that the codes lead to, in the settings and reload orderzapd");
        return ERR_PUBLIC_URL_MISSING;
    }
    card->content = qr_url(r->arena, r->conf->public_url, db_text(r->db, slot, 0, COL_TABLE_QR_SLUG),
                           db_text(r->db, slot, 0, COL_TABLE_QR_CODE));
    card->name = db_text(r->db, slot, 0, COL_TABLE_QR_NAME);
    card->place = db_text(r->db, slot, 0, COL_TABLE_QR_RESTAURANT_NAME);
    return ERR_OK;
}

/* Whether the client has this picture. The tag is weak, since the same card
 * looks different with other fonts. */
static bool is_known(struct request *r, const struct qr_card *card)
{
    char digest[DIGEST_SIZE];
    digest_text(
        arena_printf(r->arena, "%s\n%s\n%s\n%s", r->response.content_type, card->content, card->name, card->place),
        digest);
    const char *tag = arena_printf(r->arena, "\"%.32s\"", digest);
    r->response.etag = arena_printf(r->arena, "W/%s", tag);
    r->response.cache_control = "private, no-cache";
    return r->if_none_match[0] != '\0' && etag_matches(r->if_none_match, tag, true);
}

enum err table_qr_svg(struct request *r)
{
    struct qr_card card;
    TRY(find_card(r, &card));
    r->response.content_type = "image/svg+xml";
    r->response.status = is_known(r, &card) ? 304 : 200;
    if (r->response.status == 304)
        return ERR_OK;
    TRY(qr_svg(r->arena, &card, &r->response.body));
    r->response.body_len = strlen(r->response.body);
    return ERR_OK;
}

enum err table_qr_png(struct request *r)
{
    struct qr_card card;
    TRY(find_card(r, &card));
    r->response.content_type = "image/png";
    r->response.status = is_known(r, &card) ? 304 : 200;
    if (r->response.status == 304)
        return ERR_OK;
    return qr_png(r->arena, &card, &r->response.body, &r->response.body_len);
}

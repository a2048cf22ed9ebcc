/* A receipt to read and to print: a page of HTML or a PDF, both made from the
 * document that the database keeps. Words are English.
 *
 * The document is one JSON object. Amounts are whole numbers of minor units; what
 * is absent, null or of another type than it should be is left out. Texts may hold
 * anything: control characters become spaces, and characters that embed or override
 * directions are dropped, so that no name can move what stands beside it.
 *
 *   kind "receipt" or "credit_note", reference, draft, fiscal, issued_local, issued_at,
 *   business_date, corrects {reference, issued_local}, reason,
 *   restaurant {name, legal_name, address, tax_number, receipt_footer},
 *   buyer {name, tax_id, address}, table_name, share {label, place, of}, staff_name,
 *   currency, currency_exponent, prices_include_tax,
 *   orders [{order_number, order_type, placed_local,
 *     items [{name, quantity, price, subtotal, tax_rate_ppm, item_code,
 *       customizations [{option_name, value_name, price_modifier, quantity}]}],
 *     adjustments [{kind, name, quantity, reason, amount}]}],
 *   subtotal, discount_amount, service_charge_amount, tax_amount, tip_amount, deposit_used,
 *   total_amount, taxes [{rate_ppm, taxable, amount, parts [{name, rate_ppm, amount}]}],
 *   payments [{method, amount, tip_amount, rounding_amount, card_brand, card_last4, paid_local}],
 *   refunds [{method, amount, tip_amount, rounding_amount, reason}],
 *   paid, refunded, rounding_amount, due
 *
 * It is marked "Not a fiscal document" unless `fiscal` is true, and as a draft if `draft` is
 * true or it has no reference. */
#ifndef OZ_RECEIPT_RECEIPT_H
#define OZ_RECEIPT_RECEIPT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct json_object;

enum receipt_paper { RECEIPT_80MM, RECEIPT_A4 };

struct receipt_form {
    enum receipt_paper paper;
    bool copy; /* marked so */
};

/* A whole page of HTML, with its style in it, which needs nothing from elsewhere and
 * runs nothing. */
const char *receipt_html(struct arena *arena, struct json_object *document, const struct receipt_form *form);

/* A PDF: a roll 80 mm wide, as long as it needs, or pages of A4. The same document gives the
 * same bytes, as long as the fonts are the same. ERR_INTERNAL if it cannot be drawn, as
 * where no font is installed. */
enum err receipt_pdf(struct arena *arena, struct json_object *document, const struct receipt_form *form,
                     const char **bytes, size_t *len);

#endif

/* What it comes to, the taxes, and how it was paid. */
#include "base/arena.h"
#include "receipt/figure.h"
#include "receipt/make.h"
#include "receipt/read.h"

static void add(struct maker *m, struct section *section, enum row_style style, const char *text, const char *value)
{
    section_add(m, section, &(struct row){.style = style, .text = text, .value = value});
}

/* The amount with its sign turned. That of INT64_MIN has no positive. */
static int64_t less(int64_t amount)
{
    return amount == INT64_MIN ? INT64_MAX : -amount;
}

/* A row unless it is zero or not there. */
static void add_some(struct maker *m, struct section *section, enum row_style style, const char *text, int64_t amount)
{
    if (amount != 0)
        add(m, section, style, text, make_amount(m, amount));
}

/* "CGST 2.5 % on 324.20": on what is taxed, without the tax itself. */
static void add_tax(struct maker *m, struct section *section, const char *name, struct json_object *tax,
                    const char *base)
{
    int64_t rate, amount;
    if (!read_int(tax, "amount", &amount))
        return;
    if (read_int(tax, "rate_ppm", &rate))
        name = arena_printf(m->arena, "%s %s", name, figure_rate(m->arena, rate));
    add(m, section, ROW_PLAIN, make_joined(m, name, " on ", base), make_amount(m, amount));
}

static void add_rate(struct maker *m, struct section *section, struct json_object *tax, bool included)
{
    int64_t taxable, base;
    bool known = read_int(tax, "taxable", &taxable) &&
                 !__builtin_sub_overflow(taxable, included ? read_amount(tax, "amount") : 0, &base);
    const char *on = known ? make_amount(m, base) : NULL;
    size_t n = read_count(tax, "parts");
    for (size_t i = 0; i < n; i++) {
        struct json_object *part = read_entry(tax, "parts", i);
        const char *name = make_isolated(m, read_text(m->arena, part, "name"));
        add_tax(m, section, name != NULL ? name : "Tax", part, on);
    }
    if (n == 0)
        add_tax(m, section, "Tax", tax, on);
}

static void add_taxes(struct maker *m, struct section *section, bool included)
{
    size_t n = read_count(m->document, "taxes");
    for (size_t i = 0; i < n; i++)
        add_rate(m, section, read_entry(m->document, "taxes", i), included);
    if (n == 0)
        add_some(m, section, ROW_PLAIN, "Tax", read_amount(m->document, "tax_amount"));
    else if (included && n > 1)
        add_some(m, section, ROW_PLAIN, "Taxes together", read_amount(m->document, "tax_amount"));
}

void make_totals(struct maker *m)
{
    bool included = read_is(m->document, "prices_include_tax", true);
    struct section totals =
        section_of(SECTION_AMOUNTS, read_object(m->document, "share") != NULL ? "Amounts of this share" : NULL);
    struct section taxes = section_of(SECTION_AMOUNTS, "Tax in the total");
    int64_t amount;
    if (read_int(m->document, "subtotal", &amount))
        add(m, &totals, ROW_PLAIN, "Subtotal", make_amount(m, amount));
    add_some(m, &totals, ROW_PLAIN, "Discount", less(read_amount(m->document, "discount_amount")));
    add_some(m, &totals, ROW_PLAIN, "Service charge", read_amount(m->document, "service_charge_amount"));
    add_taxes(m, included ? &taxes : &totals, included);
    add_some(m, &totals, ROW_PLAIN, "Tip", read_amount(m->document, "tip_amount"));
    add_some(m, &totals, ROW_PLAIN, "Deposit used", less(read_amount(m->document, "deposit_used")));
    if (read_int(m->document, "total_amount", &amount))
        add(m, &totals, ROW_STRONG, "Total", make_money(m, amount));
    section_end(m, &totals);
    section_end(m, &taxes);
}

static const struct word methods[] = {
    {"cash", "Cash"}, {"card", "Card"}, {"upi", "UPI"}, {"online", "Online"}, {"other", "Other means"}};

/* "Card visa •••• 4242" */
static const char *method_of(struct maker *m, struct json_object *payment)
{
    const char *method = make_word(m, payment, "method", methods, sizeof methods / sizeof methods[0]);
    const char *brand = make_isolated(m, read_text(m->arena, payment, "card_brand"));
    const char *last4 = read_text(m->arena, payment, "card_last4");
    const char *text = make_joined(m, method, " ", brand);
    text = make_joined(m, text, " \xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2 ", make_isolated(m, last4));
    return text != NULL ? text : "Other means";
}

static void add_payments(struct maker *m, const char *heading, const char *key, const char *detail)
{
    struct section section = section_of(SECTION_AMOUNTS, heading);
    for (size_t i = 0, n = read_count(m->document, key); i < n; i++) {
        struct json_object *payment = read_entry(m->document, key, i);
        const char *more = read_text(m->arena, payment, detail);
        int64_t amount;
        if (!read_int(payment, "amount", &amount))
            continue;
        add(m, &section, ROW_PLAIN, method_of(m, payment), make_amount(m, amount));
        if (more != NULL)
            section_add(m, &section, &(struct row){.style = ROW_DETAIL, .foreign = true, .text = more});
        add_some(m, &section, ROW_DETAIL, "Tip", read_amount(payment, "tip_amount"));
        add_some(m, &section, ROW_DETAIL, "Rounding", read_amount(payment, "rounding_amount"));
    }
    section_end(m, &section);
}

void make_payments(struct maker *m)
{
    struct section section = section_of(SECTION_AMOUNTS, NULL);
    int64_t amount;
    add_payments(m, "Payments", "payments", "paid_local");
    add_payments(m, "Refunds", "refunds", "reason");
    if (read_int(m->document, "paid", &amount))
        add(m, &section, ROW_PLAIN, "Paid", make_amount(m, amount));
    add_some(m, &section, ROW_PLAIN, "Refunded", read_amount(m->document, "refunded"));
    add_some(m, &section, ROW_PLAIN, "Rounding", read_amount(m->document, "rounding_amount"));
    if (read_int(m->document, "due", &amount))
        add(m, &section, amount != 0 ? ROW_STRONG : ROW_PLAIN, amount < 0 ? "Credit" : "Due",
            make_money(m, amount < 0 ? less(amount) : amount));
    section_end(m, &section);
}

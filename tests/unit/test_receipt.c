/* receipt: amounts and rates, texts of any kind, what stands on a receipt, and its
 * page of HTML. */
#include "receipts.h"

#include "receipt/figure.h"
#include "receipt/layout.h"
#include "receipt/read.h"

static void test_amounts(void **state)
{
    static const struct {
        int64_t amount;
        int exponent;
        const char *text;
    } cases[] = {
        {0, 2, "0.00"},
        {5, 2, "0.05"},
        {-5, 2, "\u22120.05"},
        {123456, 2, "1,234.56"},
        {99999, 2, "999.99"},
        {100000, 2, "1,000.00"},
        {0, 0, "0"},
        {999, 0, "999"},
        {-1234567, 0, "\u22121,234,567"},
        {1, 3, "0.001"},
        {-13695, 3, "\u221213.695"},
        {1, 4, "0.0001"},
        {INT64_C(9007199254740991), 2, "90,071,992,547,409.91"},
        {-INT64_C(9007199254740991), 0, "\u22129,007,199,254,740,991"},
        {INT64_MIN, 0, "\u22129,223,372,036,854,775,808"},
        {INT64_MAX, 4, "922,337,203,685,477.5807"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(figure_amount(*state, cases[i].amount, cases[i].exponent), cases[i].text);
}

static void test_rates(void **state)
{
    static const struct {
        int64_t ppm;
        const char *text;
    } cases[] = {
        {50000, "5 %"},
        {25000, "2.5 %"},
        {88750, "8.875 %"},
        {81000, "8.1 %"},
        {0, "0 %"},
        {1, "0.0001 %"},
        {1000000, "100 %"},
        {-50000, "\u22125 %"},
        {100100, "10.01 %"},
        {200000, "20 %"},
        {INT64_MIN, "\u2212922337203685477.5808 %"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(figure_rate(*state, cases[i].ppm), cases[i].text);
}

/* ---- Texts */

static const char *cleaned(struct arena *arena, const char *text, int len, bool lines)
{
    struct json_object *object = json_object_new_object();
    json_arena_own(arena, object);
    json_object_object_add(object, "x", json_object_new_string_len(text, len));
    return lines ? read_lines(arena, object, "x") : read_text(arena, object, "x");
}

static void test_texts(void **state)
{
    static const struct {
        const char *text;
        int len;
        const char *line, *lines; /* NULL: none */
    } cases[] = {
#define TEXT(literal) (literal), sizeof(literal) - 1
        {TEXT("Pizza"), "Pizza", "Pizza"},
        {TEXT(""), NULL, NULL},
        {TEXT(" \t \n"), NULL, NULL},
        {TEXT("  a \t b  "), "a b", "a b"},
        {TEXT("a \r\n\n b\n"), "a b", "a\nb"},
        {TEXT("a\u2028b\xc2\x85"
              "c"),
         "a b c", "a\nb\nc"},
        {TEXT("\u202ereversed\u202c \u2066isolated\u2069"), "reversed isolated", "reversed isolated"},
        {TEXT("\u202e\u2069"), NULL, NULL},
        {TEXT("a\0b\x1b[1m\x7f"), "a b [1m", "a b [1m"},
        {TEXT("bad \xff\xc3 \xed\xa0\x80"), "bad \ufffd\ufffd \ufffd\ufffd\ufffd",
         "bad \ufffd\ufffd \ufffd\ufffd\ufffd"},
        {TEXT("\xef\xbf\xbf"), "\ufffd", "\ufffd"},
        {TEXT("\u200fשלום 🍕"), "\u200fשלום 🍕", "\u200fשלום 🍕"},
#undef TEXT
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        for (int lines = 0; lines < 2; lines++) {
            const char *is = cleaned(*state, cases[i].text, cases[i].len, lines);
            const char *wanted = lines ? cases[i].lines : cases[i].line;
            CHECK((is == NULL) == (wanted == NULL), "case %zu: '%s'", i, is != NULL ? is : "none");
            if (wanted != NULL)
                assert_string_equal(is, wanted);
        }
    }
}

/* ---- What stands on it */

/* Without isolates. */
static const char *plain(struct arena *arena, const char *text)
{
    struct text out;
    text_init(&out, arena);
    for (const char *p = text; *p != '\0'; p++) {
        if (strncmp(p, ISOLATE, 3) == 0 || strncmp(p, ISOLATE_END, 3) == 0)
            p += 2;
        else
            text_add(&out, p, 1);
    }
    return out.bytes;
}

static bool has_row(struct arena *arena, const struct layout *layout, const char *text, const char *value)
{
    for (const struct section *section = layout->first; section != NULL; section = section->next)
        for (const struct row *row = section->first; row != NULL; row = row->next)
            if (strcmp(plain(arena, row->text), text) == 0 &&
                strcmp(plain(arena, row->value != NULL ? row->value : ""), value) == 0)
                return true;
    return false;
}

static const struct {
    const char *sample, *text, *value;
} wanted_rows[] = {
    {"inr_devanagari", "Receipt 2026-000121", ""},
    {"inr_devanagari", "Tax number 07AABCS1429B1Z1", ""},
    {"inr_devanagari", "Tax number", "27AAPFU0939F1ZV"},
    {"inr_devanagari", "मसाला डोसा", "400.00"},
    {"inr_devanagari", "अतिरिक्त: नारियल की चटनी (+20.00)", ""},
    {"inr_devanagari", "200.00 each, HSN/SAC 996331", ""},
    {"inr_devanagari", "CGST 2.5 % on 979.20", "24.48"},
    {"inr_devanagari", "SGST 2.5 % on 979.20", "24.48"},
    {"inr_devanagari", "Total", "INR 1,028.16"},
    {"inr_devanagari", "UPI", "1,028.00"},
    {"inr_devanagari", "2026-11-30 21:03", ""},
    {"inr_devanagari", "Rounding", "\u22120.16"},
    {"inr_devanagari", "Due", "INR 0.00"},
    {"eur_long_names", "Order 34, 2026-11-30 20:05, dine in", ""},
    {"eur_long_names", "2.50 each, tax 10 %", ""},
    {"eur_long_names", "Void: 1 × Coperto, Un bambino", "\u22122.50"},
    {"eur_long_names", "Discount: Lunga attesa, ci scusiamo", "\u22124.00"},
    {"eur_long_names", "Discount", "\u22124.00"},
    {"eur_long_names", "Tax 22 % on 9.22", "2.03"},
    {"eur_long_names", "Taxes together", "8.10"},
    {"eur_long_names", "Card visa •••• 4242", "48.00"},
    {"eur_long_names", "Tip", "5.00"},
    {"eur_long_names", "Prices include tax.", ""},
    {"chf_cash", "Tax 8.1 % on 22.73", "1.84"},
    {"chf_cash", "Cash", "24.55"},
    {"chf_cash", "Rounding", "\u22120.02"},
    {"chf_cash", "Total", "CHF 24.57"},
    {"jpy_japanese", "トッピング: 味玉 🥚 × 2 (+150)", ""},
    {"jpy_japanese", "540 each, tax 8 %", ""},
    {"jpy_japanese", "Order 102, 2026-11-30 20:58, takeaway", ""},
    {"jpy_japanese", "Tax 8 % on 1,000", "80"},
    {"jpy_japanese", "Total", "JPY 11,680"},
    {"usd_diner", "Tax 8.875 % on 18.50", "1.64"},
    {"usd_diner", "Share", "Anna (1 of 3)"},
    {"usd_diner", "Business day", "2026-11-29"},
    {"usd_diner", "Not a fiscal document", ""},
    {"usd_diner", "Tip", "3.00"},
    {"kwd_arabic", "Total", "KWD 13.695"},
    {"kwd_arabic", "On the house: 1 × Pepsi بيبسي 330 ml, ضيافة من الإدارة", "\u22120.350"},
    {"kwd_arabic", "Service charge", "1.245"},
    {"ils_hebrew", "שקשוקה עם גבינת פטה ולחם מחמצת (חריף!)", "58.00"},
    {"eur_credit_note", "Credit note 2026-000128", ""},
    {"eur_credit_note", "Corrects", "2026-000122 of 2026-11-30 21:04"},
    {"eur_credit_note", "Reason", "The wine was corked; guest & manager agreed"},
    {"eur_credit_note", "Wine", "\u221212.20"},
    {"eur_credit_note", "Tax 10 % on \u221211.09", "\u22121.11"},
    {"eur_credit_note", "Total", "EUR \u221212.20"},
    {"eur_credit_note", "Card", "12.20"},
    {"eur_credit_note", "Corked", ""},
    {"eur_draft", "Draft", ""},
    {"eur_draft", "Not a receipt", ""},
    {"eur_draft", "Deposit used", "\u221210.00"},
    {"eur_draft", "Due", "EUR 30.00"},
};

static void test_rows(void **state)
{
    for (size_t i = 0; i < LENGTH(wanted_rows); i++) {
        struct layout layout;
        layout_make(*state, receipt_sample(*state, wanted_rows[i].sample), false, &layout);
        CHECK(has_row(*state, &layout, wanted_rows[i].text, wanted_rows[i].value), "%s has no row '%s' with '%s'",
              wanted_rows[i].sample, wanted_rows[i].text, wanted_rows[i].value);
    }
}

/* Only what there is: nothing is "null", and no heading has nothing under it. */
static void test_without_members(void **state)
{
    static const char *const documents[] = {
        "{}",
        "null",
        "[]",
        "{'kind': null, 'reference': null, 'restaurant': null, 'buyer': null, 'orders': null, 'taxes': null, 'share': "
        "null}",
        "{'kind': 3, 'reference': [], 'restaurant': 'x', 'buyer': [1], 'orders': {'items': 1}, 'taxes': 'none', "
        "'fiscal': 1,"
        " 'subtotal': '12', 'total_amount': 1.5, 'currency': 7, 'currency_exponent': 'two', 'payments': [1, null, []]}",
        "{'restaurant': {}, 'buyer': {}, 'orders': [], 'taxes': [], 'payments': [], 'refunds': [], 'corrects': {}}",
        "{'orders': [null, 1, {}, {'items': [null, {}], 'adjustments': [{}]}], 'taxes': [{}, {'parts': [{}]}],"
        " 'payments': [{}], 'currency': 'eur', 'currency_exponent': 99}",
    };
    for (size_t i = 0; i < LENGTH(documents); i++) {
        struct layout layout;
        layout_make(*state, receipt_parse(*state, documents[i]), false, &layout);
        assert_string_equal(layout.title, "Draft");
        assert_string_equal(layout.first->first->text, "Draft");
        assert_string_equal(layout.first->first->next->text, "Not a receipt");
        CHECK(layout.first->next == layout.last, "case %zu has more than a title and a note", i);
        assert_string_equal(layout.last->first->text, "Not a fiscal document");
        assert_null(layout.last->first->next);
    }
    struct layout layout;
    layout_make(*state, NULL, false, &layout);
    assert_string_equal(layout.title, "Draft");
}

static void test_titles(void **state)
{
    static const struct {
        const char *document;
        bool copy;
        const char *title, *running;
    } cases[] = {
        {"{'reference': '7', 'draft': false}", false, "Receipt 7", "Receipt 7"},
        {"{'reference': '7'}", true, "Receipt 7, copy", "Receipt 7, copy"},
        {"{'reference': '7', 'draft': true}", false, "Draft 7", "Draft 7"},
        {"{'kind': 'credit_note', 'reference': '8', 'restaurant': {'name': 'Z'}}", true, "Credit note 8, copy",
         "Z – Credit note 8, copy"},
        {"{'kind': 'credit_note', 'restaurant': {'legal_name': 'Z Ltd'}}", false, "Draft of a credit note",
         "Z Ltd – Draft of a credit note"},
        {"{'kind': 'other', 'reference': '9'}", false, "Receipt 9", "Receipt 9"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct layout layout;
        layout_make(*state, receipt_parse(*state, cases[i].document), cases[i].copy, &layout);
        assert_string_equal(layout.title, cases[i].title);
        assert_string_equal(plain(*state, layout.running), cases[i].running);
        assert_int_equal(has_row(*state, &layout, "Copy", ""), cases[i].copy);
    }
}

/* Every amount at its largest and smallest: nothing overflows. */
static void test_huge_amounts(void **state)
{
    static const char *const amounts[] = {"9007199254740991", "-9007199254740991", "9223372036854775807",
                                          "-9223372036854775808", "18446744073709551615"};
    for (size_t i = 0; i < LENGTH(amounts); i++) {
        struct layout layout;
        const char *n = amounts[i];
        struct json_object *document = receipt_parse(
            *state,
            arena_printf(
                *state,
                "{'reference': '1', 'currency': 'EUR', 'currency_exponent': 2, 'prices_include_tax': true,"
                "'orders': [{'order_number': %s, 'items': [{'name': 'x', 'quantity': %s, 'price': %s,"
                "'subtotal': %s, 'tax_rate_ppm': %s, 'customizations': [{'value_name': 'y', 'price_modifier': %s,"
                "'quantity': %s}]}], 'adjustments': [{'kind': 'comp', 'amount': %s}]}], 'subtotal': %s,"
                "'discount_amount': %s, 'deposit_used': %s, 'total_amount': %s, 'due': %s,"
                "'taxes': [{'rate_ppm': %s, 'taxable': %s, 'amount': -9007199254740991}]}",
                n, n, n, n, n, n, n, n, n, n, n, n, n, n, n));
        layout_make(*state, document, false, &layout);
        assert_true(has_row(
            *state, &layout, "Total",
            arena_printf(
                *state, "EUR %s",
                figure_amount(*state, json_object_get_int64(json_object_object_get(document, "total_amount")), 2))));
        if (i == 0) {
            assert_true(has_row(*state, &layout, "Discount", "\u221290,071,992,547,409.91"));
            assert_true(has_row(*state, &layout, "Due", "EUR 90,071,992,547,409.91"));
        }
        if (i == 1) {
            assert_true(has_row(*state, &layout, "Discount", "90,071,992,547,409.91"));
            assert_true(has_row(*state, &layout, "Credit", "EUR 90,071,992,547,409.91"));
        }
    }
}

/* ---- HTML */

/* What is to be read in the body: without tags, and what entities stand for. */
static const char *visible(struct arena *arena, const char *html)
{
    static const struct {
        const char *entity, *text;
    } entities[] = {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}};
    struct text out;
    text_init(&out, arena);
    for (const char *p = strstr(html, "<body>"); *p != '\0';) {
        size_t i = 0;
        if (*p == '<') {
            p += strcspn(p, ">") + 1;
            continue;
        }
        while (i < LENGTH(entities) && strncmp(p, entities[i].entity, strlen(entities[i].entity)) != 0)
            i++;
        text_add(&out, i < LENGTH(entities) ? entities[i].text : p, 1);
        p += i < LENGTH(entities) ? strlen(entities[i].entity) : 1;
    }
    return out.bytes;
}

static const char *html_of(struct arena *arena, struct json_object *document, enum receipt_paper paper, bool copy)
{
    return receipt_html(arena, document, &(struct receipt_form){paper, copy});
}

/* All that the layout has is in the page, in its order. */
static void assert_holds_layout(struct arena *arena, const char *name, const char *html, const struct layout *layout)
{
    const char *rest = visible(arena, html);
    for (const struct section *section = layout->first; section != NULL; section = section->next) {
        for (const struct row *row = section->first; row != NULL; row = row->next) {
            const char *const texts[] = {row->count, row->text, row->value};
            for (size_t i = 0; i < LENGTH(texts); i++) {
                const char *text = texts[i] != NULL ? plain(arena, texts[i]) : "";
                const char *at = strstr(rest, text);
                CHECK(at != NULL, "%s: '%s' is missing or out of order", name, text);
                rest = at + strlen(text);
            }
        }
    }
}

static void test_html_of_samples(void **state)
{
    for (size_t i = 0; i < LENGTH(receipt_samples); i++) {
        struct json_object *document = receipt_sample(*state, receipt_samples[i]);
        for (int copy = 0; copy < 2; copy++) {
            struct layout layout;
            layout_make(*state, document, copy, &layout);
            const char *roll = html_of(*state, document, RECEIPT_80MM, copy);
            const char *a4 = html_of(*state, document, RECEIPT_A4, copy);
            assert_holds_layout(*state, receipt_samples[i], roll, &layout);
            assert_string_equal(strstr(roll, "<body>"), strstr(a4, "<body>"));
            assert_non_null(strstr(roll, "@page{size:80mm "));
            assert_non_null(strstr(a4, "@page{size:A4;"));
            assert_int_equal(copy, strstr(roll, "<p class=\"mark\">Copy</p>") != NULL);
            assert_int_equal(strncmp(roll, "<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">", 42), 0);
        }
    }
}

static void test_html_needs_nothing(void **state)
{
    static const char *const outside[] = {
        "<script", "<link", "<img", "<iframe", "http:", "https:", "url(", "@import", "src="};
    for (size_t i = 0; i < LENGTH(receipt_samples); i++) {
        const char *html = html_of(*state, receipt_sample(*state, receipt_samples[i]), RECEIPT_A4, true);
        for (size_t k = 0; k < LENGTH(outside); k++)
            CHECK(strstr(html, outside[k]) == NULL, "%s has %s", receipt_samples[i], outside[k]);
    }
}

static void test_html_escapes(void **state)
{
    static const char evil[] = "</bdi></table><script>alert(\"x\")</script> & 'y' &lt; <!--";
    struct json_object *document = receipt_named(*state, evil);
    json_object_object_add(document, "reference", json_object_new_string("</title><script>"));
    json_object_object_add(document, "table_name", json_object_new_string(evil));
    json_object_object_add(document, "currency", json_object_new_string("<b>"));
    const char *html = html_of(*state, document, RECEIPT_80MM, false);
    assert_null(strstr(html, "<script"));
    assert_null(strstr(html, "<!--"));
    assert_null(strstr(html, "<b>"));
    assert_non_null(strstr(html, "<title>Receipt &lt;/title&gt;&lt;script&gt;</title>"));
    assert_non_null(strstr(html,
                           "<bdi class=\"own\" lang=\"\">&lt;/bdi&gt;&lt;/table&gt;&lt;script&gt;alert(&quot;x&quot;)"
                           "&lt;/script&gt; &amp; &#39;y&#39; &amp;lt; &lt;!--</bdi>"));
    struct layout layout;
    layout_make(*state, document, false, &layout);
    assert_holds_layout(*state, "evil", html, &layout);
}

/* A name cannot reverse, or leave, its element. */
static void test_html_directions(void **state)
{
    const char *html =
        html_of(*state, receipt_named(*state, "\u202e\u2069\u2069txt\u2066\u2068 \u202bשלום"), RECEIPT_80MM, false);
    static const char *const controls[] = {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e",
                                           "\u2066", "\u2067", "\u2068", "\u2069"};
    for (size_t i = 0; i < LENGTH(controls); i++)
        CHECK(strstr(html, controls[i]) == NULL, "control %zu is in the page", i);
    assert_non_null(strstr(html, "<bdi class=\"own\" lang=\"\">txt שלום</bdi></td><td class=\"value\">12.34</td>"));
    assert_non_null(strstr(html, "Void: 1 × <bdi lang=\"\">txt שלום</bdi></th><td class=\"value\">\u22126.17</td>"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_amounts),      ARENA_TEST(test_rates),           ARENA_TEST(test_texts),
        ARENA_TEST(test_rows),         ARENA_TEST(test_without_members), ARENA_TEST(test_titles),
        ARENA_TEST(test_huge_amounts), ARENA_TEST(test_html_of_samples), ARENA_TEST(test_html_needs_nothing),
        ARENA_TEST(test_html_escapes), ARENA_TEST(test_html_directions),
    };
    return cmocka_run_group_tests_name("receipt", tests, NULL, NULL);
}

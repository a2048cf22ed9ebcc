/* receipt/pdf: the PDFs of all samples and of hostile documents, read back with
 * poppler's pdftotext: what is on them, and where each word stands. */
#include "receipts.h"

#include "receipt/layout.h"

#include <math.h>
#include <signal.h>
#include <unistd.h>

#define MM (72 / 25.4)

struct word {
    int page;
    double left, top, right, bottom;
    const char *text;
    bool taken;
};

struct pages {
    struct word *words;
    size_t n_words;
    int n;
    double width, heights[64];
};

struct pdf {
    const char *bytes;
    size_t len;
};

static struct pdf pdf_of(struct arena *arena, struct json_object *document, enum receipt_paper paper, bool copy)
{
    struct pdf pdf;
    const struct receipt_form form = {paper, copy};
    assert_int_equal(receipt_pdf(arena, document, &form, &pdf.bytes, &pdf.len), ERR_OK);
    assert_memory_equal(pdf.bytes, "%PDF-1.", 7);
    assert_memory_equal(pdf.bytes + pdf.len - 6, "%%EOF\n", 6);
    return pdf;
}

/* The output of pdftotext with the option. */
static const char *pdftotext(struct arena *arena, const struct pdf *pdf, const char *option)
{
    char path[] = "/tmp/test_receipt_XXXXXX", piece[4096];
    int fd = mkstemp(path);
    CHECK(fd >= 0, "%s cannot be made", path);
    ssize_t written = write(fd, pdf->bytes, pdf->len);
    close(fd);
    FILE *pipe = popen(arena_printf(arena, "pdftotext %s %s -", option, path), "r");
    struct text out;
    text_init(&out, arena);
    for (size_t n; (n = fread(piece, 1, sizeof piece, pipe)) > 0;)
        text_add(&out, piece, n);
    int status = pclose(pipe);
    unlink(path);
    CHECK(written == (ssize_t)pdf->len, "only %zd bytes of %zu could be written", written, pdf->len);
    CHECK(status == 0, "pdftotext (of poppler-utils) ended with %d", status);
    return out.bytes;
}

/* Reads what pdftotext -bbox writes: a line for each page and each word. Emoji are left out: they
 * are pictures, and poppler 25 does not say well where they are. */
static void read_pages(struct arena *arena, const struct pdf *pdf, struct pages *out)
{
    const char *text = pdftotext(arena, pdf, "-bbox");
    *out = (struct pages){.words = arena_array(arena, strlen(text) / 40 + 1, sizeof out->words[0])};
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        struct word word = {.page = out->n - 1};
        int start = 0;
        double height;
        if (sscanf(line, " <page width=\"%lf\" height=\"%lf\"", &out->width, &height) == 2) {
            assert_true(out->n < (int)LENGTH(out->heights));
            out->heights[out->n++] = height;
        } else if (sscanf(line, " <word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\">%n", &word.left, &word.top,
                          &word.right, &word.bottom, &start) == 4 &&
                   start > 0) {
            word.text = arena_strndup(arena, line + start, strcspn(line + start, "<\n"));
            if (strpbrk(word.text, "\xf0") == NULL)
                out->words[out->n_words++] = word;
        }
    }
    CHECK(out->n > 0 && out->n_words > 0, "no words in the PDF");
}

static const struct {
    double width, right, length;
} papers[] = {
    [RECEIPT_80MM] = {80 * MM, 76 * MM, 14000},
    [RECEIPT_A4] = {210 * MM, 192 * MM, 297 * MM},
};

/* The same place on the same line. */
static bool overlap(const struct word *a, const struct word *b)
{
    double height = fmin(a->bottom - a->top, b->bottom - b->top);
    return a->page == b->page && fmin(a->right, b->right) - fmax(a->left, b->left) > 0.5 &&
           fmin(a->bottom, b->bottom) - fmax(a->top, b->top) > height / 2;
}

/* Takes the word of that text at the right edge; nothing else stands there. */
static void take_amount(struct pages *pages, enum receipt_paper paper, const char *text, const char *what)
{
    const char *space = strrchr(text, ' '), *amount = space != NULL ? space + 1 : text;
    for (size_t i = 0; i < pages->n_words; i++) {
        struct word *word = &pages->words[i];
        if (word->taken || strcmp(word->text, amount) != 0 || fabs(word->right - papers[paper].right) > 0.7)
            continue;
        word->taken = true;
        for (size_t k = 0; k < pages->n_words; k++)
            CHECK(k == i || !overlap(word, &pages->words[k]), "%s: '%s' is over '%s'", what, pages->words[k].text,
                  amount);
        return;
    }
    fail_msg("%s: no '%s' at the right edge", what, amount);
}

/* Each amount is whole, in its column, and by itself. */
static void assert_amounts(struct arena *arena, struct json_object *document, enum receipt_paper paper,
                           struct pages *pages, const char *what)
{
    struct layout layout;
    layout_make(arena, document, false, &layout);
    for (const struct section *section = layout.first; section != NULL; section = section->next)
        for (const struct row *row = section->first; row != NULL; row = row->next)
            if (section->kind != SECTION_PAIRS && row->value != NULL)
                take_amount(pages, paper, row->value, what);
}

static void assert_paper(const struct pages *pages, enum receipt_paper paper, const char *what)
{
    CHECK(fabs(pages->width - papers[paper].width) < 0.1, "%s: %f wide", what, pages->width);
    for (int i = 0; i < pages->n; i++)
        CHECK(paper == RECEIPT_A4 ? fabs(pages->heights[i] - papers[paper].length) < 0.1
                                  : pages->heights[i] <= papers[paper].length,
              "%s: page %d is %f long", what, i, pages->heights[i]);
    for (size_t i = 0; i < pages->n_words; i++) {
        const struct word *word = &pages->words[i];
        CHECK(word->left > 0 && word->right < pages->width && word->top > 0 &&
                  word->bottom < pages->heights[word->page],
              "%s: '%s' is off the page", what, word->text);
    }
}

/* Letters and digits alone, since how pdftotext parts others is its own affair; and
 * punctuation at the end may be elsewhere in a script that runs to the left. */
static bool is_latin(const char *word, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,", word[i]) == NULL)
            return false;
    return len > 0 && len < 20 && strchr(".,", word[len - 1]) == NULL;
}

static void assert_words(const char *what, const char *pdf, const char *text)
{
    for (const char *word = text; word != NULL && *word != '\0';) {
        size_t len = strcspn(word, " ");
        char copy[32] = "";
        if (is_latin(word, len)) {
            memcpy(copy, word, len);
            CHECK(strstr(pdf, copy) != NULL, "%s: '%s' is not in the PDF", what, copy);
        }
        word += len + (word[len] == ' ');
    }
}

static void assert_holds_layout(const char *what, const char *pdf, const struct layout *layout)
{
    for (const struct section *section = layout->first; section != NULL; section = section->next) {
        assert_words(what, pdf, section->heading);
        for (const struct row *row = section->first; row != NULL; row = row->next) {
            assert_words(what, pdf, row->count);
            assert_words(what, pdf, row->text);
            assert_words(what, pdf, row->value);
        }
    }
}

static void test_samples(void **state)
{
    for (size_t i = 0; i < LENGTH(receipt_samples); i++) {
        struct json_object *document = receipt_sample(*state, receipt_samples[i]);
        for (enum receipt_paper paper = RECEIPT_80MM; paper <= RECEIPT_A4; paper++) {
            struct pages pages;
            struct layout layout;
            struct pdf pdf = pdf_of(*state, document, paper, true);
            read_pages(*state, &pdf, &pages);
            assert_paper(&pages, paper, receipt_samples[i]);
            assert_amounts(*state, document, paper, &pages, receipt_samples[i]);
            layout_make(*state, document, true, &layout);
            assert_holds_layout(receipt_samples[i], pdftotext(*state, &pdf, "-raw"), &layout);
            if (paper == RECEIPT_80MM)
                assert_int_equal(pages.n, 1);
        }
    }
}

static void test_same_bytes(void **state)
{
    struct json_object *document = receipt_sample(*state, "jpy_japanese");
    for (enum receipt_paper paper = RECEIPT_80MM; paper <= RECEIPT_A4; paper++) {
        struct pdf pdf = pdf_of(*state, document, paper, false), again = pdf_of(*state, document, paper, false);
        struct pdf copy = pdf_of(*state, document, paper, true);
        assert_int_equal(pdf.len, again.len);
        assert_memory_equal(pdf.bytes, again.bytes, pdf.len);
        assert_true(copy.len != pdf.len || memcmp(pdf.bytes, copy.bytes, pdf.len) != 0);
        assert_null(memmem(pdf.bytes, pdf.len, "CreationDate", 12));
    }
}

static bool page_has(const struct pages *pages, int page, const char *text)
{
    for (size_t i = 0; i < pages->n_words; i++)
        if (pages->words[i].page == page && strcmp(pages->words[i].text, text) == 0)
            return true;
    return false;
}

/* A hundred lines: each page has its heading, its number and the columns' names, and no
 * line is lost between pages. */
static void test_many_pages(void **state)
{
    struct pages pages;
    struct json_object *document = receipt_of_lines(*state, 150);
    struct pdf pdf = pdf_of(*state, document, RECEIPT_A4, true);
    read_pages(*state, &pdf, &pages);
    assert_paper(&pages, RECEIPT_A4, "150 lines");
    assert_amounts(*state, document, RECEIPT_A4, &pages, "150 lines");
    CHECK(pages.n >= 3 && pages.n <= 6, "%d pages", pages.n);
    const char *text = pdftotext(*state, &pdf, "-raw"), *at = text;
    for (int i = 1; i <= 150; i++) {
        const char *line = arena_printf(*state, "1 × Course %d ", i);
        at = strstr(at, line);
        CHECK(at != NULL, "'%s' is missing or out of order", line);
        CHECK(strstr(at + 1, line) == NULL, "'%s' is there twice", line);
    }
    for (int i = 0; i < pages.n; i++) {
        assert_non_null(strstr(text, arena_printf(*state, "Page %d of %d", i + 1, pages.n)));
        assert_true(page_has(&pages, i, "Receipt"));
        assert_int_equal(page_has(&pages, i, "Qty"), page_has(&pages, i, "Course"));
        assert_true(i == 0 || page_has(&pages, i, "copy"));
    }
}

/* One page as long as it needs, up to what viewers can show. */
static void test_long_roll(void **state)
{
    static const struct {
        int lines, least, most; /* pages */
    } cases[] = {{10, 1, 1}, {150, 1, 1}, {3000, 2, 5}};
    double before = 0;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct pages pages;
        struct json_object *document = receipt_of_lines(*state, cases[i].lines);
        struct pdf pdf = pdf_of(*state, document, RECEIPT_80MM, false);
        read_pages(*state, &pdf, &pages);
        assert_paper(&pages, RECEIPT_80MM, "a roll");
        CHECK(pages.n >= cases[i].least && pages.n <= cases[i].most, "%d lines: %d pages", cases[i].lines, pages.n);
        assert_true(page_has(&pages, pages.n - 1, arena_printf(*state, "%d", cases[i].lines)));
        assert_true(pages.heights[0] > before);
        before = pages.heights[0];
    }
}

/* Names that are long, cannot be broken, run to the left, or mean to overrule what stands
 * beside them. */
static void test_names(void **state)
{
    struct text heap, long_word;
    text_init(&heap, *state);
    text_init(&long_word, *state);
    for (int i = 0; i < 1000; i++) {
        text_puts(&long_word, "W");
        text_puts(&heap, i % 7 == 0 ? "lorem " : "ipsum, dolor ");
    }
    const char *const names[] = {
        long_word.bytes,
        heap.bytes,
        "\u202eevil 99.99",
        "\u202e\u202e\u2067 99.99 \u2069\u2069 \u202c",
        "شاورما دجاج 99.99",
        "שקשוקה 7.77 (חריף)",
        "שקשוקה שקשוקה שקשוקה שקשוקה שקשוקה שקשוקה שקשוקה שקשוקה שקשוקה שקשוקה שקשוקה שקשוקה",
        "पनीर टिक्का मसाला पनीर टिक्का मसाला पनीर टिक्का मसाला पनीर टिक्का मसाला",
        "味噌ラーメン味噌ラーメン味噌ラーメン味噌ラーメン味噌ラーメン味噌ラーメン味噌ラーメン",
        "🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕🍕",
        "👨\u200d👩\u200d👧\u200d👦",
        "<script>alert(1)</script>",
        "a\nb\tc\x01",
        "\u200b",
    };
    for (size_t i = 0; i < LENGTH(names); i++) {
        struct json_object *document = receipt_named(*state, names[i]);
        for (enum receipt_paper paper = RECEIPT_80MM; paper <= RECEIPT_A4; paper++) {
            struct pages pages;
            struct pdf pdf = pdf_of(*state, document, paper, false);
            read_pages(*state, &pdf, &pages);
            assert_paper(&pages, paper, names[i]);
            assert_amounts(*state, document, paper, &pages, names[i]);
        }
    }
}

/* What we write stays in our order beside a name that runs to the left. */
static void test_directions(void **state)
{
    struct pages pages;
    struct pdf pdf = pdf_of(*state, receipt_sample(*state, "kwd_arabic"), RECEIPT_80MM, false);
    read_pages(*state, &pdf, &pages);
    const struct word *price = NULL;
    for (size_t i = 0; i < pages.n_words; i++)
        if (strstr(pages.words[i].text, "0.250") != NULL)
            price = &pages.words[i];
    assert_non_null(price);
    size_t before = 0;
    for (size_t i = 0; i < pages.n_words; i++) {
        const struct word *word = &pages.words[i];
        if (word == price || fabs(word->top - price->top) > 3)
            continue;
        CHECK(word->right <= price->left, "'%s' is behind '%s'", word->text, price->text);
        before++;
    }
    assert_true(before > 0);
}

static void test_huge_amounts(void **state)
{
    static const char *const lists[] = {"subtotal", "discount_amount", "tip_amount", "total_amount", "paid", "due"};
    struct json_object *document = receipt_named(*state, "A dish");
    for (size_t i = 0; i < LENGTH(lists); i++)
        json_object_object_add(document, lists[i], json_object_new_int64(INT64_C(9007199254740991)));
    struct json_object *order = json_object_array_get_idx(json_object_object_get(document, "orders"), 0);
    struct json_object *item = json_object_array_get_idx(json_object_object_get(order, "items"), 0);
    json_object_object_add(item, "quantity", json_object_new_int64(INT64_C(9007199254740991)));
    json_object_object_add(item, "subtotal", json_object_new_int64(-INT64_C(9007199254740991)));
    for (enum receipt_paper paper = RECEIPT_80MM; paper <= RECEIPT_A4; paper++) {
        struct pages pages;
        struct pdf pdf = pdf_of(*state, document, paper, false);
        read_pages(*state, &pdf, &pages);
        assert_paper(&pages, paper, "huge amounts");
        assert_amounts(*state, document, paper, &pages, "huge amounts");
    }
}

/* ---- Any document */

static const char *const keys[] = {"kind",
                                   "reference",
                                   "draft",
                                   "fiscal",
                                   "issued_local",
                                   "issued_at",
                                   "business_date",
                                   "corrects",
                                   "reason",
                                   "restaurant",
                                   "buyer",
                                   "share",
                                   "table_name",
                                   "staff_name",
                                   "currency",
                                   "currency_exponent",
                                   "prices_include_tax",
                                   "orders",
                                   "items",
                                   "adjustments",
                                   "customizations",
                                   "name",
                                   "quantity",
                                   "price",
                                   "subtotal",
                                   "amount",
                                   "taxes",
                                   "parts",
                                   "rate_ppm",
                                   "taxable",
                                   "payments",
                                   "refunds",
                                   "method",
                                   "card_last4",
                                   "tip_amount",
                                   "rounding_amount",
                                   "total_amount",
                                   "discount_amount",
                                   "paid",
                                   "due",
                                   "address",
                                   "receipt_footer",
                                   "legal_name",
                                   "label",
                                   "place",
                                   "of",
                                   "option_name",
                                   "value_name",
                                   "item_code",
                                   "tax_rate_ppm"};

static struct json_object *random_value(uint64_t *seed, int depth);

/* Versions of clang-format differ on how wide Devanagari, Japanese and emoji are: those are escaped. */
static struct json_object *random_text(uint64_t *seed)
{
    static const char *const pieces[] = {"a",
                                         " ",
                                         "\n",
                                         "Pizza",
                                         "\u202e",
                                         "\u2069",
                                         "שלום",
                                         "مرحبا",
                                         "\u0928\u094d\u0926",
                                         "\u5473\u564c",
                                         "\U0001f355",
                                         "\u0301",
                                         "\u200d",
                                         "\xff",
                                         "<",
                                         "&",
                                         "\u2028",
                                         "\ufdfd",
                                         "credit_note",
                                         "EUR",
                                         "void"};
    char text[512] = "";
    for (uint64_t i = unit_below(seed, 12); i > 0; i--)
        strcat(text, pieces[unit_below(seed, LENGTH(pieces))]);
    return json_object_new_string(text);
}

static struct json_object *random_list(uint64_t *seed, int depth)
{
    struct json_object *list = json_object_new_array();
    for (uint64_t i = unit_below(seed, 4); i > 0; i--)
        json_object_array_add(list, random_value(seed, depth - 1));
    return list;
}

static struct json_object *random_object(uint64_t *seed, int depth)
{
    struct json_object *object = json_object_new_object();
    for (size_t i = 0; i < LENGTH(keys); i++)
        if (unit_below(seed, 2) == 0)
            json_object_object_add(object, keys[i], random_value(seed, depth - 1));
    return object;
}

static struct json_object *random_value(uint64_t *seed, int depth)
{
    switch (unit_below(seed, depth > 0 ? 8 : 5)) {
    case 0:
        return NULL;
    case 1:
        return json_object_new_boolean(unit_below(seed, 2) == 0);
    case 2:
        return json_object_new_int64((int64_t)(unit_random(seed) >> unit_below(seed, 64)) *
                                     (unit_below(seed, 2) == 0 ? 1 : -1));
    case 3:
    case 4:
        return random_text(seed);
    case 5:
        return random_object(seed, depth);
    default:
        return random_list(seed, depth);
    }
}

static void test_any_document(void **state)
{
    uint64_t seed = unit_seed();
    for (int i = 0; i < 60; i++) {
        struct arena *arena = arena_create();
        struct json_object *document = random_object(&seed, 4);
        for (int k = 0; k < 2; k++) {
            pdf_of(arena, document, k == 0 ? RECEIPT_80MM : RECEIPT_A4, unit_below(&seed, 2) == 0);
        }
        json_object_put(document);
        arena_destroy(&arena);
    }
    (void)state;
}

/* Signals are as they were. */
static void test_signals(void **state)
{
    sigset_t before, after;
    sigemptyset(&before);
    sigaddset(&before, SIGUSR1);
    sigprocmask(SIG_SETMASK, &before, NULL);
    pdf_of(*state, receipt_named(*state, "x"), RECEIPT_80MM, false);
    sigprocmask(SIG_SETMASK, NULL, &after);
    for (int i = 1; i < SIGRTMAX; i++)
        assert_int_equal(sigismember(&after, i), i == SIGUSR1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_samples),      ARENA_TEST(test_same_bytes),   ARENA_TEST(test_many_pages),
        ARENA_TEST(test_long_roll),    ARENA_TEST(test_names),        ARENA_TEST(test_directions),
        ARENA_TEST(test_huge_amounts), ARENA_TEST(test_any_document), ARENA_TEST(test_signals),
    };
    return cmocka_run_group_tests_name("receipt/pdf", tests, NULL, NULL);
}

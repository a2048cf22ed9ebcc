/* qr: the URL in a code, the SVG's parts and escaping, the PNG's pixels, and
 * labels of any length and script. */
#include "unit.h"

#include "base/err.h"
#include "base/text.h"
#include "qr/label.h"
#include "qr/matrix.h"
#include "qr/qr.h"

#include <cairo.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct qr_card plain = {"https://orders.example.com/api/r/spice-house/tables/abcdefghij0123456789",
                                     "Table 5", "Spice House"};

static void test_url(void **state)
{
    static const struct {
        const char *public_url, *wanted;
    } cases[] = {
        {"https://a.example", "https://a.example/api/r/s/tables/c"},
        {"https://a.example/", "https://a.example/api/r/s/tables/c"},
        {"https://a.example//", "https://a.example/api/r/s/tables/c"},
        {"http://localhost:8443", "http://localhost:8443/api/r/s/tables/c"},
        {"https://a.example/orders/", "https://a.example/orders/api/r/s/tables/c"},
    };
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(qr_url(*state, cases[i].public_url, "s", "c"), cases[i].wanted);
}

/* ---- The matrix */

/* The level's two bits in the format information (ISO/IEC 18004, 7.9), taken
 * from beside the upper left finder: 0 is M. */
static int level_of(const struct matrix *m)
{
    int x = QUIET_ZONE, y = QUIET_ZONE + 8, bits = matrix_is_dark(m, x, y) << 1 | matrix_is_dark(m, x + 1, y);
    return bits ^ 2; /* the mask 101010000010010 begins with 10 */
}

static void test_matrix(void **state)
{
    assert_int_equal(QUIET_ZONE, 4);
    for (size_t len = 1; len <= 400; len += 7) {
        struct matrix m;
        char content[512] = "";
        memset(content, 'a', len);
        assert_int_equal(matrix_make(*state, content, &m), ERR_OK);
        assert_int_equal(level_of(&m), 0);
        assert_int_equal((m.size - 2 * QUIET_ZONE - 17) % 4, 0);
        for (int i = 0; i < m.size; i++)
            for (int k = 0; k < QUIET_ZONE; k++)
                assert_false(matrix_is_dark(&m, i, k) || matrix_is_dark(&m, i, m.size - 1 - k) ||
                             matrix_is_dark(&m, k, i) || matrix_is_dark(&m, m.size - 1 - k, i));
        for (int i = 0; i < 7; i++) /* three finders */
            assert_true(matrix_is_dark(&m, QUIET_ZONE + i, QUIET_ZONE) &&
                        matrix_is_dark(&m, m.size - 1 - QUIET_ZONE - i, QUIET_ZONE) &&
                        matrix_is_dark(&m, QUIET_ZONE + i, m.size - 1 - QUIET_ZONE));
    }
}

static void test_runs(void **state)
{
    struct matrix m;
    assert_int_equal(matrix_make(*state, "x", &m), ERR_OK);
    for (int y = 0; y < m.size; y++) {
        for (int x = 0; x < m.size; x++) {
            int run = matrix_run(&m, x, y);
            CHECK(run >= 1 && run <= m.size - x, "a run of %d at %d, %d", run, x, y);
            for (int i = 1; i < run; i++)
                assert_int_equal(matrix_is_dark(&m, x + i, y), matrix_is_dark(&m, x, y));
            assert_true(x + run == m.size || matrix_is_dark(&m, x + run, y) != matrix_is_dark(&m, x, y));
        }
    }
}

static void test_too_long(void **state)
{
    char content[3001];
    const char *bytes;
    size_t len;
    memset(content, 'a', sizeof content - 1);
    content[sizeof content - 1] = '\0';
    const struct qr_card card = {content, "Table 5", ""};
    assert_int_equal(qr_svg(*state, &card, &bytes), ERR_INTERNAL);
    assert_int_equal(qr_png(*state, &card, &bytes, &len), ERR_INTERNAL);
}

/* ---- SVG */

static int count(const char *text, const char *part)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, part)) != NULL; p++)
        n++;
    return n;
}

static void test_svg(void **state)
{
    const char *svg;
    struct matrix m;
    assert_int_equal(qr_svg(*state, &plain, &svg), ERR_OK);
    assert_int_equal(matrix_make(*state, plain.content, &m), ERR_OK);
    assert_int_equal(strncmp(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" ", 40), 0);
    assert_string_equal(svg + strlen(svg) - 7, "</svg>\n");
    assert_int_equal(count(svg, "<path "), 1);
    assert_int_equal(count(svg, "<text "), 2);
    assert_non_null(strstr(svg, "<title>Table 5, Spice House</title>"));
    assert_non_null(strstr(svg, "fill=\"#000\">Table 5</text>"));
    assert_non_null(strstr(svg, "fill=\"#000\">Spice House</text>"));
    int size;
    double width, height, tall;
    assert_int_equal(sscanf(strstr(svg, " width="), " width=\"%lfmm\" height=\"%lfmm\" viewBox=\"0 0 %d %lf\"", &width,
                            &height, &size, &tall),
                     4);
    assert_int_equal(size, m.size);
    assert_true(width >= 30 && width < 100);
    assert_true(fabs(height / width - tall / size) < 0.001);
    assert_true(tall > size);
}

static void test_svg_without_a_place(void **state)
{
    const struct qr_card card = {plain.content, "Table 5", ""};
    const char *svg;
    assert_int_equal(qr_svg(*state, &card, &svg), ERR_OK);
    assert_non_null(strstr(svg, "<title>Table 5</title>"));
    assert_int_equal(count(svg, "<text "), 1);
}

static void test_svg_escapes(void **state)
{
    const struct qr_card card = {plain.content, "</text><script>\"&'", "A & B <b>"};
    const char *svg;
    assert_int_equal(qr_svg(*state, &card, &svg), ERR_OK);
    assert_null(strstr(svg, "<script"));
    assert_null(strstr(svg, "<b>"));
    assert_int_equal(count(svg, ">&lt;/text&gt;&lt;script&gt;&quot;&amp;&#39;"), 2); /* <title> and <text> */
    assert_non_null(strstr(svg, ">A &amp; B &lt;b&gt;</text>"));
}

/* ---- Labels */

static const char *const names[] = {
    "5",
    "Table 12 at the window with the view of the harbour, Terrace",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "a b c d e f g h i j k l m n o p q r s t u v w x y z 1 2 3 4 ",
    "                                                           x",
    "\xd0\xa2\xd0\xb5\xd1\x80\xd0\xb0\xd1\x81\xd0\xb0 5",
    "\xe5\x8c\x97\xe4\xba\xac\xe5\x8c\x97\xe4\xba\xac\xe5\x8c\x97\xe4\xba\xac\xe5\x8c\x97\xe4\xba\xac\xe5\x8c\x97\xe4"
    "\xba\xac",
    "\xe0\xa4\xae\xe0\xa5\x87\xe0\xa4\x9c \xf0\x9f\x8d\x9b 7",
    "\xd8\xb7\xd8\xa7\xd9\x88\xd9\x84\xd8\xa9 \xd8\xb1\xd9\x82\xd9\x85 12",
    "a\xe2\x80\xa8"
    "b\xe2\x80\xa9"
    "c", /* separators of lines and paragraphs */
    "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
};

/* All of the name is in the lines, but for the spaces between them. */
static void assert_whole(const char *name, const struct label *label)
{
    const char *p = name;
    for (size_t i = 0; i < label->n; i++) {
        size_t len = strlen(label->lines[i].text);
        CHECK(strncmp(p, label->lines[i].text, len) == 0, "'%s' has no '%s' here", p, label->lines[i].text);
        p += len;
        p += strspn(p, " ");
    }
    CHECK(*p == '\0', "'%s' of '%s' is lost", p, name);
}

static void test_labels(void **state)
{
    for (size_t i = 0; i < LENGTH(names); i++) {
        const struct qr_card card = {plain.content, names[i], ""};
        struct label label;
        label_make(*state, &card, &label);
        CHECK(label.n >= 1 && label.n <= LABEL_LINES_MAX, "%zu lines of '%s'", label.n, names[i]);
        assert_whole(names[i], &label);
        double last = 0;
        for (size_t k = 0; k < label.n; k++) {
            assert_true(label.lines[k].baseline - label.lines[k].size >= last - 1);
            last = label.lines[k].baseline;
        }
        assert_true(label.height > last && label.height < 300);
    }
}

static void test_label_that_is_too_long(void **state)
{
    struct text name;
    struct label label;
    text_init(&name, *state);
    for (int i = 0; i < 300; i++)
        text_puts(&name, "Ww ");
    const struct qr_card card = {plain.content, name.bytes, name.bytes};
    label_make(*state, &card, &label);
    assert_int_equal(label.n, LABEL_LINES_MAX);
    const char *end = label.lines[3].text;
    assert_string_equal(end + strlen(end) - 3, "\xe2\x80\xa6");
    end = label.lines[5].text;
    assert_string_equal(end + strlen(end) - 3, "\xe2\x80\xa6");
    assert_true(label.height < 400);
}

static void test_label_direction(void **state)
{
    struct label label;
    const struct qr_card card = {plain.content, names[8], "Spice House"};
    label_make(*state, &card, &label);
    assert_int_equal(label.n, 2);
    assert_true(label.lines[0].right_to_left && !label.lines[1].right_to_left);
    assert_true(label.lines[0].bold && !label.lines[1].bold);
    assert_true(label.lines[0].size > label.lines[1].size);
}

/* ---- PNG */

struct reader {
    const char *bytes;
    size_t len;
};

static cairo_status_t read_bytes(void *closure, unsigned char *out, unsigned len)
{
    struct reader *reader = closure;
    if (reader->len < len)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(out, reader->bytes, len);
    reader->bytes += len;
    reader->len -= len;
    return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *png_read(const char *bytes, size_t len)
{
    struct reader reader = {bytes, len};
    cairo_surface_t *image = cairo_image_surface_create_from_png_stream(read_bytes, &reader);
    assert_int_equal(cairo_surface_status(image), CAIRO_STATUS_SUCCESS);
    assert_int_equal(reader.len, 0);
    return image;
}

/* 0 to 255. */
static int grey(cairo_surface_t *image, int x, int y)
{
    const unsigned char *row = cairo_image_surface_get_data(image) + y * cairo_image_surface_get_stride(image);
    return row[4 * x];
}

static void test_png(void **state)
{
    const char *bytes;
    size_t len;
    struct matrix m;
    assert_int_equal(qr_png(*state, &plain, &bytes, &len), ERR_OK);
    assert_int_equal(matrix_make(*state, plain.content, &m), ERR_OK);
    assert_memory_equal(bytes, "\x89PNG\r\n\x1a\n", 8);
    cairo_surface_t *image = png_read(bytes, len);
    int width = cairo_image_surface_get_width(image), height = cairo_image_surface_get_height(image);
    int scale = width / m.size;
    assert_int_equal(width, scale * m.size);
    CHECK(width >= 900 && width <= 1000, "%d wide", width);
    CHECK(height >= width + 50 && height <= width + 400, "%d wide, %d high", width, height);
    for (int y = 0; y < width; y++)
        for (int x = 0; x < width; x++)
            if (grey(image, x, y) != (matrix_is_dark(&m, x / scale, y / scale) ? 0 : 255))
                fail_msg("pixel %d, %d is %d", x, y, grey(image, x, y));
    cairo_surface_destroy(image);
}

/* The ink of each name lies beneath the code and off the edges. */
static void test_png_labels(void **state)
{
    for (size_t i = 0; i < LENGTH(names); i++) {
        const struct qr_card card = {plain.content, names[i], "Spice House"};
        const char *bytes;
        size_t len;
        assert_int_equal(qr_png(*state, &card, &bytes, &len), ERR_OK);
        cairo_surface_t *image = png_read(bytes, len);
        int width = cairo_image_surface_get_width(image), height = cairo_image_surface_get_height(image), ink = 0;
        for (int y = width; y < height; y++) {
            assert_int_equal(grey(image, 0, y), 255);
            assert_int_equal(grey(image, width - 1, y), 255);
            for (int x = 0; x < width; x++)
                ink += grey(image, x, y) < 100;
        }
        for (int x = 0; x < width; x++)
            assert_int_equal(grey(image, x, height - 1), 255);
        CHECK(ink > 300, "'%s' has %d dark pixels", names[i], ink);
        cairo_surface_destroy(image);
    }
}

static void test_same_card_same_picture(void **state)
{
    const char *a, *b;
    size_t a_len, b_len;
    assert_int_equal(qr_png(*state, &plain, &a, &a_len), ERR_OK);
    assert_int_equal(qr_png(*state, &plain, &b, &b_len), ERR_OK);
    assert_int_equal(a_len, b_len);
    assert_memory_equal(a, b, a_len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(test_url),
        ARENA_TEST(test_matrix),
        ARENA_TEST(test_runs),
        ARENA_TEST(test_too_long),
        ARENA_TEST(test_svg),
        ARENA_TEST(test_svg_without_a_place),
        ARENA_TEST(test_svg_escapes),
        ARENA_TEST(test_labels),
        ARENA_TEST(test_label_that_is_too_long),
        ARENA_TEST(test_label_direction),
        ARENA_TEST(test_png),
        ARENA_TEST(test_png_labels),
        ARENA_TEST(test_same_card_same_picture),
    };
    return cmocka_run_group_tests_name("qr", tests, NULL, NULL);
}

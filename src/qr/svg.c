/* A code as SVG: one path of the dark modules, one unit per module, and its
 * label as text, which the viewer's fonts render. */
#include "base/text.h"
#include "qr/label.h"
#include "qr/matrix.h"
#include "qr/qr.h"

enum { WIDTH_MM = 60 };

static void add_path(struct text *svg, const struct matrix *matrix)
{
    text_puts(svg, "<path fill=\"#000\" shape-rendering=\"crispEdges\" d=\"");
    for (int y = 0; y < matrix->size; y++) {
        for (int x = 0; x < matrix->size;) {
            int run = matrix_run(matrix, x, y);
            if (matrix_is_dark(matrix, x, y))
                text_printf(svg, "M%d %dh%dv1h-%dz", x, y, run, run);
            x += run;
        }
    }
    text_puts(svg, "\"/>\n");
}

static void add_line(struct text *svg, const struct matrix *matrix, const struct label_line *line)
{
    double unit = (double)matrix->size / LABEL_WIDTH;
    text_printf(svg,
                "<text x=\"%.1f\" y=\"%.3f\" font-family=\"%s\" font-size=\"%.3f\" font-weight=\"%s\" "
                "text-anchor=\"middle\" fill=\"#000\"%s>",
                matrix->size / 2.0, matrix->size + line->baseline * unit, label_font, line->size * unit,
                line->bold ? "bold" : "normal", line->right_to_left ? " direction=\"rtl\"" : "");
    text_xml(svg, line->text);
    text_puts(svg, "</text>\n");
}

enum err qr_svg(struct arena *arena, const struct qr_card *card, const char **svg)
{
    struct matrix matrix;
    struct label label;
    struct text out;
    TRY(matrix_make(arena, card->content, &matrix));
    label_make(arena, card, &label);
    text_init(&out, arena);
    double tall = 1 + label.height / LABEL_WIDTH; /* for a width of 1 */
    text_printf(&out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%dmm\" height=\"%.2fmm\" "
                "viewBox=\"0 0 %d %.3f\">\n<title>",
                WIDTH_MM, WIDTH_MM * tall, matrix.size, matrix.size * tall);
    text_xml(&out, card->name);
    text_puts(&out, card->place[0] != '\0' ? ", " : "");
    text_xml(&out, card->place);
    text_puts(&out, "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
    add_path(&out, &matrix);
    for (size_t i = 0; i < label.n; i++)
        add_line(&out, &matrix, &label.lines[i]);
    text_puts(&out, "</svg>\n");
    *svg = out.bytes;
    return ERR_OK;
}

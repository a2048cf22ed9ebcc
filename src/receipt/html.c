/* A receipt as a page of HTML: one table a section. Strings from elsewhere stand in
 * <bdi>, whose direction is their own. */
#include "receipt/receipt.h"

#include "base/text.h"
#include "receipt/layout.h"

#include <string.h>

/* The page may load nothing and run nothing, whatever should be in it. */
static const char head[] = "<meta charset=\"utf-8\">\n"
                           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                           "'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
                           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                           "<meta name=\"format-detection\" content=\"telephone=no\">\n"
                           "<meta name=\"robots\" content=\"noindex\">\n";

/* A cell of text has no width of its own, so that it takes what the amounts leave. */
static const char style[] =
    "body{margin:0;background:#e8e8e8;color:#000;font:1rem/1.35 system-ui,\"Noto Sans\",\"DejaVu Sans\",sans-serif}\n"
    "main{box-sizing:border-box;max-width:26rem;margin:0 auto;padding:1.25rem 1rem;background:#fff;"
    "overflow-wrap:anywhere}\n"
    "h1{margin:.6rem 0;font-size:1.3rem;text-align:center}\n"
    "h2{margin:0 0 .2rem;font-size:1rem}\n"
    "p{margin:0}\n"
    "header,footer,.mark{text-align:center}\n"
    "header .strong{font-size:1.3rem}\n"
    ".strong,.strong th,.strong td,.heading th,thead th{font-weight:bold}\n"
    ".mark{width:fit-content;margin:.4rem auto;padding:.1rem .8rem;border:2px solid #000;font-size:1.2rem;"
    "font-weight:bold}\n"
    "section,footer{margin-top:.6rem;padding-top:.5rem;border-top:1px solid #000}\n"
    "table{width:100%;border-collapse:collapse}\n"
    "th,td{padding:.1rem 0;vertical-align:baseline;text-align:left;font-weight:normal}\n"
    ".text{width:100%;max-width:0;overflow:hidden}\n"
    ".text .own{display:block;width:fit-content;max-width:100%;text-align:start}\n"
    ".count{padding-right:.5em;text-align:right;white-space:nowrap}\n"
    ".value{padding-left:1em;direction:ltr;text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}\n"
    ".label{min-width:5.8em;padding-right:1em;white-space:nowrap}\n"
    ".words{width:100%}.words .own{display:block;width:fit-content;text-align:start}\n"
    ".detail{font-size:.875em;break-before:avoid}\n"
    ".detail .text{padding-left:.8em}\n"
    ".heading th{padding-top:.4em}\n"
    "tr.strong{font-size:1.15em}\n"
    "tr,.mark,h1,h2{break-inside:avoid}\n"
    "h2,.heading{break-after:avoid}\n"
    "@media print{body{background:none}main{max-width:none;padding:0}}\n";

/* An isolate of the layout becomes an element. */
static void add_text(struct text *html, struct arena *arena, const char *text)
{
    static const struct {
        const char *mark, *tag;
    } tags[] = {{ISOLATE, "<bdi lang=\"\">"}, {ISOLATE_END, "</bdi>"}};
    struct text run;
    text_init(&run, arena);
    while (*text != '\0') {
        size_t len = strcspn(text, "\xe2");
        text_add(&run, text, len);
        text += len;
        size_t i = 0;
        while (i < 2 && strncmp(text, tags[i].mark, strlen(tags[i].mark)) != 0)
            i++;
        if (i == 2) {
            text_add(&run, text, *text != '\0');
            text += *text != '\0';
            continue;
        }
        text_xml(html, run.bytes);
        text_init(&run, arena);
        text_puts(html, tags[i].tag);
        text += strlen(tags[i].mark);
    }
    text_xml(html, run.bytes);
}

static void add_words(struct text *html, const char *text, bool foreign)
{
    text_puts(html, foreign ? "<bdi class=\"own\" lang=\"\">" : "");
    add_text(html, html->arena, text);
    text_puts(html, foreign ? "</bdi>" : "");
}

static void add_cell(struct text *html, const char *tag, const char *attributes, const char *text, bool foreign)
{
    text_printf(html, "<%s %s>", tag, attributes);
    add_words(html, text != NULL ? text : "", foreign);
    text_printf(html, "</%s>", tag);
}

static const char *class_of(enum row_style row)
{
    static const char *const classes[] = {[ROW_STRONG] = " class=\"strong\"",
                                          [ROW_DETAIL] = " class=\"detail\"",
                                          [ROW_HEADING] = " class=\"heading\"",
                                          [ROW_PLAIN] = ""};
    return classes[row];
}

static void add_row(struct text *html, enum section_kind kind, const struct row *row)
{
    text_printf(html, "<tr%s>", class_of(row->style));
    if (kind == SECTION_PAIRS) {
        add_cell(html, "th", "class=\"label\" scope=\"row\"", row->text, false);
        add_cell(html, "td", "class=\"words\"", row->value, row->foreign);
    } else if (row->style == ROW_HEADING) {
        add_cell(html, "th", kind == SECTION_LINES ? "colspan=\"3\"" : "colspan=\"2\"", row->text, row->foreign);
    } else {
        if (kind == SECTION_LINES)
            add_cell(html, "td", "class=\"count\"", row->count, false);
        add_cell(html, kind == SECTION_LINES ? "td" : "th",
                 kind == SECTION_LINES ? "class=\"text\"" : "class=\"text\" scope=\"row\"", row->text, row->foreign);
        add_cell(html, "td", "class=\"value\"", row->value, false);
    }
    text_puts(html, "</tr>\n");
}

static void add_columns(struct text *html, const struct row *columns)
{
    text_puts(html, "<thead><tr>");
    add_cell(html, "th", "class=\"count\" scope=\"col\"", columns->count, false);
    add_cell(html, "th", "class=\"text\" scope=\"col\"", columns->text, false);
    add_cell(html, "th", "class=\"value\" scope=\"col\"", columns->value, false);
    text_puts(html, "</tr></thead>\n");
}

static void add_table(struct text *html, const struct section *section)
{
    text_puts(html, "<section>\n");
    if (section->heading != NULL)
        text_printf(html, "<h2>%s</h2>\n", section->heading);
    text_puts(html, "<table>\n");
    if (section->columns != NULL)
        add_columns(html, section->columns);
    text_puts(html, "<tbody>\n");
    for (const struct row *row = section->first; row != NULL; row = row->next)
        add_row(html, section->kind, row);
    text_puts(html, "</tbody>\n</table>\n</section>\n");
}

static void add_paragraphs(struct text *html, const char *tag, const struct section *section)
{
    text_printf(html, "<%s>\n", tag);
    for (const struct row *row = section->first; row != NULL; row = row->next) {
        text_printf(html, "<p%s>", class_of(row->style));
        add_words(html, row->text, row->foreign);
        text_puts(html, "</p>\n");
    }
    text_printf(html, "</%s>\n", tag);
}

static void add_title(struct text *html, const struct section *section)
{
    for (const struct row *row = section->first; row != NULL; row = row->next) {
        text_puts(html, row->style == ROW_STRONG ? "<p class=\"mark\">" : "<h1>");
        add_words(html, row->text, row->foreign);
        text_puts(html, row->style == ROW_STRONG ? "</p>\n" : "</h1>\n");
    }
}

static void add_section(struct text *html, const struct section *section)
{
    switch (section->kind) {
    case SECTION_ISSUER:
        add_paragraphs(html, "header", section);
        break;
    case SECTION_TITLE:
        add_title(html, section);
        break;
    case SECTION_NOTES:
        add_paragraphs(html, "footer", section);
        break;
    default:
        add_table(html, section);
    }
}

/* ---- The paper */

enum { ROLL_COLUMNS = 38, ROLL_LINE_MM = 5, ROLL_TEXT_MIN = 8 };

/* About how wide it is, in letters of usual width. */
static size_t width_of(const char *text)
{
    size_t width = 0;
    for (const char *p = text; p != NULL && *p != '\0'; p++)
        width += ((unsigned char)*p & 0xc0) != 0x80 ? 1 : ((unsigned char)p[-1] >= 0xe3 ? 1 : 0);
    return width;
}

/* CSS wants a length for a roll, and browsers do not say how long a page is. A
 * cautious guess: printers of rolls stop after what is printed. */
static size_t roll_length_mm(const struct layout *layout)
{
    size_t lines = 4;
    for (const struct section *section = layout->first; section != NULL; section = section->next) {
        lines += 1U + (section->heading != NULL) + (section->columns != NULL);
        for (const struct row *row = section->first; row != NULL; row = row->next) {
            bool pair = section->kind == SECTION_PAIRS;
            size_t beside = pair ? width_of(row->text) : width_of(row->value) + width_of(row->count);
            size_t room = ROLL_COLUMNS > beside + ROLL_TEXT_MIN ? ROLL_COLUMNS - beside : ROLL_TEXT_MIN;
            lines += 1 + width_of(pair ? row->value : row->text) / room;
        }
    }
    return lines * ROLL_LINE_MM;
}

static void add_page_style(struct text *html, const struct layout *layout, enum receipt_paper paper)
{
    if (paper == RECEIPT_80MM)
        text_printf(html, "@page{size:80mm %zumm;margin:4mm}\n@media print{html{font-size:9pt}}\n",
                    roll_length_mm(layout));
    else
        text_puts(html, "main{max-width:46rem;padding:2rem}\n"
                        "@page{size:A4;margin:18mm 18mm 20mm;@bottom-center{content:\"Page \" counter(page) \" of \" "
                        "counter(pages);font:8pt sans-serif}}\n"
                        "@media print{html{font-size:10pt}main{padding:0}}\n"
                        "@media(max-width:30rem){main{padding:1.25rem 1rem}}\n");
}

const char *receipt_html(struct arena *arena, struct json_object *document, const struct receipt_form *form)
{
    struct layout layout;
    struct text html;
    layout_make(arena, document, form->copy, &layout);
    text_init(&html, arena);
    text_puts(&html, "<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n");
    text_puts(&html, head);
    text_puts(&html, "<title>");
    text_xml(&html, layout.title);
    text_puts(&html, "</title>\n<style>\n");
    text_puts(&html, style);
    add_page_style(&html, &layout, form->paper);
    text_puts(&html, "</style>\n</head>\n<body>\n<main>\n");
    for (const struct section *section = layout.first; section != NULL; section = section->next)
        add_section(&html, section);
    text_puts(&html, "</main>\n</body>\n</html>\n");
    return html.bytes;
}

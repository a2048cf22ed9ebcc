/* A receipt as a PDF: the rows of its layout as lines and columns on pages. Lengths are points. */
#include "receipt/receipt.h"

#include "base/text.h"
#include "receipt/layout.h"
#include "receipt/press.h"

#include <math.h>

#define MM (72 / 25.4)

/* Viewers take pages of up to 14,400 points: a longer roll is cut. */
static const struct sheet sheets[] = {
    [RECEIPT_80MM] = {80 * MM, 4 * MM, 8.5, 8.5 * 0.88, 14000, 6 * MM, false},
    [RECEIPT_A4] = {210 * MM, 18 * MM, 10, 10 * 0.88, 297 * MM, 22 * MM, true},
};

/* Sizes of type, of the sheet's. */
static const double title_size = 1.5, mark_size = 1.3, strong_size = 1.15;
/* Of the width: amounts that are wider do not widen their column; text that would get less
 * has the line to itself, with the amount below. */
static const double column_most = 0.4, text_least = 0.25;

struct writer {
    struct press *press;
    const struct layout *layout;
    const struct section *section;   /* whose columns a new page names again; NULL for none */
    double count_width, value_width; /* the section's columns */
};

/* ---- Rows */

static struct cell cell_of(const struct writer *w, const struct row *row, const char *text)
{
    double size = row->style == ROW_DETAIL ? w->press->sheet.small : w->press->sheet.size;
    return (struct cell){.text = text,
                         .size = size,
                         .bold = row->style == ROW_STRONG || row->style == ROW_HEADING,
                         .x = w->press->sheet.margin,
                         .width = press_width(w->press),
                         .wraps = true};
}

static void put_centered(struct writer *w, const struct row *row, double size)
{
    struct cell cell = cell_of(w, row, row->text);
    cell.align = ALIGN_CENTER;
    cell.foreign = row->foreign;
    cell.size *= size;
    cell.bold = cell.bold || size > 1;
    press_cells(w->press, &cell, 1, 0);
}

/* In a frame. */
static void put_mark(struct writer *w, const struct row *row)
{
    double pad = w->press->sheet.size / 3;
    double width = press_text_width(w->press, row->text, w->press->sheet.size * mark_size, true) + 4 * pad;
    w->press->y += 2 * pad;
    double top = w->press->y;
    put_centered(w, row, mark_size);
    press_frame(w->press, width, top - pad / 2, w->press->y - top + pad);
    w->press->y += pad;
}

static void put_pair(struct writer *w, const struct row *row)
{
    struct cell label = cell_of(w, row, row->text), words = cell_of(w, row, row->value);
    double indent = w->count_width + w->press->sheet.size;
    label.wraps = false;
    words.x += indent;
    words.width -= indent;
    words.foreign = row->foreign;
    press_cells(w->press, (const struct cell[]){label, words}, 2, 1);
}

/* The text's cell beside the count's. */
static struct cell text_cell(const struct writer *w, const struct row *row)
{
    double gap = w->press->sheet.size, count_width = w->count_width > 0 ? w->count_width + gap / 2 : 0;
    struct cell text = cell_of(w, row, row->text);
    if (row->style == ROW_STRONG)
        text.size *= strong_size;
    text.foreign = row->foreign;
    if (row->style == ROW_HEADING && row->value == NULL)
        return text;
    text.x += count_width + (row->style == ROW_DETAIL ? gap : 0);
    text.width -= text.x - w->press->sheet.margin;
    return text;
}

/* Flush right in the width, in the face of the text. */
static struct cell figure_cell(const struct writer *w, const struct cell *text, const char *figure, double width)
{
    return (struct cell){.text = figure,
                         .size = text->size,
                         .bold = text->bold,
                         .align = ALIGN_RIGHT,
                         .x = w->press->sheet.margin,
                         .width = width};
}

/* A count, a text and an amount; the first and last may be NULL. */
static void put_entry(struct writer *w, const struct row *row)
{
    struct cell cells[3], text = text_cell(w, row), amount = {0};
    size_t n = 0;
    bool below = false;
    if (row->value != NULL) {
        amount = figure_cell(w, &text, row->value, press_width(w->press));
        double width = press_text_width(w->press, row->value, amount.size, amount.bold);
        double left = text.width - fmax(w->value_width, width) - w->press->sheet.size;
        below = left < text_least * press_width(w->press);
        text.width = below ? text.width : left;
    }
    if (row->count != NULL)
        cells[n++] = figure_cell(w, &text, row->count, w->count_width);
    size_t long_one = n;
    cells[n++] = text;
    if (row->value != NULL && !below)
        cells[n++] = amount;
    press_cells(w->press, cells, n, long_one);
    if (below)
        press_cells(w->press, &amount, 1, 0);
}

static void put_columns(struct writer *w)
{
    put_entry(w, w->section->columns);
    press_rule(w->press, w->press->y + 1);
    w->press->y += w->press->sheet.size / 3;
}

static void put_row(struct writer *w, const struct section *section, const struct row *row)
{
    switch (section->kind) {
    case SECTION_ISSUER:
        put_centered(w, row, row->style == ROW_STRONG ? title_size : 1);
        break;
    case SECTION_TITLE:
        if (row->style == ROW_STRONG)
            put_mark(w, row);
        else
            put_centered(w, row, title_size);
        break;
    case SECTION_NOTES:
        put_centered(w, row, 1);
        break;
    case SECTION_PAIRS:
        put_pair(w, row);
        break;
    default:
        put_entry(w, row);
    }
}

/* ---- Sections */

/* Rows that stay together: a heading with what follows, an item with its details. */
static const struct row *group_end(const struct row *row)
{
    while (row->next != NULL && (row->style == ROW_HEADING || row->next->style == ROW_DETAIL))
        row = row->next;
    return row->next;
}

static double group_height(const struct writer *w, const struct section *section, const struct row *first,
                           const struct row *end)
{
    struct press press = *w->press;
    struct writer probe = *w;
    press_probe(&press);
    probe.press = &press;
    for (const struct row *row = first; row != end; row = row->next)
        put_row(&probe, section, row);
    return press.y;
}

static void widen(const struct writer *w, double *column, const char *text, const struct row *row, double most)
{
    if (text == NULL)
        return;
    struct cell cell = cell_of(w, row, text);
    double width = press_text_width(w->press, text, cell.size, cell.bold);
    if (width <= most)
        *column = fmax(*column, width);
}

static void measure_columns(struct writer *w, const struct section *section)
{
    double most = press_width(w->press) * column_most;
    w->count_width = w->value_width = 0;
    if (section->columns != NULL)
        widen(w, &w->count_width, section->columns->count, section->columns, INFINITY);
    for (const struct row *row = section->first; row != NULL; row = row->next) {
        widen(w, &w->count_width, row->count, row, INFINITY);
        widen(w, &w->value_width, row->value, row, most);
    }
}

/* All labels of the receipt have the same width. */
static void measure_labels(struct writer *w)
{
    w->count_width = 0;
    for (const struct section *section = w->layout->first; section != NULL; section = section->next)
        for (const struct row *row = section->first; row != NULL && section->kind == SECTION_PAIRS; row = row->next)
            widen(w, &w->count_width, row->text, row, INFINITY);
}

static bool has_rule(const struct section *section)
{
    return section->kind != SECTION_ISSUER && section->kind != SECTION_TITLE;
}

static void put_section(struct writer *w, const struct section *section)
{
    double gap = w->press->sheet.size * 0.7;
    if (section->kind == SECTION_PAIRS)
        measure_labels(w);
    else
        measure_columns(w, section);
    /* Lines may begin at the end of a page; anything else stays whole where it can. */
    const struct row *whole = section->kind == SECTION_LINES ? group_end(section->first) : NULL;
    double heads = (section->heading != NULL ? 2 : 0) + (section->columns != NULL ? 2 : 0);
    press_ensure(w->press, 2 * gap + heads * w->press->sheet.size + group_height(w, section, section->first, whole));
    if (!press_at_top(w->press)) {
        w->press->y += gap;
        if (has_rule(section))
            press_rule(w->press, w->press->y);
        w->press->y += has_rule(section) ? gap : 0;
    }
    if (section->heading != NULL)
        put_entry(w, &(struct row){.style = ROW_HEADING, .text = section->heading});
    if (section->columns != NULL) {
        w->section = section;
        put_columns(w);
    }
    for (const struct row *row = section->first; row != NULL;) {
        const struct row *end = group_end(row);
        press_ensure(w->press, group_height(w, section, row, end));
        if (row->style == ROW_HEADING && row != section->first)
            w->press->y += w->press->sheet.size / 3;
        for (; row != end; row = row->next)
            put_row(w, section, row);
    }
    w->section = NULL;
}

static void put_layout(struct press *press, void *context)
{
    struct writer *w = context;
    w->press = press;
    for (const struct section *section = w->layout->first; section != NULL; section = section->next)
        put_section(w, section);
}

static void put_head(void *context)
{
    struct writer *w = context;
    if (w->section != NULL)
        put_columns(w);
}

enum err receipt_pdf(struct arena *arena, struct json_object *document, const struct receipt_form *form,
                     const char **bytes, size_t *len)
{
    struct layout layout;
    struct text out;
    layout_make(arena, document, form->copy, &layout);
    text_init(&out, arena);
    struct writer w = {.layout = &layout};
    const struct press_job job = {.sheet = &sheets[form->paper],
                                  .title = layout.title,
                                  .author = layout.issuer,
                                  .running = layout.running,
                                  .put = put_layout,
                                  .put_head = put_head,
                                  .context = &w};
    bool printed = press_print(&job, &out);
    *bytes = out.bytes;
    *len = out.len;
    return printed ? ERR_OK : ERR_INTERNAL;
}

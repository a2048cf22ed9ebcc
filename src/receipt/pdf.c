/* A receipt as a PDF, drawn by Pango and cairo. Everything is laid out twice: first to
 * know how many pages there are and how long the last is, then to draw. Lengths are
 * points; all is black, since printers of rolls know no grey. */
#include "receipt/receipt.h"

#include "base/arena.h"
#include "base/text.h"
#include "receipt/layout.h"

#include <cairo-pdf.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <signal.h>

#define MM (72 / 25.4)

static const char font_families[] = "Noto Sans, DejaVu Sans, sans-serif";

struct sheet {
    double width, margin, size; /* of the page, of its edges, of the font */
    double length, bottom;      /* the most that a page has; what stays free below */
    bool numbered;              /* pages have numbers, and are all of that length */
};

/* Viewers take pages of up to 14,400 points: a longer roll is cut. */
static const struct sheet sheets[] = {
    [RECEIPT_80MM] = {80 * MM, 4 * MM, 8.5, 14000, 6 * MM, false},
    [RECEIPT_A4] = {210 * MM, 18 * MM, 10, 297 * MM, 22 * MM, true},
};

/* Sizes of type, of the sheet's. */
static const double detail_size = 0.88, title_size = 1.5, mark_size = 1.3, strong_size = 1.15;
/* Of the width: amounts that are wider do not widen their column; text that would get less
 * has the line to itself, with the amount below. */
static const double column_most = 0.4, text_least = 0.25;

struct press {
    const struct sheet *sheet;
    const struct layout *layout;
    const struct section *section; /* whose columns a new page names again; NULL for none */
    PangoContext *context;
    cairo_surface_t *surface;
    cairo_t *cairo;
    bool drawing; /* otherwise measuring */
    int page, pages;
    double y, top, last_length;      /* where the next line goes; where the page's text begins; of the last page */
    double count_width, value_width; /* the section's columns */
};

/* ---- Pango looks up fonts in threads. These must not take signals, since a worker's
 * main thread waits for them. */

static PangoContext *pango_begin(sigset_t *signals_before)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, signals_before);
    PangoContext *context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_base_dir(context, PANGO_DIRECTION_LTR);
    pango_context_set_language(context, pango_language_from_string("en")); /* not the environment's */
    return context;
}

/* Without any font cairo ends the process. */
static bool has_font(PangoContext *context)
{
    PangoFontDescription *wanted = pango_font_description_new();
    pango_font_description_set_family_static(wanted, font_families);
    PangoFont *font = pango_context_load_font(context, wanted);
    pango_font_description_free(wanted);
    bool found = font != NULL;
    if (found)
        g_object_unref(font);
    return found;
}

static void pango_end(PangoContext *context, const sigset_t *signals_before)
{
    g_object_unref(context);
    pthread_sigmask(SIG_SETMASK, signals_before, NULL);
}

/* ---- Cells */

enum align { LEFT, CENTER, RIGHT };

struct cell {
    const char *text;
    double size;
    bool bold, foreign; /* foreign: its direction is its own */
    enum align align;
    double x, width;
    bool wraps;
};

static PangoLayout *layout_create(const struct press *press, const struct cell *cell)
{
    PangoLayout *layout = pango_layout_new(press->context);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, font_families);
    pango_font_description_set_absolute_size(font, cell->size * PANGO_SCALE);
    pango_font_description_set_weight(font, cell->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_auto_dir(layout, cell->foreign);
    if (cell->wraps) {
        pango_layout_set_width(layout, pango_units_from_double(cell->width));
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        PangoAttrList *attributes = pango_attr_list_new();
        pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE)); /* the words stay as they are */
        pango_layout_set_attributes(layout, attributes);
        pango_attr_list_unref(attributes);
        pango_layout_set_alignment(layout, cell->align == CENTER ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
    }
    pango_layout_set_text(layout, cell->text, -1);
    return layout;
}

/* How wide it is in one line. */
static double natural_width(const struct press *press, const char *text, double size, bool bold)
{
    PangoRectangle extents;
    PangoLayout *layout = layout_create(press, &(struct cell){.text = text, .size = size, .bold = bold});
    pango_layout_get_extents(layout, NULL, &extents);
    g_object_unref(layout);
    return pango_units_to_double(extents.width);
}

/* A line of a layout, and where it stands in its cell. */
struct line {
    PangoLayoutLine *line;
    double x, ascent, descent;
};

/* Lines of a script that runs to the left are flush right among themselves; together
 * they begin where the cell does. */
static struct line line_of(const struct cell *cell, PangoLayout *layout, PangoLayoutIter *iter)
{
    PangoRectangle extents, block;
    pango_layout_iter_get_line_extents(iter, NULL, &extents);
    pango_layout_get_extents(layout, NULL, &block);
    double baseline = pango_units_to_double(pango_layout_iter_get_baseline(iter) - extents.y), x = cell->x;
    if (cell->align == LEFT)
        x += pango_units_to_double(extents.x - block.x);
    else if (cell->align == RIGHT)
        x += cell->width - pango_units_to_double(extents.width);
    else
        x += pango_units_to_double(extents.x);
    return (struct line){pango_layout_iter_get_line_readonly(iter), x, baseline,
                         pango_units_to_double(extents.height) - baseline};
}

/* What is larger than its cell is cut there: a single letter may be wider, and marks
 * can be heaped on one. */
static void draw_line(const struct press *press, const struct cell *cell, const struct line *line, double baseline)
{
    if (!press->drawing)
        return;
    double over = cell->size / 4, top = baseline - line->ascent - over;
    cairo_save(press->cairo);
    if (cell->wraps) {
        cairo_rectangle(press->cairo, cell->x, top, cell->width, line->ascent + line->descent + 2 * over);
        cairo_clip(press->cairo);
    }
    cairo_move_to(press->cairo, line->x, baseline);
    pango_cairo_show_layout_line(press->cairo, line->line);
    cairo_restore(press->cairo);
}

static void draw_rule(const struct press *press, double y)
{
    if (!press->drawing)
        return;
    cairo_set_line_width(press->cairo, 0.6);
    cairo_move_to(press->cairo, press->sheet->margin, y);
    cairo_line_to(press->cairo, press->sheet->width - press->sheet->margin, y);
    cairo_stroke(press->cairo);
}

/* ---- Pages */

static void next_page(struct press *press);

static double content_width(const struct press *press)
{
    return press->sheet->width - 2 * press->sheet->margin;
}

static double page_end(const struct press *press)
{
    return press->sheet->length - press->sheet->bottom;
}

/* Begins a new page if so much is not free on this one, but is on an empty one. */
static void ensure(struct press *press, double height)
{
    if (press->y + height > page_end(press) && height <= page_end(press) - press->top)
        next_page(press);
}

/* One line of several cells on a common baseline. */
static void put_line(struct press *press, const struct cell *cells, PangoLayoutIter **iters, PangoLayout **layouts,
                     size_t n)
{
    struct line lines[3];
    double ascent = 0, descent = 0;
    for (size_t i = 0; i < n; i++) {
        lines[i] = line_of(&cells[i], layouts[i], iters[i]);
        ascent = fmax(ascent, lines[i].ascent);
        descent = fmax(descent, lines[i].descent);
    }
    ensure(press, ascent + descent);
    for (size_t i = 0; i < n; i++)
        draw_line(press, &cells[i], &lines[i], press->y + ascent);
    press->y += ascent + descent;
}

/* At most three cells, in the order in which they are read. One may have many lines, the
 * others have one, beside its first. */
static void put_cells(struct press *press, const struct cell *cells, size_t n, size_t long_one)
{
    PangoLayout *layouts[3];
    PangoLayoutIter *iters[3];
    for (size_t i = 0; i < n; i++) {
        layouts[i] = layout_create(press, &cells[i]);
        iters[i] = pango_layout_get_iter(layouts[i]);
    }
    put_line(press, cells, iters, layouts, n);
    while (pango_layout_iter_next_line(iters[long_one]))
        put_line(press, &cells[long_one], &iters[long_one], &layouts[long_one], 1);
    for (size_t i = 0; i < n; i++) {
        pango_layout_iter_free(iters[i]);
        g_object_unref(layouts[i]);
    }
}

static void put_columns(struct press *press);

static void put_running_head(struct press *press)
{
    const struct cell cell = {.text = press->layout->running,
                              .size = press->sheet->size * detail_size,
                              .x = press->sheet->margin,
                              .width = content_width(press),
                              .wraps = true};
    PangoLayout *layout = layout_create(press, &cell);
    pango_layout_set_height(layout, -1); /* one line */
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    PangoLayoutIter *iter = pango_layout_get_iter(layout);
    put_line(press, &cell, &iter, &layout, 1);
    pango_layout_iter_free(iter);
    g_object_unref(layout);
    draw_rule(press, press->y + 2);
    press->y += press->sheet->size / 2 + 2;
}

static void begin_page(struct press *press)
{
    const struct sheet *sheet = press->sheet;
    bool whole = sheet->numbered || press->page < press->pages;
    if (press->drawing)
        cairo_pdf_surface_set_size(press->surface, sheet->width, whole ? sheet->length : press->last_length);
    press->y = press->top = sheet->margin;
    if (press->page > 1)
        put_running_head(press);
    if (press->section != NULL)
        put_columns(press);
    press->top = press->y;
}

static void end_page(struct press *press)
{
    char number[64];
    if (!press->drawing)
        return;
    if (press->sheet->numbered) {
        snprintf(number, sizeof number, "Page %d of %d", press->page, press->pages);
        const struct cell cell = {.text = number,
                                  .size = press->sheet->size * detail_size,
                                  .align = CENTER,
                                  .x = press->sheet->margin,
                                  .width = content_width(press),
                                  .wraps = true};
        press->y = page_end(press) + (press->sheet->bottom - cell.size) / 2;
        PangoLayout *layout = layout_create(press, &cell);
        cairo_move_to(press->cairo, cell.x, press->y);
        pango_cairo_show_layout(press->cairo, layout);
        g_object_unref(layout);
    }
    cairo_show_page(press->cairo);
}

static void next_page(struct press *press)
{
    end_page(press);
    press->page++;
    begin_page(press);
}

/* ---- Rows */

static struct cell cell_of(const struct press *press, const struct row *row, const char *text)
{
    double size = press->sheet->size * (row->style == ROW_DETAIL ? detail_size : 1);
    return (struct cell){.text = text,
                         .size = size,
                         .bold = row->style == ROW_STRONG || row->style == ROW_HEADING,
                         .x = press->sheet->margin,
                         .width = content_width(press),
                         .wraps = true};
}

static void put_centered(struct press *press, const struct row *row, double size)
{
    struct cell cell = cell_of(press, row, row->text);
    cell.align = CENTER;
    cell.foreign = row->foreign;
    cell.size *= size;
    cell.bold = cell.bold || size > 1;
    put_cells(press, &cell, 1, 0);
}

/* In a frame. */
static void put_mark(struct press *press, const struct row *row)
{
    double pad = press->sheet->size / 3;
    double width = natural_width(press, row->text, press->sheet->size * mark_size, true) + 4 * pad;
    press->y += 2 * pad;
    double top = press->y;
    put_centered(press, row, mark_size);
    if (press->drawing) {
        cairo_set_line_width(press->cairo, 1.2);
        cairo_rectangle(press->cairo, (press->sheet->width - width) / 2, top - pad / 2, width, press->y - top + pad);
        cairo_stroke(press->cairo);
    }
    press->y += pad;
}

static void put_pair(struct press *press, const struct row *row)
{
    struct cell label = cell_of(press, row, row->text), words = cell_of(press, row, row->value);
    double indent = press->count_width + press->sheet->size;
    label.wraps = false;
    words.x += indent;
    words.width -= indent;
    words.foreign = row->foreign;
    put_cells(press, (const struct cell[]){label, words}, 2, 1);
}

/* The text's cell beside the count's. */
static struct cell text_cell(const struct press *press, const struct row *row)
{
    double gap = press->sheet->size, count_width = press->count_width > 0 ? press->count_width + gap / 2 : 0;
    struct cell text = cell_of(press, row, row->text);
    if (row->style == ROW_STRONG)
        text.size *= strong_size;
    text.foreign = row->foreign;
    if (row->style == ROW_HEADING && row->value == NULL)
        return text;
    text.x += count_width + (row->style == ROW_DETAIL ? gap : 0);
    text.width -= text.x - press->sheet->margin;
    return text;
}

/* Flush right in the width, in the face of the text. */
static struct cell figure_cell(const struct press *press, const struct cell *text, const char *figure, double width)
{
    return (struct cell){.text = figure,
                         .size = text->size,
                         .bold = text->bold,
                         .align = RIGHT,
                         .x = press->sheet->margin,
                         .width = width};
}

/* A count, a text and an amount; the first and last may be NULL. */
static void put_entry(struct press *press, const struct row *row)
{
    struct cell cells[3], text = text_cell(press, row), amount = {0};
    size_t n = 0;
    bool below = false;
    if (row->value != NULL) {
        amount = figure_cell(press, &text, row->value, content_width(press));
        double width = natural_width(press, row->value, amount.size, amount.bold);
        double left = text.width - fmax(press->value_width, width) - press->sheet->size;
        below = left < text_least * content_width(press);
        text.width = below ? text.width : left;
    }
    if (row->count != NULL)
        cells[n++] = figure_cell(press, &text, row->count, press->count_width);
    size_t long_one = n;
    cells[n++] = text;
    if (row->value != NULL && !below)
        cells[n++] = amount;
    put_cells(press, cells, n, long_one);
    if (below)
        put_cells(press, &amount, 1, 0);
}

static void put_columns(struct press *press)
{
    put_entry(press, press->section->columns);
    draw_rule(press, press->y + 1);
    press->y += press->sheet->size / 3;
}

static void put_row(struct press *press, const struct section *section, const struct row *row)
{
    switch (section->kind) {
    case SECTION_ISSUER:
        put_centered(press, row, row->style == ROW_STRONG ? title_size : 1);
        break;
    case SECTION_TITLE:
        if (row->style == ROW_STRONG)
            put_mark(press, row);
        else
            put_centered(press, row, title_size);
        break;
    case SECTION_NOTES:
        put_centered(press, row, 1);
        break;
    case SECTION_PAIRS:
        put_pair(press, row);
        break;
    default:
        put_entry(press, row);
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

static double group_height(const struct press *press, const struct section *section, const struct row *first,
                           const struct row *end)
{
    struct sheet endless = *press->sheet;
    struct press probe = *press;
    endless.length = INFINITY;
    probe.sheet = &endless;
    probe.drawing = false;
    probe.y = 0;
    for (const struct row *row = first; row != end; row = row->next)
        put_row(&probe, section, row);
    return probe.y;
}

static void widen(const struct press *press, double *column, const char *text, const struct row *row, double most)
{
    if (text == NULL)
        return;
    struct cell cell = cell_of(press, row, text);
    double width = natural_width(press, text, cell.size, cell.bold);
    if (width <= most)
        *column = fmax(*column, width);
}

static void measure_columns(struct press *press, const struct section *section)
{
    double most = content_width(press) * column_most;
    press->count_width = press->value_width = 0;
    if (section->columns != NULL)
        widen(press, &press->count_width, section->columns->count, section->columns, INFINITY);
    for (const struct row *row = section->first; row != NULL; row = row->next) {
        widen(press, &press->count_width, row->count, row, INFINITY);
        widen(press, &press->value_width, row->value, row, most);
    }
}

/* All labels of the receipt are as wide. */
static void measure_labels(struct press *press)
{
    press->count_width = 0;
    for (const struct section *section = press->layout->first; section != NULL; section = section->next)
        for (const struct row *row = section->first; row != NULL && section->kind == SECTION_PAIRS; row = row->next)
            widen(press, &press->count_width, row->text, row, INFINITY);
}

static bool has_rule(const struct section *section)
{
    return section->kind != SECTION_ISSUER && section->kind != SECTION_TITLE;
}

static void put_section(struct press *press, const struct section *section)
{
    double gap = press->sheet->size * 0.7;
    if (section->kind == SECTION_PAIRS)
        measure_labels(press);
    else
        measure_columns(press, section);
    /* Lines may begin at the end of a page; anything else stays whole where it can. */
    const struct row *whole = section->kind == SECTION_LINES ? group_end(section->first) : NULL;
    double heads = (section->heading != NULL ? 2 : 0) + (section->columns != NULL ? 2 : 0);
    ensure(press, 2 * gap + heads * press->sheet->size + group_height(press, section, section->first, whole));
    if (press->y > press->top) {
        press->y += gap;
        if (has_rule(section))
            draw_rule(press, press->y);
        press->y += has_rule(section) ? gap : 0;
    }
    if (section->heading != NULL)
        put_entry(press, &(struct row){.style = ROW_HEADING, .text = section->heading});
    if (section->columns != NULL) {
        press->section = section;
        put_columns(press);
    }
    for (const struct row *row = section->first; row != NULL;) {
        const struct row *end = group_end(row);
        ensure(press, group_height(press, section, row, end));
        if (row->style == ROW_HEADING && row != section->first)
            press->y += press->sheet->size / 3;
        for (; row != end; row = row->next)
            put_row(press, section, row);
    }
    press->section = NULL;
}

static void put_layout(struct press *press)
{
    press->page = 1;
    begin_page(press);
    for (const struct section *section = press->layout->first; section != NULL; section = section->next)
        put_section(press, section);
    press->pages = press->page;
    press->last_length = press->y + press->sheet->bottom;
    end_page(press);
}

static cairo_status_t write_bytes(void *closure, const unsigned char *bytes, unsigned len)
{
    text_add(closure, (const char *)bytes, len);
    return CAIRO_STATUS_SUCCESS;
}

/* No date: the same receipt is the same file. */
static cairo_surface_t *surface_create(const struct press *press, struct text *out)
{
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(write_bytes, out, press->sheet->width, press->sheet->length);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, press->layout->title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, press->layout->issuer);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "OrderZap");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, NULL);
    return surface;
}

static cairo_status_t print(struct press *press, struct text *out)
{
    press->surface = surface_create(press, out);
    press->cairo = cairo_create(press->surface);
    pango_cairo_update_context(press->cairo, press->context);
    put_layout(press);
    press->drawing = true;
    put_layout(press);
    cairo_surface_finish(press->surface);
    cairo_status_t status = cairo_status(press->cairo);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(press->surface);
    cairo_destroy(press->cairo);
    cairo_surface_destroy(press->surface);
    return status;
}

enum err receipt_pdf(struct arena *arena, struct json_object *document, const struct receipt_form *form,
                     const char **bytes, size_t *len)
{
    struct layout layout;
    struct text out;
    sigset_t signals_before;
    layout_make(arena, document, form->copy, &layout);
    text_init(&out, arena);
    struct press press = {.sheet = &sheets[form->paper], .layout = &layout, .context = pango_begin(&signals_before)};
    bool printed = has_font(press.context) && print(&press, &out) == CAIRO_STATUS_SUCCESS;
    pango_end(press.context, &signals_before);
    *bytes = out.bytes;
    *len = out.len;
    return printed ? ERR_OK : ERR_INTERNAL;
}

#ifdef __SANITIZE_ADDRESS__
/* As in qr/label.c, for programs without that: fontconfig's memory lives as long as
 * the process, and LeakSanitizer cannot follow its offsets. */
const char *__lsan_default_suppressions(void) __attribute__((weak));
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

const char *__lsan_default_options(void) __attribute__((weak));
const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}
#endif

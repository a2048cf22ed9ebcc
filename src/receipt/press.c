#include "receipt/press.h"

#include "base/text.h"

#include <cairo-pdf.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <signal.h>

enum { CELLS_MAX = 3 };

static const char font_families[] = "Noto Sans, DejaVu Sans, sans-serif";

struct canvas {
    PangoContext *context;
    cairo_surface_t *surface;
    cairo_t *cairo;
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

static PangoLayout *layout_create(const struct press *press, const struct cell *cell)
{
    PangoLayout *layout = pango_layout_new(press->canvas->context);
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
        pango_layout_set_alignment(layout, cell->align == ALIGN_CENTER ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
    }
    pango_layout_set_text(layout, cell->text, -1);
    return layout;
}

double press_text_width(const struct press *press, const char *text, double size, bool bold)
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
    if (cell->align == ALIGN_LEFT)
        x += pango_units_to_double(extents.x - block.x);
    else if (cell->align == ALIGN_RIGHT)
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
    cairo_save(press->canvas->cairo);
    if (cell->wraps) {
        cairo_rectangle(press->canvas->cairo, cell->x, top, cell->width, line->ascent + line->descent + 2 * over);
        cairo_clip(press->canvas->cairo);
    }
    cairo_move_to(press->canvas->cairo, line->x, baseline);
    pango_cairo_show_layout_line(press->canvas->cairo, line->line);
    cairo_restore(press->canvas->cairo);
}

void press_rule(const struct press *press, double y)
{
    cairo_t *cairo = press->canvas->cairo;
    if (!press->drawing)
        return;
    cairo_set_line_width(cairo, 0.6);
    cairo_move_to(cairo, press->sheet.margin, y);
    cairo_line_to(cairo, press->sheet.width - press->sheet.margin, y);
    cairo_stroke(cairo);
}

void press_frame(const struct press *press, double width, double top, double height)
{
    cairo_t *cairo = press->canvas->cairo;
    if (!press->drawing)
        return;
    cairo_set_line_width(cairo, 1.2);
    cairo_rectangle(cairo, (press->sheet.width - width) / 2, top, width, height);
    cairo_stroke(cairo);
}

/* ---- Pages */

static void next_page(struct press *press);

double press_width(const struct press *press)
{
    return press->sheet.width - 2 * press->sheet.margin;
}

static double page_end(const struct press *press)
{
    return press->sheet.length - press->sheet.bottom;
}

bool press_at_top(const struct press *press)
{
    return press->y <= press->top;
}

void press_ensure(struct press *press, double height)
{
    if (press->y + height > page_end(press) && height <= page_end(press) - press->top)
        next_page(press);
}

/* One line of several cells on a common baseline. */
static void put_line(struct press *press, const struct cell *cells, PangoLayoutIter **iters, PangoLayout **layouts,
                     size_t n)
{
    struct line lines[CELLS_MAX];
    double ascent = 0, descent = 0;
    for (size_t i = 0; i < n; i++) {
        lines[i] = line_of(&cells[i], layouts[i], iters[i]);
        ascent = fmax(ascent, lines[i].ascent);
        descent = fmax(descent, lines[i].descent);
    }
    press_ensure(press, ascent + descent);
    for (size_t i = 0; i < n; i++)
        draw_line(press, &cells[i], &lines[i], press->y + ascent);
    press->y += ascent + descent;
}

void press_cells(struct press *press, const struct cell *cells, size_t n, size_t long_one)
{
    PangoLayout *layouts[CELLS_MAX];
    PangoLayoutIter *iters[CELLS_MAX];
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

static void put_running_head(struct press *press)
{
    const struct cell cell = {.text = press->job->running,
                              .size = press->sheet.small,
                              .x = press->sheet.margin,
                              .width = press_width(press),
                              .wraps = true};
    PangoLayout *layout = layout_create(press, &cell);
    pango_layout_set_height(layout, -1); /* one line */
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    PangoLayoutIter *iter = pango_layout_get_iter(layout);
    put_line(press, &cell, &iter, &layout, 1);
    pango_layout_iter_free(iter);
    g_object_unref(layout);
    press_rule(press, press->y + 2);
    press->y += press->sheet.size / 2 + 2;
}

static void begin_page(struct press *press)
{
    const struct sheet *sheet = &press->sheet;
    bool whole = sheet->numbered || press->page < press->pages;
    if (press->drawing)
        cairo_pdf_surface_set_size(press->canvas->surface, sheet->width, whole ? sheet->length : press->last_length);
    press->y = press->top = sheet->margin;
    if (press->page > 1) {
        put_running_head(press);
        press->job->put_head(press->job->context);
    }
    press->top = press->y;
}

static void end_page(struct press *press)
{
    char number[64];
    if (!press->drawing)
        return;
    if (press->sheet.numbered) {
        snprintf(number, sizeof number, "Page %d of %d", press->page, press->pages);
        const struct cell cell = {.text = number,
                                  .size = press->sheet.small,
                                  .align = ALIGN_CENTER,
                                  .x = press->sheet.margin,
                                  .width = press_width(press),
                                  .wraps = true};
        press->y = page_end(press) + (press->sheet.bottom - cell.size) / 2;
        PangoLayout *layout = layout_create(press, &cell);
        cairo_move_to(press->canvas->cairo, cell.x, press->y);
        pango_cairo_show_layout(press->canvas->cairo, layout);
        g_object_unref(layout);
    }
    cairo_show_page(press->canvas->cairo);
}

static void next_page(struct press *press)
{
    end_page(press);
    press->page++;
    begin_page(press);
}

void press_probe(struct press *press)
{
    press->sheet.length = INFINITY;
    press->drawing = false;
    press->y = 0;
}

/* ---- The whole */

static void put_all(struct press *press)
{
    press->page = 1;
    begin_page(press);
    press->job->put(press, press->job->context);
    press->pages = press->page;
    press->last_length = press->y + press->sheet.bottom;
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
        cairo_pdf_surface_create_for_stream(write_bytes, out, press->sheet.width, press->sheet.length);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, press->job->title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, press->job->author);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "OrderZap");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, NULL);
    return surface;
}

static cairo_status_t print(struct press *press, struct text *out)
{
    press->canvas->surface = surface_create(press, out);
    press->canvas->cairo = cairo_create(press->canvas->surface);
    pango_cairo_update_context(press->canvas->cairo, press->canvas->context);
    put_all(press);
    press->drawing = true;
    put_all(press);
    cairo_surface_finish(press->canvas->surface);
    cairo_status_t status = cairo_status(press->canvas->cairo);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(press->canvas->surface);
    cairo_destroy(press->canvas->cairo);
    cairo_surface_destroy(press->canvas->surface);
    return status;
}

bool press_print(const struct press_job *job, struct text *out)
{
    sigset_t signals_before;
    struct canvas canvas = {.context = pango_begin(&signals_before)};
    struct press press = {.sheet = *job->sheet, .job = job, .canvas = &canvas};
    bool printed = has_font(canvas.context) && print(&press, out) == CAIRO_STATUS_SUCCESS;
    pango_end(canvas.context, &signals_before);
    return printed;
}

#ifdef __SANITIZE_ADDRESS__
/* As in qr/label.c, for programs without that file: fontconfig's memory lives as long as
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

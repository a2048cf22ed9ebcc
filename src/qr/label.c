#include "qr/label.h"

#include "base/arena.h"
#include "qr/qr.h"

#include <pango/pangocairo.h>
#include <signal.h>
#include <string.h>

const char label_font[] = "DejaVu Sans, sans-serif";

enum { TEXT_WIDTH = 920, BOTTOM = 40, STEPS = 4 };
static const double line_height = 1.3;
static const char ellipsis[] = "\xe2\x80\xa6";

/* A font size, and the lines that it may fill. */
struct step {
    double size;
    int lines;
};

/* From the largest to the smallest; text that does not fit even there is cut. */
struct style {
    struct step steps[STEPS];
    int n;
    bool bold;
};

static const struct style name_style = {{{80, 1}, {60, 2}, {45, 3}, {30, 4}}, 4, true};
static const struct style place_style = {{{36, 1}, {28, 2}}, 2, false};

/* Using Pango: it looks up fonts in threads. These must not take signals,
 * since a worker's main thread waits for them. */
struct pango {
    PangoContext *context;
    sigset_t signals_before;
};

/* Without hinting: a line is as wide in print as measured. */
static void pango_begin(struct pango *pango)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &pango->signals_before);
    pango->context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(pango->context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(pango->context, FALSE);
}

static void pango_end(struct pango *pango)
{
    g_object_unref(pango->context);
    pthread_sigmask(SIG_SETMASK, &pango->signals_before, NULL);
}

static PangoLayout *layout_create(PangoContext *context, const char *text, double size, bool bold)
{
    PangoLayout *layout = pango_layout_new(context);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, label_font);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_text(layout, text, -1);
    return layout;
}

/* The text broken into lines, with the first step in which it fits; otherwise
 * the last. */
static PangoLayout *fit(PangoContext *context, const char *text, const struct style *style, const struct step **step)
{
    for (int i = 0;; i++) {
        PangoLayout *layout = layout_create(context, text, style->steps[i].size, style->bold);
        pango_layout_set_width(layout, TEXT_WIDTH * PANGO_SCALE);
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        *step = &style->steps[i];
        if (i == style->n - 1 || pango_layout_get_line_count(layout) <= style->steps[i].lines)
            return layout;
        g_object_unref(layout);
    }
}

static void add_line(struct arena *arena, struct label *label, const struct style *style, const struct step *step,
                     const char *text, bool right_to_left)
{
    label->lines[label->n++] = (struct label_line){
        .text = arena_strdup(arena, text),
        .size = step->size,
        .baseline = label->height + step->size,
        .bold = style->bold,
        .right_to_left = right_to_left,
    };
    label->height += step->size * line_height;
}

static void add_text(struct arena *arena, struct label *label, PangoContext *context, const char *text,
                     const struct style *style)
{
    const struct step *step;
    PangoLayout *layout = fit(context, text, style, &step);
    int count = pango_layout_get_line_count(layout);
    for (int i = 0; i < count && i < step->lines; i++) {
        const PangoLayoutLine *line = pango_layout_get_line_readonly(layout, i);
        const char *start = text + line->start_index;
        int len = line->length;
        for (; len > 0 && *start == ' '; len--)
            start++;
        while (len > 0 && start[len - 1] == ' ')
            len--;
        bool cut = i == step->lines - 1 && count > step->lines;
        add_line(arena, label, style, step, arena_printf(arena, "%.*s%s", len, start, cut ? ellipsis : ""),
                 line->resolved_dir == PANGO_DIRECTION_RTL);
    }
    g_object_unref(layout);
}

void label_make(struct arena *arena, const struct qr_card *card, struct label *out)
{
    struct pango pango;
    pango_begin(&pango);
    *out = (struct label){0};
    add_text(arena, out, pango.context, card->name, &name_style);
    if (card->place[0] != '\0')
        add_text(arena, out, pango.context, card->place, &place_style);
    out->height += BOTTOM;
    pango_end(&pango);
}

void label_draw(const struct label *label, cairo_t *cairo)
{
    struct pango pango;
    pango_begin(&pango);
    pango_cairo_update_context(cairo, pango.context);
    for (size_t i = 0; i < label->n; i++) {
        const struct label_line *line = &label->lines[i];
        PangoRectangle extents;
        PangoLayout *layout = layout_create(pango.context, line->text, line->size, line->bold);
        pango_layout_get_extents(layout, NULL, &extents);
        cairo_move_to(cairo, (LABEL_WIDTH - (double)extents.width / PANGO_SCALE) / 2, line->baseline);
        pango_cairo_show_layout_line(cairo, pango_layout_get_line_readonly(layout, 0));
        g_object_unref(layout);
    }
    pango_end(&pango);
}

#ifdef __SANITIZE_ADDRESS__
/* Fontconfig stores its patterns as offsets, which LeakSanitizer does not
 * follow: it reports memory that lives as long as the process as leaked.
 * FcFini() is not an option, since Pango's threads may still hold patterns. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}
#endif

#include "receipt/layout.h"

#include "base/arena.h"
#include "receipt/figure.h"
#include "receipt/make.h"
#include "receipt/read.h"

#include <string.h>

struct section section_of(enum section_kind kind, const char *heading)
{
    return (struct section){.kind = kind, .heading = heading};
}

struct row *section_add(struct maker *m, struct section *section, const struct row *row)
{
    struct row *added = arena_alloc(m->arena, sizeof *added);
    *added = *row;
    if (section->first == NULL)
        section->first = added;
    else
        section->last->next = added;
    section->last = added;
    return added;
}

void section_end(struct maker *m, const struct section *section)
{
    if (section->first == NULL)
        return;
    struct section *added = arena_alloc(m->arena, sizeof *added);
    *added = *section;
    if (m->layout->first == NULL)
        m->layout->first = added;
    else
        m->layout->last->next = added;
    m->layout->last = added;
}

const char *make_amount(struct maker *m, int64_t amount)
{
    return figure_amount(m->arena, amount, m->exponent);
}

const char *make_money(struct maker *m, int64_t amount)
{
    return arena_printf(m->arena, "%s%s%s", m->currency, m->currency[0] != '\0' ? " " : "", make_amount(m, amount));
}

const char *make_isolated(struct maker *m, const char *text)
{
    return text != NULL ? arena_printf(m->arena, ISOLATE "%s" ISOLATE_END, text) : NULL;
}

const char *make_joined(struct maker *m, const char *a, const char *separator, const char *b)
{
    return a == NULL ? b : b == NULL ? a : arena_printf(m->arena, "%s%s%s", a, separator, b);
}

const char *make_word(struct maker *m, struct json_object *object, const char *key, const struct word *words, size_t n)
{
    const char *theirs = read_text(m->arena, object, key);
    for (size_t i = 0; i < n && theirs != NULL; i++)
        if (strcmp(words[i].theirs, theirs) == 0)
            return words[i].ours;
    return make_isolated(m, theirs);
}

static const char *currency_of(struct arena *arena, struct json_object *document)
{
    const char *code = read_text(arena, document, "currency");
    return code != NULL && strlen(code) == 3 && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3 ? code : "";
}

/* Two decimals where the document does not say. */
static int exponent_of(struct json_object *document)
{
    int64_t exponent;
    bool known = read_int(document, "currency_exponent", &exponent) && exponent >= 0 && exponent <= FIGURE_EXPONENT_MAX;
    return known ? (int)exponent : 2;
}

void layout_make(struct arena *arena, struct json_object *document, bool copy, struct layout *out)
{
    *out = (struct layout){0};
    struct maker m = {arena, out, document, currency_of(arena, document), exponent_of(document)};
    make_issuer(&m);
    make_title(&m, copy);
    make_pairs(&m);
    make_orders(&m);
    make_totals(&m);
    make_payments(&m);
    make_notes(&m);
}

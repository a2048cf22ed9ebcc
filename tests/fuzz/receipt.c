/* receipt: the page of any document is well formed, has no element, attribute or
 * character that was in the document, and has all that the layout has. */
#include "fuzz.h"

#include "base/json_strict.h"
#include "base/text.h"
#include "receipt/layout.h"
#include "receipt/receipt.h"

#include <json-c/json.h>

enum { OPEN_MAX = 16 };

/* All that begin an element, with the attributes that they may have. */
static const char *const tags[] = {"html lang=\"en\" dir=\"ltr\"",
                                   "head",
                                   "title",
                                   "style",
                                   "body",
                                   "main",
                                   "header",
                                   "footer",
                                   "section",
                                   "h1",
                                   "h2",
                                   "p",
                                   "p class=\"strong\"",
                                   "p class=\"mark\"",
                                   "table",
                                   "thead",
                                   "tbody",
                                   "tr",
                                   "tr class=\"strong\"",
                                   "tr class=\"detail\"",
                                   "tr class=\"heading\"",
                                   "th class=\"label\" scope=\"row\"",
                                   "th colspan=\"3\"",
                                   "th colspan=\"2\"",
                                   "th class=\"text\" scope=\"row\"",
                                   "th class=\"count\" scope=\"col\"",
                                   "th class=\"text\" scope=\"col\"",
                                   "th class=\"value\" scope=\"col\"",
                                   "td class=\"words\"",
                                   "td class=\"count\"",
                                   "td class=\"text\"",
                                   "td class=\"value\"",
                                   "bdi lang=\"\"",
                                   "bdi class=\"own\" lang=\"\""};

struct reader {
    const char *open[OPEN_MAX];
    size_t n;
    struct text seen; /* what is between the tags */
};

static bool is_known(const char *tag, size_t len)
{
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        if (strlen(tags[i]) == len && memcmp(tags[i], tag, len) == 0)
            return true;
    return false;
}

/* At a '<'; returns what follows the tag. */
static const char *read_tag(struct reader *reader, const char *p)
{
    const char *tag = p + 1, *end = strchr(tag, '>');
    HOLDS(end != NULL, "%.40s", p);
    size_t len = (size_t)(end - tag);
    if (*tag == '/') {
        HOLDS(reader->n > 0, "%.40s", p);
        const char *open = reader->open[--reader->n];
        size_t name = strcspn(open, " >");
        HOLDS(name == len - 1 && memcmp(open, tag + 1, name) == 0, "%.40s ends %.20s", p, open);
    } else if (*tag != '!' && strncmp(tag, "meta ", 5) != 0) {
        HOLDS(is_known(tag, len), "%.60s", p);
        HOLDS(reader->n < OPEN_MAX, "%.40s", p);
        reader->open[reader->n++] = tag;
    }
    return end + 1;
}

static const char *read_text_at(struct reader *reader, const char *p)
{
    static const struct {
        const char *entity, *text;
    } entities[] = {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}};
    HOLDS((unsigned char)*p >= 0x20 || *p == '\n', "a control character");
    HOLDS(strncmp(p, "\xe2\x80\xaa", 2) != 0 || (unsigned char)p[2] < 0xaa || (unsigned char)p[2] > 0xae,
          "an override");
    HOLDS(strncmp(p, "\xe2\x81\xa6", 2) != 0 || (unsigned char)p[2] < 0xa6 || (unsigned char)p[2] > 0xa9, "an isolate");
    if (*p != '&') {
        text_add(&reader->seen, p, 1);
        return p + 1;
    }
    size_t i = 0, n = sizeof entities / sizeof entities[0];
    while (i < n && strncmp(p, entities[i].entity, strlen(entities[i].entity)) != 0)
        i++;
    HOLDS(i < n, "no entity: %.20s", p);
    text_puts(&reader->seen, entities[i].text);
    return p + strlen(entities[i].entity);
}

static const char *without_isolates(struct arena *arena, const char *text)
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

static void check_rows(struct arena *arena, const struct layout *layout, const char *seen)
{
    for (const struct section *section = layout->first; section != NULL; section = section->next) {
        HOLDS(section->first != NULL, "an empty section");
        for (const struct row *row = section->first; row != NULL; row = row->next) {
            const char *const texts[] = {row->count, row->text, row->value};
            for (size_t i = 0; i < 3; i++) {
                const char *text = texts[i] != NULL ? without_isolates(arena, texts[i]) : "";
                const char *at = strstr(seen, text);
                HOLDS(at != NULL, "'%s' is missing", text);
                seen = at + strlen(text);
            }
        }
    }
}

static void check(struct arena *arena, struct json_object *document, const struct receipt_form *form)
{
    struct reader reader = {.n = 0};
    struct layout layout;
    text_init(&reader.seen, arena);
    for (const char *p = receipt_html(arena, document, form); *p != '\0';) {
        if (*p == '<')
            p = read_tag(&reader, p);
        else
            p = reader.n > 0 && strncmp(reader.open[reader.n - 1], "style", 5) == 0 ? strchr(p, '<')
                                                                                    : read_text_at(&reader, p);
        if (strncmp(p, "</head>", 7) == 0)
            text_init(&reader.seen, arena);
    }
    HOLDS(reader.n == 0, "%.20s is not ended", reader.open[0]);
    layout_make(arena, document, form->copy, &layout);
    check_rows(arena, &layout, reader.seen.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct json_object *document;
    struct json_fault fault;
    if (size > 0 && json_strict_parse(arena, (const char *)data + 1, size - 1, &document, &fault))
        check(arena, document, &(struct receipt_form){data[0] & 1 ? RECEIPT_A4 : RECEIPT_80MM, data[0] & 2});
    arena_destroy(&arena);
    return 0;
}

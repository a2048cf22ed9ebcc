/* What stands around the amounts: who issued it, what it is and of what, whose it
 * is, and the notes at the end. */
#include "base/arena.h"
#include "receipt/make.h"
#include "receipt/read.h"

#include <inttypes.h>
#include <string.h>

/* A row for each line of the text; a pair has its label once. */
static void add_lines(struct maker *m, struct section *section, const char *label, const char *text)
{
    for (const char *line = text; line != NULL;) {
        size_t len = strcspn(line, "\n");
        const char *words = arena_strndup(m->arena, line, len);
        const struct row row = section->kind == SECTION_PAIRS
                                   ? (struct row){.text = label, .value = words, .foreign = true}
                                   : (struct row){.text = words, .foreign = true};
        section_add(m, section, &row);
        label = "";
        line = line[len] == '\n' ? line + len + 1 : NULL;
    }
}

static void add_pair(struct maker *m, struct section *section, const char *label, const char *value)
{
    if (value != NULL)
        section_add(m, section, &(struct row){.text = label, .value = value});
}

void make_issuer(struct maker *m)
{
    struct section section = section_of(SECTION_ISSUER, NULL);
    struct json_object *restaurant = read_object(m->document, "restaurant");
    const char *name = read_text(m->arena, restaurant, "name");
    const char *legal_name = read_text(m->arena, restaurant, "legal_name");
    const char *tax_number = make_isolated(m, read_text(m->arena, restaurant, "tax_number"));
    m->layout->issuer = name != NULL ? name : legal_name != NULL ? legal_name : "";
    if (name != NULL)
        section_add(m, &section, &(struct row){.style = ROW_STRONG, .text = name, .foreign = true});
    if (legal_name != NULL && (name == NULL || strcmp(name, legal_name) != 0))
        section_add(m, &section, &(struct row){.text = legal_name, .foreign = true});
    add_lines(m, &section, NULL, read_lines(m->arena, restaurant, "address"));
    if (tax_number != NULL)
        section_add(m, &section, &(struct row){.text = arena_printf(m->arena, "Tax number %s", tax_number)});
    section_end(m, &section);
}

static bool is_draft(struct maker *m)
{
    return read_is(m->document, "draft", true) || read_text(m->arena, m->document, "reference") == NULL;
}

static bool is_credit_note(struct maker *m)
{
    const char *kind = read_text(m->arena, m->document, "kind");
    return kind != NULL && strcmp(kind, "credit_note") == 0;
}

void make_title(struct maker *m, bool copy)
{
    struct section section = section_of(SECTION_TITLE, NULL);
    bool credit = is_credit_note(m), draft = is_draft(m);
    const char *what = credit ? "Credit note" : "Receipt";
    const char *reference = read_text(m->arena, m->document, "reference");
    const char *title = draft ? (credit ? "Draft of a credit note" : "Draft") : what;
    section_add(m, &section, &(struct row){.text = make_joined(m, title, " ", make_isolated(m, reference))});
    if (draft)
        section_add(m, &section,
                    &(struct row){.style = ROW_STRONG, .text = credit ? "Not a credit note" : "Not a receipt"});
    if (copy)
        section_add(m, &section, &(struct row){.style = ROW_STRONG, .text = "Copy"});
    section_end(m, &section);
    title = make_joined(m, title, " ", reference);
    m->layout->title = make_joined(m, title, ", ", copy ? "copy" : NULL);
    const char *issuer = m->layout->issuer[0] != '\0' ? make_isolated(m, m->layout->issuer) : NULL;
    m->layout->running = make_joined(m, issuer, " \xe2\x80\x93 ", make_isolated(m, m->layout->title));
}

/* "Anna (2 of 3)" */
static const char *share_of(struct maker *m)
{
    struct json_object *share = read_object(m->document, "share");
    const char *label = make_isolated(m, read_text(m->arena, share, "label"));
    int64_t place, of;
    if (!read_int(share, "place", &place) || !read_int(share, "of", &of))
        return label;
    const char *which = arena_printf(m->arena, "%" PRId64 " of %" PRId64, place, of);
    return label != NULL ? arena_printf(m->arena, "%s (%s)", label, which) : which;
}

static const char *corrected(struct maker *m)
{
    struct json_object *corrects = read_object(m->document, "corrects");
    const char *reference = make_isolated(m, read_text(m->arena, corrects, "reference"));
    const char *when = read_text(m->arena, corrects, "issued_local");
    return make_joined(m, reference, " of ", make_isolated(m, when));
}

/* The business day where it is not that of the date. */
static const char *other_day(struct maker *m, const char *issued)
{
    const char *day = read_text(m->arena, m->document, "business_date");
    return day != NULL && (issued == NULL || strncmp(day, issued, strlen(day)) != 0) ? day : NULL;
}

static void make_buyer(struct maker *m)
{
    struct section section = section_of(SECTION_PAIRS, NULL);
    struct json_object *buyer = read_object(m->document, "buyer");
    add_lines(m, &section, "Buyer", read_text(m->arena, buyer, "name"));
    add_lines(m, &section, "Address", read_lines(m->arena, buyer, "address"));
    add_lines(m, &section, "Tax number", read_text(m->arena, buyer, "tax_id"));
    section_end(m, &section);
}

void make_pairs(struct maker *m)
{
    struct section section = section_of(SECTION_PAIRS, NULL);
    const char *issued = read_text(m->arena, m->document, "issued_local");
    if (issued == NULL)
        issued = read_text(m->arena, m->document, "issued_at");
    add_pair(m, &section, "Date", make_isolated(m, issued));
    add_pair(m, &section, "Business day", make_isolated(m, other_day(m, issued)));
    add_pair(m, &section, "Corrects", corrected(m));
    add_lines(m, &section, "Reason", read_text(m->arena, m->document, "reason"));
    add_lines(m, &section, "Table", read_text(m->arena, m->document, "table_name"));
    add_pair(m, &section, "Share", share_of(m));
    add_lines(m, &section, "Served by", read_text(m->arena, m->document, "staff_name"));
    section_end(m, &section);
    make_buyer(m);
}

void make_notes(struct maker *m)
{
    struct section section = section_of(SECTION_NOTES, NULL);
    bool taxed = read_count(m->document, "taxes") > 0 || read_amount(m->document, "tax_amount") != 0;
    if (taxed && read_is(m->document, "prices_include_tax", true))
        section_add(m, &section, &(struct row){.text = "Prices include tax."});
    if (!read_is(m->document, "fiscal", true))
        section_add(m, &section, &(struct row){.style = ROW_STRONG, .text = "Not a fiscal document"});
    add_lines(m, &section, NULL, read_lines(m->arena, read_object(m->document, "restaurant"), "receipt_footer"));
    section_end(m, &section);
}

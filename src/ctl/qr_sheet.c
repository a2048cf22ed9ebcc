/* orderzapctl qr-sheet: a page to print and cut, a card for each table. */
#include "base/arena.h"
#include "base/text.h"
#include "conf/conf.h"
#include "ctl/ctl.h"
#include "ctl/people.h"
#include "qr/qr.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct table {
    const char *name, *zone, *code; /* zone: NULL for none */
};

struct sheet {
    const char *slug, *restaurant;
    struct table *tables;
    size_t n;
};

/* By zone and name, "Table 2" before "Table 10"; those without a zone last. */
static int compare(const void *a, const void *b)
{
    const struct table *x = a, *y = b;
    if ((x->zone == NULL) != (y->zone == NULL))
        return x->zone == NULL ? 1 : -1;
    int zones = x->zone != NULL ? strverscmp(x->zone, y->zone) : 0;
    return zones != 0 ? zones : strverscmp(x->name, y->name);
}

/* EX_OK, or an exit status, with a message on standard error. */
static int read_tables(struct ctl *ctl, struct sheet *sheet)
{
    const char *id = restaurant_find(ctl, sheet->slug);
    if (id == NULL)
        return EX_DATAERR;
    db_slot slot = DB_QUEUE(ctl->db, STMT_CTL_QR_SHEET, id);
    if (!ctl_run(ctl, "tables"))
        return EX_SOFTWARE;
    sheet->n = (size_t)db_rows(ctl->db, slot);
    if (sheet->n == 0) {
        fprintf(stderr, "orderzapctl: the restaurant '%s' has no tables\n", sheet->slug);
        return EX_DATAERR;
    }
    sheet->restaurant = db_text(ctl->db, slot, 0, COL_CTL_QR_SHEET_RESTAURANT_NAME);
    sheet->slug = db_text(ctl->db, slot, 0, COL_CTL_QR_SHEET_SLUG);
    sheet->tables = arena_array(ctl->arena, sheet->n, sizeof *sheet->tables);
    for (size_t i = 0; i < sheet->n; i++)
        sheet->tables[i] = (struct table){
            .name = db_text(ctl->db, slot, (int)i, COL_CTL_QR_SHEET_NAME),
            .zone = db_text(ctl->db, slot, (int)i, COL_CTL_QR_SHEET_ZONE),
            .code = db_text(ctl->db, slot, (int)i, COL_CTL_QR_SHEET_CODE),
        };
    qsort(sheet->tables, sheet->n, sizeof *sheet->tables, compare);
    return EX_OK;
}

static void add_head(struct text *html, const char *restaurant)
{
    text_puts(html, "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>");
    text_xml(html, restaurant);
    text_puts(html, "</title>\n"
                    "<style>\n"
                    "@page { size: A4; margin: 10mm; }\n"
                    "* { box-sizing: border-box; }\n"
                    "body { margin: 0; background: #fff; color: #000; font-family: \"DejaVu Sans\", sans-serif; }\n"
                    "main { display: grid; grid-template-columns: repeat(3, 62mm); gap: 2mm; width: 190mm; }\n"
                    ".card { margin: 0; border: 0.2mm dashed #999; text-align: center; overflow: hidden;\n"
                    "  break-inside: avoid; page-break-inside: avoid; }\n"
                    ".card svg { display: block; margin: 0 auto; }\n"
                    ".zone { min-height: 5mm; padding: 0 2mm 2mm; font-size: 3mm; overflow-wrap: anywhere; }\n"
                    "</style>\n</head>\n<body>\n<main>\n");
}

static bool add_card(struct ctl *ctl, struct text *html, const struct sheet *sheet, const struct table *table)
{
    const struct qr_card card = {
        .content = qr_url(ctl->arena, ctl->conf->public_url, sheet->slug, table->code),
        .name = table->name,
        .place = sheet->restaurant,
    };
    const char *svg;
    if (qr_svg(ctl->arena, &card, &svg) != ERR_OK) {
        fprintf(stderr, "orderzapctl: '%s' is too long for a QR code\n", card.content);
        return false;
    }
    text_puts(html, "<figure class=\"card\">\n");
    text_puts(html, svg);
    text_puts(html, "<figcaption class=\"zone\" dir=\"auto\">");
    text_xml(html, table->zone != NULL ? table->zone : "");
    text_puts(html, "</figcaption>\n</figure>\n");
    return true;
}

/* To the file, or to standard output. */
static int write_out(const struct text *html, const char *path)
{
    FILE *file = path != NULL ? fopen(path, "we") : stdout;
    if (file == NULL) {
        fprintf(stderr, "orderzapctl: %s: %s\n", path, strerror(errno));
        return EX_CANTCREAT;
    }
    bool good = fwrite(html->bytes, 1, html->len, file) == html->len;
    good = (file == stdout ? fflush(file) : fclose(file)) == 0 && good;
    if (!good)
        fprintf(stderr, "orderzapctl: %s: %s\n", path != NULL ? path : "standard output", strerror(errno));
    return good ? EX_OK : EX_IOERR;
}

int ctl_qr_sheet(struct ctl *ctl)
{
    struct sheet sheet = {0};
    const char *path = NULL;
    const struct ctl_option options[] = {{"restaurant", &sheet.slug, NULL, true}, {"output", &path, NULL, false}};
    struct text html;
    if (!ctl_options(ctl, options, 2))
        return EX_USAGE;
    if (ctl->conf->public_url[0] == '\0') {
        fputs("orderzapctl: PUBLIC_URL is not set: put the address at which guests reach this installation into the "
              "settings, such as https://orders.example.com\n",
              stderr);
        return EX_CONFIG;
    }
    int status = read_tables(ctl, &sheet);
    if (status != EX_OK)
        return status;
    text_init(&html, ctl->arena);
    add_head(&html, sheet.restaurant);
    for (size_t i = 0; i < sheet.n; i++)
        if (!add_card(ctl, &html, &sheet, &sheet.tables[i]))
            return EX_CONFIG;
    text_puts(&html, "</main>\n</body>\n</html>\n");
    return write_out(&html, path);
}

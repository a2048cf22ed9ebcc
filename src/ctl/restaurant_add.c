/* orderzapctl restaurant add */
#include "base/arena.h"
#include "base/uuid7.h"
#include "conf/conf.h"
#include "ctl/ctl.h"
#include "domain/currency.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct input {
    const char *slug, *name, *currency, *timezone;
};

static bool is_slug(const char *s)
{
    size_t len = strlen(s);
    if (len == 0 || len > 63 || strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
        return false;
    return s[0] != '-' && s[len - 1] != '-' && strstr(s, "--") == NULL;
}

static bool check(struct ctl *ctl, const struct input *in)
{
    const char *fault = NULL;
    if (!is_slug(in->slug))
        fault = "--slug: at most 63 lower-case letters, digits and single hyphens between them";
    else if (!ctl_is_name(in->name))
        fault = "--name: 1 to 120 bytes, not all blank";
    else if (currency_exponent(in->currency) < 0)
        fault = "--currency: a currency of ISO 4217, such as EUR";
    if (fault == NULL) {
        db_slot slot = DB_QUEUE(ctl->db, STMT_TIMEZONE_EXISTS, in->timezone);
        if (!ctl_run(ctl, "timezone"))
            return false;
        if (db_rows(ctl->db, slot) == 0)
            fault = "--timezone: an IANA time zone, such as Europe/Rome";
    }
    if (fault != NULL)
        fprintf(stderr, "orderzapctl: %s\n", fault);
    return fault == NULL;
}

int ctl_restaurant_add(struct ctl *ctl)
{
    struct input in = {0};
    const struct ctl_option options[] = {
        {"slug", &in.slug, NULL, true},
        {"name", &in.name, NULL, true},
        {"currency", &in.currency, NULL, true},
        {"timezone", &in.timezone, NULL, true},
    };
    char id[UUID_TEXT_SIZE];
    if (!ctl_options(ctl, options, 4))
        return EX_USAGE;
    if (!check(ctl, &in))
        return EX_DATAERR;
    uuid7_make(id);
    DB_QUEUE_BARE(ctl->db, STMT_BEGIN);
    DB_QUEUE(ctl->db, STMT_CTL_RESTAURANT_INSERT, id, in.slug, in.name, in.currency, in.timezone,
             arena_printf(ctl->arena, "%d", ctl->conf->pin_length),
             arena_printf(ctl->arena, "%d", ctl->conf->session_expiry_minutes));
    db_slot slug = DB_QUEUE(ctl->db, STMT_CTL_SLUG_INSERT, in.slug, id);
    if (!ctl_run(ctl, "restaurant"))
        return EX_SOFTWARE;
    if (db_affected(ctl->db, slug) == 0) {
        db_rollback(ctl->db);
        fprintf(stderr, "orderzapctl: the slug '%s' is taken\n", in.slug);
        return EX_DATAERR;
    }
    DB_QUEUE_BARE(ctl->db, STMT_COMMIT);
    if (!ctl_run(ctl, "restaurant"))
        return EX_SOFTWARE;
    printf("%s\n", id);
    return EX_OK;
}

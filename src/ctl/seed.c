/* orderzapctl seed: two restaurants for trying everything out. Everybody knows
 * their passwords, so a database with other restaurants is refused. */
#include "auth/seal.h"
#include "base/arena.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/people.h"
#include "ctl/schema.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static const char demo_password[] = "orderzap-demo";
/* A payment provider for trying the webhook: whoever knows this secret may
 * sign. */
static const char demo_provider[] = "demopay";
static const char demo_secret[] = "orderzap-demo-signs-with-this";

static const char *const slugs[] = {"spice-garden", "caffe-lungarno"};
enum { RESTAURANTS = 2, HISTORY_MAX = 366 };

static const struct {
    const char *role, *names[RESTAURANTS];
} people[] = {
    {"owner", {"Anita Rao", "Giulia Conti"}},   {"manager", {"Vikram Shah", "Marco Bruni"}},
    {"cashier", {"Meera Nair", "Elena Ferri"}}, {"waiter", {"Arjun Das", "Luca Greco"}},
    {"kitchen", {"Ravi Kumar", "Sara Villa"}},
};
enum { PEOPLE = sizeof people / sizeof people[0] };

static const char *email_of(struct ctl *ctl, int person, int restaurant)
{
    return arena_printf(ctl->arena, "%s@%s.example", people[person].role, slugs[restaurant]);
}

static bool is_demo_database(struct ctl *ctl)
{
    db_slot slot = DB_QUEUE(ctl->db, STMT_CTL_SLUGS_OTHER_THAN, "{spice-garden,caffe-lungarno}");
    if (!ctl_run(ctl, "seed"))
        return false;
    if (db_int(ctl->db, slot, 0, COL_CTL_SLUGS_OTHER_THAN_COUNT) == 0)
        return true;
    fputs("orderzapctl: this database has other restaurants: demo accounts, whose passwords everybody knows, "
          "must not be added beside them\n",
          stderr);
    return false;
}

static bool add_people(struct ctl *ctl, int restaurant)
{
    const char *id = restaurant_find(ctl, slugs[restaurant]);
    for (int i = 0; id != NULL && i < PEOPLE; i++) {
        if (db_start(ctl->db, ctl->arena) != ERR_OK)
            return false;
        struct person person = {id, email_of(ctl, i, restaurant), people[i].names[restaurant], people[i].role,
                                demo_password};
        if (people_add(ctl, &person) < 0)
            return false;
    }
    return id != NULL;
}

static bool add_provider(struct ctl *ctl, int restaurant)
{
    const char *id = restaurant_find(ctl, slugs[restaurant]);
    if (id == NULL)
        return false;
    DB_QUEUE(ctl->db, STMT_PROVIDER_SET, id, demo_provider, seal_close(ctl->arena, ctl->keys->provider, demo_secret));
    return ctl_run(ctl, "payment provider");
}

static void show_provider(struct text *json)
{
    text_json_key(json, "payment_providers");
    text_puts(json, "[{");
    text_json_member(json, "provider", demo_provider);
    text_json_member(json, "secret", demo_secret);
    text_puts(json, "}]");
}

static void show_accounts(struct ctl *ctl, struct text *json, int restaurant)
{
    text_json_key(json, "accounts");
    text_puts(json, "[");
    for (int i = 0; i < PEOPLE; i++) {
        text_json_comma(json);
        text_puts(json, "{");
        text_json_member(json, "role", people[i].role);
        text_json_member(json, "email", email_of(ctl, i, restaurant));
        text_json_member(json, "password", demo_password);
        text_puts(json, "}");
    }
    text_puts(json, "]");
}

static bool show_restaurant(struct ctl *ctl, struct text *json, int restaurant)
{
    db_slot slot = DB_QUEUE(ctl->db, STMT_CTL_DEMO_TABLES, slugs[restaurant]);
    if (!ctl_run(ctl, "seed") || db_rows(ctl->db, slot) == 0)
        return false;
    text_json_comma(json);
    text_puts(json, "{");
    text_json_member(json, "slug", slugs[restaurant]);
    text_json_member(json, "id", db_text(ctl->db, slot, 0, COL_CTL_DEMO_TABLES_RESTAURANT_ID));
    show_accounts(ctl, json, restaurant);
    show_provider(json);
    text_json_key(json, "tables");
    text_puts(json, "[");
    for (int row = 0; row < db_rows(ctl->db, slot); row++) {
        text_json_comma(json);
        text_puts(json, "{");
        text_json_member(json, "id", db_text(ctl->db, slot, row, COL_CTL_DEMO_TABLES_TABLE_ID));
        text_json_member(json, "name", db_text(ctl->db, slot, row, COL_CTL_DEMO_TABLES_NAME));
        text_json_member(json, "code", db_text(ctl->db, slot, row, COL_CTL_DEMO_TABLES_CODE));
        text_puts(json, "}");
    }
    text_puts(json, "]}");
    return true;
}

static int show(struct ctl *ctl)
{
    struct text json;
    text_init(&json, ctl->arena);
    text_puts(&json, "[");
    for (int i = 0; i < RESTAURANTS; i++) {
        if (!show_restaurant(ctl, &json, i)) {
            fputs("orderzapctl: there is no demo here; make it with 'orderzapctl seed'\n", stderr);
            return EX_DATAERR;
        }
    }
    text_puts(&json, "]");
    puts(json.bytes);
    return EX_OK;
}

static bool read_days(const char *text, long *days)
{
    char *end = NULL;
    *days = text != NULL ? strtol(text, &end, 10) : 0;
    if (text == NULL || (isdigit((unsigned char)text[0]) && *end == '\0' && *days >= 1 && *days <= HISTORY_MAX))
        return true;
    fprintf(stderr, "orderzapctl: --history %s: must be a number of days, 1 to %d\n", text, HISTORY_MAX);
    return false;
}

/* In one transaction: a restaurant has all of its past or none. */
static bool add_history(struct ctl *ctl, long days)
{
    const char *begin = arena_printf(ctl->arena, "BEGIN; SET LOCAL orderzap.history_days = %ld", days);
    return db_script(ctl->db, begin) && db_script(ctl->db, schema_history) && db_script(ctl->db, "COMMIT");
}

int ctl_seed(struct ctl *ctl)
{
    bool only_show = false;
    const char *history = NULL;
    long days;
    const struct ctl_option options[] = {{"show", NULL, &only_show, false}, {"history", &history, NULL, false}};
    if (!ctl_options(ctl, options, 2) || !read_days(history, &days))
        return EX_USAGE;
    if (only_show)
        return show(ctl);
    if (!is_demo_database(ctl))
        return EX_DATAERR;
    if (!db_script(ctl->db, "BEGIN") || !db_script(ctl->db, schema_seed) || !db_script(ctl->db, "COMMIT"))
        return ctl_database_error(ctl, "seed");
    for (int i = 0; i < RESTAURANTS; i++)
        if (!add_people(ctl, i) || !add_provider(ctl, i))
            return EX_SOFTWARE;
    if (days > 0 && !add_history(ctl, days))
        return ctl_database_error(ctl, "seed");
    ctl_analyze(ctl);
    puts("The demo restaurants are there: spice-garden and caffe-lungarno.");
    return EX_OK;
}

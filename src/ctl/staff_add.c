/* orderzapctl staff add */
#include "auth/password.h"
#include "base/arena.h"
#include "ctl/ctl.h"
#include "ctl/people.h"
#include "domain/principal.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

enum { LINE_SIZE = 256 };

static bool read_line(char out[LINE_SIZE])
{
    if (fgets(out, LINE_SIZE, stdin) == NULL)
        return false;
    out[strcspn(out, "\r\n")] = '\0';
    return true;
}

/* Does not show what is typed. */
static bool ask(const char *prompt, char out[LINE_SIZE])
{
    struct termios before, silent;
    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return false;
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    fputs(prompt, stderr);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    bool good = read_line(out);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputs("\n", stderr);
    return good;
}

static const char *get_password(struct ctl *ctl, bool from_stdin)
{
    char password[LINE_SIZE] = "", again[LINE_SIZE] = "";
    bool good = from_stdin ? read_line(password) : ask("Password: ", password) && ask("Again: ", again);
    if (!good) {
        fputs("orderzapctl: no password was given; without a terminal use --password-stdin\n", stderr);
        return NULL;
    }
    if (!from_stdin && strcmp(password, again) != 0) {
        fputs("orderzapctl: the passwords differ\n", stderr);
        return NULL;
    }
    if (strlen(password) < PASSWORD_MIN || strlen(password) > PASSWORD_MAX) {
        fprintf(stderr, "orderzapctl: a password must have %d to %d characters\n", PASSWORD_MIN, PASSWORD_MAX);
        return NULL;
    }
    const char *kept = arena_strdup(ctl->arena, password);
    explicit_bzero(password, sizeof password);
    explicit_bzero(again, sizeof again);
    return kept;
}

int ctl_staff_add(struct ctl *ctl)
{
    struct person person = {0};
    const char *slug = NULL;
    bool from_stdin = false;
    const struct ctl_option options[] = {
        {"restaurant", &slug, NULL, true},
        {"email", &person.email, NULL, true},
        {"name", &person.name, NULL, true},
        {"role", &person.role, NULL, true},
        {"password-stdin", NULL, &from_stdin, false},
    };
    if (!ctl_options(ctl, options, 5))
        return EX_USAGE;
    enum role role = role_parse(person.role);
    if (!(role & ROLES_STAFF)) {
        fputs("orderzapctl: --role: kitchen, waiter, cashier, manager or owner\n", stderr);
        return EX_DATAERR;
    }
    if (!ctl_is_name(person.name)) {
        fputs("orderzapctl: --name: 1 to 120 bytes, not all blank\n", stderr);
        return EX_DATAERR;
    }
    const char *at = strchr(person.email, '@');
    if (at == NULL || at == person.email || at[1] == '\0' || strlen(person.email) > 254) {
        fputs("orderzapctl: --email: an e-mail address\n", stderr);
        return EX_DATAERR;
    }
    person.restaurant_id = restaurant_find(ctl, slug);
    if (person.restaurant_id == NULL)
        return EX_DATAERR;
    person.password = get_password(ctl, from_stdin);
    if (person.password == NULL)
        return EX_DATAERR;
    int added = people_add(ctl, &person);
    if (added == 0)
        fprintf(stderr, "orderzapctl: %s already has an account there\n", person.email);
    return added == 1 ? EX_OK : added == 0 ? EX_DATAERR : EX_SOFTWARE;
}

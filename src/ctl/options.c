/* The options of orderzapctl's subcommands. */
#include "ctl/ctl.h"

#include <getopt.h>
#include <stdio.h>

enum { OPTIONS_MAX = 16, FIRST = 256 }; /* FIRST: beyond every character */

static bool refuse(const char *word)
{
    fprintf(stderr, "orderzapctl: '%s' is unknown or without its value; see --help\n", word);
    return false;
}

static bool take(const struct ctl_option *option, const char *value)
{
    if (option->value == NULL) {
        *option->flag = true;
        return true;
    }
    if (*option->value != NULL) {
        fprintf(stderr, "orderzapctl: --%s is given twice; see --help\n", option->name);
        return false;
    }
    *option->value = value;
    return true;
}

static bool has_required(const struct ctl_option *options, int n)
{
    for (int k = 0; k < n; k++) {
        if (options[k].required && *options[k].value == NULL) {
            fprintf(stderr, "orderzapctl: --%s must be given\n", options[k].name);
            return false;
        }
    }
    return true;
}

bool ctl_options(const struct ctl *ctl, const struct ctl_option *options, int n)
{
    struct option known[OPTIONS_MAX + 1] = {0};
    char **words = ctl->argv - 1; /* getopt_long() begins after the first */
    for (int k = 0; k < n; k++)
        known[k] = (struct option){options[k].name, options[k].value != NULL ? required_argument : no_argument, NULL,
                                   FIRST + k};
    optind = 0; /* the words before the subcommand were read already */
    opterr = 0;
    for (int c; (c = getopt_long(ctl->argc + 1, words, "+", known, NULL)) != -1;) {
        if (c < FIRST)
            return refuse(words[optind - 1]);
        if (!take(&options[c - FIRST], optarg))
            return false;
    }
    return optind <= ctl->argc ? refuse(words[optind]) : has_required(options, n);
}

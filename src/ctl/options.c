/* The options of orderzapctl's subcommands. */
#include "ctl/ctl.h"

#include <stdio.h>
#include <string.h>

bool ctl_options(const struct ctl *ctl, const struct ctl_option *options, int n)
{
    for (int i = 0; i < ctl->argc; i++) {
        const char *word = ctl->argv[i];
        const struct ctl_option *found = NULL;
        size_t len = strcspn(word, "=");
        for (int k = 0; k < n; k++)
            if (strlen(options[k].name) == len && strncmp(options[k].name, word, len) == 0)
                found = &options[k];
        const char *value = word[len] == '=' ? word + len + 1 : NULL;
        if (found != NULL && found->value != NULL && value == NULL && i + 1 < ctl->argc)
            value = ctl->argv[++i];
        bool fits = found != NULL && (found->value != NULL ? value != NULL && *found->value == NULL : value == NULL);
        if (!fits) {
            fprintf(stderr, "orderzapctl: '%s' is unknown, repeated, or without its value; see --help\n", word);
            return false;
        }
        if (found->value != NULL)
            *found->value = value;
        else
            *found->flag = true;
    }
    for (int k = 0; k < n; k++) {
        if (options[k].required && *options[k].value == NULL) {
            fprintf(stderr, "orderzapctl: %s must be given\n", options[k].name);
            return false;
        }
    }
    return true;
}

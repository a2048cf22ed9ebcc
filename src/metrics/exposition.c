#include "metrics/exposition.h"

#include "base/text.h"
#include "metrics/counts.h"

#include <inttypes.h>
#include <stdio.h>

enum { NUMBER_SIZE = 32 };

void exposition_family(struct exposition *e, const char *name, const char *type, const char *help)
{
    e->family = name;
    text_printf(e->out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_value(struct text *out, const char *value)
{
    for (const char *p = value; *p != '\0'; p++) {
        if (*p == '\n')
            text_puts(out, "\\n");
        else if (*p == '"' || *p == '\\')
            text_printf(out, "\\%c", *p);
        else
            text_add(out, p, 1);
    }
}

/* One line. `bound`: of a histogram's bucket, NULL for none. */
static void add_sample(struct exposition *e, const char *suffix, const struct label *labels, size_t n,
                       const char *bound, const char *number)
{
    const struct label last = {"le", bound};
    size_t n_all = n + (bound != NULL);
    text_printf(e->out, "%s%s", e->family, suffix);
    for (size_t i = 0; i < n_all; i++) {
        const struct label *label = i < n ? &labels[i] : &last;
        text_printf(e->out, "%s%s=\"", i == 0 ? "{" : ",", label->name);
        add_value(e->out, label->value);
        text_puts(e->out, "\"");
    }
    text_printf(e->out, "%s %s\n", n_all > 0 ? "}" : "", number);
}

static const char *whole(char out[NUMBER_SIZE], uint64_t number)
{
    snprintf(out, NUMBER_SIZE, "%" PRIu64, number);
    return out;
}

/* Without trailing zeros: bounds should read 0.25 and 5. */
static const char *seconds(char out[NUMBER_SIZE], uint64_t us)
{
    int len = snprintf(out, NUMBER_SIZE, "%" PRIu64 ".%06" PRIu64, us / 1000000, us % 1000000);
    while (out[len - 1] == '0')
        out[--len] = '\0';
    if (out[len - 1] == '.')
        out[len - 1] = '\0';
    return out;
}

void exposition_number(struct exposition *e, uint64_t number, const struct label *labels, size_t n)
{
    char text[NUMBER_SIZE];
    add_sample(e, "", labels, n, NULL, whole(text, number));
}

void exposition_seconds(struct exposition *e, uint64_t us, const struct label *labels, size_t n)
{
    char text[NUMBER_SIZE];
    add_sample(e, "", labels, n, NULL, seconds(text, us));
}

void exposition_histogram(struct exposition *e, const struct histogram *histogram, const struct label *labels, size_t n)
{
    char bound[NUMBER_SIZE], text[NUMBER_SIZE];
    uint64_t so_far = 0;
    for (int i = 0; i < HISTOGRAM_BOUNDS; i++) {
        so_far += histogram->buckets[i];
        add_sample(e, "_bucket", labels, n, seconds(bound, (uint64_t)histogram_bounds_us[i]), whole(text, so_far));
    }
    whole(text, so_far + histogram->buckets[HISTOGRAM_BOUNDS]);
    add_sample(e, "_bucket", labels, n, "+Inf", text);
    add_sample(e, "_count", labels, n, NULL, text);
    add_sample(e, "_sum", labels, n, NULL, seconds(text, histogram->sum_us));
}

/* Prometheus' text exposition format, version 0.0.4: families of samples,
 * https://prometheus.io/docs/instrumenting/exposition_formats/ */
#ifndef OZ_METRICS_EXPOSITION_H
#define OZ_METRICS_EXPOSITION_H

#include <stddef.h>
#include <stdint.h>

#define EXPOSITION_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct histogram;
struct text;

struct exposition {
    struct text *out;
    const char *family; /* the one being written */
};

struct label {
    const char *name, *value;
};

/* The last arguments of a sample: {"pool", name}, ... */
#define LABELS(...)                                                                                                    \
    (const struct label[]){__VA_ARGS__}, sizeof((const struct label[]){__VA_ARGS__}) / sizeof(struct label)
#define NO_LABELS NULL, 0

/* Begins a family. `type`: counter, gauge or histogram; `help`: one line. */
void exposition_family(struct exposition *e, const char *name, const char *type, const char *help);

void exposition_number(struct exposition *e, uint64_t number, const struct label *labels, size_t n);
/* Microseconds, written as seconds as Prometheus expects. */
void exposition_seconds(struct exposition *e, uint64_t us, const struct label *labels, size_t n);
/* All samples of a histogram. */
void exposition_histogram(struct exposition *e, const struct histogram *histogram, const struct label *labels,
                          size_t n);

#endif

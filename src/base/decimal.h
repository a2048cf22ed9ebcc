/* Whole numbers of a small unit, written as decimals of a larger one. */
#ifndef OZ_BASE_DECIMAL_H
#define OZ_BASE_DECIMAL_H

#include <stdint.h>

struct arena;

/* 1230 with 2 decimals is "12.30", -5 is "-0.05". decimals: 0 to 18; below 0 is as 0. */
const char *decimal_text(struct arena *arena, int64_t value, int decimals);

/* Millionths as percent, with as many decimals as it needs: 88750 is "8.875". */
const char *decimal_percent(struct arena *arena, int64_t ppm);

#endif

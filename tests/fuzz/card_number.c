/* domain/card_number against a slow way to find card numbers, and with numbers
 * made to be found. */
#include "fuzz.h"

#include "domain/card_number.h"

#include <ctype.h>

static bool is_digit(char c)
{
    return isdigit((unsigned char)c);
}

static int luhn_sum(const char *digits, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int d = digits[n - 1 - i] - '0';
        sum += i % 2 == 0 ? d : d / 5 + d * 2 % 10;
    }
    return sum;
}

/* Beginnings, each with the lengths of the numbers that begin so. */
static const struct beginning {
    const char *first, *last, *lengths; /* as characters: '0' + length */
} beginnings[] = {
    {"4", "4", "=@C"},        {"51", "55", "@"},        {"2221", "2720", "@"},    {"34", "34", "?"},
    {"37", "37", "?"},        {"6011", "6011", "@ABC"}, {"644", "649", "@ABC"},   {"65", "65", "@ABC"},
    {"36", "36", ">?@ABC"},   {"38", "39", ">?@ABC"},   {"300", "305", ">?@ABC"}, {"3095", "3095", ">?@ABC"},
    {"3528", "3589", "@ABC"}, {"62", "62", "@ABC"},     {"81", "81", "@ABC"},     {"50", "50", "<=>?@ABC"},
    {"56", "58", "<=>?@ABC"}, {"6", "6", "<=>?@ABC"},   {"60", "60", "@"},        {"82", "82", "@"},
    {"508", "508", "@"},      {"2200", "2204", "@ABC"},
};
enum { BEGINNINGS = sizeof beginnings / sizeof beginnings[0] };

static bool begins_well(const char *digits, size_t n)
{
    for (size_t i = 0; i < BEGINNINGS; i++) {
        const struct beginning *b = &beginnings[i];
        size_t len = strlen(b->first);
        if (strncmp(digits, b->first, len) >= 0 && strncmp(digits, b->last, len) <= 0 &&
            strchr(b->lengths, (int)('0' + n)) != NULL)
            return true;
    }
    return false;
}

/* Whether text[from..to) is a card number by itself: groups of digits, a space
 * or hyphen between two, 12 to 19 digits that begin as an issuer's, a Luhn sum
 * that ends in 0. */
static bool is_card_number(const char *text, size_t from, size_t to)
{
    char digits[20];
    size_t n = 0;
    for (size_t i = from; i < to; i++) {
        if (is_digit(text[i])) {
            if (n == 19)
                return false;
            digits[n++] = text[i];
        } else if ((text[i] != ' ' && text[i] != '-') || i == from || !is_digit(text[i - 1])) {
            return false;
        }
    }
    return n >= 12 && is_digit(text[to - 1]) && begins_well(digits, n) && luhn_sum(digits, n) % 10 == 0;
}

static bool find(const char *text)
{
    size_t len = strlen(text);
    for (size_t from = 0; from < len; from++)
        for (size_t to = from + 12; to <= len && to <= from + 40; to++)
            if ((from == 0 || !is_digit(text[from - 1])) && (to == len || !is_digit(text[to])) &&
                is_card_number(text, from, to))
                return true;
    return false;
}

/* A number with a right last digit, with separators, in the midst of the text. */
static void check_made(struct input *in, const char *text)
{
    char number[40], digits[20];
    const struct beginning *b = &beginnings[take_below(in, BEGINNINGS)];
    size_t n = (size_t)b->lengths[take_below(in, strlen(b->lengths))] - '0', at = 0, half = strlen(text) / 2;
    uint64_t random = take_u64(in) | 1, gaps = take_u64(in);
    for (size_t i = 0; i + 1 < n; i++, random = random * 6364136223846793005U + 1442695040888963407U)
        digits[i] = (char)('0' + (random >> 40) % 10);
    memcpy(digits, take_below(in, 2) == 0 ? b->first : b->last, strlen(b->first));
    for (digits[n - 1] = '0'; luhn_sum(digits, n) % 10 != 0;)
        digits[n - 1]++;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && gaps >> i & 1)
            number[at++] = gaps >> (i + 20) & 1 ? ' ' : '-';
        number[at++] = digits[i];
    }
    const char *whole = arena_printf(in->arena, "%.*sx%.*s.%s", (int)half, text, (int)at, number, text + half);
    HOLDS(card_number_in(whole), "%.*s in '%s'", (int)at, number, whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create();
    struct input in = input_of(arena, data, size);
    const char *text = take_line(&in);
    HOLDS(card_number_in(text) == find(text), "'%s'", text);
    check_made(&in, text);
    arena_destroy(&arena);
    return 0;
}

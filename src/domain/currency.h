/* Currencies and the decimals of their amounts, by ISO 4217:2015, list one
 * (SIX Financial Information, the maintenance agency), as of January 2026. Left
 * out are the codes without a minor unit: of metals, of units of account such as
 * XDR, for tests, and for "no currency". */
#ifndef OZ_DOMAIN_CURRENCY_H
#define OZ_DOMAIN_CURRENCY_H

/* How many decimals an amount in minor units has: 2 for EUR, 0 for JPY, 3 for
 * KWD; -1 if the code is not a currency's. sql/functions/currency_exponent.sql
 * says the same to the answers that PostgreSQL writes. */
int currency_exponent(const char *code);

#endif

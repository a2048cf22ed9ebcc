/* The secret in a table's QR code: 120 random bits, which cannot be guessed. */
#ifndef OZ_AUTH_CODE_H
#define OZ_AUTH_CODE_H

enum { CODE_SIZE = 20 + 1 };

/* base64url (RFC 4648, 5), 20 characters. */
void code_make(char out[CODE_SIZE]);

#endif

/* Where a client calls from, as far as it is remembered at a door: a keyed hash
 * of its network, so that the database alone names no address and does not tell
 * that two doors were tried from the same one. */
#ifndef OZ_AUTH_ADDRESS_H
#define OZ_AUTH_ADDRESS_H

#include "auth/keys.h"

enum { ADDRESS_HASH_SIZE = 2 + 64 + 1 };

/* The hash as PostgreSQL writes bytea, bound to the door. An IPv4 address is a
 * network of its own, also where it is written as IPv6 (RFC 4291, 2.5.5.2); of
 * an IPv6 address the first 64 bits count, since whoever has one address has
 * them all (RFC 4291, 2.5.4). Other text stands for itself. */
void address_hash(const struct auth_keys *keys, const char *door_id, const char *address, char out[ADDRESS_HASH_SIZE]);

#endif

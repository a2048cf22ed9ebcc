#include "auth/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>

static void add_network(crypto_generichash_state *state, const char *address)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, address, &v4) == 1) {
        crypto_generichash_update(state, (const unsigned char *)"4", 1);
        crypto_generichash_update(state, (const unsigned char *)&v4, sizeof v4);
    } else if (inet_pton(AF_INET6, address, &v6) != 1) {
        crypto_generichash_update(state, (const unsigned char *)"t", 1);
        crypto_generichash_update(state, (const unsigned char *)address, strlen(address));
    } else if (IN6_IS_ADDR_V4MAPPED(&v6)) {
        crypto_generichash_update(state, (const unsigned char *)"4", 1);
        crypto_generichash_update(state, v6.s6_addr + 12, 4);
    } else {
        crypto_generichash_update(state, (const unsigned char *)"6", 1);
        crypto_generichash_update(state, v6.s6_addr, 8);
    }
}

void address_hash(const struct auth_keys *keys, const char *door_id, const char *address, char out[ADDRESS_HASH_SIZE])
{
    unsigned char digest[32];
    crypto_generichash_state state;
    crypto_generichash_init(&state, keys->address, sizeof keys->address, sizeof digest);
    crypto_generichash_update(&state, (const unsigned char *)door_id, strlen(door_id) + 1);
    add_network(&state, address);
    crypto_generichash_final(&state, digest, sizeof digest);
    memcpy(out, "\\x", 2);
    sodium_bin2hex(out + 2, ADDRESS_HASH_SIZE - 2, digest, sizeof digest);
}

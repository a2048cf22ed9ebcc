#include "auth/ec_key.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 16 * 1024, COORDINATE = 32 };

enum half { HALF_PUBLIC, HALF_PRIVATE };

static bool fail(char error[EC_ERROR_SIZE], const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail(char error[EC_ERROR_SIZE], const char *path, const char *format, ...)
{
    va_list args;
    int len = snprintf(error, EC_ERROR_SIZE, "%.200s: ", path);
    va_start(args, format);
    vsnprintf(error + len, EC_ERROR_SIZE - (size_t)len, format, args);
    va_end(args);
    return false;
}

/* Reads the whole file after checking that nobody else can read or change it.
 * Does not block: the path may be a pipe. */
static bool read_file(const char *path, enum half half, char bytes[FILE_MAX + 1], char error[EC_ERROR_SIZE])
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return fail(error, path, "%s%s", strerror(errno),
                    errno == EACCES ? ": orderzapd's user must be able to read it" : "");
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size > FILE_MAX) {
        close(fd);
        return fail(error, path, "it is not a key file");
    }
    mode_t barred = half == HALF_PRIVATE ? S_IRWXO : S_IWOTH;
    if ((about.st_mode & barred) != 0) {
        close(fd);
        return fail(error, path, "everybody can %s it: run 'chmod %s' on it", half == HALF_PRIVATE ? "use" : "change",
                    half == HALF_PRIVATE ? "o=" : "o-w");
    }
    ssize_t len = read(fd, bytes, FILE_MAX);
    close(fd);
    bytes[len > 0 ? len : 0] = '\0';
    return len >= 0 || fail(error, path, "%s", strerror(errno));
}

/* Instead of asking for a passphrase at the terminal. */
static int no_passphrase(char *buffer, int size, int writing, void *context)
{
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

/* The caller frees it. */
static EVP_PKEY *parse(const char *pem, enum half half)
{
    BIO *in = BIO_new_mem_buf(pem, -1);
    if (in == NULL)
        return NULL;
    EVP_PKEY *key = half == HALF_PRIVATE ? PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL)
                                         : PEM_read_bio_PUBKEY(in, NULL, no_passphrase, NULL);
    BIO_free(in);
    return key;
}

/* Whether the key is on P-256 and consistent. */
static bool check(EVP_PKEY *key, enum half half, const char *path, char error[EC_ERROR_SIZE])
{
    char group[64] = "";
    if (!EVP_PKEY_is_a(key, "EC"))
        return fail(error, path, "it holds a key of type %.20s; ES256 needs EC on P-256", EVP_PKEY_get0_type_name(key));
    if (EVP_PKEY_get_group_name(key, group, sizeof group, NULL) != 1 || strcmp(group, "prime256v1") != 0)
        return fail(error, path, "it holds a key on the curve %s; ES256 needs P-256",
                    group[0] != '\0' ? group : "of its own");
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    bool whole =
        context != NULL && EVP_PKEY_public_check(context) == 1 &&
        (half == HALF_PUBLIC || (EVP_PKEY_private_check(context) == 1 && EVP_PKEY_pairwise_check(context) == 1));
    EVP_PKEY_CTX_free(context);
    return whole || fail(error, path, "its key is damaged");
}

static void encode(const unsigned char bytes[32], char out[EC_FIELD_SIZE])
{
    sodium_bin2base64(out, EC_FIELD_SIZE, bytes, 32, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static bool coordinate(const EVP_PKEY *key, const char *name, char out[EC_FIELD_SIZE])
{
    BIGNUM *number = NULL;
    unsigned char bytes[COORDINATE];
    bool good = EVP_PKEY_get_bn_param(key, name, &number) == 1 && BN_bn2binpad(number, bytes, COORDINATE) == COORDINATE;
    BN_free(number);
    if (good)
        encode(bytes, out);
    return good;
}

/* SHA-256 over the members that make the key, in the order of RFC 7638, 3.2. */
static void thumbprint(struct ec_public *public)
{
    char jwk[200];
    unsigned char digest[crypto_hash_sha256_BYTES];
    int len =
        snprintf(jwk, sizeof jwk, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}", public->x, public->y);
    crypto_hash_sha256(digest, (const unsigned char *)jwk, (unsigned long long)len);
    encode(digest, public->kid);
}

static bool to_pem(EVP_PKEY *key, enum half half, char pem[EC_PEM_SIZE])
{
    BIO *out = BIO_new(half == HALF_PRIVATE ? BIO_s_secmem() : BIO_s_mem());
    bool good = out != NULL && (half == HALF_PRIVATE ? PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL)
                                                     : PEM_write_bio_PUBKEY(out, key)) == 1;
    int len = good ? BIO_read(out, pem, EC_PEM_SIZE - 1) : 0;
    BIO_free(out);
    pem[len > 0 ? len : 0] = '\0';
    return len > 0 && len < EC_PEM_SIZE - 1;
}

static bool describe(EVP_PKEY *key, struct ec_public *public)
{
    bool good = to_pem(key, HALF_PUBLIC, public->pem) && coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X, public->x) &&
                coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y, public->y);
    if (good)
        thumbprint(public);
    return good;
}

/* `pem`: NULL for a public key's file. libjwt gets PEM text written from the
 * key that was checked. */
static bool read_key(const char *path, char *pem, struct ec_public *public, char error[EC_ERROR_SIZE])
{
    char bytes[FILE_MAX + 1];
    enum half half = pem != NULL ? HALF_PRIVATE : HALF_PUBLIC;
    *public = (struct ec_public){0};
    if (!read_file(path, half, bytes, error))
        return false;
    EVP_PKEY *key = parse(bytes, half);
    sodium_memzero(bytes, sizeof bytes);
    bool good = false;
    if (key == NULL)
        fail(error, path, "%s",
             half == HALF_PRIVATE
                 ? "it holds no private key in PEM without a passphrase: make one with 'orderzapctl keygen'"
                 : "it holds no public key in PEM: 'orderzapctl keygen --public' prints a private key's");
    else if (check(key, half, path, error))
        good = (describe(key, public) && (pem == NULL || to_pem(key, HALF_PRIVATE, pem))) ||
               fail(error, path, "OpenSSL cannot write its key");
    EVP_PKEY_free(key);
    ERR_clear_error();
    if (!good)
        *public = (struct ec_public){0};
    return good;
}

bool ec_key_read_private(const char *path, char pem[EC_PEM_SIZE], struct ec_public *public, char error[EC_ERROR_SIZE])
{
    return read_key(path, pem, public, error);
}

bool ec_key_read_public(const char *path, struct ec_public *public, char error[EC_ERROR_SIZE])
{
    return read_key(path, NULL, public, error);
}

bool ec_key_make(char pem[EC_PEM_SIZE])
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    bool good = key != NULL && to_pem(key, HALF_PRIVATE, pem);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return good;
}

void ec_public_jwk(const struct ec_public *public, struct text *out)
{
    text_printf(
        out,
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\",\"use\":\"sig\",\"alg\":\"ES256\",\"kid\":\"%s\"}",
        public->x, public->y, public->kid);
}

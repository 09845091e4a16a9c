#include "server/net/pki.h"

#include "server/net/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DAY = 24 * 60 * 60,
    CA_DAYS = 3650,
    SERVER_DAYS = 397, /* the most that browsers accept */
    RENEW_DAYS = 30,
    BACKDATE = 60 * 60, /* a client's clock may be a little behind */
    WHY_MAX = 256,
};

struct identity {
    EVP_PKEY *key;
    X509 *cert;
};

struct file {
    char path[PATH_MAX], temporary[PATH_MAX];
};

static void identity_release(struct identity *identity)
{
    EVP_PKEY_free(identity->key);
    X509_free(identity->cert);
    *identity = (struct identity){NULL, NULL};
}

/* ---- files ----------------------------------------------------------------------------------- */

static bool file_name(struct file *file, const char *dir, const char *name, char *why)
{
    int n = snprintf(file->path, sizeof file->path, "%s/%s", dir, name);
    int m = snprintf(file->temporary, sizeof file->temporary, "%s/.%s.new", dir, name);
    if (n >= 0 && n < (int)sizeof file->path && m >= 0 && m < (int)sizeof file->temporary)
        return true;
    snprintf(why, WHY_MAX, "the folder's name is too long");
    return false;
}

static FILE *file_begin(const struct file *file, mode_t mode, char *why)
{
    /* Left over from an interrupted run. */
    unlink(file->temporary);
    int fd = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (!out)
        snprintf(why, WHY_MAX, "cannot write %.180s: %s", file->temporary, strerror(errno));
    return out;
}

/* Whole and on the disk, or not there at all. */
static bool file_end(const struct file *file, FILE *out, bool written, char *why)
{
    written = written && fflush(out) == 0 && fsync(fileno(out)) == 0;
    written = fclose(out) == 0 && written;
    if (written && rename(file->temporary, file->path) == 0)
        return true;
    snprintf(why, WHY_MAX, "cannot write %.180s: %s", file->path, strerror(errno));
    unlink(file->temporary);
    return false;
}

static bool write_key(const char *dir, const char *name, EVP_PKEY *key, char *why)
{
    struct file file = {.path = ""};
    if (!file_name(&file, dir, name, why))
        return false;
    FILE *out = file_begin(&file, 0600, why);
    return out &&
           file_end(&file, out, PEM_write_PKCS8PrivateKey(out, key, NULL, NULL, 0, NULL, NULL) == 1,
                    why);
}

/* `issuer` may be NULL. */
static bool write_certs(const char *dir, const char *name, X509 *cert, X509 *issuer, char *why)
{
    struct file file = {.path = ""};
    if (!file_name(&file, dir, name, why))
        return false;
    FILE *out = file_begin(&file, 0644, why);
    return out &&
           file_end(&file, out,
                    PEM_write_X509(out, cert) == 1 && (!issuer || PEM_write_X509(out, issuer) == 1),
                    why);
}

static FILE *open_in(const char *dir, const char *name)
{
    char why[WHY_MAX];
    struct file file = {.path = ""};
    return file_name(&file, dir, name, why) ? fopen(file.path, "re") : NULL;
}

/* What is there; missing or unreadable parts stay NULL. */
static struct identity read_identity(const char *dir, const char *cert_name, const char *key_name)
{
    struct identity identity = {NULL, NULL};
    FILE *in = open_in(dir, cert_name);
    if (in) {
        identity.cert = PEM_read_X509(in, NULL, NULL, NULL);
        fclose(in);
    }
    if ((in = open_in(dir, key_name))) {
        identity.key = PEM_read_PrivateKey(in, NULL, NULL, NULL);
        fclose(in);
    }
    ERR_clear_error();
    return identity;
}

/* ---- certificates ---------------------------------------------------------------------------- */

static bool add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    bool added = extension && X509_add_ext(cert, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

static bool set_random_serial(X509 *cert)
{
    BIGNUM *number = BN_new();
    /* 127 bits: positive, and within the 20 bytes of RFC 5280. */
    bool set = number && BN_rand(number, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
               BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert));
    BN_free(number);
    return set;
}

static bool set_common_name(X509 *cert, const char *name)
{
    /* 64 characters are the most the field takes; what counts is the alternative name. */
    int len = (int)strnlen(name, 64);
    return X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_UTF8,
                                      (const unsigned char *)name, len, -1, 0) == 1;
}

/* A certificate for `key` without its extensions and signature. */
static X509 *cert_begin(EVP_PKEY *key, const char *name, int days)
{
    X509 *cert = X509_new();
    if (cert && X509_set_version(cert, X509_VERSION_3) && set_random_serial(cert) &&
        X509_gmtime_adj(X509_getm_notBefore(cert), -BACKDATE) &&
        X509_gmtime_adj(X509_getm_notAfter(cert), (long)days * DAY - BACKDATE) &&
        X509_set_pubkey(cert, key) && set_common_name(cert, name))
        return cert;
    X509_free(cert);
    return NULL;
}

static bool ca_new(struct identity *ca)
{
    ca->key = EVP_EC_gen("P-256");
    ca->cert = ca->key ? cert_begin(ca->key, "Partyline private CA", CA_DAYS) : NULL;
    X509 *cert = ca->cert;
    return cert && X509_set_issuer_name(cert, X509_get_subject_name(cert)) &&
           add_extension(cert, cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
           add_extension(cert, cert, NID_key_usage, "critical,keyCertSign,cRLSign") &&
           add_extension(cert, cert, NID_subject_key_identifier, "hash") &&
           add_extension(cert, cert, NID_authority_key_identifier, "keyid") &&
           X509_sign(cert, ca->key, EVP_sha256());
}

static bool add_name(GENERAL_NAMES *list, const char *name)
{
    unsigned char binary[16];
    int len = inet_pton(AF_INET, name, binary) == 1    ? 4
              : inet_pton(AF_INET6, name, binary) == 1 ? 16
                                                       : 0;
    GENERAL_NAME *entry = GENERAL_NAME_new();
    ASN1_STRING *value = len ? (ASN1_STRING *)ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
    if (!entry || !value ||
        !ASN1_STRING_set(value, len ? (const void *)binary : name, len ? len : -1))
        goto failed;
    GENERAL_NAME_set0_value(entry, len ? GEN_IPADD : GEN_DNS, value);
    value = NULL;
    if (sk_GENERAL_NAME_push(list, entry) > 0)
        return true;
failed:
    ASN1_STRING_free(value);
    GENERAL_NAME_free(entry);
    return false;
}

static bool add_names(X509 *cert, const char *const *names)
{
    GENERAL_NAMES *list = sk_GENERAL_NAME_new_null();
    bool added = list != NULL;
    for (; added && *names; names++)
        added = add_name(list, *names);
    added = added && X509_add1_ext_i2d(cert, NID_subject_alt_name, list, 0, 0) == 1;
    sk_GENERAL_NAME_pop_free(list, GENERAL_NAME_free);
    return added;
}

static bool server_new(struct identity *server, const struct identity *ca, const char *const *names)
{
    server->key = EVP_EC_gen("P-256");
    server->cert = server->key ? cert_begin(server->key, names[0], SERVER_DAYS) : NULL;
    X509 *cert = server->cert;
    return cert && X509_set_issuer_name(cert, X509_get_subject_name(ca->cert)) &&
           add_extension(cert, ca->cert, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(cert, ca->cert, NID_key_usage, "critical,digitalSignature") &&
           add_extension(cert, ca->cert, NID_ext_key_usage, "serverAuth") &&
           add_extension(cert, ca->cert, NID_subject_key_identifier, "hash") &&
           add_extension(cert, ca->cert, NID_authority_key_identifier, "keyid") &&
           add_names(cert, names) && X509_sign(cert, ca->key, EVP_sha256());
}

/* ---- what is missing ------------------------------------------------------------------------- */

static bool lasts(X509 *cert, int days)
{
    time_t then = time(NULL) + (time_t)days * DAY;
    return X509_cmp_time(X509_get0_notAfter(cert), &then) > 0;
}

static bool names_all(X509 *cert, const char *const *names)
{
    for (; *names; names++)
        if (X509_check_host(cert, *names, 0, 0, NULL) != 1 &&
            X509_check_ip_asc(cert, *names, 0) != 1)
            return false;
    return true;
}

static bool is_whole(const struct identity *identity)
{
    return identity->cert && identity->key &&
           X509_check_private_key(identity->cert, identity->key) == 1;
}

static bool server_is_good(const struct identity *server, const struct identity *ca,
                           const char *const *names)
{
    return is_whole(server) && ca->cert && lasts(server->cert, RENEW_DAYS) &&
           X509_verify(server->cert, X509_get0_pubkey(ca->cert)) == 1 &&
           names_all(server->cert, names);
}

/* The key is written first: a key without a certificate is an interrupted first run and is made
 * anew, but a certificate is trusted by clients and is never replaced behind their back. */
static bool ca_ensure(const char *dir, struct identity *ca, char *why)
{
    if (is_whole(ca))
        return true;
    if (ca->cert) {
        snprintf(why, WHY_MAX, "%.180s/ca.key is missing or does not belong to ca.pem", dir);
        return false;
    }
    identity_release(ca);
    if (!ca_new(ca)) {
        tls_why(why, "cannot make a certificate authority");
        return false;
    }
    return write_key(dir, "ca.key", ca->key, why) &&
           write_certs(dir, "ca.pem", ca->cert, NULL, why);
}

static bool server_renew(const char *dir, const struct identity *ca, const char *const *names,
                         char *why)
{
    struct identity server = {NULL, NULL};
    bool made = server_new(&server, ca, names);
    if (!made)
        tls_why(why, "cannot make a certificate");
    made = made && write_key(dir, "server.key", server.key, why) &&
           write_certs(dir, "server.pem", server.cert, ca->cert, why);
    identity_release(&server);
    return made;
}

bool pki_ensure(const char *dir, const char *const *names, char *why)
{
    struct identity ca = read_identity(dir, "ca.pem", "ca.key");
    struct identity server = read_identity(dir, "server.pem", "server.key");
    bool good = server_is_good(&server, &ca, names);
    identity_release(&server);
    if (!good)
        good = ca_ensure(dir, &ca, why) && server_renew(dir, &ca, names, why);
    identity_release(&ca);
    ERR_clear_error();
    return good;
}

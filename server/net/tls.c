#include "server/net/tls.h"

#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

void tls_why(char *why, const char *what)
{
    unsigned long error = ERR_get_error();
    const char *reason = ERR_reason_error_string(error);
    snprintf(why, 256, "%s%s%s", what, reason ? ": " : "", reason ? reason : "");
    ERR_clear_error();
}

/* We speak HTTP/1.1; a client that offers only others is not told off but simply not confirmed. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *offered, unsigned int offered_len, void *arg)
{
    static const unsigned char ours[] = "\x08http/1.1";
    (void)ssl;
    (void)arg;
    unsigned char *chosen = NULL;
    int found =
        SSL_select_next_proto(&chosen, out_len, ours, sizeof ours - 1, offered, offered_len);
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

/* AES-128 first: as safe as we need, and a fifth cheaper. Only ECDHE in the list for TLS 1.2. */
static bool set_ciphers(SSL_CTX *ctx)
{
    return SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) &&
           SSL_CTX_set_cipher_list(ctx,
                                   "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                                   "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                                   "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305") &&
           SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
                                         "TLS_CHACHA20_POLY1305_SHA256") &&
           SSL_CTX_set1_groups_list(ctx, "X25519:P-256:P-384");
}

static void set_options(SSL_CTX *ctx)
{
    static const unsigned char session_context[] = "partyline";
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    /* An idle connection gives back its 34 KB of buffers. */
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    /* Sessions resume by ticket; a cache on the server would differ from worker to worker. */
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_session_id_context(ctx, session_context, sizeof session_context - 1);
    SSL_CTX_set_num_tickets(ctx, 1);
    SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
}

SSL_CTX *tls_server_new(const char *certificate, const char *key, char *why)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    char what[200] = "TLS cannot be set up";
    bool fine = ctx && set_ciphers(ctx);
    if (fine) {
        snprintf(what, sizeof what, "certificate %s", certificate);
        fine = SSL_CTX_use_certificate_chain_file(ctx, certificate) == 1;
    }
    if (fine) {
        snprintf(what, sizeof what, "key %s", key);
        fine = SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) == 1 &&
               SSL_CTX_check_private_key(ctx) == 1;
    }
    if (!fine) {
        tls_why(why, what);
        SSL_CTX_free(ctx);
        return NULL;
    }
    set_options(ctx);
    return ctx;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "sink/redis_tls.h"

#include <hiredis.h>
#include <hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/text.h"
#include "sink/sigpipe.h"

struct cw_redis_tls {
    SSL_CTX *context;
    atomic_uint n_owners;
    char name[256]; /* that certificates must be of; "" the host */
};

bool
cw_redis_tls_is_built(void)
{
    return true;
}

/* What OpenSSL said first, or why the system call failed. */
static const char *
explain(void)
{
    unsigned long code = ERR_peek_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    return reason ? reason : strerror(errno);
}

static int
refuse(const char *path, const char *what, struct camwatch_error *error)
{
    (void)snprintf(error->text, sizeof(error->text), "%.300s: %s: %.100s", path, what,
                   explain());
    return CAMWATCH_EINVAL;
}

static int
load_trust(SSL_CTX *context, const char *ca, struct camwatch_error *error)
{
    if (!ca) {
        return SSL_CTX_set_default_verify_paths(context) == 1
                   ? CAMWATCH_OK
                   : refuse("TLS for Redis", "the system's certificates cannot be used", error);
    }
    return SSL_CTX_load_verify_locations(context, ca, NULL) == 1
               ? CAMWATCH_OK
               : refuse(ca, "cannot be used as certificates to trust, in PEM", error);
}

static int
no_passphrase(char *out, int size, int is_writing, void *user)
{
    (void)out;
    (void)size;
    (void)is_writing;
    (void)user;
    return 0; /* never ask on a terminal */
}

static int
load_identity(SSL_CTX *context, const char *cert, const char *key, struct camwatch_error *error)
{
    if (!cert && !key) {
        return CAMWATCH_OK;
    }
    if (!cert || !key) {
        (void)snprintf(error->text, sizeof(error->text),
                       "TLS for Redis: a certificate of ours and its key belong together");
        return CAMWATCH_EINVAL;
    }
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(context, cert) != 1) {
        return refuse(cert, "cannot be used as our certificate, in PEM", error);
    }
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context) != 1) {
        return refuse(key, "cannot be used as the certificate's key, in PEM, unencrypted",
                      error);
    }
    return CAMWATCH_OK;
}

static int
make_context(const struct camwatch_redis_settings *settings, SSL_CTX *context,
             struct camwatch_error *error)
{
    ERR_clear_error();
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) {
        return refuse("TLS for Redis", "1.2 is not there", error);
    }
    int status = load_trust(context, settings->tls_ca, error);
    return status == CAMWATCH_OK
               ? load_identity(context, settings->tls_cert, settings->tls_key, error)
               : status;
}

int
cw_redis_tls_new(const struct camwatch_redis_settings *settings, struct cw_redis_tls **out,
                 struct camwatch_error *error)
{
    struct cw_redis_tls *tls = calloc(1, sizeof(*tls));
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    int status = tls && context ? make_context(settings, context, error) : CAMWATCH_ENOMEM;
    if (status != CAMWATCH_OK) {
        SSL_CTX_free(context);
        free(tls);
        return status;
    }
    tls->context = context;
    atomic_init(&tls->n_owners, 1);
    cw_text_set(tls->name, sizeof(tls->name), settings->tls_name ? settings->tls_name : "");
    *out = tls;
    return CAMWATCH_OK;
}

struct cw_redis_tls *
cw_redis_tls_share(struct cw_redis_tls *tls)
{
    if (tls) {
        atomic_fetch_add(&tls->n_owners, 1);
    }
    return tls;
}

void
cw_redis_tls_free(struct cw_redis_tls **tls)
{
    struct cw_redis_tls *old = *tls;
    *tls = NULL;
    if (old && atomic_fetch_sub(&old->n_owners, 1) == 1) {
        SSL_CTX_free(old->context);
        free(old);
    }
}

/* Whom the certificate must be of. */
static bool
demand_name(SSL *ssl, const char *name)
{
    struct cw_addr address;
    if (cw_addr_parse(name, &address)) {
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1;
    }
    return SSL_set1_host(ssl, name) == 1 && SSL_set_tlsext_host_name(ssl, name) == 1;
}

static void
tell_why(const SSL *ssl, const redisContext *link, const char *name, char *why, size_t size)
{
    long verdict = SSL_get_verify_result(ssl);
    if (verdict != X509_V_OK) {
        (void)snprintf(why, size, "its certificate is refused, as one of %.100s: %s", name,
                       X509_verify_cert_error_string(verdict));
        return;
    }
    (void)snprintf(why, size, "no TLS with it: %.120s", link->errstr);
}

bool
cw_redis_tls_start(const struct cw_redis_tls *tls, struct redisContext *link, const char *host,
                   char *why, size_t size)
{
    struct cw_sigpipe guard;
    const char *name = tls->name[0] ? tls->name : host;
    SSL *ssl = SSL_new(tls->context);
    if (!ssl || !demand_name(ssl, name)) {
        (void)snprintf(why, size, "no certificate can be of %.100s", name);
        SSL_free(ssl);
        return false;
    }
    cw_sigpipe_hold(&guard);
    bool is_good = redisInitiateSSL(link, ssl) == REDIS_OK; /* then the link has it */
    cw_sigpipe_release(&guard);
    if (!is_good) {
        tell_why(ssl, link, name, why, size);
        SSL_free(ssl);
    }
    return is_good;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * TLS messages and a certificate by hand, after RFC 8446 4 and 5, RFC 5246 7.4 and RFC 5280 4.1.
 */
#ifndef CW_TEST_TLS_BUILD_H
#define CW_TEST_TLS_BUILD_H

#include <stdint.h>
#include <string.h>

#include "base/bytes.h"

struct tls_build {
    uint8_t bytes[16384];
    size_t len;
};

static inline void
tls_put(struct tls_build *b, const void *bytes, size_t len)
{
    memcpy(b->bytes + b->len, bytes, len);
    b->len += len;
}

static inline void
tls_put_number(struct tls_build *b, size_t value, unsigned width)
{
    while (width-- > 0) {
        b->bytes[b->len++] = (uint8_t)(value >> (8 * width));
    }
}

/* Leaves room for a length of this many bytes; tls_close writes it. */
static inline size_t
tls_open(struct tls_build *b, unsigned width)
{
    b->len += width;
    return b->len;
}

static inline void
tls_close(struct tls_build *b, size_t opened, unsigned width)
{
    size_t end = b->len;
    b->len = opened - width;
    tls_put_number(b, end - opened, width);
    b->len = end;
}

static inline size_t
tls_open_extension(struct tls_build *b, unsigned type)
{
    tls_put_number(b, type, 2);
    return tls_open(b, 2);
}

static inline void
tls_put_server_name(struct tls_build *b, const char *name)
{
    size_t extension = tls_open_extension(b, 0), list = tls_open(b, 2);
    tls_put_number(b, 0, 1);
    tls_put_number(b, strlen(name), 2);
    tls_put(b, name, strlen(name));
    tls_close(b, list, 2);
    tls_close(b, extension, 2);
}

static inline void
tls_put_alpn(struct tls_build *b, const char *first, const char *second)
{
    size_t extension = tls_open_extension(b, 16), list = tls_open(b, 2);
    tls_put_number(b, strlen(first), 1);
    tls_put(b, first, strlen(first));
    if (second) {
        tls_put_number(b, strlen(second), 1);
        tls_put(b, second, strlen(second));
    }
    tls_close(b, list, 2);
    tls_close(b, extension, 2);
}

/* A ClientHello up to its extensions; returns what tls_end_hello wants. */
struct tls_hello {
    size_t message, extensions;
};

static inline struct tls_hello
tls_begin_client(struct tls_build *b)
{
    struct tls_hello h;
    static const uint8_t random[32] = {1, 2, 3};
    tls_put_number(b, 1, 1);
    h.message = tls_open(b, 3);
    tls_put_number(b, 0x0303, 2);
    tls_put(b, random, sizeof(random));
    tls_put_number(b, sizeof(random), 1); /* session, as in RFC 8446 D.4 */
    tls_put(b, random, sizeof(random));
    tls_put_number(b, 4, 2);
    tls_put_number(b, 0x1301c02f, 4); /* cipher suites */
    tls_put_number(b, 0x0100, 2);     /* compression: null */
    h.extensions = tls_open(b, 2);
    return h;
}

static inline struct tls_hello
tls_begin_server(struct tls_build *b)
{
    struct tls_hello h;
    static const uint8_t random[32] = {9};
    tls_put_number(b, 2, 1);
    h.message = tls_open(b, 3);
    tls_put_number(b, 0x0303, 2);
    tls_put(b, random, sizeof(random));
    tls_put_number(b, 0, 1);
    tls_put_number(b, 0xc02f00, 3); /* suite, no compression */
    h.extensions = tls_open(b, 2);
    return h;
}

static inline void
tls_end_hello(struct tls_build *b, struct tls_hello h)
{
    tls_close(b, h.extensions, 2);
    tls_close(b, h.message, 3);
}

/* Handshake bytes into records of at most part bytes. */
static inline void
tls_put_records(struct tls_build *b, const struct tls_build *handshake, size_t part)
{
    for (size_t at = 0; at < handshake->len; at += part) {
        size_t n = handshake->len - at < part ? handshake->len - at : part;
        tls_put_number(b, 0x160301, 3);
        tls_put_number(b, n, 2);
        tls_put(b, handshake->bytes + at, n);
    }
}

static inline struct cw_bytes
tls_bytes(const struct tls_build *b)
{
    return cw_bytes(b->bytes, b->len);
}

/* ---- DER: every length in the two-byte long form, so that nothing must be moved ---- */

static inline size_t
der_open(struct tls_build *b, unsigned tag)
{
    tls_put_number(b, tag, 1);
    tls_put_number(b, 0x82, 1);
    return tls_open(b, 2);
}

static inline void
der_close(struct tls_build *b, size_t opened)
{
    tls_close(b, opened, 2);
}

static inline void
der_put(struct tls_build *b, unsigned tag, const void *value, size_t len)
{
    tls_put_number(b, tag, 1);
    tls_put_number(b, len, 1);
    tls_put(b, value, len);
}

/* id-at-commonName 3, id-at-organizationName 10 */
static inline void
der_put_attribute(struct tls_build *b, unsigned type, const char *text)
{
    uint8_t oid[3] = {0x55, 0x04, (uint8_t)type};
    size_t set = der_open(b, 0x31), sequence = der_open(b, 0x30);
    der_put(b, 0x06, oid, sizeof(oid));
    der_put(b, 0x0c, text, strlen(text));
    der_close(b, sequence);
    der_close(b, set);
}

static inline void
der_put_alternative_names(struct tls_build *b, const char *const *names, size_t n)
{
    size_t explicit = der_open(b, 0xa3), list = der_open(b, 0x30),
           extension = der_open(b, 0x30);
    der_put(b, 0x06, "\x55\x1d\x11", 3);
    der_put(b, 0x01, "\xff", 1); /* critical */
    size_t octets = der_open(b, 0x04), sequence = der_open(b, 0x30);
    der_put(b, 0x87, "\xc0\x00\x02\x01", 4); /* an address: passed over */
    for (size_t i = 0; i < n; i++) {
        der_put(b, 0x82, names[i], strlen(names[i]));
    }
    der_close(b, sequence);
    der_close(b, octets);
    der_close(b, extension);
    der_close(b, list);
    der_close(b, explicit);
}

static inline void
der_put_certificate(struct tls_build *b, const char *cn, const char *o,
                    const char *const *names, size_t n)
{
    size_t certificate = der_open(b, 0x30), tbs = der_open(b, 0x30);
    der_put(b, 0xa0, "\x02\x01\x02", 3); /* version 3 */
    der_put(b, 0x02, "\x01", 1);
    der_put(b, 0x30, "\x06\x01\x2a", 3);
    size_t issuer = der_open(b, 0x30);
    der_put_attribute(b, 3, "Issuing CA");
    der_close(b, issuer);
    der_put(b, 0x30, "", 0);
    size_t subject = der_open(b, 0x30);
    der_put_attribute(b, 10, o);
    der_put_attribute(b, 3, cn);
    der_close(b, subject);
    der_put(b, 0x30, "", 0); /* public key */
    der_put_alternative_names(b, names, n);
    der_close(b, tbs);
    der_put(b, 0x30, "", 0);
    der_put(b, 0x03, "\0", 1);
    der_close(b, certificate);
}

#endif

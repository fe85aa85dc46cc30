/* SPDX-License-Identifier: Apache-2.0
 *
 * DNS messages by hand, after RFC 1035 4.1.
 */
#ifndef CW_TEST_DNS_BUILD_H
#define CW_TEST_DNS_BUILD_H

#include <stdint.h>
#include <string.h>

#include "inspect/dns.h"

struct dns_build {
    uint8_t bytes[4096];
    size_t len;
};

static inline void
dns_put16(struct dns_build *b, unsigned value)
{
    b->bytes[b->len++] = (uint8_t)(value >> 8);
    b->bytes[b->len++] = (uint8_t)value;
}

static inline void
dns_put32(struct dns_build *b, uint32_t value)
{
    dns_put16(b, value >> 16);
    dns_put16(b, value & 0xffff);
}

/* "www.example.com": labels, each with its length in front, and the root. */
static inline void
dns_put_name(struct dns_build *b, const char *name)
{
    while (*name) {
        size_t n = strcspn(name, ".");
        b->bytes[b->len++] = (uint8_t)n;
        memcpy(b->bytes + b->len, name, n);
        b->len += n;
        name += n + (name[n] == '.');
    }
    b->bytes[b->len++] = 0;
}

static inline void
dns_put_pointer(struct dns_build *b, size_t to)
{
    dns_put16(b, 0xc000 | (unsigned)to);
}

static inline void
dns_put_header(struct dns_build *b, unsigned id, unsigned flags, unsigned questions,
               unsigned answers)
{
    b->len = 0;
    dns_put16(b, id);
    dns_put16(b, flags);
    dns_put16(b, questions);
    dns_put16(b, answers);
    dns_put32(b, 0);
}

static inline void
dns_put_question(struct dns_build *b, const char *name, unsigned type)
{
    dns_put_name(b, name);
    dns_put16(b, type);
    dns_put16(b, 1);
}

/* What follows the owner name of a record; the caller adds len bytes of data. */
static inline void
dns_put_record(struct dns_build *b, unsigned type, uint32_t ttl, unsigned len)
{
    dns_put16(b, type);
    dns_put16(b, 1);
    dns_put32(b, ttl);
    dns_put16(b, len);
}

static inline void
dns_put_a(struct dns_build *b, uint32_t ttl, uint32_t address)
{
    dns_put_record(b, CW_DNS_A, ttl, 4);
    dns_put32(b, address);
}

static inline struct cw_bytes
dns_bytes(const struct dns_build *b)
{
    return cw_bytes(b->bytes, b->len);
}

#endif

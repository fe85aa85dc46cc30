/* SPDX-License-Identifier: Apache-2.0
 *
 * IP and MAC addresses as values. An IPv4 address is kept as ::ffff:a.b.c.d (RFC 4291 2.5.5.2), so
 * that keys and comparisons have one form. Bytes are in network order. Nothing here allocates.
 */
#ifndef CW_BASE_ADDR_H
#define CW_BASE_ADDR_H

#include "base/bytes.h"

#define CW_ADDR_TEXT_MAX 46 /* INET6_ADDRSTRLEN */
#define CW_MAC_TEXT_MAX  18

struct cw_addr {
    uint8_t b[16]; /* all zero: no address */
};

struct cw_mac {
    uint8_t b[6]; /* all zero: no address */
};

struct cw_prefix {
    struct cw_addr addr;
    uint8_t bits; /* 0..128, counted in the 16-byte form: an IPv4 /24 is 120 */
};

static inline bool
cw_addr_is_v4(const struct cw_addr *a)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    return memcmp(a->b, mapped, sizeof(mapped)) == 0;
}

static inline bool
cw_addr_is_none(const struct cw_addr *a)
{
    static const struct cw_addr none;
    return memcmp(a, &none, sizeof(none)) == 0;
}

static inline bool
cw_addr_equal(const struct cw_addr *a, const struct cw_addr *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static inline bool
cw_mac_is_none(const struct cw_mac *m)
{
    static const struct cw_mac none;
    return memcmp(m, &none, sizeof(none)) == 0;
}

static inline bool
cw_mac_equal(const struct cw_mac *a, const struct cw_mac *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

/** Group bit: broadcast and multicast (IEEE 802-2014 8.2.2). */
static inline bool
cw_mac_is_group(const struct cw_mac *m)
{
    return m->b[0] & 0x01;
}

/** Locally administered: says nothing of a maker. */
static inline bool
cw_mac_is_local(const struct cw_mac *m)
{
    return m->b[0] & 0x02;
}

struct cw_addr cw_addr_v4(const uint8_t bytes[4]);
struct cw_addr cw_addr_v6(const uint8_t bytes[16]);

/** Unicast and routed on the public Internet (IANA special-purpose registries, RFC 6890). */
bool cw_addr_is_global(const struct cw_addr *a);

/** Multicast, or the IPv4 limited broadcast. */
bool cw_addr_is_group(const struct cw_addr *a);

/** Link-local unicast: 169.254/16 or fe80::/10. */
bool cw_addr_is_linklocal(const struct cw_addr *a);

bool cw_prefix_has(const struct cw_prefix *p, const struct cw_addr *a);

/** Parse "192.0.2.1" or "2001:db8::1". False leaves out alone. */
bool cw_addr_parse(const char *text, struct cw_addr *out);

/** Parse "192.0.2.0/24", "2001:db8::/32" or a bare address. False leaves out alone. */
bool cw_prefix_parse(const char *text, struct cw_prefix *out);

/** Parse 12 hex digits with or without ':' or '-' between pairs. False leaves out alone. */
bool cw_mac_parse(struct cw_bytes text, struct cw_mac *out);

/** Write the usual text into the caller's buffer and return it; "" for no address. */
const char *cw_addr_format(const struct cw_addr *a, char out[CW_ADDR_TEXT_MAX]);

/** "00-00-5E-00-53-01" (the form of ECS), or "" for no address. */
const char *cw_mac_format(const struct cw_mac *m, char out[CW_MAC_TEXT_MAX]);

#endif
